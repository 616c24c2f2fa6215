"""What the catalog and its own arguments say of each Terraform resource, put on its node before any rule runs."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import replace

from archdoc.catalog import Catalog, ResourceType, Verb
from archdoc.linking.rules import Context
from archdoc.linking.terraform_facts import first_text, follow, is_live, role_of, value_of, values_at
from archdoc.model.facts import Category, EdgeKind, Json, Node, NodeKind
from archdoc.model.graph import Graph

CONTAINERS = ("container", "subnet")
_DATA = (Category.DATABASE, Category.CACHE)
MACHINES = ("server", "load_balancer", "server_group")
_CIDR = ("ip_range", "cidr_block", "cidr", "ip_cidr_range", "address_prefixes", "address_space", "ipv4", "v4_subnet")
_ADDRESSES = (
    *("network.ip", "network_interface.network_ip", "network.fixed_ip_v4", "private_ip", "ip", "private_ip_address"),
    *("ip_address", "ipv4_address", "network_ip", "access_ip_v4", "ip_configuration.private_ip_address"),
    *("fixed_ip.ip_address", "private_ips", "vip_address"),
)
_GATEWAY = re.compile(r"\b(?:gw6?|gateway)=[^,\s]*")
"""The part of ``ip=10.0.0.7/24,gw=10.0.0.1`` that is another machine's address."""
_ADDRESS = re.compile(r"(?<![\w.:])(\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7})(?![\w.:])")


LOOKED_UP = ("container", "subnet", "firewall")
"""The parts in the network that data sources play too: what is made elsewhere, and named here."""


def describe_resources(context: Context) -> None:
    """Put on every resource ``network_role``, ``icon``, ``plumbing``, ``security_layer``, and on networks ``cidr``, on
    machines ``addresses``, on records ``proxied``."""
    for node in list(context.graph.nodes(NodeKind.RESOURCE, NodeKind.DATA_SOURCE)):
        known = context.catalog.resource_type(node.type)
        role = known.role.value if _plays(known, node) else ""
        more: dict[str, Json] = {}
        if role and (node.kind is NodeKind.RESOURCE or role in LOOKED_UP):
            more["network_role"] = role
        if known.icon:
            more["icon"] = known.icon
        if known.plumbing:
            more["plumbing"] = True
        if known.layer and node.kind is NodeKind.RESOURCE:
            more["security_layer"] = known.layer.value
        if role in CONTAINERS and (cidr := _cidr(context.catalog, node)):
            more["cidr"] = cidr
        if role in (*MACHINES, "interface", "address") and (found := list(addresses(context.catalog, node))):
            more["addresses"] = [*found]
        if role == "record" and value_of(node, "proxied") is True:
            more["proxied"] = True
        if more:
            context.graph.replace_node(replace(node, attributes={**node.attributes, **more}))


def _plays(known: ResourceType, node: Node) -> bool:
    """Whether a resource plays the part of its type: a service of Kubernetes is a load balancer where it says so."""
    return not known.role_at or any(value in known.role_values for value in values_at(node, known.role_at))


def addresses_of_joins(context: Context) -> None:
    """Give a machine the addresses that others state of it: a resource that joins it to a network, its interfaces, the
    fixed address that is attached to it."""
    for node in context.graph.nodes(NodeKind.RESOURCE):
        if not is_live(node):
            continue
        address = value_of(node, "ip")
        if isinstance(address, str):
            for join in context.catalog.relations.joins(node.type):
                for path in join.subject if join.verb is Verb.INSIDE else ():
                    for machine, _ in follow(context.graph, node, path):
                        _give(context.graph, machine, [address])
    for interface, machines in Interfaces(context.graph).items():
        found = context.graph.node(interface).attributes.get("addresses")
        for machine in machines:
            _give(context.graph, machine, [str(a) for a in found] if isinstance(found, list) else [])


def _give(graph: Graph, machine: Node, found: list[str]) -> None:
    current = graph.node(machine.id)
    if role_of(current) not in MACHINES:
        return
    known = current.attributes.get("addresses")
    listed = list(known) if isinstance(known, list) else []
    new = [a for a in found if a not in listed and _is_address(a)]
    if new:
        graph.replace_node(replace(current, attributes={**current.attributes, "addresses": [*listed, *new]}))


class Interfaces(dict[str, list[Node]]):
    """The machines behind each network interface or port: those that name it, that it names, or that a resource joins
    to it. Launch templates stand for the groups that use them in the same way, subnet groups for the databases that
    are in them."""

    def __init__(self, graph: Graph) -> None:
        super().__init__()
        for node in graph.nodes(NodeKind.RESOURCE):
            if not is_live(node):
                continue
            template = node.attributes.get("plumbing") and "template" in node.type
            if role_of(node) == "interface" or template or "subnet_group" in node.type:
                found = {n.id: n for n in self._behind(graph, node)}
                if found:
                    self[node.id] = list(found.values())

    @staticmethod
    def _behind(graph: Graph, node: Node) -> Iterator[Node]:
        grouped = _DATA if "subnet_group" in node.type else ()
        for edge in graph.edges_to(node.id, EdgeKind.REFERENCES):
            user = graph.node(edge.source)
            if (role_of(user) in ("server", "server_group") or user.category in grouped) and is_live(user):
                yield user
            elif role_of(user) == "attachment" and is_live(user) and role_of(node) == "interface":
                yield from (n for n, _ in follow(graph, user, "") if role_of(n) == "server" and is_live(n))
        if role_of(node) == "interface":
            yield from (n for n, _ in follow(graph, node, "") if role_of(n) == "server" and is_live(n))


def _cidr(catalog: Catalog, node: Node) -> str:
    shape = catalog.shapes.network(node.type)
    for path in (*(shape.cidr if shape else ()), *_CIDR):
        for found in values_at(node, path):
            if isinstance(found, str) and "/" in found:
                return found
    return ""


def addresses(catalog: Catalog, node: Node) -> Iterator[str]:
    """The addresses that a resource's arguments state, those of its networks first."""
    shape = catalog.shapes.server(node.type)
    paths = (*(shape.private if shape else ()), *_ADDRESSES, *(shape.public if shape else ()))
    seen: set[str] = set()
    for path in dict.fromkeys(paths):
        for value in values_at(node, path):
            for text in _ADDRESS.findall(_GATEWAY.sub("", value)) if isinstance(value, str) else ():
                if text not in seen and _is_address(text):
                    seen.add(text)
                    yield text


def network_of(node: Node) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """The range of a network or subnet, or None."""
    try:
        return ipaddress.ip_network(str(node.attributes.get("cidr") or ""), strict=False)
    except ValueError:
        return None


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def name_of(node: Node) -> str:
    """The evaluated name of a resource, or its address."""
    return first_text(node, ("name", "tags.Name")) or node.address
