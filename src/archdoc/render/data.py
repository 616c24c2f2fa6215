"""The graph and the drawings as JSON, for programs. The schemas lie next to this file, in ``schema/``.

A text form is canonical: keys sorted, two spaces, a newline at the end. The same graph gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files

from archdoc.model.diagram import Arrow, Box, Cluster, Diagram
from archdoc.model.facts import Edge, Json, Node, Source
from archdoc.model.graph import Graph
from archdoc.model.problem import Problem
from archdoc.render.digest import diagram_digest
from archdoc.render.jsontext import dumps

GRAPH_SCHEMA = "archdoc.graph/1"
VIEW_SCHEMA = "archdoc.view/1"
_COMPACT = json.JSONEncoder(sort_keys=True, separators=(",", ":"))
SCHEMAS = ("graph.schema.json", "view.schema.json")

__all__ = [
    "GRAPH_SCHEMA",
    "SCHEMAS",
    "VIEW_SCHEMA",
    "diagram_digest",
    "dumps",
    "edge_object",
    "graph_document",
    "graph_json",
    "node_object",
    "problem_object",
    "schema_text",
    "view_document",
    "view_json",
]


def graph_document(graph: Graph, meta: Mapping[str, Json] | None = None) -> dict[str, Json]:
    """What ``networkx.node_link_graph(document, edges="edges")`` loads, and the problems.

    ``meta`` goes to the attributes of the graph itself, next to ``schema``.
    """
    return {
        "directed": True,
        "multigraph": True,
        "graph": {**(meta or {}), "schema": GRAPH_SCHEMA},
        "nodes": [node_object(node) for node in graph.nodes()],
        "edges": _edge_objects(graph.edges()),
        "problems": [problem_object(problem) for problem in graph.problems()],
    }


def view_document(drawings: Sequence[Diagram]) -> Json:
    """One drawing as an object; several, or none, as a list of objects."""
    documents: list[Json] = [_drawing(each) for each in drawings]
    return documents[0] if len(documents) == 1 else documents


def graph_json(graph: Graph, meta: Mapping[str, Json] | None = None) -> str:
    """The canonical text of ``graph_document``."""
    return dumps(graph_document(graph, meta))


def view_json(drawings: Sequence[Diagram]) -> str:
    """The canonical text of ``view_document``."""
    return _text_of(drawings[0]) if len(drawings) == 1 else dumps(view_document(drawings))


@lru_cache(maxsize=256)
def _text_of(diagram: Diagram) -> str:
    return dumps(_drawing(diagram))


def schema_text(name: str) -> str:
    """One of the JSON Schemas that ship with archdoc (``SCHEMAS``)."""
    return (files("archdoc.render") / "schema" / name).read_text(encoding="utf-8")


def node_object(node: Node) -> dict[str, Json]:
    """One node as the graph JSON has it."""
    made: dict[str, Json] = {
        "id": node.id,
        "kind": node.kind.value,
        "type": node.type,
        "name": node.name,
        "address": node.address,
        "category": node.category.value,
        "source": _place(node.source),
        "evidence": [_place(s) for s in node.evidence],
        "attributes": dict(node.attributes),
    }
    if (place := node.terraform) is not None:
        made |= {
            "root": place.root,
            "module": place.module,
            "block": place.block,
            "instance_key": place.instance_key,
        }
    return made


def edge_object(edge: Edge) -> dict[str, Json]:
    """One edge as the graph JSON has it.

    Its key is the kind, and a digest of the rule and the attributes where it has any: they are what makes two
    edges of a kind between the same two nodes two, so the key of one never depends on the others.
    """
    return {
        "source": edge.source,
        "target": edge.target,
        "key": _edge_key(edge),
        "kind": edge.kind.value,
        "provenance": edge.provenance.value,
        "rule": edge.rule,
        "evidence": [{"path": s.path, "line": s.line} for s in edge.evidence],
        "attributes": dict(edge.attributes),
    }


def problem_object(problem: Problem) -> dict[str, Json]:
    """One problem as the graph JSON has it."""
    return {
        "severity": problem.severity.value,
        "code": problem.code,
        "message": problem.message,
        "source": _place(problem.source),
        "hint": problem.hint,
    }


def _edge_objects(edges: Iterable[Edge]) -> list[Json]:
    made = [edge_object(edge) for edge in edges]
    made.sort(key=lambda e: (str(e["source"]), str(e["target"]), str(e["key"])))
    return list(made)


def _edge_key(edge: Edge) -> str:
    if not edge.rule and not edge.attributes:
        return edge.kind.value
    said = _COMPACT.encode([edge.rule, dict(edge.attributes)])
    return f"{edge.kind.value}#{hashlib.sha256(said.encode()).hexdigest()[:10]}"


def _drawing(diagram: Diagram) -> dict[str, Json]:
    return {
        "schema": VIEW_SCHEMA,
        "name": diagram.name,
        "view": diagram.view,
        "title": diagram.title,
        "question": diagram.question,
        "direction": diagram.direction.value,
        "digest": diagram_digest(diagram),
        "nodes": [_node(box) for box in diagram.boxes],
        "edges": [_edge(arrow) for arrow in diagram.arrows],
        "clusters": [_cluster(cluster) for cluster in diagram.clusters],
        "notes": list(diagram.notes),
    }


def _node(box: Box) -> dict[str, Json]:
    return {
        "id": box.id,
        "kind": box.kind,
        "label": "\n".join(box.label),
        "cluster": box.cluster,
        "source": _place(box.source),
        "node_ids": list(box.node_ids),
        "category": box.category.value,
        "icon": box.icon,
        "evidence": [_place(s) for s in box.evidence],
        "provenance": box.provenance.value,
        "by_hand": box.by_hand,
        "link": box.link,
    }


def _edge(arrow: Arrow) -> dict[str, Json]:
    return {
        "source": arrow.source,
        "target": arrow.target,
        "label": arrow.label,
        "kind": arrow.kind,
        "style": arrow.style.value,
        "provenance": arrow.provenance.value,
        "rule": arrow.rule,
        "evidence": [_place(s) for s in arrow.evidence],
        "by_hand": arrow.by_hand,
    }


def _cluster(cluster: Cluster) -> dict[str, Json]:
    return {
        "id": cluster.id,
        "label": cluster.label,
        "parent": cluster.parent,
        "source": None if cluster.source is None else _place(cluster.source),
        "node_ids": list(cluster.node_ids),
    }


def _place(source: Source) -> dict[str, Json]:
    return {"path": source.path, "line": source.line, "end_line": source.end_line}
