"""Mermaid itself as the judge of how hand-drawn diagrams are read: the same boxes, labels, frames and arrows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import Visit, visiting
from playwright.sync_api import Browser

from archdoc.drift.drawn.architecture import read_architecture
from archdoc.drift.drawn.c4 import read_c4
from archdoc.drift.drawn.drawing import Drawing
from archdoc.drift.drawn.flowchart import read_flowchart
from archdoc.drift.drawn.labels import lines_of
from archdoc.site import assets

LIBRARY = Path(assets.__file__).parent / "assets" / "mermaid.min.js"
TABLE = (Path(__file__).parents[1] / "drift/data/flowcharts.txt").read_text().split("=====\n")
READ = """async (texts) => {
    mermaid.initialize({startOnLoad: false});
    const found = [];
    for (const text of texts) {
        try {
            const {db} = await mermaid.mermaidAPI.getDiagramFromText(text);
            found.push({
                boxes: [...db.getVertices().values()].map(v => [v.id, v.text ?? v.id]),
                arrows: db.getEdges().map(e => [e.start, e.end, e.text ?? '', e.type !== 'arrow_open', e.stroke !== 'invisible']),
                frames: db.getSubGraphs().map(s => [s.id, s.title, [...s.nodes].sort()]),
            });
        } catch (error) { found.push({error: String(error)}); }
    }
    return found;
}"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Visit]:
    with visiting(browser) as visit:
        visit.page.set_content("<html><body></body></html>")
        visit.page.add_script_tag(path=str(LIBRARY))
        yield visit


def decoded(text: str) -> str:
    """Mermaid keeps its entities in letters of its own while it parses."""
    return text.replace("ﬂ°°", "&#").replace("ﬂ°", "&").replace("¶ß", ";")


def of_mermaid(found: dict[str, Any]) -> dict[str, Any]:
    """Mermaid's own reading, labels as a reader sees them."""
    frames = {f[0] for f in found["frames"]}
    return {
        "boxes": {i: lines_of(decoded(t)) for i, t in found["boxes"] if i not in frames},
        "frames": {i: (lines_of(t), nodes) for i, t, nodes in found["frames"]},
        "arrows": [(a, b, " ".join(lines_of(t)), head) for a, b, t, head, seen in found["arrows"] if seen],
    }


def of_ours(drawing: Drawing) -> dict[str, Any]:
    assert drawing.unread == ()
    return {
        "boxes": {b.id: b.label for b in drawing.boxes if not b.is_frame},
        "frames": {
            b.id: (b.label, sorted(o.id for o in drawing.boxes if o.parent == b.id))
            for b in drawing.boxes
            if b.is_frame
        },
        "arrows": [(a.source, a.target, " ".join(lines_of(a.label)), a.has_heads) for a in drawing.arrows],
    }


def test_flowcharts_are_read_as_mermaid_reads_them(page: Visit) -> None:
    assert len(TABLE) >= 60
    found = page.page.evaluate(READ, TABLE)
    assert [t for t, f in zip(TABLE, found, strict=True) if "error" in f] == []
    for text, judged in zip(TABLE, found, strict=True):
        assert of_ours(read_flowchart(text)) == of_mermaid(judged), text


ARCHITECTURE = """architecture-beta
    group api(cloud)[API]
    group inner(server)["Inner group"] in api
    service db(database)[Database] in api
    service disk1(disk)[Storage] in inner
    service server(server)[Server] in api
    junction j1 in api
    db:L -- R:server
    disk1:T --> B:server
    server:B <-- L:j1
    j1:B -[reads]- T:db
"""
C4 = """C4Deployment
    title Deployment
    Person_Ext(customer, "Banking customer", "with (personal) accounts")
    Deployment_Node(plc, "Big Bank plc", "Data center"){
        Deployment_Node(dn, "bigbank-api x8", "Ubuntu"){
            ContainerDb(db, "Database", "Relational", "Stores users")
            Container(mobile, "Mobile App", "Xamarin", "Provides a subset")
        }
    }
    Enterprise_Boundary(b1, "Bank") {
        SystemQueue_Ext(queue, "Queue of banks")
    }
    Rel(mobile, db, "Makes calls to", "json/HTTPS")
    BiRel(customer, mobile, "Uses")
    UpdateElementStyle(customer, $fontColor="red", $bgColor="grey")
"""
READ_OTHERS = """async ([architecture, c4]) => {
    mermaid.initialize({startOnLoad: false});
    const one = (await mermaid.mermaidAPI.getDiagramFromText(architecture)).db;
    const two = (await mermaid.mermaidAPI.getDiagramFromText(c4)).db;
    return [
        [...one.getServices().map(s => [s.id, s.title, s.in ?? '']), ...one.getGroups().map(g => [g.id, g.title, g.in ?? ''])],
        one.getEdges().map(e => [e.lhsId, e.rhsId].sort()),
        [...two.getC4ShapeArray().map(s => [s.alias, s.label.text, s.parentBoundary]),
         ...two.getBoundaries().map(b => [b.alias, b.label.text, b.parentBoundary])],
        two.getRels().map(r => [r.from, r.to, r.label.text]),
    ];
}"""


def test_architecture_and_c4_diagrams_are_read_as_mermaid_reads_them(page: Visit) -> None:
    things, edges, shapes, relations = page.page.evaluate(READ_OTHERS, [ARCHITECTURE, C4])
    drawing = read_architecture(ARCHITECTURE)
    assert drawing.unread == ()
    assert sorted([b.id, b.title, b.parent] for b in drawing.boxes if not b.is_joint) == sorted(things)
    assert sorted(sorted((a.source, a.target)) for a in drawing.arrows) == sorted(edges)
    drawing = read_c4(C4)
    assert drawing.unread == ()
    parents = {"global": ""}
    known = [[i, t, parents.get(p, p)] for i, t, p in shapes if i != "global"]
    assert sorted([b.id, b.label[0], b.parent] for b in drawing.boxes) == sorted(known)
    assert [[a.source, a.target, a.label] for a in drawing.arrows] == relations
