"""Fixtures for every test."""

from repositories import graph_of, write

__all__ = ["graph_of", "write"]
