"""infrastructure: what an executive reads: environments, their tiers, and the services outside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from archdoc.model.facts import Category, Edge, EdgeKind, Node, NodeKind, scope_of
from archdoc.model.graph import Graph
from archdoc.views.machines import Machines, counted, is_internet, is_plumbing, role_of, value
from archdoc.views.sketch import Sketch
from archdoc.views.terraform_blocks import block_id
from archdoc.views.unplaced import draw_unplaced
from archdoc.views.words import first_of

_MANAGED = (
    Category.DATABASE,
    Category.CACHE,
    Category.STORAGE,
    Category.SERVERLESS,
    Category.CONTAINER,
    Category.MESSAGING,
)
_SAID = {
    EdgeKind.ROUTES_TO: "leads to",
    EdgeKind.CONNECTS_TO: "uses",
    EdgeKind.SCRAPES: "watches",
    EdgeKind.SHIPS_LOGS_TO: "sends logs",
    EdgeKind.BACKS_UP: "backs up",
    EdgeKind.STORES_IN: "stores in",
}
"""What is drawn between machines, in the words of this drawing; who is told of an alert is monitoring's."""
_AGENTS = frozenset(
    {
        *("exporter", "agent", "log_shipper", "collector", "backup_tool", "certificate"),
        *("host_firewall", "firewall", "intrusion_prevention"),
    }
)
"""Kinds of programs that run beside the ones a machine is for."""
_TITLES = {"edge": "Edge", "compute": "Compute", "data": "Data", "monitoring": "Monitoring and logs"}
_NOT_OUTSIDE = ("range", "target", "role", "module")
"""Types of external nodes that are no services: addresses in rules and scrape lists, code from elsewhere."""


def draw(graph: Graph, sketch: Sketch) -> None:
    """Machines by environment and tier, managed services, the edge in front, external services around."""
    machines = Machines(graph)
    for machine in machines.all:
        tier = _tier(graph, machines, machine)
        place = machines.place(sketch, machine)
        frame = sketch.frame(f"{place}:{tier}", _TITLES[tier], place)
        programs = first_of((s.name for s in _services(graph, machines, machine)), 4)
        machines.box(sketch, machine, programs, cluster=frame)
    blocks: dict[str, list[Node]] = defaultdict(list)
    for node in graph.nodes(NodeKind.RESOURCE):
        if machines.roots.is_drawn(node) and not node.attributes.get("disabled"):
            blocks[block_id(node)].append(node)
    for nodes in blocks.values():
        for node in nodes:
            _draw_resource(sketch, machines, node, nodes)
    _draw_edges_in_front(graph, sketch, machines)
    unplaced = draw_unplaced(graph, sketch, machines)
    flows: dict[tuple[str, str, str], list[Edge]] = defaultdict(list)
    for edge in graph.edges(*_SAID):
        for source, target in _ends(graph, sketch, machines, unplaced, edge):
            flows[(source, target, _SAID[edge.kind])].append(edge)
    for (source, target, said), edges in sorted(flows.items()):
        sketch.arrow(source, target, edges, label=said, kind=said)
    _draw_delivery(graph, sketch)
    if not machines.all:
        sketch.missing("No server and no inventory host was found.")


def _draw_resource(sketch: Sketch, machines: Machines, node: Node, block: list[Node]) -> None:
    """A load balancer; or the one box of what a ``block`` makes, with its number."""
    role = role_of(node)
    if role == "load_balancer":
        place = machines.place(sketch, node)
        frame = sketch.frame(f"{place}:edge", _TITLES["edge"], place)
        sketch.box(node, value(node, "name") or node.name, "load balancer", cluster=frame, noun="load balancer")
    elif (
        not sketch.has(node.id)
        and node.category in _MANAGED
        and role in ("", "managed", "cluster", "workload")
        and not node.attributes.get("plumbing")
    ):
        place = machines.place(sketch, node)
        tier = "data" if node.category in (Category.DATABASE, Category.CACHE, Category.STORAGE) else "compute"
        frame = sketch.frame(f"{place}:{tier}", _TITLES[tier], place)
        sketch.box(node, counted(block), node.type, box_id=block_id(node), cluster=frame)


