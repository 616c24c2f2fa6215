"""One drawing too large to read becomes an overview of its frames and a drawing of each, with links both ways."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace

from archdoc.config import ViewConfig
from archdoc.model.diagram import Box, Cluster, Diagram, Shape
from archdoc.model.facts import Category
from archdoc.views.bundle import bundled, frames_around, one_per_pair
from archdoc.views.words import first_of, number_of, plural

ELSEWHERE = "elsewhere"
"""The kind of a box that stands for another drawing."""
_CHUNK = 40
_GATHERED = 6
"""So many parts with the same arrows stand in a frame."""
_LONGEST = 100
"""Characters of a drawing's name, which is the name of its files too."""
_NAMED = 2
"""So many sorts of things in a part are named, the commonest ones."""
_SMALL = 3
"""So few boxes without arrows are told by their names."""

Fit = Callable[[Diagram], tuple[Diagram, ...]]


def split(diagram: Diagram, options: ViewConfig, fit: Fit) -> tuple[Diagram, ...]:
    """An overview of the parts, then each part, fitted again where it must be.

    A part is an outermost frame, or a box that stands in none. A drawing without frames, or with too many of
    them, is framed first: by what its boxes are for, by directories, and in the end by the alphabet.
    """
    parts = _Parts(diagram)
    overview = _overview(parts)
    largest = max(len(inside) for inside in parts.members.values())
    if largest == 1 or len(overview.boxes) > options.boxes or len(overview.arrows) > options.arrows:
        tops = _tops(parts)
        if len(tops) > 2:
            return split(_framed(diagram, tops, options), options, fit)
        overview = _without_edge(overview)
    drawings = [overview]
    for part in parts.names:
        own = _part(parts, part, options)
        drawings += fit(own)
    return tuple(drawings)


class _Parts:
    """Which box belongs to which part, and what the parts are called."""

    def __init__(self, diagram: Diagram) -> None:
        self.diagram = diagram
        self.parents = {c.id: c.parent for c in diagram.clusters}
        self.labels = {c.id: c.label for c in diagram.clusters}
        self.of = self._part_of_boxes()
        self.numbers = {box.id: number_of(box) for box in diagram.boxes}
        self.members: dict[str, list[Box]] = defaultdict(list)
        for box in diagram.boxes:
            self.members[self.of[box.id]].append(box)
        self.names = self._names([p for p, inside in self.members.items() if len(inside) > 1 and self._is_worth(p)])
        alone = {part: inside[0].id for part, inside in self.members.items() if len(inside) == 1}
        frames = {c.id: self._part_of_frame(c) for c in diagram.clusters}
        self.ends = {thing: alone.get(part, part) for thing, part in {**self.of, **frames}.items()}
        """The part, or the one box of a part, in which a box or frame stands."""

    def _is_worth(self, part: str) -> bool:
        """Whether a part says more in a drawing of its own than its names do in the overview."""
        inside = {b.id for b in self.members[part]}
        return len(inside) > _SMALL or any(a.source in inside and a.target in inside for a in self.diagram.arrows)

    def label(self, part: str) -> str:
        return self.labels.get(part, part)

    def _path(self, frame: str) -> list[str]:
        found = []
        while frame:
            found.append(frame)
            frame = self.parents[frame]
        return found[::-1]

    def _part_of_boxes(self) -> dict[str, str]:
        """The outermost frame of each box, or the next one in while there is only one outermost."""
        paths = {box.id: self._path(box.cluster) for box in self.diagram.boxes if box.kind != ELSEWHERE}
        depth, deepest = 0, max((len(p) for p in paths.values()), default=0)
        while depth < deepest and len({p[depth] if len(p) > depth else i for i, p in paths.items()}) == 1:
            depth += 1
        found = {i: (p[depth] if len(p) > depth else i) for i, p in paths.items()}
        return {box.id: found.get(box.id, box.id) for box in self.diagram.boxes}

    def _part_of_frame(self, cluster: Cluster) -> str:
        inner = next((b for b in self.diagram.boxes if cluster.id in self._path(b.cluster)), None)
        return self.of[inner.id] if inner else cluster.id

    def _names(self, parts: list[str]) -> dict[str, str]:
        names: dict[str, str] = {}
        base = self.diagram.name
        for part in parts:
            slug = re.sub(r"[^a-z0-9]+", "-", self.label(part).lower()).strip("-")[:40].strip("-") or "part"
            name, number = _short(f"{base}-{slug}"), 2
            while name in names.values():
                name, number = _short(f"{base}-{slug}-{number}"), number + 1
            names[part] = name
        return names


