"""check: what the committed pages say against what the code says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from archdoc.config import DriftConfig
from archdoc.drift.compare import compare_pages, compare_snapshots, unified
from archdoc.drift.finding import CODES, Finding, configured, found
from archdoc.drift.snapshot import Snapshot
from archdoc.model.diagram import Diagram
from archdoc.model.facts import Source
from archdoc.model.finding import Code
from archdoc.model.problem import Severity


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Findings in order, and the pages behind them: as committed (None: missing) and as they should be."""

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


def compare(
    published: Snapshot | None,
    current: Snapshot,
    committed: Mapping[str, bytes | None],
    expected: Mapping[str, bytes],
    stale: Iterable[str],
    config: DriftConfig,
) -> CheckResult:
    """The findings of one check.

    ``expected`` are the pages that the *published* graph gives: a page that differs from them was edited by hand or
    made by another version. That the published graph is not today's is said by comparing the snapshots, so a comment
    that moves lines is no drift.
    """
    findings = compare_snapshots(published, current) if published is not None else []
    findings += compare_pages(committed, expected, published is None)
    for path in stale:
        findings.append(found("DR012", f"{path} is left over from an earlier build", Source(path, 1), page=path))
    return CheckResult(tuple(configured(findings, config)), committed, expected)


def with_views(
    result: CheckResult, current: Mapping[str, tuple[Diagram, ...]], published: Mapping[str, tuple[Diagram, ...]]
) -> CheckResult:
    """The same findings, each naming the views that lack or still show the thing."""
    made = []
    for finding in result.findings:
        if finding.subject:
            shown = _views_of(finding.subject, published if finding.code == "DR002" else current)
            verb = (
                "is still in" if finding.code == "DR002" else "is missing from" if finding.code == "DR001" else "is in"
            )
            if shown:
                words = f"{finding.message}; {verb}: {', '.join(shown)}"
                made.append(replace(finding, message=words, views=tuple(shown)))
                continue
        made.append(finding)
    return replace(result, findings=tuple(made))


def _views_of(node_id: str, drawings: Mapping[str, tuple[Diagram, ...]]) -> list[str]:
    return [
        name
        for name, group in drawings.items()
        if any(node_id in box.node_ids for diagram in group for box in diagram.boxes)
        or any(node_id in frame.node_ids for diagram in group for frame in diagram.clusters)
    ]
