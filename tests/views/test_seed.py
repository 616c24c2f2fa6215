"""What people draw of such a platform by hand, archdoc derives from the sample's code: box by box, arrow by arrow."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

import pytest
from seed_table import ARROWS, BOXES, Against, Beside, Box, By, Direct, Told, Within

from archdoc import views
from archdoc.config import Config
from archdoc.model.graph import Graph
from archdoc.render.data import view_json

Drawing = dict[str, Any]
Drawn = Callable[[str], Drawing]


@pytest.fixture(scope="module")
def drawn(sample_graph: Graph, sample_config: Config) -> Drawn:
    made: dict[str, Drawing] = {}

    def draw(name: str) -> Drawing:
        if name not in made:
            drawing = json.loads(view_json(views.draw(name, sample_graph, sample_config)))
            assert isinstance(drawing, dict), f"{name}: the sample is small enough for one drawing"
            made[name] = drawing
        return made[name]

    return draw


def found(drawing: Drawing, box: Box) -> set[str]:
    """The ids of the boxes and frames that a pattern means."""
    ids = set()
    for thing in (*drawing["nodes"], *drawing["clusters"]):
        first, *further = thing["label"].split("\n")
        if fnmatchcase(first, box.name) and (box.line == "*" or any(fnmatchcase(f, box.line) for f in further)):
            ids.add(thing["id"])
    return ids


def around(drawing: Drawing, ids: set[str]) -> set[str]:
    """Boxes with the frames that they stand in."""
    parents = {c["id"]: c["parent"] for c in drawing["clusters"]} | {n["id"]: n["cluster"] for n in drawing["nodes"]}
    wider = set(ids)
    for thing in ids:
        while thing := parents.get(thing, ""):
            wider.add(thing)
    return wider


def joined(drawing: Drawing, source: Box, target: Box) -> bool:
    """Whether an arrow leads from one to the other, or between frames around them."""
    one, other = (around(drawing, found(drawing, end)) for end in (source, target))
    return any(e["source"] in one and e["target"] in other and e["evidence"] for e in drawing["edges"])


def is_derived(drawing: Drawing, source: Box, target: Box, how: object) -> bool:
    match how:
        case Direct():
            return joined(drawing, source, target)
        case Against():
            return joined(drawing, target, source)
        case By(names):
            return all(joined(drawing, Box(a), Box(b)) for a, b in itertools.pairwise(names))
        case Within():
            one, other = found(drawing, source), found(drawing, target)
            return bool(one & around(drawing, other) or other & around(drawing, one))
        case Beside(frame):
            frames = found(drawing, Box(frame))
            ends = found(drawing, source), found(drawing, target)
            return bool(frames) and all(end and frames & around(drawing, end) for end in ends)
    return False


BOX_ROWS = [(view, name, box) for view, rows in BOXES.items() for name, box in rows.items()]
ARROW_ROWS = [(view, *ends, how) for view, rows in ARROWS.items() for ends, how in rows.items()]


@pytest.mark.parametrize(("view", "name", "box"), [r for r in BOX_ROWS if isinstance(r[2], Box)])
def test_a_box_is_derived_from_the_sample(drawn: Drawn, view: str, name: str, box: Box) -> None:
    assert found(drawn(view), box), f"{view}: nothing drawn is {name}"


@pytest.mark.parametrize(("view", "source", "target", "how"), [r for r in ARROW_ROWS if not isinstance(r[3], Told)])
def test_an_arrow_is_derived_from_the_sample(drawn: Drawn, view: str, source: str, target: str, how: object) -> None:
    ends = BOXES[view][source], BOXES[view][target]
    assert isinstance(ends[0], Box)
    assert isinstance(ends[1], Box)
    assert is_derived(drawn(view), ends[0], ends[1], how), f"{view}: no code leads from {source} to {target}"


def test_nearly_all_is_derived_and_each_of_the_rest_has_its_reason() -> None:
    told_boxes = [box for _, _, box in BOX_ROWS if isinstance(box, Told)]
    told_arrows = [how for *_, how in ARROW_ROWS if isinstance(how, Told)]
    assert len(told_boxes) <= 0.05 * len(BOX_ROWS)
    assert len(told_arrows) <= 0.10 * len(ARROW_ROWS)
    assert all(told.reason for told in (*told_boxes, *told_arrows))


def test_the_terraform_drawing_has_every_block_of_the_sample(sample_graph: Graph, sample_config: Config) -> None:
    blocks = {n.id for n in sample_graph.nodes() if n.kind in ("resource", "data_source")}
    drawings = views.draw("terraform", sample_graph, sample_config)
    assert blocks == {i for d in drawings for b in d.boxes for i in b.node_ids if i in blocks}
