"""Helpers that every test may use."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from archdoc import api
from archdoc.config import load_config
from archdoc.model.graph import Graph

Write = Callable[[dict[str, str]], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes files, by their paths, into a repository of the test's own; gives its directory."""

    def make(files: dict[str, str]) -> Path:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
        return tmp_path

    return make


@pytest.fixture
def graph_of(write: Write) -> Callable[[dict[str, str]], Graph]:
    """The linked graph of some files."""

    def make(files: dict[str, str]) -> Graph:
        root = write(files)
        return api.load_graph(root, load_config(root))

    return make
