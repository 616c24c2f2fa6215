"""For people at a terminal: one line for each finding, and last the command that mends it."""

from __future__ import annotations

import io

from archdoc.model.finding import Finding
from archdoc.model.problem import Severity
from archdoc.report.plain import line, log
from archdoc.report.report import Report

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


def render(report: Report, colour: bool = False) -> str:
    """Findings in order, the diff, the counts, the command."""
    if not report.findings:
        return report.clean + "\n"
    parts = [_coloured(report) if colour else log("".join(_row(f) for f in report.findings))]
    if report.diff:
        parts.append("\n" + _coloured_diff(report.diff) if colour else "\n" + log(report.diff))
    parts.append(f"\n{report.counted()}\n")
    parts += [f"To mend: {command}\n" for command in report.commands()]
    return "".join(parts)


def _row(finding: Finding) -> str:
    return f"{_place(finding)}: {finding.severity.value}: {finding.code} {line(finding.message)}\n{_hint(finding)}"


def _place(finding: Finding) -> str:
    return line(str(finding.source))


def _hint(finding: Finding) -> str:
    """What mends one finding alone; commands stand once, at the end."""
    return f"    {line(finding.hint)}\n" if finding.hint and not finding.hint.startswith("run: ") else ""


def _coloured(report: Report) -> str:
    from rich.text import Text

    made = Text()
    for finding in report.findings:
        made.append(f"{_place(finding)}: ", style="dim")
        made.append(finding.severity.value, style=_STYLES[finding.severity])
        made.append(f": {finding.code} ", style="dim").append(f"{line(finding.message)}\n")
        made.append(_hint(finding), style="dim")
    return _ansi(made)


def _coloured_diff(diff: str) -> str:
    from rich.text import Text

    made = Text()
    for each in log(diff).splitlines(keepends=True):
        heading = each.startswith(("+++", "---", "@@"))
        made.append(each, style="bold" if heading else {"+": "green", "-": "red"}.get(each[0], ""))
    return _ansi(made)


def _ansi(text: object) -> str:
    from rich.console import Console

    out = io.StringIO()
    console = Console(
        file=out, force_terminal=True, color_system="standard", no_color=False, width=10_000, legacy_windows=False
    )
    console.print(text, end="", soft_wrap=True, highlight=False)
    return out.getvalue()
