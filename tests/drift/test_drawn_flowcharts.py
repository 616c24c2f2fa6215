"""Flowcharts, C4 and architecture diagrams as text: what they draw, with lines, and what cannot be read of them."""

from __future__ import annotations

import time

import pytest

from archdoc.drift.drawn.drawing import Drawing
from archdoc.drift.drawn.labels import lines_of
from archdoc.drift.drawn.pages import read_drawing


def read(text: str, line: int = 1) -> Drawing:
    drawing = read_drawing(text, line)
    assert drawing is not None
    return drawing


def arrows(drawing: Drawing) -> list[tuple[str, str, str]]:
    return [(a.source, a.target, a.label) for a in drawing.arrows]


def test_boxes_frames_and_arrows_have_the_lines_of_their_page() -> None:
    drawing = read(
        'flowchart TB\n  %% a remark\n  subgraph net["Private <b>subnet</b>"]\n    web["Web 1<br/>10.0.2.10"]\n  end\n'
        "  web -->|5432| db[(PostgreSQL)]\n  db:::x\n  style web fill:#f00; user --> web",
        10,
    )
    assert [(b.id, b.label, b.line, b.parent, b.is_frame) for b in drawing.boxes] == [
        ("net", ("Private subnet",), 12, "", True),
        ("web", ("Web 1", "10.0.2.10"), 13, "net", False),
        ("db", ("PostgreSQL",), 15, "", False),
        ("user", ("user",), 17, "", False),
    ]
    assert [(a.source, a.target, a.label, a.line) for a in drawing.arrows] == [
        ("web", "db", "5432", 15),
        ("user", "web", "", 17),
    ]


def test_a_chain_of_several_boxes_is_every_arrow_between_them() -> None:
    assert arrows(read("graph LR\na & b -- x --> c ==> d & e")) == [
        ("a", "c", "x"),
        ("b", "c", "x"),
        ("c", "d", ""),
        ("c", "e", ""),
    ]


def test_what_cannot_be_read_is_told_and_the_rest_is_read() -> None:
    drawing = read('flowchart LR\nA["open --> B\nC --> D\nE -- no end\nsubgraph X["q "in" q"]\nF\nend\nend\nG')
    assert [(u.line, u.reason) for u in drawing.unread] == [
        (2, "] was expected after a label in quotes"),
        (4, "-- without the end of its arrow"),
        (5, "] was expected after a label in quotes"),
        (8, "an end without its subgraph"),
    ]
    assert arrows(drawing) == [("C", "D", "")]
    assert "end" not in drawing.by_id


def test_architecture_diagrams() -> None:
    drawing = read(
        "architecture-beta\n  group vpc(cloud)[VPC]\n  service db(database)[Orders DB] in vpc\n"
        "  service web(server)[Web] in vpc\n  junction j in vpc\n  db:L <-- R:web\n  web:T --> B:j\n  nonsense here\n"
    )
    assert [(b.id, b.label, b.parent, b.is_frame, b.is_joint) for b in drawing.boxes] == [
        ("vpc", ("VPC",), "", True, False),
        ("db", ("Orders DB",), "vpc", False, False),
        ("web", ("Web",), "vpc", False, False),
        ("j", ("j",), "vpc", False, True),
    ]
    assert arrows(drawing) == [("web", "db", ""), ("web", "j", "")]
    assert [u.line for u in drawing.unread] == [8]


def test_c4_diagrams() -> None:
    drawing = read(
        'C4Container\n  title Shop\n  Person(u, "Customer", "buys, (sometimes)")\n  System_Boundary(s, "Shop") {\n'
        '    ContainerDb(db, "Orders", "PostgreSQL 16", "keeps orders")\n    Container(web, "Web", "nginx")\n  }\n'
        '  Rel(u, web, "uses", "HTTPS")\n  Rel_Back(web, db, "answers")\n  BiRel(web, db, "talks")\n'
        '  UpdateElementStyle(u, $bgColor="red")\n  Rel(u, nobody, "x")\n'
    )
    assert [(b.id, b.label, b.parent, b.is_frame) for b in drawing.boxes] == [
        ("u", ("Customer",), "", False),
        ("s", ("Shop",), "", True),
        ("db", ("Orders", "[PostgreSQL 16]"), "s", False),
        ("web", ("Web", "[nginx]"), "s", False),
    ]
    assert arrows(drawing) == [("u", "web", "uses"), ("db", "web", "answers"), ("web", "db", "talks")]


@pytest.mark.parametrize("text", ["sequenceDiagram\nA->>B: hi", "classDiagram\nA <|-- B", "pie\n x: 1", "", "graphs"])
def test_other_diagrams_show_no_boxes_of_infrastructure(text: str) -> None:
    assert read_drawing(text) is None


@pytest.mark.parametrize(
    ("label", "lines"),
    [
        ("fa:fa-database <b>Orders</b><br/>PostgreSQL 16", ("Orders", "PostgreSQL 16")),
        ("`**Bold** and _slanted_`", ("Bold and slanted",)),
        ("🌐 Users", ("Users",)),
        ("a #quot;quoted#quot; &amp; b", ('a "quoted" & b',)),
        ("one\\ntwo<BR >three", ("one", "two", "three")),
        ("<script>alert(1)</script>", ("alert(1)",)),
        ("snake_case_name", ("snake_case_name",)),
        ("  ", ()),
    ],
)
def test_a_label_is_what_a_reader_sees(label: str, lines: tuple[str, ...]) -> None:
    assert lines_of(label) == lines


HOSTILE = {
    "arrows that never end": "graph TD\n" + "a -- " * 40_000,
    "labels that never end": "graph TD\n" + 'a["x\n' * 30_000,
    "brackets": "graph TD\nA" + "[" * 190_000,
    "frames in frames": "graph TD\n" + "subgraph x\n" * 15_000,
    "directives": "graph TD\n" + "%%{ " * 45_000,
    "descriptions": "graph TD\n" + "accDescr { x\n" * 15_000,
    "every box to every box": "graph TD\n"
    + " & ".join(f"a{i}" for i in range(900))
    + " --> "
    + " & ".join("bcde" * 300),
    "too long": "graph TD\n" + "a --> b\n" * 100_000,
    "calls": "C4Context\n" + "Person(" * 25_000,
    "entities": "graph TD\na[" + "#x" * 90_000 + "]",
    "one word": "graph TD\n" + "a" * 190_000,
    "dashes": "graph TD\na " + "-" * 190_000,
    "edges of architecture": "architecture-beta\n" + "a:L -[" * 30_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_read_in_bounded_time(name: str) -> None:
    begin = time.process_time()
    drawing = read(HOSTILE[name])
    assert time.process_time() - begin < 20
    assert len(drawing.boxes) + len(drawing.arrows) < 12_000
