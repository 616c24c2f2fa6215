"""Frames that say nothing by standing alone: one in another, or around one box."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from archdoc.model.diagram import Box, Cluster, Diagram
from archdoc.model.facts import Category

_MANY = 6
"""With more outermost frames than this, those around one box become a line of its label."""


def tidy(diagram: Diagram) -> Diagram:
    """A frame that holds nothing but a frame becomes one with it; where there are many frames, those of one box go.

    Networks stay: to be the only machine in a subnet says something.
    """
    return _without_frames_of_one(_without_nests(diagram))


def _without_nests(diagram: Diagram) -> Diagram:
    boxes: dict[str, int] = defaultdict(int)
    for box in diagram.boxes:
        boxes[box.cluster] += 1
    ends = {end for arrow in diagram.arrows for end in (arrow.source, arrow.target)}
    clusters = {c.id: c for c in diagram.clusters}
    for cluster in diagram.clusters:
        inner = clusters.get(cluster.id)
        outer = clusters.get(inner.parent) if inner else None
        if inner is None or outer is None or boxes[outer.id] or outer.id in ends or not _may_merge(inner, outer):
            continue
        if sum(c.parent == outer.id for c in clusters.values()) == 1:
            ids = tuple(dict.fromkeys(outer.node_ids + inner.node_ids))
            label = f"{outer.label} · {inner.label}"
            clusters[inner.id] = replace(inner, label=label, parent=outer.parent, node_ids=ids)
            del clusters[outer.id]
    return replace(diagram, clusters=tuple(c for c in clusters.values()))


def _may_merge(inner: Cluster, outer: Cluster) -> bool:
    return Category.NETWORK not in (inner.category, outer.category)


def _without_frames_of_one(diagram: Diagram) -> Diagram:
    inside: dict[str, list[Box]] = defaultdict(list)
    for box in diagram.boxes:
        inside[box.cluster].append(box)
    parents = {c.parent for c in diagram.clusters}
    outermost = [c for c in diagram.clusters if not c.parent]
    if len(outermost) <= _MANY:
        return diagram
    ends = {end for arrow in diagram.arrows for end in (arrow.source, arrow.target)}
    gone = {
        c.id: c.label
        for c in outermost
        if len(inside[c.id]) == 1 and c.id not in parents and c.id not in ends and c.category is not Category.NETWORK
    }
    boxes = tuple(
        replace(b, cluster="", label=(*b.label, gone[b.cluster])) if b.cluster in gone else b for b in diagram.boxes
    )
    return replace(diagram, boxes=boxes, clusters=tuple(c for c in diagram.clusters if c.id not in gone))