def _short(name: str) -> str:
    """A name that a file can have, however deep the parts lie in one another."""
    if len(name) <= _LONGEST:
        return name
    return f"{name[: _LONGEST - 9].rstrip('-')}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _overview(parts: _Parts) -> Diagram:
    diagram = parts.diagram
    boxes = []
    for part, inside in parts.members.items():
        boxes.append(_part_box(parts, part, inside) if len(inside) > 1 else _alone(parts, part, inside[0]))
    arrows = one_per_pair(diagram.arrows, parts.ends, parts.numbers)
    title = diagram.title if "overview" in diagram.title.lower() else f"{diagram.title}: overview"
    return _gathered(replace(diagram, title=title, clusters=(), boxes=tuple(boxes), arrows=arrows))


def _gathered(overview: Diagram) -> Diagram:
    """Parts with the same arrows stand in one frame, which then has these arrows: forty modules need not forty."""
    around: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    for arrow in overview.arrows:
        around[arrow.source].add(("to", arrow.target, arrow.kind))
        around[arrow.target].add(("from", arrow.source, arrow.kind))
    alike: dict[tuple[tuple[str, str, str], ...], list[Box]] = defaultdict(list)
    for box in overview.boxes:
        if box.kind == "cluster" and around[box.id]:
            alike[tuple(sorted(around[box.id]))].append(box)
    frames: list[Cluster] = []
    inside: dict[str, str] = {}
    for group in (g for g in alike.values() if len(g) >= _GATHERED):
        frame = Cluster(f"frame:alike:{group[0].id}", f"{len(group)} parts with the same arrows")
        frames.append(frame)
        inside.update({box.id: frame.id for box in group})
    if not frames:
        return overview
    boxes = tuple(replace(box, cluster=inside.get(box.id, "")) for box in overview.boxes)
    arrows = tuple(replace(a, label="") if a.source in inside or a.target in inside else a for a in overview.arrows)
    return bundled(replace(overview, clusters=tuple(frames), boxes=boxes, arrows=arrows))


def _alone(parts: _Parts, part: str, box: Box) -> Box:
    """The one box of a part, with the frame that it stands in as a line of its label."""
    return replace(box, cluster="", label=(*box.label, *((parts.labels[part],) if part in parts.labels else ())))


def _part_box(parts: _Parts, part: str, inside: list[Box]) -> Box:
    ids = tuple(dict.fromkeys(i for b in inside for i in b.node_ids))
    return Box(
        id=part,
        kind="cluster",
        label=(parts.label(part), _contents(inside) if part in parts.names else first_of(b.label[0] for b in inside)),
        source=inside[0].source,
        category=_commonest(inside),
        node_ids=ids,
        evidence=tuple(dict.fromkeys(b.source for b in inside[1:])),
        link=f"#{parts.names[part]}" if part in parts.names else "",
    )


def _contents(inside: list[Box]) -> str:
    real = [box for box in inside if box.kind != ELSEWHERE]
    counts: dict[str, int] = defaultdict(int)
    for box in real:
        counts[box.noun or box.kind.replace("_", " ")] += number_of(box)
    if len(counts) == 1 and len(real) > 1:
        noun, number = next(iter(counts.items()))
        return f"{number} × {noun}"
    serving = {box.noun for box in real if box.serves}
    most = sorted(counts, key=lambda noun: (noun in serving, -counts[noun], noun))[:_NAMED]
    rest = sum(counts.values()) - sum(counts[noun] for noun in most)
    named = ", ".join(f"{counts[noun]} {plural(noun) if counts[noun] > 1 else noun}" for noun in most)
    return f"{named} +{rest}" if rest else named


def _part(parts: _Parts, part: str, options: ViewConfig) -> Diagram:
    """A part as a drawing, with the other parts that its arrows lead to as boxes at its edge."""
    diagram, inside = parts.diagram, parts.members[part]
    kept = {frame for box in inside for frame in parts._path(box.cluster)} - set(parts._path(part))
    clusters = tuple(replace(c, parent=c.parent if c.parent in kept else "") for c in diagram.clusters if c.id in kept)
    boxes = tuple(replace(b, cluster=b.cluster if b.cluster in kept else "") for b in inside)
    drawn = {b.id for b in boxes} | kept
    own = tuple(a for a in diagram.arrows if a.source in drawn and a.target in drawn)
    title = f"{diagram.title}: {parts.label(part)}" if not diagram.part_of else f"{diagram.title} / {parts.label(part)}"
    alone = replace(
        diagram,
        name=parts.names[part],
        part_of=diagram.name,
        title=title,
        clusters=clusters,
        boxes=boxes,
        arrows=own,
        notes=(),
    )
    crossing = [a for a in diagram.arrows if (a.source in drawn) != (a.target in drawn)]
    ends = {a.target if a.source in drawn else a.source for a in crossing}
    if not crossing:
        return alone
    outside = {end: parts.ends[end] for end in sorted(ends) if parts.ends[end] != part}
    arrows = tuple(
        a
        for a in one_per_pair(crossing, {i: _edge_id(o, parts) for i, o in outside.items()}, parts.numbers)
        if {a.source, a.target} <= drawn | {_edge_id(o, parts) for o in outside.values()}
    )
    edge = {_edge_id(o, parts): _edge_box(parts, o) for o in outside.values()}
    whole = replace(alone, boxes=(*boxes, *edge.values()), arrows=(*own, *arrows))
    if len(boxes) <= options.boxes < len(whole.boxes) or len(own) <= options.arrows < len(whole.arrows):
        return replace(alone, notes=("What leads to other parts is drawn in the overview.",))
    return whole


