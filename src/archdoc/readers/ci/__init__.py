"""Continuous integration: GitHub Actions (and Gitea's and Forgejo's), GitLab CI, Travis CI, hooks of a developer.

A ``ci_job`` has ``runs``, the commands of its steps that touch infrastructure; linking joins them to Terraform roots
and playbooks. Each is ``{"tool", "command", "does", "arguments", "subjects", "working_directory", "path",
"line"}``: ``does``
is what the catalog says of the command (change, preview, check, build, publish, prepare, read), ``subjects`` are the
words that are no options, ``through`` the scripts, Makefiles and composite actions that led to it.
"""

from __future__ import annotations

from archdoc.catalog import Catalog
from archdoc.config import Config
from archdoc.model.graph import Graph
from archdoc.readers.ci.github import read_github
from archdoc.readers.ci.gitlab import read_gitlab
from archdoc.readers.ci.hooks import read_hooks
from archdoc.readers.ci.travis import read_travis
from archdoc.readers.files import Repository
from archdoc.readers.reading import Reading


def read(repo: Repository, config: Config, catalog: Catalog) -> Reading:
    """Every workflow of a repository."""
    graph = Graph()
    read_github(repo, catalog, graph, config.repository)
    read_gitlab(repo, catalog, graph)
    read_travis(repo, catalog, graph)
    read_hooks(repo, graph)
    return Reading(graph)


__all__ = ["read"]
