"""A build as a real process that is killed, lacks room, or is not alone: the pages are all old or all new."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import resource
import shutil
import subprocess
import sys
import time
from multiprocessing.context import ForkProcess
from pathlib import Path

import pytest

from archdoc import api
from archdoc.config import Config
from archdoc.readers.files import STAGING
from archdoc.site.writer import wait_for_builds

FORK = multiprocessing.get_context("fork")
"""A process that has read all of archdoc's code already, which takes longer than the build."""
OLD = {"compose.yml": "services:\n  web:\n    image: nginx:1\n  db:\n    image: postgres:17\n"}
NEW = {
    "compose.yml": "services:\n  web:\n    image: nginx:1\n    depends_on: [cache]\n  cache:\n    image: redis:8\n",
    "main.tf": 'resource "hcloud_server" "a" {\n  name = "a"\n}\n',
}


def put(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).write_text(text)


def site(root: Path) -> dict[str, str]:
    """The digest of each page, once nobody moves them any more."""
    wait_for_builds(root, "docs", 60)
    found = (p for p in (root / "docs").rglob("*") if p.is_file())
    return {
        p.relative_to(root).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in found
        if STAGING not in p.as_posix()
    }


def start(root: Path, **options: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "archdoc", "-C", str(root), "build"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **options)  # type: ignore[call-overload, no-any-return]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str], dict[str, str]]:
    """A repository whose code is new and whose pages are old, and what both have."""
    old, new = tmp_path_factory.mktemp("old"), tmp_path_factory.mktemp("new")
    put(old, OLD)
    api.build(old, Config())
    pages = site(old)
    put(old, NEW)
    shutil.copytree(old, new, dirs_exist_ok=True)
    api.build(new, Config())
    assert pages != site(new)
    return old, pages, site(new)


def kill(build: ForkProcess, root: Path, late: float) -> None:
    """Kill a build ``late`` seconds after it begins to lay its pages ready."""
    while build.is_alive() and not any((root / "docs").glob(f"{STAGING}*")):
        time.sleep(0.0005)
    time.sleep(late)
    build.kill()
    build.join()


def test_a_build_that_is_killed_leaves_the_old_pages_or_the_new(
    built: tuple[Path, dict[str, str], dict[str, str]], tmp_path: Path
) -> None:
    before, old, new = built
    for attempt, late in enumerate((0, 0.002, 0.005, 0.01, 0.02, 0.04, 0.08, 0.3)):
        root = shutil.copytree(before, tmp_path / str(attempt))
        build = FORK.Process(target=api.build, args=(root, Config()))
        build.start()
        kill(build, root, late)
        assert site(root) in (old, new), late
    assert api.build(root, Config()).graph
    assert site(root) == new
    assert not list((root / "docs").glob(f"{STAGING}*"))


def test_a_build_that_may_write_no_more_leaves_the_old_pages(
    built: tuple[Path, dict[str, str], dict[str, str]], tmp_path: Path
) -> None:
    before, old, _new = built
    root = shutil.copytree(before, tmp_path / "repository")
    build = start(
        root,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000)),
        env={**os.environ, "ARCHDOC_CACHE_DIR": str(tmp_path / "cache")},
    )
    _, told = build.communicate()
    assert (build.returncode, b"nothing is changed: File too large" in told) == (2, True), told
    assert site(root) == old
    assert not list((root / "docs").glob(f"{STAGING}*"))


def test_two_builds_at_once_leave_the_new_pages(
    built: tuple[Path, dict[str, str], dict[str, str]], tmp_path: Path
) -> None:
    before, _old, new = built
    root = shutil.copytree(before, tmp_path / "repository")
    builds = [start(root), start(root)]
    for each in builds:
        each.communicate()
    assert [b.returncode for b in builds] == [0, 0]
    assert site(root) == new
