"""The MkDocs plugin through MkDocs' own commands."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import mkdocs.commands.build
import mkdocs.config
import pytest

from archdoc import api
from archdoc.config import load_config
from archdoc.site.plugin import ArchdocPlugin

MKDOCS = str(Path(sys.executable).with_name("mkdocs"))
SERVER = 'resource "hcloud_server" "{name}" {{\n  name        = "{name}"\n  server_type = "cx22"\n}}\n'
NETWORK = 'resource "hcloud_network" "{name}" {{\n  name     = "{name}"\n  ip_range = "10.0.0.0/16"\n}}\n'
CONFIG = """site_name: Test
theme: {{name: mkdocs}}
plugins:
  - archdoc{options}
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "terraform").mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / "terraform/main.tf").write_text(SERVER.format(name="first"))
    (tmp_path / "docs/index.md").write_text("# Home\n\n<!-- archdoc:view terraform -->\n<!-- /archdoc -->\n")
    (tmp_path / "mkdocs.yml").write_text(CONFIG.format(options=""))
    return tmp_path


def build(repository: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [MKDOCS, "build", "--strict"], cwd=repository, capture_output=True, text=True, check=False, timeout=240
    )


def test_a_build_takes_the_pages_as_they_are_and_brings_the_files_of_the_browser(repository: Path) -> None:
    done = build(repository)
    assert done.returncode == 0, done.stderr
    assert not (repository / "docs/infrastructure").exists()
    page = (repository / "site/index.html").read_text()
    assert "assets/archdoc/archdoc.js" in page
    assert "assets/archdoc/archdoc.css" in page
    for name in ("mermaid.min.js", "mermaid.LICENSE", "archdoc.js", "archdoc.css"):
        assert (repository / "site/assets/archdoc" / name).is_file()
    assert (repository / "docs/assets/archdoc/.gitignore").read_text().endswith("\n*\n")


def test_pages_have_one_script_that_draws_where_mermaid2_is_there_too(repository: Path) -> None:
    with_mermaid2 = CONFIG.format(options="") + "  - mermaid2: {javascript: assets/archdoc/mermaid.min.js}\n"
    (repository / "mkdocs.yml").write_text(with_mermaid2)
    (repository / "docs/index.md").write_text("# Home\n\n```mermaid\nflowchart LR\n  a --> b\n```\n")
    done = build(repository)
    assert done.returncode == 0, done.stderr
    page = (repository / "site/index.html").read_text()
    assert '<div class="mermaid">' in page
    assert "assets/archdoc/archdoc.js" in page
    assert "mermaid.initialize(" not in page


def test_a_build_can_be_told_to_follow_the_code(repository: Path) -> None:
    (repository / "mkdocs.yml").write_text(CONFIG.format(options=": {build: always}"))
    done = build(repository)
    assert done.returncode == 0, done.stderr
    assert "first" in (repository / "docs/infrastructure/views/terraform.md").read_text()
    assert "first" in (repository / "site/index.html").read_text()


def test_a_wrong_configuration_of_archdoc_stops_the_build_with_its_own_words(repository: Path) -> None:
    (repository / "mkdocs.yml").write_text(CONFIG.format(options=": {build: always}"))
    (repository / "archdoc.toml").write_text("exlude = []\n")
    done = build(repository)
    assert done.returncode != 0
    assert "archdoc.toml: exlude: unknown key; did you mean 'exclude'?" in done.stderr
    assert "Traceback" not in done.stderr


