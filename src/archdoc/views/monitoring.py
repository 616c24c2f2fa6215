"""monitoring: sources, collection, storage, visualisation, alerting."""

from __future__ import annotations

from archdoc.model.diagram import Direction
from archdoc.model.facts import Category, Edge, EdgeKind, Node, NodeKind
from archdoc.model.graph import Graph
from archdoc.views.machines import Machines, listed
from archdoc.views.sketch import Sketch

_LAYERS = {
    "sources": "Data sources",
    "collection": "Collection layer",
    "storage": "Storage layer",
    "visualisation": "Visualisation",
    "alerting": "Alerting",
}
_BY_KIND = {
    "metrics": "collection",
    "log_shipper": "collection",
    "tracer": "collection",
    "collector": "collection",
    "log_store": "storage",
    "search": "storage",
    "time_series": "storage",
    "dashboard": "visualisation",
    "alert_manager": "alerting",
    "exporter": "sources",
}
_FLOWS = (EdgeKind.SCRAPES, EdgeKind.SHIPS_LOGS_TO, EdgeKind.VISUALIZES, EdgeKind.ALERTS, EdgeKind.STORES_IN)
_AWAY = (EdgeKind.SCRAPES, EdgeKind.VISUALIZES)
"""Relations whose data flow against their direction: what is scraped sends, what is visualised is read."""


def draw(graph: Graph, sketch: Sketch) -> None:
    """Every monitoring program in its layer; data flows from what is watched to the person who is told."""
    sketch.direction = Direction.RIGHT
    machines = Machines(graph)
    for node in graph.nodes(NodeKind.SERVICE, NodeKind.RESOURCE):
        if node.category not in (Category.MONITORING, Category.LOGGING) or node.attributes.get("disabled"):
            continue
        if node.kind is NodeKind.RESOURCE and (node.attributes.get("plumbing") or not machines.roots.is_drawn(node)):
            continue
        sketch.box(node, node.name, *_where(graph, machines, node), cluster=_layer(sketch, node))
    for edge in graph.edges(*_FLOWS):
        if edge.kind is EdgeKind.STORES_IN and not sketch.has(edge.source):
            continue
        _draw_flow(graph, sketch, machines, edge)
    _say_what_is_missing(graph, sketch, machines)


def _draw_flow(graph: Graph, sketch: Sketch, machines: Machines, edge: Edge) -> None:
    source, target = machines.id_of(edge.source), machines.id_of(edge.target)
    for end in (source, target):
        if not sketch.has(end):
            _draw_end(sketch, machines, graph.node(end), end == target and edge.kind is EdgeKind.ALERTS)
    label = str(edge.attributes.get("job") or edge.attributes.get("receiver") or "")
    if edge.kind in _AWAY:
        source, target = target, source
    sketch.arrow(source, target, edge, label=label)


def _draw_end(sketch: Sketch, machines: Machines, node: Node, is_told: bool) -> None:
    """The other end of a flow, which is no monitoring program itself: what is watched, or who is told."""
    if is_told or node.kind is NodeKind.ENDPOINT:
        sketch.box(node, node.name, cluster=sketch.frame("layer:alerting", _LAYERS["alerting"]))
    elif node.kind is NodeKind.STORE:
        sketch.box(node, node.name, cluster=sketch.frame("layer:storage", _LAYERS["storage"]))
    else:
        frame = sketch.frame("layer:sources", _LAYERS["sources"])
        name = machines.name(node) if node.kind in (NodeKind.HOST, NodeKind.RESOURCE) else node.name
        sketch.box(node, name, cluster=frame)


def _layer(sketch: Sketch, node: Node) -> str:
    layer = _BY_KIND.get(
        str(node.attributes.get("kind") or ""), "storage" if node.category is Category.LOGGING else "collection"
    )
    return sketch.frame(f"layer:{layer}", _LAYERS[layer])


def _where(graph: Graph, machines: Machines, node: Node) -> tuple[str, ...]:
    names = dict.fromkeys(
        machines.name(graph.node(machines.id_of(p.id))) for p in graph.targets(node.id, EdgeKind.RUNS_ON)
    )
    if not names:
        return ()
    return (f"on {', '.join(names)}",) if len(names) <= 2 else (f"on {len(names)} hosts",)


def _say_what_is_missing(graph: Graph, sketch: Sketch, machines: Machines) -> None:
    if not sketch.boxes():
        sketch.note("The code says nothing of monitoring.")
        return
    watched = {machines.id_of(e.target) for e in graph.edges(EdgeKind.SCRAPES)}
    for edge in graph.edges(EdgeKind.SCRAPES):
        watched |= {machines.id_of(p.id) for p in graph.targets(edge.target, EdgeKind.RUNS_ON)}
    alone = [
        machines.name(m)
        for m in machines.all
        if m.id not in watched and not _in_watched_group(graph, machines, m, watched)
    ]
    if alone:
        sketch.note(f"Nothing in the code watches: {listed(alone)}.")
    if not any(True for _ in graph.edges(EdgeKind.ALERTS)):
        sketch.note("No alert receiver is configured.")


def _in_watched_group(graph: Graph, machines: Machines, machine: Node, watched: set[str]) -> bool:
    waiting = [h.id for h in machines.hosts_of(machine)]
    seen: set[str] = set(waiting)
    while waiting:
        for group in graph.targets(waiting.pop(), EdgeKind.MEMBER_OF):
            if group.id in watched:
                return True
            if group.id not in seen:
                seen.add(group.id)
                waiting.append(group.id)
    return False
