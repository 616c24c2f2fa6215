from __future__ import annotations

import itertools
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import DRAWN, PROJECT, Site, Visit, published, visiting
from playwright.sync_api import Browser, expect
from sample_drawings import EVIL

from archdoc.render.text import clean

VIEWS = (
    "terraform",
    "infrastructure",
    "pipeline",
    "network",
    "services",
    "ansible",
    "dependencies",
    "monitoring",
    "security",
    "backup",
)
SCHEMES = ("default", "slate")
WORDS = """[...document.querySelectorAll('.mermaid svg')].flatMap(svg => {
    const title = svg.querySelector('.cluster-label span, .cluster-label p');
    return title ? [Math.max(...getComputedStyle(title).color.match(/\\d+/g).slice(0, 3).map(Number))] : []; })"""
"""How bright the titles of frames are."""


def assert_drawn(visit: Visit, at_least: int) -> None:
    diagrams = visit.diagrams()
    assert len(diagrams) >= at_least
    for state, width, height, words in diagrams:
        assert state == "drawn"
        assert width > 40
        assert height > 20
        assert "Syntax error" not in words


def test_every_page_of_the_sample_draws_all_its_diagrams_and_misses_nothing(light: Visit, sample_site: Site) -> None:
    """In the theme that the page before it was left in; what has drawings, pictures or the explorer in both themes."""
    pages = sample_site.pages()
    assert {f"infrastructure/views/{view}/" for view in VIEWS} <= set(pages)
    dark, switched = False, []
    for path in pages:
        light.open(sample_site, path)
        assert_shown(light, path, dark)
        if light.page.evaluate(
            "document.querySelector('.mermaid, article img, article svg, #archdoc-explorer') !== null"
        ):
            dark = not dark
            light.switch(dark)
            assert_shown(light, path, dark)
            switched.append(path)
    assert {f"infrastructure/views/{view}/" for view in VIEWS} | {"", "infrastructure/explorer/"} <= set(switched)


def assert_shown(visit: Visit, path: str, dark: bool) -> None:
    assert visit.page.evaluate("document.body.dataset.mdColorScheme") == SCHEMES[dark]
    assert_drawn(visit, 9 if path == "infrastructure/diagrams/" else 1 if "/views/" in path else 0)
    words = visit.page.evaluate(WORDS)
    assert not words or (max(words) < 128) != dark, (path, words)
    pictures = visit.page.evaluate("[...document.images].map(i => [i.src, i.complete && i.naturalWidth])")
    assert all(width for _, width in pictures), pictures
    assert not visit.faults, (path, visit.faults)


def test_nothing_beyond_this_machine_is_reached(light: Visit, sample_site: Site) -> None:
    light.open(sample_site, "truth/")
    for address in ("https://example.com/", "http://192.0.2.1/"):
        came = "fetch(address, {mode: 'no-cors'}).then(() => true, () => false)"
        assert light.page.evaluate(f"address => {came}", address) is False
        assert any(address in fault for fault in light.faults)


def test_a_tag_leads_to_the_views_that_draw_such_things(light: Visit, sample_site: Site) -> None:
    light.page.goto(sample_site.address + "infrastructure/views/network/")
    light.page.locator(".md-tags a", has_text="dns").click()
    light.page.wait_for_url("**/tags/#tag:dns")
    listed = light.page.locator("h2[id='tag:dns'] + ul")
    expect(listed).to_contain_text("Network")
    expect(listed).not_to_contain_text("Ansible")
    assert not light.faults


COLOURS = """() => [...document.querySelectorAll('.mermaid svg[id] *')].map(e => {
    const {fill, stroke, color, backgroundColor, strokeWidth, fontSize, opacity} = getComputedStyle(e);
    return [e.localName, fill, stroke, color, backgroundColor, strokeWidth, fontSize, opacity]; })"""


def test_another_theme_recolours_a_drawing_where_it_stands(light: Visit, browser: Browser, sample_site: Site) -> None:
    """As if it were drawn in that theme, and moved and enlarged as the reader left it."""
    light.open(sample_site, "infrastructure/views/network/")
    light.page.get_by_role("button", name="Zoom in").first.click()
    svg = light.page.locator(".archdoc-stage > svg").first
    was, moved = light.page.evaluate(COLOURS), svg.get_attribute("style")
    svg.evaluate("e => { e.drawnOnce = true; }")
    light.switch(dark=True)
    assert (svg.evaluate("e => e.drawnOnce"), svg.get_attribute("style")) == (True, moved)
    with visiting(browser, "dark") as dark:
        dark.open(sample_site, "infrastructure/views/network/")
        assert light.page.evaluate(COLOURS) == dark.page.evaluate(COLOURS)
    light.switch(dark=False)
    assert light.page.evaluate(COLOURS) == was
    assert not light.faults


OTHERS = (
    "sequenceDiagram\n    A->>B: asks",
    "%%{init: {'theme': 'forest'}}%%\nflowchart LR\n    a --> b",
    "flowchart LR\n    a:::mine --> b; classDef mine fill:#abcdef",
)
"""Not a flow chart; settings of its own; classes within a line."""


def test_any_other_diagram_has_the_colours_of_its_theme_too(light: Visit, browser: Browser, sample_site: Site) -> None:
    def draw(visit: Visit) -> None:
        visit.open(sample_site, "truth/")
        visit.page.evaluate(
            """texts => { for (const text of texts) {
                    const block = document.createElement('div');
                    block.className = 'mermaid';
                    block.textContent = text;
                    document.querySelector('article').append(block);
                }
                document$.next(document); }""",
            OTHERS,
        )
        visit.page.wait_for_function(DRAWN)
        assert_drawn(visit, len(OTHERS))

    draw(light)
    light.switch(dark=True)
    with visiting(browser, "dark") as dark:
        draw(dark)
        assert light.page.evaluate(COLOURS) == dark.page.evaluate(COLOURS)
    assert not light.faults


