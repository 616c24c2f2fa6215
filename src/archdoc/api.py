"""The whole story on one screen: read, link, draw, write; and compare instead of write.

This is also the public Python API. Every function takes the repository's directory and a ``Config``; none of
them prints, and none of them executes anything that it reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from archdoc import linking, views
from archdoc.catalog import Catalog, load_catalog
from archdoc.config import Config
from archdoc.drift.check import CheckResult, check_site
from archdoc.model.diagram import Diagram
from archdoc.model.graph import Graph
from archdoc.readers import ansible, ci, formats, terraform
from archdoc.readers.files import Repository
from archdoc.site import assets, links, pages, writer
from archdoc.site.committed import read_committed

Progress: TypeAlias = Callable[[str], None]
"""Called with the name of each stage as it begins."""

Drawings: TypeAlias = Mapping[str, tuple[Diagram, ...]]
"""The drawings of each view, by its name."""


def _silent(_stage: str) -> None: ...


def load_graph(root: Path, config: Config, progress: Progress = _silent) -> Graph:
    """Read a repository into one linked graph."""
    repo = Repository(root, config.exclude)
    catalog = catalog_of(repo, config)
    graph = Graph(problems=repo.problems())
    documents = []
    for name, read in (("Terraform", terraform.read), ("Ansible", ansible.read), ("CI workflows", ci.read)):
        progress(f"reading {name}")
        reading = read(repo, config, catalog)
        graph.update(reading.graph)
        documents += reading.documents
    progress("reading configuration files")
    documents += formats.plain_documents(repo, documents)
    graph.update(formats.read(documents, catalog))
    progress("linking")
    linking.link(graph, catalog, config)
    return graph


def catalog_of(repo: Repository, config: Config) -> Catalog:
    """The catalog, with the files that the configuration adds."""
    return load_catalog(tuple(repo.read_text(path) for path in config.catalog))


def draw(graph: Graph, config: Config, progress: Progress = _silent) -> Drawings:
    """Every view's drawings, in the order of the diagrams page."""
    drawings = {}
    for view in views.VIEWS:
        progress(f"drawing {view.name}")
        drawings[view.name] = views.draw(view.name, graph, config)
    return drawings


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build did; paths are relative to the repository."""

    graph: Graph
    written: tuple[str, ...]
    deleted: tuple[str, ...]
    unchanged: int


def build(root: Path, config: Config, command_reference: str = "", progress: Progress = _silent) -> BuildResult:
    """Read, draw, and write the pages that changed."""
    graph = load_graph(root, config, progress)
    drawings = draw(graph, config, progress)
    progress("writing pages")
    committed = read_committed(root, config.site.docs_dir)
    site = pages.render_site(graph, drawings, config, link_template(root, config), command_reference, committed)
    outcome = writer.write_site(root, config.site.docs_dir, site.files)
    if any((root / name).is_file() for name in ("mkdocs.yml", "zensical.toml")):
        assets.install(root / config.site.docs_dir)
    for problem in (*site.problems, *outcome.refused):
        graph.add_problem(problem)  # of this run, for the terminal; no page lists them
    return BuildResult(graph, outcome.written, outcome.deleted, outcome.unchanged)


def check(root: Path, config: Config, command_reference: str = "", progress: Progress = _silent) -> CheckResult:
    """Read, draw, and compare with the committed pages. Writes nothing."""
    graph = load_graph(root, config, progress)
    progress("comparing")
    return check_site(root, config, graph, link_template(root, config), command_reference)


def link_template(root: Path, config: Config) -> str:
    """The address of a line of source: configured, else as committed, else from the git remote."""
    return (
        config.source_link or links.committed_template(root, config.site.docs_dir) or links.template_from_remote(root)
    )
