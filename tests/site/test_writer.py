from __future__ import annotations

import multiprocessing
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

from archdoc import api
from archdoc.config import Config
from archdoc.readers.files import STAGING
from archdoc.site.generated import PAGE_MARK, manifest_bytes, manifest_path
from archdoc.site.writer import WriteError, _locked, stale_files, wait_for_builds, write_site


def page(words: str) -> bytes:
    return f"{PAGE_MARK}\n\n# {words}\n".encode()


def site(**pages: str) -> dict[str, bytes]:
    files = {f"docs/{name}.md": page(words) for name, words in pages.items()}
    return files | {manifest_path("docs"): manifest_bytes(files)}


def tree(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def test_a_build_writes_what_differs_and_a_second_one_nothing(tmp_path: Path) -> None:
    first = write_site(tmp_path, "docs", site(a="one", b="two"))
    assert first.written == ("docs/a.md", "docs/assets/archdoc-files.json", "docs/b.md")
    before = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*")}
    again = write_site(tmp_path, "docs", site(a="one", b="two"))
    assert (again.written, again.deleted, again.unchanged) == ((), (), 3)
    assert {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*")} == before
    assert write_site(tmp_path, "docs", site(a="one", b="three")).written == (
        "docs/assets/archdoc-files.json",
        "docs/b.md",
    )


def test_pages_that_the_site_no_longer_has_are_deleted(tmp_path: Path) -> None:
    files = {"docs/views/old.md": page("old"), "docs/a.md": page("a")}
    write_site(tmp_path, "docs", files | {manifest_path("docs"): manifest_bytes(files)})
    assert stale_files(tmp_path, "docs", site(a="a")) == ["docs/views/old.md"]
    assert write_site(tmp_path, "docs", site(a="a")).deleted == ("docs/views/old.md",)
    assert not (tmp_path / "docs/views").exists()


def test_a_page_written_by_hand_is_neither_replaced_nor_deleted(tmp_path: Path) -> None:
    (tmp_path / "docs/assets").mkdir(parents=True)
    (tmp_path / "docs/a.md").write_text("# mine\n")
    (tmp_path / "docs/b.md").write_text("# mine, though the list says otherwise\n")
    (tmp_path / manifest_path("docs")).write_bytes(
        manifest_bytes(dict.fromkeys(["docs/b.md", "../x.md", "/etc/passwd", "docs/../y"], b""))
    )
    outcome = write_site(tmp_path, "docs", site(a="archdoc's"))
    assert (tmp_path / "docs/a.md").read_text() == "# mine\n"
    assert (tmp_path / "docs/b.md").exists()
    assert [p.source.path for p in outcome.refused] == ["docs/a.md"]
    assert write_site(tmp_path, "docs", site(a="archdoc's"), overwrite=True).written == ("docs/a.md",)


def test_only_what_stands_between_markers_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    mine = "# mine\n\n<!-- archdoc:view network -->\nold\n<!-- /archdoc -->\n\nend\n"
    (tmp_path / "docs/a.md").write_text(mine)
    new = mine.replace("old", "new").encode()
    assert write_site(tmp_path, "docs", {"docs/a.md": new}).written == ("docs/a.md",)
    assert write_site(tmp_path, "docs", {"docs/a.md": new.replace(b"end", b"other")}).refused


@pytest.mark.parametrize("path", ["../out.md", "/tmp/out.md", "docs/../../out.md", "docs/./a.md", "", "docs/link/a.md"])
def test_no_path_leaves_the_docs_directory(tmp_path: Path, path: str) -> None:
    root, outside = tmp_path / "repo", tmp_path / "outside"
    (root / "docs").mkdir(parents=True)
    outside.mkdir()
    (root / "docs/link").symlink_to(outside)
    with pytest.raises(WriteError, match="leads out"):
        write_site(root, "docs", {"docs/ok.md": page("ok"), path: page("out")})
    assert not list(outside.iterdir())
    assert not (root / "docs/ok.md").exists()


@pytest.mark.parametrize("docs", ["..", "../docs", "/tmp", "link"])
def test_the_docs_directory_lies_in_the_repository(tmp_path: Path, docs: str) -> None:
    root = tmp_path / "repo"
    root.mkdir()
    (root / "link").symlink_to(tmp_path)
    with pytest.raises(WriteError):
        write_site(root, docs, {"a.md": page("a")})


def test_a_link_in_the_place_of_a_page_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "secret.md").write_bytes(page("elsewhere"))
    (tmp_path / "docs/a.md").symlink_to(tmp_path / "secret.md")
    assert write_site(tmp_path, "docs", site(a="new")).refused
    assert (tmp_path / "secret.md").read_bytes() == page("elsewhere")


def test_a_disk_that_fills_up_while_laying_ready_leaves_the_old_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_site(tmp_path, "docs", site(a="old", b="old"))
    before = tree(tmp_path)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WriteError):
        write_site(tmp_path, "docs", site(a="new", b="new"))
    assert tree(tmp_path) == before


