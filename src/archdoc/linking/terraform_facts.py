"""Questions about Terraform nodes that several linking rules ask."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archdoc.model.facts import EdgeKind, Json, Node, NodeKind, Source
from archdoc.model.graph import Graph

_INDEX = re.compile(r"\[[^\]]*\]")


def is_live(node: Node) -> bool:
    """Whether the block creates something as configured."""
    return not node.attributes.get("disabled")


def value_of(node: Node, name: str) -> Json:
    """An evaluated argument, or None."""
    values = node.attributes.get("values")
    return values.get(name) if isinstance(values, dict) else None


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
    """The resources that an argument refers to, with the evidence."""
    for edge in graph.edges_from(node.id, EdgeKind.REFERENCES):
        attribute = _INDEX.sub("", str(edge.attributes.get("attribute") or ""))
        if attribute == path or attribute.startswith(path + "."):
            target = graph.node(edge.target)
            if target.kind is NodeKind.RESOURCE:
                yield target, edge.evidence
