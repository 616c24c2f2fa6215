"""Fixtures for every test, and which tests run side by side."""

from __future__ import annotations

from typing import Any

import pytest
from repositories import graph_of, sample_config, sample_graph, write
from xdist.scheduler import LoadScopeScheduling

__all__ = ["graph_of", "sample_config", "sample_graph", "write"]


LONGEST_FIRST = ("tests/test_sample.py", "tests/browser/")
"""What takes a worker longest. The last files are short ones, so that no worker waits long for another."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST_FIRST))


class _Shared(LoadScopeScheduling):  # type: ignore[misc]
    """Tests that share what is costly to make run in one process: those of a file, and all that open the browser."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.split("::", 1)[0]
        return "browser" if "browser" in path.split("/") else path


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """How pytest-xdist shares the tests out."""
    return _Shared(config, log)
