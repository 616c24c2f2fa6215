"""Expressions of workflows (``${{ matrix.environment }}``) with the values that the files give them.

https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from typing import Any

from archdoc.readers.yamldoor import plain

MAX_MATRIX = 256
"""GitHub's own limit of jobs that a matrix makes."""
_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_NAME = re.compile(r"[A-Za-z_][\w.-]*")
_CHOICE = re.compile(r"(?:&&|\|\|)\s*'([^']*)'")


def matrix_rows(matrix: Any) -> list[dict[str, Any]]:
    """The combinations that a literal matrix makes, ``include`` and ``exclude`` applied as GitHub documents.

    https://docs.github.com/en/actions/how-tos/write-workflows/choose-what-workflows-do/run-job-variations
    """
    if not isinstance(matrix, dict):
        return []
    axes = {str(k): plain(v) for k, v in matrix.items() if isinstance(v, list) and k not in ("include", "exclude")}
    combined = itertools.product(*axes.values()) if axes else iter(())
    rows = [dict(zip(axes, values, strict=True)) for values in itertools.islice(combined, MAX_MATRIX)]
    rows = [row for row in rows if not any(_fits(row, out) for out in _mappings(matrix.get("exclude")))]
    made = list(rows)
    for extra in _mappings(matrix.get("include")):
        own = {k: v for k, v in extra.items() if k in axes}
        fitting = [row for row in rows if _fits(row, own)]
        for row in fitting:
            row.update({k: v for k, v in extra.items() if k not in axes})
        if not fitting or not rows:
            made.append(dict(extra))
    return made[:MAX_MATRIX]


def _fits(row: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return all(row.get(key) == value for key, value in wanted.items())


def _mappings(value: Any) -> list[dict[str, Any]]:
    return [plain(v) for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def row_text(row: Mapping[str, Any]) -> str:
    """A combination as people write it: ``environment=production, region=eu``."""
    return ", ".join(f"{key}={value}" for key, value in row.items())


def substituted(text: str, names: Mapping[str, str]) -> str:
    """The text with the expressions that are plain names of known values replaced; others stay as written."""
    if "${{" not in text:
        return text
    return _EXPRESSION.sub(lambda m: names.get(m[1].strip(), m[0]), text)


def possible(text: str, choices: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The values that a text with expressions may have; [] where the files do not tell."""
    found = _EXPRESSION.search(text)
    if found is None:
        return [text]
    inner = found[1].strip()
    values = list(choices.get(inner, ())) if _NAME.fullmatch(inner) else _CHOICE.findall(inner)
    if not _NAME.fullmatch(inner):
        # ``inputs.environment || 'staging'``: the name's own values as well
        head = inner.split("||")[0].strip()
        values = [*choices.get(head, ()), *values]
    results = []
    for value in dict.fromkeys(v for v in values if v and "${{" not in v):
        results += possible(text[: found.start()] + value + text[found.end() :], choices)
    return list(dict.fromkeys(results))[:32]


def flattened(prefix: str, value: Any) -> dict[str, str]:
    """The names that an expression may use for a value: ``matrix.env``, ``matrix.env.name`` inside a mapping."""
    if isinstance(value, dict):
        return {k: v for key, inner in value.items() for k, v in flattened(f"{prefix}.{key}", inner).items()}
    if isinstance(value, list) or value is None:
        return {}
    return {prefix: str(value).lower() if isinstance(value, bool) else str(value)}
