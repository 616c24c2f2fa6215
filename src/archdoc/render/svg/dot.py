"""A drawing in Graphviz's language (https://graphviz.org/doc/info/lang.html): to lay out, and to give away."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from archdoc.model.diagram import Arrow, ArrowStyle, Box, Cluster, Diagram, Direction, Shape
from archdoc.render import idle
from archdoc.render.palette import COLOURS
from archdoc.render.svg.measure import Card, Tag
from archdoc.render.text import clean, label_lines, shorten

_SHAPES = {Shape.BOX: "box", Shape.STORE: "cylinder", Shape.ACTOR: "oval", Shape.STEP: "box"}
_STYLES = {ArrowStyle.FLOW: "solid", ArrowStyle.DEPENDS: "dashed", ArrowStyle.ALLOWS: "bold"}
FAN_FROM = 7
"""From this many boxes that hang on one box alone, they stand in several ranks."""


@dataclass(slots=True)
class Shelf:
    """The ids that stand for boxes, frames and arrows while Graphviz works: ``b0``, ``cluster_0``."""

    boxes: dict[str, str] = field(default_factory=dict)
    frames: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, diagram: Diagram) -> Shelf:
        """Number the boxes and frames of a drawing."""
        return cls(
            {b.id: f"b{i}" for i, b in enumerate(diagram.boxes)},
            {c.id: f"cluster_{i}" for i, c in enumerate(diagram.clusters)},
        )


_QUICK = " splines=line nslimit=1 nslimit1=1 mclimit=0.1"
"""Straight lines, and few rounds of moving boxes about: https://graphviz.org/docs/attrs/nslimit/, …/mclimit/."""


def layout_dot(
    diagram: Diagram,
    cards: Mapping[str, Card],
    frame_tags: Mapping[str, Tag],
    tags: Sequence[Tag],
    *,
    direction: Direction,
    quick: bool = False,
    ease: Ease | None = None,
) -> str:
    """What Graphviz is asked: fixed sizes only, so that no font of the machine has a say.

    ``tags`` are the labels of the arrows in their order; empty ones take no room. Each arrow has its number as
    ``id``; one that ends at a frame ends at a box in it and is cut at the frame (``lhead``, ``ltail``). With
    ``quick``, Graphviz gives up beauty for time.
    """
    shelf = Shelf.of(diagram)
    inside = _Inside(diagram)
    ease = ease or Ease()
    lines = [
        "digraph archdoc {",
        f'graph [compound=true rankdir={direction.value} nodesep=0.32 ranksep=0.55 margin=0 pad=0 label=""'
        f"{_QUICK if quick else ''}];",
        'node [shape=box fixedsize=true label="" margin=0];',
        'edge [label="" arrowsize=0.8];',
    ]
    lines += _frames("", diagram, shelf, cards, frame_tags, inside, ease)
    fans = _fans(diagram)
    for number, (arrow, tag) in enumerate(zip(diagram.arrows, tags, strict=True)):
        lines.append(_arrow(number, arrow, tag, shelf, inside, fans.get(number, 1), arrow.source in ease.behind))
    apart = [*idle.rows(diagram), *idle.frames(diagram)]
    lines += [f"{shelf.boxes[above]} -> {shelf.boxes[below]} [style=invis];" for above, below in apart]
    return "\n".join([*lines, "}"])


def dot_text(diagram: Diagram) -> str:
    """The drawing for a person's own Graphviz: readable ids, labels, colours."""
    lines = [
        "digraph archdoc {",
        f"  graph [label={_quoted(diagram.title)} labelloc=t compound=true rankdir={diagram.direction.value}];",
        '  node [fontname="Helvetica" style=filled];',
        '  edge [fontname="Helvetica" fontsize=10];',
    ]
    lines += _readable_frames("", 1, diagram)
    inside = _Inside(diagram)
    for arrow in diagram.arrows:
        ends = [f"{_quoted(arrow.source)}", f"{_quoted(arrow.target)}"]
        options = [f"style={_STYLES[arrow.style]}"]
        if arrow.label:
            options.append(f"label={_quoted(arrow.label)}")
        for at, (end, other, option) in enumerate(
            ((arrow.source, arrow.target, "ltail"), (arrow.target, arrow.source, "lhead"))
        ):
            if end in inside.parents_of_frames:
                ends[at] = _quoted(inside.stand_in(end))
                if end not in inside.around(other):
                    options.append(f"{option}={_quoted('cluster ' + end)}")
        lines.append(f"  {ends[0]} -> {ends[1]} [{' '.join(options)}];")
    return "\n".join([*lines, "}"]) + "\n"


