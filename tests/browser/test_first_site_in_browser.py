"""The site that somebody gets who only ran what the guide says, and sites with a configuration of their own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import Site, Visit, published, visiting
from gitrepo import archdoc
from playwright.sync_api import Browser

CODE = """
resource "hcloud_network" "main" {
  name     = "main"
  ip_range = "10.0.0.0/16"
}
resource "hcloud_server" "web" {
  count       = 3
  name        = "web-${count.index}"
  server_type = "cx22"
  network {
    network_id = hcloud_network.main.id
  }
}
"""
OTHERS = {
    "material with mermaid2 as its guide says": """
site_name: Test
theme: {name: material, font: false}
plugins:
  - search
  - mermaid2: {javascript: assets/archdoc/mermaid.min.js}
  - archdoc
markdown_extensions:
  - pymdownx.superfences:
      custom_fences:
        - {name: mermaid, class: mermaid, format: !!python/name:mermaid2.fence_mermaid_custom }
""",
    "material with its own fence": """
site_name: Test
theme: {name: material, font: false}
plugins: [search, archdoc]
markdown_extensions:
  - pymdownx.superfences:
      custom_fences:
        - {name: mermaid, class: mermaid, format: !!python/name:pymdownx.superfences.fence_code_format }
""",
    "a site that has no fence for Mermaid": """
site_name: Test
theme: {name: material, font: false}
plugins: [search, archdoc]
""",
    "a fence whose format is a text": """
site_name: Test
theme: {name: material, font: false}
plugins: [search, archdoc]
markdown_extensions:
  - pymdownx.superfences:
      custom_fences: [{name: mermaid, class: mermaid, format: pymdownx.superfences.fence_div_format}]
""",
    "readthedocs": """
site_name: Test
theme: {name: readthedocs, highlightjs: false}
plugins: [archdoc]
markdown_extensions:
  - pymdownx.superfences:
      custom_fences:
        - {name: mermaid, class: mermaid, format: !!python/name:pymdownx.superfences.fence_div_format }
""",
}
WHOLE = """() => [...document.querySelectorAll('.mermaid')].map(block => {
    const svg = block.querySelector('.archdoc-stage > svg'), stage = block.querySelector('.archdoc-stage');
    if (!svg) return [block.dataset.archdocState, 0, 1, 0];
    const seen = svg.getBoundingClientRect(), box = svg.viewBox.baseVal;
    return [block.dataset.archdocState, seen.height / seen.width, box.height / box.width,
            stage.getBoundingClientRect().height / seen.height];
})"""


@pytest.fixture(scope="module")
def first_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """By the programs themselves, as somebody types it."""
    root = tmp_path_factory.mktemp("first")
    (root / "main.tf").write_text(CODE)
    for command in ("init", "build"):
        program = str(Path(sys.executable).with_name("archdoc"))
        subprocess.run([program, command], cwd=root, check=True, capture_output=True, timeout=300)
    with published("mkdocs", root) as site:
        yield site


@pytest.fixture(scope="module", params=list(OTHERS))
def other_site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    root = tmp_path_factory.mktemp("other")
    (root / "main.tf").write_text(CODE)
    (root / "mkdocs.yml").write_text(OTHERS[request.param])
    for command in ("init", "build"):
        assert archdoc(root, command).returncode == 0
    with published("mkdocs", root) as site:
        yield site


def assert_whole(visit: Visit, site: Site, path: str) -> None:
    visit.open(site, path)
    visit.page.wait_for_timeout(300)  # another program would start late, when everything is loaded
    diagrams = visit.page.evaluate(WHOLE)
    assert diagrams
    for state, shape, drawn, room in diagrams:
        assert state == "drawn"
        assert shape == pytest.approx(drawn, rel=0.02)
        assert room >= 0.98
    assert not visit.faults


def test_init_build_and_mkdocs_give_a_site_that_works(visit: Visit, first_site: Site) -> None:
    assert {"", "infrastructure/diagrams/", "infrastructure/explorer/"} <= set(first_site.pages())
    assert_whole(visit, first_site, "infrastructure/views/infrastructure/")
    visit.page.goto(first_site.address)
    visit.page.get_by_role("link", name="Explorer").first.click()
    visit.page.wait_for_function("document.getElementById('archdoc-explorer')?.dataset.archdocState === 'ready'")
    assert not visit.faults


def test_another_configuration_works_too_on_a_dark_desktop(browser: Browser, other_site: Site) -> None:
    with visiting(browser, "dark") as visit:
        assert_readable(visit, other_site)


def assert_readable(visit: Visit, other_site: Site) -> None:
    assert_whole(visit, other_site, "infrastructure/views/infrastructure/")
    words, paper = visit.page.evaluate(
        """() => { const label = document.querySelector('.mermaid .edgeLabel p, .mermaid .cluster-label p, .mermaid svg');
            let on = label; while (on && /, 0\\)|transparent/.test(getComputedStyle(on).backgroundColor)) on = on.parentElement;
            const light = c => c.match(/[0-9.]+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0);
            return [light(getComputedStyle(label).color), on ? light(getComputedStyle(on).backgroundColor) : 765]; }"""
    )
    assert abs(words - paper) > 300
