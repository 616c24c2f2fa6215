"""Fixtures for every test, and which tests run side by side."""

from __future__ import annotations

from pathlib import Path

import pytest
from repositories import graph_of, sample_config, sample_graph, write

__all__ = ["graph_of", "sample_config", "sample_graph", "write"]

TESTS = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share what is costly to make run in one process: those of a file, and all that open the browser."""
    for item in items:
        path = item.path.relative_to(TESTS)
        group = path.parts[0] if path.parts[0] == "browser" else path.as_posix()
        item.add_marker(pytest.mark.xdist_group(group))
