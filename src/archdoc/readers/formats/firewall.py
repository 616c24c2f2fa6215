"""Firewalls of a machine that lie in files: what ``iptables-save`` writes, and what ``nft -f`` reads.

https://ipset.netfilter.org/iptables-save.man.html, https://wiki.nftables.org/wiki-nftables/index.php/Scripting

The rules become ``signals`` of a service, in the form that the tasks of Ansible's modules give.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from archdoc.model.facts import Json
from archdoc.readers.formats.scope import Facts
from archdoc.readers.netfilter import Rule, cleaned, direction_of, iptables_rules, nft_rules, verdict_of
from archdoc.readers.secrets import mask_text

MAX_RULES = 600
"""Rules of one file."""
_SET = re.compile(
    r"((?:port|addr|iif|iifname|oif|oifname|state|type|l4proto|protocol|=)\s*(?:!=\s*)?\{[^{};]*\})([^\n]*)"
)
_DEFINE = re.compile(r"^\s*define\s+(\w+)\s*=\s*(.+?)\s*$", re.MULTILINE)
_CHAIN = re.compile(r"^chain\s+([\w-]+)")
_HOOK = re.compile(r"\bhook\s+(\w+)")
_POLICY = re.compile(r"\bpolicy\s+(\w+)")
_ADDED = re.compile(r"^(?:add|insert)\s+rule\s+(?:(?:ip6?|inet|bridge|arp|netdev)\s+)?[\w-]+\s+([\w-]+)\s+(.*)$")

Placed = tuple[int, Rule]
"""A rule and its line."""


def iptables(facts: Facts) -> None:
    """Chains of the table ``filter``. One of the file's own is for what comes in where such a chain leads to it."""
    _service(facts, "iptables", list(_saved(facts)))


def nftables(facts: Facts) -> None:
    """Tables with chains; the hook of a base chain says the direction."""
    _service(facts, "nftables", list(_nft(facts)))


def _service(facts: Facts, program: str, rules: list[Placed]) -> None:
    ways = _ways(rules)
    listed: list[Json] = []
    for line, rule in rules[:MAX_RULES]:
        way = rule.get("direction") or ways.get(_key(rule, "chain"))
        if way is None or _key(rule, "rule") in ways:
            continue  # of a chain that nothing leads to, or what leads from chain to chain
        place = facts.line(line)
        said: dict[str, Json] = {"signal": "firewall", "program": program, **rule, "direction": way}
        listed.append({**said, "hosts": [*facts.document.hosts], "path": place.path, "line": place.line})
    if listed:
        attributes: dict[str, Json] = {"signals": listed, "security_layer": "host"}
        facts.service(program, facts.catalog.software.named(program), facts.line(rules[0][0]), attributes)


def _ways(rules: list[Placed]) -> dict[str, Json]:
    """The direction of each chain of the file's own: that of a chain with a rule that leads to it."""
    own = {_key(rule, "chain") for _, rule in rules} - {""}
    leading = [rule for _, rule in rules if _key(rule, "rule") in own]
    ways: dict[str, Json] = {}
    for _ in leading:
        before = len(ways)
        for rule in leading:
            way = rule.get("direction") or ways.get(_key(rule, "chain"))
            if way is not None:
                ways.setdefault(_key(rule, "rule"), way)
        if len(ways) == before:
            break
    return ways


def _key(rule: Rule, name: str) -> str:
    return str(rule.get(name) or "").lower()


def _saved(facts: Facts) -> Iterator[Placed]:
    table = "filter"
    for number, text in facts.lines():
        line = mask_text(text.strip())
        if line.startswith("*"):
            table = line[1:].strip()
        elif table == "filter" and line.startswith(":"):
            words = line[1:].split()
            if len(words) > 1 and direction_of(words[0]) and words[1] != "-":
                yield number, cleaned({"policy": verdict_of(words[1]), "direction": direction_of(words[0])})
        elif table == "filter" and line.startswith(("-A", "-I", "-P")):
            try:
                words = shlex.split(line)
            except ValueError:
                words = line.split()
            for rule in iptables_rules(words):
                yield number, rule


def _nft(facts: Facts) -> Iterator[Placed]:
    text = _SET.sub(_on_one_line, re.sub(r"#[^\n]*", "", facts.document.text))
    for name, value in _DEFINE.findall(text):
        text = re.sub(rf"\${re.escape(name)}\b", value.replace("\\", ""), text)
    chain, way = "", ""
    for number, line in enumerate(text.split("\n"), 1):
        for part in re.split(r";|(?<=[\w-]) \{(?=\s*$)", line.strip()):
            statement = part.strip()
            opened = _CHAIN.match(statement)
            added = _ADDED.match(statement)
            if opened is not None:
                chain, way = opened[1], ""
                statement = statement[opened.end() :].strip(" {")
            hook, policy = _HOOK.search(statement), _POLICY.search(statement)
            if hook is not None:
                way = direction_of(hook[1])
            if policy is not None:
                yield number, cleaned({"policy": verdict_of(policy[1]), "direction": way or direction_of(chain)})
            elif added is not None:
                yield from ((number, rule) for rule in nft_rules(added[1], added[2]))
            elif chain and hook is None and statement not in ("", "{", "}"):
                yield from ((number, rule) for rule in nft_rules(chain, statement, way))
            if statement == "}":
                chain = way = ""


def _on_one_line(found: re.Match[str]) -> str:
    """A set and what follows it on one line, with the line ends behind: the lines after it keep their numbers."""
    return " ".join(found[1].split()) + found[2] + "\n" * found[1].count("\n")
