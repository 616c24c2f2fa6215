"""Labels of arrows, moved onto their arrows where Graphviz put them beside.

Graphviz keeps room for a label next to the way that the arrow would take to the middle of its box; an arrow that is
cut at a frame, or that bends, then runs far from its words (https://graphviz.org/docs/attrs/lp/).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from archdoc.render.svg.layout import Area, Layout, Route
from archdoc.render.svg.measure import Tag

NEAR = 8.0
"""Points between a label's edge and its arrow that nobody minds."""
STEPS = 12

Point = tuple[float, float]


def put_on_arrows(layout: Layout, tags: Sequence[Tag], frame_tags: Mapping[str, Tag]) -> None:
    """Move each label that is far from its arrow, or on the name of a frame, to the nearest free place on the arrow,
    else beside it."""
    names = [_name(area, frame_tags[frame]) for frame, area in layout.frames.items()]
    rooms = {n: _room(r.label, tags[n]) for n, r in layout.routes.items() if r.label is not None}
    for number, room in rooms.items():
        route, tag = layout.routes[number], tags[number]
        way = list(_way(route))
        if min(_gap(room, point) for point in way) <= NEAR and _is_free(room, names):
            continue
        taken = [*layout.boxes.values(), *names, *(other for n, other in rooms.items() if n != number)]
        on = sorted(way, key=lambda point: _gap(room, point))
        beside = [(x + side * (tag.width / 2 + NEAR), y) for x, y in on for side in (1, -1)]
        for x, y in (*on, *beside):
            moved = _room((x, y), tag)
            if _is_free(moved, taken) and _gap(moved, route.tip) and _gap(moved, route.points[0]):
                rooms[number] = moved
                layout.routes[number] = replace(route, label=(round(x, 1), round(y, 1)))
                break


def _name(frame: Area, tag: Tag) -> Area:
    """The room of a frame's name, at the left of its top."""
    return Area(frame.x, frame.y, tag.width + NEAR, tag.height + NEAR)


def _room(middle: Point, tag: Tag) -> Area:
    return Area(middle[0] - tag.width / 2, middle[1] - tag.height / 2, tag.width, tag.height)


def _way(route: Route) -> Iterator[Point]:
    """Points along an arrow."""
    points = [*route.points, route.tip]
    if not route.curved or len(route.points) < 4:
        for a, b in pairwise(points):
            yield from (_between(a, b, step / STEPS) for step in range(STEPS + 1))
        return
    for start in range(0, len(route.points) - 3, 3):
        a, b, c, d = route.points[start : start + 4]
        for step in range(STEPS + 1):
            t = step / STEPS
            left, right = (
                _between(_between(a, b, t), _between(b, c, t), t),
                _between(_between(b, c, t), _between(c, d, t), t),
            )
            yield _between(left, right, t)


def _between(a: Point, b: Point, share: float) -> Point:
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


def _gap(room: Area, point: Point) -> float:
    across = max(room.x - point[0], 0.0, point[0] - room.x - room.width)
    down = max(room.y - point[1], 0.0, point[1] - room.y - room.height)
    return math.hypot(across, down)


def _is_free(room: Area, taken: Iterable[Area]) -> bool:
    return not any(
        room.x < other.x + other.width
        and other.x < room.x + room.width
        and room.y < other.y + other.height
        and other.y < room.y + room.height
        for other in taken
    )
