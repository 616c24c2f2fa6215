"""check: what the committed pages say against what the code says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from archdoc.config import DriftConfig
from archdoc.drift.finding import Finding, configured
from archdoc.drift.published import marker_findings, page_findings
from archdoc.drift.told import change_findings
from archdoc.model.change import GraphDiff
from archdoc.model.page import PageIssue
from archdoc.model.problem import Problem


def compare(
    diff: GraphDiff | None, issues: Sequence[PageIssue], problems: Iterable[Problem], config: DriftConfig
) -> list[Finding]:
    """The findings of one check.

    ``diff`` is from the published graph to today's, None where nothing is published; ``issues`` are about the pages
    that the *published* graph gives: one that differs from them was edited by hand or made by another version. So a
    comment that moves lines is no drift.
    """
    findings = change_findings(diff) if diff is not None else []
    findings += page_findings(issues, diff is None)
    findings += marker_findings(problems)
    return configured(findings, config)
