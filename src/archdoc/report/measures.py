"""Coverage, as text or JSON."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Protocol


class Measured(Protocol):
    """One metric."""

    @property
    def name(self) -> str:
        """What it is called in the configuration."""
        ...

    @property
    def title(self) -> str:
        """What it counts."""
        ...

    @property
    def known(self) -> int:
        """How many are."""
        ...

    @property
    def total(self) -> int:
        """Of how many."""
        ...

    @property
    def partly(self) -> int | None:
        """Of the known ones, how many are known in part; None where nothing can be."""
        ...

    @property
    def percent(self) -> float:
        """The share, 100 for none of none."""
        ...


def coverage(measured: Sequence[Measured], below: Collection[str], form: str) -> str:
    """All metrics; those below their threshold are marked."""
    if form == "json":
        rows = {
            m.name: {
                "known": m.known,
                "total": m.total,
                "percent": round(m.percent, 1),
                "below": m.name in below,
                **({} if m.partly is None else {"partly": m.partly}),
            }
            for m in measured
        }
        return json.dumps(rows, indent=2) + "\n"
    width = max(len(m.title) for m in measured)
    lines = []
    for metric in measured:
        share = f"{metric.known:>6} of {metric.total:<6} {metric.percent:5.1f} %"
        mark = f"  {metric.partly} of them in part" if metric.partly else ""
        mark += "  below its threshold" if metric.name in below else ""
        lines.append(f"{metric.title.ljust(width)}  {share}{mark}\n")
    return "".join(lines)
