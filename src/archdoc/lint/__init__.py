"""Findings about the infrastructure itself, one pure rule each; and how much of the code the graph understands."""

from archdoc.lint.coverage import Metric, below, coverage
from archdoc.lint.run import CODES, RULES, lint

__all__ = ["CODES", "RULES", "Metric", "below", "coverage", "lint"]
