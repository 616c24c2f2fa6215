"""Rules of the kernel's packet filter, as ``iptables`` and ``nft`` write them, in one form.

A rule: ``rule`` (allow, deny, reject, limit, or the name of what the packet goes on to), ``direction`` (in, out,
forward), ``chain`` where it is none of these three, ``jump`` where it leads to such a one, ``port`` (``22``,
``8000:8100``), ``proto``, ``from``, ``to``, ``interface``, ``out_interface``, ``conntrack``; or ``policy`` of a
direction. ``delete`` marks a rule that is taken away, ``unread`` one that has conditions which are not read: what it
lets in cannot be told. https://ipset.netfilter.org/iptables.man.html, https://www.netfilter.org/projects/nftables/manpage.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from archdoc.model.facts import Json

Rule = dict[str, Json]
_VERDICTS = {
    "accept": "allow",
    "allow": "allow",
    "masquerade": "masquerade",
    "drop": "deny",
    "deny": "deny",
    "reject": "reject",
    "limit": "limit",
    "return": "return",
}
_DIRECTIONS = {
    "in": "in",
    "input": "in",
    "incoming": "in",
    "out": "out",
    "output": "out",
    "outgoing": "out",
    "forward": "forward",
    "routed": "forward",
}
_ANY = frozenset({"any", "all", "0.0.0.0/0", "::/0"})
_PLAIN_MATCHES = frozenset(
    {*("tcp", "udp", "icmp", "icmp6", "icmpv6", "conntrack", "state", "multiport"), *("comment", "limit", "hashlimit")}
)
"""Extensions of iptables whose options are read, or that say nothing of where something comes from."""
_OPTIONS = {
    "-t": "table",
    "--table": "table",
    "-A": "chain",
    "--append": "chain",
    "-I": "chain",
    "--insert": "chain",
    "-D": "chain",
    "--delete": "chain",
    "-j": "jump",
    "--jump": "jump",
    "-g": "jump",
    "--goto": "jump",
    "-p": "proto",
    "--protocol": "proto",
    "-s": "from",
    "--source": "from",
    "--src": "from",
    "-d": "to",
    "--destination": "to",
    "--dst": "to",
    "-i": "interface",
    "--in-interface": "interface",
    "-o": "out_interface",
    "--out-interface": "out_interface",
    "--dport": "port",
    "--destination-port": "port",
    "--dports": "port",
    "--destination-ports": "port",
    "--ctstate": "conntrack",
    "--state": "conntrack",
    "--comment": "comment",
}


def iptables_rules(words: Sequence[str]) -> Iterator[Rule]:
    """``-A INPUT -p tcp --dport 22 -s 10.0.0.0/8 -j ACCEPT``, ``-P INPUT DROP``: one rule for each port."""
    for flag in ("-P", "--policy"):
        if flag in words and words.index(flag) + 2 < len(words):
            at = words.index(flag)
            yield cleaned({"policy": verdict_of(words[at + 2]), "direction": direction_of(words[at + 1])})
            return
    given = _options(words)
    jump, chain = given.get("jump", ""), given.get("chain", "")
    if given.get("table", "filter") != "filter" or not jump or not chain:
        return
    for port in given.get("port", "").split(","):
        yield cleaned(
            {
                "rule": verdict_of(jump),
                "direction": direction_of(chain),
                "chain": chain_of(chain),
                "port": port,
                "proto": given.get("proto", ""),
                "from": address_of(given.get("from", "")),
                "to": address_of(given.get("to", "")),
                "interface": given.get("interface", ""),
                "out_interface": given.get("out_interface", ""),
                "conntrack": given.get("conntrack", ""),
                "comment": given.get("comment", ""),
                "jump": jump_of(jump),
                "unread": is_narrowed(_matches(words)) or None,
                "delete": True if "-D" in words or "--delete" in words else None,
            }
        )


def _options(words: Sequence[str]) -> Mapping[str, str]:
    """The options with a value. What is negated (``! -s 10.0.0.0/8``) says ``not``."""
    found: dict[str, str] = {}
    for at, word in enumerate(words):
        name, equals, value = word.partition("=") if word.startswith("--") else (word, "", "")
        key = _OPTIONS.get(name)
        if key is None and len(word) > 2 and word[0] == "-" and word[1] != "-":
            key, value, equals = _OPTIONS.get(word[:2]), word[2:], "="
        if key is None:
            continue
        if not equals:
            value = words[at + 1] if at + 1 < len(words) else ""
        negated = at > 0 and words[at - 1] == "!"
        if value == "!" and at + 2 < len(words):
            negated, value = True, words[at + 2]
        found.setdefault(key, f"not {value}" if negated else value)
    return found


def _matches(words: Sequence[str]) -> list[str]:
    return [words[at + 1] for at, word in enumerate(words[:-1]) if word in ("-m", "--match")]


def is_narrowed(matches: Sequence[str]) -> bool:
    """Whether a rule of iptables is for some packets only, by what is not read: a set, a mark, an owner."""
    return not {match.lower() for match in matches} <= _PLAIN_MATCHES


def jump_of(target: str) -> str:
    """The chain of its own that a rule leads to."""
    return "" if target.lower() in _VERDICTS or target.upper() in ("LOG", "NFLOG") else target


_VALUE = r"(!= )?(\{[^}]*\}|\S+)"
_MATCHES = (
    ("port", re.compile(rf"\b(tcp|udp|sctp|dccp) dport {_VALUE}")),
    ("port", re.compile(rf"\b(th) dport {_VALUE}")),
    ("from", re.compile(rf"\b(ip6?) saddr {_VALUE}")),
    ("to", re.compile(rf"\b(ip6?) daddr {_VALUE}")),
    ("interface", re.compile(rf"\b(?:meta )?(iif|iifname) {_VALUE}")),
    ("conntrack", re.compile(rf"\b(ct) state {_VALUE}")),
    ("proto", re.compile(rf"\b(?:meta )?(l4proto|protocol|nexthdr) {_VALUE}")),
)
_MEANINGLESS = re.compile(
    r"""\bcounter(?: packets \d+ bytes \d+)?|\bcomment (?:"[^"]*"|'[^']*'|\S+)|\blog(?: prefix (?:"[^"]*"|\S+))?|"""
    r"""\blimit rate (?:over )?\S+(?: burst \d+ packets)?|\bmeta nfproto ipv[46]|\bip6? version \d|\bhandle \d+"""
    r"""|\bip6 hoplimit \d+"""
)
_ICMP = re.compile(r"\b(icmp|icmpv6|icmpx)(?: type (?:\{[^}]*\}|[\w,-]+))?(?: code \S+)?")
_NFT_VERDICT = re.compile(r"\b(accept|drop|reject)\b.*$|\b(?:jump|goto) ([\w-]+)\s*$")


_NFT_ADDED = re.compile(
    r"\b(?:add|insert)\s+rule\s+(?:(?:inet|ip6?|arp|bridge|netdev)\s+)?[\w-]+\s+([\w-]+)\s+"
    r"(?:(?:position|handle|index)\s+\d+\s+)?(.*)"
)


def nft_added(text: str) -> Iterator[Rule] | None:
    """The rules of ``add rule [family] table chain …``; None for another text. Without a family it is ``ip``.

    https://wiki.nftables.org/wiki-nftables/index.php/Simple_rule_management
    """
    found = _NFT_ADDED.search(text)
    return nft_rules(found[1], found[2]) if found is not None else None


def nft_rules(chain: str, body: str, way: str = "") -> Iterator[Rule]:
    """``ip saddr 10.0.0.0/8 tcp dport { 80, 443 } accept`` in a chain: one rule for each port.

    ``way``: the direction that the chain's hook says; without it the name of the chain says it, if anything.
    """
    plain = _MEANINGLESS.sub(" ", body)
    verdict = _NFT_VERDICT.search(plain)
    if verdict is None:
        return
    rule: Rule = {"rule": verdict_of(verdict[1] or verdict[2]), "jump": verdict[2] or ""}
    rule |= {"direction": way or direction_of(chain), "chain": "" if way else chain_of(chain)}
    rest, ports = plain[: verdict.start()], [""]
    icmp = _ICMP.search(rest)
    if icmp is not None:
        rule["proto"], rest = icmp[1], _ICMP.sub(" ", rest)
    for field, pattern in _MATCHES:
        for found in pattern.finditer(rest):
            value = ("not " if found[2] else "") + found[3].strip("{} \"'")
            if field == "port":
                ports = [p.strip().replace("-", ":") for p in value.split(",") if p.strip()]
                rule["proto"] = "" if found[1] == "th" else found[1]
            else:
                rule[field] = value if field != "conntrack" else value.replace(" ", "")
        rest = pattern.sub(" ", rest)
    rule["unread"] = True if rest.strip(" ;") else None
    for port in ports or [""]:
        yield cleaned({**rule, "port": port})


# -- values -------------------------------------------------------------------------------------------------------


def verdict_of(text: str) -> str:
    """What is done with a packet, in one word; a chain that it goes on to keeps its name."""
    return _VERDICTS.get(text.lower(), text.lower())


def direction_of(text: str) -> str:
    """``in``, ``out`` or ``forward``; "" for what is none of these."""
    return _DIRECTIONS.get(text.lower(), "")


def chain_of(text: str) -> str:
    """A chain that is none of the three that give the direction."""
    return "" if text.lower() in _DIRECTIONS else text


def address_of(text: str) -> str:
    """An address or range; "" for every address."""
    return "" if text.lower() in _ANY else text


def cleaned(rule: Rule) -> Rule:
    """A rule without what is not said."""
    return {key: value for key, value in rule.items() if value not in ("", None)}
