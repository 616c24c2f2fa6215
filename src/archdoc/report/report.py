"""What every format of a report is made of."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from archdoc.model.finding import Code, Finding
from archdoc.model.problem import Severity

ORDER = (Severity.ERROR, Severity.WARNING, Severity.NOTE)
"""Severities, worst first."""
_LINE_NUMBER = re.compile(r"(?<=:)\d+")


@dataclass(frozen=True, slots=True)
class Report:
    """The findings of one run of one command.

    ``command`` is ``check`` or ``lint``, ``clean`` the sentence for no findings, ``codes`` every kind of finding that
    the command looks for (found or not), ``diff`` a unified diff of the pages, or "" where none was asked for.
    """

    command: str
    findings: tuple[Finding, ...]
    codes: Mapping[str, Code]
    clean: str
    diff: str = ""
    _counts: Counter[Severity] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_counts", Counter(f.severity for f in self.findings))

    def count(self, severity: Severity) -> int:
        """How many findings have a severity."""
        return self._counts[severity]

    def counted(self) -> str:
        """``2 errors, 1 warning``; the sentence for a clean run where there are none."""
        words = [f"{n} {s.value}{'s' if n != 1 else ''}" for s in ORDER if (n := self.count(s))]
        return ", ".join(words) or self.clean

    def commands(self) -> list[str]:
        """The commands that mend what was found, each once."""
        hints = dict.fromkeys(f.hint for f in self.findings)
        return [hint.removeprefix("run: ") for hint in hints if hint.startswith("run: ")]

    def title(self, finding: Finding) -> str:
        """The few words for a kind of finding; its code where the table has none."""
        code = self.codes.get(finding.code)
        return code.title if code else finding.code

    def fingerprints(self) -> list[str]:
        """For each finding 64 hexadecimal digits that stay the same while lines move, and differ in one report."""
        seen: Counter[str] = Counter()
        made = []
        for finding in self.findings:
            what = _LINE_NUMBER.sub("", finding.message)
            said = "\0".join((finding.code, finding.source.path, finding.page, finding.subject, what))
            seen[said] += 1
            made.append(hashlib.sha256(f"{said}\0{seen[said]}".encode("utf-8", "surrogatepass")).hexdigest())
        return made
