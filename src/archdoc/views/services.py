"""services: which program talks to which, grouped by tier."""

from __future__ import annotations

from archdoc.model.diagram import Direction
from archdoc.model.facts import Category, EdgeKind, Node, NodeKind
from archdoc.model.graph import Graph
from archdoc.views.machines import Machines
from archdoc.views.sketch import Sketch

TIERS = {
    "frontend": "Frontend services",
    "application": "Application services",
    "data": "Data layer",
    "messaging": "Messaging",
    "external": "External APIs",
}
_FLOWS = (EdgeKind.CONNECTS_TO, EdgeKind.ROUTES_TO)
_ELSEWHERE = (Category.MONITORING, Category.LOGGING, Category.BACKUP, Category.SECURITY)
"""Drawn by the monitoring, security and backup views; here only when an application talks to them."""


def draw(graph: Graph, sketch: Sketch) -> None:
    """Services as boxes in the frame of their tier, with the hosts they run on; connections as arrows."""
    sketch.direction = Direction.DOWN
    machines = Machines(graph)
    services = list(graph.nodes(NodeKind.SERVICE))
    talking = {i for e in graph.edges(*_FLOWS) for i in (e.source, e.target)}
    for service in services:
        if service.attributes.get("same_as") or (service.category in _ELSEWHERE and service.id not in talking):
            continue
        sketch.box(service, service.name, *_where(graph, machines, service), cluster=_tier(sketch, service))
    for store in graph.nodes(NodeKind.STORE):
        if store.id in talking:
            sketch.box(store, store.name, cluster=sketch.frame("tier:data", TIERS["data"]))
    for edge in graph.edges(*_FLOWS):
        target = graph.node(edge.target)
        if not sketch.has(edge.source):
            continue
        if target.kind is NodeKind.EXTERNAL:
            sketch.box(target, target.name, cluster=sketch.frame("tier:external", TIERS["external"]))
        port = edge.attributes.get("port")
        label = " ".join(str(p) for p in (edge.attributes.get("scheme"), port) if p)
        sketch.arrow(edge.source, edge.target, edge, label=label)
    if not services:
        sketch.note("The code names no service that archdoc knows how to read.")
    alone = [s for s in services if sketch.has(s.id) and s.id not in talking]
    if alone and services:
        sketch.note(f"{len(alone)} of {len(services)} services have no connection that the code states.")


def _tier(sketch: Sketch, service: Node) -> str:
    tier = str(service.attributes.get("tier") or "application")
    tier = (
        tier
        if tier in TIERS
        else ("data" if service.category in (Category.DATABASE, Category.CACHE, Category.STORAGE) else "application")
    )
    return sketch.frame(f"tier:{tier}", TIERS[tier])


def _where(graph: Graph, machines: Machines, service: Node) -> tuple[str, ...]:
    """The machines it runs on: their names, or how many."""
    places = graph.targets(service.id, EdgeKind.RUNS_ON)
    names = list(dict.fromkeys(machines.name(graph.node(machines.id_of(p.id))) for p in places))
    if not names:
        return ()
    return (f"on {', '.join(names)}",) if len(names) <= 2 else (f"on {len(names)} hosts",)
