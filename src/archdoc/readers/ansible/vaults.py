"""Variable files that Ansible Vault encrypts as a whole: where a project keeps its secrets.

https://docs.ansible.com/ansible/latest/vault_guide/vault_encrypting_content.html. What is in them is never read.
"""

from __future__ import annotations

from collections.abc import Callable

from archdoc.model.facts import Category, Node, NodeKind, Source
from archdoc.model.graph import Graph
from archdoc.readers.ansible.projects import Project
from archdoc.readers.ansible.variables import is_vaulted
from archdoc.readers.ansible.yamlfiles import YamlFiles

_DIRECTORIES = frozenset({"group_vars", "host_vars", "vars", "defaults"})
_ENDINGS = (".yml", ".yaml", ".json")


def add_vaults(graph: Graph, files: YamlFiles, project: Project, project_of: Callable[[str], Project | None]) -> None:
    """A store for each vaulted variable file of a project, but not of one that lies inside it."""
    for path in files.repo.under(project.path):
        if project_of(path) != project:
            continue
        parts = path.split("/")
        is_variables = _DIRECTORIES.intersection(parts[:-1]) and (path.endswith(_ENDINGS) or "." not in parts[-1])
        if is_variables and is_vaulted(files, path):
            name = project.relative(path)
            graph.add_node(
                Node(
                    project.id("vault", name),
                    NodeKind.STORE,
                    "ansible-vault",
                    name,
                    Source(path, 1),
                    category=Category.SECURITY,
                    attributes={"security_layer": "data"},
                )
            )
