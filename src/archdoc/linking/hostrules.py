"""What one rule of a host's firewall lets in, and from where; chains that other rules lead to."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from archdoc.linking.finder import Finder
from archdoc.linking.outside import internet
from archdoc.model.facts import Category, Json, Node, NodeKind, Source

Rule = Mapping[str, Json]
_ANY = frozenset({"", "any", "anywhere", "0.0.0.0/0", "::/0"})
_LOOPBACK = frozenset({"lo", "lo0", "localhost", "::1", "ip6-localhost"})
_PUBLIC_ZONES = frozenset({"", "public", "external", "dmz"})
"""Zones of firewalld that are made for networks that are not trusted, one of which is the default."""
_SERVICES = {
    "ssh": "22",
    "openssh": "22",
    "http": "80",
    "https": "443",
    "www": "80",
    "smtp": "25",
    "submission": "587",
    "imaps": "993",
    "dns": "53",
    "domain": "53",
    "ntp": "123",
    "nginx full": "80,443",
    "nginx http": "80",
    "nginx https": "443",
    "apache full": "80,443",
    "www full": "80,443",
    "mysql": "3306",
    "postgresql": "5432",
}
"""Ports of the names that firewalls of hosts know (IANA's service names, and the profiles of ufw)."""
_PROTOCOLS = {"ipv6-icmp": "icmpv6", "icmp6": "icmpv6", "all": "any"}
"""Other names of protocols, by those that firewalls of the cloud have for them."""
_NARROWING = ("port", "proto", "from", "to", "interface", "conntrack", "unread")
MAX_DEPTH = 5


def is_wall(rule: Rule) -> bool:
    """Whether a rule says that there is a firewall: not one that is taken away, not one that switches it off."""
    return not rule.get("delete") and rule.get("state") != "disabled"


def lets_in(rule: Rule) -> bool:
    """Whether a rule, as far as it can be read, is there to let something in."""
    allows = rule.get("rule") in ("allow", "limit") and rule.get("direction", "in") in ("in", "")
    return allows and not rule.get("delete")


def is_local(rule: Rule) -> bool:
    """Whether what a rule lets in comes from the machine itself, or answers what the machine has asked."""
    ends = [*_listed(rule.get("from")), *_listed(rule.get("to"))]
    states = {s.upper() for s in _listed(rule.get("conntrack"))}
    return rule.get("interface") in _LOOPBACK or any(map(_is_loopback, ends)) or (bool(states) and "NEW" not in states)


def ports_of(rule: Rule) -> dict[str, Json]:
    """The ports of a rule, as attributes of an edge."""
    port = str(rule.get("port") or rule.get("application") or "any")
    port, protocol = _SERVICES.get(port.lower(), port), str(rule.get("proto") or "any")
    protocol = _PROTOCOLS.get(protocol.lower(), protocol)
    label = port if protocol == "any" else protocol if port == "any" else f"{port}/{protocol}"
    return {"ports": label, "protocol": protocol, "direction": "in"}


def is_open(text: Json) -> bool:
    """Whether a text has something in it that is known only when it is run: an expression, a variable of a shell."""
    return "{{" in str(text) or "$" in str(text)


def origins(rule: Rule, place: Source, finder: Finder) -> list[Node]:
    """Where what a rule lets in may come from: the machine or range that it names; the interface or zone that it is
    bound to, of which the code does not say what is behind it; else the internet."""
    sources = _listed(rule.get("from"))
    if sources and not all(s.lower() in _ANY for s in sources):
        machines = [(s, finder.machine(s.removesuffix("/32"))) for s in sources if s.lower() not in _ANY]
        return [machine or _outside("range", text, place) for text, machine in machines]
    interface, zone = str(rule.get("interface") or ""), str(rule.get("zone") or "")
    if interface.removeprefix("not ") in _LOOPBACK:
        interface = ""
    if interface:
        return [_outside("interface", interface, place)]
    if zone.lower() not in _PUBLIC_ZONES:
        return [_outside("zone", zone, place)]
    return [internet(place)]


def _outside(kind: str, name: str, place: Source) -> Node:
    title = name if kind == "range" else f"{kind} {name}"
    return Node(f"external:{kind}:{name}", NodeKind.EXTERNAL, kind, title, place, category=Category.NETWORK)


def _listed(value: Json) -> list[str]:
    return [part.strip() for part in str(value or "").split(",") if part.strip()]


def _is_loopback(text: str) -> bool:
    if text.lower() in _LOOPBACK:
        return True
    try:
        return ipaddress.ip_network(text, strict=False).is_loopback
    except ValueError:
        return False


@dataclass(slots=True)
class Chains:
    """The rules that lead from one chain to another, each with the machines that it is on."""

    _jumps: dict[str, list[tuple[Rule, frozenset[str]]]] = field(default_factory=dict)

    def add(self, rule: Rule, machines: frozenset[str]) -> None:
        """Note a rule that leads to a chain."""
        if rule.get("jump") and not rule.get("delete"):
            self._jumps.setdefault(str(rule["jump"]), []).append((rule, machines))

    def ways(self, rule: Rule, machines: frozenset[str], depth: int = 0) -> Iterator[Rule]:
        """The rule as what comes in meets it: with the conditions of the rules that lead to its chain. One that
        nothing leads to is ``unread``; for one that only other directions lead to there is none."""
        chain = str(rule.get("chain") or "")
        if not chain:
            if rule.get("direction", "in") == "in":
                yield rule
            return
        leading = [jump for jump, there in self._jumps.get(chain, ()) if there & machines or not there or not machines]
        if not leading or depth >= MAX_DEPTH:
            yield {**_placed(rule, {}), "unread": True}
        for jump in leading:
            yield from self.ways(_placed(rule, jump), machines, depth + 1)


def _placed(rule: Rule, jump: Rule) -> dict[str, Json]:
    """A rule as if it stood where the one stands that leads to its chain."""
    inherited = {key: jump[key] for key in _NARROWING if jump.get(key) and not rule.get(key)}
    kept = {key: value for key, value in rule.items() if key not in ("chain", "direction")}
    where = {key: jump[key] for key in ("chain", "direction") if jump.get(key)}
    return {**kept, **inherited, **where}
