"""Everything that is known about one thing, and why."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from archdoc.model.facts import Edge, Json, Node
from archdoc.report.jsondoc import safe
from archdoc.report.plain import log
from archdoc.report.why import why_unknown

if TYPE_CHECKING:
    from archdoc.model.graph import Graph

MOST = 60


def find_nodes(graph: Graph, asked: str) -> list[Node]:
    """The nodes that an id, an address, a name, or ``kind name`` means; the first way that finds any decides."""
    exact = graph.find(asked)
    if exact is not None:
        return [exact]
    kind, _, rest = asked.partition(" ")
    nodes = list(graph.nodes())
    ways: tuple[Callable[[Node], bool], ...] = (
        lambda n: n.address == asked,
        lambda n: n.terraform is not None and n.terraform.block == asked,
        lambda n: n.name == asked,
        lambda n: n.kind == kind and n.name == rest,
        lambda n: n.id.endswith(f":{asked}"),
        lambda n: n.address.replace('"', "") == asked.replace('"', ""),  # a shell takes the quotes of a key away
    )
    for matches in ways if asked else ():
        found = [n for n in nodes if matches(n)]
        if found:
            return found
    return []


def nearest(graph: Graph, asked: str) -> list[str]:
    """Names and addresses that look like what was asked for."""
    names = sorted({n.address or n.name for n in graph.nodes()})
    return difflib.get_close_matches(asked, names, n=5, cutoff=0.5)


def explain(graph: Graph, nodes: list[Node], form: str) -> str:
    """The nodes with their attributes and relations, as text or JSON."""
    if form == "json":
        return safe(json.dumps([_object(graph, n) for n in nodes], indent=2, ensure_ascii=False) + "\n")
    return log("\n".join(_text(graph, n) for n in nodes))


def _text(graph: Graph, node: Node) -> str:
    lines = [
        f"{node.address or node.name}  ({node.kind.value.replace('_', ' ')}, {node.type}, {node.category.value})",
        f"  id      {node.id}",
        f"  written {node.source}",
    ]
    lines += [f"          {place}" for place in node.evidence[:MOST]]
    for name in sorted(node.attributes):
        value = node.attributes[name]
        if name == "values" and isinstance(value, dict):
            lines += [f"  {key} = {_short(value[key])}" for key in sorted(value)]
        elif name == "unknown" and isinstance(value, dict):
            for key in sorted(value):
                lines += [f"  {key} is not known: {value[key]}", *_way(graph, node, key, str(value[key]))]
        elif name == "sensitive" and isinstance(value, list):
            lines += [f"  {key} is sensitive and not shown" for key in value]
        else:
            lines.append(f"  {name}: {_short(value)}")
            if name == "unknown":
                lines += _way(graph, node, "", str(value))
            if name == "unknown_keys":
                lines += _way(graph, node, "count" if str(value).startswith("count") else "for_each", str(value))
    lines += _relations("refers to and leads to", [(e, graph.node(e.target)) for e in graph.edges_from(node.id)])
    lines += _relations("referred to and reached by", [(e, graph.node(e.source)) for e in graph.edges_to(node.id)])
    return "\n".join(lines) + "\n"


def _way(graph: Graph, node: Node, path: str, reason: str) -> list[str]:
    way = why_unknown(graph, node, path, reason)
    return [f"    by way of {' → '.join(f'{n.address} ({place})' for n, place in way)}"] if way else []


def _relations(title: str, edges: list[tuple[Edge, Node]]) -> list[str]:
    if not edges:
        return []
    lines = [f"  {title}:"]
    for edge, other in edges[:MOST]:
        why = f" by the rule {edge.rule}" if edge.rule else ""
        details = ", ".join(f"{k} {_short(v)}" for k, v in sorted(edge.attributes.items()))
        places = ", ".join(str(s) for s in edge.evidence[:6])
        kind = edge.kind.value.replace("_", " ")
        shown = f" ({details})" if details else ""
        lines.append(f"    {kind} {other.address or other.name} [{edge.provenance.value}{why}]{shown}: {places}")
    if len(edges) > MOST:
        lines.append(f"    … and {len(edges) - MOST} more")
    return lines


def _object(graph: Graph, node: Node) -> dict[str, object]:
    return {
        "id": node.id,
        "kind": node.kind.value,
        "type": node.type,
        "name": node.name,
        "address": node.address,
        "category": node.category.value,
        "source": str(node.source),
        "evidence": [str(s) for s in node.evidence],
        "attributes": dict(node.attributes),
        "why_unknown": _ways(graph, node),
        "from": [_relation(e) for e in graph.edges_from(node.id)],
        "to": [_relation(e) for e in graph.edges_to(node.id)],
    }


def _ways(graph: Graph, node: Node) -> dict[str, object]:
    """From each argument that is not known ("" for all of the node) to the way that leads to why."""
    said = node.attributes.get("unknown")
    reasons = said if isinstance(said, dict) else {"": said}
    ways = {path: why_unknown(graph, node, path, str(reason)) for path, reason in reasons.items() if reason}
    return {p: [{"id": n.id, "place": str(place)} for n, place in way] for p, way in ways.items() if way}


def _relation(edge: Edge) -> dict[str, object]:
    return {
        "source": edge.source,
        "target": edge.target,
        "kind": edge.kind.value,
        "provenance": edge.provenance.value,
        "rule": edge.rule,
        "evidence": [str(s) for s in edge.evidence],
        "attributes": dict(edge.attributes),
    }


def _short(value: Json) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = text.replace("\n", "⏎")
    return text if len(text) <= 160 else text[:157] + "…"
