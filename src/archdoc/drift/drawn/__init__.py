"""Diagrams that people drew in Markdown, read and compared with the graph."""

from archdoc.drift.drawn.baseline import BaselineError, without_known, write_baseline
from archdoc.drift.drawn.compare import DrawnFinding, compare_drawings, findings_of

__all__ = ["BaselineError", "DrawnFinding", "compare_drawings", "findings_of", "without_known", "write_baseline"]
