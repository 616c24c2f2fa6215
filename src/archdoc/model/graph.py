"""The graph: typed facts on top of a networkx multigraph, and the only module that imports networkx."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import TypeAlias

import networkx as nx

from archdoc.model.facts import Edge, EdgeKind, Node, NodeKind, Source
from archdoc.model.problem import Problem

_Nodes: TypeAlias = dict[str, dict[str, Node]]
_Ends: TypeAlias = dict[str, dict[str, dict[str, dict[str, Edge]]]]
"""From one end to the other end to the keys of edges."""


class DanglingEdgeError(ValueError):
    """An edge names a node that is not in the graph."""


class Graph:
    """Nodes, edges and problems. Grows only; readers and linkers add to it, views read it.

    Two nodes with one id are one node: the first one's fields stay, attributes and evidence are united. Two
    edges of one kind between the same nodes, by the same rule and with the same attributes, are one edge with
    the evidence of both. Iteration is sorted by id, whatever the order of adding.
    """

    def __init__(
        self, nodes: Iterable[Node] = (), edges: Iterable[Edge] = (), problems: Iterable[Problem] = ()
    ) -> None:
        self._graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        self._nodes: _Nodes = self._graph._node  # type: ignore[attr-defined]
        self._out: _Ends = self._graph._succ  # type: ignore[attr-defined]
        self._in: _Ends = self._graph._pred  # type: ignore[attr-defined]
        """networkx's own tables: its views of them cost several times what they show."""
        self._problems: dict[Problem, None] = {}
        self._by_kind: dict[EdgeKind, list[tuple[int, Edge]]] | None = None
        """All edges with their places in the order of ``edges``, until an edge comes or goes."""
        self._ids: dict[NodeKind, list[str]] | None = None
        """The sorted ids of each kind, until a node comes, goes, or becomes one of another kind."""
        self._leaving: dict[str, tuple[Edge, ...]] = {}
        self._reaching: dict[str, tuple[Edge, ...]] = {}
        """The sorted edges of the nodes that were asked about, until one of theirs comes or goes."""
        for node in nodes:
            self.add_node(node)
        for edge in edges:
            self.add_edge(edge)
        for problem in problems:
            self.add_problem(problem)

    @classmethod
    def restored(
        cls, nodes: Iterable[Node], keyed_edges: Iterable[tuple[str, Edge]], problems: Iterable[Problem]
    ) -> Graph:
        """The graph that had these nodes, edges by their keys (``keyed_edges``) and problems: none of them twice.

        KeyError where an edge has an end that is none of the nodes.
        """
        made = cls(problems=problems)
        for node in nodes:
            made._put_node(node)
        for key, edge in keyed_edges:
            made._put_edge(edge, key)
        return made

    # -- adding ---------------------------------------------------------------------------------------------

    def add_node(self, node: Node) -> Node:
        """Add a node, or unite it with the one of the same id; return the one that is in the graph now."""
        known = self.find(node.id)
        if known is not None:
            node = _united(known, node)
        self._put_node(node)
        return node

    def replace_node(self, node: Node) -> None:
        """Put ``node`` in the place of the node with its id (KeyError if there is none)."""
        self.node(node.id)
        self._put_node(node)

    def _put_node(self, node: Node) -> None:
        known = self.find(node.id)
        if known is None or known.kind is not node.kind:
            self._ids = None
        self._graph.add_node(node.id, node=node)

    def substitute(self, nodes: Mapping[str, tuple[Node, ...]]) -> None:
        """Put for each id other nodes, which may have other ids; what gets one id is united, and edges follow.

        None takes a node out, and its edges with it; of several each gets the edges. An edge between two nodes that
        become one is left out. ``nodes`` gives the nodes as they are to be: several ids may give the same one, and its
        attributes and evidence are taken as they are.
        """
        known = [i for i in nodes if i in self._nodes]
        ends = {(i, target) for i in known for target in self._out[i]}
        ends |= {(source, i) for i in known for source in self._in[i]}
        moved = [(self._out[s][t][key]["edge"], key) for s, t in sorted(ends) for key in sorted(self._out[s][t])]
        self._graph.remove_nodes_from(known)
        self._by_kind = self._ids = None
        self._leaving, self._reaching = {}, {}
        for made in {node.id: node for found in nodes.values() for node in found}.values():
            self._put_node(made)
        for edge, key in moved:
            for source in _new_ids(nodes, edge.source):
                for target in _new_ids(nodes, edge.target):
                    if (source == target) == (edge.source == edge.target):
                        self._add_edge(replace(edge, source=source, target=target), key)

    def add_edge(self, edge: Edge) -> None:
        """Add an edge; both ends must be in the graph (DanglingEdgeError otherwise)."""
        self._add_edge(edge, _edge_key(edge))

    def _add_edge(self, edge: Edge, key: str) -> None:
        self._check_ends(edge)
        between = self._out[edge.source].get(edge.target)
        if between is not None and key in between:
            known = between[key]["edge"]
            evidence = tuple(dict.fromkeys(known.evidence + edge.evidence))
            edge = replace(known, evidence=evidence)
        self._put_edge(edge, key)

    def _put_edge(self, edge: Edge, key: str) -> None:
        """As networkx's ``add_edge`` does where both ends are there."""
        between = self._out[edge.source].get(edge.target)
        if between is None:
            between = self._out[edge.source][edge.target] = self._in[edge.target][edge.source] = {}
        between[key] = {"edge": edge}
        self._forget(edge)

    def _forget(self, edge: Edge) -> None:
        """An edge came or went: what was told of edges is no longer so."""
        self._by_kind = None
        self._leaving.pop(edge.source, None)
        self._reaching.pop(edge.target, None)

    def _check_ends(self, edge: Edge) -> None:
        for end in (edge.source, edge.target):
            if end not in self._nodes:
                raise DanglingEdgeError(f"{edge.source} {edge.kind} {edge.target}: no node {end!r}")

    def add_problem(self, problem: Problem) -> None:
        """Add a problem; the same one twice is one."""
        self._problems[problem] = None

    def update(self, other: Graph) -> None:
        """Add everything of ``other``."""
        for node in other.nodes():
            self.add_node(node)
        for key, edge in other.keyed_edges():
            self._add_edge(edge, key)
        for problem in other.problems():
            self.add_problem(problem)

    def remove_edge(self, edge: Edge) -> None:
        """Take one edge out (KeyError if it is not there)."""
        self._graph.remove_edge(edge.source, edge.target, key=_edge_key(edge))
        self._forget(edge)

    # -- asking ---------------------------------------------------------------------------------------------

    def __contains__(self, node_id: object) -> bool:
        return node_id in self._nodes

    def __len__(self) -> int:
        return len(self._graph)

    def size(self) -> int:
        """The number of edges."""
        return self._graph.number_of_edges()

    def find(self, node_id: str) -> Node | None:
        """The node of this id, or None."""
        data = self._nodes.get(node_id)
        return data["node"] if data else None

    def node(self, node_id: str) -> Node:
        """The node of this id (KeyError if there is none)."""
        found = self.find(node_id)
        if found is None:
            raise KeyError(node_id)
        return found

    def nodes(self, *kinds: NodeKind) -> Iterator[Node]:
        """All nodes, or those of the given kinds, sorted by id."""
        if self._ids is None:
            self._ids = {}
            for node_id in sorted(self._nodes):
                self._ids.setdefault(self._nodes[node_id]["node"].kind, []).append(node_id)
        asked = [self._ids.get(kind, []) for kind in dict.fromkeys(kinds or self._ids)]
        for node_id in asked[0] if len(asked) == 1 else sorted(chain.from_iterable(asked)):
            node = self._nodes[node_id]["node"]
            if not kinds or node.kind in kinds:
                yield node

    def edges(self, *kinds: EdgeKind) -> Iterator[Edge]:
        """All edges, or those of the given kinds, sorted by source, target, kind, then rule and attributes."""
        if self._by_kind is None:
            self._by_kind = {}
            every = (edge for source in sorted(self._nodes) for edge in self.edges_from(source))
            for place, edge in enumerate(every):
                self._by_kind.setdefault(edge.kind, []).append((place, edge))
        asked = [self._by_kind.get(kind, []) for kind in dict.fromkeys(kinds or self._by_kind)]
        yield from (edge for _, edge in heapq.merge(*asked, key=lambda placed: placed[0]))

    def keyed_edges(self) -> Iterator[tuple[str, Edge]]:
        """All edges in the order of ``edges``, each with what tells it from others between the same nodes."""
        for source in sorted(self._out):
            targets = self._out[source]
            for target in sorted(targets):
                for key in sorted(targets[target]):
                    yield key, targets[target][key]["edge"]

    def edges_from(self, node_id: str, *kinds: EdgeKind) -> Iterator[Edge]:
        """The edges that leave a node, sorted by target."""
        found = self._leaving.get(node_id)
        if found is None:
            found = self._leaving[node_id] = _in_order(self._out[node_id])
        return _of_kinds(found, kinds)

    def edges_to(self, node_id: str, *kinds: EdgeKind) -> Iterator[Edge]:
        """The edges that reach a node, sorted by source."""
        found = self._reaching.get(node_id)
        if found is None:
            found = self._reaching[node_id] = _in_order(self._in[node_id])
        return _of_kinds(found, kinds)

    def targets(self, node_id: str, *kinds: EdgeKind) -> list[Node]:
        """The nodes that edges of these kinds lead to, each once."""
        return [self.node(i) for i in dict.fromkeys(e.target for e in self.edges_from(node_id, *kinds))]

    def sources(self, node_id: str, *kinds: EdgeKind) -> list[Node]:
        """The nodes that edges of these kinds come from, each once."""
        return [self.node(i) for i in dict.fromkeys(e.source for e in self.edges_to(node_id, *kinds))]

    def problems(self) -> list[Problem]:
        """All problems, in the order of the files."""
        return sorted(self._problems, key=Problem.sort_key)

    def networkx(self) -> nx.MultiDiGraph[str]:
        """The graph underneath, to read (each node has its ``node``, each edge its ``edge``)."""
        return self._graph


