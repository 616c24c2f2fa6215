"""What the last check of a repository found, and everything that it asked of the disk to find it.

As long as the disk gives the same answers, archdoc would find the same again; so it asks, and reads, links and draws
only when an answer is another one. What is kept lies in the user's cache directory, under a checksum, by the hash of
the repository's place, the configuration, and the code of archdoc and of what it uses.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from archdoc.config import Config
from archdoc.drift.result import CheckResult
from archdoc.inputs import Inputs
from archdoc.model.facts import Source
from archdoc.model.finding import Finding
from archdoc.model.problem import Severity
from archdoc.readers.cachedir import trusted_directory, write_whole

_CHECKSUM = 64
MAX_ENTRIES = 500
"""Repositories and configurations that are remembered; when there are more, the oldest half goes."""


def check(
    root: Path,
    config: Config,
    command_reference: str = "",
    progress: Callable[[str], None] = lambda _stage: None,
    pages: bool = False,
) -> CheckResult:
    """`api.check`, or what it found last time where nothing that it asks for has changed since.

    With ``pages`` the result has the pages too, which are not remembered.
    """
    place = None if pages else _place(root, config, command_reference)
    if place is not None:
        progress("looking for changes")
        known = _recall(place, Inputs(root, config))
        if known is not None:
            return known
    from archdoc import api

    inputs = Inputs(root, config)
    result = api.check(root, config, command_reference, progress, inputs, pages)
    if place is not None:
        _keep(place, inputs, result)
    return result


def _recall(place: Path, inputs: Inputs) -> CheckResult | None:
    try:
        data = place.read_bytes()
        if hashlib.sha256(data[_CHECKSUM:]).hexdigest().encode() != data[:_CHECKSUM]:
            return None
        entry = json.loads(data[_CHECKSUM:])
        if not inputs.answers_again(entry["answers"]):
            return None
        return CheckResult(tuple(_finding(row) for row in entry["findings"]))
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _keep(place: Path, inputs: Inputs, result: CheckResult) -> None:
    entry = {"answers": inputs.answers(), "findings": [asdict(f) for f in result.findings]}
    data = json.dumps(entry, separators=(",", ":")).encode()
    with contextlib.suppress(OSError):  # a cache that cannot be written is no error
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _prune(place.parent)
        write_whole(place, hashlib.sha256(data).hexdigest().encode() + data)


def _prune(directory: Path) -> None:
    entries = sorted(directory.iterdir(), key=lambda e: e.stat().st_mtime)
    if len(entries) > MAX_ENTRIES:
        for entry in entries[: len(entries) // 2]:
            entry.unlink(missing_ok=True)


def _finding(row: dict[str, object]) -> Finding:
    known = {**row, "severity": Severity(str(row["severity"])), "source": Source(**row["source"])}  # type: ignore[arg-type]
    return Finding(**{**known, "views": tuple(row["views"])})  # type: ignore[arg-type]


def _place(root: Path, config: Config, command_reference: str) -> Path | None:
    """The file for a repository, a configuration, and an archdoc; None where nothing is to be kept."""
    directory = trusted_directory(root) if config.cache else None
    if directory is None:
        return None
    said = repr((str(root.resolve()), config, command_reference, _program()))
    return directory / "checks" / hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def _program() -> tuple[object, ...]:
    """What runs: every file of archdoc's by size and time, Python, and when a package was last installed."""
    files = []
    waiting = [str(Path(__file__).parent)]
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
