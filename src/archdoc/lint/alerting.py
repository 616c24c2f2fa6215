"""Monitoring: alerts that reach somebody, targets that are there."""

from __future__ import annotations

from collections.abc import Iterator

from archdoc.lint.registry import Context, Hit, rule
from archdoc.model.facts import EdgeKind, Node, NodeKind
from archdoc.model.problem import Severity


@rule("LI040", "alerts that reach nobody", Severity.WARNING, "give it a receiver with an address")
def unheard(context: Context) -> Iterator[Hit]:
    """The alert manager has no receiver that leads anywhere, or what evaluates alert rules knows no alert manager."""
    graph = context.graph
    for service in _services(context):
        leads = any(True for _ in graph.edges_from(service.id, EdgeKind.ALERTS))
        if leads:
            continue
        if service.attributes.get("kind") == "alert_manager" and service.attributes.get("configured_by"):
            yield Hit(service, "has no receiver that leads anywhere")
        elif _has_alerts(service):
            yield Hit(service, "evaluates alert rules and sends alerts nowhere")


def _services(context: Context) -> list[Node]:
    found = context.graph.nodes(NodeKind.SERVICE)
    return [n for n in found if not n.attributes.get("same_as")]


def _has_alerts(service: Node) -> bool:
    listed = service.attributes.get("rules")
    return isinstance(listed, list) and any(isinstance(r, dict) and r.get("alert") for r in listed)
