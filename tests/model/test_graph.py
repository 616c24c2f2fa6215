from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from archdoc.model.facts import Edge, EdgeKind, Node, NodeKind, Provenance, Source
from archdoc.model.graph import DanglingEdgeError, Graph


def node(name: str, line: int = 1) -> Node:
    return Node(name, NodeKind.SERVICE, "web", name, Source("a.yml", line))


def test_an_edge_to_nowhere_is_refused() -> None:
    graph = Graph([node("a")])
    with pytest.raises(DanglingEdgeError, match="'b'"):
        graph.add_edge(Edge("a", "b", EdgeKind.CONNECTS_TO, (Source("a.yml", 1),)))


def test_an_edge_without_evidence_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="needs evidence"):
        Edge("a", "b", EdgeKind.CONNECTS_TO, ())


def test_an_inferred_edge_names_its_rule() -> None:
    with pytest.raises(ValueError, match="names its rule"):
        Edge("a", "b", EdgeKind.CONNECTS_TO, (Source("a.yml", 1),), Provenance.INFERRED)


def test_two_signals_of_one_thing_are_one_node_with_both_places() -> None:
    graph = Graph([node("a", 1), node("a", 7)])
    assert len(graph) == 1
    assert graph.node("a").evidence == (Source("a.yml", 7),)


def test_the_same_edge_twice_unites_its_evidence() -> None:
    graph = Graph([node("a"), node("b")])
    for line in (3, 9):
        graph.add_edge(Edge("a", "b", EdgeKind.CONNECTS_TO, (Source("a.yml", line),)))
    assert [e.evidence for e in graph.edges()] == [(Source("a.yml", 3), Source("a.yml", 9))]


def test_the_order_of_adding_does_not_show() -> None:
    names = ["c", "a", "b"]
    one, other = Graph(map(node, names)), Graph(map(node, reversed(names)))
    assert [n.id for n in one.nodes()] == [n.id for n in other.nodes()] == ["a", "b", "c"]


def test_edges_of_one_kind_with_other_attributes_stay_apart() -> None:
    graph = Graph([node("a"), node("b")])
    for port in (80, 443):
        graph.add_edge(Edge("a", "b", EdgeKind.ALLOWS, (Source("a.tf", 1),), attributes={"port": port}))
    assert len(list(graph.edges(EdgeKind.ALLOWS))) == 2


STEPS: tuple[Callable[[Graph], object], ...] = (
    lambda g: g.add_node(node("b")),
    lambda g: g.add_node(node("a")),
    lambda g: g.add_node(node("c")),
    lambda g: g.add_edge(edge("a", "b")),
    lambda g: g.add_edge(edge("a", "a")),
    lambda g: g.add_edge(edge("c", "b", EdgeKind.RUNS_ON)),
    lambda g: g.add_edge(edge("c", "b", line=9)),
    lambda g: g.add_edge(edge("c", "b", line=4)),
    lambda g: g.replace_node(replace(node("b"), kind=NodeKind.HOST)),
    lambda g: g.remove_edge(edge("a", "b")),
    lambda g: g.update(Graph([node("a"), node("d")], [edge("d", "a")])),
    lambda g: g.substitute({"c": (node("z"), node("d"))}),
    lambda g: g.substitute({"a": ()}),
)


def test_what_is_asked_between_changes_is_told_of_the_graph_as_it_is_then() -> None:
    asked = Graph()
    for number, step in enumerate(STEPS, 1):
        step(asked)
        fresh = Graph()
        for earlier in STEPS[:number]:
            earlier(fresh)
        assert all_told(asked) == all_told(fresh), number
        assert sorted(e.evidence for e in asked.edges()) == sorted(
            e.evidence for n in asked.nodes() for e in asked.edges_to(n.id)
        )


def all_told(graph: Graph) -> object:
    return (
        list(graph.nodes()),
        [list(graph.nodes(kind)) for kind in (NodeKind.HOST, NodeKind.SERVICE)],
        list(graph.nodes(NodeKind.SERVICE, NodeKind.HOST)),
        [list(graph.edges_from(n.id)) for n in graph.nodes()],
        [list(graph.edges_to(n.id, EdgeKind.CONNECTS_TO)) for n in graph.nodes()],
        list(graph.keyed_edges()),
        list(graph.edges()),
    )


def edge(source: str, target: str, kind: EdgeKind = EdgeKind.CONNECTS_TO, line: int = 1) -> Edge:
    return Edge(source, target, kind, (Source("a.yml", line),))
