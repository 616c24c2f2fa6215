"""Views inside hand-written pages: ``<!-- archdoc:view network -->`` … ``<!-- /archdoc -->``.

Only what stands between the two lines is archdoc's. A marker inside a code fence is an example, not a marker.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from archdoc.model.facts import Source
from archdoc.model.problem import Problem, Severity

HINT = "<!-- archdoc:view"
"""A page without these letters has no markers."""

Body: TypeAlias = Callable[[str, str], str | None]
"""From the name of a view and a form (``mermaid`` or ``svg``) to Markdown; None where no view has the name."""

_OPEN = re.compile(r"^ {0,3}<!--\s*archdoc:view\s+(?P<name>[\w-]+)(?:\s+(?P<form>mermaid|svg))?\s*-->\s*$")
_ANY_OPEN = re.compile(r"^ {0,3}<!--\s*archdoc:")
_CLOSE = re.compile(r"^ {0,3}<!--\s*/archdoc\s*-->\s*$")
_FENCE = re.compile(r"^ {0,3}(?P<fence>`{3,}|~{3,})(?P<rest>.*)$")


@dataclass(frozen=True, slots=True)
class _Region:
    """Lines ``start`` to ``end`` (0-based) are the two markers; ``end`` is None where the second is missing."""

    start: int
    end: int | None
    name: str
    form: str


def fill(text: str, body: Body, path: str) -> tuple[str, list[Problem]]:
    """The page with every region rewritten, and what is wrong with its markers. ``path`` names it in problems."""
    lines = text.splitlines(keepends=True)
    newline = "\r\n" if "\r\n" in text else "\n"
    problems = []
    made: list[str] = []
    position = 0
    for region in _regions(lines):
        place = Source(path, region.start + 1)
        if region.end is None:
            problems.append(_problem(f"{path}: the marker has no <!-- /archdoc --> after it", place))
            break
        drawn = body(region.name, region.form) if region.name else None
        if drawn is None:
            problems.append(_problem(f"{path}: no view is called {region.name or '(nothing)'!r}", place))
            continue
        made += lines[position : region.start + 1]
        made += [newline, *(line + newline for line in drawn.strip("\n").split("\n")), newline]
        position = region.end
    made += lines[position:]
    return "".join(made), problems


def outside(text: str) -> str:
    """The page without what stands between markers: the part that is a person's."""
    return "".join(line for line, is_inside in _lines(text) if not is_inside)


def inside(text: str) -> str:
    """What stands between markers: the part that is archdoc's."""
    return "".join(line for line, is_inside in _lines(text) if is_inside)


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """Every line, and whether it stands between two markers."""
    lines = text.splitlines(keepends=True)
    position = 0
    for region in _regions(lines):
        if region.end is not None:
            yield from ((line, False) for line in lines[position : region.start + 1])
            yield from ((line, True) for line in lines[region.start + 1 : region.end])
            position = region.end
    yield from ((line, False) for line in lines[position:])


def _regions(lines: list[str]) -> Iterator[_Region]:
    fence = ""
    at = 0
    while at < len(lines):
        line = lines[at].rstrip("\r\n")
        fenced = _FENCE.match(line)
        if fence:
            if fenced and fenced["fence"].startswith(fence) and not fenced["rest"].strip():
                fence = ""
        elif fenced:
            fence = fenced["fence"]
        elif _ANY_OPEN.match(line):
            opened = _OPEN.match(line)
            end = _closing(lines, at + 1)
            yield _Region(at, end, opened["name"] if opened else "", (opened and opened["form"]) or "mermaid")
            if end is None:
                return
            at = end
        at += 1


def _closing(lines: list[str], start: int) -> int | None:
    for at in range(start, len(lines)):
        line = lines[at].rstrip("\r\n")
        if _CLOSE.match(line):
            return at
        if _ANY_OPEN.match(line):
            return None
    return None


def _problem(message: str, place: Source) -> Problem:
    return Problem(
        Severity.WARNING,
        "SI001",
        message,
        place,
        "write <!-- archdoc:view NAME -->, a line <!-- /archdoc --> below it, and one of the ten views as NAME",
    )
