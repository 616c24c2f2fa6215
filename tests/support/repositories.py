"""Helpers that every test may use."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from archdoc import api
from archdoc.config import Config, load_config
from archdoc.model.graph import Graph

PROJECT = Path(__file__).parents[2]
Write = Callable[[dict[str, str]], Path]


def write_files(root: Path, files: dict[str, str]) -> None:
    """Write files, by their paths below a directory."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes files, by their paths, into a repository of the test's own; gives its directory."""

    def make(files: dict[str, str]) -> Path:
        write_files(tmp_path, files)
        return tmp_path

    return make


@pytest.fixture
def graph_of(write: Write) -> Callable[[dict[str, str]], Graph]:
    """The linked graph of some files."""

    def make(files: dict[str, str]) -> Graph:
        root = write(files)
        return api.load_graph(root, load_config(root))

    return make


@pytest.fixture(scope="session")
def sample_config() -> Config:
    """The configuration of this repository's own infrastructure."""
    return load_config(PROJECT)


@pytest.fixture(scope="session")
def sample_graph(sample_config: Config) -> Graph:
    """This repository's own infrastructure, read once for all tests; not to be changed."""
    return api.load_graph(PROJECT, sample_config)
