"""Rules of the kernel's packet filter, as ``iptables`` and ``nft`` write them, in one form.

A rule: ``rule`` (allow, deny, reject, limit, or the name of what the packet goes on to), ``direction`` (in, out,
forward), ``chain`` where it is none of these three, ``port`` (``22``, ``8000:8100``), ``proto``, ``from``, ``to``,
``interface``, ``out_interface``, ``conntrack``; or ``policy`` of a direction. ``delete`` marks a rule that is taken
away. https://ipset.netfilter.org/iptables.man.html, https://www.netfilter.org/projects/nftables/manpage.html
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
                "delete": True if "-D" in words or "--delete" in words else None,
            }
        )


def _options(words: Sequence[str]) -> Mapping[str, str]:
    """The options with a value. What is negated (``! -s 10.0.0.0/8``) keeps its sign."""
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
        found.setdefault(key, f"! {value}" if negated else value)
    return found


_PORTS = re.compile(r"\b(tcp|udp|sctp|th)\s+dport\s+(!=\s*)?(?:\{([^}]*)\}|(\S+))")
_FROM = re.compile(r"\bip6?\s+saddr\s+(!=\s*)?(?:\{([^}]*)\}|(\S+))")
_INTERFACE = re.compile(r"\b(?:iif|iifname)\s+(!=\s*)?(?:\{([^}]*)\}|(\S+))")
_STATE = re.compile(r"\bct\s+state\s+(?:\{([^}]*)\}|(\S+))")
_PROTOCOL = re.compile(r"\b(?:l4proto|ip protocol|ip6 nexthdr)\s+(?:\{([^}]*)\}|(\S+))|\b(icmpv?6?)\s+type\b")
_VERDICT = re.compile(r"\b(accept|drop|reject|return|(?:jump|goto)\s+[\w-]+)\b")


def nft_rules(chain: str, body: str, way: str = "") -> Iterator[Rule]:
    """``ip saddr 10.0.0.0/8 tcp dport { 80, 443 } accept`` in a chain: one rule for each port and source.

    ``way``: the direction that the chain's hook says; without it the name of the chain says it, if anything.
    """
    found = _VERDICT.search(re.sub(r'"[^"]*"', '""', body))
    if found is None:
        return
    ports = _PORTS.search(body)
    source, interface, state, protocol = (p.search(body) for p in (_FROM, _INTERFACE, _STATE, _PROTOCOL))
    listed = _listed(ports[2], ports[3], ports[4]) if ports else [""]
    for port in listed:
        for one in _listed(source[1], source[2], source[3]) if source else [""]:
            yield cleaned(
                {
                    "rule": verdict_of(found[1].split()[-1]),
                    "direction": way or direction_of(chain),
                    "chain": chain_of(chain),
                    "port": port.replace("-", ":"),
                    "proto": (ports[1] if ports[1] != "th" else "") if ports else _first(protocol),
                    "from": address_of(one),
                    "interface": ",".join(_listed(interface[1], interface[2], interface[3])) if interface else "",
                    "conntrack": _first(state),
                }
            )


def _listed(negated: str | None, several: str | None, one: str | None) -> list[str]:
    """The members of a set, or the one value; what is negated keeps its sign."""
    words = ((one or "") if several is None else several).split(",")
    return [f"! {w}" if negated else w for word in words if (w := word.strip().strip('"'))]


def _first(found: re.Match[str] | None) -> str:
    return next((g.strip() for g in found.groups() if g), "") if found is not None else ""


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
