"""Arrows that say the same: what leads to everything in a frame leads to the frame."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from archdoc.model.diagram import Arrow, ArrowStyle, Box, Cluster, Diagram
from archdoc.model.facts import Category, Provenance
from archdoc.views.words import plural

_GATHERED = 5
"""So many things of one sort are worth a frame."""
_MACHINE = "server"
_LEAST = 3
"""So many arrows are worth one to the frame."""


def bundled(diagram: Diagram) -> Diagram:
    """One arrow to (or from) a frame in the place of arrows of one meaning to (or from) every box in it."""
    inside = _inside(diagram)
    arrows = list(diagram.arrows)
    for frame in sorted((f for f in inside if len(inside[f]) >= _LEAST), key=lambda f: (-len(inside[f]), f)):
        arrows = _outward(_inward(_parted(arrows, frame, inside), frame, inside), frame, inside)
    for frame in sorted(inside, key=lambda f: (-len(inside[f]), f)):
        arrows = _to_every(arrows, frame, inside, {b.id for b in diagram.boxes if b.noun == _MACHINE})
    return replace(diagram, arrows=tuple(arrows)) if len(arrows) < len(diagram.arrows) else diagram


def gathered(diagram: Diagram) -> Diagram:
    """Things of one sort with the same arrows in a frame of their own, which then has these arrows.

    No name is lost. In a network everything stays where it is: its frame says where a machine is.
    """
    networks = {c.id for c in diagram.clusters if c.category is Category.NETWORK}
    around: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for arrow in diagram.arrows:
        around[arrow.source].add(("to", arrow.target, arrow.kind, arrow.label))
        around[arrow.target].add(("from", arrow.source, arrow.kind, arrow.label))
    alike: dict[tuple[object, ...], list[Box]] = defaultdict(list)
    for box in diagram.boxes:
        if around[box.id] and box.cluster not in networks and not box.by_hand:
            alike[(box.cluster, box.noun or box.kind, tuple(sorted(around[box.id])))].append(box)
    frames, inside = list(diagram.clusters), {}
    beside = Counter(box.cluster for box in diagram.boxes)
    for (cluster, noun, _), group in alike.items():
        if len(group) >= _GATHERED and len(group) < beside[str(cluster)]:
            label = f"{len(group)} {plural(str(noun).replace('_', ' '))}"
            frame = Cluster(f"frame:alike:{group[0].id}", label, str(cluster))
            frames.append(frame)
            inside.update({box.id: frame.id for box in group})
    if not inside:
        return diagram
    boxes = tuple(replace(b, cluster=inside.get(b.id, b.cluster)) for b in diagram.boxes)
    return bundled(replace(diagram, clusters=tuple(frames), boxes=boxes))


def _inward(arrows: list[Arrow], frame: str, inside: Mapping[str, set[str]]) -> list[Arrow]:
    groups: dict[tuple[object, ...], list[Arrow]] = defaultdict(list)
    for arrow in arrows:
        if arrow.target in inside[frame] and _is_outside(arrow.source, frame, inside) and not arrow.by_hand:
            groups[(arrow.source, arrow.kind, arrow.label, arrow.style)].append(arrow)
    whole = [group for group in groups.values() if {a.target for a in group} == inside[frame]]
    return _replaced(arrows, [(group, replace(united(group), target=frame)) for group in whole])


def _to_every(arrows: list[Arrow], frame: str, inside: Mapping[str, set[str]], machines: set[str]) -> list[Arrow]:
    """The arrows with one to a frame where an opening leads to every machine in it and to nothing else there: the
    label says so, for a load balancer beside them has openings of its own."""
    there = inside[frame] & machines
    if len(there) < _GATHERED or there == inside[frame]:
        return arrows
    groups: dict[tuple[object, ...], list[Arrow]] = defaultdict(list)
    for arrow in arrows:
        if arrow.style is ArrowStyle.ALLOWS and arrow.target in there and _is_outside(arrow.source, frame, inside):
            groups[(arrow.source, arrow.kind, arrow.label, arrow.by_hand)].append(arrow)
    whole = [g for g in groups.values() if {a.target for a in g} == there and g[0].label and not g[0].by_hand]
    said = [replace(united(g), target=frame, label=f"{g[0].label} to every {_MACHINE}") for g in whole]
    return _replaced(arrows, list(zip(whole, said, strict=True)))


def _parted(arrows: list[Arrow], frame: str, inside: Mapping[str, set[str]]) -> list[Arrow]:
    """The arrows, with those of openings to everything in a frame parted into what all let through and what only
    some do, so that the former can be one."""
    groups: dict[str, list[Arrow]] = defaultdict(list)
    for arrow in arrows:
        if arrow.style is ArrowStyle.ALLOWS and arrow.target in inside[frame] and not arrow.by_hand:
            groups[arrow.source].append(arrow)
    parts: dict[int, list[Arrow]] = {}
    for source, group in groups.items():
        ports = [a.label.split(", ") for a in group]
        common = [port for port in ports[0] if all(port in more for more in ports)]
        differ = len({a.label for a in group}) > 1
        if common and differ and {a.target for a in group} == inside[frame] and _is_outside(source, frame, inside):
            for arrow, own in zip(group, ports, strict=True):
                rest = ", ".join(port for port in own if port not in common)
                both = [replace(arrow, label=", ".join(common)), replace(arrow, label=rest)]
                parts[id(arrow)] = both if rest else both[:1]
    return [part for arrow in arrows for part in parts.get(id(arrow), [arrow])]


def _outward(arrows: list[Arrow], frame: str, inside: Mapping[str, set[str]]) -> list[Arrow]:
    groups: dict[tuple[object, ...], list[Arrow]] = defaultdict(list)
    for arrow in arrows:
        if arrow.source in inside[frame] and _is_outside(arrow.target, frame, inside) and not arrow.by_hand:
            groups[(arrow.target, arrow.kind, arrow.label, arrow.style)].append(arrow)
    whole = [group for group in groups.values() if {a.source for a in group} == inside[frame]]
    return _replaced(arrows, [(group, replace(united(group), source=frame)) for group in whole])


def _is_outside(thing: str, frame: str, inside: Mapping[str, set[str]]) -> bool:
    """Whether a box or frame is neither in a frame nor around it."""
    if thing in inside:
        return not inside[thing] & inside[frame]
    return thing not in inside[frame]


def _replaced(arrows: list[Arrow], bundles: list[tuple[list[Arrow], Arrow]]) -> list[Arrow]:
    """The arrows with each bundle's one in the place of the first of its many."""
    if not bundles:
        return arrows
    ones = {id(group[0]): one for group, one in bundles}
    gone = {id(arrow) for group, _ in bundles for arrow in group}
    return [ones.get(id(arrow), arrow) for arrow in arrows if id(arrow) in ones or id(arrow) not in gone]


