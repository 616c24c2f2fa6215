"""infrastructure: what an executive reads: environments, their tiers, and the services outside."""

from __future__ import annotations

from collections import defaultdict

from archdoc.model.facts import Category, Edge, EdgeKind, Node, NodeKind
from archdoc.model.graph import Graph
from archdoc.views.machines import Machines, is_internet, role_of, value
from archdoc.views.sketch import Sketch
from archdoc.views.terraform_blocks import scope_of

_MANAGED = (
    Category.DATABASE,
    Category.CACHE,
    Category.STORAGE,
    Category.SERVERLESS,
    Category.CONTAINER,
    Category.MESSAGING,
)
_FLOWS = (
    EdgeKind.ROUTES_TO,
    EdgeKind.CONNECTS_TO,
    EdgeKind.SCRAPES,
    EdgeKind.SHIPS_LOGS_TO,
    EdgeKind.BACKS_UP,
    EdgeKind.STORES_IN,
    EdgeKind.ALERTS,
)


def draw(graph: Graph, sketch: Sketch) -> None:
    """Machines by environment and tier, managed services, the edge in front, external services around."""
    machines = Machines(graph)
    for machine in machines.all:
        tier = _tier(graph, machines, machine)
        place = machines.place(sketch, machine)
        frame = sketch.frame(f"{place}:{tier}", _TITLES[tier], place)
        machines.box(sketch, machine, *_programs(graph, machines, machine), cluster=frame)
    for node in graph.nodes(NodeKind.RESOURCE):
        if machines.roots.is_drawn(node) and not node.attributes.get("disabled"):
            _draw_resource(sketch, machines, node)
    stands_for = _stands_for(graph, sketch, machines)
    grouped: dict[tuple[str, str], list[Edge]] = defaultdict(list)
    for edge in graph.edges(*_FLOWS):
        target = graph.node(edge.target)
        if target.kind in (NodeKind.EXTERNAL, NodeKind.ENDPOINT) and not is_internet(target):
            sketch.box(target, target.name, cluster=sketch.frame("external", "External services"))
            stands_for[target.id] = [target.id]
        for source_id in stands_for.get(edge.source, ()):
            for target_id in stands_for.get(edge.target, ()):
                grouped[(source_id, target_id)].append(edge)
    for (source_id, target_id), edges in sorted(grouped.items()):
        kinds = dict.fromkeys(e.kind.replace("_", " ") for e in edges)
        sketch.arrow(source_id, target_id, edges, label=", ".join(kinds), kind="flow")
    _draw_delivery(graph, sketch)
    if not machines.all:
        sketch.note("The code has no server and no inventory host.")


_AGENTS = frozenset(
    {
        *("exporter", "agent", "log_shipper", "collector", "backup_tool"),
        *("host_firewall", "firewall", "intrusion_prevention"),
    }
)
"""Kinds of programs that run beside the ones a machine is for."""
_TITLES = {"edge": "Edge", "compute": "Compute", "data": "Data", "monitoring": "Monitoring and logs"}


def _draw_resource(sketch: Sketch, machines: Machines, node: Node) -> None:
    role = role_of(node)
    place = machines.place(sketch, node)
    if role == "load_balancer":
        frame = sketch.frame(f"{place}:edge", _TITLES["edge"], place)
        sketch.box(node, value(node, "name") or node.name, "load balancer", cluster=frame)
    elif role == "zone" or node.category is Category.CDN:
        title = str(node.attributes.get("provider_title") or node.type.split("_", 1)[0])
        frame = sketch.frame("external", "External services")
        sketch.box(node, title, "DNS and CDN", box_id=f"edge:{title}", cluster=frame)
    elif node.category in _MANAGED and role in ("", "managed") and not _is_part(node):
        tier = "data" if node.category in (Category.DATABASE, Category.CACHE, Category.STORAGE) else "compute"
        frame = sketch.frame(f"{place}:{tier}", _TITLES[tier], place)
        sketch.box(
            node,
            node.name,
            node.type,
            box_id=f"{scope_of(node)}:{node.terraform.block if node.terraform else node.id}",
            cluster=frame,
        )


def _is_part(node: Node) -> bool:
    return node.attributes.get("plumbing") is True


def _tier(graph: Graph, machines: Machines, machine: Node) -> str:
    """What most of what runs on a machine is for."""
    categories = [s.category for s in _services(graph, machines, machine)]
    if any(c in (Category.MONITORING, Category.LOGGING) for c in categories) and not _applications(
        graph, machines, machine
    ):
        return "monitoring"
    if any(c in (Category.DATABASE, Category.CACHE) for c in categories) and not _applications(
        graph, machines, machine
    ):
        return "data"
    return "compute"


def _applications(graph: Graph, machines: Machines, machine: Node) -> bool:
    own = (s for s in _services(graph, machines, machine))
    return any(s.attributes.get("tier") in ("application", "frontend") for s in own)


def _services(graph: Graph, machines: Machines, machine: Node) -> list[Node]:
    ids = [machine.id, *(h.id for h in machines.hosts_of(machine))]
    found = {s.id: s for i in ids for s in graph.sources(i, EdgeKind.RUNS_ON) if s.kind is NodeKind.SERVICE}
    return [found[i] for i in sorted(found) if found[i].attributes.get("kind") not in _AGENTS]


def _programs(graph: Graph, machines: Machines, machine: Node) -> tuple[str, ...]:
    names = list(
        dict.fromkeys(s.name for s in _services(graph, machines, machine) if s.attributes.get("kind") != "exporter")
    )
    if not names:
        return ()
    return (", ".join(names[:4]) + (f" +{len(names) - 4}" if len(names) > 4 else ""),)


def _stands_for(graph: Graph, sketch: Sketch, machines: Machines) -> dict[str, list[str]]:
    """The boxes that a node shows as here: services as the machines they run on, records as their provider."""
    shown: dict[str, list[str]] = {}
    for node in graph.nodes():
        if node.kind in (NodeKind.SERVICE, NodeKind.JOB):
            places = [machines.id_of(n.id) for n in graph.targets(node.id, EdgeKind.RUNS_ON)]
            shown[node.id] = [p for p in dict.fromkeys(places) if sketch.has(p)]
        elif node.kind is NodeKind.STORE:
            continue
        elif sketch.has(machines.id_of(node.id)):
            shown[node.id] = [machines.id_of(node.id)]
        elif role_of(node) in ("record", "zone"):
            title = str(node.attributes.get("provider_title") or node.type.split("_", 1)[0])
            shown[node.id] = [f"edge:{title}"] if sketch.has(f"edge:{title}") else []
    return shown


def _draw_delivery(graph: Graph, sketch: Sketch) -> None:
    """The code host, when its workflows apply Terraform or run playbooks here."""
    for edge in graph.edges(EdgeKind.RUNS):
        root = graph.node(edge.target)
        job = graph.node(edge.source)
        frame = f"frame:place:{scope_of(root)}" if root.kind is NodeKind.ROOT else ""
        if frame and sketch.has(frame):
            host = str(job.attributes.get("system") or "CI")
            box = sketch.box(
                job, host, "delivery", box_id=f"ci:{host}", cluster=sketch.frame("external", "External services")
            )
            sketch.arrow(box, frame, edge, label="applies", kind="runs")
