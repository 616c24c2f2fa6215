"""The ports that containers publish on their hosts, in the drawing of security."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from archdoc.model.diagram import Shape
from archdoc.model.facts import Edge, EdgeKind
from archdoc.model.graph import Graph
from archdoc.views.machines import Machines
from archdoc.views.sketch import Sketch
from archdoc.views.words import openings

_LINES = 4
"""So many programs of one place are named with their ports; the table of the page has the others."""


def draw_published(graph: Graph, sketch: Sketch, machines: Machines, known: Mapping[str, str]) -> None:
    """The containers of each place with their ports, behind one box for whoever reaches the hosts: what stands in
    front of those is another matter. ``known`` are the boxes of the programs that are drawn already."""
    by_program: dict[str, list[Edge]] = defaultdict(list)
    for edge in graph.edges(EdgeKind.ALLOWS):
        if edge.attributes.get("how") == "published":
            by_program[edge.target].append(edge)
    by_place: dict[str, list[str]] = defaultdict(list)
    for program_id, edges in by_program.items():
        origin = graph.node(edges[0].source)
        sketch.box(origin, origin.name, cluster=sketch.frame("outside", "Outside"), noun="network")
        if program_id in known:
            sketch.arrow(origin.id, known[program_id], edges, label=_ports(edges))
        else:
            by_place[" ".join(machines.where(graph.node(program_id)))].append(program_id)
    for place, programs in sorted(by_place.items()):
        nodes = sorted((graph.node(i) for i in programs), key=lambda n: (n.name, n.id))
        lines = [f"{node.name} {_ports(by_program[node.id])}" for node in nodes]
        more = [f"and {len(lines) - _LINES} more"] if len(lines) > _LINES else []
        frame = sketch.frame("published", "Ports that containers publish")
        title = f"{place[:1].upper()}{place[1:]}" or "Containers"
        box_id = f"published:{nodes[0].id}"
        shown = (title, *lines[:_LINES], *more)
        sketch.box(nodes[0], *shown, box_id=box_id, cluster=frame, shape=Shape.BOX, more=nodes[1:], noun="container")
        sketch.arrow(by_program[nodes[0].id][0].source, box_id, [e for i in programs for e in by_program[i]])


def _ports(edges: list[Edge]) -> str:
    return openings(str(edge.attributes.get("ports") or "") for edge in edges)
