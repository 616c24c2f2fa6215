"""Files of firewalls: what ``iptables-save``, ``nft -f`` and scripts write, rules of ufw, zones of firewalld.

Of other files of firewalls (pf, shorewall, ferm, csf) it is known that there are rules, and no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from archdoc.model.facts import Json
from archdoc.readers.ansible.signals.firewalls import rules_of_command
from archdoc.readers.ansible.signals.shell import Command, commands
from archdoc.readers.netfilter import direction_of, nft_added, nft_rules, verdict_of

_NAMES = re.compile(
    r"/(?:ip6?tables|nftables|nft)(?:[\w.-]*\.d)?/|/ip6?tables(?:[\w.-]*\.rules|-config)?$|\.nft$|/nftables\.conf$"
    r"|/sysconfig/ip6?tables$|/(?:iptables|ip6tables|rules)\.(?:up\.)?(?:rules|v4|v6)$|/ufw/[\w.-]+\.rules$"
    r"|/firewalld/(?:zones|policies|direct)[\w./-]*\.xml$|/pf(?:[\w-]*)\.conf$|/pf\.d/|/shorewall6?/rules|/ferm/"
    r"|/csf/csf\.\w+$|/ipfw\.rules$"
)
"""Where files with rules lie."""
_SAVED = re.compile(r"^\s*(?:\*filter\b|:INPUT\b|-[AI] [\w-]+ .*-j )", re.MULTILINE)
_NFT = re.compile(
    r"^\s*(?:table (?:inet |ip6? )?[\w-]+ *\{|(?:add|insert) rule (?:inet |ip6? )?[\w-]+ )|hook input", re.MULTILINE
)
_SHELL = re.compile(r"\b(?:ip6?tables|ufw|firewall-cmd|nft)\b")
_ZONE = re.compile(r"<zone\b")
_HOOK = re.compile(r"\btype (\w+) hook (\w+)\b")
_CHAIN = re.compile(r"\bchain ([\w-]+) *\{")
_ASSIGNED = re.compile(
    r"^\s*(?:export |readonly |declare |local |define )?([A-Za-z_]\w*)\s?=\s?"
    r"""(?:"([^"$`]*)"|'([^']*)'|(\{[^{}\n]*\}|[^\s"'$`(;{]+))""",
    re.MULTILINE,
)
_SET = re.compile(r"((?:dport|sport|saddr|daddr|state|type|elements *=|define \w+ *=)\s*\{[^{}]*\})([^\n]*)")
_FOLLOWED = re.compile(r"\$\{(\w+)\}|\$(\w+)")
_UFW_INPUT = re.compile(r"ufw6?-(?:before|after|user)(?:-limit)?-input")
_MOST = 5_000
"""Lines of one file."""


@dataclass(frozen=True, slots=True)
class Ruled:
    """A rule of a file, and on which of its lines it stands."""

    line: int
    rule: dict[str, Json]


def is_firewall(name: str, text: str) -> bool:
    """Whether a file that will lie at a path is one of a firewall."""
    if _NAMES.search(name):
        return True
    if name.endswith((".md", ".html", ".service", ".timer")):
        return False
    return bool(_SAVED.search(text) or _NFT.search(text)) or any(True for _ in _of_script(text))


def rules_of_text(name: str, text: str) -> list[Ruled]:
    """The rules of a file of a firewall; one that is ``unread`` for a file of which none can be read."""
    if "/firewalld/" in name and _ZONE.search(text):
        found = list(_of_zone(name, text))
    elif _NFT.search(text):
        found = list(_of_nft(text))
    elif _SAVED.search(text):
        found = list(_of_saved(text))
    else:
        found = list(_of_script(text))
    if "{%" in text or not (found or _only_translates(text)):
        found.append(Ruled(1, {"unread": True}))
    return found


def _only_translates(text: str) -> bool:
    """Whether a file has no chain that filters: what it does is address translation."""
    hooks = {found[1] for found in _HOOK.finditer(text)}
    tables = set(re.findall(r"^\s*\*(\w+)", text, re.MULTILINE))
    return (bool(hooks) and "filter" not in hooks) or (bool(tables) and "filter" not in tables)


def _of_saved(text: str) -> Iterator[Ruled]:
    """``iptables-save``: https://manpages.debian.org/iptables-save."""
    table = "filter"
    for number, line in _lines(text):
        if line.startswith("*"):
            table = line[1:].strip()
        elif line.startswith("-") and table == "filter":
            for command in commands(f"iptables {line}"):
                yield from _of_command(number, command)


