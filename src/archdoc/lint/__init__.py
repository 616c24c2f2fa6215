"""Findings about the infrastructure itself, one pure rule each."""

from archdoc.lint.coverage import Metric, below, coverage

__all__ = ["Metric", "below", "coverage"]
