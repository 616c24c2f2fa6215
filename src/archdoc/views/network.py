"""network: from the internet over DNS, CDN and load balancers into networks, subnets and hosts."""

from __future__ import annotations

from archdoc.model.facts import Category, Edge, EdgeKind, Node, NodeKind
from archdoc.model.graph import Graph
from archdoc.views.machines import Machines, is_internet, listed, role_of, value
from archdoc.views.sketch import Sketch
from archdoc.views.terraform_blocks import scope_of

_CONTAINERS = ("container", "subnet")
_EDGE = (Category.CDN, Category.DNS)
_FLOWS = (EdgeKind.ROUTES_TO, EdgeKind.ALLOWS)


def draw(graph: Graph, sketch: Sketch) -> None:
    """Networks and subnets as nested frames, machines in them, and the ways that traffic may take."""
    machines = Machines(graph)
    frames = _Frames(graph, sketch, machines)
    for machine in machines.all:
        machines.box(sketch, machine, cluster=frames.of(machine))
    for node in graph.nodes(NodeKind.RESOURCE):
        if not machines.roots.is_drawn(node) or node.attributes.get("disabled"):
            continue
        if role_of(node) in ("load_balancer", "gateway"):
            sketch.box(node, value(node, "name") or node.name, *machines.addresses(node)[:1], cluster=frames.of(node))
        elif role_of(node) == "record":
            _draw_record(graph, sketch, node, frames)
    for edge in graph.edges(*_FLOWS):
        _draw_flow(graph, sketch, machines, edge)
    _say_what_is_missing(graph, sketch, machines)


def _draw_record(graph: Graph, sketch: Sketch, record: Node, frames: _Frames) -> None:
    """Records that lead somewhere in the drawing; one box per name of a zone would say no more."""
    if not graph.targets(record.id, EdgeKind.ROUTES_TO):
        return
    proxied = "proxied" if record.attributes.get("proxied") else ""
    sketch.box(
        record,
        _full_name(graph, record),
        str(value(record, "type")),
        proxied,
        cluster=frames.provider(record),
    )


def _full_name(graph: Graph, record: Node) -> str:
    """The record's name with that of its zone: ``www.example.org``."""
    name = value(record, "name") or record.name
    for edge in graph.edges_from(record.id, EdgeKind.REFERENCES):
        zone = value(graph.node(edge.target), "name") if role_of(graph.node(edge.target)) == "zone" else ""
        if zone and not name.endswith(zone):
            return zone if name == "@" else f"{name}.{zone}"
    return name


def _draw_flow(graph: Graph, sketch: Sketch, machines: Machines, edge: Edge) -> None:
    source, target = machines.id_of(edge.source), machines.id_of(edge.target)
    origin = graph.node(source)
    if not sketch.has(target) and not sketch.has(f"frame:{target}"):
        return
    if origin.kind is NodeKind.EXTERNAL:
        frame = sketch.frame("internet", "Internet") if is_internet(origin) else ""
        sketch.box(origin, origin.name, cluster=frame)
    label = (
        str(edge.attributes.get("ports") or edge.attributes.get("port") or "") if edge.kind is EdgeKind.ALLOWS else ""
    )
    ends = [i if sketch.has(i) else f"frame:{i}" for i in (source, target)]
    if all(sketch.has(end) for end in ends):
        sketch.arrow(ends[0], ends[1], edge, label=label)


class _Frames:
    """The frames of the drawing: a provider or environment, networks in it, subnets in those."""

    def __init__(self, graph: Graph, sketch: Sketch, machines: Machines) -> None:
        self._graph, self._sketch, self._machines = graph, sketch, machines

    def of(self, node: Node) -> str:
        """The innermost network that a node is in, as a frame; else its place."""
        around = [
            n
            for n in self._graph.sources(node.id, EdgeKind.CONTAINS)
            if n.kind is NodeKind.RESOURCE and role_of(n) in _CONTAINERS and n.id != node.id
        ]
        if not around:
            return self._machines.place(self._sketch, node)
        inner = next((n for n in around if role_of(n) == "subnet"), around[0])
        cidr = str(inner.attributes.get("cidr") or "")
        label = " ".join(filter(None, (value(inner, "name") or inner.name, cidr)))
        return self._sketch.frame(inner.id, label, self.of(inner), node=inner, category=Category.NETWORK)

    def provider(self, node: Node) -> str:
        """A frame for what a provider runs in front of the machines: DNS and CDN."""
        title = str(node.attributes.get("provider_title") or node.type.split("_", 1)[0])
        parent = self._machines.place(self._sketch, node) if len(self._machines.roots.drawn) > 1 else ""
        return self._sketch.frame(f"edge:{scope_of(node)}:{title}", title, parent)


def _say_what_is_missing(graph: Graph, sketch: Sketch, machines: Machines) -> None:
    if not machines.all:
        sketch.note("The code has no server and no inventory host.")
    homeless = [m for m in machines.all if m.kind is NodeKind.RESOURCE and not _in_network(graph, m)]
    if homeless:
        sketch.note(f"No network is named for: {listed(machines.name(m) for m in homeless)}.")
    balancers = [n for n in graph.nodes(NodeKind.RESOURCE) if role_of(n) == "load_balancer"]
    off = [n for n in balancers if n.attributes.get("disabled")]
    if off:
        sketch.note(
            f"These load balancers are written and create nothing as configured: {listed(n.address for n in off)}."
        )
    if machines.all and not any(True for _ in graph.edges(EdgeKind.ALLOWS)):
        sketch.note("The code has no firewall rule that could be read.")


def _in_network(graph: Graph, machine: Node) -> bool:
    return any(role_of(n) in _CONTAINERS for n in graph.sources(machine.id, EdgeKind.CONTAINS))
