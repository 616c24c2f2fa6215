from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sample_drawings import EVIL, at, empty, evil, network, wide

from archdoc.model.diagram import Arrow, Box, Cluster, Diagram, Direction
from archdoc.model.facts import Category, Source
from archdoc.render import svg
from archdoc.render.data import diagram_digest
from archdoc.render.svg.icons import find_icon, is_known
from archdoc.render.svg.process import LayoutError

SVG = "{http://www.w3.org/2000/svg}"


def no_link(_source: Source) -> None:
    return None


def link(source: Source) -> str:
    return f"https://example.org/{source.path}#L{source.line}"


@pytest.fixture(scope="module")
def engine() -> Iterator[svg.Engine]:
    with svg.Engine() as running:
        yield running


def tree(picture: svg.Picture) -> ET.Element:
    return ET.fromstring(picture.svg)


def all_text(root: ET.Element) -> str:
    return " ".join("".join(e.itertext()) for e in root.iter(f"{SVG}text"))


def test_everything_of_the_drawing_is_in_the_picture(engine: svg.Engine) -> None:
    root = tree(svg.render(network(), link, engine))
    shown = all_text(root)
    for words in ("Network Architecture", "web-1", "10.0.2.10", "PostgreSQL", "Private subnet 10.0.2.0/24", "22/tcp"):
        assert words in shown
    assert len([g for g in root.iter(f"{SVG}g") if g.get("class", "").startswith("box ") and g.get("id")]) == 7
    assert len([p for p in root.iter(f"{SVG}path") if p.get("marker-end")]) == 7


def test_boxes_and_arrows_lead_to_their_line(engine: svg.Engine) -> None:
    addresses = [a.get("href") for a in tree(svg.render(network(), link, engine)).iter(f"{SVG}a")]
    assert "https://example.org/terraform/main.tf#L21" in addresses  # box
    assert "https://example.org/terraform/main.tf#L40" in addresses  # arrow
    assert "https://example.org/terraform/main.tf#L14" in addresses  # frame


def test_a_screen_reader_finds_title_description_and_places(engine: svg.Engine) -> None:
    root = tree(svg.render(network(), no_link, engine))
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None and description is not None
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert title.text == "Network Architecture"
    assert description.text == "How does traffic reach each server? 7 boxes, 7 arrows."
    assert "routes to: HTTPS (terraform/main.tf:4)" in [t.text for t in root.iter(f"{SVG}title")]


def test_the_same_drawing_gives_the_same_bytes_in_another_process(engine: svg.Engine) -> None:
    here = svg.render(network(), link, engine).svg
    program = (
        "import sys, hashlib; sys.path.insert(0, sys.argv[1]);"
        "from sample_drawings import network; from archdoc.render import svg;"
        "print(hashlib.sha256(svg.render(network(), lambda s: f'https://example.org/{s.path}#L{s.line}').svg).hexdigest())"
    )
    support = next(p for p in sys.path if p.endswith("support"))
    there = subprocess.run(
        [sys.executable, "-c", program, support],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C", "PATH": "/usr/bin"},
    )
    assert there.stdout.strip() == hashlib.sha256(here).hexdigest()


def test_nothing_of_the_machine_is_in_the_file(engine: svg.Engine) -> None:
    text = svg.render(network(), link, engine).svg.decode()
    assert not re.search(r"Graphviz|site-packages|/usr/|/home/|/tmp/|20\d\d-\d\d", text)
    assert not re.search(r'(?:href|src)="(?!https://example\.org/|#|data:image/png;base64,)', text)


def test_a_hundred_servers_carry_one_icon(engine: svg.Engine) -> None:
    picture = svg.render(wide(100, 60), no_link, engine)
    assert picture.svg.count(b"data:image/png") == 1
    assert picture.svg.count(b'class="icon"') == 100
    assert len(picture.svg) < 200_000


