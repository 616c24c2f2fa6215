"""Fit: a drawing that is too large to read becomes an overview and one drawing per part.

Nothing disappears: a folded box keeps the ids of all it stands for, and an arrow of the overview the evidence
of all that it unites.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from archdoc.config import ViewConfig
from archdoc.model.diagram import Arrow, Box, Cluster, Diagram, Shape
from archdoc.model.facts import Category, Provenance, Source

SAME = 6
"""From this many boxes on, boxes of one sort with the same arrows become one box with a count."""


def fit(diagram: Diagram, options: ViewConfig, expanded: frozenset[str] = frozenset()) -> tuple[Diagram, ...]:
    """The drawing itself when it is within the budget of ``options``; else an overview, then its parts.

    ``expanded`` are ids of boxes that must stay one box each.
    """
    diagram = fold_same(diagram, SAME, expanded)
    if fits(diagram, options):
        return (diagram,)
    diagram = fold_same(diagram, 2, expanded)
    if fits(diagram, options):
        return (diagram,)
    return _split(diagram, options, expanded)


def fits(diagram: Diagram, options: ViewConfig) -> bool:
    """Whether a drawing is within the budget."""
    return len(diagram.boxes) <= options.boxes and len(diagram.arrows) <= options.arrows


def fold_same(diagram: Diagram, least: int, expanded: frozenset[str] = frozenset()) -> Diagram:
    """Unite boxes of one frame, kind, category and icon that have the same arrows, ``least`` of them or more."""
    around: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for arrow in diagram.arrows:
        around[arrow.source].append(("to", arrow.target, arrow.kind, arrow.label))
        around[arrow.target].append(("from", arrow.source, arrow.kind, arrow.label))
    groups: dict[tuple[object, ...], list[Box]] = defaultdict(list)
    for box in diagram.boxes:
        if box.id in expanded or box.by_hand:
            continue
        groups[(box.cluster, box.kind, box.category, box.icon, box.shape, tuple(sorted(around[box.id])))].append(box)
    merged = {box.id: group[0].id for group in groups.values() if len(group) >= least for box in group}
    if not merged:
        return diagram
    folded = {group[0].id: _united(group) for group in groups.values() if len(group) >= least}
    boxes = [folded.get(b.id, b) for b in diagram.boxes if b.id not in merged or b.id in folded]
    return replace(diagram, boxes=tuple(boxes), arrows=_rerouted(diagram.arrows, merged))


def _united(group: list[Box]) -> Box:
    names = [box.label[0] for box in group]
    more = tuple(dict.fromkeys(e for box in group[1:] for e in (box.source, *box.evidence)))
    return replace(
        group[0],
        label=(f"{_common_name(names)} ×{len(group)}", *_shared_lines(group)),
        node_ids=tuple(dict.fromkeys(i for box in group for i in box.node_ids)),
        evidence=tuple(dict.fromkeys((*group[0].evidence, *more))),
    )


def _common_name(names: list[str]) -> str:
    """What the names share at their beginning, else the first and the last of them."""
    first, last = min(names), max(names)
    length = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    shared = re.sub(r"[\W_\d]+$", "", first[:length])
    return shared if len(shared) >= 3 else f"{first} … {last}"


def _shared_lines(group: list[Box]) -> tuple[str, ...]:
    return tuple(line for line in group[0].label[1:] if all(line in box.label for box in group))


def _rerouted(arrows: Iterable[Arrow], moved: dict[str, str]) -> tuple[Arrow, ...]:
    united: dict[tuple[str, str, str, str], Arrow] = {}
    for arrow in arrows:
        source, target = moved.get(arrow.source, arrow.source), moved.get(arrow.target, arrow.target)
        if source == target:
            continue
        key = (source, target, arrow.kind, arrow.label)
        known = united.get(key)
        evidence = arrow.evidence if known is None else tuple(dict.fromkeys(known.evidence + arrow.evidence))
        united[key] = replace(arrow, source=source, target=target, evidence=evidence)
    return tuple(united.values())


# -- splitting --------------------------------------------------------------------------------------------------


def _split(diagram: Diagram, options: ViewConfig, expanded: frozenset[str]) -> tuple[Diagram, ...]:
    """An overview of the parts, then each part as a drawing of its own, split again where it must be."""
    part_of = _parts(diagram)
    labels = {c.id: c.label for c in diagram.clusters}
    members: dict[str, list[Box]] = defaultdict(list)
    for box in diagram.boxes:
        members[part_of[box.id]].append(box)
    if len(members) <= 1:
        return (_grouped(diagram, options),)
    names = _drawing_names(diagram.name, [p for p in members if len(members[p]) > 1], labels)
    overview = _overview(diagram, members, part_of, labels, names)
    if not fits(overview, options):
        overview = _grouped(overview, options)
    drawings = [overview]
    for part, name in names.items():
        drawings += _part(diagram, part, members[part], name, labels.get(part, part), options, expanded)
    return tuple(drawings)


def _parts(diagram: Diagram) -> dict[str, str]:
    """Which part each box belongs to: its outermost frame, or the next one in while there is only one outermost."""
    parents = {c.id: c.parent for c in diagram.clusters}

    def path(box: Box) -> list[str]:
        found, current = [], box.cluster
        while current:
            found.append(current)
            current = parents[current]
        return found[::-1]

    paths = {box.id: path(box) for box in diagram.boxes}
    depth, deepest = 0, max((len(p) for p in paths.values()), default=0)
    while depth < deepest and len({p[depth] if len(p) > depth else i for i, p in paths.items()}) == 1:
        depth += 1
    return {i: (p[min(depth, len(p) - 1)] if p and len(p) > depth else i) for i, p in paths.items()}


def _drawing_names(base: str, parts: list[str], labels: dict[str, str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for part in parts:
        slug = re.sub(r"[^a-z0-9]+", "-", labels.get(part, part).lower()).strip("-")[:40] or "part"
        name, number = f"{base}-{slug}", 2
        while name in names.values():
            name, number = f"{base}-{slug}-{number}", number + 1
        names[part] = name
    return names


def _overview(
    diagram: Diagram,
    members: dict[str, list[Box]],
    part_of: dict[str, str],
    labels: dict[str, str],
    names: dict[str, str],
) -> Diagram:
    boxes = []
    for part, inside in members.items():
        if part not in names:
            boxes.append(replace(inside[0], cluster=""))
            continue
        boxes.append(
            Box(
                id=part,
                kind="cluster",
                label=(labels.get(part, part), f"{sum(max(1, len(b.node_ids)) for b in inside)} things"),
                source=inside[0].source,
                category=_commonest(inside),
                shape=Shape.BOX,
                node_ids=tuple(dict.fromkeys(i for b in inside for i in b.node_ids)),
                evidence=tuple(dict.fromkeys(b.source for b in inside[1:])),
                link=f"#{names[part]}",
            )
        )
    inside_of = {**part_of, **{c.id: _cluster_part(c, diagram, part_of) for c in diagram.clusters}}
    alone = {part: inside[0].id for part, inside in members.items() if part not in names}
    inside_of = {thing: alone.get(part, part) for thing, part in inside_of.items()}
    arrows = _united_arrows(diagram.arrows, inside_of)
    return replace(diagram, title=f"{diagram.title}: overview", clusters=(), boxes=tuple(boxes), arrows=arrows)


def _cluster_part(cluster: Cluster, diagram: Diagram, part_of: dict[str, str]) -> str:
    """The part that a frame lies in: that of any box in it."""
    parents = {c.id: c.parent for c in diagram.clusters}
    for box in diagram.boxes:
        current = box.cluster
        while current:
            if current == cluster.id:
                return part_of[box.id]
            current = parents[current]
    return cluster.id


def _united_arrows(arrows: Iterable[Arrow], moved: dict[str, str]) -> tuple[Arrow, ...]:
    """One arrow per pair of parts, with all the evidence and the number of arrows it stands for."""
    groups: dict[tuple[str, str], list[Arrow]] = defaultdict(list)
    for arrow in arrows:
        source, target = moved.get(arrow.source, arrow.source), moved.get(arrow.target, arrow.target)
        if source != target:
            groups[(source, target)].append(arrow)
    united = []
    for (source, target), group in groups.items():
        kinds = list(dict.fromkeys(a.kind for a in group))
        label = (
            group[0].label if len(group) == 1 else f"{', '.join(k.replace('_', ' ') for k in kinds[:2])} ×{len(group)}"
        )
        evidence: tuple[Source, ...] = tuple(dict.fromkeys(e for a in group for e in a.evidence))
        provenance = max((a.provenance for a in group), key=list(Provenance).index)
        united.append(
            replace(group[0], source=source, target=target, label=label, evidence=evidence, provenance=provenance)
        )
    return tuple(united)


def _part(
    diagram: Diagram, part: str, inside: list[Box], name: str, label: str, options: ViewConfig, expanded: frozenset[str]
) -> tuple[Diagram, ...]:
    parents = {c.id: c.parent for c in diagram.clusters}
    kept: set[str] = set()
    for box in inside:
        current = box.cluster
        while current and current != part:
            kept.add(current)
            current = parents[current]
    clusters = tuple(
        replace(c, parent="" if c.parent == part else c.parent)
        for c in diagram.clusters
        if c.id in kept and c.id != part
    )
    clusters = tuple(replace(c, parent=c.parent if c.parent in kept else "") for c in clusters)
    boxes = tuple(replace(b, cluster=b.cluster if b.cluster in kept else "") for b in inside)
    drawn = {b.id for b in boxes} | {c.id for c in clusters}
    arrows = tuple(a for a in diagram.arrows if a.source in drawn and a.target in drawn)
    own = replace(
        diagram,
        name=name,
        title=f"{diagram.title.split(':')[0]}: {label}",
        clusters=clusters,
        boxes=boxes,
        arrows=arrows,
        notes=(),
    )
    return (own,) if fits(own, options) else _split(own, options, expanded)


def _grouped(diagram: Diagram, options: ViewConfig) -> Diagram:
    """Where frames do not help: boxes of one kind and category in one frame become one box with a count, the
    largest groups first, until the drawing fits; then, if arrows are still too many, one arrow per pair."""
    arrows = _united_arrows(diagram.arrows, {})
    diagram = replace(diagram, arrows=arrows)
    while not fits(diagram, options):
        groups: dict[tuple[str, str, str, str], list[Box]] = defaultdict(list)
        for box in diagram.boxes:
            groups[(box.cluster, box.kind, box.category, box.icon)].append(box)
        largest = max(groups.values(), key=len)
        if len(largest) < 2:
            coarser: dict[str, list[Box]] = defaultdict(list)
            for box in diagram.boxes:
                coarser[box.category].append(replace(box, cluster=""))
            largest = max(coarser.values(), key=len)
            if len(largest) < 2:
                return diagram
        moved = {box.id: largest[0].id for box in largest}
        one = _united(largest)
        boxes = tuple(one if b.id == one.id else b for b in diagram.boxes if b.id not in moved or b.id == one.id)
        used = {b.cluster for b in boxes}
        diagram = replace(diagram, boxes=boxes, arrows=_united_arrows(diagram.arrows, moved))
        diagram = replace(diagram, clusters=_with_parents(diagram.clusters, used))
    return diagram


def _with_parents(clusters: tuple[Cluster, ...], used: set[str]) -> tuple[Cluster, ...]:
    parents = {c.id: c.parent for c in clusters}
    kept: set[str] = set()
    for start in used:
        current = start
        while current:
            kept.add(current)
            current = parents[current]
    return tuple(c for c in clusters if c.id in kept)


def _commonest(boxes: list[Box]) -> Category:
    counts: dict[Category, int] = defaultdict(int)
    for box in boxes:
        counts[box.category] += 1
    return max(counts, key=lambda c: (counts[c], str(c)))
