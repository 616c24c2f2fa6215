"""Where archdoc keeps things between runs: $ARCHDOC_CACHE_DIR, else $XDG_CACHE_HOME/archdoc, else ~/.cache/archdoc.

Never in the repository that is read, and only where nobody but the user writes: a repository, or another user, could
bring what archdoc then believes.
"""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path


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