def test_attacks_stay_text(engine: svg.Engine) -> None:
    picture = svg.render(evil(), lambda s: "javascript:window.pwned=1", engine)
    root = tree(picture)
    assert not list(root.iter(f"{SVG}script"))
    assert not list(root.iter(f"{SVG}a"))
    assert not [name for e in root.iter() for name in e.attrib if name.startswith("on")]
    titles = " ".join(t.text or "" for t in root.iter(f"{SVG}title"))
    assert EVIL[0] in titles
    assert "\u202e" not in picture.svg.decode()


def test_two_boxes_never_overlap_and_stand_inside_their_frame(engine: svg.Engine) -> None:
    root = tree(svg.render(network(), no_link, engine))
    frames = {r.get("id"): _area(r) for r in root.iter(f"{SVG}rect") if "frame" in r.get("class", "")}
    boxes = {}
    for group in root.iter(f"{SVG}g"):
        outline = group.find(f"{SVG}rect")
        if group.get("id", "").startswith("network-b-") and outline is not None:
            boxes[group.get("id")] = _area(outline)
    assert len(boxes) == 6
    areas = list(boxes.values())
    for i, one in enumerate(areas):
        for other in areas[i + 1 :]:
            assert not _overlap(one, other)
    assert _contains(frames["network-f-priv"], boxes["network-b-web-0"])
    assert _contains(frames["network-f-hz"], frames["network-f-priv"])
    assert not _overlap(frames["network-f-pub"], frames["network-f-priv"])


def test_an_arrow_to_the_frame_around_its_box_ends_in_that_frame(engine: svg.Engine) -> None:
    drawn = Diagram(
        "d",
        "v",
        "T",
        "Q",
        clusters=(Cluster("f", "F"), Cluster("e", "nothing in it")),
        boxes=(Box("a", "x", ("A",), at(1), cluster="f"),),
        arrows=(Arrow("a", "f", "depends_on", (at(1),)), Arrow("a", "e", "depends_on", (at(2),))),
    )
    picture = svg.render(drawn, no_link, engine)
    assert picture.problem is None
    root = tree(picture)
    frame = next(_area(r) for r in root.iter(f"{SVG}rect") if r.get("id") == "d-f-f")
    line = next(p.get("d", "") for p in root.iter(f"{SVG}path") if p.get("class") == "line")
    x, y = map(float, line.rsplit("L", 1)[1].split())
    assert frame[0] <= x <= frame[0] + frame[2]
    assert frame[1] <= y <= frame[1] + frame[3]


def test_boxes_without_arrows_fill_rows_instead_of_one_line(engine: svg.Engine) -> None:
    root = tree(svg.render(wide(36, 0), no_link, engine))
    assert float(root.get("width", "0")) < 1500


def test_frames_that_nothing_joins_stand_in_rows_instead_of_one_column(engine: svg.Engine) -> None:
    frames = tuple(Cluster(f"f{i}", f"network {i}") for i in range(9))
    boxes = tuple(Box(f"b{i}", "resource", (f"server-{i}",), at(i + 1), cluster=f"f{i // 2}") for i in range(18))
    arrows = tuple(Arrow(f"b{i}", f"b{i + 1}", "allows", (at(1),)) for i in range(0, 18, 2))
    for direction in Direction:
        drawn = Diagram("n", "network", "T", "Q", direction, clusters=frames, boxes=boxes, arrows=arrows)
        root = tree(svg.render(drawn, no_link, engine))
        width, height = float(root.get("width", "0")), float(root.get("height", "0"))
        assert 1 / 3 < width / height < 3, (direction, width, height)
        assert len({_area(r)[1] for r in root.iter(f"{SVG}rect") if "frame" in r.get("class", "")}) > 2


def test_the_digests_tell_a_current_picture_from_an_old_or_edited_one(engine: svg.Engine) -> None:
    picture = svg.render(network(), link, engine).svg
    assert svg.embedded_digest(picture) == diagram_digest(network())
    assert svg.is_current(picture, network(), link)
    assert svg.is_current(picture.replace(b"\n", b"\r\n"), network(), link)
    assert not svg.is_current(picture, network(), no_link)
    assert not svg.is_current(picture, replace(network(), title="Other"), link)
    assert not svg.is_current(picture.replace(b"web-1", b"web-9"), network(), link)
    assert svg.embedded_digest(b"<svg/>") is None


