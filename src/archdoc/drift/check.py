"""check: what the committed pages say against what the code says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from archdoc.config import DriftConfig
from archdoc.drift.compare import compare_snapshots
from archdoc.drift.finding import Finding, configured
from archdoc.drift.published import marker_findings, page_findings
from archdoc.drift.snapshot import Snapshot
from archdoc.model.diagram import Diagram
from archdoc.model.page import PageIssue
from archdoc.model.problem import Problem


def compare(
    published: Snapshot | None,
    current: Snapshot,
    issues: Sequence[PageIssue],
    problems: Iterable[Problem],
    config: DriftConfig,
) -> list[Finding]:
    """The findings of one check.

    ``issues`` are about the pages that the *published* graph gives: one that differs from them was edited by hand or
    made by another version. That the published graph is not today's is said by comparing the snapshots, so a comment
    that moves lines is no drift.
    """
    findings = compare_snapshots(published, current) if published is not None else []
    findings += page_findings(issues, published is None)
    findings += marker_findings(problems)
    return configured(findings, config)


def with_views(
    findings: Iterable[Finding],
    current: Mapping[str, tuple[Diagram, ...]],
    published: Mapping[str, tuple[Diagram, ...]],
) -> list[Finding]:
    """The same findings, each naming the views that lack or still show the thing."""
    made = []
    for finding in findings:
        shown = _views_of(finding.subject, published if finding.code == "DR002" else current) if finding.subject else []
        if shown:
            verb = {"DR002": "is still in", "DR001": "is missing from"}.get(finding.code, "is in")
            words = f"{finding.message}; {verb}: {', '.join(shown)}"
            finding = replace(finding, message=words, views=tuple(shown))  # noqa: PLW2901
        made.append(finding)
    return made


def _views_of(node_id: str, drawings: Mapping[str, tuple[Diagram, ...]]) -> list[str]:
    return [
        name
        for name, group in drawings.items()
        if any(node_id in box.node_ids for diagram in group for box in diagram.boxes)
        or any(node_id in frame.node_ids for diagram in group for frame in diagram.clusters)
    ]
