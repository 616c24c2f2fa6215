"""Drift, findings and problems, told in the formats that people and machines read."""

from archdoc.report.explain import explain, find_nodes, nearest
from archdoc.report.findings import findings
from archdoc.report.measures import coverage
from archdoc.report.problems import problems

__all__ = ["coverage", "explain", "find_nodes", "findings", "nearest", "problems"]