def test_leftovers_of_a_killed_build_are_cleared_away(tmp_path: Path) -> None:
    (tmp_path / "docs" / f"{STAGING}dead").mkdir(parents=True)
    (tmp_path / "docs" / f"{STAGING}dead" / "0.new").write_bytes(b"half")
    write_site(tmp_path, "docs", site(a="a"))
    assert not [p for p in (tmp_path / "docs").iterdir() if p.name.startswith(STAGING)]


def test_leftovers_are_cleared_away_though_no_page_differs(tmp_path: Path) -> None:
    write_site(tmp_path, "docs", site(a="a"))
    (tmp_path / "docs" / f"{STAGING}dead").mkdir()
    assert write_site(tmp_path, "docs", site(a="a")).written == ()
    assert not list((tmp_path / "docs").glob(f"{STAGING}*"))


def test_what_a_killed_build_left_is_neither_code_nor_a_page(tmp_path: Path) -> None:
    (tmp_path / "compose.yml").write_text("services:\n  web:\n    image: nginx:1\n")
    api.build(tmp_path, Config())
    left = tmp_path / "docs" / f"{STAGING}dead"
    left.mkdir()
    (left / "compose.yml").write_text("services:\n  ghost:\n    image: nginx:1\n")
    (left / "main.tf").write_text('resource "aws_instance" {{{')
    (left / "page.md").write_text("```mermaid\ngraph LR\n  a[Kafka] --> b[MongoDB]\n```\n")
    (left / "out").symlink_to("/etc/passwd")
    assert api.check(tmp_path, Config()).findings == ()


def test_a_check_waits_for_the_build_that_moves_its_pages(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    build = context.Process(target=_hold, args=(str(tmp_path / "docs"), ready))
    build.start()
    assert ready.wait(60)
    wait_for_builds(tmp_path, "docs", 60)
    assert (tmp_path / "docs/done").exists()
    build.join(60)
    wait_for_builds(tmp_path, "nowhere")


def _hold(docs: str, ready: Any) -> None:
    with _locked(Path(docs)):
        ready.set()
        time.sleep(0.3)
        (Path(docs) / "done").touch()


def _build(root: str, words: str) -> None:
    files = site(**{f"p{i}": words for i in range(40)})
    for _ in range(5):
        write_site(Path(root), "docs", files)


def test_two_builds_at_once_leave_the_pages_of_one(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    builds = [context.Process(target=_build, args=(str(tmp_path), words)) for words in ("left", "right")]
    for build in builds:
        build.start()
    for build in builds:
        build.join(60)
        assert build.exitcode == 0
    pages = {p.read_bytes() for p in (tmp_path / "docs").glob("p*.md")}
    assert pages in ({page("left")}, {page("right")})


def test_a_directory_without_permission_is_an_error_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied", str(tmp_path / "docs"))

    monkeypatch.setattr(tempfile, "mkdtemp", refuse)
    with pytest.raises(WriteError, match="Permission denied") as caught:
        write_site(tmp_path, "docs", site(a="a"))
    assert str(tmp_path) not in str(caught.value)
    assert not (tmp_path / "docs/a.md").exists()
