"""A real browser that reaches nothing but the site under test, and the sites that it looks at.

Loaded as a plugin of pytest, so it imports archdoc only where a fixture is asked for: coverage starts after plugins.
"""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request

PROJECT = Path(__file__).parents[2]
CHROMIUM = "/usr/bin/chromium"
NOWHERE = "http://127.0.0.1:9"
"""The proxy for all that is not on this machine. Nobody listens there. (To intercept each request instead would switch
the browser's cache off, and every page would compile Mermaid anew.)"""
WITHOUT_WORKERS = "window.Worker = class extends EventTarget { postMessage() {} terminate() {} };"
DRAWN = "[...document.querySelectorAll('.mermaid')].every(e => ['drawn', 'failed'].includes(e.dataset.archdocState))"


@dataclass
class Site:
    """A built site, served on this machine."""

    directory: Path
    address: str

    def pages(self) -> list[str]:
        found = (p.parent.relative_to(self.directory).as_posix() for p in self.directory.rglob("index.html"))
        return sorted("" if p == "." else f"{p}/" for p in found)


@dataclass
class Visit:
    """A page that was opened, and all that went wrong on it."""

    page: Page
    faults: list[str] = field(default_factory=list)

    def open(self, site: Site, path: str) -> None:
        self.page.goto(site.address + path)
        self.page.wait_for_function(DRAWN)

    def switch(self, dark: bool) -> None:
        """Ask the page for its other theme, and wait until its drawings have it too."""
        self.page.get_by_title(f"Switch to {'dark' if dark else 'light'} mode").click()
        scheme = "slate" if dark else "default"
        self.page.wait_for_function(f"document.body.dataset.mdColorScheme === '{scheme}' && {DRAWN}")

    def diagrams(self) -> list[tuple[str, float, float, str]]:
        """State, width, height and text of every Mermaid diagram of the page."""
        found = self.page.evaluate(
            """() => [...document.querySelectorAll('.mermaid')].map(e => {
                const svg = e.querySelector('svg'), area = svg ? svg.getBoundingClientRect() : {width: 0, height: 0};
                return [e.dataset.archdocState, area.width, area.height, e.textContent];
            })"""
        )
        return [tuple(each) for each in found]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=60_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"], proxy={"server": NOWHERE, "bypass": "127.0.0.1"}
        )
        yield browser
        browser.close()


@contextmanager
def visiting(browser: Browser, scheme: str = "light", searches: bool = False) -> Iterator[Visit]:
    """A fresh page; every request that does not go to this machine fails and is noted.

    Material's search reads its index anew on every page, in a worker, which takes longer than the rest of a page; the
    worker is left out where nobody searches.
    """
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1300, "height": 900})  # type: ignore[arg-type]
    if not searches:
        context.add_init_script(WITHOUT_WORKERS)
    page = context.new_page()
    page.set_default_timeout(90_000)
    visit = Visit(page)

    def guard(request: Request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            visit.faults.append(f"asked for {request.url}")

    page.on("request", guard)
    page.on("console", lambda m: visit.faults.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: visit.faults.append(str(error)))
    page.on("response", lambda r: visit.faults.append(f"{r.status} {r.url}") if r.status >= 400 else None)
    page.on(
        "requestfailed",
        lambda r: visit.faults.append(f"{r.failure} {r.url}") if r.failure != "net::ERR_ABORTED" else None,
    )  # a request that the next page made needless is aborted
    yield visit
    context.close()


@pytest.fixture(params=["light", "dark"])
def visit(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    with visiting(browser, request.param) as opened:
        yield opened


@pytest.fixture
def light(browser: Browser) -> Iterator[Visit]:
    with visiting(browser) as opened:
        yield opened


class _Quiet(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # one connection for many files

    def do_GET(self) -> None:
        if self.path == "/favicon.ico":  # browsers ask for it where a picture is all that they show
            self.send_response(204)
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, format: str, *args: object) -> None:
        return


@contextmanager
def published(program: str, repository: Path) -> Iterator[Site]:
    """Serve a repository's site, built by a generator's own command for the address it has; a warning is a failure."""
    directory = repository / "site"
    directory.mkdir()
    handler = functools.partial(_Quiet, directory=str(directory))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        site = Site(directory, f"http://127.0.0.1:{server.server_port}/")
        done = subprocess.run(
            [str(Path(sys.executable).with_name(program)), "build", "--strict"],
            cwd=repository,
            env={**os.environ, "SITE_URL": site.address},
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        yield site
        server.shutdown()


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository's own infrastructure and hand-written pages, built anew in a directory of its own."""
    from archdoc import api
    from archdoc.config import load_config
    from archdoc.site.generated import is_generated

    root = tmp_path_factory.mktemp("sample")
    for name in ("terraform", "ansible", ".github"):
        shutil.copytree(PROJECT / name, root / name)
    for name in ("mkdocs.yml", "archdoc.toml"):
        shutil.copy(PROJECT / name, root / name)
    (root / "docs/assets").mkdir(parents=True)
    for page in (*(PROJECT / "docs").rglob("*.md"), *(PROJECT / "docs/assets").glob("*.schema.json")):
        if not is_generated(page.name, page.read_bytes()):
            (root / page.relative_to(PROJECT)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(page, root / page.relative_to(PROJECT))
    api.build(root, load_config(root), "The commands.")
    return root


@pytest.fixture(scope="session")
def sample_site(sample: Path) -> Iterator[Site]:
    with published("mkdocs", sample) as site:
        yield site


@pytest.fixture(scope="session")
def planted_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Drawings made by hand, one of them full of attacks."""
    from sample_drawings import LINK, all_views, evil, graph

    from archdoc.config import Config
    from archdoc.site.pages import render_site
    from archdoc.site.writer import write_site

    root = tmp_path_factory.mktemp("planted")
    drawings = all_views() | {"security": (evil(),)}
    write_site(root, "docs", render_site(graph(), drawings, Config(), LINK).files)
    (root / "docs/index.md").write_text("# Home\n\n[Diagrams](infrastructure/diagrams.md)\n")
    config = (PROJECT / "mkdocs.yml").read_text()
    (root / "mkdocs.yml").write_text(config[: config.index("\nnav:")] + "\n")
    with published("mkdocs", root) as site:
        yield site