def _in_order(ends: Mapping[str, Mapping[str, Mapping[str, Edge]]]) -> tuple[Edge, ...]:
    """The edges between a node and others, in the order of the others and of the keys."""
    return tuple([ends[end][key]["edge"] for end in sorted(ends) for key in sorted(ends[end])])


def _of_kinds(edges: tuple[Edge, ...], kinds: tuple[EdgeKind, ...]) -> Iterator[Edge]:
    return (edge for edge in edges if edge.kind in kinds) if kinds else iter(edges)


def _edge_key(edge: Edge) -> str:
    attributes = ",".join(f"{k}={edge.attributes[k]!r}" for k in sorted(edge.attributes))
    return f"{edge.kind}|{edge.rule}|{attributes}"


def _united(known: Node, more: Node) -> Node:
    """The known node with what the other adds to it."""
    places: dict[Source, None] = dict.fromkeys((*known.evidence, more.source, *more.evidence))
    places.pop(known.source, None)
    return replace(
        known,
        attributes={**more.attributes, **known.attributes},
        evidence=tuple(places),
    )


def _new_ids(nodes: Mapping[str, tuple[Node, ...]], node_id: str) -> list[str]:
    """The ids that a node gets by a substitution."""
    return list(dict.fromkeys(n.id for n in nodes[node_id])) if node_id in nodes else [node_id]
