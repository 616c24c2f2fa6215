"""Boxes of the same words side by side: the module that each comes from tells them apart."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from archdoc.model.diagram import Box, Diagram
from archdoc.model.graph import Graph
from archdoc.views.terraform_blocks import modules_of


def apart(diagram: Diagram, graph: Graph) -> Diagram:
    """The drawing with a line more in boxes of one frame that say the same and come from different modules.

    A module that is called twice makes two buckets of one name: ``in module cdn.prod``, ``in module cdn.staging``.
    """
    said = Counter((box.cluster, box.label) for box in diagram.boxes)
    same = [box for box in diagram.boxes if said[box.cluster, box.label] > 1]
    modules = {box.id: module for box in same if (module := _module(box, graph))}
    boxes = tuple(
        replace(box, label=(*box.label, f"in module {modules[box.id]}")) if box.id in modules else box
        for box in diagram.boxes
    )
    return replace(diagram, boxes=boxes) if modules else diagram


def _module(box: Box, graph: Graph) -> str:
    """The modules on the way to the block that a box stands for, or ""."""
    node = graph.find(box.node_ids[0]) if box.node_ids else None
    return ".".join(modules_of(node.terraform.block)) if node is not None and node.terraform is not None else ""
