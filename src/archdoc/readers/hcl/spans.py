"""Moving a whole expression to another place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any

from archdoc.readers.hcl import tree as t


def with_spans(part: Any, change: Callable[[t.Span], t.Span]) -> Any:
    """The expression with all its places changed."""
    if isinstance(part, tuple):
        return tuple(with_spans(p, change) for p in part)
    if isinstance(part, t.Span):
        return change(part)
    if not is_dataclass(part) or isinstance(part, type):
        return part
    return type(part)(*(with_spans(getattr(part, f.name), change) for f in fields(part)))


def moved(span: t.Span, line: int, column: int) -> t.Span:
    """The place in a file of something in a text that begins at a line and column of it."""
    return t.Span(
        span.line + line - 1,
        span.column + (column - 1 if span.line == 1 else 0),
        span.end_line + line - 1,
        span.end_column + (column - 1 if span.end_line == 1 else 0),
    )
