"""A baseline: what was wrong with the diagrams when archdoc came to a repository, so that only what is new fails."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable

from archdoc.drift.drawn.compare import DrawnFinding

SCHEMA = "archdoc.baseline/1"


class BaselineError(ValueError):
    """The file is not a baseline that archdoc wrote."""


def write_baseline(told: Iterable[DrawnFinding]) -> str:
    """The text of a baseline file: page, code and what it is about, without lines, so that a moved box stays known."""
    known = sorted(_key(t) for t in told)
    rows = [{"page": page, "code": code, "what": what} for page, code, what in known]
    return json.dumps({"schema": SCHEMA, "known": rows}, indent=2, ensure_ascii=False) + "\n"


def without_known(told: Iterable[DrawnFinding], baseline: str) -> list[DrawnFinding]:
    """The findings that a baseline does not list; each of its rows stands for one. Raises BaselineError."""
    known = _read(baseline)
    left = []
    for each in told:
        key = _key(each)
        if known[key] > 0:
            known[key] -= 1
        else:
            left.append(each)
    return left


def _read(text: str) -> Counter[tuple[str, str, str]]:
    try:
        document = json.loads(text)
        if document["schema"] != SCHEMA:
            raise BaselineError(f"its schema is not {SCHEMA}")
        return Counter((str(r["page"]), str(r["code"]), str(r["what"])) for r in document["known"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BaselineError(f"not a baseline of archdoc: {error}") from error


def _key(told: DrawnFinding) -> tuple[str, str, str]:
    return (told.finding.page, told.finding.code, told.what)
