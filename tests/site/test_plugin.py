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
import urllib.request
from pathlib import Path

import pytest

MKDOCS = str(Path(sys.executable).with_name("mkdocs"))
SERVER = 'resource "hcloud_server" "{name}" {{\n  name        = "{name}"\n  server_type = "cx22"\n}}\n'
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


def test_a_served_site_follows_an_edit_of_the_code(repository: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    served = subprocess.Popen(
        [MKDOCS, "serve", "--dev-addr", f"127.0.0.1:{port}"],
        cwd=repository,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert shows(port, "first")
        (repository / "terraform/main.tf").write_text(SERVER.format(name="second"))
        assert shows(port, "second")
        assert not re.search("first", page_of(port))
    finally:
        served.send_signal(signal.SIGINT)
        served.wait(120)


def page_of(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60) as answer:
        return str(answer.read().decode())


def shows(port: int, words: str) -> bool:
    """Whether the page comes to show the words while a patient person would still wait for it."""
    started = time.monotonic()
    while time.monotonic() - started < 120:
        with contextlib.suppress(OSError):
            if re.search(words, page_of(port)):
                return True
        time.sleep(0.1)
    return False