class _Inside:
    """What stands in which frame."""

    def __init__(self, diagram: Diagram) -> None:
        self.parents_of_frames = {c.id: c.parent for c in diagram.clusters}
        self._parents = self.parents_of_frames | {b.id: b.cluster for b in diagram.boxes}
        self._first: dict[str, str] = {}
        for box in diagram.boxes:
            for frame in self.around(box.id):
                self._first.setdefault(frame, box.id)
        self.handles = {
            end
            for a in diagram.arrows
            for end, other in ((a.source, a.target), (a.target, a.source))
            if end in self.parents_of_frames and (end == other or end in self.around(other))
        }
        """Frames with an arrow between them and their own inside: it ends at a point in them."""

    def around(self, inner: str) -> list[str]:
        """The frames around a box or frame, inside out."""
        found: list[str] = []
        while (inner := self._parents.get(inner, "")) and inner not in found:
            found.append(inner)
        return found

    def stand_in(self, frame: str) -> str:
        """A box in the frame that an arrow to the frame leads to, else the point that an empty frame holds."""
        return self._first.get(frame, f"point of {frame}")

    def is_empty(self, frame: str) -> bool:
        """Whether no box stands in the frame, at any depth."""
        return frame not in self._first


def _frames(
    parent: str,
    diagram: Diagram,
    shelf: Shelf,
    cards: Mapping[str, Card],
    tags: Mapping[str, Tag],
    inside: _Inside,
    ease: Ease,
) -> list[str]:
    lines = []
    for box in diagram.boxes:
        if box.cluster == parent:
            room = cards[box.id]
            lines.append(f"{shelf.boxes[box.id]} [width={_inch(room.width)} height={_inch(room.height)}];")
    for cluster in diagram.clusters:
        if cluster.parent == parent:
            tag = tags[cluster.id]
            lines.append(f"subgraph {shelf.frames[cluster.id]} {{")
            lines.append(f"margin=16 labelloc=t labeljust=l label={_room(tag)};")
            if inside.is_empty(cluster.id):
                lines.append(f"{_point(cluster.id, shelf)} [width={_inch(tag.width)} height=0.2 style=invis];")
            elif cluster.id in inside.handles:
                lines.append(f"{_point(cluster.id, shelf)} [width=0.06 height=0.06 style=invis];")
            lines += _frames(cluster.id, diagram, shelf, cards, tags, inside, ease)
            for chain in ease.chains_in(cluster.id):
                lines.append(f"{{rank=same; {'; '.join(shelf.boxes[box] for box in chain)};}}")
            lines.append("}")
    return lines


def _arrow(number: int, arrow: Arrow, tag: Tag, shelf: Shelf, inside: _Inside, rank: int, turned: bool) -> str:
    """One arrow; one that is ``turned`` is told the other way round, with its head at its beginning."""
    ends = []
    options = [f'id="{number}"']
    for end, other, option in ((arrow.source, arrow.target, "ltail"), (arrow.target, arrow.source, "lhead")):
        if end not in shelf.frames:
            ends.append(shelf.boxes[end])
        elif inside.is_empty(end) or end == other or end in inside.around(other):
            ends.append(_point(end, shelf))
        else:
            ends.append(shelf.boxes[inside.stand_in(end)])
            options.append(f"{_OTHER_END[option] if turned else option}={shelf.frames[end]}")
    if turned:
        ends.reverse()
        options.append("dir=back")
    if tag.lines:
        options.append(f"label={_room(tag)}")
    if rank > 1:
        options.append(f"minlen={rank}")
    return f"{ends[0]} -> {ends[1]} [{' '.join(options)}];"


_OTHER_END = {"ltail": "lhead", "lhead": "ltail"}


CHAIN_FROM = 4
"""From this many boxes of one frame, each of which leads to the next alone, they may stand in one rank."""


