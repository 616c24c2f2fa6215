"""Why something is not known: the way from it, through outputs, variables and locals, to what nobody can say yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archdoc.model.facts import Edge, EdgeKind, Node, NodeKind, Source

if TYPE_CHECKING:
    from archdoc.model.graph import Graph

_BETWEEN = (NodeKind.LOCAL, NodeKind.VARIABLE, NodeKind.OUTPUT)
_ENDS = (NodeKind.RESOURCE, NodeKind.DATA_SOURCE, NodeKind.MODULE)


def why_unknown(graph: Graph, node: Node, path: str, reason: str) -> list[tuple[Node, Source]]:
    """The nodes on the way, each with the place that refers to it; empty where the reason is the node's own.

    ``path`` is the argument that is not known, "" for all of the node. A value that passes on what is not known passes
    the reason on, so that the way leads along the references to what has the same one.
    """
    way: list[tuple[Node, Source]] = []
    seen = {node.id}
    here = node
    while True:
        edges = [e for e in graph.edges_from(here.id, EdgeKind.REFERENCES) if e.target not in seen]
        fitting = [e for e in edges if _feeds(e, path) and _has(graph.node(e.target), e, reason)]
        if not fitting:
            return way
        step = min(fitting, key=lambda e: (graph.node(e.target).kind not in _BETWEEN, e.evidence[0], e.target))
        here, path = graph.node(step.target), ""
        seen.add(here.id)
        way.append((here, step.evidence[0]))
        if here.kind in _ENDS:
            return way


def _feeds(edge: Edge, path: str) -> bool:
    """Whether it feeds the argument, a part of it, or what it is a part of."""
    fed = str(edge.attributes.get("attribute", ""))
    return not path or f"{path}.".startswith((f"{fed}.", f"{fed}[")) or fed.startswith((f"{path}.", f"{path}["))


def _has(node: Node, edge: Edge, reason: str) -> bool:
    """Whether the reason comes from there."""
    if node.kind in _BETWEEN:
        said = node.attributes.get("unknown")
        return isinstance(said, str) and (reason.endswith(said) or reason in said)
    if node.kind not in _ENDS:
        return False
    return f"{node.address}.{edge.attributes.get('reads', '')}".rstrip(".") in reason