def test_the_search_of_the_site_finds_a_host_and_leads_to_its_page(browser: Browser, sample_site: Site) -> None:
    with visiting(browser, searches=True) as visit:
        visit.open(sample_site, "truth/")
        # The theme listens for keys: a text that is only put there is not always noticed.
        visit.page.get_by_role("textbox", name="Search").press_sequentially("staging-db-1")
        found = visit.page.locator(".md-search-result__link").first
        expect(found).to_have_attribute("href", re.compile("/hosts/staging-db-1/"))  # and not what its beginning finds
        found.click()
        visit.page.wait_for_url("**/hosts/staging-db-1/**")
        assert not visit.faults


def test_instant_navigation_draws_the_next_page_too(light: Visit, sample_site: Site) -> None:
    light.open(sample_site, "truth/")
    light.page.evaluate("window.stayed = true")
    light.page.get_by_role("link", name="Deployment pipeline").first.click()
    light.page.wait_for_url("**/views/pipeline/")
    expect(light.page.locator(".mermaid[data-archdoc-state=drawn] svg").first).to_be_visible()
    assert light.page.evaluate("window.stayed") is True
    assert not light.faults


def test_a_diagram_can_be_zoomed_and_moved_by_mouse_and_keyboard(light: Visit, sample_site: Site) -> None:
    light.open(sample_site, "infrastructure/views/network/")
    svg = light.page.locator(".archdoc-stage > svg").first

    def transform() -> str:
        return str(svg.evaluate("e => e.style.transform"))

    seen = [transform()]
    light.page.get_by_role("button", name="Zoom in").first.click()
    seen.append(transform())
    stage = light.page.locator(".archdoc-stage").first
    stage.focus()
    for key in ("-", "-", "ArrowLeft", "ArrowDown"):
        light.page.keyboard.press(key)
        seen.append(transform())
    area = stage.bounding_box()
    assert area is not None
    light.page.mouse.move(area["x"] + 30, area["y"] + 30)
    light.page.mouse.down()
    light.page.mouse.move(area["x"] + 130, area["y"] + 60, steps=4)
    light.page.mouse.up()
    seen.append(transform())
    assert all(one != other for one, other in itertools.pairwise(seen))
    light.page.keyboard.press("0")
    inside = svg.evaluate(
        """e => { const a = e.getBoundingClientRect(), b = e.parentElement.getBoundingClientRect();
                  return a.left >= b.left - 1 && a.right <= b.right + 1 && a.bottom <= b.bottom + 1; }"""
    )
    assert inside


def test_boxes_lead_to_their_line_and_to_other_drawings(light: Visit, planted_site: Site) -> None:
    light.open(planted_site, "infrastructure/views/network/")
    addresses = light.page.evaluate("[...document.querySelectorAll('.mermaid svg a')].map(a => a.getAttribute('href'))")
    assert "https://github.com/example/infra/blob/HEAD/terraform/main.tf#L21-L24" in addresses
    anchors = light.page.evaluate("[...document.querySelectorAll('a[id]')].map(a => a.id)")
    assert {"network", "network-staging"} <= set(anchors)


def test_attacks_in_labels_are_shown_and_do_nothing(light: Visit, planted_site: Site) -> None:
    visit = light
    for path in ("infrastructure/views/security/", "infrastructure/diagrams/", "infrastructure/terraform/",
                 "infrastructure/problems/", "assets/security.svg"):  # fmt: skip
        visit.page.goto(planted_site.address + path)
        visit.page.wait_for_timeout(200)
        assert visit.page.evaluate("window.pwned") is None
        unsafe = visit.page.evaluate(
            """() => [...document.querySelectorAll('a')].map(a => a.href.baseVal ?? a.href)
                .filter(h => !/^(https?:|#|$)/.test(h))"""
        )
        assert unsafe == []
        assert not visit.faults, (path, visit.faults)
    visit.open(planted_site, "infrastructure/views/security/")
    for dark in (False, True):
        if dark:
            visit.switch(dark)
        assert_drawn(visit, 1)
        shown = "".join("".join(words.replace("\u2060", "").split()) for *_, words in visit.diagrams())
        for label in EVIL[:11]:
            assert "".join(clean(label).split())[:40] in shown
        assert visit.page.evaluate("window.pwned") is None


def test_the_picture_in_the_other_theme_is_another_picture(visit: Visit, planted_site: Site) -> None:
    visit.page.goto(planted_site.address + "assets/network.svg")
    paper, words = visit.page.evaluate(
        """() => [getComputedStyle(document.querySelector('.paper')).fill,
                  getComputedStyle(document.querySelector('.title')).fill]"""
    )
    dark = visit.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert (paper, words) == (
        ("rgb(13, 17, 23)", "rgb(230, 237, 243)") if dark else ("rgb(255, 255, 255)", "rgb(27, 31, 36)")
    )
    assert not visit.faults


@pytest.fixture(scope="module")
def zensical_site(sample: Path, sample_site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    root = tmp_path_factory.mktemp("zensical")
    shutil.copytree(sample / "docs", root / "docs")
    shutil.copy(PROJECT / "mkdocs.yml", root)
    with published("zensical", root) as site:
        yield site


def test_zensical_builds_the_same_pages_and_draws_them(light: Visit, zensical_site: Site, sample_site: Site) -> None:
    missing = set(sample_site.pages()) - set(zensical_site.pages())
    assert missing <= {"tags/"}
    light.open(zensical_site, "infrastructure/diagrams/")
    assert_drawn(light, 9)
    assert not light.faults