@contextlib.contextmanager
def serving(repository: Path) -> Iterator[tuple[int, Path]]:
    """``mkdocs serve`` on a port of its own, and the file that it logs to."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = repository.with_name("serve.log")
    with log.open("wb") as out:
        served = subprocess.Popen(
            [MKDOCS, "serve", "--dev-addr", f"127.0.0.1:{port}"],
            cwd=repository,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
    try:
        yield port, log
    finally:
        served.send_signal(signal.SIGINT)
        served.wait(120)


def test_a_served_site_follows_an_edit_of_the_code(repository: Path) -> None:
    with serving(repository) as (port, _log):
        assert shows(port, "", "first")
        (repository / "terraform/main.tf").write_text(SERVER.format(name="second"))
        assert shows(port, "", "second")
        assert not re.search("first", page_of(port))
        assert shows(port, "infrastructure/hosts/second/", "second")  # a page that was not there before


def test_a_served_site_makes_anew_only_what_an_edit_of_the_code_changes(repository: Path) -> None:
    code, page = repository / "terraform/network.tf", repository / "docs/index.md"
    code.write_text(NETWORK.format(name="first-net"))
    with serving(repository) as (port, log):
        assert shows(port, "", "first-net")
        for name, *others in (
            ("second-net", "assets/archdoc.json", "assets/infrastructure.mmd", ""),
            ("third-net", "", "assets/infrastructure.svg", "assets/archdoc.json"),
            ("fourth-net", "infrastructure/terraform/", "assets/infrastructure.json"),
        ):
            code.write_text(NETWORK.format(name=name))
            assert shows(port, "infrastructure/views/terraform/", name)
            for path in others:  # made after the page that is shown already
                assert name in page_of(port, path), path
        (repository / "terraform/more.tf").write_text(SERVER.format(name="newcomer"))
        assert shows(port, "infrastructure/hosts/newcomer/", "newcomer")
        assert 'href="infrastructure/hosts/newcomer/"' in page_of(port)
        assert "fourth-net" in page_of(port)
        (repository / "terraform/more.tf").unlink()
        waits_for(lambda: "newcomer" not in page_of(port))
        with pytest.raises(urllib.error.HTTPError, match="404"):
            page_of(port, "infrastructure/hosts/newcomer/")
        assert log.read_text().count("Documentation built in") == 1
        page.write_text(f"Written by hand.\n\n{page.read_text()}")
        assert shows(port, "", "Written by hand")
        assert "fourth-net" in page_of(port)
        assert log.read_text().count("Documentation built in") == 2
    assert not api.build(repository, load_config(repository)).written


def test_a_page_by_hand_that_changes_during_a_build_is_not_passed_over(repository: Path) -> None:
    config = mkdocs.config.load_config(str(repository / "mkdocs.yml"))
    plugin = cast(ArchdocPlugin, config.plugins["archdoc"])
    config.plugins.on_startup(command="serve", dirty=False)
    mkdocs.commands.build.build(config)

    def edit() -> None:
        (repository / "docs/index.md").write_text("Written by hand.\n")

    try:
        assert plugin._mended(repository, config, edit) is None  # nothing changed since the site was built
        (repository / "terraform/main.tf").write_text(SERVER.format(name="second"))
        assert plugin._mended(repository, config, edit)
        assert plugin._mended(repository, config, edit) is False  # so MkDocs builds the whole site
    finally:
        config.plugins.on_shutdown()


def test_after_a_build_that_failed_the_whole_site_is_built(repository: Path) -> None:
    config = mkdocs.config.load_config(str(repository / "mkdocs.yml"))
    plugin = cast(ArchdocPlugin, config.plugins["archdoc"])
    config.plugins.on_startup(command="serve", dirty=False)
    mkdocs.commands.build.build(config)

    def fail() -> None:
        raise OSError("no space left")

    try:
        (repository / "terraform/main.tf").write_text(SERVER.format(name="second"))
        with pytest.raises(OSError, match="no space"):
            plugin._mended(repository, config, fail)  # pages are shown, and will not be on the disk
        (repository / "terraform/main.tf").write_text(SERVER.format(name="first"))
        assert plugin._mended(repository, config, fail) is False
    finally:
        config.plugins.on_shutdown()


def test_a_marker_that_is_put_into_a_served_page_is_filled(repository: Path) -> None:
    page = repository / "docs/index.md"
    with serving(repository) as (port, _log):
        assert shows(port, "", "first")
        page.write_text("# Home\n\n<!-- archdoc:view infrastructure -->\n<!-- /archdoc -->\n")
        waits_for(lambda: "first" in page.read_text())
        assert shows(port, "", "first")


def test_browsers_load_a_page_again_once_for_each_edit_that_changes_one(repository: Path) -> None:
    code = repository / "terraform/main.tf"
    with serving(repository) as (port, log):
        assert shows(port, "", "first")
        before = version_shown(port)
        code.write_text(SERVER.format(name="second"))
        assert shows(port, "", "second")
        waits_for(lambda: version_shown(port) != before)
        edited = version_shown(port)
        waits_for(lambda: times_looked(log) >= 2)  # at the pages that were just written
        code.write_text(f"{code.read_text()}# a word on it\n")
        waits_for(lambda: times_looked(log) >= 3)
        assert version_shown(port) == edited


def version_shown(port: int) -> str:
    """What the page would ask the server for a newer one than."""
    return str(re.findall(r"livereload\((\d+), \d+\)", page_of(port))[-1])


def times_looked(log: Path) -> int:
    return log.read_text().count("Reloading browsers")  # said after each look, whether or not there was anything


def waits_for(happened: Callable[[], bool]) -> None:
    started = time.monotonic()
    while not happened():
        assert time.monotonic() - started < 120
        time.sleep(0.1)


def page_of(port: int, path: str = "") -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=60) as answer:
        return str(answer.read().decode())


def shows(port: int, path: str, words: str) -> bool:
    """Whether the page comes to show the words while a patient person would still wait for it."""
    started = time.monotonic()
    while time.monotonic() - started < 120:
        with contextlib.suppress(OSError):
            if re.search(words, page_of(port, path)):
                return True
        time.sleep(0.1)
    return False
