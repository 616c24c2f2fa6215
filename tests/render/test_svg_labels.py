"""Where the words of an arrow stand: at the arrow, on nothing that has to be read."""

from __future__ import annotations

from archdoc.render.svg.labels import put_on_arrows
from archdoc.render.svg.layout import Area, Layout, Route
from archdoc.render.svg.measure import Tag

WORDS = Tag(("words",), 40.0, 14.0)
NAME = Tag(("a frame",), 60.0, 14.0)
STRAIGHT = ((0.0, 100.0), (100.0, 100.0), (200.0, 100.0), (300.0, 100.0))


def label_of(layout: Layout) -> tuple[float, float]:
    put_on_arrows(layout, [WORDS] * len(layout.routes), dict.fromkeys(layout.frames, NAME))
    label = layout.routes[0].label
    assert label is not None
    return label


def layout(label: tuple[float, float], boxes: tuple[Area, ...] = (), frames: tuple[Area, ...] = ()) -> Layout:
    return Layout(
        400,
        400,
        {f"b{i}": area for i, area in enumerate(boxes)},
        {f"f{i}": area for i, area in enumerate(frames)},
        {0: Route(STRAIGHT, (310.0, 100.0), label)},
    )


def test_words_beside_their_arrow_stay_where_they_are() -> None:
    assert label_of(layout((150.0, 90.0))) == (150.0, 90.0)


def test_words_far_from_their_arrow_move_to_the_nearest_place_on_it() -> None:
    x, y = label_of(layout((160.0, 300.0)))
    assert y == 100.0
    assert abs(x - 160.0) <= 20.0


def test_words_move_neither_onto_a_box_nor_onto_other_words() -> None:
    crowded = layout((150.0, 300.0), boxes=(Area(120.0, 80.0, 60.0, 40.0),))
    crowded.routes[1] = Route(STRAIGHT, (310.0, 100.0), (210.0, 100.0))
    x, y = label_of(crowded)
    assert y == 100.0
    assert x + WORDS.width / 2 <= 120.0


def test_words_leave_the_name_of_a_frame() -> None:
    x, y = label_of(layout((150.0, 100.0), frames=(Area(120.0, 90.0, 300.0, 200.0),)))
    assert x + WORDS.width / 2 <= 120.0 or x - WORDS.width / 2 >= 120.0 + NAME.width
    assert y == 100.0


def test_words_do_not_hide_the_tip_of_a_short_arrow() -> None:
    short = Layout(
        400, 400, routes={0: Route(((0.0, 0.0), (5.0, 0.0), (10.0, 0.0), (15.0, 0.0)), (20.0, 0.0), (9.0, 90.0))}
    )
    x, y = label_of(short)
    assert abs(y) < 20.0
    assert x - WORDS.width / 2 > 20.0 or x + WORDS.width / 2 < 0.0
