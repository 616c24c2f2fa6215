"""What a reader made of a repository last time, and everything that it asked of the disk to make it.

As long as the disk gives the same answers, the reader would make the same again; so they are asked for, and it reads
only when one of them is another. What is kept lies in the user's cache directory, by the hash of the repository's
place, the reader, what it was told (configuration, catalog), and the code of archdoc and of what it uses.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from archdoc.readers.cachedir import program, read_checked, trusted_directory, write_checked
from archdoc.readers.collector import collector_paused
from archdoc.readers.files import Repository
from archdoc.readers.reading import Reading
from archdoc.readers.readingcodec import CodecError, packed, unpacked
from archdoc.readers.recording import RecordingRepository

MAX_BYTES = 256 * 1024 * 1024
"""Of the readings of all repositories; when there are more, the oldest half goes."""

Read = Callable[[Repository], Reading]


def remembered(name: str, repo: Repository, told: object, read: Read, enabled: bool = True) -> Reading:
    """What ``read`` makes of the repository, from memory where it would make the same.

    ``told`` is all else that the reading hangs on; its ``repr`` must be another one for what is not the same.
    """
    place = _place(name, repo, told) if enabled else None
    if place is None:
        return read(repo)
    known = _recall(place, RecordingRepository(repo))
    if known is not None:
        return known
    asked = RecordingRepository(repo)
    made = read(asked)
    if asked.steady:
        _keep(place, asked, made)
    return made


def would_keep(name: str, repo: Repository, told: object) -> bool:
    """Whether a reading could be kept for the next run, and none is kept yet, of the files as they are or were."""
    place = _place(name, repo, told)
    return place is not None and not place.exists()


def _place(name: str, repo: Repository, told: object) -> Path | None:
    directory = trusted_directory(repo.root)
    if directory is None:
        return None
    said = repr((name, repo.kind, str(repo.root), told, program()))
    return directory / "readings" / hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def _recall(place: Path, repo: RecordingRepository) -> Reading | None:
    try:
        answers, _, reading = read_checked(place).partition(b"\n")
        known = {(question, path): answer for question, path, answer in json.loads(answers)}
        if not repo.answers_again(known):
            return None
        with collector_paused():
            return unpacked(reading)
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None


def _keep(place: Path, repo: RecordingRepository, reading: Reading) -> None:
    answers = [(question, path, answer) for (question, path), answer in sorted(repo.answers.items())]
    try:
        data = json.dumps(answers, separators=(",", ":")).encode() + b"\n" + packed(reading)
    except CodecError:
        return  # a reading that would not come back the same
    write_checked(place, data, MAX_BYTES)
