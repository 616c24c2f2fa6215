"""Questions about Terraform nodes that several linking rules ask."""

from __future__ import annotations

from collections.abc import Iterator

from archdoc.catalog.relations import bare_path
from archdoc.model.facts import Category, EdgeKind, Json, Node, NodeKind, Source
from archdoc.model.graph import Graph


def is_live(node: Node) -> bool:
    """Whether the block creates something as configured."""
    return not node.attributes.get("disabled")


def is_in_force(node: Node) -> bool:
    """Whether what a rule, firewall or policy says counts: not where ``disabled = true`` or its state switches it
    off."""
    off = value_of(node, "disabled") is True or str(value_of(node, "state")).upper() == "DISABLED"
    return is_live(node) and not off


def role_of(node: Node) -> str:
    """The part that a resource plays in the network, or ""."""
    return str(node.attributes.get("network_role") or "")


def is_server(node: Node) -> bool:
    """Whether a node is a machine that Terraform makes, as configured."""
    return node.kind is NodeKind.RESOURCE and role_of(node) == "server" and is_live(node)


def servers(graph: Graph) -> list[Node]:
    """The machines that Terraform makes."""
    return [n for n in graph.nodes(NodeKind.RESOURCE) if is_server(n)]


def value_of(node: Node, name: str) -> Json:
    """An evaluated argument, or None."""
    values = node.attributes.get("values")
    return values.get(name) if isinstance(values, dict) else None


def at_path(value: Json, path: str) -> Iterator[Json]:
    """The values at a path of names without indexes (``network.ip``): of blocks that repeat, those of each."""
    if not path:
        if isinstance(value, list):
            yield from value
        elif value is not None:
            yield value
    elif isinstance(value, list):
        for item in value:
            yield from at_path(item, path)
    elif isinstance(value, dict):
        if path in value:
            yield from at_path(value[path], "")
        else:
            name, _, rest = path.partition(".")
            if rest and name in value:
                yield from at_path(value[name], rest)


def values_at(node: Node, path: str) -> list[Json]:
    """The known values at a path of a resource's arguments."""
    return [v for v in at_path(node.attributes.get("values"), path) if v is not None] if path else []


def first_text(node: Node, paths: tuple[str, ...]) -> str | None:
    """The first text at any of some paths."""
    return next((v for path in paths for v in values_at(node, path) if isinstance(v, str) and v), None)


def texts(value: Json, names: tuple[str, ...] = ()) -> Iterator[str]:
    """The texts in a value: itself, those of a list, and those under the given names of objects."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from texts(item, names)
    elif isinstance(value, dict):
        for name in names:
            yield from texts(value.get(name), names)


def follow(graph: Graph, node: Node, path: str) -> Iterator[tuple[Node, tuple[Source, ...]]]:
    """The resources that an argument (with "": any argument) refers to, with the evidence."""
    for edge in graph.edges_from(node.id, EdgeKind.REFERENCES):
        attribute = bare_path(str(edge.attributes.get("attribute") or ""))
        if not path or attribute == path or attribute.startswith(path + "."):
            target = graph.node(edge.target)
            if target.kind is NodeKind.RESOURCE or (target.kind is NodeKind.DATA_SOURCE and role_of(target)):
                yield target, edge.evidence


def is_store(node: Node) -> bool:
    """Whether a resource keeps files: a bucket, a storage account."""
    return role_of(node) == "" and node.category is Category.STORAGE and not node.attributes.get("plumbing")
