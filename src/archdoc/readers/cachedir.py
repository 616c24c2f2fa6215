"""Where archdoc keeps things between runs: $ARCHDOC_CACHE_DIR, else $XDG_CACHE_HOME/archdoc, else ~/.cache/archdoc.

Never in the repository that is read, and only where nobody but the user writes: a repository, or another user, could
bring what archdoc then believes.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import stat
import sys
import sysconfig
import tempfile
from pathlib import Path

_CHECKSUM = 64
MAX_ENTRIES = 500
"""In one directory of a cache; when there are more, the older half goes."""


def trusted_directory(repository: Path) -> Path | None:
    """The directory for what is kept of reading a repository, or None where there is none to be trusted."""
    directory = default_directory()
    return directory if directory is not None and _is_trusted(directory, repository.resolve()) else None


def default_directory() -> Path | None:
    """Where archdoc keeps things between runs, or None where there is no such place."""
    chosen = os.environ.get("ARCHDOC_CACHE_DIR")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME")
    if base and Path(base).is_absolute():
        return Path(base) / "archdoc"
    try:
        return Path.home() / ".cache" / "archdoc"
    except RuntimeError:
        return None


def _is_trusted(directory: Path, repository: Path) -> bool:
    """Whether the directory is the user's, and not a part of what is read: a repository could bring its own trees."""
    try:
        real = directory.resolve()
        if real == repository or real.is_relative_to(repository):
            return False
        if not real.exists():
            return True
        status = real.stat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and (not hasattr(os, "geteuid") or status.st_uid == os.geteuid())


def write_whole(place: Path, data: bytes) -> None:
    """Readers see the old file or the new one, never a part."""
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(place)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def write_checked(place: Path, data: bytes, most_bytes: int) -> None:
    """Keep data under a checksum. When its directory then holds too much, what is oldest goes.

    A cache that cannot be written is no error.
    """
    with contextlib.suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(place, hashlib.sha256(data).hexdigest().encode() + data)
        _prune(place.parent, most_bytes)


def read_checked(place: Path) -> bytes:
    """What was kept (ValueError where it is damaged, OSError where there is none)."""
    data = place.read_bytes()
    if hashlib.sha256(data[_CHECKSUM:]).hexdigest().encode() != data[:_CHECKSUM]:
        raise ValueError("not what was kept")
    return data[_CHECKSUM:]


def _prune(directory: Path, most_bytes: int) -> None:
    with os.scandir(directory) as found:  # after every write: pathlib takes several times as long
        entries = sorted(((e.path, e.stat()) for e in found), key=lambda entry: -entry[1].st_mtime_ns)
    if len(entries) <= MAX_ENTRIES and sum(status.st_size for _, status in entries) <= most_bytes:
        return
    kept = 0
    for number, (entry, status) in enumerate(entries):
        kept += status.st_size
        if number >= MAX_ENTRIES // 2 or kept > most_bytes // 2:
            Path(entry).unlink(missing_ok=True)


@functools.cache
def program() -> tuple[object, ...]:
    """What runs: every file of archdoc's by size and time, Python, and when a package was last installed."""
    files = []
    waiting = [str(Path(__file__).parents[1])]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name != "__pycache__":
                        waiting.append(entry.path)
                else:
                    status = entry.stat()
                    files.append((entry.path, status.st_size, status.st_mtime_ns))
    installed = []
    for name in ("purelib", "platlib"):
        with contextlib.suppress(OSError):
            installed.append(Path(sysconfig.get_path(name)).stat().st_mtime_ns)
    return (sys.version, sys.path[1:], installed, sorted(files))
