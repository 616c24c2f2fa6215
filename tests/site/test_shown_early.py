"""Whoever waits for pages gets them as soon as they are made, and they are the ones that are written in the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from archdoc import api
from archdoc.config import load_config

SERVER = 'resource "hcloud_server" "{0}" {{\n  name        = "{0}"\n  server_type = "cx22"\n}}\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "main.tf").write_text(SERVER.format("first"))
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/by-hand.md").write_text("# By hand\n\n<!-- archdoc:view terraform -->\n<!-- /archdoc -->\n")
    api.build(tmp_path, load_config(tmp_path))
    return tmp_path


def files(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in (root / "docs").rglob("*") if p.is_file()}


class Shown:
    """What was shown, and what lay on the disk then."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.times: list[tuple[dict[str, bytes], list[str], dict[str, bytes]]] = []

    def __call__(self, written: Mapping[str, bytes], deleted: Sequence[str]) -> None:
        self.times.append((dict(written), list(deleted), files(self.root)))


def test_pages_are_shown_before_anything_is_written_and_are_written_as_shown(root: Path) -> None:
    before, shown = files(root), Shown(root)
    (root / "main.tf").write_text(SERVER.format("second"))
    result = api.build(root, load_config(root), show=shown)
    [(pages, gone, then)] = shown.times
    assert then == before
    assert "docs/infrastructure/views/terraform.md" in pages
    assert "docs/infrastructure/hosts/second.md" in pages
    assert gone == ["docs/infrastructure/hosts/first.md"]
    rest = set(result.written) - pages.keys()
    assert {Path(path).suffix for path in rest} == {".json", ".mmd", ".md", ".svg"}
    assert {path for path in rest if path.endswith(".md")} == {"docs/by-hand.md"}  # one may be writing in it
    assert pages.items() <= files(root).items()
    assert set(gone) == {path for path in result.deleted if path.endswith(".md")}


def test_what_is_built_is_the_same_whether_or_not_somebody_is_shown_it(root: Path) -> None:
    (root / "main.tf").write_text(SERVER.format("second") + SERVER.format("third"))
    api.build(root, load_config(root), show=Shown(root))
    shown = files(root)
    assert not api.build(root, load_config(root)).written
    (root / "main.tf").write_text(SERVER.format("first"))
    api.build(root, load_config(root))
    (root / "main.tf").write_text(SERVER.format("second") + SERVER.format("third"))
    api.build(root, load_config(root))
    assert files(root) == shown


def test_where_no_page_is_another_one_nothing_is_shown(root: Path) -> None:
    shown = Shown(root)
    (root / "main.tf").write_text(f"{SERVER.format('first')}# a word on it\n")
    assert not api.build(root, load_config(root), show=shown).written
    assert [(pages, gone) for pages, gone, _ in shown.times] == [({}, [])]


def test_a_page_that_somebody_wrote_in_the_place_of_one_of_archdocs_is_not_shown_as_written(root: Path) -> None:
    page, shown = root / "docs/infrastructure/views/terraform.md", Shown(root)
    page.write_text("# Mine\n")
    (root / "main.tf").write_text(SERVER.format("second"))
    api.build(root, load_config(root), show=shown)
    assert "docs/infrastructure/views/terraform.md" not in shown.times[0][0]
    assert page.read_text() == "# Mine\n"
