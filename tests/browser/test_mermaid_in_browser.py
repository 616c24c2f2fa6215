"""Mermaid itself as the judge of Mermaid text: what it parses, and what it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import Visit, visiting
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser
from sample_drawings import EVIL, at, evil, network, wide

from archdoc.model.change import Change
from archdoc.model.diagram import Arrow, ArrowStyle, Box, Cluster, Diagram, Direction, Shape
from archdoc.model.facts import Category
from archdoc.render import mermaid
from archdoc.render.text import clean
from archdoc.site import assets

LIBRARY = Path(assets.__file__).parent / "assets" / "mermaid.min.js"
RENDER = """async (texts) => {
    mermaid.initialize({startOnLoad: false, securityLevel: 'strict', flowchart: {wrappingWidth: 360}});
    const found = [];
    for (const text of texts) {
        try {
            const {svg} = await mermaid.render('m' + (window.count = (window.count || 0) + 1), text);
            const box = document.createElement('div');
            box.innerHTML = svg;
            const words = (selector) => [...box.querySelectorAll(selector)].map(e => e.textContent);
            found.push({nodes: words('g.node .nodeLabel'), edges: words('.edgeLabels span.edgeLabel'),
                        frames: words('.cluster-label .nodeLabel'),
                        tags: [...new Set([...box.querySelectorAll('foreignObject *')].map(e => e.localName))],
                        links: [...box.querySelectorAll('a')].map(a => a.href.baseVal)});
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


def squeezed(text: str) -> str:
    """Without spaces and without the invisible joint that keeps two signs from being Mermaid's own."""
    return "".join(text.replace("\u2060", "").split())


def label_diagram(labels: list[str]) -> Diagram:
    shapes, categories = list(Shape), list(Category)
    boxes = tuple(
        Box(f"{i} {label[:20]}", "x", (label[:150],), at(1), categories[i % len(categories)], "f" if i % 2 else "",
            shapes[i % len(shapes)])
        for i, label in enumerate(labels)
    )  # fmt: skip
    styles = list(ArrowStyle)
    arrows = tuple(
        Arrow(boxes[i].id, boxes[i + 1].id, "k", (at(1),), label[:75], styles[i % len(styles)])
        for i, label in enumerate(labels[:-1])
    )
    frame = Cluster("f", labels[0][:75])
    return Diagram("d", "v", labels[0], labels[-1], Direction.RIGHT, (frame,), boxes, arrows)


def assert_shown(visit: Visit, diagrams: list[Diagram]) -> None:
    """Mermaid draws each diagram, and shows each label letter by letter, as text."""
    texts = [mermaid.render(d, lambda s: f"https://example.org/{s.path}#L{s.line}") for d in diagrams]
    for drawn, found, text in zip(diagrams, visit.page.evaluate(RENDER, texts), texts, strict=True):
        assert "error" not in found, (found, text)
        wanted = sorted(full_name(b.label) for b in drawn.boxes)
        shown = sorted(squeezed(words) for words in found["nodes"])
        for one, other in zip(wanted, shown, strict=True):
            assert one == other or (other.endswith("…") and one.startswith(other[:20])), text
        labels = [squeezed(clean(a.label)) for a in drawn.arrows if clean(a.label)]
        seen = [squeezed(words) for words in found["edges"] if squeezed(words)]
        assert sorted(labels) == sorted(seen), text
        assert set(found["tags"]) <= {"div", "span", "p", "br"}, found["tags"]
        assert all(re.match(r"https://example\.org/", link) for link in found["links"])
    assert visit.page.evaluate("window.pwned") is None
    assert not visit.faults


def full_name(label: tuple[str, ...]) -> str:
    return squeezed("".join(clean(part) for part in label)) or "(noname)"


def test_attacks_and_odd_labels_are_shown_as_they_are(page: Visit) -> None:
    short = [e for e in EVIL if len(e) < 200]
    assert_shown(
        page, [label_diagram(short), label_diagram(["end", "graph", "o", "x", "default", "fa:fa-car", "a.style:b#c;"])]
    )


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.text(max_size=60), min_size=12, max_size=12))
def test_any_label_is_shown_as_it_is(page: Visit, labels: list[str]) -> None:
    assert_shown(page, [label_diagram(labels)])


MARKUP = st.text(alphabet='"#&;<>`|[](){}*_~-=.%:$\\/@!^+1a \n', max_size=40)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(MARKUP, min_size=12, max_size=12))
def test_any_mix_of_the_signs_of_mermaid_markdown_and_html_is_shown_as_it_is(page: Visit, labels: list[str]) -> None:
    assert_shown(page, [label_diagram(labels)])


