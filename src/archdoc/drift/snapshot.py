"""The committed snapshot of the graph (docs/assets/archdoc.json), read back to compare with today's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from archdoc.model.facts import Category, Edge, EdgeKind, Node, NodeKind, Provenance, Source, TerraformPlace
from archdoc.model.graph import Graph
from archdoc.model.problem import Problem, Severity

PATH = "assets/archdoc.json"
"""Where it lies, relative to the docs directory."""


class SnapshotError(ValueError):
    """The snapshot is not one that archdoc wrote."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Nodes by id and edges by (source, target, kind, key), as plain JSON objects."""

    nodes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    edges: Mapping[tuple[str, str, str, str], Mapping[str, Any]] = field(default_factory=dict)
    meta: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[Mapping[str, Any], ...] = ()

    def graph(self) -> Graph:
        """The graph that the snapshot was made of (SnapshotError if it is none)."""
        try:
            return Graph(
                (_node(n) for n in self.nodes.values()),
                (_edge(e) for e in self.edges.values()),
                (_problem(p) for p in self.problems),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise SnapshotError(f"not a snapshot of archdoc: {error}") from error


def parse_snapshot(data: bytes | str) -> Snapshot:
    """Read a snapshot (SnapshotError if it is none)."""
    try:
        return _snapshot(json.loads(data))
    except (ValueError, KeyError, TypeError) as error:
        raise SnapshotError(f"not a snapshot of archdoc: {error}") from error


def snapshot_of(document: Mapping[str, Any]) -> Snapshot:
    """The snapshot that the text of a document would give, without the indented text."""
    return _snapshot(json.loads(json.dumps(document), parse_constant=str))


def _snapshot(document: Any) -> Snapshot:
    meta = document["graph"]
    if not str(meta["schema"]).startswith("archdoc.graph/"):
        raise SnapshotError("not an archdoc graph")
    return Snapshot(
        nodes={n["id"]: n for n in document["nodes"]},
        edges={(e["source"], e["target"], e["kind"], str(e["key"])): e for e in document["edges"]},
        meta=meta,
        problems=tuple(document.get("problems", ())),
    )


def _node(data: Mapping[str, Any]) -> Node:
    place = None
    if "root" in data:
        place = TerraformPlace(data["root"], data["module"], data["block"], data["instance_key"])
    return Node(
        id=data["id"],
        kind=NodeKind(data["kind"]),
        type=data["type"],
        name=data["name"],
        source=_place(data["source"]),
        address=data["address"],
        category=Category(data["category"]),
        attributes=data["attributes"],
        evidence=tuple(_place(e) for e in data.get("evidence", ())),
        terraform=place,
    )


def _edge(data: Mapping[str, Any]) -> Edge:
    return Edge(
        source=data["source"],
        target=data["target"],
        kind=EdgeKind(data["kind"]),
        evidence=tuple(_place(e) for e in data["evidence"]),
        provenance=Provenance(data["provenance"]),
        rule=data["rule"],
        attributes=data["attributes"],
    )


def _problem(data: Mapping[str, Any]) -> Problem:
    return Problem(Severity(data["severity"]), data["code"], data["message"], _place(data["source"]), data["hint"])


def _place(data: Mapping[str, Any]) -> Source:
    return Source(data["path"], data["line"], data.get("end_line") or data["line"])
