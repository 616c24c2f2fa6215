from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from archdoc.config import ViewConfig
from archdoc.model.diagram import Arrow, ArrowStyle, Box, Cluster, Diagram
from archdoc.model.facts import Source
from archdoc.views.bundle import bundled
from archdoc.views.fit import fit, fold_plumbing, fold_same, group_alike
from archdoc.views.tidy import tidy

PLACE = Source("main.tf", 1)
NET = Cluster("net", "network")


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


@st.composite
def drawings(draw: st.DrawFn) -> Diagram:
    """Any drawing of some size: frames in frames, boxes of several sorts, many arrows or few."""
    frames = draw(st.integers(0, 12))
    parents = [draw(st.integers(-1, i - 1)) for i in range(frames)]
    clusters = [Cluster(f"f{i}", f"frame {i}", f"f{p}" if p >= 0 else "") for i, p in enumerate(parents)]
    count, sorts = draw(st.integers(1, 150)), draw(st.integers(1, 8))
    seed = draw(st.randoms(use_true_random=False))
    boxes = [
        Box(
            f"b{i}",
            f"kind{seed.randrange(sorts)}",
            (f"name-{seed.randrange(4)}-{i}",),
            PLACE,
            cluster=f"f{seed.randrange(frames)}" if frames and seed.random() < 0.8 else "",
            node_ids=(f"n{i}",),
            serves=f"b{seed.randrange(count)}" if seed.random() < 0.1 else "",
        )
        for i in range(count)
    ]
    ends = [b.id for b in boxes]
    lines = {
        (one, other): arrow(one, other, i + 1)
        for i in range(draw(st.integers(0, 400)))
        if (one := seed.choice(ends)) != (other := seed.choice(ends))
    }
    return drawing(boxes, list(lines.values()), clusters)


@settings(max_examples=60, deadline=None)
@given(drawings(), st.sampled_from([ViewConfig(), ViewConfig(boxes=10, arrows=10), ViewConfig(boxes=25, arrows=40)]))
def test_whatever_is_drawn_fits_and_nothing_disappears(whole: Diagram, options: ViewConfig) -> None:
    made = fit(whole, options)
    assert all(len(d.boxes) <= options.boxes and len(d.arrows) <= options.arrows for d in made)
    assert all_ids(made) == {i for b in whole.boxes for i in b.node_ids}
    names = [d.name for d in made]
    assert len(set(names)) == len(names)
    assert max(len(name) for name in names) <= 100
    links = {b.link.removeprefix("#") for d in made for b in d.boxes if b.link}
    assert links <= set(names)
    assert {d.part_of for d in made} - {""} <= set(names)
    assert all(d.part_of for d in made[1:])


def test_an_arrow_to_everything_in_a_frame_is_one_arrow_to_the_frame() -> None:
    inside = [box(f"host-{i}", "net", kind=f"k{i}") for i in range(4)]
    made = bundled(
        drawing([box("internet"), *inside], [arrow("internet", b.id, i + 1) for i, b in enumerate(inside)], [NET])
    )
    assert [(a.source, a.target, len(a.evidence)) for a in made.arrows] == [("internet", "net", 4)]


def test_an_arrow_to_all_but_one_in_a_frame_is_not_bundled() -> None:
    inside = [box(f"host-{i}", "net", kind=f"k{i}") for i in range(4)]
    arrows = [arrow("internet", b.id, i + 1) for i, b in enumerate(inside[:3])]
    assert bundled(drawing([box("internet"), *inside], arrows, [NET])).arrows == tuple(arrows)


def test_arrows_that_say_different_things_are_not_bundled() -> None:
    inside = [box(f"host-{i}", "net", kind=f"k{i}") for i in range(3)]
    arrows = [Arrow("internet", b.id, "allows", (PLACE,), f"{i}/tcp", ArrowStyle.ALLOWS) for i, b in enumerate(inside)]
    assert len(bundled(drawing([box("internet"), *inside], arrows, [NET])).arrows) == 3


