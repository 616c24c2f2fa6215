"""security: edge, network, host, application and data layers; what is open to whom on which port."""

from __future__ import annotations

from archdoc.model.facts import Category, Edge, EdgeKind, Node, NodeKind
from archdoc.model.graph import Graph
from archdoc.views.machines import Machines, is_internet, listed, role_of
from archdoc.views.sketch import Sketch
from archdoc.views.terraform_blocks import block_id

_LAYERS = {
    "edge": "Edge security",
    "network": "Network security",
    "host": "Host security",
    "application": "Application security",
    "data": "Data security",
}


def draw(graph: Graph, sketch: Sketch) -> None:
    """What protects, by layer; what it protects behind it; what the internet may reach."""
    machines = Machines(graph)
    for node in graph.nodes(NodeKind.RESOURCE, NodeKind.ROLE, NodeKind.SERVICE, NodeKind.JOB, NodeKind.STORE):
        layer = str(node.attributes.get("security_layer") or "")
        if layer not in _LAYERS or node.attributes.get("disabled"):
            continue
        if node.kind is NodeKind.RESOURCE and not machines.roots.is_drawn(node):
            continue
        box_id = block_id(node) if node.kind is NodeKind.RESOURCE else node.id
        sketch.box(node, node.name, _what(node), box_id=box_id, cluster=sketch.frame(f"layer:{layer}", _LAYERS[layer]))
    for edge in graph.edges(EdgeKind.PROTECTS):
        _draw_protection(graph, sketch, machines, edge)
    for edge in graph.edges(EdgeKind.ALLOWS):
        _draw_opening(graph, sketch, machines, edge)
    for edge in graph.edges(EdgeKind.DEPENDS_ON, EdgeKind.REFERENCES, EdgeKind.APPLIES, EdgeKind.INCLUDES):
        one, other = (_box_of(graph.node(i)) for i in (edge.source, edge.target))
        if sketch.has(one) and sketch.has(other) and one != other and not sketch.joins(one, other):
            sketch.arrow(one, other, edge, kind="with")
    _say_what_is_missing(graph, sketch, machines)


def _draw_protection(graph: Graph, sketch: Sketch, machines: Machines, edge: Edge) -> None:
    source = _box_of(graph.node(edge.source))
    if sketch.has(source):
        target = graph.node(machines.id_of(edge.target))
        sketch.box(
            target,
            machines.name(target) if target.kind is not NodeKind.GROUP else target.name,
            cluster=sketch.frame("hosts", "Hosts"),
        )
        sketch.arrow(source, target.id, edge)


def _draw_opening(graph: Graph, sketch: Sketch, machines: Machines, edge: Edge) -> None:
    """What comes from outside; what may flow between machines is the network's drawing."""
    origin, target = graph.node(edge.source), graph.node(machines.id_of(edge.target))
    if origin.kind is not NodeKind.EXTERNAL:
        return
    sketch.box(origin, origin.name, cluster=sketch.frame("outside", "Outside") if is_internet(origin) else "")
    name = machines.name(target) if target.kind in (NodeKind.HOST, NodeKind.RESOURCE) else target.name
    if not sketch.has(_box_of(target)):
        sketch.box(target, name, cluster=sketch.frame("hosts", "Hosts"))
    end = _box_of(target) if sketch.has(_box_of(target)) else target.id
    sketch.arrow(origin.id, end, edge, label=str(edge.attributes.get("ports") or ""))


def _box_of(node: Node) -> str:
    return block_id(node) if node.kind is NodeKind.RESOURCE and role_of(node) != "server" else node.id


def _what(node: Node) -> str:
    if node.kind is NodeKind.RESOURCE:
        return node.type
    return "role" if node.kind is NodeKind.ROLE else str(node.attributes.get("kind") or node.kind)


def _say_what_is_missing(graph: Graph, sketch: Sketch, machines: Machines) -> None:
    protected = {machines.id_of(e.target) for e in graph.edges(EdgeKind.PROTECTS)}
    groups = {e.target for e in graph.edges(EdgeKind.PROTECTS) if graph.node(e.target).kind is NodeKind.GROUP}
    bare = []
    for machine in machines.all:
        in_group = any(
            g.id in groups for h in machines.hosts_of(machine) for g in graph.targets(h.id, EdgeKind.MEMBER_OF)
        )
        if machine.id not in protected and not in_group:
            bare.append(machines.name(machine))
    if bare:
        sketch.note(f"No firewall in the code protects: {listed(bare)}.")
    if not any(n.category is Category.SECURITY for n in graph.nodes()):
        sketch.note("The code says nothing of security.")
