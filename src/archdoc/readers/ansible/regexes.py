"""Regular expressions that somebody else wrote, within limits: Python's engine cannot be stopped once it runs."""

from __future__ import annotations

import re
from functools import lru_cache

MAX_PATTERN = 1_000
MAX_SUBJECT = 20_000
MAX_SUBJECT_OF_MANY = 1_000
"""Texts longer than this are not searched with a pattern of several unbounded repeats (its cost is a power)."""
_ESCAPED = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_UNBOUNDED = re.compile(r"[*+]|\{\d*,\d*\}")


class UnsafePatternError(Exception):
    """A pattern whose search might never end, or that is no pattern."""


@lru_cache(maxsize=4096)
def _repeats(pattern: str) -> int | None:
    """How many unbounded repeats a pattern has; None when one lies inside another, or around alternatives."""
    simple = _ESCAPED.sub("x", pattern)
    count = 0
    inside: list[bool] = [False]
    position = 0
    while position < len(simple):
        char = simple[position]
        if char == "(":
            inside.append(False)
        elif char == ")" and len(inside) > 1:
            risky = inside.pop()
            if risky and _UNBOUNDED.match(simple, position + 1):
                return None
            inside[-1] |= risky
        elif char == "|" and len(inside) > 1:
            inside[-1] = True
        elif found := _UNBOUNDED.match(simple, position):
            count += 1
            inside[-1] = True
            position = found.end() - 1
        position += 1
    return count


def is_safe_pattern(pattern: str) -> bool:
    """Whether searching with a pattern ends in time for any text of moderate length."""
    return len(pattern) <= MAX_PATTERN and _repeats(pattern) is not None


def compile_pattern(pattern: str, flags: int, subject: str) -> re.Pattern[str]:
    """The compiled pattern, to search ``subject`` with (UnsafePatternError when that might not end)."""
    if not is_safe_pattern(pattern):
        raise UnsafePatternError("a regular expression that might never end was not tried")
    limit = MAX_SUBJECT if (_repeats(pattern) or 0) < 3 else MAX_SUBJECT_OF_MANY
    if len(subject) > limit:
        raise UnsafePatternError(f"a text of more than {limit} characters was not searched")
    try:
        return re.compile(pattern, flags)
    except (re.error, OverflowError, RecursionError) as error:
        raise UnsafePatternError(f"not a regular expression: {error}") from None
