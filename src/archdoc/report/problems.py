"""Problems for a terminal: counted, worst first, each once per code and file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from archdoc.model.problem import Problem, Severity
from archdoc.report.plain import line, log

_ORDER = (Severity.ERROR, Severity.WARNING, Severity.NOTE)
MOST = 20
"""Problems shown in full; the problems page has them all."""


def problems(found: Sequence[Problem]) -> tuple[str, dict[str, int]]:
    """The text, and the count by severity."""
    counts = Counter(p.severity.value for p in found)
    if not found:
        return "", {}
    shown = sorted(found, key=lambda p: (_ORDER.index(p.severity), *p.sort_key()))
    lines = []
    for problem in shown[:MOST]:
        hint = f" ({problem.hint})" if problem.hint else ""
        words = f"{problem.severity.value}: {problem.source}: {problem.code} {problem.message}{hint}"
        lines.append(log(line(words)))
    if len(shown) > MOST:
        lines.append(f"… and {len(shown) - MOST} more on the problems page\n")
    summary = ", ".join(
        f"{counts[s.value]} {s.value}{'s' if counts[s.value] != 1 else ''}" for s in _ORDER if counts[s.value]
    )
    return "".join(lines) + summary + "\n", dict(counts)
