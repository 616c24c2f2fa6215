"""Blocks that wait for one another in a round: Terraform can order none of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from archdoc.model.facts import EdgeKind, Node, NodeKind, Source
from archdoc.model.graph import Graph
from archdoc.model.problem import Problem, Severity

_BLOCKS = (NodeKind.RESOURCE, NodeKind.DATA_SOURCE)


def waiting_for_itself(graph: Graph) -> Iterator[Problem]:
    """A problem for each round of blocks, placed where one of them refers to the next."""
    after: dict[str, dict[str, Source]] = {}
    for edge in (*graph.edges(EdgeKind.REFERENCES), *graph.edges(EdgeKind.DEPENDS_ON)):
        one, other = _block(graph.node(edge.source)), _block(graph.node(edge.target))
        if one and other and one != other:
            after.setdefault(one, {}).setdefault(other, edge.evidence[0])
    for round_ in _rounds(after):
        way = " → ".join((*round_, round_[0]))
        place = after[round_[0]][round_[1]]
        yield Problem(Severity.ERROR, "TF019", f"cycle: {way}", place, "take one of these references out")


def _block(node: Node) -> str:
    return node.terraform.block if node.kind in _BLOCKS and node.terraform else ""


def _rounds(after: Mapping[str, Mapping[str, Source]]) -> Iterator[list[str]]:
    """The first round that a walk in the order of names finds at each block; none twice."""
    done: set[str] = set()
    for start in sorted(after):
        way: list[str] = []
        on_way: set[str] = set()
        waiting: list[tuple[str, bool]] = [(start, False)]
        while waiting:
            at, leaving = waiting.pop()
            if leaving:
                way.pop()
                on_way.discard(at)
                done.add(at)
            elif at in on_way:
                yield way[way.index(at) :]
            elif at not in done:
                way.append(at)
                on_way.add(at)
                waiting.append((at, True))
                waiting += [(n, False) for n in sorted(after.get(at, ()), reverse=True)]
