"""services: which program talks to which, by tier, and within a tier by host or stack."""

from __future__ import annotations

from collections import defaultdict

from archdoc.model.diagram import Direction
from archdoc.model.facts import Category, Edge, EdgeKind, Node, NodeKind
from archdoc.model.graph import Graph
from archdoc.views.machines import Machines, is_plumbing, listed, role_of
from archdoc.views.sketch import Sketch
from archdoc.views.workloads import called, draw_workloads, drawn_by_monitoring

TIERS = {
    "frontend": "Frontend services",
    "application": "Application services",
    "data": "Data layer",
    "messaging": "Messaging",
    "host": "Hosts where it is not known what answers",
    "external": "External APIs",
}
"""In the order in which a request goes through them."""
_FLOWS = (EdgeKind.CONNECTS_TO, EdgeKind.ROUTES_TO)
_ELSEWHERE = (Category.MONITORING, Category.LOGGING, Category.BACKUP, Category.SECURITY, Category.PLUMBING)
"""Drawn by the monitoring, security and backup views; here only when an application talks to them."""
_FEW = 4
"""So many stores of one program each are drawn."""
_PLACE_FRAME = 3
"""So many programs of one tier on the same hosts, or described in the same directory, stand in a frame of their own."""


def draw(graph: Graph, sketch: Sketch) -> None:
    """Services as boxes in the frame of their tier, with the hosts they run on; connections as arrows."""
    sketch.direction = Direction.DOWN
    machines = Machines(graph)
    services = [s for s in graph.nodes(NodeKind.SERVICE) if not s.attributes.get("same_as")]
    flows = [e for e in graph.edges(*_FLOWS) if not _saves(graph, e)]
    alone_at = _own_stores(graph, flows)
    talking = {i for e in flows if e.target not in alone_at for i in (e.source, e.target)}
    drawn = [s for s in services if s.id in talking or not (s.category in _ELSEWHERE or is_plumbing(s))]
    _draw_services(graph, sketch, machines, drawn)
    workloads = draw_workloads(graph, sketch, machines, lambda node: _frame(sketch, _tier(node)))
    for store in graph.nodes(NodeKind.STORE):
        if store.id in talking:
            sketch.box(store, store.name, cluster=_frame(sketch, "data"))
    for edge in flows:
        origin, target = graph.node(edge.source), graph.node(edge.target)
        sources = workloads.get(origin.id) or ([origin.id] if origin.kind is NodeKind.SERVICE else [])
        if not any(map(sketch.has, sources)):
            continue
        if target.kind is NodeKind.EXTERNAL:
            sketch.box(target, target.name, cluster=_frame(sketch, "external"))
        elif target.kind is NodeKind.RESOURCE and target.id not in workloads:
            sketch.box(target, called(target), target.type, cluster=_frame(sketch, _tier(target)))
        elif target.kind in (NodeKind.HOST, NodeKind.GROUP):
            what = "host" if target.kind is NodeKind.HOST else "group of hosts"
            sketch.box(target, target.name, what, cluster=_frame(sketch, "host"))
        said = (edge.attributes.get("scheme") or edge.attributes.get("program"), edge.attributes.get("port"))
        label = " ".join(str(p) for p in said if p)
        for source in sources:
            sketch.arrow(source, target.id, edge, label=label)
    for edge in graph.edges(EdgeKind.STORES_IN):
        if sketch.has(edge.source) and sketch.has(edge.target):
            sketch.arrow(edge.source, edge.target, edge, label="keeps its data")  # what others read, this one writes
    joining = {str(e.attributes.get("via")) for e in graph.edges(EdgeKind.CONNECTS_TO)}
    alone = [s for s in drawn if s.id not in talking and s.attributes.get("program") not in joining]
    alone += [graph.node(i) for i in workloads if sketch.has(i) and not sketch.is_joined(i)]
    if not (services or workloads):
        sketch.missing("No service was found.")
    elsewhere = {s.name for s in services} - {s.name for s in drawn}
    elsewhere |= {called(node) for node in drawn_by_monitoring(graph, machines)}
    _say_what_is_missing(sketch, elsewhere, alone)


def _saves(graph: Graph, edge: Edge) -> bool:
    """Whether a relation is that of a backup tool with the data that it saves: the drawing of backups has it."""
    return graph.node(edge.source).category is Category.BACKUP and graph.node(edge.target).kind is NodeKind.STORE


def _own_stores(graph: Graph, flows: list[Edge]) -> set[str]:
    """The stores that one program each reads, where there are many: through what is its own it talks to none."""
    read = {e.target for e in flows if graph.node(e.target).kind is NodeKind.STORE}
    users = {i: {e.source for e in graph.edges_to(i, EdgeKind.CONNECTS_TO, EdgeKind.STORES_IN)} for i in read}
    own = {i for i, found in users.items() if len(found) == 1}
    return own if len(own) > _FEW else set()


def _draw_services(graph: Graph, sketch: Sketch, machines: Machines, services: list[Node]) -> None:
    together: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[Node]] = defaultdict(list)
    for service in services:
        together[(_tier(service), _hosts(graph, machines, service), machines.where(service))].append(service)
    places: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for tier, hosts, where in together:
        places[tier].add(hosts or where)
    for (tier, _, where), same in sorted(together.items()):
        frame, said = _frame(sketch, tier), where
        if where and len(places[tier]) > 1 and len(same) >= _PLACE_FRAME:
            frame, said = sketch.frame(f"{frame}:{where[0]}", where[0].capitalize(), frame), ()
        for service in same:
            sketch.box(service, service.name, *said, cluster=frame)


def _hosts(graph: Graph, machines: Machines, service: Node) -> tuple[str, ...]:
    """The names of the machines that a service runs on."""
    places = graph.targets(service.id, EdgeKind.RUNS_ON)
    return tuple(dict.fromkeys(machines.name(graph.node(machines.id_of(p.id))) for p in places))


def _tier(service: Node) -> str:
    tier = str(service.attributes.get("tier") or "")
    if tier in TIERS:
        return tier
    if service.category in (Category.LOAD_BALANCING, Category.CDN) or role_of(service) == "gateway":
        return "frontend"
    return "data" if service.category in (Category.DATABASE, Category.CACHE, Category.STORAGE) else "application"


def _frame(sketch: Sketch, tier: str) -> str:
    return sketch.frame(f"tier:{list(TIERS).index(tier)}:{tier}", TIERS[tier])


def _say_what_is_missing(sketch: Sketch, elsewhere: set[str], alone: list[Node]) -> None:
    if alone:
        sketch.missing(f"No connection was found of: {listed(dict.fromkeys(called(s) for s in alone))}.")
    if elsewhere:
        sketch.note(f"In the drawings of monitoring, security and backup only: {listed(sorted(elsewhere))}.")