def test_every_drawing_of_the_sample_is_valid(page: Visit, sample: Path) -> None:
    files = sorted((sample / "docs/assets").glob("*.mmd"))
    assert len(files) >= 9
    script = """async (texts) => { const bad = [];
        for (const text of texts) { try { await mermaid.parse(text); } catch (error) { bad.push(String(error)); } }
        return bad; }"""
    assert page.page.evaluate(script, [f.read_text() for f in files]) == []


def test_what_mermaid_would_refuse_for_its_size_is_cut_to_what_it_draws(page: Visit) -> None:
    for drawn in (wide(120, 700), wide(2000, 100)):
        text = mermaid.render(drawn, lambda s: f"https://example.org/{'x' * 60}/{s.line}")
        page.page.evaluate("(text) => mermaid.parse(text)", text)


def test_frames_in_frames_and_arrows_to_frames_are_drawn(page: Visit) -> None:
    found = page.page.evaluate(RENDER, [mermaid.render(d, lambda _s: None) for d in (network(), evil())])
    assert [f.get("error") for f in found] == [None, None]
    assert sorted(found[0]["frames"]) == [
        "Hetzner Cloud",
        "Internet",
        "Private subnet 10.0.2.0/24",
        "Public subnet 10.0.1.0/24",
    ]


COLOURS_OF = """async (text) => {
    mermaid.initialize({startOnLoad: false, securityLevel: 'strict'});
    const {svg} = await mermaid.render('c' + (window.count = (window.count || 0) + 1), text);
    const box = document.createElement('div');
    document.body.appendChild(box);
    box.innerHTML = svg;
    const seen = {arrows: [...box.querySelectorAll('path.flowchart-link')].map(e => getComputedStyle(e).stroke),
                  boxes: [...box.querySelectorAll('g.node')].map(e => [e.textContent.trim(),
                      getComputedStyle(e.querySelector('rect, path, polygon')).fill])};
    box.remove();
    return seen;
}"""


def test_a_drawing_of_what_differs_has_the_colours_of_what_happened(page: Visit) -> None:
    """Mermaid counts arrows; those that are written as comments do not count."""
    boxes = tuple(
        Box(n, "x", (n,), at(1), Category.NETWORK, "f", change=c) for n, c in zip("abcd", [*Change, None], strict=True)
    )
    arrows = (
        Arrow("f", "a", "inside", (at(1),), change=Change.REMOVED),
        Arrow("a", "b", "k", (at(1),), change=Change.ADDED),
        Arrow("b", "c", "k", (at(1),)),
        Arrow("c", "d", "k", (at(1),), change=Change.REMOVED),
    )
    text = mermaid.render(
        Diagram("d", "v", "t", "q", Direction.DOWN, (Cluster("f", "f"),), boxes, arrows), lambda _: None
    )
    seen = page.page.evaluate(COLOURS_OF, text)
    green, grey, red = seen["arrows"]
    assert (green, red) == ("rgb(26, 127, 55)", "rgb(207, 34, 46)")
    assert grey not in (green, red)
    assert dict(seen["boxes"]) == {
        "a": "rgb(218, 251, 225)",
        "b": "rgb(255, 224, 221)",
        "c": "rgb(255, 241, 184)",
        "d": "rgb(246, 248, 250)",
    }