def _inside(diagram: Diagram) -> dict[str, set[str]]:
    """The ids of all boxes in each frame, however deep."""
    parents = {c.id: c.parent for c in diagram.clusters}
    found: dict[str, set[str]] = {c.id: set() for c in diagram.clusters}
    for box in diagram.boxes:
        current = box.cluster
        while current:
            found[current].add(box.id)
            current = parents[current]
    return found


def frames_around(frame: str, diagram: Diagram) -> list[str]:
    """A frame and all frames around it."""
    parents = {c.id: c.parent for c in diagram.clusters}
    found = []
    while frame:
        found.append(frame)
        frame = parents[frame]
    return found


def united(group: list[Arrow]) -> Arrow:
    """The first of several arrows, with the evidence of all and the weakest provenance."""
    evidence = tuple(dict.fromkeys(e for a in group for e in a.evidence))
    return replace(
        group[0], evidence=evidence, provenance=max((a.provenance for a in group), key=list(Provenance).index)
    )


def rerouted(arrows: Iterable[Arrow], moved: Mapping[str, str]) -> tuple[Arrow, ...]:
    """The arrows with their ends moved; those that say the same between the same ends become one."""
    groups: dict[tuple[object, ...], list[Arrow]] = defaultdict(list)
    for arrow in arrows:
        source, target = moved.get(arrow.source, arrow.source), moved.get(arrow.target, arrow.target)
        if source != target:
            key = (source, target, arrow.kind, arrow.label, arrow.by_hand)
            groups[key].append(replace(arrow, source=source, target=target))
    return tuple(united(group) for group in groups.values())


def one_per_pair(arrows: Iterable[Arrow], moved: Mapping[str, str], numbers: Mapping[str, int]) -> tuple[Arrow, ...]:
    """One arrow between any two ends, with all the evidence, and a label that says how many it stands for.

    ``numbers`` says how many things each box stands for: an arrow at a box of six is six.
    """
    groups: dict[tuple[str, str], list[Arrow]] = defaultdict(list)
    for arrow in arrows:
        source, target = moved.get(arrow.source, arrow.source), moved.get(arrow.target, arrow.target)
        if source != target:
            groups[(source, target)].append(arrow)
    return tuple(
        replace(united(group), source=source, target=target, label=_said(group, numbers))
        for (source, target), group in groups.items()
    )


def _said(group: list[Arrow], numbers: Mapping[str, int]) -> str:
    if len({a.label for a in group}) == 1 and group[0].label:
        return group[0].label
    kinds = list(dict.fromkeys(a.kind.replace("_", " ") for a in group))
    number = sum(numbers.get(a.source, 1) * numbers.get(a.target, 1) for a in group)
    return group[0].label if len(group) == 1 else f"{', '.join(kinds[:2])} ×{number}"
