"""Markdown for a job summary or a comment on a pull request.

Everything that comes from the repository stands in code spans and code blocks: a code host makes no links, mentions,
references to issues or HTML of what stands there.
"""

from __future__ import annotations

import re

from archdoc.model.finding import Finding
from archdoc.report.plain import line, log
from archdoc.report.report import ORDER, Report

MOST = 100
"""Findings listed under one heading."""
BYTES = 60_000
"""Bytes of the whole text. A comment on GitHub takes 65,536 characters, a job summary 1 MiB."""
_MARKS = {"error": "❌", "warning": "⚠️", "note": "ℹ️"}


def render(report: Report) -> str:
    """A heading, the counts, and a list for each kind of finding."""
    head = f"### archdoc {report.command}\n\n{report.counted()}\n"
    foot = "".join(f"\nTo mend: {_code(command)}\n" for command in report.commands())
    room = BYTES - len((head + foot).encode())
    parts = []
    sections = [*_sections(report), *_diff(report.diff)]
    for number, section in enumerate(sections):
        room -= len(section.encode())
        if room < 200:
            parts.append(f"\n… and more: {len(sections) - number} parts are left out for their length.\n")
            break
        parts.append(section)
    return head + "".join(parts) + foot


def code(text: str) -> str:
    """A code span with this text, whatever backticks it has (CommonMark 6.1)."""
    return _code(text)


def _sections(report: Report) -> list[str]:
    made = []
    for name in dict.fromkeys(f.code for f in report.findings):
        group = [f for f in report.findings if f.code == name]
        rows = [_row(f) for f in sorted(group, key=lambda f: ORDER.index(f.severity))[:MOST]]
        if len(group) > MOST:
            rows.append(f"- … and {len(group) - MOST} more\n")
        made.append(f"\n#### {name}: {report.title(group[0])}\n\n" + "".join(rows))
    return made


def _row(finding: Finding) -> str:
    hint = "" if not finding.hint or finding.hint.startswith("run: ") else f"<br>{_code(finding.hint)}"
    return f"- {_MARKS[finding.severity.value]} {_code(str(finding.source))} {_code(finding.message)}{hint}\n"


def _diff(diff: str) -> list[str]:
    if not diff:
        return []
    text = log(diff)
    fence = _fence(text, 3)
    return [f"\n<details><summary>What changes in the pages</summary>\n\n{fence}diff\n{text}{fence}\n\n</details>\n"]


def _code(text: str) -> str:
    words = log(line(text)).rstrip("\n") or "(nothing)"
    fence = _fence(words, 1)
    space = " " if words[0] in "` " or words[-1] in "` " else ""
    return f"{fence}{space}{words}{space}{fence}"


def _fence(text: str, least: int) -> str:
    """More backticks than stand together anywhere in the text."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    return "`" * max(least, longest + 1)
