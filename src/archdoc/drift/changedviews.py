"""One view before and after, as one drawing in which each box and arrow says what happened to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import replace

from archdoc.model.change import Change, GraphDiff, NodeChange, ViewChange
from archdoc.model.diagram import Arrow, Box, Cluster, Diagram
from archdoc.model.facts import Edge, Json, Node
from archdoc.render.text import short_value


def marked(label: tuple[str, ...], change: Change | None) -> tuple[str, ...]:
    """A label that says what happened without colour: ``web``, ``added · hcloud_server``."""
    if change is None or not label:
        return label
    return (label[0], f"{change.value} · {label[1]}" if len(label) > 1 else change.value, *label[2:])


def short_leaves(change: NodeChange) -> tuple[str, ...]:
    """The first two attributes that changed from one short value to another: ``image: debian-12 → debian-13``."""
    short = [c for c in change.attributes if _is_short(c.before) and _is_short(c.after)]
    return tuple(f"{c.path}: {short_value(c.before, 24)} → {short_value(c.after, 24)}" for c in short[:2])


def _is_short(value: Json) -> bool:
    return not isinstance(value, list | dict) and len(str(value)) <= 40


def united(before: Diagram, after: Diagram, diff: GraphDiff) -> Diagram:
    """All boxes, frames and arrows of both."""
    differing = {c.node.id: short_leaves(c) for c in diff.nodes if c.change is Change.CHANGED}
    touched = {i for c in diff.edges for i in (c.edge.source, c.edge.target)}
    old, new = {b.id: b for b in before.boxes}, {b.id: b for b in after.boxes}
    boxes = [_box(old.get(i), new.get(i), differing, touched) for i in sorted(old.keys() | new.keys())]
    arrows_before, arrows_after = ({_key(a): a for a in d.arrows} for d in (before, after))
    keys = sorted(arrows_before.keys() | arrows_after.keys())
    arrows = [_arrow(arrows_before.get(k), arrows_after.get(k)) for k in keys]
    boxes_now = {b.id for b in boxes}
    frames: dict[str, Cluster] = {c.id: c for c in (*before.clusters, *after.clusters) if c.id not in boxes_now}
    known = boxes_now | frames.keys()
    return replace(
        after,
        boxes=tuple(replace(b, cluster=b.cluster if b.cluster in frames else "") for b in boxes),
        clusters=_rooted(frames),
        arrows=tuple(a for a in arrows if a.source in known and a.target in known),
        notes=(),
    )


def _rooted(frames: Mapping[str, Cluster]) -> tuple[Cluster, ...]:
    """Frames whose parents are there, and none of which is around itself (two drawings may nest them two ways)."""
    made = []
    for frame in frames.values():
        above, parent = {frame.id}, frame.parent
        while parent in frames and parent not in above:
            above.add(parent)
            parent = frames[parent].parent
        made.append(replace(frame, parent="") if parent else frame)
    return tuple(sorted(made, key=lambda c: c.id))


def _box(old: Box | None, new: Box | None, differing: Mapping[str, tuple[str, ...]], touched: Set[str]) -> Box:
    """A box that stands for the same things, none of them different nor related otherwise, is the same: what its label
    says beside their names (the root module they are in) tells it apart from boxes that have come."""
    if new is None:
        assert old is not None
        return _marked(old, Change.REMOVED)
    if old is None:
        return _marked(new, Change.ADDED)
    said = {differing[i] for i in new.node_ids if i in differing}
    is_as_called = old.label == new.label or touched.isdisjoint(new.node_ids)
    same = is_as_called and frozenset(old.node_ids) == frozenset(new.node_ids)
    if same and not said:
        return new
    if len(said) == 1:  # one thing, or several that changed alike
        new = replace(new, label=(*new.label, *next(iter(said))))
    return _marked(new, Change.CHANGED)


def _marked(box: Box, change: Change | None) -> Box:
    return replace(box, change=change, label=marked(box.label, change), link="")


def _arrow(old: Arrow | None, new: Arrow | None) -> Arrow:
    if new is None:
        assert old is not None
        return replace(old, change=Change.REMOVED)
    if old is None:
        return replace(new, change=Change.ADDED)
    return replace(new, change=None if old.label == new.label else Change.CHANGED)


def _key(arrow: Arrow) -> tuple[str, str, str]:
    return (arrow.source, arrow.target, arrow.kind)


def view_change(diagram: Diagram) -> ViewChange:
    """How much of a united drawing is different."""
    boxes = Counter(b.change for b in diagram.boxes if b.change)
    arrows = Counter(a.change for a in diagram.arrows if a.change)
    return ViewChange(diagram.view, _counts(boxes), _counts(arrows))


def _counts(found: Counter[Change]) -> dict[Change, int]:
    return {c: found[c] for c in Change if found[c]}


def with_views(diff: GraphDiff, drawings: Mapping[str, Diagram]) -> GraphDiff:
    """The same differences, each with the views that it stands in, and what differs of each view."""
    where = {name: _Where(diagram) for name, diagram in drawings.items()}
    nodes = (replace(c, views=tuple(n for n, w in where.items() if w.shows_node(c.node))) for c in diff.nodes)
    edges = (replace(c, views=tuple(n for n, w in where.items() if w.shows_edge(c.edge))) for c in diff.edges)
    views = (view_change(diagram) for diagram in drawings.values())
    return replace(diff, nodes=tuple(nodes), edges=tuple(edges), views=tuple(v for v in views if v))


class _Where:
    """What a united drawing shows."""

    def __init__(self, diagram: Diagram) -> None:
        self._things: dict[str, set[str]] = {}
        drawn = [(b.id, b.node_ids) for b in diagram.boxes] + [(c.id, c.node_ids) for c in diagram.clusters]
        for thing, node_ids in drawn:
            for node_id in node_ids:
                self._things.setdefault(node_id, set()).add(thing)
        self._arrows: dict[tuple[str, str], list[Arrow]] = {}
        for arrow in diagram.arrows:
            self._arrows.setdefault((arrow.source, arrow.target), []).append(arrow)

    def shows_node(self, node: Node) -> bool:
        return node.id in self._things

    def shows_edge(self, edge: Edge) -> bool:
        """Whether an arrow between boxes of its ends has its kind, or rests on the same place in the code."""
        places = set(edge.evidence)
        for source in self._things.get(edge.source, ()):
            for target in self._things.get(edge.target, ()):
                arrows = (*self._arrows.get((source, target), ()), *self._arrows.get((target, source), ()))
                if any(a.kind == edge.kind or places.intersection(a.evidence) for a in arrows):
                    return True
        return False
