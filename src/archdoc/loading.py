"""From a repository to its linked graph: what every command begins with."""

from __future__ import annotations

from pathlib import Path

from archdoc.catalog import Catalog, load_catalog
from archdoc.config import Config
from archdoc.model.graph import Graph
from archdoc.model.progress import Progress, silent
from archdoc.readers.files import Repository
from archdoc.readers.memory import remembered
from archdoc.readers.reading import Reading
from archdoc.readers.recording import RecordingRepository
from archdoc.site.generated import own_files


def load_graph(
    root: Path, config: Config, progress: Progress = silent, repo: Repository | None = None, edited: bool = False
) -> Graph:
    """Read a repository into one linked graph."""
    repo = repo or Repository(root, config.exclude)
    return read_graph(repo, config, catalog_of(repo, config), progress, edited)


def read_graph(
    repo: Repository, config: Config, catalog: Catalog, progress: Progress = silent, edited: bool = False
) -> Graph:
    """Read the files of a repository, on the disk or of a revision, into one linked graph.

    It is told from memory where nothing that it hangs on has changed, and so is what a reader makes. Where the code is
    being ``edited`` only the latter: looking for the whole, and keeping it, is time that somebody waits.
    """

    def read(repo: Repository) -> Reading:
        from archdoc.assembly import assemble  # with all readers: what is remembered does not wait for them

        return assemble(repo, config, catalog, progress)

    code = RecordingRepository(repo, own_files(repo, config.site.docs_dir))
    if edited:
        return read(code).graph
    return remembered("graph", code, (config, catalog.tables.extra), read, config.cache).graph


def catalog_of(repo: Repository, config: Config) -> Catalog:
    """The catalog, with the files that the configuration adds."""
    return load_catalog(tuple(repo.read_text(path) for path in config.catalog))
