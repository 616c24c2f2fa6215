"""Networks: what is inside what, what is attached to what, which way traffic is routed. All from the arguments of
Terraform resources, whose meaning is the catalog's."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeAlias

from archdoc.catalog import Verb
from archdoc.linking.outside import INTERNET, internet
from archdoc.linking.rules import Context, Fact, rule
from archdoc.linking.terraform_facts import follow, is_live, texts, value_of
from archdoc.model.facts import Edge, EdgeKind, Json, Node, NodeKind, Provenance, Source

_CONTAINERS = ("container", "subnet")
_MACHINES = ("server", "load_balancer", "server_group")
_Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
_JOINING = ("attachment", "listener")
_ROUTING = ("record", "load_balancer", "target_group", "listener", "gateway")
_PLAIN = {
    Verb.STORES_IN: EdgeKind.STORES_IN,
    Verb.BACKS_UP: EdgeKind.BACKS_UP,
    Verb.ALERTS: EdgeKind.ALERTS,
    Verb.LOGS_TO: EdgeKind.SHIPS_LOGS_TO,
    Verb.WATCHES: EdgeKind.SCRAPES,
}
"""Relations that are edges whatever part their ends play."""


def describe_resources(context: Context) -> None:
    """Put on every resource what the catalog and its own arguments say of it: ``network_role``, ``icon``,
    ``plumbing``, ``security_layer``, ``cidr``, ``addresses``, ``proxied``."""
    for node in list(context.graph.nodes(NodeKind.RESOURCE, NodeKind.DATA_SOURCE)):
        known = context.catalog.resource_type(node.type)
        more: dict[str, Json] = {}
        if known.role and node.kind is NodeKind.RESOURCE:
            more["network_role"] = known.role.value
        if known.icon:
            more["icon"] = known.icon
        if known.plumbing:
            more["plumbing"] = True
        if known.layer and node.kind is NodeKind.RESOURCE:
            more["security_layer"] = known.layer.value
        if known.role.value in _CONTAINERS and (cidr := _cidr(node)):
            more["cidr"] = cidr
        if known.role.value in _MACHINES and (found := list(_addresses(node))):
            more["addresses"] = list(found)
        if known.role == "record" and value_of(node, "proxied") is True:
            more["proxied"] = True
        if more:
            context.graph.replace_node(replace(node, attributes={**node.attributes, **more}))


@rule("network.arguments")
def arguments(context: Context) -> Iterable[Fact]:
    """An argument that names another resource says how the two belong together.

    ``network_id`` and ``subnet_id`` put a server inside a network, ``server_id`` attaches a volume to it,
    ``target_group_arns`` route to it. Which argument means what is in the catalog (relations.toml); that the
    argument leads to that resource is in the evaluated references. Example: ``hcloud_server.web`` with
    ``network { network_id = hcloud_network.main.id }`` is inside ``hcloud_network.main``.
    """
    for node in context.graph.nodes(NodeKind.RESOURCE):
        if not is_live(node) or _role(node) in _JOINING:
            continue
        for edge in context.graph.edges_from(node.id, EdgeKind.REFERENCES):
            target = context.graph.node(edge.target)
            if target.kind is not NodeKind.RESOURCE or not is_live(target):
                continue
            part = context.catalog.resource_type(target.type).role
            relation = context.catalog.relations.find(node.type, str(edge.attributes.get("attribute") or ""), part)
            if relation is None:
                continue
            subject, object_ = (target, node) if relation.reverse else (node, target)
            yield from _fact(relation.verb, subject, object_, edge.evidence, "network.arguments")


@rule("network.joins")
def joins(context: Context) -> Iterable[Fact]:
    """A resource that only joins two others is an edge between them, with itself as evidence.

    ``hcloud_server_network`` puts a server inside a network, ``hcloud_volume_attachment`` attaches a volume,
    ``hcloud_load_balancer_target`` routes from a load balancer to a server. Example: a target with
    ``load_balancer_id = hcloud_load_balancer.main.id`` and ``server_id = hcloud_server.web.id``.
    """
    for node in context.graph.nodes(NodeKind.RESOURCE):
        if not is_live(node):
            continue
        for join in context.catalog.relations.joins(node.type):
            for subject, evidence in _ends(context, node, join.subject):
                for object_, more in _ends(context, node, join.object):
                    places = tuple(dict.fromkeys((node.source, *evidence, *more)))
                    yield from _fact(join.verb, subject, object_, places, "network.joins")


def _ends(context: Context, node: Node, paths: tuple[str, ...]) -> list[tuple[Node, tuple[Source, ...]]]:
    """The resources that the first of some arguments names."""
    for path in paths:
        found = [(t, e) for t, e in follow(context.graph, node, path) if is_live(t)]
        if found:
            return found
    return []


def addresses_of_joins(context: Context) -> None:
    """Give a machine the address that a resource which joins it to a network states."""
    for node in context.graph.nodes(NodeKind.RESOURCE):
        address = value_of(node, "ip")
        if not isinstance(address, str) or not is_live(node):
            continue
        for join in context.catalog.relations.joins(node.type):
            for machine, _evidence in _ends(context, node, join.subject):
                known = machine.attributes.get("addresses")
                listed = list(known) if isinstance(known, list) else []
                if join.verb is Verb.INSIDE and _role(machine) in _MACHINES and address not in listed:
                    more: dict[str, Json] = {**machine.attributes, "addresses": [*listed, address]}
                    context.graph.replace_node(replace(machine, attributes=more))


def _fact(verb: Verb, subject: Node, object_: Node, evidence: tuple[Source, ...], name: str) -> Iterator[Fact]:
    """The edge that a relation is, where the parts of both ends allow it."""
    if subject.id == object_.id:
        return
    if verb is Verb.INSIDE and _role(object_) in _CONTAINERS:
        yield Edge(object_.id, subject.id, EdgeKind.CONTAINS, evidence, Provenance.DERIVED, name)
    elif verb is Verb.ATTACHED_TO and _role(object_) in _MACHINES:
        yield Edge(subject.id, object_.id, EdgeKind.ATTACHED_TO, evidence, Provenance.DERIVED, name)
    elif verb is Verb.ROUTES_TO and _role(subject) in _ROUTING and _role(object_) in (*_MACHINES, *_ROUTING, "address"):
        yield Edge(subject.id, object_.id, EdgeKind.ROUTES_TO, evidence, Provenance.DERIVED, name)
    elif (
        verb is Verb.PROTECTS and _role(subject) == "firewall" and _role(object_) not in ("firewall", "rule", *_JOINING)
    ):
        yield Edge(subject.id, object_.id, EdgeKind.PROTECTS, evidence, Provenance.DERIVED, name)
    elif verb in _PLAIN:
        yield Edge(subject.id, object_.id, _PLAIN[verb], evidence, Provenance.DERIVED, name)


@rule("network.subnet-address")
def subnet_of_address(context: Context) -> Iterable[Fact]:
    """A machine that is inside a network, with a known address inside the range of exactly one subnet of that
    network, is inside the subnet.

    Example: ``network { ip = "10.0.2.10" }`` and a subnet ``10.0.2.0/24``. Two subnets that overlap decide nothing.
    """
    graph = context.graph
    subnets: dict[str, list[tuple[Node, _Network]]] = {}
    for node in graph.nodes(NodeKind.RESOURCE):
        if _role(node) == "subnet" and (network := _parsed(node)):
            for around in graph.sources(node.id, EdgeKind.CONTAINS):
                subnets.setdefault(around.id, []).append((node, network))
    for machine in graph.nodes(NodeKind.RESOURCE):
        if _role(machine) not in _MACHINES or not is_live(machine):
            continue
        for around in graph.sources(machine.id, EdgeKind.CONTAINS):
            found: dict[str, Node] = {}
            for address in texts(machine.attributes.get("addresses")):
                for subnet, network in subnets.get(around.id, ()):
                    if _is_in(address, network):
                        found[subnet.id] = subnet
            if len(found) == 1:
                subnet = next(iter(found.values()))
                yield Edge(
                    subnet.id,
                    machine.id,
                    EdgeKind.CONTAINS,
                    (machine.source, subnet.source),
                    Provenance.DERIVED,
                    "network.subnet-address",
                )


@rule("network.record-address")
def record_of_address(context: Context) -> Iterable[Fact]:
    """A DNS record whose content is an address that exactly one machine or load balancer has leads there.

    Example: ``content = "10.0.1.10"`` and a load balancer with that address. The same address in two places
    decides nothing.
    """
    owners: dict[str, set[str]] = {}
    machines = [n for n in context.graph.nodes(NodeKind.RESOURCE) if _role(n) in _MACHINES and is_live(n)]
    for machine in machines:
        for address in texts(machine.attributes.get("addresses")):
            owners.setdefault(address, set()).add(machine.id)
    for record in context.graph.nodes(NodeKind.RESOURCE):
        if _role(record) != "record" or list(context.graph.edges_from(record.id, EdgeKind.ROUTES_TO)):
            continue
        for name in ("content", "value"):
            owned = owners.get(str(value_of(record, name) or ""), set())
            if len(owned) == 1:
                target = context.graph.node(next(iter(owned)))
                yield Edge(
                    record.id,
                    target.id,
                    EdgeKind.ROUTES_TO,
                    (record.source, target.source),
                    Provenance.DERIVED,
                    "network.record-address",
                )


@rule("network.proxied-record")
def proxied_records(context: Context) -> Iterable[Fact]:
    """A record that its provider proxies is where the internet comes in: the provider answers in its place.

    Example: ``cloudflare_dns_record`` with ``proxied = true``.
    """
    for record in context.graph.nodes(NodeKind.RESOURCE):
        if record.attributes.get("proxied") and is_live(record):
            yield internet(record.source)
            yield Edge(
                INTERNET, record.id, EdgeKind.ROUTES_TO, (record.source,), Provenance.DERIVED, "network.proxied-record"
            )


RULES = (arguments, joins, subnet_of_address, record_of_address, proxied_records)


def _role(node: Node) -> str:
    return str(node.attributes.get("network_role") or "")


def _cidr(node: Node) -> str:
    for name in (
        "ip_range",
        "cidr_block",
        "cidr",
        "ip_cidr_range",
        "address_prefixes",
        "address_space",
        "ipv4",
        "v4_subnet",
    ):
        found = value_of(node, name)
        found = found[0] if isinstance(found, list) and found else found
        if isinstance(found, str) and "/" in found:
            return found
    return ""


def _addresses(node: Node) -> Iterator[str]:
    """Addresses that the arguments of a machine state, its networks' first."""
    values = node.attributes.get("values")
    if not isinstance(values, dict):
        return
    seen = set()
    for name in (
        "network",
        "network_interface",
        "private_ip",
        "ip",
        "private_ip_address",
        "ip_address",
        "ipv4_address",
        "network_ip",
        "access_ip_v4",
    ):
        for text in texts(
            values.get(name), ("ip", "network_ip", "fixed_ip_v4", "alias_ips", "ipv4", "private_ip", "ip_address")
        ):
            if text not in seen and _is_address(text):
                seen.add(text)
                yield text


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _parsed(node: Node) -> _Network | None:
    try:
        return ipaddress.ip_network(str(node.attributes.get("cidr") or ""), strict=False)
    except ValueError:
        return None


def _is_in(address: str, network: _Network) -> bool:
    try:
        return ipaddress.ip_address(address) in network
    except (ValueError, TypeError):
        return False