def test_unlike_things_are_no_instances_of_one_another() -> None:
    made = fold_same(drawing([box("code_server"), box("web_hosting"), box("pastebin")], []), 2)
    assert {b.label[0] for b in made.boxes} == {"code_server", "web_hosting", "pastebin"}


def test_a_group_of_unlike_things_says_what_they_are() -> None:
    records = [replace(box(name), noun="DNS record") for name in ("api", "auth", "mail", "www")]
    (made,) = group_alike(drawing(records, [])).boxes
    assert made.label == ("4 DNS records", "api, auth, mail +1")


def test_plumbing_goes_into_what_it_serves_and_takes_its_arrows_along() -> None:
    policy = replace(box("policy"), serves="bucket", noun="bucket policy")
    made = fold_plumbing(drawing([box("bucket"), policy, box("role")], [arrow("policy", "role")]))
    (bucket, _) = made.boxes
    assert bucket.label == ("bucket", "with bucket policy")
    assert bucket.node_ids == ("bucket", "policy")
    assert [(a.source, a.target) for a in made.arrows] == [("bucket", "role")]


def test_a_frame_that_holds_a_frame_alone_is_one_with_it() -> None:
    nested = [Cluster("root", "terraform"), Cluster("inner", "Linode", "root")]
    made = tidy(drawing([box("a", "inner"), box("b", "inner")], [], nested))
    assert [c.label for c in made.clusters] == ["terraform · Linode"]


def test_a_part_shows_what_it_leads_to_outside() -> None:
    clusters = [Cluster("one", "one"), Cluster("two", "two")]
    boxes = [box(f"{c.id}{i}", c.id, kind=f"k{i}") for c in clusters for i in range(40)]
    overview, first, second = fit(drawing(boxes, [arrow("one0", "two0")], clusters), ViewConfig())
    assert {b.link for b in overview.boxes} == {f"#{first.name}", f"#{second.name}"}
    outside = next(b for b in first.boxes if b.kind == "elsewhere")
    assert outside.link == f"#{second.name}"
    assert [(a.source, a.target) for a in first.arrows] == [("one0", outside.id)]


def test_the_numbers_of_a_group_add_up_where_names_are_the_same() -> None:
    names = ["web", "web", "api", "auth", "mail", "wiki"]
    boxes = [replace(box(f"{name}-{i}"), label=(name,), noun="server") for i, name in enumerate(names)]
    (group,) = group_alike(drawing(boxes, [])).boxes
    assert group.label == ("6 servers", "web ×2, api, auth +2")


def test_an_overview_counts_things_and_not_the_boxes_that_they_are_folded_into() -> None:
    clusters = [Cluster("m0", "many"), Cluster("m1", "few")]
    boxes = [box(f"{letter}-{i}", "m0", kind="server") for letter in "abcd" for i in range(8)]
    boxes += [box(f"x{i}", "m1", kind=f"kind {i}") for i in range(8)]
    arrows = [arrow(b.id, f"x{'abcd'.index(b.id[0])}", i + 1) for i, b in enumerate(boxes[:32])]
    overview = fit(drawing(boxes, arrows, clusters), ViewConfig(boxes=10))[0]
    assert {b.label for b in overview.boxes} == {("many", "32 × server"), ("few", "1 kind 0, 1 kind 1 +6")}
    assert [a.label for a in overview.arrows] == ["references ×32"]


def test_a_folded_box_turns_no_dependency_round() -> None:
    association = replace(box("association"), serves="network")
    boxes = [box("network"), box("subnet"), association, box("gateway")]
    arrows = [arrow("subnet", "network"), arrow("association", "subnet"), arrow("association", "gateway")]
    made = fold_plumbing(drawing(boxes, arrows))
    assert {(a.source, a.target) for a in made.arrows} == {("subnet", "network"), ("network", "gateway")}