def work_until_now() -> float:
    """Seconds of the processor's time, of this process and of the ones it has ended."""
    return sum(os.times()[:4])


def test_a_layout_that_does_not_end_is_ended_and_told(engine: svg.Engine) -> None:
    started = time.process_time()
    picture = svg.render(wide(400, 4000), no_link, engine, seconds=0.2)
    assert time.process_time() - started < 8
    assert picture.problem is not None
    assert picture.problem.code == "RE001"
    assert "did not finish" in picture.problem.message
    assert picture.svg.count(b'class="icon"') == 400
    assert svg.render(network(), no_link, engine).problem is None  # the next drawing gets a new process


def test_a_drawing_that_graphviz_rejects_does_not_end_the_engine(engine: svg.Engine) -> None:
    with pytest.raises(LayoutError):
        engine.ask("digraph { this is not dot", 5)
    assert "objects" in engine.ask("digraph { a -> b }", 5)


def children() -> set[int]:
    return {int(c) for task in Path("/proc/self/task").iterdir() for c in (task / "children").read_text().split()}


def test_a_layout_is_ended_by_its_own_work_and_not_by_the_work_of_others() -> None:
    before = children()
    with svg.Engine() as engine:
        svg.render(network(), no_link, engine)
        (child,) = children() - before
        os.kill(child, signal.SIGSTOP)  # as if another program had the processor all the time
        threading.Timer(1.5, os.kill, (child, signal.SIGCONT)).start()
        assert svg.render(wide(30, 40), no_link, engine, seconds=0.5).problem is None


def test_an_engine_outlives_its_process_and_asks_it_nothing_twice() -> None:
    with svg.Engine() as engine:
        first = svg.render(network(), no_link, engine)
        assert engine._process is not None
        engine._process.kill()
        engine._process.wait()
        assert svg.render(wide(5, 3), no_link, engine).problem is None
        engine.stop()
        assert svg.render(network(), no_link, engine) == first
        assert engine._process is None


def test_five_hundred_boxes_take_less_than_ten_seconds() -> None:
    started = work_until_now()
    with svg.Engine() as engine:
        picture = svg.render(wide(500, 600), no_link, engine)
    assert work_until_now() - started < 10
    assert picture.svg.count(b'class="icon"') == 500


def test_an_empty_drawing_is_a_picture_too(engine: svg.Engine) -> None:
    assert "Backup and Recovery Flow" in all_text(tree(svg.render(empty(), no_link, engine)))


def test_icons_come_from_diagrams_from_archdoc_or_from_the_category() -> None:
    picture = find_icon("onprem.database.PostgreSQL", Category.DATABASE)
    data = re.search(r"base64,([^\"]+)", picture.body)
    assert data is not None and base64.b64decode(data[1]).startswith(b"\x89PNG")
    assert "image" not in find_icon("hetzner.server", Category.COMPUTE).body
    assert find_icon("no.such.Icon", Category.DNS).name == "glyph-dns"
    for name in ("../../etc/passwd", "os.path.join", "aws.compute.__init__", "aws..EC2", "custom.Custom", ""):
        assert not is_known(name)


def test_the_dot_text_is_one_that_graphviz_draws(engine: svg.Engine) -> None:
    for drawn in (network(), evil()):
        text = svg.dot_text(drawn)
        names = {o["name"] for o in json.loads(engine.ask(text, 10))["objects"]}
        assert {b.id for b in network().boxes} <= names or drawn.name == "evil"


def _area(rect: ET.Element) -> tuple[float, float, float, float]:
    x, y, width, height = (float(rect.get(k, "0")) for k in ("x", "y", "width", "height"))
    return x, y, width, height


def _overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]


def _contains(outer: tuple[float, ...], inner: tuple[float, ...]) -> bool:
    return (
        outer[0] <= inner[0]
        and outer[1] <= inner[1]
        and inner[0] + inner[2] <= outer[0] + outer[2]
        and inner[1] + inner[3] <= outer[1] + outer[3]
    )
