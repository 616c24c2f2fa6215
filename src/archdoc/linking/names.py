"""Names and addresses in the graph: which server, balancer or host a name of the code stands for."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from archdoc.catalog import Catalog
from archdoc.linking.terraform_facts import first_text, follow, is_live, role_of
from archdoc.model.facts import EdgeKind, Node, NodeKind
from archdoc.model.graph import Graph

_ZONE_NAMES = ("dns_name", "domain", "zone", "zone_name", "name")
"""Google's zones have a name that is no domain beside their ``dns_name``."""


def record_names(graph: Graph, catalog: Catalog, record: Node) -> list[str]:
    """The full names that a DNS record answers to, without the dot at the end; lower case.

    The zone is the resource or data source that the record's zone argument refers to, or the argument itself where it
    is a domain. ``@`` and "" are the zone's own name, a name that ends with the zone's, or with a dot, is full already.
    """
    shape = catalog.shapes.record(record.type)
    if shape is None:
        return []
    name = first_text(record, shape.name)
    if name is None:
        return []
    bare = name.strip(".").lower()
    if name.endswith(".") and bare:
        return [bare]
    zones = list(_zones(graph, record, shape.zone))
    if not zones:
        return [bare] if "." in bare and not bare.startswith("*") else []
    return [bare if bare == z or bare.endswith(f".{z}") else z if bare in ("", "@") else f"{bare}.{z}" for z in zones]


def _zones(graph: Graph, record: Node, paths: tuple[str, ...]) -> Iterator[str]:
    found: dict[str, None] = {}
    for path in paths:
        for edge in graph.edges_from(record.id, EdgeKind.REFERENCES):
            if str(edge.attributes.get("attribute") or "").partition("[")[0] != path:
                continue
            zone = graph.node(edge.target)
            if zone.kind in (NodeKind.RESOURCE, NodeKind.DATA_SOURCE) and (text := first_text(zone, _ZONE_NAMES)):
                found[text.strip(".").lower()] = None
        text = first_text(record, (path,))
        if not found and text and "." in text:
            found[text.strip(".").lower()] = None
    yield from found


def behind(graph: Graph, record: Node) -> list[tuple[Node, tuple[Node, ...]]]:
    """The machines and load balancers that a record leads to, through the addresses on the way, with these."""
    found: dict[str, tuple[Node, tuple[Node, ...]]] = {}
    for target in graph.targets(record.id, EdgeKind.ROUTES_TO):
        if role_of(target) == "address":
            for machine in holders(graph, target):
                found.setdefault(machine.id, (machine, (target,)))
        else:
            found.setdefault(target.id, (target, ()))
    return list(found.values())


def holders(graph: Graph, address: Node) -> list[Node]:
    """The machines and balancers that have an address: it is attached to them, or they refer to it."""
    found = {n.id: n for n in graph.targets(address.id, EdgeKind.ATTACHED_TO, EdgeKind.ROUTES_TO)}
    for edge in graph.edges_to(address.id, EdgeKind.REFERENCES):
        node = graph.node(edge.source)
        if role_of(node) in ("server", "load_balancer") and is_live(node):
            found[node.id] = node
    for server, _ in follow(graph, address, ""):
        if role_of(server) in ("server", "load_balancer") and is_live(server):
            found[server.id] = server
    return list(found.values())


def is_address(text: str) -> bool:
    """Whether a text is an IP address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
