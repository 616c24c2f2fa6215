"""Fit: a drawing that is too large to read is folded, grouped, and in the end split.

Nothing disappears: a folded box keeps the ids of all it stands for, and an arrow that stands for several the
evidence of all of them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable
from dataclasses import replace

from archdoc.config import ViewConfig
from archdoc.model.diagram import Arrow, Box, Diagram
from archdoc.views.bundle import bundled, frames_around, gathered, rerouted
from archdoc.views.nest import nested
from archdoc.views.split import split
from archdoc.views.tidy import tidy
from archdoc.views.words import first_of, number_of, plural

CALM = 70
"""With more arrows than this, a drawing within its budget is folded further if that helps."""
SAME = 6
"""From this many on, instances of one thing with the same arrows are one box with a count."""


def fit(diagram: Diagram, options: ViewConfig, expanded: frozenset[str] = frozenset()) -> tuple[Diagram, ...]:
    """The drawing itself when it is within the budget of ``options``; else an overview, then its parts.

    Tried in this order, until it fits: many instances of one thing fold into one box with a count; any two do; what
    only serves another thing folds into it; things of one sort with the same arrows become one box that says what
    they are; each frame becomes a drawing of its own behind an overview. ``expanded`` are ids of boxes that must stay
    one box each.
    """
    folded, fitting = diagram, None
    for fold in (fold_many, fold_any, fold_plumbing, group_alike):
        folded = nested(bundled(fold(folded, expanded)))
        if fits(folded, options):
            fitting = fitting or folded
            if len(folded.arrows) <= CALM:
                return (tidy(gathered(folded)),)
    if fitting is not None:
        return (tidy(gathered(fitting)),)
    drawings = split(bundled(fold_many(diagram, expanded)), options, lambda part: fit(part, options, expanded))
    return tuple(tidy(drawing) for drawing in drawings)


def fits(diagram: Diagram, options: ViewConfig) -> bool:
    """Whether a drawing is within the budget."""
    return len(diagram.boxes) <= options.boxes and len(diagram.arrows) <= options.arrows


def fold_same(diagram: Diagram, least: int, expanded: frozenset[str] = frozenset()) -> Diagram:
    """Unite the instances of one thing that stand in one frame with the same arrows, ``least`` of them or more."""
    return _merged(diagram, least, expanded, lambda box: box.alike or _stem(box.label[0]), _instances)


def fold_many(diagram: Diagram, expanded: frozenset[str]) -> Diagram:
    """Fold where there are many instances."""
    return fold_same(diagram, SAME, expanded)


def fold_any(diagram: Diagram, expanded: frozenset[str]) -> Diagram:
    """Fold any two instances."""
    return fold_same(diagram, 2, expanded)


def fold_plumbing(diagram: Diagram, expanded: frozenset[str] = frozenset()) -> Diagram:
    """Unite what only serves another box with that box, which says so: "with 3 bucket policies"."""
    boxes = {box.id: box for box in diagram.boxes}
    moved = {}
    for box in diagram.boxes:
        if box.id not in expanded and box.serves in boxes and not box.by_hand:
            end, seen = box.serves, {box.id}
            while end not in seen and boxes[end].serves in boxes and end not in expanded:
                seen.add(end)
                end = boxes[end].serves
            if end not in seen:
                moved[box.id] = end
    if not moved:
        return diagram
    served: dict[str, list[Box]] = defaultdict(list)
    for box_id, end in moved.items():
        served[end].append(boxes[box_id])
    kept = tuple(
        _with(box, served[box.id]) if box.id in served else box for box in boxes.values() if box.id not in moved
    )
    used = {f for box in kept for f in frames_around(box.cluster, diagram)}
    clusters = tuple(c for c in diagram.clusters if c.id in used)
    drawn = {*(b.id for b in kept), *used}
    straight = _without_turns(diagram.arrows, moved)
    arrows = tuple(a for a in rerouted(straight, moved) if a.source in drawn and a.target in drawn)
    return replace(diagram, clusters=clusters, boxes=kept, arrows=arrows)


def _without_turns(arrows: tuple[Arrow, ...], moved: dict[str, str]) -> tuple[Arrow, ...]:
    """Without the arrows of folded boxes that would lead back along an arrow of the boxes themselves: an association
    needs the subnet, and the network that it is folded into does not."""
    own = {(a.source, a.target) for a in arrows if a.source not in moved and a.target not in moved}
    return tuple(
        a
        for a in arrows
        if (a.source not in moved and a.target not in moved)
        or (moved.get(a.target, a.target), moved.get(a.source, a.source)) not in own
    )


def _with(box: Box, plumbing: list[Box]) -> Box:
    counts: dict[str, int] = defaultdict(int)
    for one in plumbing:
        counts[one.noun or one.kind.replace("_", " ")] += number_of(one)
    words = [noun if number == 1 else f"{number} {plural(noun)}" for noun, number in sorted(counts.items())]
    united = _united([box, *plumbing], (*box.label, f"with {first_of(words)}"))
    return replace(united, serves=box.serves)


def group_alike(diagram: Diagram, expanded: frozenset[str] = frozenset()) -> Diagram:
    """Unite unlike things of one sort that stand in one frame with the same arrows: "9 DNS records"."""
    return _merged(diagram, 3, expanded, lambda box: box.noun or box.kind, _sort_of)


def _merged(
    diagram: Diagram,
    least: int,
    expanded: frozenset[str],
    sameness: Callable[[Box], Hashable],
    label: Callable[[list[Box]], tuple[str, ...]],
) -> Diagram:
    around: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for arrow in diagram.arrows:
        around[arrow.source].append(("to", arrow.target, arrow.kind, arrow.label))
        around[arrow.target].append(("from", arrow.source, arrow.kind, arrow.label))
    groups: dict[Hashable, list[Box]] = defaultdict(list)
    for box in diagram.boxes:
        if box.id not in expanded and not box.by_hand and not box.link:
            arrows = tuple(sorted(around[box.id]))
            groups[(box.cluster, box.kind, box.category, box.icon, box.shape, sameness(box), arrows)].append(box)
    chosen = [group for group in groups.values() if len(group) >= least]
    if not chosen:
        return diagram
    moved = {box.id: group[0].id for group in chosen for box in group}
    united = {group[0].id: _united(group, label(group)) for group in chosen}
    boxes = tuple(united.get(b.id, b) for b in diagram.boxes if b.id not in moved or b.id in united)
    return replace(diagram, boxes=boxes, arrows=rerouted(diagram.arrows, moved))


def _united(group: list[Box], label: tuple[str, ...]) -> Box:
    more = tuple(dict.fromkeys(e for box in group[1:] for e in (box.source, *box.evidence)))
    return replace(
        group[0],
        label=label,
        node_ids=tuple(dict.fromkeys(i for box in group for i in box.node_ids)),
        evidence=tuple(dict.fromkeys((*group[0].evidence, *more))),
    )


def _instances(group: list[Box]) -> tuple[str, ...]:
    shared = [line for line in group[0].label[1:] if all(line in box.label[1:] for box in group)]
    return (f"{_common_name([box.label[0] for box in group])} ×{_count(group)}", *shared)


def _count(group: list[Box]) -> int:
    """How many instances there are, those that were folded before counted one by one."""
    return sum(number_of(box) for box in group)


def _sort_of(group: list[Box]) -> tuple[str, ...]:
    """How many of what sort, and the first names, each with its number where there are several; those that are left
    add up to the whole."""
    counts: dict[str, int] = defaultdict(int)
    for box in group:
        counts[re.sub(r" ×\d+$", "", box.label[0])] += number_of(box)
    shown = list(counts.items())[:_NAMES]
    names = ", ".join(name if number == 1 else f"{name} ×{number}" for name, number in shown)
    left = _count(group) - sum(number for _, number in shown)
    noun = plural(group[0].noun or group[0].kind.replace("_", " "))
    return (f"{_count(group)} {noun}", f"{names} +{left}" if left else names)


_NAMES = 3


def _stem(name: str) -> str:
    return re.sub(r"\d+", "#", name)


def _common_name(names: list[str]) -> str:
    """What the names of instances share: all of it, their beginning, else what is left without their numbers."""
    names = [re.sub(r" ×\d+$", "", name) for name in names]
    first, last = min(names), max(names)
    if first == last:
        return first
    length = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    shared = re.sub(r"[\W_\d]+$", "", first[:length])
    if shared.count("[") > shared.count("]"):
        shared = re.sub(r'\["?', " ", shared).strip()  # a key of which only a part is shared
    return shared or re.sub(r"[\W_\d]+", " ", first).strip() or first
