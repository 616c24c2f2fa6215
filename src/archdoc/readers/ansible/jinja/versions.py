"""Comparing versions as Ansible's ``version`` test does."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any

_COMPONENT = re.compile(r"(\d+|[a-z]+|\.)", re.IGNORECASE)
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    **dict.fromkeys(("==", "=", "eq"), operator.eq),
    **dict.fromkeys(("<", "lt"), operator.lt),
    **dict.fromkeys(("<=", "le"), operator.le),
    **dict.fromkeys((">", "gt"), operator.gt),
    **dict.fromkeys((">=", "ge"), operator.ge),
    **dict.fromkeys(("!=", "<>", "ne"), operator.ne),
}
_SEMANTIC = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?")
_STRICT = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?(?:([ab])(\d+))?")


def loose_key(version: Any) -> list[Any]:
    """distutils' LooseVersion: numbers and words between the dots."""
    parts = [part for part in _COMPONENT.split(str(version)) if part and part != "."]
    return [int(part) if part.isdigit() else part for part in parts]


def semantic_key(version: Any) -> tuple[Any, ...]:
    """A version by https://semver.org (ValueError when it is none)."""
    found = _SEMANTIC.fullmatch(str(version))
    if found is None:
        raise ValueError("version")
    pre = found[4]
    tail = (1,) if pre is None else (0, *((0, int(p), "") if p.isdigit() else (1, 0, p) for p in pre.split(".")))
    return (int(found[1]), int(found[2]), int(found[3]), tail)


def strict_key(version: Any) -> tuple[Any, ...]:
    """distutils' StrictVersion (ValueError when it is none)."""
    found = _STRICT.fullmatch(str(version))
    if found is None:
        raise ValueError("version")
    return (int(found[1]), int(found[2]), int(found[3] or 0), (found[4] or "z", int(found[5] or 0)))


def compare(value: Any, version: Any, op: str = "eq", strict: Any = None, version_type: str | None = None) -> bool:
    """Whether ``value`` stands in this relation to ``version`` (ValueError or TypeError when that cannot be said)."""
    if not value or not version:
        raise ValueError("version")
    kind = "strict" if strict else version_type or "loose"
    keys: dict[str, Callable[[Any], Any]] = {
        "loose": loose_key,
        "strict": strict_key,
        "semver": semantic_key,
        "semantic": semantic_key,
    }
    key = keys[kind]
    return _OPERATORS[op](key(str(value)), key(str(version)))
