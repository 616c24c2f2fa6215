"""Mermaid itself as the judge of how hand-drawn diagrams are read: the same boxes, labels, frames and arrows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import Visit, visiting
from playwright.sync_api import Browser

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
