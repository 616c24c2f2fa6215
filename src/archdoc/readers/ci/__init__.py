"""Continuous integration workflows.

A ``ci_job`` has ``runs``: ``[{"tool", "command", "arguments", "working_directory", "line"}]``, the commands of its
steps that touch infrastructure; linking joins them to Terraform roots and playbooks.
"""

from __future__ import annotations

from archdoc.catalog import Catalog
from archdoc.config import Config
from archdoc.model.graph import Graph
from archdoc.readers.ci.github import read_github
from archdoc.readers.files import Repository
from archdoc.readers.reading import Reading


def read(repo: Repository, config: Config, catalog: Catalog) -> Reading:
    """Every workflow of a repository."""
    del config, catalog
    graph = Graph()
    read_github(repo, graph)
    return Reading(graph)


__all__ = ["read"]
