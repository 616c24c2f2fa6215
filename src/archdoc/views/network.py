"""network: from the internet over DNS, CDN and load balancers into networks, subnets and hosts."""

from __future__ import annotations

from collections import defaultdict

from archdoc.model.facts import Category, Edge, EdgeKind, Node, NodeKind
from archdoc.model.graph import Graph
from archdoc.views.containernetworks import draw_container_networks
from archdoc.views.emptynetworks import draw_empty_networks, draw_peerings
from archdoc.views.gaps import say_homeless
from archdoc.views.machines import Machines, from_inside, is_anyone, is_internet, listed, role_of, value
from archdoc.views.networkframes import CONTAINERS, Frames
from archdoc.views.records import draw_records
from archdoc.views.sketch import Sketch, noun_of
from archdoc.views.words import openings

_FLOWS = (EdgeKind.ROUTES_TO, EdgeKind.ALLOWS)
_DATA = (Category.DATABASE, Category.CACHE)
_STANDS_FOR = (EdgeKind.ATTACHED_TO,)
"""What traffic comes from stands for nothing that it is led to."""


def draw(graph: Graph, sketch: Sketch) -> None:
    """Networks and subnets as nested frames, machines in them, and the ways that traffic may take."""
    machines = Machines(graph)
    frames = Frames(graph, sketch, machines)
    for machine in machines.all:
        machines.box(sketch, machine, cluster=frames.of(machine))
    records: list[Node] = []
    for node in graph.nodes(NodeKind.RESOURCE):
        if not machines.roots.is_drawn(node) or node.attributes.get("disabled"):
            continue
        role = role_of(node)
        if role in ("load_balancer", "gateway"):
            noun = role.replace("_", " ")
            lines = (value(node, "name") or node.name, *machines.addresses(node)[:1], noun)
            sketch.box(node, *lines, cluster=frames.of(node), noun=noun)
        elif _stands_in_network(graph, node):
            sketch.box(node, value(node, "name") or node.name, noun_of(node), cluster=frames.of(node))
        elif role == "cdn":
            sketch.box(node, value(node, "name") or node.name, "CDN", cluster=frames.provider(node), noun="CDN")
        elif role == "record":
            records.append(node)
        elif role == "firewall" and _in_network(graph, node):
            sketch.box(node, value(node, "name") or node.name, "firewall", cluster=frames.of(node), noun="firewall")
        elif _is_edge_filter(graph, node):
            sketch.box(node, value(node, "name") or node.name, cluster=frames.provider(node), noun="edge rule")
    draw_empty_networks(graph, sketch, machines, frames)
    boxes = draw_records(graph, sketch, records, frames.provider)
    shown = {i: frame for i, frame in frames.shared.items() if not sketch.has(f"frame:{i}")} | boxes
    flows: dict[tuple[str, str], list[Edge]] = defaultdict(list)
    behind_filters = _behind_filters(graph)
    for edge in graph.edges(*_FLOWS):
        if edge.attributes.get("how"):
            continue  # what a policy grants is no way of traffic
        if edge.target in behind_filters and is_internet(graph.node(edge.source)):
            continue  # the way leads through the filters of the zone
        for ends in _ends(graph, sketch, machines, shown, edge):
            flows[ends].append(edge)
    for (source, target), edges in sorted(flows.items()):
        _draw_flow(sketch, source, target, edges)
    draw_peerings(graph, sketch, machines, frames)
    draw_container_networks(graph, sketch)
    _draw_edge_filters(graph, sketch, boxes)
    _say_what_is_missing(graph, sketch, machines)


def _stands_in_network(graph: Graph, node: Node) -> bool:
    """Whether containers or a managed database, which have no machine in the code, are in a network of it or reached
    by traffic; or a bucket whose files are served."""
    if node.category is Category.STORAGE and role_of(node) == "":
        return any(True for _ in graph.edges_to(node.id, EdgeKind.ROUTES_TO))
    if role_of(node) != "workload" and (node.category not in _DATA or node.attributes.get("plumbing")):
        return False
    return any(True for _ in graph.edges_to(node.id, *_FLOWS)) or _in_network(graph, node)


# -- what stands between the internet and the records ------------------------------------------------------------


def _is_edge_filter(graph: Graph, node: Node) -> bool:
    """Whether a resource filters what a zone's proxy lets through: a web application firewall, a rate limit."""
    if role_of(node) != "firewall":
        return False
    return any(role_of(n) == "zone" for n in graph.targets(node.id, EdgeKind.PROTECTS))


