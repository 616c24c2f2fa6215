"""Exposure: what firewalls protect, and what they let through from where."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archdoc.linking.outside import INTERNET, internet
from archdoc.linking.rules import Context, Fact, rule
from archdoc.linking.terraform_facts import is_live, texts, value_of
from archdoc.model.facts import Category, Edge, EdgeKind, Json, Node, NodeKind, Provenance, Source
from archdoc.model.graph import Graph

_ANYWHERE = frozenset({"0.0.0.0/0", "::/0", "any", "Any", "*", "Internet", "anywhere", "all"})


@dataclass(frozen=True, slots=True)
class Opening:
    """One thing that a firewall lets in: a protocol and ports from some sources."""

    protocol: str
    ports: str
    sources: tuple[str, ...]
    groups: tuple[str, ...]
    place: Source


@rule("exposure.firewall-rules")
def firewall_rules(context: Context) -> Iterable[Fact]:
    """An inbound rule of a firewall allows its sources to reach what the firewall protects, on its ports.

    ``0.0.0.0/0`` is the internet; a range that a network or subnet of the same configuration has is that network;
    an address that one machine has is that machine; any other range is named as it is. Rules whose sources are not
    known are not drawn. Example: ``rule { direction = "in" port = "443" source_ips = ["0.0.0.0/0"] }``.
    """
    places = _Places(context.graph)
    for firewall in context.graph.nodes(NodeKind.RESOURCE):
        if _role(firewall) != "firewall" or not is_live(firewall):
            continue
        guarded = list(context.graph.edges_from(firewall.id, EdgeKind.PROTECTS))
        for opening in _openings(context.graph, firewall):
            for source in opening.sources:
                origin = places.of(source, firewall, opening.place)
                yield from origin.nodes
                attributes: dict[str, Json] = {
                    "ports": _label(opening),
                    "protocol": opening.protocol,
                    "direction": "in",
                    "range": source,
                }
                for protected in guarded:
                    if protected.target != origin.id:
                        evidence = (opening.place, *protected.evidence)
                        yield Edge(
                            origin.id,
                            protected.target,
                            EdgeKind.ALLOWS,
                            tuple(dict.fromkeys(evidence)),
                            Provenance.DERIVED,
                            "exposure.firewall-rules",
                            attributes,
                        )
                if not guarded:
                    yield Edge(
                        origin.id,
                        firewall.id,
                        EdgeKind.ALLOWS,
                        (opening.place,),
                        Provenance.DERIVED,
                        "exposure.firewall-rules",
                        attributes,
                    )


RULES = (firewall_rules,)


@dataclass(frozen=True, slots=True)
class _Origin:
    id: str
    nodes: tuple[Node, ...] = ()


class _Places:
    """What an address range of a rule is, by the names of the configuration it stands in."""

    def __init__(self, graph: Graph) -> None:
        self._ranges: dict[tuple[str, str], set[str]] = {}
        for node in graph.nodes(NodeKind.RESOURCE):
            if not is_live(node):
                continue
            scope = ":".join(node.id.split(":", 2)[:2])
            for text in (*texts(node.attributes.get("cidr")), *texts(node.attributes.get("addresses"))):
                if (known := _normal(text)) is not None:
                    self._ranges.setdefault((scope, known), set()).add(node.id)

    def of(self, source: str, near: Node, place: Source) -> _Origin:
        if source in _ANYWHERE:
            return _Origin(INTERNET, (internet(place),))
        scope = ":".join(near.id.split(":", 2)[:2])
        owners = self._ranges.get((scope, _normal(source) or ""), set())
        if len(owners) == 1:
            return _Origin(next(iter(owners)))
        made = Node(f"external:range:{source}", NodeKind.EXTERNAL, "range", source, place, category=Category.NETWORK)
        return _Origin(made.id, (made,))


def _normal(text: str) -> str | None:
    try:
        return str(ipaddress.ip_network(text, strict=False))
    except ValueError:
        return None


def _openings(graph: Graph, firewall: Node) -> Iterator[Opening]:
    """The inbound rules that a firewall states, in its own blocks or in resources that belong to it."""
    for block in ("rule", "ingress", "inbound_rule", "inbound", "security_rule", "allow"):
        rules = value_of(firewall, block)
        for one in rules if isinstance(rules, list) else []:
            if isinstance(one, dict) and _is_inbound(one, block):
                yield from _opening(one if block != "allow" else {**one, **_shared(firewall)}, firewall.source)
    for edge in graph.edges_to(firewall.id, EdgeKind.REFERENCES):
        node = graph.node(edge.source)
        values = node.attributes.get("values")
        if _role(node) == "rule" and isinstance(values, dict) and is_live(node) and _is_inbound(values, node.type):
            yield from _opening(values, node.source)


def _shared(firewall: Node) -> dict[str, Json]:
    values = firewall.attributes.get("values")
    return {k: values[k] for k in ("source_ranges", "source_tags") if k in values} if isinstance(values, dict) else {}


def _is_inbound(rule_values: dict[str, Json], hint: str) -> bool:
    direction = str(rule_values.get("direction") or rule_values.get("type") or "").lower()
    if direction in ("out", "outbound", "egress"):
        return False
    if str(rule_values.get("access") or "").lower() == "deny" or str(rule_values.get("action") or "").upper() in (
        "DROP",
        "DENY",
    ):
        return False
    return direction in ("in", "inbound", "ingress") or any(w in hint for w in ("ingress", "inbound", "allow"))


_SOURCES = (
    "source_ips",
    "cidr_blocks",
    "ipv6_cidr_blocks",
    "source_addresses",
    "cidr_ipv4",
    "cidr_ipv6",
    "source_ranges",
    "source_address_prefix",
    "source_address_prefixes",
    "remote_ip_prefix",
    "ipv4",
    "ipv6",
    "subnet",
)


def _opening(values: dict[str, Json], place: Source) -> Iterator[Opening]:
    sources = tuple(dict.fromkeys(t for name in _SOURCES for t in texts(values.get(name))))
    if not sources:
        return
    protocol = str(values.get("protocol") or values.get("ip_protocol") or "any").lower()
    protocol = "any" if protocol in ("-1", "all", "*") else protocol
    yield Opening(protocol, _ports(values), sources, (), place)


def _ports(values: dict[str, Json]) -> str:
    for name in ("port", "ports", "port_range", "destination_port_range", "destination_port_ranges"):
        found = values.get(name)
        if isinstance(found, list) and found:
            return ",".join(str(p) for p in found)
        if isinstance(found, str | int | float) and not isinstance(found, bool) and found != "":
            return _plain(found)
    first = next((values[n] for n in ("from_port", "port_range_min") if values.get(n) is not None), None)
    last = next((values[n] for n in ("to_port", "port_range_max") if values.get(n) is not None), None)
    if first is None or (first == 0 and last in (0, 65535)):
        return "any"
    return _plain(first) if first == last or last is None else f"{_plain(first)}-{_plain(last)}"


def _plain(port: Json) -> str:
    return str(int(port)) if isinstance(port, float) and port.is_integer() else str(port)


def _label(opening: Opening) -> str:
    if opening.protocol in ("icmp", "icmpv6", "esp", "gre"):
        return opening.protocol
    if opening.ports in ("any", "0", "*"):
        return opening.protocol if opening.protocol != "any" else "any"
    return f"{opening.ports}/{opening.protocol}" if opening.protocol != "any" else opening.ports


def _role(node: Node) -> str:
    return str(node.attributes.get("network_role") or "")