def _draw_edges_in_front(graph: Graph, sketch: Sketch, machines: Machines) -> None:
    """One box for what a provider does in front of the machines: DNS, CDN, firewall, as far as the code uses it."""
    found: dict[str, dict[str, list[Node]]] = defaultdict(lambda: defaultdict(list))
    for node in graph.nodes(NodeKind.RESOURCE):
        if not machines.roots.is_drawn(node) or node.attributes.get("disabled"):
            continue
        if role_of(node) in ("zone", "record"):
            found[_title(node)]["DNS"].append(node)
        if node.category is Category.CDN or node.attributes.get("proxied"):
            found[_title(node)]["CDN"].append(node)
        if any(role_of(n) == "zone" for n in graph.targets(node.id, EdgeKind.PROTECTS)):
            found[_title(node)]["firewall"].append(node)
    for title, uses in sorted(found.items()):
        nodes = list({n.id: n for same in uses.values() for n in same}.values())
        frame = sketch.frame("external", "External services")
        words = ", ".join(use for use in ("DNS", "CDN", "firewall") if use in uses)
        sketch.box(nodes[0], title, words, box_id=f"edge:{title}", cluster=frame, more=nodes[1:])


def _title(node: Node) -> str:
    return str(node.attributes.get("provider_title") or node.type.split("_", 1)[0])


# -- tiers ------------------------------------------------------------------------------------------------------


def _tier(graph: Graph, machines: Machines, machine: Node) -> str:
    """What most of what runs on a machine is for."""
    services = _services(graph, machines, machine)
    categories = [s.category for s in services]
    if not any(s.attributes.get("tier") in ("application", "frontend") for s in services):
        if any(c in (Category.MONITORING, Category.LOGGING) for c in categories):
            return "monitoring"
        if any(c in (Category.DATABASE, Category.CACHE) for c in categories):
            return "data"
    return "compute"


def _services(graph: Graph, machines: Machines, machine: Node) -> list[Node]:
    """What a machine is for: the programs on it that no other machine's care is about."""
    ids = [machine.id, *(h.id for h in machines.hosts_of(machine))]
    found = {s.id: s for i in ids for s in graph.sources(i, EdgeKind.RUNS_ON) if s.kind is NodeKind.SERVICE}
    return [
        found[i]
        for i in sorted(found)
        if found[i].attributes.get("kind") not in _AGENTS
        and not found[i].attributes.get("same_as")
        and found[i].category is not Category.PLUMBING
        and not is_plumbing(found[i])
    ]


# -- arrows -----------------------------------------------------------------------------------------------------


def _ends(
    graph: Graph, sketch: Sketch, machines: Machines, unplaced: dict[str, str], edge: Edge
) -> Iterator[tuple[str, str]]:
    """The pairs of boxes that a relation is drawn between: of programs, the machines of one environment."""
    target = graph.node(edge.target)
    if target.kind is NodeKind.EXTERNAL and target.type not in _NOT_OUTSIDE and not is_internet(target):
        sketch.box(target, target.name, cluster=sketch.frame("external", "External services"))
    sources, targets = (_shown(graph, sketch, machines, unplaced, i) for i in (edge.source, edge.target))
    if set(sources) == set(targets) or (edge.kind is EdgeKind.BACKS_UP and set(sources) & set(targets)):
        return  # programs that stand side by side on each of their machines talk there
    pairs = [(s, t) for s in sources for t in targets]
    together = [(s, t) for s, t in pairs if machines.environments(s) & machines.environments(t)]
    yield from ((s, t) for s, t in together or pairs if s != t)


def _shown(graph: Graph, sketch: Sketch, machines: Machines, unplaced: dict[str, str], node_id: str) -> list[str]:
    """The boxes that a node shows as here: programs as the machines they run on, records as their provider."""
    node = graph.node(node_id)
    if node.kind in (NodeKind.SERVICE, NodeKind.JOB):
        if node_id in unplaced:
            return [unplaced[node_id]]
        places = [machines.id_of(n.id) for n in graph.targets(node_id, EdgeKind.RUNS_ON)]
        return [p for p in dict.fromkeys(places) if sketch.has(p)]
    if sketch.has(machines.id_of(node_id)):
        return [machines.id_of(node_id)]
    box = f"edge:{_title(node)}"
    return [box] if role_of(node) in ("record", "zone", "cdn") and sketch.has(box) else []


def _draw_delivery(graph: Graph, sketch: Sketch) -> None:
    """The code host, when its workflows apply Terraform or run playbooks here."""
    for edge in graph.edges(EdgeKind.RUNS):
        root, job = graph.node(edge.target), graph.node(edge.source)
        frame = f"frame:place:{scope_of(root)}" if root.kind is NodeKind.ROOT else ""
        if frame and sketch.has(frame):
            host = str(job.attributes.get("system") or "CI")
            outside = sketch.frame("external", "External services")
            box = sketch.box(job, host, "delivery", box_id=f"ci:{host}", cluster=outside)
            sketch.arrow(box, frame, edge, label="applies", kind="runs")