def _behind_filters(graph: Graph) -> set[str]:
    """The records that requests reach through the rule sets of their zone."""
    ways = [e for e in graph.edges(EdgeKind.ROUTES_TO) if role_of(graph.node(e.source)) == "firewall"]
    return {e.target for e in ways if role_of(graph.node(e.target)) == "record"}


def _draw_edge_filters(graph: Graph, sketch: Sketch, boxes: dict[str, str]) -> None:
    """A zone's filters protect the proxied records of the zone; those of known phases are on the way to them."""
    proxied: dict[str, dict[str, list[Edge]]] = defaultdict(lambda: defaultdict(list))
    for record_id, box in boxes.items():
        if graph.node(record_id).attributes.get("proxied"):
            for edge in graph.edges_from(record_id, EdgeKind.REFERENCES):
                proxied[edge.target][box].append(edge)
    for edge in graph.edges(EdgeKind.PROTECTS):
        if sketch.has(edge.source) and not graph.targets(edge.source, EdgeKind.ROUTES_TO):
            for box, belongs in proxied[edge.target].items():
                sketch.arrow(edge.source, box, [edge, *belongs], kind="protects")


# -- traffic ----------------------------------------------------------------------------------------------------


def _ends(graph: Graph, sketch: Sketch, machines: Machines, boxes: dict[str, str], edge: Edge) -> list[tuple[str, str]]:
    """The pairs of boxes between which a flow is drawn."""
    origin = graph.node(edge.source)
    target = graph.node(edge.target)
    if target.kind is NodeKind.GROUP:
        targets = machines.drawn_of_group(sketch, target, origin.id)
    else:
        targets = _drawn(graph, sketch, machines, boxes, edge.target)
    if targets and origin.kind is NodeKind.EXTERNAL and not sketch.has(origin.id):
        sketch.box(origin, origin.name, noun="network" if is_anyone(origin) else "address range")
    sources = _drawn(graph, sketch, machines, boxes, edge.source, _STANDS_FOR) if targets else []
    return [(from_inside(sketch, origin, source, target), target) for source in sources for target in targets]


def _draw_flow(sketch: Sketch, source: str, target: str, edges: list[Edge]) -> None:
    """One arrow for all that flows one way; where traffic is routed, the ports say what of it is let through."""
    routes = [edge for edge in edges if edge.kind is EdgeKind.ROUTES_TO]
    ports = (str(e.attributes.get("ports") or e.attributes.get("port") or "") for e in edges)
    sketch.arrow(source, target, [*routes, *(e for e in edges if e not in routes)], label=openings(filter(None, ports)))


def _drawn(
    graph: Graph,
    sketch: Sketch,
    machines: Machines,
    boxes: dict[str, str],
    node_id: str,
    ways: tuple[EdgeKind, ...] = (EdgeKind.ATTACHED_TO, EdgeKind.ROUTES_TO),
) -> list[str]:
    """What stands for a node in the drawing: itself, its frame, or the machines that it is attached or leads to."""
    found, waiting, seen = [], [node_id], {node_id}
    while waiting and len(seen) < 200:
        current = machines.id_of(waiting.pop(0))
        shown = next((i for i in (boxes.get(current, current), f"frame:{current}") if sketch.has(i)), "")
        if shown:
            found.append(shown)
            continue
        if graph.node(current).kind is NodeKind.EXTERNAL or role_of(graph.node(current)) in ("record", "firewall"):
            continue
        further = [n.id for n in graph.targets(current, *ways)]
        if role_of(graph.node(current)) == "tag":
            further += [n.id for n in graph.sources(current, EdgeKind.MEMBER_OF, EdgeKind.REFERENCES)]
        waiting += [i for i in further if i not in seen]
        seen.update(further)
    return list(dict.fromkeys(found))


def _say_what_is_missing(graph: Graph, sketch: Sketch, machines: Machines) -> None:
    if not machines.all:
        sketch.missing("No server and no inventory host was found.")
    homeless = [m for m in machines.all if m.kind is NodeKind.RESOURCE and not _in_network(graph, m)]
    say_homeless(graph, sketch, machines, homeless)
    balancers = [n for n in graph.nodes(NodeKind.RESOURCE) if role_of(n) == "load_balancer"]
    off = [n for n in balancers if n.attributes.get("disabled") and machines.roots.is_drawn(n)]
    if off:
        sketch.note(
            f"These load balancers are written and create nothing as configured: {listed(n.address for n in off)}."
        )
    if machines.all and all(edge.attributes.get("how") for edge in graph.edges(EdgeKind.ALLOWS)):
        sketch.missing("No rule of a firewall that could be read was found.")


def _in_network(graph: Graph, machine: Node) -> bool:
    return any(role_of(n) in CONTAINERS for n in graph.sources(machine.id, EdgeKind.CONTAINS))
