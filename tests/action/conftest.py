"""Fixtures of the action's tests."""

from githubrunner import runner

__all__ = ["runner"]
