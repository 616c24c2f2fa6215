"""Where everything stands: read out of Graphviz's answer, or worked out plainly when there is none."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from archdoc.model.diagram import Diagram
from archdoc.render.svg.dot import Shelf
from archdoc.render.svg.measure import Card, Tag

GAP = 26.0


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle: left, top, width, height, in points; y grows downwards."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Route:
    """An arrow's way: a start and Bézier triples, the tip, and where the middle of its label is."""

    points: tuple[tuple[float, float], ...]
    tip: tuple[float, float]
    label: tuple[float, float] | None = None
    curved: bool = True


@dataclass(slots=True)
class Layout:
    """Places by id of boxes and frames, and of arrows by number."""

    width: float
    height: float
    boxes: dict[str, Area] = field(default_factory=dict)
    frames: dict[str, Area] = field(default_factory=dict)
    routes: dict[int, Route] = field(default_factory=dict)


def read_layout(text: str, diagram: Diagram, cards: Mapping[str, Card]) -> Layout:
    """The places in Graphviz's json0 output (https://graphviz.org/docs/outputs/json/)."""
    answer = json.loads(text)
    left, bottom, right, top = _numbers(answer["bb"])
    layout = Layout(right - left, top - bottom)

    def place(x: float, y: float) -> tuple[float, float]:
        return (_round(x - left), _round(top - y))

    shelf = Shelf.of(diagram)
    boxes = {short: full for full, short in shelf.boxes.items()}
    frames = {short: full for full, short in shelf.frames.items()}
    for thing in answer.get("objects", ()):
        name = thing["name"]
        if name in frames and "bb" in thing:
            x1, y1, x2, y2 = _numbers(thing["bb"])
            layout.frames[frames[name]] = Area(*place(x1, y2), _round(x2 - x1), _round(y2 - y1))
        elif name in boxes:
            x, y = place(*_numbers(thing["pos"]))
            room = cards[boxes[name]]
            layout.boxes[boxes[name]] = Area(
                _round(x - room.width / 2), _round(y - room.height / 2), room.width, room.height
            )
    for edge in answer.get("edges", ()):
        if "id" in edge and "pos" in edge:
            layout.routes[int(edge["id"])] = _route(edge, place)
    return layout


def plain_layout(diagram: Diagram, cards: Mapping[str, Card], frame_tags: Mapping[str, Tag]) -> Layout:
    """Boxes in rows, frame in frame, arrows straight: always done, and in time that grows with the drawing."""
    return _Plain(diagram, cards, frame_tags).layout()


class _Plain:
    def __init__(self, diagram: Diagram, cards: Mapping[str, Card], tags: Mapping[str, Tag]) -> None:
        self._diagram, self._cards, self._tags = diagram, cards, tags
        self._boxes: dict[str, list[str]] = {}
        self._frames: dict[str, list[str]] = {}
        for box in diagram.boxes:
            self._boxes.setdefault(box.cluster, []).append(box.id)
        for cluster in diagram.clusters:
            self._frames.setdefault(cluster.parent, []).append(cluster.id)
        self._sizes: dict[str, tuple[float, float]] = {}
        self._offsets: dict[str, tuple[float, float]] = {}

    def layout(self) -> Layout:
        width, height = self._measure("")
        layout = Layout(width, height)
        self._settle("", 0.0, 0.0, layout)
        for number, arrow in enumerate(self._diagram.arrows):
            ends = [layout.boxes.get(i) or layout.frames[i] for i in (arrow.source, arrow.target)]
            layout.routes[number] = _straight(ends[0], ends[1])
        return layout

    def _measure(self, frame: str) -> tuple[float, float]:
        """The room of a frame's inside; notes where each thing in it stands."""
        rooms = [(i, self._cards[i].width, self._cards[i].height) for i in self._boxes.get(frame, ())]
        for inner in self._frames.get(frame, ()):
            width, height = self._measure(inner)
            tag = self._tags[inner]
            size = (max(width, tag.width) + 2 * GAP, height + tag.height + 2 * GAP)
            self._sizes[inner] = size
            rooms.append((inner, *size))
        area = sum((w + GAP) * (h + GAP) for _, w, h in rooms)
        across = max([math.sqrt(area * 1.7), *(w for _, w, _ in rooms)], default=0.0)
        x = y = row = widest = 0.0
        for name, width, height in rooms:
            if x and x + width > across:
                x, y, row = 0.0, y + row + GAP, 0.0
            self._offsets[name] = (x, y)
            x, row, widest = x + width + GAP, max(row, height), max(widest, x + width)
        return widest, y + row

    def _settle(self, frame: str, left: float, top: float, layout: Layout) -> None:
        for name in self._boxes.get(frame, ()):
            x, y = self._offsets[name]
            room = self._cards[name]
            layout.boxes[name] = Area(_round(left + x), _round(top + y), room.width, room.height)
        for name in self._frames.get(frame, ()):
            x, y = self._offsets[name]
            width, height = self._sizes[name]
            layout.frames[name] = Area(_round(left + x), _round(top + y), _round(width), _round(height))
            self._settle(name, left + x + GAP, top + y + GAP + self._tags[name].height, layout)


def _straight(source: Area, target: Area) -> Route:
    start, end = _middle(source), _middle(target)
    return Route((_border(source, end),), _border(target, start), None, curved=False)


def _middle(area: Area) -> tuple[float, float]:
    return area.x + area.width / 2, area.y + area.height / 2


def _border(area: Area, towards: tuple[float, float]) -> tuple[float, float]:
    """Where the line from the middle of the area to a point leaves it."""
    x, y = _middle(area)
    dx, dy = towards[0] - x, towards[1] - y
    shares = [s for s in (area.width / 2 / abs(dx) if dx else 0.0, area.height / 2 / abs(dy) if dy else 0.0) if s]
    share = min([*shares, 1.0])
    return _round(x + dx * share), _round(y + dy * share)


def _route(edge: Mapping[str, Any], place: Any) -> Route:
    points: list[tuple[float, float]] = []
    tip: tuple[float, float] | None = None
    turned = False
    for part in str(edge["pos"]).split(";")[0].split():
        if part.startswith(("e,", "s,")):
            tip, turned = place(*_numbers(part[2:])), part.startswith("s,")
        else:
            points.append(place(*_numbers(part)))
    if turned:
        points.reverse()
    label = place(*_numbers(edge["lp"])) if "lp" in edge else None
    return Route(tuple(points), tip or points[-1], label)


def _numbers(text: str) -> Sequence[float]:
    return [float(n) for n in text.split(",")]


def _round(number: float) -> float:
    return round(number, 1) + 0.0
