"""What the last check of a repository found, and everything that it asked of the disk to find it.

As long as the disk gives the same answers, archdoc would find the same again; so it asks, and reads, links and draws
only when an answer is another one. What is kept lies in the user's cache directory, under a checksum, by the hash of
the repository's place, the configuration, and the code of archdoc and of what it uses.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from archdoc.config import Config
from archdoc.drift.result import CheckResult
from archdoc.inputs import Inputs
from archdoc.model.facts import Source
from archdoc.model.finding import Finding
from archdoc.model.problem import Severity
from archdoc.readers.cachedir import program, read_checked, trusted_directory, write_checked

MAX_BYTES = 64 * 1024 * 1024
"""Of what is remembered of all repositories and configurations; when there is more, the oldest half goes."""


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
    if place is not None and inputs.repo.steady:
        _keep(place, inputs, result)
    return result


def _recall(place: Path, inputs: Inputs) -> CheckResult | None:
    try:
        entry = json.loads(read_checked(place))
        if not inputs.answers_again(entry["answers"]):
            return None
        return CheckResult(tuple(_finding(row) for row in entry["findings"]))
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _keep(place: Path, inputs: Inputs, result: CheckResult) -> None:
    entry = {"answers": inputs.answers(), "findings": [asdict(f) for f in result.findings]}
    write_checked(place, json.dumps(entry, separators=(",", ":")).encode(), MAX_BYTES)


def _finding(row: dict[str, object]) -> Finding:
    known = {**row, "severity": Severity(str(row["severity"])), "source": Source(**row["source"])}  # type: ignore[arg-type]
    return Finding(**{**known, "views": tuple(row["views"])})  # type: ignore[arg-type]


def _place(root: Path, config: Config, command_reference: str) -> Path | None:
    """The file for a repository, a configuration, and an archdoc; None where nothing is to be kept."""
    directory = trusted_directory(root) if config.cache else None
    if directory is None:
        return None
    said = repr((str(root.resolve()), config, command_reference, program()))
    return directory / "checks" / hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
