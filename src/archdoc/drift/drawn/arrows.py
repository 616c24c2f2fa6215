"""Whether the code supports an arrow: a relation between what its two ends stand for, or a way along relations."""

from __future__ import annotations

from collections.abc import Iterable

from archdoc.drift.drawn.codebook import Codebook
from archdoc.model.facts import EdgeKind, Node, NodeKind

_PLACES = (EdgeKind.RUNS_ON, EdgeKind.SAME_AS, EdgeKind.MEMBER_OF)
"""Relations that say where a thing is. Two things in one place are not related by that alone."""
_STEPS = frozenset(EdgeKind) - frozenset(_PLACES)
_LONGEST = 4
"""Relations of one way. An arrow from a playbook to a program passes a play, a role and the program's service."""
_MOST = 20_000
"""Nodes that are looked at for one arrow."""


class Ways:
    """Answers for the nodes of a graph which way leads from one to another."""

    def __init__(self, book: Codebook) -> None:
        self._graph = book.graph
        self._book = book

    def support(self, sources: frozenset[str], targets: frozenset[str]) -> bool:
        """Whether the code relates any source to any target, whichever way its own relation points.

        People draw an arrow from a network to its servers and from a server to its network. What counts is that a way
        of relations leads from one to the other without turning round: two programs on one machine, two playbooks for
        one host, are not related by that.
        """
        if not sources or not targets or sources & targets:
            return True
        if self._in_place(sources, targets) or self._in_place(targets, sources):
            return True
        near, far = self._widened(sources), self._widened(targets)
        return self._leads(sources, far) or self._leads(near, targets) or self._leads(far, sources) or self._leads(
            targets, near
        )

    def _in_place(self, things: frozenset[str], places: frozenset[str]) -> bool:
        """Whether a thing runs on, or is a member of, a place."""
        seen = set(things)
        for _ in range(3):
            more = {e.target for i in seen for e in self._graph.edges_from(i, *_PLACES)}
            more |= {e.source for i in seen for e in self._graph.edges_to(i, EdgeKind.SAME_AS)}
            if more & places:
                return True
            if more <= seen:
                break
            seen |= more
        return False

    def _widened(self, ends: frozenset[str]) -> frozenset[str]:
        """The ends with the machines that they run on, what runs on them, and the groups that they are in."""
        found = set(ends)
        for node_id in ends:
            for edge in self._graph.edges_from(node_id, *_PLACES):
                found.add(edge.target)
            for edge in self._graph.edges_to(node_id, EdgeKind.RUNS_ON, EdgeKind.SAME_AS):
                found.add(edge.source)
        for node_id in list(found - ends):
            if self._graph.node(node_id).kind is NodeKind.HOST:
                found.update(e.target for e in self._graph.edges_from(node_id, EdgeKind.SAME_AS, EdgeKind.MEMBER_OF))
        return frozenset(found)

    def _leads(self, starts: Iterable[str], ends: frozenset[str]) -> bool:
        """Whether a way of at most four relations leads from a start to an end."""
        layer = set(starts)
        seen = set(layer)
        for _ in range(_LONGEST):
            following: set[str] = set()
            for node_id in sorted(layer):
                for reached in self._next(node_id):
                    if reached in ends:
                        return True
                    if reached not in seen:
                        seen.add(reached)
                        following.add(reached)
                if len(seen) > _MOST:
                    return False
            layer = following
            if not layer:
                return False
        return False

    def _next(self, node_id: str) -> Iterable[str]:
        for edge in self._graph.edges_from(node_id):
            if edge.kind in _STEPS:
                yield edge.target
        for edge in self._graph.edges_to(node_id, EdgeKind.REFERENCES, EdgeKind.DEPENDS_ON):
            joint = self._graph.node(edge.source)
            if _is_joint(joint):
                yield from (e.target for e in self._graph.edges_from(joint.id, EdgeKind.REFERENCES))


def _is_joint(node: Node) -> bool:
    """Whether a resource is nothing but a joint of others (an attachment, a rule, an association)."""
    return node.kind is NodeKind.RESOURCE and bool(node.attributes.get("plumbing"))
