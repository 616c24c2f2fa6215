"""A build that is killed, that fails, or that another one overtakes leaves the old pages or the new, never a mixture."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from archdoc.readers.files import STAGING
from archdoc.site import mover
from archdoc.site.generated import PAGE_MARK, manifest_bytes, manifest_path
from archdoc.site.mover import Moves
from archdoc.site.writer import WriteError, write_site

FORK = multiprocessing.get_context("fork")
EVENTS = 400
"""More things than a build does to the disk."""


def site(words: str, *names: str) -> dict[str, bytes]:
    files = {f"docs/{name}.md": f"{PAGE_MARK}\n\n# {words}\n".encode() for name in names}
    return files | {manifest_path("docs"): manifest_bytes(files)}


OLD = site("old", "a", "b/c", "gone/d", "gone/e")
NEW = site("new", "a", "b/c", "new/f", "new/g")


def pages(root: Path) -> dict[str, bytes]:
    """The files of the site; what lies ready somewhere is none."""
    found = (p for p in root.rglob("*") if p.is_file() and STAGING not in str(p))
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(found)}


def put(root: Path, files: dict[str, bytes]) -> Path:
    """A site that was built earlier."""
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return put(tmp_path, OLD)


def in_a_process(work: Callable[[], None]) -> int:
    """Do something in a process of its own; its exit code, below zero for a signal."""
    process = FORK.Process(target=work)
    process.start()
    process.join(60)
    assert process.exitcode is not None
    return process.exitcode


def settled(root: Path) -> dict[str, bytes]:
    """The pages once nobody is moving them any more: the moving of a killed build holds its lock to the end."""
    descriptor = os.open(root / "docs", os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    os.close(descriptor)
    return pages(root)


def _die_at(number: int) -> None:
    """Kill this process when it does its ``number``-th thing that a disk or another process notices."""
    watched = ("open", "os.", "shutil.", "subprocess.", "fcntl.", "tempfile.")
    left = [number]

    def hook(event: str, _arguments: Any) -> None:
        if event.startswith(watched):
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def test_a_build_that_is_killed_at_any_point_leaves_the_old_pages_or_the_new(tmp_path: Path) -> None:
    seen = set()
    for number in range(1, EVENTS):
        root = put(tmp_path / str(number), OLD)

        def build(root: Path = root, number: int = number) -> None:
            _die_at(number)
            write_site(root, "docs", NEW)

        code = in_a_process(build)
        found = settled(root)
        assert found in (OLD, NEW), f"killed at {number}: {sorted(found)}"
        seen.add(found == NEW)
        if number % 10 == 0:
            write_site(root, "docs", NEW)
            assert pages(root) == NEW
            assert not list((root / "docs").glob(f"{STAGING}*"))
        if code == 0:
            break
    assert code == 0
    assert number > 40
    assert seen == {True, False}


def test_a_build_that_is_killed_at_any_time_leaves_the_old_pages_or_the_new(tmp_path: Path) -> None:
    names = [f"p{i}" for i in range(40)]
    old, new = site("old", *names), site("new", *names)
    for attempt in range(8):
        root = put(tmp_path / str(attempt), old)
        process = FORK.Process(target=write_site, args=(root, "docs", new))
        process.start()
        time.sleep(0.008 * attempt)
        process.kill()
        process.join(60)
        assert settled(root) in (old, new), attempt


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_to_the_whole_group_does_not_reach_the_moving(root: Path, name: str) -> None:
    number = getattr(signal, name)

    def build() -> None:
        os.setsid()
        real = subprocess.Popen.communicate

        def communicate(self: Any, *arguments: Any) -> Any:
            os.killpg(os.getpgid(0), number)  # as a terminal does it; the build holds it back
            return real(self, *arguments)

        subprocess.Popen.communicate = communicate  # type: ignore[assignment, method-assign]
        write_site(root, "docs", NEW)

    in_a_process(build)
    assert settled(root) == NEW


# ---------------------------------------------------------------- failing


def plan(root: Path) -> Moves:
    """What the writer gives the mover for NEW over OLD."""
    staging = root / "docs" / f"{STAGING}x"
    staging.mkdir()
    put, take = [], []
    for number, path in enumerate(sorted({*OLD, *NEW})):
        place, old = root / path, ""
        place.parent.mkdir(parents=True, exist_ok=True)
        if path in OLD:
            old = str(staging / f"{number}.old")
            os.link(place, old)
        if path in NEW:
            ready = staging / f"{number}.new"
            ready.write_bytes(NEW[path])
            put.append((str(ready), str(place), old))
        else:
            take.append((str(place), old))
    return Moves(str(staging), put, take)


@pytest.mark.parametrize("fails_at", range(1, 8))
def test_a_disk_that_fails_while_moving_leaves_the_old_site(
    root: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    made = plan(root)
    calls = iter(range(1, 100))

    def failing(real: Any) -> Any:
        def call(self: Path, *arguments: Any, **options: Any) -> Any:
            if self.suffix != ".old" and next(calls) == fails_at:
                raise OSError(28, "No space left on device", str(self))
            return real(self, *arguments, **options)

        return call

    monkeypatch.setattr(Path, "replace", failing(Path.replace))
    monkeypatch.setattr(Path, "unlink", failing(Path.unlink))
    with pytest.raises(OSError, match="No space left"):
        mover.move(made)
    monkeypatch.undo()
    assert pages(root) == OLD


def test_the_moving_that_dies_half_way_is_undone(root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "dying.py"
    program.write_text(
        "import json, os, sys\nplan = json.load(sys.stdin)\n"
        "for ready, place, _ in plan['put'][:2]:\n    os.replace(ready, place)\n"
        "os.unlink(plan['take'][0][0])\nos.kill(os.getpid(), 9)\n"
    )
    monkeypatch.setattr(mover, "__file__", str(program))
    with pytest.raises(WriteError, match="nothing is changed"):
        write_site(root, "docs", NEW)
    program.unlink()
    assert pages(root) == OLD


def test_where_no_process_is_to_be_had_the_build_moves_by_itself(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    write_site(root, "docs", NEW)
    assert pages(root) == NEW


def test_half_a_plan_moves_nothing(root: Path) -> None:
    text = json.dumps(asdict(plan(root)))
    for cut in (0, 1, len(text) // 2, len(text) - 1):
        done = subprocess.run([sys.executable, "-I", "-S", mover.__file__], input=text[:cut], text=True, check=False)
        assert done.returncode == 1
    assert pages(root) == OLD


@pytest.mark.parametrize("limit", [0, 1, 40, 100, 300, 1_000])
def test_a_disk_that_is_full_leaves_the_old_site(tmp_path: Path, limit: int) -> None:
    names = [f"p{i}" for i in range(5)]
    old, new = site("old", *names), site("new" * 400, *names)
    put(tmp_path, old)

    def build() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        try:
            write_site(tmp_path, "docs", new)
        except WriteError as error:
            os._exit(42 if "nothing is changed: File too large" in str(error) else 43)

    assert in_a_process(build) == 42
    assert pages(tmp_path) == old
    assert not list((tmp_path / "docs").glob(f"{STAGING}*"))


@contextlib.contextmanager
def read_only(*directories: Path) -> Iterator[None]:
    for directory in directories:
        directory.chmod(0o555)
    try:
        yield
    finally:
        for directory in directories:
            directory.chmod(0o755)


def _obey_permissions() -> None:
    """Even as root: give up what passes over the permissions of files, for programs that are started too (prctl(2),
    PR_SET_SECUREBITS and SECBIT_NOROOT; capset(2))."""
    if os.geteuid() != 0:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    if libc.prctl(28, 1, 0, 0, 0) != 0 or libc.capset(header, (ctypes.c_uint32 * 6)()) != 0:
        os._exit(44)


@pytest.mark.parametrize("which", ["docs", "docs/b", "docs/gone"])
def test_a_directory_that_cannot_be_written_leaves_the_old_site(root: Path, which: str) -> None:
    def build() -> None:
        _obey_permissions()
        try:
            write_site(root, "docs", NEW)
        except WriteError as error:
            os._exit(42 if "Permission denied" in str(error) and str(root) not in str(error) else 43)

    with read_only(root / which):
        assert in_a_process(build) == 42
    assert pages(root) == OLD
    assert not (root / "docs/new").exists()


# ---------------------------------------------------------------- two at once


def test_two_builds_and_a_killed_one_at_once_leave_the_pages_of_one(tmp_path: Path) -> None:
    names = [f"p{i}" for i in range(60)]
    sites = [site(words, *names) for words in ("left", "right", "middle")]
    put(tmp_path, site("old", *names))

    def build(files: dict[str, bytes]) -> None:
        for _ in range(4):
            write_site(tmp_path, "docs", files)

    builds = [FORK.Process(target=build, args=(files,)) for files in sites]
    for each in builds:
        each.start()
    time.sleep(0.05)
    builds[2].kill()
    for each in builds:
        each.join(60)
    assert [b.exitcode for b in builds[:2]] == [0, 0]
    assert settled(tmp_path) in sites[:2]
