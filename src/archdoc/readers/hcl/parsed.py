"""What a parser gives back, and how it says no."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from archdoc.model.problem import Problem
from archdoc.readers.hcl import tree as t

NOWHERE = t.Span(1, 1, 1, 1)

MAX_DEPTH = 200
"""Expressions and blocks inside one another; the tree of a file that goes deeper is not built."""


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """One file's tree and what was wrong with it. ``parser`` is hcl2, tree-sitter or json."""

    path: str
    body: t.Body
    problems: tuple[Problem, ...] = ()
    parser: str = "hcl2"


class HclError(ValueError):
    """A text that is not valid HCL; ``span`` is where."""

    def __init__(self, message: str, span: t.Span) -> None:
        super().__init__(message)
        self.span = span


class SlowError(HclError):
    """A text over which a parser takes too long."""


class MisreadError(Exception):
    """The parser accepts the text, but its tree cannot be trusted: another parser has to read it."""


_FRAMES = 20 * MAX_DEPTH
"""Python's own limit on nesting must lie beyond ours, wherever archdoc is called from."""


@contextmanager
def room_for_depth() -> Iterator[None]:
    """Let Python nest as deep as trees may be."""
    before = sys.getrecursionlimit()
    if before >= _FRAMES:
        yield
        return
    sys.setrecursionlimit(_FRAMES)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def too_deep(span: t.Span) -> HclError:
    """The fault of a text that nests beyond MAX_DEPTH."""
    return HclError(f"nested more than {MAX_DEPTH} levels deep", span)
