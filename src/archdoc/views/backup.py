"""backup: sources, jobs with schedule and retention, stores, restore, verify."""

from __future__ import annotations

from archdoc.model.diagram import Direction, Shape
from archdoc.model.facts import Category, Edge, EdgeKind, Node, NodeKind
from archdoc.model.graph import Graph
from archdoc.views.machines import Machines, listed
from archdoc.views.sketch import Sketch

_PARTS = {
    "sources": "Data sources",
    "process": "Backup process",
    "stores": "Storage locations",
    "recovery": "Recovery process",
}


def draw(graph: Graph, sketch: Sketch) -> None:
    """What is backed up by which job into which store, and what restores and verifies it."""
    sketch.direction = Direction.RIGHT
    machines = Machines(graph)
    for edge in graph.edges(EdgeKind.BACKS_UP):
        source, target = graph.node(edge.source), graph.node(edge.target)
        if source.kind is NodeKind.HOST and target.kind is NodeKind.JOB:
            source, target = target, source  # a host runs the job that protects it
        _part(sketch, machines, source, "process")
        _part(sketch, machines, target, "sources")
        # data flows from what is protected into the job
        sketch.arrow(machines.id_of(target.id), machines.id_of(source.id), edge)
    for edge in graph.edges(EdgeKind.STORES_IN):
        if sketch.has(machines.id_of(edge.source)):
            _part(sketch, machines, graph.node(edge.target), "stores")
            sketch.arrow(machines.id_of(edge.source), edge.target, edge)
    for edge in graph.edges(EdgeKind.RESTORES, EdgeKind.VERIFIES):
        _draw_recovery(graph, sketch, machines, edge)
    _say_what_is_missing(graph, sketch, machines)


def _draw_recovery(graph: Graph, sketch: Sketch, machines: Machines, edge: Edge) -> None:
    """Restore and verify read from the store: the arrow follows the data."""
    source, target = graph.node(edge.source), graph.node(edge.target)
    _part(sketch, machines, source, "recovery")
    if not sketch.has(machines.id_of(target.id)):
        _part(sketch, machines, target, "stores" if target.kind is NodeKind.STORE else "recovery")
    if target.kind is NodeKind.STORE or edge.kind is EdgeKind.VERIFIES:
        sketch.arrow(machines.id_of(target.id), machines.id_of(source.id), edge)
    else:
        sketch.arrow(machines.id_of(source.id), machines.id_of(target.id), edge)


def _part(sketch: Sketch, machines: Machines, node: Node, part: str) -> None:
    drawn = machines.graph.node(machines.id_of(node.id))
    name = machines.name(drawn) if drawn.kind in (NodeKind.HOST,) else drawn.name
    shape = (
        Shape.STORE if drawn.kind is NodeKind.STORE or drawn.category in (Category.DATABASE, Category.STORAGE) else None
    )
    sketch.box(drawn, name, *_details(drawn), cluster=sketch.frame(f"part:{part}", _PARTS[part]), shape=shape)


def _details(node: Node) -> tuple[str, ...]:
    """Schedule, encryption, compression and retention, as the code gives them."""
    lines = []
    for key in ("schedule", "compression", "encryption"):
        value = node.attributes.get(key)
        if isinstance(value, str) and value:
            lines.append(f"{key}: {value}")
    retention = node.attributes.get("retention")
    if isinstance(retention, dict) and retention:
        lines.append("keep " + ", ".join(f"{v} {k.removeprefix('keep_')}" for k, v in sorted(retention.items())))
    return tuple(lines)


def _say_what_is_missing(graph: Graph, sketch: Sketch, machines: Machines) -> None:
    if not any(True for _ in graph.edges(EdgeKind.BACKS_UP)):
        sketch.note("The code has no backup job.")
    saved = {e.target for e in graph.edges(EdgeKind.BACKS_UP)}
    stores = [
        n
        for n in graph.nodes(NodeKind.SERVICE, NodeKind.RESOURCE)
        if n.category is Category.DATABASE
        and not n.attributes.get("plumbing")
        and not n.attributes.get("disabled")
        and n.id not in saved
        and (n.kind is NodeKind.SERVICE or machines.roots.is_drawn(n))
    ]
    if stores:
        names = [n.address or n.name for n in stores]
        sketch.note(f"No backup in the code names these databases: {listed(names)}.")
    if sketch.boxes() and not any(True for _ in graph.edges(EdgeKind.RESTORES)):
        sketch.note("No restore procedure is in the code.")
