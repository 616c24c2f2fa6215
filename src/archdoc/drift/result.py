"""What one check found."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from archdoc.drift.finding import CODES
from archdoc.model.finding import Code, Finding
from archdoc.model.problem import Severity


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Findings in order; and, where they were asked for, the pages behind them: as committed (None: missing) and as the
    code gives them now."""

    findings: tuple[Finding, ...] = ()
    committed: Mapping[str, bytes | None] = field(default_factory=dict)
    expected: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def codes(self) -> Mapping[str, Code]:
        """Every kind of finding that was looked for."""
        return CODES

    @property
    def is_drift(self) -> bool:
        """Whether anything that was found counts as drift."""
        return any(f.severity is Severity.ERROR for f in self.findings)

    def diffs(self) -> Iterator[str]:
        """A unified diff of each page that differs."""
        for path in sorted(self.expected):
            was = self.committed.get(path)
            if was != self.expected[path] and not path.endswith((".svg", ".json")):
                yield unified(was or b"", self.expected[path], path)


def unified(committed: bytes, expected: bytes, path: str) -> str:
    """A unified diff of one page, from what is committed to what the code gives."""
    before = committed.decode("utf-8", "replace").splitlines(keepends=True)
    after = expected.decode("utf-8", "replace").splitlines(keepends=True)
    return "".join(difflib.unified_diff(before, after, f"a/{path}", f"b/{path}"))
