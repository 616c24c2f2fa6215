"""For GitHub Actions: annotations on files and lines, and the whole list in the log.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from archdoc.model.finding import Finding
from archdoc.model.problem import Severity
from archdoc.report import text
from archdoc.report.plain import line
from archdoc.report.report import ORDER, Report

SHOWN = 10
"""GitHub shows no more annotations of one level than that of one step."""
MESSAGE = 4_096
"""Characters of one message; GitHub cuts at 64 KiB."""
TITLE = 200
"""Characters of a title; GitHub cuts at 255."""

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(report: Report) -> str:
    """At most ten annotations of each level, the tenth counting those that have none; then everything as text."""
    lines = []
    for severity in ORDER:
        group = [f for f in report.findings if f.severity is severity]
        shown = group if len(group) <= SHOWN else group[: SHOWN - 1]
        lines += [_annotation(f, report.title(f)) for f in shown]
        if rest := len(group) - len(shown):
            level = _LEVELS[severity]
            lines.append(f"::{level} title=archdoc::{rest} more of this kind: see the log or the job summary\n")
    return f"{''.join(lines)}::group::archdoc {report.command}\n{text.render(report)}::endgroup::\n"


def _annotation(finding: Finding, title: str) -> str:
    path = finding.source.path.encode("utf-8", "replace").decode()
    place = f"file={_property(path)},line={finding.source.line}"
    if finding.source.end_line > finding.source.line:
        place += f",endLine={finding.source.end_line}"
    message = line(finding.message, MESSAGE)
    if finding.hint:
        message += f" ({line(finding.hint, MESSAGE)})"
    words = _property(line(f"archdoc {finding.code}: {title}", TITLE))
    return f"::{_LEVELS[finding.severity]} {place},title={words}::{_data(message)}\n"


def _data(words: str) -> str:
    """A value in which nothing is a command: the runner's own escapes, and no ``##[`` of its older syntax."""
    return words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A").replace("##[", "##%5B")


def _property(words: str) -> str:
    return _data(words).replace(":", "%3A").replace(",", "%2C")
