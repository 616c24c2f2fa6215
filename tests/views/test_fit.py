from __future__ import annotations

from archdoc.config import ViewConfig
from archdoc.model.diagram import Arrow, Box, Cluster, Diagram
from archdoc.model.facts import Source
from archdoc.views.fit import fit, fold_same

PLACE = Source("main.tf", 1)


def box(name: str, cluster: str = "", kind: str = "resource") -> Box:
    return Box(name, kind, (name,), PLACE, cluster=cluster, node_ids=(name,))


def arrow(source: str, target: str, line: int = 1) -> Arrow:
    return Arrow(source, target, "references", (Source("main.tf", line),))


def drawing(boxes: list[Box], arrows: list[Arrow], clusters: list[Cluster] | None = None) -> Diagram:
    return Diagram(
        "network", "network", "Network", "?", clusters=tuple(clusters or ()), boxes=tuple(boxes), arrows=tuple(arrows)
    )


def all_ids(drawings: tuple[Diagram, ...]) -> set[str]:
    return {i for d in drawings for b in d.boxes for i in b.node_ids}


def test_a_drawing_within_its_budget_stays_as_it_is() -> None:
    small = drawing([box("a"), box("b")], [arrow("a", "b")])
    assert fit(small, ViewConfig()) == (small,)


def test_twelve_web_servers_are_one_box_with_a_count() -> None:
    webs = [box(f"web-{i:02}") for i in range(12)]
    (made,) = fit(
        drawing([*webs, box("db", kind="database")], [arrow(w.id, "db", i + 1) for i, w in enumerate(webs)]),
        ViewConfig(),
    )
    assert sorted(b.label[0] for b in made.boxes) == ["db", "web ×12"]
    assert len(made.arrows) == 1
    assert len(made.arrows[0].evidence) == 12


def test_boxes_with_other_neighbours_are_not_folded() -> None:
    made = fold_same(drawing([box("a"), box("b"), box("c", kind="database")], [arrow("a", "c")]), 2)
    assert {b.id for b in made.boxes} == {"a", "b", "c"}


def test_what_is_to_stay_expanded_is_not_folded() -> None:
    webs = [box(f"web-{i}") for i in range(8)]
    made = fold_same(drawing(webs, []), 2, frozenset({"web-3"}))
    assert "web-3" in {b.id for b in made.boxes}
    assert len(made.boxes) == 2


def test_a_large_drawing_becomes_an_overview_and_its_parts_and_loses_nothing() -> None:
    clusters = [Cluster(f"m{m}", f"module {m}") for m in range(6)]
    boxes = [box(f"m{m}.{i}", f"m{m}", kind=f"kind{i}") for m in range(6) for i in range(20)]
    arrows = [arrow(f"m{m}.{i}", f"m{m}.{i + 1}") for m in range(6) for i in range(19)]
    arrows += [arrow(f"m{m}.0", f"m{m + 1}.0", 40 + m) for m in range(5)]
    made = fit(drawing(boxes, arrows, clusters), ViewConfig())
    assert len(made) == 7
    assert all(len(d.boxes) <= 60 and len(d.arrows) <= 120 for d in made)
    assert all_ids(made) == {b.id for b in boxes}
    overview = made[0]
    assert {(a.source, a.target) for a in overview.arrows} == {(f"m{m}", f"m{m + 1}") for m in range(5)}
    assert len({d.name for d in made}) == 7


def test_a_frame_with_one_box_alone_keeps_the_arrows_that_end_at_the_frame() -> None:
    clusters = [Cluster("big", "big"), Cluster("small", "small")]
    boxes = [box(f"b{i}", "big", kind=f"k{i}") for i in range(70)] + [box("one", "small")]
    made = fit(drawing(boxes, [arrow("b0", "small")], clusters), ViewConfig())
    assert {(a.source, a.target) for a in made[0].arrows} == {("big", "one")}


def test_a_drawing_without_frames_is_grouped_until_it_fits() -> None:
    boxes = [box(f"n{i}", kind=f"kind{i % 7}") for i in range(400)]
    arrows = [arrow(f"n{i}", f"n{(i * 7 + 1) % 400}") for i in range(400)]
    made = fit(drawing(boxes, arrows), ViewConfig())
    assert all(len(d.boxes) <= 60 and len(d.arrows) <= 120 for d in made)
    assert all_ids(made) == {b.id for b in boxes}
