"""Protection that Ansible puts on hosts: firewalls with their rules, fail2ban, hardening; and what both layers, that
of the cloud and that of the host, let through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from archdoc.linking.finder import Finder
from archdoc.linking.outside import INTERNET, internet
from archdoc.linking.placement import SIGNAL_KINDS, Placement, place_of, signals, strings
from archdoc.linking.rules import Context, Fact, rule
from archdoc.linking.terraform_facts import is_server, role_of
from archdoc.model.facts import Category, Edge, EdgeKind, Json, Node, NodeKind, Provenance, Source
from archdoc.model.problem import Problem, Severity

_ANY = frozenset({"", "any", "0.0.0.0/0", "::/0"})
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


@rule("security.host-firewall")
def host_firewall(context: Context) -> Iterable[Fact]:
    """A task that opens a port with ufw, firewalld, iptables or nftables allows it on the hosts it is run on; a file of
    such rules (``iptables-save``, ``nft -f``) on those that it is put on.

    The source is what the rule names (a machine by its address, else the range or the interface), the internet when it
    names none. What comes in over the loopback, and what answers to packets that went out, opens nothing. The role,
    play, task file or firewall that holds the rule protects those hosts. A port that is known only when the play runs
    is a Problem. Example: ``ufw: rule=allow port=22 proto=tcp from_ip=10.0.0.0/8``.
    """
    placement, finder = Placement(context.graph), Finder(context)
    for owner in context.graph.nodes(*SIGNAL_KINDS, NodeKind.SERVICE):
        for signal in signals(owner, "firewall"):
            place = place_of(signal)
            opening = _opening(signal)
            if opening is not None and "{{" in str(opening[1]["ports"]):
                message = f"the firewall opens {opening[1]['ports']}, which is known only when the play runs"
                hint = "set its variables in [ansible] variables of archdoc.toml"
                yield Problem(Severity.NOTE, "LN011", message, place, hint)
                opening = None
            for target, evidence in _reached(context, placement, owner, signal):
                places = (place, *evidence)
                yield Edge(owner.id, target, EdgeKind.PROTECTS, places, Provenance.DERIVED, "security.host-firewall")
                if opening is not None:
                    source, attributes = opening
                    machine = finder.machine(source.removesuffix("/32"))
                    origin = internet(place) if source in _ANY else machine or _range(source, place)
                    if origin.id not in context.graph:
                        yield origin
                    if origin.id == target:
                        continue
                    yield Edge(
                        origin.id,
                        target,
                        EdgeKind.ALLOWS,
                        places,
                        Provenance.DERIVED,
                        "security.host-firewall",
                        attributes,
                    )


def _range(source: str, place: Source) -> Node:
    return Node(f"external:range:{source}", NodeKind.EXTERNAL, "range", source, place, category=Category.NETWORK)


def _reached(
    context: Context, placement: Placement, owner: Node, signal: dict[str, Json]
) -> Iterator[tuple[str, tuple[Source, ...]]]:
    """What a task reaches, with the ``hosts:`` that say so: the targets of the plays where it is run on all of their
    machines, else the machines."""
    said = [i for i in strings(signal.get("hosts")) if i in context.graph]
    machines = {m for i in said for m in placement.machines(i)}
    left = dict.fromkeys(said)
    owners = (owner.id, *(strings(owner.attributes.get("owners")) if owner.kind is NodeKind.SERVICE else ()))
    for edge in (e for o in owners for e in placement.targets(o)):
        if not said or placement.machines(edge.target) <= machines:
            yield edge.target, edge.evidence
            for known in [i for i in left if placement.machines(i) <= placement.machines(edge.target)]:
                left.pop(known)
    for place in left:
        yield place, ()


@rule("security.layers")
def layers(context: Context) -> Iterable[Fact]:
    """A role or service of a security program (fail2ban, a host firewall, TLS, a secret store) belongs to a layer of
    the security drawing, by the catalog's category of the program that it is named after or sets up.

    Makes no edge. Example: the role ``fail2ban``, or a service of it, is in the host layer.
    """
    for node in list(context.graph.nodes(NodeKind.ROLE, NodeKind.SERVICE)):
        if node.attributes.get("security_layer"):
            continue
        layer = _layer(context, node)
        if layer:
            context.graph.replace_node(replace(node, attributes={**node.attributes, "security_layer": layer}))
    return ()


@rule("exposure.effective")
def effective(context: Context) -> Iterable[Fact]:
    """What the internet reaches on a machine is what both its firewalls let through, where both are known: that of the
    cloud (rules from ``exposure.firewall-rules``) and that of the host (``security.host-firewall``).

    Put on the machine as ``attributes.exposed`` (``["22/tcp", "443/tcp"]``); a machine of which one layer is not known
    has none. Makes no edge. Example: a security group that opens 22 and 443, and ``ufw`` that opens 443 and 8080,
    expose 443 alone.
    """
    graph = context.graph
    placement = Placement(graph)
    walls: dict[str, set[str]] = {}
    for edge in graph.edges(EdgeKind.PROTECTS):
        if edge.rule == "security.host-firewall":
            for machine in placement.machines(edge.target):
                walls.setdefault(machine, set())
    for edge in graph.edges_from(INTERNET, EdgeKind.ALLOWS) if INTERNET in graph else ():
        if edge.rule == "security.host-firewall":
            for machine in placement.machines(edge.target):
                walls.setdefault(machine, set()).add(str(edge.attributes.get("ports") or ""))
    for node in list(graph.nodes(NodeKind.RESOURCE)):
        guards = [graph.node(e.source) for e in graph.edges_to(node.id, EdgeKind.PROTECTS)]
        firewalls = [g for g in guards if role_of(g) == "firewall"]
        if not is_server(node) or not firewalls or node.id not in walls:
            continue
        cloud = {
            str(e.attributes.get("ports") or "")
            for e in graph.edges_to(node.id, EdgeKind.ALLOWS)
            if e.source == INTERNET and e.rule == "exposure.firewall-rules"
        }
        both = sorted(_both(cloud, walls[node.id]), key=lambda p: (p.first, p.protocol))
        shown: list[Json] = [*dict.fromkeys(str(p) for p in both)]
        for joined in (node, *graph.sources(node.id, EdgeKind.SAME_AS)):
            current = graph.node(joined.id)
            graph.replace_node(replace(current, attributes={**current.attributes, "exposed": [*shown]}))
    return ()


RULES = (host_firewall, layers, effective)


@dataclass(frozen=True, slots=True)
class _Ports:
    """A range of ports of a protocol; ``any`` protocol fits all."""

    first: int
    last: int
    protocol: str

    def __str__(self) -> str:
        if (self.first, self.last) == (0, 65535):
            return self.protocol
        ports = str(self.first) if self.first == self.last else f"{self.first}-{self.last}"
        return f"{ports}/{self.protocol}" if self.protocol != "any" else ports


def _both(one: set[str], other: set[str]) -> Iterator[_Ports]:
    for here in (p for label in one for p in _parsed(label)):
        for there in (p for label in other for p in _parsed(label)):
            first, last = max(here.first, there.first), min(here.last, there.last)
            if first <= last and (here.protocol == there.protocol or "any" in (here.protocol, there.protocol)):
                yield _Ports(first, last, here.protocol if there.protocol == "any" else there.protocol)


def _parsed(label: str) -> Iterator[_Ports]:
    """The ranges of a label: ``22/tcp``, ``8000-8100,9000/udp``, ``tcp``, ``any``."""
    listed, slash, protocol = label.partition("/")
    if not slash and not listed[:1].isdigit():
        listed, protocol = "", listed
    for part in listed.split(",") if listed else [""]:
        first, _, last = part.strip().replace(":", "-").partition("-")
        if not first:
            yield _Ports(0, 65535, protocol or "any")
        elif first.isdigit() and (last or first).isdigit():
            yield _Ports(int(first), int(last or first), protocol or "any")


_LAYER_OF_KIND = {"certificate": "application", "secret_store": "data", "disk_encryption": "data"}


def _layer(context: Context, node: Node) -> str:
    program = (
        context.catalog.software.named(str(node.attributes.get("program") or ""))
        if node.attributes.get("program")
        else None
    )
    if program is not None and program.category is Category.SECURITY:
        return _LAYER_OF_KIND.get(program.kind, "host")
    if program is not None and program.category is Category.IDENTITY:
        return "application"
    if node.kind is NodeKind.ROLE:
        found = {str(s.get("signal")) for s in signals(node)}
        used = [context.catalog.software.named(str(s.get("program"))) for s in signals(node) if s.get("program")]
        if any(program.kind == "disk_encryption" for program in used if program is not None):
            return "data"
        if "certificate" in found:
            return "application"
        if found & {"firewall", "ssh"} or ("kernel" in found and "user" in found):
            return "host"
    return ""


def _opening(signal: dict[str, Json]) -> tuple[str, dict[str, Json]] | None:
    """The source and the ports of a task that lets something in; None for one that does not."""
    if signal.get("rule") not in ("allow", "limit") or signal.get("direction", "in") != "in" or signal.get("delete"):
        return None
    if signal.get("conntrack") and "NEW" not in str(signal["conntrack"]).upper():
        return None
    interface, source = str(signal.get("interface") or ""), str(signal.get("from") or "")
    if interface in ("lo", "lo0"):
        return None
    if source in _ANY and interface:
        source = f"interface {interface}"
    port = str(signal.get("port") or signal.get("application") or "any")
    port, protocol = _SERVICES.get(port.lower(), port), str(signal.get("proto") or "any")
    return source, _ports(port, protocol)


def _ports(port: str, protocol: str) -> dict[str, Json]:
    label = port if protocol == "any" else f"{port}/{protocol}"
    return {"ports": label, "protocol": protocol, "direction": "in"}
