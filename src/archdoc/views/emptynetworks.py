"""Networks that nothing else of a drawing is in, as where a root makes networks alone; and which of them are peers."""

from __future__ import annotations

from collections import defaultdict

from archdoc.model.facts import Edge, EdgeKind, NodeKind
from archdoc.model.graph import Graph
from archdoc.views.machines import Machines, listed, role_of
from archdoc.views.networkframes import Frames, network_label
from archdoc.views.sketch import Sketch


def draw_empty_networks(graph: Graph, sketch: Sketch, machines: Machines, frames: Frames) -> None:
    """A network with its subnets as boxes in it, one without any as a box."""
    for node in graph.nodes(NodeKind.RESOURCE):
        made = machines.roots.is_drawn(node) and not node.attributes.get("disabled")
        if role_of(node) != "container" or not made or sketch.has(f"frame:{node.id}"):
            continue
        inside = [n for n in graph.targets(node.id, EdgeKind.CONTAINS) if role_of(n) == "subnet"]
        subnets = [n for n in inside if not n.attributes.get("disabled")]
        for subnet in subnets:
            sketch.box(subnet, *network_label(subnet), cluster=frames.of(subnet), noun="subnet")
        if not subnets:
            sketch.box(node, *network_label(node), cluster=frames.of(node), noun="network")


def draw_peerings(graph: Graph, sketch: Sketch, machines: Machines, frames: Frames) -> None:
    """One arrow between two networks that are peers, whichever of them says so, or both; a network that is only looked
    up is drawn where one of the drawing is its peer."""
    peers: dict[tuple[str, str], list[Edge]] = defaultdict(list)
    for edge in graph.edges(EdgeKind.CONNECTS_TO):
        ends = (graph.node(edge.source), graph.node(edge.target))
        if edge.attributes.get("via") == "peering" and all(role_of(n) == "container" for n in ends):
            peers[min(edge.source, edge.target), max(edge.source, edge.target)].append(edge)
    for pair, edges in sorted(peers.items()):
        if any(_shown(sketch, node_id) for node_id in pair):
            for node in map(graph.node, pair):
                if node.kind is NodeKind.DATA_SOURCE and not _shown(sketch, node.id):
                    sketch.box(node, *network_label(node), "looked up", cluster=frames.provider(node), noun="network")
            source, target = (_shown(sketch, node_id) for node_id in pair)
            if source and target:
                sketch.arrow(source, target, edges, label="peers", kind="peering")
    drawn = {place for edges in peers.values() for edge in edges for place in edge.evidence}
    made = [n for n in graph.nodes(NodeKind.RESOURCE) if role_of(n) == "peering" and machines.roots.is_drawn(n)]
    open_ones = [n.address for n in made if not n.attributes.get("disabled") and n.source not in drawn]
    if open_ones:
        sketch.note(f"Networks of these peerings are known only when applied, or made elsewhere: {listed(open_ones)}.")


def _shown(sketch: Sketch, node_id: str) -> str:
    """The frame or box of a network, "" where it has none."""
    return next((i for i in (f"frame:{node_id}", node_id) if sketch.has(i)), "")
