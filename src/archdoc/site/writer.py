"""Writing the site: all of it or nothing, inside the repository, and never over a person's work.

New bytes are first laid ready in a directory next to their places and forced to disk; what fails or is killed until
then leaves the old site. Only then they are moved over the old ones, by a process of its own (``mover``) that no signal
to the build reaches; what fails there is undone. A machine that loses its power in these milliseconds leaves pages that
the next build sets right, for a build writes whatever differs.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import posixpath
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from archdoc.model.facts import Source
from archdoc.model.problem import Problem, Severity
from archdoc.readers.files import STAGING
from archdoc.site.generated import is_generated, manifest_path, read_manifest
from archdoc.site.markers import outside
from archdoc.site.mover import Moves, carry_out


class WriteError(Exception):
    """The site could not be written; everything is as it was."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a build did: paths written and deleted, how many files were right already, and the files it left alone
    because a person wrote them."""

    written: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    unchanged: int = 0
    refused: tuple[Problem, ...] = ()


@dataclass(slots=True)
class _Plan:
    write: dict[str, bytes] = field(default_factory=dict)
    remove: list[str] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)

    def outcome(self, files: int) -> Written:
        unchanged = files - len(self.write) - len(self.refused)
        return Written(tuple(self.write), tuple(self.remove), unchanged, tuple(self.refused))


def write_site(root: Path, docs_dir: str, files: Mapping[str, bytes], *, overwrite: bool = False) -> Written:
    """Make the files of the repository what ``files`` says, and delete generated ones that are no longer in it.

    Paths are repository-relative. A file that archdoc did not generate is replaced only between its markers,
    unless ``overwrite``; a path that leads out of the docs directory (or out of the repository, for pages that
    stand beside it) is a WriteError, as is a full disk or a missing permission. Nothing is written when nothing
    differs.
    """
    root = root.resolve()
    docs = _docs_directory(root, docs_dir)
    try:
        plan = _plan(root, docs_dir, files, overwrite)
        if not plan.write and not plan.remove and not _leftovers(docs):
            return plan.outcome(len(files))
        docs.mkdir(parents=True, exist_ok=True)
        with _locked(docs) as lock:
            plan = _plan(root, docs_dir, files, overwrite)  # another build may have written in the meantime
            for leftover in _leftovers(docs):  # of a killed build: one that lives has the lock
                shutil.rmtree(leftover, ignore_errors=True)
            if plan.write or plan.remove:
                _carry_out(root, docs, plan, lock)
    except OSError as error:
        where = f" ({error.filename})" if isinstance(error.filename, str) else ""
        reason = error.strerror or type(error).__name__
        raise WriteError(f"the site was not written, nothing is changed: {reason}{_shown(where, root)}") from error
    return plan.outcome(len(files))


def wait_for_builds(root: Path, docs_dir: str, longest: float = 10.0) -> None:
    """Wait until no build is putting pages into their places: the moving of a killed one goes on for a moment."""
    until = time.monotonic() + longest
    with contextlib.suppress(OSError):  # no directory, or a file system without locks: nothing to wait for
        descriptor = os.open(root / docs_dir, os.O_RDONLY)
        try:
            while time.monotonic() < until:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except BlockingIOError:
                    time.sleep(0.01)
                else:
                    return
        finally:
            os.close(descriptor)


def stale_files(root: Path, docs_dir: str, files: Mapping[str, bytes]) -> list[str]:
    """Generated files that the manifest on disk names, that exist, and that the site no longer has."""
    root = root.resolve()
    stale = []
    for path in read_manifest(_read(root, manifest_path(docs_dir))):
        if path in files or not _is_plain(path) or not path.startswith(posixpath.join(docs_dir, "")):
            continue
        with contextlib.suppress(WriteError):
            data = _read(root, path)
            if data is not None and _place(root, docs_dir, path) and is_generated(path, data):
                stale.append(path)
    return stale


def write_file(root: Path, path: str, data: bytes) -> None:
    """Write one file of the repository that is no page, whole or not at all. WriteError if it cannot be."""
    root = root.resolve()
    place = root / posixpath.normpath(path)
    if root not in place.parents or root not in (place.parent.resolve(), *place.parent.resolve().parents):
        raise WriteError(f"{path} leads out of the repository; nothing was written")
    if place.is_symlink() or place.is_dir():
        raise WriteError(f"{path} is a link or a directory; nothing was written")
    ready = place.with_name(f"{place.name}.new")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        ready.write_bytes(data)
        ready.replace(place)
    except OSError as error:
        raise WriteError(f"{path} was not written: {error.strerror or type(error).__name__}") from error


def changes(root: Path, docs_dir: str, files: Mapping[str, bytes]) -> tuple[dict[str, bytes], list[str]]:
    """Of archdoc's own pages: what ``write_site`` is going to write, and to delete."""
    plan = _plan(root.resolve(), docs_dir, files, overwrite=False)
    return plan.write, [path for path in plan.remove if path.endswith(".md")]


