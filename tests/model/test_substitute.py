"""Nodes that take the place of others: edges follow, nothing dangles."""

from __future__ import annotations

from dataclasses import replace

from archdoc.model.facts import Edge, EdgeKind, Node, NodeKind, Source
from archdoc.model.graph import Graph

PLACE = Source("a.yml", 1)


def node(name: str) -> Node:
    return Node(name, NodeKind.SERVICE, name, name, PLACE)


def edge(source: str, target: str, line: int = 1) -> Edge:
    return Edge(source, target, EdgeKind.CONNECTS_TO, (Source("a.yml", line),))


def test_two_nodes_become_one_and_their_edges_are_united() -> None:
    graph = Graph([node(n) for n in "abcd"], [edge("a", "c", 1), edge("b", "c", 2), edge("a", "b"), edge("d", "a")])
    one = replace(node("ab"), evidence=(Source("b.yml", 2),))
    graph.substitute({"a": (one,), "b": (one,)})
    assert [n.id for n in graph.nodes()] == ["ab", "c", "d"]
    assert graph.node("ab") == one
    assert [(e.source, e.target, [p.line for p in e.evidence]) for e in graph.edges()] == [
        ("ab", "c", [1, 2]),
        ("d", "ab", [1]),
    ]


def test_a_node_is_taken_out_with_its_edges() -> None:
    graph = Graph([node(n) for n in "abc"], [edge("a", "b"), edge("b", "c"), edge("a", "c")])
    graph.substitute({"b": ()})
    assert [n.id for n in graph.nodes()] == ["a", "c"]
    assert [(e.source, e.target) for e in graph.edges()] == [("a", "c")]


def test_a_node_that_becomes_two_gives_both_its_edges() -> None:
    graph = Graph([node(n) for n in "abc"], [edge("a", "b"), edge("b", "c")])
    graph.substitute({"b": (node("b1"), node("b2"))})
    assert [(e.source, e.target) for e in graph.edges()] == [("a", "b1"), ("a", "b2"), ("b1", "c"), ("b2", "c")]