def _edge_id(part: str, parts: _Parts) -> str:
    return f"{ELSEWHERE}:{part}" if part in parts.names else part


def _edge_box(parts: _Parts, part: str) -> Box:
    inside = parts.members[parts.of.get(part, part)]
    if len(inside) == 1:
        return replace(inside[0], cluster="", kind=ELSEWHERE, node_ids=())
    if part not in parts.names:
        return replace(_part_box(parts, part, inside), kind=ELSEWHERE, node_ids=())
    return Box(
        id=_edge_id(part, parts),
        kind=ELSEWHERE,
        label=(parts.label(part), "drawn on its own"),
        source=inside[0].source,
        category=_commonest(inside),
        shape=Shape.STEP,
        link=f"#{parts.names[part]}",
    )


# -- frames where there are none, or too many -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Top:
    """A box or a frame that stands in no other."""

    id: str
    label: str
    is_frame: bool
    group: str


def _tops(parts: _Parts) -> list[_Top]:
    return [_top(part, inside, parts) for part, inside in parts.members.items() if inside[0].kind != ELSEWHERE]


def _framed(diagram: Diagram, tops: list[_Top], options: ViewConfig) -> Diagram:
    """The drawing with frames around its parts: by category and by directory; by the alphabet if that fails."""
    groups: dict[str, list[_Top]] = defaultdict(list)
    for top in tops:
        groups[top.group].append(top)
    if len(groups) == 1 or len(groups) >= len(tops) or len(groups) > options.boxes:
        groups = _alphabetical(tops, min(_CHUNK, max(2, (len(tops) + 1) // 2)))
    clusters, around = list(diagram.clusters), {}
    for label, inside in groups.items():
        if len(inside) > 1:
            frame = _unused(f"frame:part:{label}", {*(c.id for c in clusters), *(b.id for b in diagram.boxes)})
            clusters.append(Cluster(frame, label))
            around.update({top.id: frame for top in inside})
    boxes = tuple(replace(b, cluster=around[b.id]) if b.id in around else b for b in diagram.boxes)
    framed = tuple(replace(c, parent=around[c.id]) if c.id in around else c for c in clusters)
    whole = replace(diagram, clusters=framed, boxes=boxes)
    used = {f for b in boxes for f in frames_around(b.cluster, whole)}
    return replace(whole, clusters=tuple(c for c in framed if c.id in used))


def _unused(frame: str, known: set[str]) -> str:
    """An id for a frame; a part of a part may have one of the same label around it."""
    number = 2
    found = frame
    while found in known:
        found, number = f"{frame} {number}", number + 1
    return found


def _without_edge(overview: Diagram) -> Diagram:
    boxes = tuple(b for b in overview.boxes if b.kind != ELSEWHERE)
    drawn = {b.id for b in boxes}
    return replace(
        overview, boxes=boxes, arrows=tuple(a for a in overview.arrows if a.source in drawn and a.target in drawn)
    )


def _top(part: str, inside: list[Box], parts: _Parts) -> _Top:
    if part in parts.labels:
        label = parts.labels[part]
        return _Top(part, label, True, re.split(r"[/: ]", label, maxsplit=1)[0])
    return _Top(part, inside[0].label[0], False, inside[0].category.replace("_", " "))


def _alphabetical(tops: list[_Top], size: int) -> dict[str, list[_Top]]:
    ordered = sorted(tops, key=lambda t: (t.label, t.id))
    chunks = [ordered[i : i + size] for i in range(0, len(ordered), size)]
    return {f"{chunk[0].label} … {chunk[-1].label} ({i + 1})": chunk for i, chunk in enumerate(chunks)}


def _commonest(boxes: list[Box]) -> Category:
    counts: dict[Category, int] = defaultdict(int)
    for box in boxes:
        counts[box.category] += 1
    return max(counts, key=lambda c: (counts[c], str(c)))