def _plan(root: Path, docs_dir: str, files: Mapping[str, bytes], overwrite: bool) -> _Plan:
    plan = _Plan(remove=stale_files(root, docs_dir, files))
    resolved = cache(Path.resolve)  # most files share their directory with others
    for path in sorted(files):
        place = _place(root, docs_dir, path, resolved)
        new = files[path]
        old = _read(root, path)
        if old == new and not place.is_symlink():
            continue
        if place.exists() and not (overwrite or _may_replace(path, place, old, new)):
            plan.refused.append(_refused(path))
        else:
            plan.write[path] = new
    return plan


def _may_replace(path: str, place: Path, old: bytes | None, new: bytes) -> bool:
    if old is None or place.is_symlink():
        return False
    if is_generated(path, old):
        return True
    try:
        return path.endswith(".md") and outside(old.decode()) == outside(new.decode())
    except UnicodeDecodeError:
        return False


def _carry_out(root: Path, docs: Path, plan: _Plan, lock: int) -> None:
    staging = Path(tempfile.mkdtemp(prefix=STAGING, dir=docs))
    made: list[Path] = []
    try:
        ready = {path: _lay_ready(staging / f"{i}.new", data) for i, (path, data) in enumerate(plan.write.items())}
        kept: dict[str, str] = {}
        for path in (*plan.write, *plan.remove):
            made += _make_directories((root / path).parent)
            kept[path] = _keep(root / path, staging / f"{len(kept)}.old")
        put = [(str(file), str(root / path), kept[path]) for path, file in ready.items()]
        take = [(str(root / path), kept[path]) for path in plan.remove]
        with _signals_held():
            carry_out(Moves(str(staging), put, take), lock)
    except BaseException:
        for directory in reversed(made):
            with contextlib.suppress(OSError):
                directory.rmdir()
        raise
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _make_directories(directory: Path) -> list[Path]:
    """Make a directory and those above it; return the ones that were not there, from the top down."""
    missing = [d for d in (directory, *directory.parents) if not d.exists()]
    directory.mkdir(parents=True, exist_ok=True)
    return missing[::-1]


def _lay_ready(file: Path, data: bytes) -> Path:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    return file


def _keep(place: Path, copy: Path) -> str:
    """A second name for the file as it was, to go back to; "" where there is none."""
    if not place.exists():
        return ""
    try:
        os.link(place, copy)
    except OSError:
        shutil.copy2(place, copy)
    return str(copy)


@contextlib.contextmanager
def _locked(directory: Path) -> Iterator[int]:
    """One build at a time; the lock is on the directory itself and goes with the processes that hold it."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _signals_held() -> Iterator[None]:
    """An interrupt waits until the moving is over."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _leftovers(docs: Path) -> list[Path]:
    """The directories in which builds have laid new files ready; at most one build lives, and it has the lock."""
    if not docs.is_dir():
        return []
    return [d for d in docs.iterdir() if d.name.startswith(STAGING) and d.is_dir() and not d.is_symlink()]


def _is_plain(path: str) -> bool:
    return (
        bool(path)
        and not path.startswith("/")
        and "\0" not in path
        and posixpath.normpath(path) == path
        and path.split("/", maxsplit=1)[0] != ".."
    )


def _place(root: Path, docs_dir: str, path: str, resolved: Callable[[Path], Path] = Path.resolve) -> Path:
    """Where a path lies on disk: below the docs directory if it says so, else below the repository."""
    below_docs = docs_dir != "." and path.startswith(posixpath.join(docs_dir, ""))
    around = resolved(_docs_directory(root, docs_dir, resolved)) if below_docs else root
    place = root / path
    if not _is_plain(path) or not _is_within(resolved(place.parent), around):
        raise WriteError(f"{path!r} leads out of {docs_dir if below_docs else 'the repository'}; nothing was written")
    return place


def _docs_directory(root: Path, docs_dir: str, resolved: Callable[[Path], Path] = Path.resolve) -> Path:
    docs = root / docs_dir
    if not _is_plain(docs_dir) or not _is_within(resolved(docs), root):
        raise WriteError(f"the docs directory {docs_dir!r} leads out of the repository; nothing was written")
    return docs


def _is_within(path: Path, around: Path) -> bool:
    return path == around or around in path.parents


def _read(root: Path, path: str) -> bytes | None:
    place = root / path
    return place.read_bytes() if place.is_file() else None


def _shown(where: str, root: Path) -> str:
    return where.replace(f"{root}{os.sep}", "")


def _refused(path: str) -> Problem:
    return Problem(
        Severity.WARNING,
        "SI002",
        f"{path} was not made by archdoc and was left as it is",
        Source(path, 1),
        "rename or delete it, or put archdoc's markers into it",
    )
