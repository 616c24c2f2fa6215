"""What the configuration may do to a drawing: hide, rename, group, annotate, and declare by hand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from fnmatch import fnmatchcase

from archdoc.config import FILE_NAME, HandDrawn, ViewConfig
from archdoc.model.diagram import Arrow, Box, Cluster, Diagram
from archdoc.model.facts import Category, Node, Provenance, Source
from archdoc.views.bundle import frames_around
from archdoc.views.words import first_of

_HERE = Source(FILE_NAME, 1)
_NAMED = 12
"""So many hidden boxes are named in a note."""


def apply(diagram: Diagram, options: ViewConfig) -> Diagram:
    """The drawing as the configuration wants it. What is hidden, and what an option does not find, is in the notes."""
    if not options.enabled:
        return replace(diagram, boxes=(), arrows=(), clusters=(), notes=("This view is switched off in archdoc.toml.",))
    lost = _unmatched(diagram, options)
    diagram = _hide(diagram, options)
    boxes = tuple(_named(box, options) for box in diagram.boxes)
    diagram = _group(replace(diagram, boxes=boxes), options)
    diagram = _declare(diagram, options.declare)
    return replace(diagram, notes=(*diagram.notes, *lost)) if lost else diagram


def expanded(diagram: Diagram, options: ViewConfig) -> frozenset[str]:
    """The ids of the boxes that must stay one box each."""
    return frozenset(b.id for b in diagram.boxes if _matches(b, (*options.keep, *options.expand)))


def is_expanded(node: Node, options: ViewConfig) -> bool:
    """Whether an instance is to have a box of its own."""
    return _any(options.expand, (*_names_of(node.id), node.name, node.type, node.kind))


def _unmatched(diagram: Diagram, options: ViewConfig) -> tuple[str, ...]:
    """A sentence for each pattern that means nothing in the drawing: a typing error, or something that is gone."""
    asked = {key: getattr(options, key) for key in ("hide", "keep", "expand", "rename", "group", "annotate")}
    return tuple(
        f"archdoc.toml: views.{diagram.view}.{key}: nothing here is called {pattern!r}."
        for key, patterns in asked.items()
        for pattern in patterns
        if not any(_matches(box, (pattern,)) for box in diagram.boxes)
    )


def _hide(diagram: Diagram, options: ViewConfig) -> Diagram:
    hidden = [b for b in diagram.boxes if _matches(b, options.hide) and not _matches(b, options.keep)]
    if not hidden:
        return diagram
    gone = {b.id for b in hidden}
    boxes = tuple(b for b in diagram.boxes if b.id not in gone)
    used = {frame for b in boxes for frame in frames_around(b.cluster, diagram)}
    clusters = tuple(c for c in diagram.clusters if c.id in used)
    drawn = {*(b.id for b in boxes), *used}
    arrows = tuple(a for a in diagram.arrows if a.source in drawn and a.target in drawn)
    names = first_of((b.label[0] for b in hidden), _NAMED)
    note = f"Hidden by archdoc.toml (views.{diagram.view}.hide): {names}."
    return replace(diagram, boxes=boxes, clusters=clusters, arrows=arrows, notes=(*diagram.notes, note))


def _named(box: Box, options: ViewConfig) -> Box:
    """The box under its new name; patterns speak of the name that it had."""
    renamed = box
    for pattern, name in options.rename.items():
        if _matches(box, (pattern,)):
            renamed = replace(renamed, label=(name, *box.label[1:]))
    for pattern, text in options.annotate.items():
        if _matches(box, (pattern,)):
            renamed = replace(renamed, label=(*renamed.label, text))
    return renamed


def _group(diagram: Diagram, options: ViewConfig) -> Diagram:
    clusters = list(diagram.clusters)
    boxes = list(diagram.boxes)
    for pattern, label in options.group.items():
        frame = f"frame:config:{label}"
        moved = [i for i, box in enumerate(boxes) if _matches(box, (pattern,))]
        if moved and all(c.id != frame for c in clusters):
            clusters.append(Cluster(frame, label))
        for i in moved:
            boxes[i] = replace(boxes[i], cluster=frame)
    whole = replace(diagram, clusters=tuple(clusters), boxes=tuple(boxes))
    used = {frame for box in boxes for frame in frames_around(box.cluster, whole)}
    drawn = {*(b.id for b in boxes), *used}
    arrows = tuple(a for a in diagram.arrows if a.source in drawn and a.target in drawn)
    return replace(whole, clusters=tuple(c for c in clusters if c.id in used), arrows=arrows)


# -- declared by hand -------------------------------------------------------------------------------------------


def _declare(diagram: Diagram, declared: tuple[HandDrawn, ...]) -> Diagram:
    for item in declared:
        if item.id:
            diagram = _with_box(diagram, item)
    for item in declared:
        if item.source:
            diagram = _with_arrow(diagram, item)
    return diagram


def _with_box(diagram: Diagram, item: HandDrawn) -> Diagram:
    if any(b.id == item.id for b in diagram.boxes):
        note = f"archdoc.toml declares {item.id!r}, which the code has by now; the code's box is drawn."
        return replace(diagram, notes=(*diagram.notes, note))
    frame = next((c.id for c in diagram.clusters if item.cluster and item.cluster == c.label), "")
    clusters = diagram.clusters
    if item.cluster and not frame:
        frame = f"frame:config:{item.cluster}"
        clusters = (*clusters, Cluster(frame, item.cluster))
    label = (item.label or item.id, "declared by hand")
    box = Box(item.id, "declared", label, _HERE, Category(item.category), frame, by_hand=True)
    return replace(diagram, clusters=clusters, boxes=(*diagram.boxes, box))


def _with_arrow(diagram: Diagram, item: HandDrawn) -> Diagram:
    ends = [_resolve(name, diagram) for name in (item.source, item.target)]
    lost = [name for name, end in zip((item.source, item.target), ends, strict=True) if not end]
    if lost or ends[0] == ends[1]:
        words = f"{item.source!r} to {item.target!r}"
        why = f"nothing here is called {lost[0]!r}" if lost else "both are one box"
        note = f"The arrow from {words} that archdoc.toml declares is not drawn: {why}."
        return replace(diagram, notes=(*diagram.notes, note))
    words = ", ".join(filter(None, (item.label if not item.id else "", "declared by hand")))
    arrow = Arrow(ends[0], ends[1], "declared", (_HERE,), words, provenance=Provenance.DECLARED, by_hand=True)
    return replace(diagram, arrows=(*diagram.arrows, arrow))


def _resolve(name: str, diagram: Diagram) -> str:
    """The box, else the frame, of an id, address or label."""
    for box in diagram.boxes:
        if name in (box.id, box.label[0], *(n for i in box.node_ids for n in _names_of(i))):
            return box.id
    return next((c.id for c in diagram.clusters if name in (c.id, c.label)), "")


# -- patterns ---------------------------------------------------------------------------------------------------


def _matches(box: Box, patterns: Iterable[str]) -> bool:
    patterns = tuple(patterns)
    if not patterns:
        return False
    ids = dict.fromkeys((box.id, *box.node_ids))
    return _any(patterns, (box.kind, box.label[0], *(name for i in ids for name in _names_of(i))))


def _any(patterns: Iterable[str], names: Iterable[str]) -> bool:
    found = list(names)
    # a key in brackets is text to people and a set of letters to a glob
    return any(name == pattern or fnmatchcase(name, pattern) for pattern in patterns for name in found)


def _names_of(node_id: str) -> tuple[str, ...]:
    """An id, its address, the address inside its module, the type and the last name in it."""
    parts = node_id.split(":", 2)
    address = parts[2] if len(parts) > 2 else node_id
    inside = re.sub(r'^(module\.[^.\["]+(\[[^\]]*\])?\.)+', "", address)
    return (node_id, address, inside, inside.split(".")[0], address.rsplit(":", 1)[-1])
