"""What the configuration may do to a drawing: hide, rename, group, annotate, and declare by hand."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase

from archdoc.config import FILE_NAME, HandDrawn, ViewConfig
from archdoc.model.diagram import Arrow, Box, Cluster, Diagram
from archdoc.model.facts import Category, Provenance, Source

_HERE = Source(FILE_NAME, 1)


def apply(diagram: Diagram, options: ViewConfig) -> Diagram:
    """The drawing as the configuration wants it. A hidden box is said in the notes, never dropped in silence."""
    if not options.enabled:
        return replace(diagram, boxes=(), arrows=(), clusters=(), notes=("This view is switched off in archdoc.toml.",))
    diagram = _hide(diagram, options)
    boxes = tuple(_named(box, options) for box in diagram.boxes)
    diagram = _group(replace(diagram, boxes=boxes), options)
    return _declare(diagram, options.declare)


def expanded(diagram: Diagram, options: ViewConfig) -> frozenset[str]:
    """The ids of the boxes that must stay one box each."""
    return frozenset(b.id for b in diagram.boxes if _matches(b, (*options.keep, *options.expand)))


def _hide(diagram: Diagram, options: ViewConfig) -> Diagram:
    hidden = {b.id for b in diagram.boxes if _matches(b, options.hide) and not _matches(b, options.keep)}
    if not hidden:
        return diagram
    boxes = tuple(b for b in diagram.boxes if b.id not in hidden)
    used, parents = {b.cluster for b in boxes}, {c.id: c.parent for c in diagram.clusters}
    for cluster in list(used):
        current = cluster
        while current := parents.get(current, ""):
            used.add(current)
    clusters = tuple(c for c in diagram.clusters if c.id in used)
    drawn = {*(b.id for b in boxes), *(c.id for c in clusters)}
    arrows = tuple(a for a in diagram.arrows if a.source in drawn and a.target in drawn)
    note = f"{len(hidden)} boxes are hidden by archdoc.toml (views.{diagram.view}.hide)."
    return replace(diagram, boxes=boxes, clusters=clusters, arrows=arrows, notes=(*diagram.notes, note))


def _named(box: Box, options: ViewConfig) -> Box:
    for pattern, name in options.rename.items():
        if _matches(box, (pattern,)):
            box = replace(box, label=(name, *box.label[1:]))
    for pattern, text in options.annotate.items():
        if _matches(box, (pattern,)):
            box = replace(box, label=(*box.label, text))
    return box


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
    return replace(diagram, clusters=tuple(clusters), boxes=tuple(boxes))


def _declare(diagram: Diagram, declared: tuple[HandDrawn, ...]) -> Diagram:
    boxes, arrows = list(diagram.boxes), list(diagram.arrows)
    known = {b.id for b in boxes}
    for item in declared:
        if item.id and item.id not in known:
            category = Category(item.category) if item.category in set(Category) else Category.OTHER
            label = (item.label or item.id, "declared by hand")
            boxes.append(Box(item.id, "declared", label, _HERE, category, by_hand=True))
            known.add(item.id)
    for item in declared:
        origin, target = (_resolve(item.source, boxes), _resolve(item.target, boxes))
        if item.source and item.target and origin and target:
            words = ", ".join(filter(None, (item.label if not item.id else "", "declared by hand")))
            arrows.append(
                Arrow(origin, target, "declared", (_HERE,), words, provenance=Provenance.DECLARED, by_hand=True)
            )
    return replace(diagram, boxes=tuple(boxes), arrows=tuple(arrows))


def _resolve(name: str, boxes: list[Box]) -> str:
    return next((b.id for b in boxes if name in (b.id, *b.node_ids, b.label[0])), "")


def _matches(box: Box, patterns: tuple[str, ...]) -> bool:
    names = (box.id, box.kind, box.label[0], *box.node_ids)
    return any(fnmatchcase(name, pattern) for pattern in patterns for name in names)
