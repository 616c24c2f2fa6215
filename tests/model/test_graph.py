from __future__ import annotations

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
