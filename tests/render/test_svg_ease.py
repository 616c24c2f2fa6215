"""Drawings that have less that is empty when Graphviz is told some of it the other way round."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
from sample_drawings import at

from archdoc.model.diagram import Arrow, ArrowStyle, Box, Cluster, Diagram, Direction
from archdoc.render import svg
from archdoc.render.svg.arrange import arrange
from archdoc.render.svg.layout import Layout


@pytest.fixture(scope="module")
def engine() -> Iterator[svg.Engine]:
    with svg.Engine() as running:
        yield running


def box(name: str, frame: str = "") -> Box:
    return Box(name, "resource", (name,), at(1), cluster=frame)


def arrow(source: str, target: str, style: ArrowStyle = ArrowStyle.FLOW) -> Arrow:
    return Arrow(source, target, "routes_to", (at(1),), style=style)


def laid_out(engine: svg.Engine, boxes: list[Box], frames: list[str], arrows: list[Arrow]) -> Layout:
    clusters = tuple(Cluster(f, f, source=at(1)) for f in frames)
    diagram = Diagram("network", "network", "Network", "How?", Direction.RIGHT, clusters, tuple(boxes), tuple(arrows))
    return arrange(diagram, engine, 5.0).layout


def test_all_of_a_network_stands_behind_the_machines_that_let_it_in(engine: svg.Engine) -> None:
    names = [f"name-{n}" for n in range(6)]
    machines = [f"machine-{n}" for n in range(6)]
    boxes = [box("internet"), *(box(n, "names") for n in names), *(box(m, "net") for m in machines), box("all", "net")]
    flows = [*(arrow("internet", n) for n in names), *map(arrow, names, machines)]
    allowed = [arrow("all", m, ArrowStyle.ALLOWS) for m in machines]
    layout = laid_out(engine, boxes, ["names", "net"], [*flows, *allowed])
    names_frame, net_frame = layout.frames["names"], layout.frames["net"]
    assert names_frame.x + names_frame.width <= net_frame.x  # beside one another, not one above the other
    for number, machine in enumerate(machines, start=len(flows)):
        route, target = layout.routes[number], layout.boxes[machine]
        x, y = route.tip
        nearest = (min(max(x, target.x), target.x + target.width), min(max(y, target.y), target.y + target.height))
        assert math.dist(route.tip, nearest) < 2  # the head is at the machine
        whole = layout.boxes["all"]
        assert math.dist(route.points[0], (whole.x + whole.width / 2, whole.y + whole.height / 2)) < whole.width


def test_a_long_chain_stands_in_a_column_where_it_would_make_the_drawing_wide(engine: svg.Engine) -> None:
    steps = [f"a step of filtering {n}" for n in range(5)]
    others = [f"machine-{n}" for n in range(8)]
    boxes = [box("internet"), *(box(s, "edge") for s in steps), *(box(o, "net") for o in others)]
    arrows = [arrow("internet", steps[0]), *map(arrow, steps, steps[1:]), *(arrow(steps[-1], o) for o in others)]
    layout = laid_out(engine, boxes, ["edge", "net"], arrows)
    columns = {round(layout.boxes[s].x + layout.boxes[s].width / 2) for s in steps}
    assert len(columns) == 1
    heights = [layout.boxes[s].y for s in steps]
    assert heights in (sorted(heights), sorted(heights, reverse=True))  # in their order
