"""Openings that many machines have in common: the machines stand in a frame, and the frame has the arrows.

Where a firewall of each host lets through what all let through (SSH, the monitoring) and something of its own, no two
machines have the same arrows, and nothing else bundles them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace

from archdoc.model.diagram import Arrow, ArrowStyle, Box, Cluster, Diagram
from archdoc.views.bundle import united
from archdoc.views.words import openings, plural

MANY = 16
"""Fewer arrows of openings can be read one by one."""
_LEAST = 4
"""So many boxes are worth a frame."""
_SPARED = 2
"""So many arrows fewer are worth a frame."""

Opening = tuple[str, str]
"""Where it comes from, and the port."""


def nested(diagram: Diagram) -> Diagram:
    """The drawing with frames in its frames around what has openings in common, which then are the frame's."""
    ways = [a for a in diagram.arrows if a.style is ArrowStyle.ALLOWS and a.kind == "allows" and not a.by_hand]
    if len(ways) <= MANY:
        return diagram
    boxes = {box.id: box for box in diagram.boxes}
    into: dict[str, list[Arrow]] = defaultdict(list)
    for way in ways:
        if way.target in boxes and (boxes[way.target].cluster or diagram.part_of):
            into[way.target].append(way)
    inside: dict[str, list[str]] = defaultdict(list)
    for box in diagram.boxes:
        if box.id in into and not box.by_hand:
            inside[box.cluster].append(box.id)
    nests = _Nests(boxes, into)
    for frame, members in inside.items():
        nests.part(frame, sorted(members))
    return nests.applied(diagram)


class _Nests:
    """The frames that are made, what stands in them, and which openings they have taken over from their boxes."""

    def __init__(self, boxes: dict[str, Box], into: dict[str, list[Arrow]]) -> None:
        self._boxes, self._into = boxes, into
        self._left: dict[str, set[Opening]] = {
            box: {(way.source, port) for way in ways for port in way.label.split(", ")} for box, ways in into.items()
        }
        self._frames: list[Cluster] = []
        self._cluster: dict[str, str] = {}
        self._arrows: list[Arrow] = []

    def part(self, frame: str, members: list[str]) -> None:
        """Put what has most in common into a frame, then what has most in common in that frame, and of the rest."""
        while len(members) >= _LEAST:
            group, common = self._most(members)
            if not group:
                return
            named = f"frame:open:{group[0]}:{':'.join(min(common))}"
            nouns = {self._boxes[i].noun or self._boxes[i].kind for i in group}
            noun = plural(nouns.pop().replace("_", " ")) if len(nouns) == 1 else "machines"
            self._frames.append(Cluster(named, f"{len(group)} {noun}", frame))
            self._cluster.update(dict.fromkeys(group, named))
            self._take(named, group, common)
            self.part(named, group)
            members = [i for i in members if i not in group]

    def _most(self, members: list[str]) -> tuple[list[str], set[Opening]]:
        """The boxes that share the opening that spares most arrows, and all that they share."""
        counts = Counter(opening for i in members for opening in self._left[i])
        best: tuple[int, list[str], set[Opening]] = (_SPARED - 1, [], set())
        for opening in sorted(o for o, number in counts.items() if number >= _LEAST):
            group = [i for i in members if opening in self._left[i]]
            common = set.intersection(*(self._left[i] for i in group))
            sources = {source for source, _ in common}
            spared = sum(
                {o for o in self._left[i] if o[0] == source} <= common for i in group for source in sources
            ) - len(sources)
            if spared > best[0]:
                best = (spared, group, common)
        return best[1], best[2]

    def _take(self, frame: str, group: list[str], common: set[Opening]) -> None:
        for source in sorted({source for source, _ in common}):
            ways = [way for i in group for way in self._into[i] if way.source == source]
            label = openings(port for origin, port in common if origin == source)
            self._arrows.append(replace(united(ways), target=frame, label=label))
        for i in group:
            self._left[i] -= common

    def applied(self, diagram: Diagram) -> Diagram:
        """The diagram with the frames, the arrows to them, and of the other arrows what is left."""
        if not self._frames:
            return diagram
        left = [self._rest(arrow) for arrow in diagram.arrows]
        arrows = [*self._arrows, *(arrow for arrow in left if arrow is not None)]
        return replace(
            diagram,
            clusters=(*diagram.clusters, *sorted(self._frames, key=lambda c: c.id)),
            boxes=tuple(replace(b, cluster=self._cluster.get(b.id, b.cluster)) for b in diagram.boxes),
            arrows=tuple(sorted(arrows, key=lambda a: (a.source, a.target, a.kind))),
        )

    def _rest(self, arrow: Arrow) -> Arrow | None:
        if arrow not in self._into.get(arrow.target, ()):
            return arrow
        ports = [p for p in arrow.label.split(", ") if (arrow.source, p) in self._left[arrow.target]]
        return replace(arrow, label=", ".join(ports)) if ports else None
