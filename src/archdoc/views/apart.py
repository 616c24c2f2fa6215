"""Boxes of the same words side by side: the module or the directory that each comes from tells them apart."""

from __future__ import annotations

import posixpath
from collections import Counter, defaultdict
from dataclasses import replace

from archdoc.model.diagram import Box, Diagram
from archdoc.model.graph import Graph
from archdoc.views.terraform_blocks import modules_of


def apart(diagram: Diagram, graph: Graph) -> Diagram:
    """The drawing with a line more in boxes of one frame that say the same and come from different modules or files.

    A module that is called twice makes two buckets of one name: ``in module cdn.prod``, ``in module cdn.staging``; two
    roles may each have a playbook ``verify.yml``: ``in roles/web/tests``, ``in roles/db/tests``.
    """
    said = Counter((box.cluster, box.label) for box in diagram.boxes)
    same: dict[tuple[str, tuple[str, ...]], list[Box]] = defaultdict(list)
    for box in diagram.boxes:
        if said[box.cluster, box.label] > 1:
            same[box.cluster, box.label].append(box)
    lines: dict[str, str] = {}
    for boxes in same.values():
        lines |= {box.id: f"in module {module}" for box in boxes if (module := _module(box, graph))}
        others = [box for box in boxes if box.id not in lines]
        directories = {box.id: posixpath.dirname(box.source.path) for box in others}
        if len(set(directories.values())) > 1:
            lines |= {i: f"in {directory or 'the top directory'}" for i, directory in directories.items()}
    found = tuple(replace(b, label=(*b.label, lines[b.id])) if b.id in lines else b for b in diagram.boxes)
    return replace(diagram, boxes=found) if lines else diagram


def _module(box: Box, graph: Graph) -> str:
    """The modules on the way to the block that a box stands for, or ""."""
    node = graph.find(box.node_ids[0]) if box.node_ids else None
    return ".".join(modules_of(node.terraform.block)) if node is not None and node.terraform is not None else ""
