"""From a repository to its linked graph: what every command begins with, and all that some of them need."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeAlias

from archdoc import linking
from archdoc.catalog import Catalog, load_catalog
from archdoc.config import Config
from archdoc.model.document import Document
from archdoc.model.graph import Graph
from archdoc.readers import ansible, ci, formats, submodules, terraform
from archdoc.readers.ahead import ahead
from archdoc.readers.files import Repository
from archdoc.readers.memory import remembered, would_keep
from archdoc.readers.reading import Reading
from archdoc.readers.recording import RecordingRepository
from archdoc.site.generated import own_files
from archdoc.site.rulespage import unknown_rules

Progress: TypeAlias = Callable[[str], None]
"""Called with the name of each stage as it begins."""


def silent(_stage: str) -> None:
    """Progress that nobody asked for."""


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
    read = partial(_read_graph, config=config, catalog=catalog, progress=progress)
    code = RecordingRepository(repo, own_files(repo, config.site.docs_dir))
    if edited:
        return read(code).graph
    return remembered("graph", code, (config, catalog.tables.extra), read, config.cache).graph


def _read_graph(repo: Repository, config: Config, catalog: Catalog, progress: Progress) -> Reading:
    graph = Graph(problems=repo.problems())
    documents: list[Document] = []
    for reading in _readings(repo, config, catalog, progress):
        graph.update(reading.graph)
        documents += reading.documents
    progress("reading configuration files")
    told = (config, catalog.tables.extra, documents)
    read = partial(_configuration, documents, config, catalog)
    reading = remembered("configuration", repo, told, read, config.cache)
    graph.update(reading.graph)
    documents += reading.documents
    passed = formats.passed_over(repo, catalog, graph)
    for problem in (*submodules.problems(repo), *passed, *unknown_rules(config)):
        graph.add_problem(problem)
    progress("linking")
    linking.link(graph, catalog, config, documents)
    return Reading(graph)


_READERS = (("Terraform", terraform.read), ("Ansible", ansible.read), ("CI workflows", ci.read))
_MANY_FILES = 30
"""Of Terraform, and as many of YAML: from so many on two processes read a repository sooner than one."""


def _readings(repo: Repository, config: Config, catalog: Catalog, progress: Progress) -> list[Reading]:
    """What each reader makes of the repository, in the order of the readers.

    Where there is much to read, Ansible's files are read while a process of its own reads the others into the cache.
    """
    told = (config, catalog.tables.extra)

    def read_by(name: str, read: Callable[..., Reading], tell: Progress = progress) -> Reading:
        tell(f"reading {name}")
        return remembered(name, repo, told, partial(read, config=config, catalog=catalog), config.cache)

    readings: dict[str, Reading] = {}
    names = ("Terraform", "Ansible")
    if config.cache and _is_large(repo) and all(would_keep(name, repo, told) for name in names):
        others = [reader for reader in _READERS if reader[0] != "Ansible"]
        with ahead(lambda: [read_by(*reader, silent) for reader in others]) as wait:
            readings["Ansible"] = read_by("Ansible", ansible.read)
            wait()
    return [readings[name] if name in readings else read_by(name, read) for name, read in _READERS]


def _is_large(repo: Repository) -> bool:
    """Whether there is much of both Terraform and Ansible; only a directory on the disk can be read by two."""
    if repo.kind != Repository.kind:
        return False
    hcl = sum(path.endswith(".tf") for path in repo.paths)
    return hcl >= _MANY_FILES and sum(path.endswith((".yml", ".yaml")) for path in repo.paths) >= _MANY_FILES


def _configuration(placed: Sequence[Document], config: Config, catalog: Catalog, repo: Repository) -> Reading:
    """The facts of all configuration texts, and those that no task and no resource puts anywhere."""
    plain = formats.plain_documents(repo, placed)
    return Reading(formats.read([*placed, *plain], catalog, config.rules_off), tuple(plain))


def catalog_of(repo: Repository, config: Config) -> Catalog:
    """The catalog, with the files that the configuration adds."""
    return load_catalog(tuple(repo.read_text(path) for path in config.catalog))
