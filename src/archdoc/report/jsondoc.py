"""For programs: one document, described by ``schema/findings.schema.json``."""

from __future__ import annotations

from importlib.resources import files

from archdoc import __version__
from archdoc.model.facts import Json
from archdoc.model.finding import Finding
from archdoc.render.jsontext import dumps
from archdoc.report.report import ORDER, Report

SCHEMA = "archdoc.findings/1"


def render(report: Report) -> str:
    """The canonical text: keys sorted, two spaces. It steers no CI runner that shows it in a log."""
    rows: list[Json] = [
        _object(f, report.title(f), print_) for f, print_ in zip(report.findings, report.fingerprints(), strict=True)
    ]
    document: dict[str, Json] = {
        "schema": SCHEMA,
        "version": __version__,
        "command": report.command,
        "counts": {s.value: report.count(s) for s in ORDER},
        "findings": rows,
        "mend": list(report.commands()),
    }
    if report.diff:
        document["diff"] = report.diff
    return safe(dumps(document))


def safe(text: str) -> str:
    """JSON in which ``##[``, which GitHub's runner takes for a command, is written with an escape."""
    return text.replace("##[", "##\\u005b")


def schema_text() -> str:
    """The JSON Schema of the document."""
    return (files("archdoc.report") / "schema" / "findings.schema.json").read_text(encoding="utf-8")


def _object(finding: Finding, title: str, fingerprint: str) -> Json:
    return {
        "severity": finding.severity.value,
        "code": finding.code,
        "title": title,
        "message": finding.message,
        "path": finding.source.path,
        "line": finding.source.line,
        "end_line": finding.source.end_line,
        "hint": finding.hint,
        "page": finding.page,
        "subject": finding.subject,
        "views": list(finding.views),
        "fingerprint": fingerprint,
    }
