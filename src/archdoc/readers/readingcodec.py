"""A reading as plain JSON and back, for what is kept between runs.

JSON can hold no code, so what lies in a cache can at worst be a wrong reading. What many nodes and edges have in
common (places, kinds, attributes) is written once.
"""

from __future__ import annotations

import json
from typing import Any

from archdoc.model.document import Document
from archdoc.model.facts import Category, Edge, EdgeKind, Node, NodeKind, Provenance, Source, TerraformPlace
from archdoc.model.graph import Graph
from archdoc.model.problem import Problem, Severity
from archdoc.readers.reading import Reading


class CodecError(ValueError):
    """The bytes are no reading."""


def packed(reading: Reading) -> bytes:
    """A reading as bytes (CodecError where a part of it cannot be written down so that it comes back the same)."""
    writer = _Writer()
    content = {
        "nodes": [writer.node(n) for n in reading.graph.nodes()],
        "edges": [writer.edge(key, e) for key, e in reading.graph.keyed_edges()],
        "problems": [writer.problem(p) for p in reading.graph.problems()],
        "documents": [writer.document(d) for d in reading.documents],
        "labels": writer.labels,
        "places": [(s.path, s.line, s.end_line) for s in writer.places],
    }
    try:
        return json.dumps(content, separators=(",", ":"), allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise CodecError(str(error)) from None


def unpacked(data: bytes) -> Reading:
    """The reading that ``packed`` wrote down (CodecError if it is none)."""
    try:
        return _read(json.loads(data))
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise CodecError(str(error)) from None


# -- writing ----------------------------------------------------------------------------------------------------


class _Writer:
    """Rows, and the tables that they point into."""

    def __init__(self) -> None:
        self.places: dict[Source, int] = {}
        self.labels: list[list[Any]] = []
        self._label_numbers: dict[tuple[str, Provenance], int] = {}
        self._node_numbers: dict[str, int] = {}

    def place(self, source: Source) -> int:
        return self.places.setdefault(source, len(self.places))

    def node(self, node: Node) -> list[Any]:
        self._node_numbers[node.id] = len(self._node_numbers)
        return [
            node.id,
            node.kind.value,
            node.type,
            node.name,
            self.place(node.source),
            node.address,
            node.category.value,
            node.attributes,
            [self.place(source) for source in node.evidence],
            _terraform(node.terraform),
        ]

    def edge(self, key: str, edge: Edge) -> list[Any]:
        label = self._label_numbers.get((key, edge.provenance))
        if label is None:
            label = self._label_numbers[key, edge.provenance] = len(self.labels)
            self.labels.append([key, edge.kind.value, edge.provenance.value, edge.rule, edge.attributes])
        ends = (self._node_numbers[edge.source], self._node_numbers[edge.target])
        return [*ends, label, *[self.place(source) for source in edge.evidence]]

    def problem(self, problem: Problem) -> list[Any]:
        place = self.place(problem.source)
        return [problem.severity.value, problem.code, problem.message, place, problem.hint]

    def document(self, made: Document) -> list[Any]:
        return [
            made.name,
            made.text,
            self.place(made.origin),
            made.lines,
            made.hosts,
            made.owners,
            self.place(made.placed_by) if made.placed_by is not None else None,
            made.partial,
            made.variables,
            made.scope,
        ]


def _terraform(place: TerraformPlace | None) -> list[Any] | None:
    return None if place is None else [place.root, place.module, place.block, place.instance_key]


# -- reading ----------------------------------------------------------------------------------------------------

_NODE_KINDS = {k.value: k for k in NodeKind}
_CATEGORIES = {c.value: c for c in Category}


def _read(content: Any) -> Reading:
    places = [Source(*place) for place in content["places"]]
    labels = [
        (key, EdgeKind(kind), Provenance(provenance), rule, attributes)
        for key, kind, provenance, rule, attributes in content["labels"]
    ]
    nodes = [_node(row, places) for row in content["nodes"]]
    ids = [node.id for node in nodes]
    edges = []
    for source, target, label, *evidence in content["edges"]:
        key, kind, provenance, rule, attributes = labels[label]
        found = tuple([places[i] for i in evidence])
        edges.append((key, Edge(ids[source], ids[target], kind, found, provenance, rule, attributes)))
    problems = [
        Problem(Severity(severity), code, message, places[place], hint)
        for severity, code, message, place, hint in content["problems"]
    ]
    documents = [_document(row, places) for row in content["documents"]]
    return Reading(Graph.restored(nodes, edges, problems), tuple(documents))


def _node(row: list[Any], places: list[Source]) -> Node:
    node_id, kind, type_, name, place, address, category, attributes, evidence, terraform = row
    return Node(
        node_id,
        _NODE_KINDS[kind],
        type_,
        name,
        places[place],
        address,
        _CATEGORIES[category],
        attributes,
        tuple([places[i] for i in evidence]),
        TerraformPlace(*terraform) if terraform is not None else None,
    )


def _document(row: list[Any], places: list[Source]) -> Document:
    name, text, origin, lines, hosts, owners, placed_by, partial, variables, scope = row
    return Document(
        name,
        text,
        places[origin],
        tuple(lines),
        tuple(hosts),
        tuple(owners),
        places[placed_by] if placed_by is not None else None,
        partial,
        variables,
        scope,
    )
