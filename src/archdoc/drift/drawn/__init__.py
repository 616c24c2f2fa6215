"""Diagrams that people drew in Markdown, read and compared with the graph."""

from archdoc.drift.drawn.baseline import BaselineError, without_known, write_baseline
from archdoc.drift.drawn.compare import DrawnFinding, Judge, compare_drawings, findings_of
from archdoc.drift.drawn.explain import explain_page

__all__ = [
    "BaselineError",
    "DrawnFinding",
    "Judge",
    "compare_drawings",
    "explain_page",
    "findings_of",
    "without_known",
    "write_baseline",
]
