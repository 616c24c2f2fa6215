"""Containers of Compose files that nothing in the code places on a machine: what there is, in the infrastructure."""

from __future__ import annotations

from collections import defaultdict

from archdoc.model.diagram import Shape
from archdoc.model.facts import EdgeKind, Node, NodeKind
from archdoc.model.graph import Graph
from archdoc.views.machines import Machines
from archdoc.views.sketch import Sketch
from archdoc.views.words import first_of

_NAMED = 4
"""So many programs of one directory are named."""


def draw_unplaced(graph: Graph, sketch: Sketch, machines: Machines) -> dict[str, str]:
    """One box for the containers that one directory describes; from the id of each service to its box."""
    together: dict[str, list[Node]] = defaultdict(list)
    for service in graph.nodes(NodeKind.SERVICE):
        placed = service.attributes.get("same_as") or graph.targets(service.id, EdgeKind.RUNS_ON)
        if service.attributes.get("compose") and not placed:
            together[" ".join(machines.where(service))].append(service)
    boxes: dict[str, str] = {}
    for place, services in sorted(together.items()):
        frame = sketch.frame("unplaced", "Containers, on machines that the code does not name")
        # the look of the box is that of the first: a program's own icon says nothing of the others
        first, *more = sorted(services, key=lambda s: ("icon" in s.attributes, s.category.value, s.name, s.id))
        title = f"{place[:1].upper()}{place[1:]}" or first.source.path
        lines = (title, first_of(sorted(s.name for s in services), _NAMED))
        box_id = f"unplaced:{first.id}"
        sketch.box(first, *lines, box_id=box_id, cluster=frame, shape=Shape.BOX, more=more, noun="Compose project")
        boxes.update({service.id: box_id for service in services})
    return boxes
