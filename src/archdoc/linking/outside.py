"""What lies outside of every repository, and what of it can reach a thing at all."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from archdoc.catalog import Catalog
from archdoc.linking.terraform_facts import role_of, texts, values_at
from archdoc.model.facts import Category, EdgeKind, Node, NodeKind, Source
from archdoc.model.graph import Graph

INTERNET = "external:internet"
_PRIVATE = tuple(
    ipaddress.ip_network(n)
    for n in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "169.254.0.0/16",
        "fc00::/7",
        "fe80::/10",
    )
)
"""Addresses that nobody routes to from outside: RFC 1918, 4193, 6598 and 3927."""


def internet(place: Source) -> Node:
    """The internet, as far as a place in the code names it."""
    return Node(INTERNET, NodeKind.EXTERNAL, "internet", "Internet", place, category=Category.NETWORK)


def whoever(place: Source, what: str = "host") -> Node:
    """Whoever reaches a host or a network: the code does not say who that is."""
    title = f"Whoever reaches the {what}"
    node_id, kind = f"external:reaches-{what}", f"reaches_{what}"
    return Node(node_id, NodeKind.EXTERNAL, kind, title, place, category=Category.NETWORK)


def is_never_reached(catalog: Catalog, node: Node) -> bool:
    """Whether nothing connects to a resource: its firewalls are about what it sends."""
    shape = catalog.shapes.reach(node.type) if node.kind is NodeKind.RESOURCE else None
    return shape is not None and shape.never


def anyone(graph: Graph, catalog: Catalog, reached: Iterable[Node], place: Source) -> Node:
    """Who it is that a firewall lets in when it lets in everybody: the internet, or, where something of what it
    protects has no public address, whoever is near."""
    for target in reached:
        if target.kind is NodeKind.HOST and _is_private_host(graph, catalog, target):
            return whoever(place)
        if target.kind is NodeKind.RESOURCE and _is_private(catalog, target):
            return whoever(place, "host" if role_of(target) == "server" else "network")
    return internet(place)


def _is_private(catalog: Catalog, node: Node) -> bool:
    shape = catalog.shapes.reach(node.type)
    if shape is None:
        return False
    if shape.own:
        return _all_private([*texts(node.attributes.get("addresses"))])
    unknown = node.attributes.get("unknown")
    keys = " ".join(unknown) if isinstance(unknown, dict) else ""
    names = [path.rpartition(".")[2] for path in (*shape.public, *shape.inward)]
    if any(name in keys for name in names):
        return False
    if any(v is True for path in shape.inward for v in values_at(node, path)):
        return True
    given = any(v is not False for path in shape.public for v in values_at(node, path))
    return shape.private or (bool(shape.public) and not given)


def _is_private_host(graph: Graph, catalog: Catalog, host: Node) -> bool:
    """Whether all that is known of a host's addresses is private, and so its server's, where the code makes it."""
    servers = graph.targets(host.id, EdgeKind.SAME_AS)
    if servers:
        return all(_is_private(catalog, server) for server in servers)
    address = host.attributes.get("ansible_host")
    return _all_private([str(a) for a in (address.values() if isinstance(address, dict) else [address]) if a])


def _all_private(addresses: list[str]) -> bool:
    return bool(addresses) and all(map(_is_private_address, addresses))


def _is_private_address(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return any(address in network for network in _PRIVATE if network.version == address.version)
