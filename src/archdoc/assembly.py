"""What all readers make of a repository, put together and linked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from archdoc import linking
from archdoc.catalog import Catalog
from archdoc.config import Config
from archdoc.model.document import Document
from archdoc.model.graph import Graph
from archdoc.model.progress import Progress, silent
from archdoc.readers import ansible, ci, formats, submodules, terraform
from archdoc.readers.ahead import ahead
from archdoc.readers.files import Repository
from archdoc.readers.memory import remembered, would_keep
from archdoc.readers.reading import Reading
from archdoc.site.rulespage import unknown_rules


def assemble(repo: Repository, config: Config, catalog: Catalog, progress: Progress) -> Reading:
    """The linked graph of a repository. ``progress`` is called with the name of each stage as it begins."""
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
