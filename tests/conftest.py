"""Fixtures for every test."""

from repositories import graph_of, sample_config, sample_graph, write

__all__ = ["graph_of", "sample_config", "sample_graph", "write"]