def _of_script(text: str) -> Iterator[Ruled]:
    """Commands of ``iptables``, ``nft``, ``ufw`` and ``firewall-cmd`` in a script or a list of commands, also by a
    function of the script that runs iptables."""
    if not _SHELL.search(text):
        return
    text = _substituted(text)
    for number, line in _lines(text):
        listed = line.removeprefix("- ").strip().strip("\"'") if line.startswith("- ") else line
        if listed.startswith("[") and listed.endswith("]"):
            listed = " ".join(word.strip(" \"'") for word in listed[1:-1].split(","))
        for command in commands(listed):
            known = _SHELL.fullmatch(command.program) or not _looks_like_iptables(command)
            yield from _of_command(number, command if known else Command("iptables", command.arguments))


def _looks_like_iptables(command: Command) -> bool:
    words = set(command.arguments)
    return bool(words & {"-A", "-I"}) and "-j" in words


def _of_command(number: int, command: Command) -> Iterator[Ruled]:
    for _, rule in rules_of_command(command):
        of_ufw = _UFW_INPUT.fullmatch(str(rule.get("chain") or ""))
        here: dict[str, Json] = {k: v for k, v in rule.items() if k != "chain"} | {"direction": "in"}
        yield Ruled(number, here if of_ufw else rule)


def _of_nft(text: str) -> Iterator[Ruled]:
    """``nft -f``: tables with chains, or lines as of the command."""
    text = _substituted(_SET.sub(_on_one_line, text))
    chain, direction, filters = "", "", True
    for number, line in _lines(text):
        for statement in line.split(" #", 1)[0].split(";"):
            opened, added, hook = _CHAIN.search(statement), nft_added(statement), _HOOK.search(statement)
            policy = re.search(r"\bpolicy (accept|drop)\b", statement)
            if opened:
                chain, direction, filters = opened[1], "", True
            if added is not None:
                yield from (Ruled(number, rule) for rule in added)
            elif hook:
                direction, filters = direction_of(hook[2]) or "other", hook[1] == "filter"
            elif policy and direction == "in" and filters:
                yield Ruled(number, {"policy": verdict_of(policy[1]), "direction": "in"})
            elif chain and filters and not policy:
                inside = statement[opened.end() :] if opened else statement
                yield from (Ruled(number, rule) for rule in nft_rules(chain, inside, direction))
            if "}" in re.sub(r"\{[^{}]*\}", "", statement):
                chain, direction = "", ""


def _on_one_line(found: re.Match[str]) -> str:
    return found[1].replace("\n", " ") + found[2] + "\n" * found[1].count("\n")


def _of_zone(name: str, text: str) -> Iterator[Ruled]:
    """A zone of firewalld: https://firewalld.org/documentation/man-pages/firewalld.zone.html."""
    zone = name.rsplit("/", 1)[-1].removesuffix(".xml")
    sources = re.findall(r"<source\s+address=[\"']([^\"']+)", text)
    for number, line in _lines(text):
        for found in re.finditer(r"<(service\s+name|port|rule|forward-port)\b\s*+=?\s*+([^>]*)>", line):
            rule: dict[str, Json] = {"rule": "allow", "direction": "in", "zone": zone}
            values = dict(re.findall(r"(\w+)=[\"']([^\"']*)", f"{found[1].split()[-1]}={found[2]}"))
            if found[1].startswith("service"):
                rule["port"] = values.get("name", "")
            elif found[1] == "port":
                port = dict(re.findall(r"(\w+)=[\"']([^\"']*)", found[2]))
                rule |= {"port": port.get("port", "").replace("-", ":"), "proto": port.get("protocol", "")}
            else:
                rule["unread"] = True
            if sources:
                rule["from"] = ",".join(sources)
            yield Ruled(number, rule)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines without their margins; one that is continued (``\\``) with what continues it."""
    started, held = 0, ""
    for number, raw in enumerate(text.split("\n")[:_MOST], start=1):
        line = raw.strip()
        if not held and (not line or line.startswith("#")):
            continue
        started = started if held else number
        held = f"{held} {line}".strip()
        if held.endswith("\\"):
            held = held[:-1].rstrip() + " "
            continue
        yield started, held
        held = ""


def _substituted(text: str) -> str:
    """A script with its plain variables put in, those that have one value: ``PORT=8180`` and ``$PORT``."""
    values: dict[str, set[str]] = {}
    for found in _ASSIGNED.finditer(text):
        values.setdefault(found[1], set()).add(found[2] or found[3] or found[4] or "")
    for found in re.finditer(r"\b(?:for|read|while read)\s+(?:-\w+\s+)*(\w+)", text):
        values.setdefault(found[1], set()).update(("", "?"))
    known = {name: next(iter(said)) for name, said in values.items() if len(said) == 1}
    return _FOLLOWED.sub(lambda m: known.get(m[1] or m[2], m[0]), text)
