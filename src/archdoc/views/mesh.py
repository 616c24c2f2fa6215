"""Meshes: where every box of several leads to every other, one box in their midst says so, with one arrow from each."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from archdoc.model.diagram import Arrow, Box, Diagram
from archdoc.views.bundle import frames_around, united
from archdoc.views.words import plural

LEAST = 5
"""Fewer boxes are joined by arrows that can still be followed."""


def meshed(diagram: Diagram) -> Diagram:
    """A diagram whose meshes are meshed; the evidence of every arrow stays on that of its source."""
    boxes = {box.id: box for box in diagram.boxes}
    by_kind: dict[tuple[str, str], dict[tuple[str, str], Arrow]] = defaultdict(dict)
    for arrow in diagram.arrows:
        if arrow.source in boxes and arrow.target in boxes and not arrow.by_hand:
            by_kind[arrow.kind, arrow.label][arrow.source, arrow.target] = arrow
    taken: set[tuple[str, str, str]] = set()
    new_boxes: list[Box] = []
    new_arrows: list[Arrow] = []
    for (kind, _), arrows in sorted(by_kind.items()):
        for members in _meshes(arrows):
            inside = {(s, t) for s in members for t in members if s != t}
            taken |= {(s, t, kind) for s, t in inside}
            box = _middle(diagram, [boxes[i] for i in members], [arrows[pair] for pair in sorted(inside)])
            new_boxes.append(box)
            for member in members:
                spokes = [arrows[member, other] for other in members if other != member]
                new_arrows.append(replace(united(spokes), target=box.id, label=""))
    if not new_boxes:
        return diagram
    kept = [a for a in diagram.arrows if (a.source, a.target, a.kind) not in taken]
    arrows_now = sorted([*kept, *new_arrows], key=lambda a: (a.source, a.target, a.kind))
    boxes_now = sorted([*diagram.boxes, *new_boxes], key=lambda b: b.id)
    return replace(diagram, boxes=tuple(boxes_now), arrows=tuple(arrows_now))


def _meshes(arrows: dict[tuple[str, str], Arrow]) -> list[list[str]]:
    """Sets of boxes of which each leads to each, no box in two of them."""
    beside: dict[str, set[str]] = defaultdict(set)
    for source, target in arrows:
        if (target, source) in arrows:
            beside[source].add(target)
    found: list[list[str]] = []
    left = {i for i, others in beside.items() if len(others) >= LEAST - 1}
    for start in sorted(left, key=lambda i: (-len(beside[i]), i)):
        members = [start]
        for other in sorted(beside[start] & left):
            if start in left and all(other in beside[m] for m in members):
                members.append(other)
        if start in left and len(members) >= LEAST:
            found.append(sorted(members))
            left -= set(members)
    return found


def _middle(diagram: Diagram, members: list[Box], arrows: list[Arrow]) -> Box:
    """The box in the midst of a mesh, in the frame that all of its members are in."""
    first, places = arrows[0], list(dict.fromkeys(e for arrow in arrows for e in arrow.evidence))
    said = first.label or first.kind.replace("_", " ")
    nouns = {box.noun for box in members}
    noun = plural(nouns.pop()) if len(nouns) == 1 else "boxes"
    label = (f"mesh of {len(members)} {noun}", f"each {said} every other")
    ways = [frames_around(box.cluster, diagram) for box in members]
    common = next((c for c in ways[0] if all(c in way for way in ways)), "")
    box_id = f"mesh:{first.kind}:{members[0].id}"
    return Box(box_id, "mesh", label, places[0], members[0].category, common, evidence=tuple(places[1:]), noun="mesh")