@dataclass(frozen=True, slots=True)
class Ease:
    """What may be told to Graphviz otherwise than it is drawn, so that the drawing has less that is empty.

    ``behind`` are boxes that no arrow reaches and that are let through to nothing but what stands in their own frame,
    into which arrows lead from outside (all of a network): before what it leads to, such a box makes the frame as wide
    as all that stands between them, and pushes the rest aside. ``chains`` are boxes that lead to one another alone:
    in ranks of their own they make the drawing as wide as they are many.
    """

    behind: frozenset[str] = frozenset()
    chains: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Each with the frame it is in."""

    def __bool__(self) -> bool:
        return bool(self.behind or self.chains)

    def chains_in(self, frame: str) -> list[tuple[str, ...]]:
        """The chains of one frame."""
        return [chain for at, chain in self.chains if at == frame]

    @classmethod
    def of(cls, diagram: Diagram) -> Ease:
        """What there is of it in a drawing."""
        inside = _Inside(diagram)
        leading: dict[str, list[Arrow]] = {}
        reaching: dict[str, list[Arrow]] = {}
        for arrow in diagram.arrows:
            leading.setdefault(arrow.source, []).append(arrow)
            reaching.setdefault(arrow.target, []).append(arrow)
        frame_of = {b.id: b.cluster for b in diagram.boxes if b.cluster}

        def is_entered(frame: str) -> bool:
            within = {frame, *(box for box in frame_of if frame in inside.around(box))}
            return any(a.source not in within and frame in inside.around(a.target) for a in diagram.arrows)

        behind, follows = set(), {}
        for box, frame in frame_of.items():
            arrows = leading.get(box, [])
            within = [a.style is ArrowStyle.ALLOWS and frame in inside.around(a.target) for a in arrows]
            if arrows and all(within) and box not in reaching and is_entered(frame):
                behind.add(box)
            after = arrows[0].target if len(arrows) == 1 else ""
            if after != box and frame_of.get(after) == frame and len(reaching[after]) == 1:
                follows[box] = after
        chains = [_chain(first, follows) for first in follows.keys() - set(follows.values())]
        long = sorted((frame_of[chain[0]], chain) for chain in chains if len(chain) >= CHAIN_FROM)
        return cls(frozenset(behind), tuple(long))


def _chain(first: str, follows: Mapping[str, str]) -> tuple[str, ...]:
    found = [first]
    while (after := follows.get(found[-1])) is not None and after not in found:
        found.append(after)
    return tuple(found)


def _fans(diagram: Diagram) -> dict[int, int]:
    """For arrows from a box to many boxes that have no other arrow: how many ranks each spans."""
    degree: dict[str, int] = {}
    for arrow in diagram.arrows:
        for end in (arrow.source, arrow.target):
            degree[end] = degree.get(end, 0) + 1
    leaves: dict[str, list[int]] = {}
    for number, arrow in enumerate(diagram.arrows):
        if degree[arrow.target] == 1:
            leaves.setdefault(arrow.source, []).append(number)
    spans = {}
    for numbers in leaves.values():
        if len(numbers) >= FAN_FROM:
            ranks = math.ceil(len(numbers) / 5)
            spans.update({number: 1 + i % ranks for i, number in enumerate(numbers)})
    return spans


def _readable_frames(parent: str, depth: int, diagram: Diagram) -> list[str]:
    pad = "  " * depth
    lines = [f"{pad}{_readable_box(b)}" for b in diagram.boxes if b.cluster == parent]
    for cluster in diagram.clusters:
        if cluster.parent == parent:
            lines += _readable_frame(cluster, depth, diagram)
    return lines


def _readable_frame(cluster: Cluster, depth: int, diagram: Diagram) -> list[str]:
    pad = "  " * depth
    lines = [
        f"{pad}subgraph {_quoted('cluster ' + cluster.id)} {{",
        f"{pad}  label={_quoted(cluster.label)};",
        *_readable_frames(cluster.id, depth + 1, diagram),
    ]
    if _Inside(diagram).is_empty(cluster.id):
        lines.append(f"{pad}  {_quoted('point of ' + cluster.id)} [style=invis];")
    return [*lines, f"{pad}}}"]


def _readable_box(box: Box) -> str:
    colour = COLOURS[box.category]
    label = "\\n".join(_escaped(line) for line in label_lines(box.label))
    dashed = ' style="filled,dashed"' if box.by_hand else ""
    return (
        f'{_quoted(box.id)} [label="{label}" shape={_SHAPES[box.shape]} '
        f'fillcolor="{colour.fill}" color="{colour.border}" fontcolor="{colour.text}"{dashed}];'
    )


def _point(frame: str, shelf: Shelf) -> str:
    return f"p_{shelf.frames[frame]}"


def _room(tag: Tag) -> str:
    """A label that is nothing but room: text of Graphviz's own would be measured with the machine's fonts."""
    size = f'WIDTH="{math.ceil(tag.width)}" HEIGHT="{math.ceil(tag.height)}"'
    return f'<<TABLE BORDER="0" CELLPADDING="0" CELLSPACING="0" FIXEDSIZE="TRUE" {size}><TR><TD></TD></TR></TABLE>>'


def _inch(points: float) -> str:
    return f"{points / 72:.4f}"


def _quoted(text: str) -> str:
    return f'"{_escaped(shorten(clean(text), 300))}"'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
