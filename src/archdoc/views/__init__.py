"""Ten pure functions from a graph to its drawings."""

from archdoc.views.registry import VIEWS, View, draw, whole

__all__ = ["VIEWS", "View", "draw", "whole"]
