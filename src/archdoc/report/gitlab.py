"""For GitLab: a code quality report, shown in the merge request.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

from archdoc.model.facts import Json
from archdoc.model.problem import Severity
from archdoc.render.jsontext import dumps
from archdoc.report.jsondoc import safe
from archdoc.report.plain import line
from archdoc.report.report import Report

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}


def render(report: Report) -> str:
    """A list with one object for each finding."""
    rows: list[Json] = [
        {
            "description": line(f"{finding.message} ({finding.hint})" if finding.hint else finding.message),
            "check_name": finding.code,
            "fingerprint": fingerprint,
            "severity": _SEVERITIES[finding.severity],
            "location": {"path": finding.source.path, "lines": {"begin": finding.source.line}},
        }
        for finding, fingerprint in zip(report.findings, report.fingerprints(), strict=True)
    ]
    return safe(dumps(rows))
