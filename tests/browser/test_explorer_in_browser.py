"""The explorer in a browser: what it answers is what the graph says, by mouse, keyboard and address."""

from __future__ import annotations

import json
import urllib.parse
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from browsing import Site, Visit, visiting
from playwright.sync_api import Browser, Page, expect
from sample_drawings import EVIL

from archdoc.render.text import clean

PAGE = "infrastructure/explorer/"
READY = "document.getElementById('archdoc-explorer')?.dataset.archdocState === 'ready'"
DRAWN = "() => document.querySelector('.archdoc-canvas')._cyreg.cy.nodes().map(n => n.scratch('_archdoc').id)"
GO = "(q) => { history.replaceState(null, '', '#' + q); dispatchEvent(new HashChangeEvent('hashchange')); }"
PLUMBING = {"variable", "local", "output", "provider", "data_source", "handler", "task_file", "collection"}


@pytest.fixture(scope="module")
def graph(sample: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((sample / "docs/assets/archdoc.json").read_text())
    return loaded


@pytest.fixture
def page(light: Visit, sample_site: Site) -> Iterator[Page]:
    light.page.goto(sample_site.address + PAGE)
    light.page.wait_for_function(READY)
    yield light.page
    assert not light.faults


def ask(page: Page, question: str) -> set[str]:
    """The ids that are drawn one by one for an address; what is drawn together is asked for apart."""
    page.evaluate(GO, f"{question}&together=none")
    return set(page.evaluate(DRAWN))


def ids(graph: dict[str, Any], **wanted: object) -> set[str]:
    return {n["id"] for n in graph["nodes"] if all(n[key] == value for key, value in wanted.items())}


def the(graph: dict[str, Any], kind: str, name: str) -> str:
    (found,) = ids(graph, kind=kind, name=name)
    return found


def walk_to(page: Page, wanted: str) -> None:
    """From the search down the list to a thing, and choose it."""
    passed = [""]
    while passed[-1] != wanted:
        page.keyboard.press("ArrowDown")
        passed.append(page.evaluate("document.activeElement.dataset.id || ''"))
        assert passed[-1] != passed[-2], f"{wanted} is not in the list: {passed}"
    page.keyboard.press("Enter")


def test_it_starts_with_what_fits_and_says_what_it_left_together(page: Page, graph: dict[str, Any]) -> None:
    usual = [n for n in graph["nodes"] if n["kind"] not in PLUMBING]
    expect(page.get_by_role("status")).to_contain_text(f"{len(usual)} things of {len(graph['nodes'])}, drawn as")
    boxes = page.evaluate(DRAWN)
    assert 10 < len(boxes) <= 60
    group = page.get_by_role("button", name="host × ")
    group.click()
    assert ids(graph, kind="host") <= set(page.evaluate(DRAWN))
    page.get_by_role("button", name="together", exact=False).first.click()
    assert page.evaluate(DRAWN) == boxes


def test_filters_leave_what_the_graph_says_belongs_to_them(page: Page, graph: dict[str, Any]) -> None:
    nodes = {n["id"]: n for n in graph["nodes"]}
    assert ask(page, "") == {i for i, n in nodes.items() if n["kind"] not in PLUMBING}
    page.get_by_label("Provider", exact=True).select_option("Cloudflare")
    found = set(page.evaluate(DRAWN))
    assert found == {i for i, n in nodes.items() if n["attributes"].get("provider_title") == "Cloudflare"}
    page.get_by_label("Environment or root", exact=True).select_option("staging")
    assert set(page.evaluate(DRAWN)) == {i for i in found if nodes[i]["attributes"]["environment"] == "staging"}
    page.get_by_role("button", name="Start over").click()
    page.get_by_text("Kinds", exact=True).click()
    page.get_by_role("button", name="None").click()
    assert page.evaluate(DRAWN) == []
    page.get_by_label("playbook (", exact=False).check()
    assert set(page.evaluate(DRAWN)) == ids(graph, kind="playbook")
    page.get_by_text("Kinds", exact=True).click()
    page.get_by_role("button", name="Start over").click()
    host = the(graph, "host", "db-1")
    page.get_by_label("Host", exact=True).select_option(label="db-1")
    running = {e["source"] for e in graph["edges"] if e["kind"] == "runs_on" and e["target"] == host}
    shown = set(page.evaluate(DRAWN))
    assert running | {host} <= shown
    assert not shown & (ids(graph, kind="host") - {host})


def test_search_finds_names_addresses_and_values(page: Page, graph: dict[str, Any]) -> None:
    page.locator("#archdoc-q").fill("prometheus.yml")
    page.wait_for_function("location.hash.includes('q=prometheus.yml')")
    found = page.evaluate(DRAWN)
    assert found
    for node in graph["nodes"]:
        if node["id"] in found:
            assert "prometheus.yml" in json.dumps(node).lower()
    assert ask(page, "q=hcloud_server+db-1") >= {
        n["id"]
        for n in graph["nodes"]
        if n["kind"] == "resource" and n["type"] == "hcloud_server" and "db-1" in n["id"]
    }
    assert ask(page, "q=no+such+thing+anywhere") == set()
    expect(page.get_by_role("status")).to_contain_text("0 things of")


def test_what_a_search_calls_by_its_name_is_the_first_of_the_list_and_by_itself(open_graph: Any) -> None:
    nodes = [node(i, f"server-{i}" if i != 33 else "server") for i in range(400)]
    page = open_graph(nodes, [arrow(nodes, i, i - i % 40) for i in range(400)])
    page.evaluate(GO, "q=server")
    assert len(page.evaluate(DRAWN)) <= 60
    listed = page.locator(".archdoc-list .archdoc-name")
    assert listed.first.text_content() == "server"
    expect(listed.nth(1)).to_contain_text(" × ")


def test_an_arrow_from_a_box_to_itself_is_drawn_outside_it(open_graph: Any) -> None:
    nodes = [node(i, f"{'wide ' * (10 * i)}{i}") for i in range(4)]
    page = open_graph(nodes, [arrow(nodes, i, i) for i in range(4)])
    assert ask(page, "") == {each["id"] for each in nodes}
    outside = page.evaluate(
        """() => document.querySelector('.archdoc-canvas')._cyreg.cy.edges().map(e =>
            e.source().position().y - e.source().height() / 2 - Math.min(...e.controlPoints().map(p => p.y)))"""
    )
    assert all(rise > 10 for rise in outside), outside


def test_neighbours_dependants_and_paths_are_those_of_the_graph(page: Page, graph: dict[str, Any]) -> None:
    loaded: nx.MultiDiGraph[str] = nx.MultiDiGraph(nx.node_link_graph(graph, edges="edges"))
    host = the(graph, "host", "db-1")
    around = {host, *loaded.successors(host), *loaded.predecessors(host)}
    assert ask(page, f"node={host}&see=around") == around
    for edge in graph["edges"]:
        if edge["kind"] == "connects_to":
            assert edge["source"] in ask(page, f"node={edge['target']}&see=needed")
            assert edge["target"] in ask(page, f"node={edge['source']}&see=needs")
            break
    role = the(graph, "role", "prometheus")
    needed = ask(page, f"node={role}&see=needed")
    plays = {e["source"] for e in graph["edges"] if e["kind"] == "applies" and e["target"] == role}
    books = {e["source"] for e in graph["edges"] if e["kind"] == "contains" and e["target"] in plays}
    runs = {e["source"] for e in graph["edges"] if e["kind"] == "runs" and e["target"] in books}
    assert plays
    assert books
    assert plays | books | runs <= needed
    target = the(graph, "playbook", "site.yml")
    path = ask(page, f"node={host}&see=path&to={target}")
    assert {host, target} <= path
    assert nx.is_connected(loaded.to_undirected().subgraph(path))
    assert len(path) <= nx.shortest_path_length(loaded.to_undirected(), host, target) + 3


def test_a_path_is_asked_for_with_the_keyboard_alone(page: Page, graph: dict[str, Any]) -> None:
    page.locator("#archdoc-q").focus()
    page.keyboard.type("host db-1")
    walk_to(page, the(graph, "host", "db-1"))
    details = page.get_by_label("Details", exact=True)
    expect(details).to_contain_text("host, compute")
    button = details.get_by_role("button", name="Path to")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Choose the other end")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("site.yml")
    walk_to(page, the(graph, "playbook", "site.yml"))
    expect(page.get_by_role("status")).to_contain_text("between db-1 and")
    canvas = page.locator(".archdoc-canvas")
    canvas.focus()
    zoom = "document.querySelector('.archdoc-canvas')._cyreg.cy.zoom()"
    before = page.evaluate(zoom)
    page.keyboard.press("+")
    assert page.evaluate(zoom) > before


def test_the_address_keeps_what_is_seen(page: Page, graph: dict[str, Any]) -> None:
    page.get_by_label("Environment or root", exact=True).select_option("production")
    page.get_by_label("Draw as one", exact=True).select_option("none")
    page.locator(".archdoc-list button").nth(3).click()
    shown, chosen = page.evaluate(DRAWN), page.get_by_label("Details", exact=True).text_content()
    address = page.url
    assert "#environment=production" in address
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_function(READY)
    assert page.evaluate(DRAWN) == shown
    assert page.get_by_label("Details", exact=True).text_content() == chosen
    expect(page.get_by_label("Environment or root", exact=True)).to_have_value("production")
    page.evaluate("location.hash = 'environment=staging'")
    expect(page.get_by_label("Environment or root", exact=True)).to_have_value("staging")
    page.go_back()
    expect(page.get_by_label("Environment or root", exact=True)).to_have_value("production")


def test_the_drawing_is_saved_as_svg_and_png(page: Page, graph: dict[str, Any]) -> None:
    ask(page, f"node={the(graph, 'host', 'db-1')}&see=around")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as SVG").click()
    tree = ET.parse(saved.value.path())
    svg = "{http://www.w3.org/2000/svg}"
    words = {t.text for t in tree.iter(f"{svg}text")}
    assert {"db-1", "postgresql"} <= words
    assert len(list(tree.iter(f"{svg}rect"))) == len(page.evaluate(DRAWN)) + 1
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as PNG").click()
    assert Path(saved.value.path()).read_bytes().startswith(b"\x89PNG")


def test_it_follows_the_theme_and_instant_navigation(page: Page) -> None:
    paper = "() => getComputedStyle(document.querySelector('.archdoc-canvas')).backgroundColor"
    stroke = "() => document.querySelector('.archdoc-canvas')._cyreg.cy.edges()[0].style('line-color')"
    before = page.evaluate(paper), page.evaluate(stroke)
    page.get_by_title("Switch to dark mode").click()
    page.wait_for_function(f"({stroke})() !== {before[1]!r}")
    assert page.evaluate(paper) != before[0]
    page.evaluate("window.stayed = true")
    page.get_by_role("link", name="How truth is kept").first.click()
    page.wait_for_url("**/truth/")
    page.get_by_role("link", name="Explorer").first.click()
    page.wait_for_function(READY)
    assert page.evaluate("window.stayed") is True
    assert page.evaluate(DRAWN)


def test_a_place_in_the_code_is_a_link_to_its_line(light: Visit, planted_site: Site) -> None:
    light.page.goto(f"{planted_site.address}{PAGE}#node=ansible:.:host:web-1")
    light.page.wait_for_function(READY)
    address = (
        light.page.get_by_label("Details", exact=True)
        .get_by_role("link", name="hosts.ini:3")
        .first.get_attribute("href")
    )
    assert address == "https://github.com/example/infra/blob/HEAD/hosts.ini#L3-L6"
    assert not light.faults


def node(number: int, name: str, **more: object) -> dict[str, Any]:
    place = {"path": f"terraform/{number % 20}/main.tf", "line": number + 1, "end_line": number + 3}
    return {
        "id": f"tf:terraform/{number % 20}:aws_{number % 40}.{number} {name}", "kind": "resource", "name": name,
        "type": f"aws_{number % 40}", "address": name, "category": "compute", "source": place, "evidence": [],
        "attributes": {"values": {"tags": name}}, "root": f"terraform/{number % 20}", **more,
    }  # fmt: skip


def arrow(nodes: list[dict[str, Any]], source: int, target: int, **more: object) -> dict[str, Any]:
    return {
        "source": nodes[source]["id"], "target": nodes[target]["id"], "key": f"{source}-{target}", "kind": "references",
        "provenance": "declared", "rule": "", "evidence": [{"path": "main.tf", "line": 1}], "attributes": {}, **more,
    }  # fmt: skip


@pytest.fixture
def open_graph(browser: Browser, sample_site: Site) -> Iterator[Any]:
    """Opens the explorer with a graph of the test's own in the place of the sample's."""
    with visiting(browser) as visit:

        def opened(nodes: list[dict[str, Any]], edges: list[dict[str, Any]], link: str = "") -> Page:
            body = json.dumps({"graph": {"source_link": link}, "nodes": nodes, "edges": edges})
            visit.page.route("**/assets/archdoc.json", lambda route: route.fulfill(body=body))
            visit.page.goto(sample_site.address + PAGE)
            visit.page.wait_for_function(READY)
            return visit.page

        yield opened
        assert not visit.faults


def test_hostile_names_are_text_wherever_they_are_shown(open_graph: Any) -> None:
    names = [name for name in EVIL if "\ud800" not in name]
    nodes = [node(i, name, type=name[:60], category="compute") for i, name in enumerate(names)]
    edges = [arrow(nodes, i, (i + 1) % len(nodes), kind="references", rule=names[i]) for i in range(len(nodes))]
    page = open_graph(nodes, edges, "javascript:window.pwned=1//{path}")
    ask(page, "")
    for each in nodes:
        page.evaluate(GO, urllib.parse.urlencode({"node": each["id"], "see": "around"}))
    listed = ask(page, "")
    assert len(listed) == len(nodes)
    seen = page.evaluate("[...document.querySelectorAll('.archdoc-list .archdoc-name')].map(e => e.textContent)")
    assert {name for name in names if name} <= set(seen)
    inside = page.evaluate(
        "[...new Set([...document.querySelectorAll('.archdoc-list *, .archdoc-details *')].map(e => e.localName))]"
    )
    assert not {"script", "img", "b"} & set(inside)
    assert page.evaluate("[...document.querySelectorAll('#archdoc-explorer a')].map(a => a.href)") == []
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as SVG").click()
    tree = ET.parse(saved.value.path())
    assert {e.tag.split("}")[1] for e in tree.iter()} <= {"svg", "title", "rect", "path", "text"}
    assert "<script>" in " ".join(t.text or "" for t in tree.iter())
    assert clean(names[0])[:12] in " ".join(t.text or "" for t in tree.iter())
    assert page.evaluate("window.pwned") is None


def test_five_thousand_elements_start_small_and_stay_smooth(open_graph: Any) -> None:
    """Measured in the processor's time of the page, whatever else the machine does."""
    nodes = [node(i, f"server-{i}") for i in range(1700)]
    edges = [arrow(nodes, i % 1699 + 1, (i * 7919) % (i % 1699 + 1), key=str(i)) for i in range(3300)]
    page = open_graph(nodes, edges)
    assert len(page.evaluate(DRAWN)) <= 60
    work = Work(page)
    page.get_by_label("Draw as one", exact=True).select_option("none")
    assert len(page.evaluate(DRAWN)) == 1700
    assert work.done() < 8
    press = """async (keys) => { const stage = document.querySelector('.archdoc-canvas');
        for (const key of keys) {
            stage.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));
            await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))); } }"""
    page.evaluate(press, ["+", "-"] * 10)
    assert work.done() / 20 < 0.4
    page.evaluate(press, ["ArrowLeft", "ArrowRight"] * 10)
    assert work.done() / 20 < 0.04
    page.locator("#archdoc-q").fill("server-12")
    page.wait_for_function("document.querySelector('.archdoc-status').textContent.startsWith('111 things')")
    assert work.done() < 2


class Work:
    """Seconds that the page's own thread has worked."""

    def __init__(self, page: Page) -> None:
        self._chromium = page.context.new_cdp_session(page)
        self._chromium.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._before = self._now()

    def done(self) -> float:
        """Since the last time that it was asked."""
        before, self._before = self._before, self._now()
        return self._before - before

    def _now(self) -> float:
        said = self._chromium.send("Performance.getMetrics")["metrics"]
        return float(next(each["value"] for each in said if each["name"] == "ThreadTime"))
