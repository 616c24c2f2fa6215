"""A drawing of what differs, made small enough to read: what differs stays, what is around it goes first."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace

from archdoc.model.change import Change
from archdoc.model.diagram import Arrow, Box, Diagram

BOXES = 48
ARROWS = 90
FOLD_FROM = 3
FEW = 10
"""Neighbours, after folding those of one frame, from which on those of several frames are folded too."""


def focused(diagram: Diagram) -> Diagram:
    """What differs, the ends of arrows that differ, and what is joined to a box that differs."""
    changed = {b.id for b in diagram.boxes if b.change}
    kept = set(changed)
    for arrow in diagram.arrows:
        if arrow.change or arrow.source in changed or arrow.target in changed:
            kept |= {arrow.source, arrow.target}
    return _cut(diagram, kept, lambda a: bool(a.change) or a.source in changed or a.target in changed)


def limited(diagram: Diagram, boxes: int = BOXES, arrows: int = ARROWS) -> Diagram:
    """At most so many boxes and arrows; a note says what had to be left out."""
    whole = diagram
    diagram = _folded(diagram, lambda box, around: (*_sort(box), around))
    if sum(b.change is None for b in diagram.boxes) > FEW:  # what only stands around may come from many frames
        diagram = _folded(diagram, lambda box, around: (*_sort(box)[1:], around) if box.change is None else box.id)
    if len(diagram.arrows) > arrows:
        diagram = replace(diagram, arrows=_one_per_pair(diagram.arrows))
    if not _fits(diagram, boxes, arrows):  # around what differs first
        diagram = _folded(diagram, lambda box, _: _sort(box) if box.change is None else box.id)
    if not _fits(diagram, boxes, arrows):
        diagram = _without_far_neighbours(diagram, boxes)
    if not _fits(diagram, boxes, arrows):
        diagram = _folded(diagram, lambda box, _: _sort(box))
    if not _fits(diagram, boxes, arrows):
        diagram = _folded(diagram, lambda box, _: (box.cluster, box.kind, box.change))
    if not _fits(diagram, boxes, arrows):
        diagram = _first(diagram, boxes, arrows)
    return replace(diagram, notes=(*diagram.notes, *_left_out(whole, diagram)))


def _fits(diagram: Diagram, boxes: int, arrows: int) -> bool:
    return len(diagram.boxes) <= boxes and len(diagram.arrows) <= arrows


def _sort(box: Box) -> tuple[Hashable, ...]:
    """What boxes have in common that may become one: the same block or program in the same frame, or the same type."""
    return (box.cluster, box.kind, box.label[1] if len(box.label) > 1 else box.alike, box.icon, box.change)


def _folded(diagram: Diagram, look: Callable[[Box, Hashable], Hashable]) -> Diagram:
    """Boxes of one look, three or more, as one box with a count."""
    around: dict[str, set[tuple[str, str, str, Change | None]]] = defaultdict(set)
    for arrow in diagram.arrows:
        around[arrow.source].add(("to", arrow.target, arrow.kind, arrow.change))
        around[arrow.target].add(("from", arrow.source, arrow.kind, arrow.change))
    groups: dict[Hashable, list[Box]] = defaultdict(list)
    for box in diagram.boxes:
        groups[look(box, frozenset(around[box.id]))].append(box)
    into = {b.id: group[0].id for group in groups.values() if len(group) >= FOLD_FROM for b in group}
    if not into:
        return diagram
    one = {
        group[0].id: _together(group, _shared_frame(diagram, group))
        for group in groups.values()
        if len(group) >= FOLD_FROM
    }
    boxes = tuple(one.get(b.id, b) for b in diagram.boxes if into.get(b.id, b.id) == b.id)
    arrows: dict[tuple[str, str, str, Change | None], Arrow] = {}
    for arrow in diagram.arrows:
        moved = replace(arrow, source=into.get(arrow.source, arrow.source), target=into.get(arrow.target, arrow.target))
        if moved.source != moved.target:
            arrows.setdefault((moved.source, moved.target, moved.kind, moved.change), moved)
    return _framed(replace(diagram, boxes=boxes, arrows=tuple(arrows.values())))


def _together(group: list[Box], cluster: str) -> Box:
    first = group[0]
    names = [re.sub(r" ×\d+$", "", box.label[0]) for box in group]
    said = _common_start(names)
    shown = said or f"{names[0]} … {names[-1]}"
    lines = tuple(line for line in first.label[1:] if all(line in box.label for box in group))
    node_ids = tuple(dict.fromkeys(i for box in group for i in box.node_ids))
    return replace(
        first,
        cluster=cluster,
        label=(f"{shown} ×{max(len(node_ids), len(group))}", *lines),
        node_ids=node_ids,
        evidence=tuple(dict.fromkeys(e for box in group for e in (box.source, *box.evidence))),
    )


def _shared_frame(diagram: Diagram, group: list[Box]) -> str:
    """The innermost frame around all of them, or ""."""
    parents = {c.id: c.parent for c in diagram.clusters}

    def around(frame: str) -> list[str]:
        found = []
        while frame and frame not in found:
            found.append(frame)
            frame = parents.get(frame, "")
        return found

    shared = around(group[0].cluster)
    for box in group[1:]:
        others = set(around(box.cluster))
        shared = [frame for frame in shared if frame in others]
    return shared[0] if shared else ""


def _common_start(names: Iterable[str]) -> str:
    first, last = min(names), max(names)
    if first == last:
        return first
    length = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    shared = first[:length]
    if shared.count("[") > shared.count("]"):
        shared = shared[: shared.rindex("[")]
    shared = shared.rstrip("[\"'-_. 0123456789")
    return shared if len(shared) >= 3 else ""


def _without_far_neighbours(diagram: Diagram, boxes: int) -> Diagram:
    """Of what is as it was, only as much as there is room for: what is joined to most first."""
    changed = {b.id for b in diagram.boxes if b.change}
    ties = Counter(end for a in diagram.arrows for end in (a.source, a.target))
    others = sorted((b.id for b in diagram.boxes if not b.change), key=lambda i: (-ties[i], i))
    kept = changed | set(others[: max(0, boxes - len(changed))])
    return _cut(diagram, kept, lambda _arrow: True)


def _one_per_pair(arrows: Iterable[Arrow]) -> tuple[Arrow, ...]:
    groups: dict[tuple[str, str, Change | None], list[Arrow]] = defaultdict(list)
    for arrow in arrows:
        groups[arrow.source, arrow.target, arrow.change].append(arrow)
    return tuple(
        group[0] if len(group) == 1 else replace(group[0], label=f"{len(group)} relations") for group in groups.values()
    )


def _first(diagram: Diagram, boxes: int, arrows: int) -> Diagram:
    ordered = sorted(diagram.boxes, key=lambda b: (b.change is None, b.id))
    kept = {b.id for b in ordered[:boxes]}
    cut = _cut(diagram, kept, lambda _arrow: True)
    ranked = sorted(range(len(cut.arrows)), key=lambda i: (cut.arrows[i].change is None, i))
    shown = set(ranked[:arrows])
    return replace(cut, arrows=tuple(a for i, a in enumerate(cut.arrows) if i in shown))


def _cut(diagram: Diagram, kept: set[str], wanted: Callable[[Arrow], bool]) -> Diagram:
    """The boxes that are kept (a frame that an arrow ends at keeps its place), and the arrows that are wanted."""
    boxes = tuple(b for b in diagram.boxes if b.id in kept)
    used = _used_frames(diagram, {b.cluster for b in boxes} | (kept - {b.id for b in diagram.boxes}))
    drawn = {b.id for b in boxes} | used
    arrows = tuple(a for a in diagram.arrows if a.source in drawn and a.target in drawn and wanted(a))
    clusters = tuple(c for c in diagram.clusters if c.id in used)
    return replace(diagram, boxes=boxes, arrows=arrows, clusters=clusters)


def _framed(diagram: Diagram) -> Diagram:
    ends = {end for a in diagram.arrows for end in (a.source, a.target)} - {b.id for b in diagram.boxes}
    used = _used_frames(diagram, {b.cluster for b in diagram.boxes} | ends)
    return replace(diagram, clusters=tuple(c for c in diagram.clusters if c.id in used))


def _used_frames(diagram: Diagram, frames: set[str]) -> set[str]:
    parents = {c.id: c.parent for c in diagram.clusters}
    used: set[str] = set()
    for frame in frames:
        current = frame
        while current in parents and current not in used:
            used.add(current)
            current = parents[current]
    return used


def _left_out(whole: Diagram, shown: Diagram) -> list[str]:
    def things(diagram: Diagram, changed: bool) -> set[str]:
        return {i for b in diagram.boxes if (b.change is not None) == changed for i in (b.node_ids or (b.id,))}

    notes = []
    if missing := len(things(whole, True) - things(shown, True)):
        notes.append(f"{missing} more that differ are not drawn; the list has them.")
    if missing := len(things(whole, False) - things(shown, False)):
        notes.append(f"{missing} neighbours that are as they were are not drawn.")
    return notes
