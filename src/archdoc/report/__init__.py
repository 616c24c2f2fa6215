"""Drift, findings and problems, told in the formats that people and machines read."""

from archdoc.report.explain import explain, find_nodes, nearest
from archdoc.report.formats import FORMATS
from archdoc.report.measures import coverage
from archdoc.report.problems import problems
from archdoc.report.report import Report

__all__ = ["FORMATS", "Report", "coverage", "explain", "find_nodes", "nearest", "problems"]
