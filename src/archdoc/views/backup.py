"""backup: sources, jobs with schedule and retention, stores, restore, verify."""

from __future__ import annotations

from collections import defaultdict

from archdoc.model.diagram import Direction, Shape
from archdoc.model.facts import Category, Edge, EdgeKind, Node, NodeKind, scope_of
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
        if any(n.kind is NodeKind.RESOURCE and not machines.roots.is_drawn(n) for n in (source, target)):
            continue  # of an example or a test
        if source.kind is not NodeKind.JOB and target.kind is NodeKind.JOB:
            source, target = target, source  # a host runs the job that protects it
        process = _part(sketch, machines, source, "process")
        # data flow from what is protected into the job
        sketch.arrow(_part(sketch, machines, target, "sources"), process, edge)
    _draw_plans(graph, sketch, machines)
    saved = {e.target for e in graph.edges(EdgeKind.BACKS_UP)}
    for edge in graph.edges(EdgeKind.STORES_IN):
        job = graph.node(edge.source)
        if job.kind is NodeKind.JOB and job.category is Category.BACKUP:
            _part(sketch, machines, job, "process")
        if sketch.has(machines.id_of(edge.source)) and edge.source not in saved:
            store = _part(sketch, machines, graph.node(edge.target), "stores")
            sketch.arrow(machines.id_of(edge.source), store, edge)
    for edge in graph.edges(EdgeKind.RESTORES, EdgeKind.VERIFIES):
        _draw_recovery(graph, sketch, machines, edge)
    _draw_procedures(graph, sketch)
    _say_what_is_missing(graph, sketch, machines)


def _draw_plans(graph: Graph, sketch: Sketch, machines: Machines) -> None:
    """The plan that a job follows is part of the process: it says when, and where the copies go."""
    plans = {e.source for e in graph.edges(EdgeKind.STORES_IN)}
    jobs = {e.source for e in graph.edges(EdgeKind.BACKS_UP)}
    for edge in graph.edges(EdgeKind.REFERENCES):
        if edge.source in jobs and edge.target in plans - jobs and sketch.has(machines.id_of(edge.source)):
            plan = graph.node(edge.target)
            if plan.kind is NodeKind.RESOURCE and plan.category is Category.BACKUP:
                sketch.arrow(machines.id_of(edge.source), _part(sketch, machines, plan, "process"), edge)


def _draw_recovery(graph: Graph, sketch: Sketch, machines: Machines, edge: Edge) -> None:
    """Restore and verify read from the store: the arrow follows the data."""
    source, target = graph.node(edge.source), graph.node(edge.target)
    recovery = _part(sketch, machines, source, "recovery")
    keeps = target.kind in (NodeKind.STORE, NodeKind.RESOURCE)
    other = _part(sketch, machines, target, "stores" if keeps else "recovery")
    if keeps or edge.kind is EdgeKind.VERIFIES:
        sketch.arrow(other, recovery, edge)
    else:
        sketch.arrow(recovery, other, edge)


def _draw_procedures(graph: Graph, sketch: Sketch) -> None:
    """The playbooks that run a restore, and what they call after it: verification, a new deployment."""
    recovering = {e.source for e in graph.edges(EdgeKind.RESTORES, EdgeKind.VERIFIES)}
    runs: dict[str, dict[str, list[Edge]]] = defaultdict(lambda: defaultdict(list))
    playbooks = {n.source.path: n for n in graph.nodes(NodeKind.PLAYBOOK)}
    for task_file in sorted(recovering):
        for edge in graph.edges_to(task_file, EdgeKind.INCLUDES, EdgeKind.APPLIES):
            for place in edge.evidence:
                if place.path in playbooks:
                    runs[playbooks[place.path].id][task_file].append(edge)
    restoring = [
        p for p, files in runs.items() if any(True for f in files for _ in graph.edges_from(f, EdgeKind.RESTORES))
    ]
    frame = _frame(sketch, "recovery") if runs else ""
    for playbook_id in sorted(runs):
        playbook = graph.node(playbook_id)
        sketch.box(playbook, _file_name(playbook), "playbook", cluster=frame)
        for task_file, edges in runs[playbook_id].items():
            sketch.arrow(playbook_id, task_file, edges, kind="runs")
    for playbook_id in sorted(restoring):
        before = playbook_id
        for edge in sorted(graph.edges_from(playbook_id, EdgeKind.CALLS), key=lambda e: e.evidence[0]):
            called = graph.node(edge.target)
            sketch.box(called, _file_name(called), "playbook", cluster=frame)
            sketch.arrow(before, called.id, edge, label="then", kind="calls")
            before = called.id  # playbooks are imported in the order in which they are written


def _frame(sketch: Sketch, part: str) -> str:
    return sketch.frame(f"part:{list(_PARTS).index(part)}:{part}", _PARTS[part])


def _file_name(node: Node) -> str:
    return node.source.path.rsplit("/", 1)[-1]


def _part(sketch: Sketch, machines: Machines, node: Node, part: str) -> str:
    """Draw something in its part of the drawing; repositories of one server are one box. Its id."""
    drawn = machines.graph.node(machines.id_of(node.id))
    if any(drawn.id == box.id for box in sketch.boxes()):
        return drawn.id
    name, kind, place = drawn.name, "", ""
    if drawn.kind in (NodeKind.HOST, NodeKind.RESOURCE):
        name = machines.name(drawn)
        kind = "" if drawn.kind is NodeKind.HOST else drawn.type
        place = machines.roots.label(scope_of(drawn)) if len(machines.roots.drawn) > 1 and kind else ""
    elif drawn.kind is NodeKind.TASK_FILE:
        name, kind = _file_name(drawn), "/".join(drawn.source.path.split("/")[-4:-2])
    keeps = drawn.kind is NodeKind.STORE or drawn.category in (Category.DATABASE, Category.STORAGE)
    # one place by its name, on however many machines
    box = f"{part}:{name}" if drawn.kind is NodeKind.STORE else drawn.id
    frame = _frame(sketch, part)
    shape = Shape.STORE if keeps else None
    return sketch.box(drawn, name, kind, place, *_details(drawn), box_id=box, cluster=frame, shape=shape)


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
        sketch.missing("No backup job was found.")
    saved = {e.target for e in graph.edges(EdgeKind.BACKS_UP)}
    saved |= {e.source for e in graph.edges(EdgeKind.STORES_IN) if e.target in saved}
    stores = [
        n
        for n in graph.nodes(NodeKind.SERVICE, NodeKind.RESOURCE)
        if n.category is Category.DATABASE
        and not n.attributes.get("plumbing")
        and not n.attributes.get("disabled")
        and n.id not in saved
        and (n.kind is NodeKind.SERVICE or machines.roots.is_drawn(n))
    ]
    later = [n.address or n.name for n in stores if n.attributes.get("backup") == "unknown"]
    if later:
        sketch.note(f"Whether these databases are backed up is known only when applied: {listed(later)}.")
    names = [n.address or n.name for n in stores if not n.attributes.get("backup")]
    if names:
        sketch.missing(f"No backup was found for these databases: {listed(names)}.")
    if sketch.boxes() and not any(True for _ in graph.edges(EdgeKind.RESTORES)):
        sketch.missing("No restore procedure was found.")
