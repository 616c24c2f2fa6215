"""Putting files that lie ready into their places, all of them or none, and not to be stopped half way.

The moving runs in a process of its own session, so that whatever kills the build, the moving goes on to its end: a few
milliseconds. If it fails half way, what it did is undone. This file is that process's program, too: it imports nothing
of archdoc and reads a `Moves` as JSON from its standard input.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

FAILED = 75
"""The exit code that says: undone, and the reason is on standard output."""


@dataclass(frozen=True, slots=True)
class Moves:
    """Absolute paths: ``staging`` the directory that everything lies ready in and that is deleted afterwards;
    ``put`` (ready file, its place, a second name of what is in the place now or ""); ``take`` (place to be emptied,
    second name) ; all second names lie in ``staging``."""

    staging: str
    put: Sequence[tuple[str, str, str]]
    take: Sequence[tuple[str, str]]

    def places(self) -> list[tuple[str, str]]:
        """Every place and the second name of what was there."""
        return [(place, old) for _, place, old in self.put] + [(place, old) for place, old in self.take]


def carry_out(moves: Moves, lock: int) -> None:
    """Move everything in a process of its own, which holds the open file ``lock`` too (OSError: all is undone)."""
    program = Path(__file__)
    if not program.is_file():  # inside an archive, say
        move(moves)
        return
    try:
        with subprocess.Popen(
            [sys.executable, "-I", "-S", "-X", "utf8", str(program)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=(lock,),
            start_new_session=True,
        ) as process:
            answer, _ = process.communicate(json.dumps(asdict(moves)).encode())
    except (OSError, ValueError):
        move(moves)  # no process is to be had; then here
        return
    if process.returncode == FAILED:
        number, name = json.loads(answer)
        raise OSError(number, os.strerror(number), name)
    if process.returncode != 0:
        undo(moves)
        raise OSError(errno.EIO, os.strerror(errno.EIO), moves.staging)


def move(moves: Moves) -> None:
    """Move everything; what fails half way is undone, and raised as OSError."""
    try:
        for ready, place, _ in moves.put:
            Path(ready).replace(place)
        for place, _ in moves.take:
            Path(place).unlink(missing_ok=True)
    except OSError:
        undo(moves)
        raise
    for directory in sorted({Path(place).parent for place, _ in moves.places()}):
        _sync(directory)
    for directory in sorted({Path(place).parent for place, _ in moves.take}, reverse=True):
        with contextlib.suppress(OSError):
            directory.rmdir()
    shutil.rmtree(moves.staging, ignore_errors=True)


def undo(moves: Moves) -> None:
    """Every place as it was; harmless where nothing was moved."""
    for place, old in moves.places():
        with contextlib.suppress(OSError):
            if old:
                Path(old).replace(place)
            else:
                Path(place).unlink()


def _sync(directory: Path) -> None:
    with contextlib.suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _main() -> int:
    try:
        plan = json.loads(sys.stdin.buffer.read())
    except ValueError:
        return 1  # the build was killed while it was telling; nothing has begun
    try:
        move(Moves(**plan))
    except OSError as error:
        sys.stdout.write(json.dumps([error.errno or errno.EIO, str(error.filename or "")]))
        return FAILED
    return 0


if __name__ == "__main__":
    sys.exit(_main())
