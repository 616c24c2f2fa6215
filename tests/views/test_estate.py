"""A large estate: two thousand resources in forty modules, and two hundred hosts."""

from __future__ import annotations

import time

import pytest
from estate import write_estate

from archdoc import api, views
from archdoc.config import Config
from archdoc.model.diagram import Diagram
from archdoc.model.facts import NodeKind
from archdoc.model.graph import Graph
from archdoc.render import mermaid, svg

TEAMS = 40
LARGEST = 2_000_000
"""Bytes of an SVG."""


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Graph, dict[str, tuple[Diagram, ...]], float]:
    root = tmp_path_factory.mktemp("estate")
    write_estate(root, TEAMS, hosts_per_team=5)
    started = time.process_time()
    graph = api.load_graph(root, Config())
    drawings = {v.name: views.draw(v.name, graph, Config()) for v in views.VIEWS}
    return graph, drawings, time.process_time() - started


Estate = tuple[Graph, dict[str, tuple[Diagram, ...]], float]


def test_the_estate_is_large_and_read_and_drawn_in_time(estate: Estate) -> None:
    graph, _, seconds = estate
    assert len(list(graph.nodes(NodeKind.RESOURCE))) >= 2000
    assert len(list(graph.nodes(NodeKind.HOST))) == 200
    assert seconds < 40  # 3 on an idle machine, several times that under coverage on a busy one


def test_no_drawing_is_over_its_budget(estate: Estate) -> None:
    for name, drawings in estate[1].items():
        budget = Config().view(name)
        for drawing in drawings:
            assert len(drawing.boxes) <= budget.boxes, drawing.name
            assert len(drawing.arrows) <= budget.arrows, drawing.name


def test_no_text_is_cut_and_no_picture_is_too_large(estate: Estate) -> None:
    drawings = [d for each in estate[1].values() for d in each]
    assert all(len(mermaid.render(d, lambda _source: None)) <= mermaid.MAX_TEXT for d in drawings)
    heaviest = sorted(drawings, key=lambda d: len(d.boxes) + len(d.arrows))[-3:]
    with svg.Engine() as engine:
        assert all(len(svg.render(d, lambda _source: None, engine).svg) < LARGEST for d in heaviest)


def test_the_overview_names_every_team_and_leads_to_its_drawing(estate: Estate) -> None:
    overview, *parts = estate[1]["terraform"]
    linked = {box.link.removeprefix("#"): box.label[0] for box in overview.boxes if box.link}
    assert {f"module team-{i:02}" for i in range(TEAMS)} <= set(linked.values())
    assert set(linked) == {part.name for part in parts if part.part_of == overview.name}


def test_nothing_disappears(estate: Estate) -> None:
    graph, drawings, _ = estate
    drawn = {i for d in drawings["terraform"] for b in d.boxes for i in b.node_ids}
    assert {n.id for n in graph.nodes(NodeKind.RESOURCE)} <= drawn
    machines = {i for d in drawings["network"] for b in d.boxes for i in b.node_ids}
    assert {n.id for n in graph.nodes(NodeKind.HOST)} <= machines
