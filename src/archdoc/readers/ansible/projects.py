"""Where the Ansible projects of a repository are, and which files each of them has."""

from __future__ import annotations

from dataclasses import dataclass

from archdoc.config import Config
from archdoc.model.problem import Problem
from archdoc.readers.ansible.cfg import Settings
from archdoc.readers.ansible.yamlfiles import YamlFiles
from archdoc.readers.files import Repository


@dataclass(frozen=True, slots=True)
class CollectionDirectory:
    """A collection whose code is in the repository: ``namespace.name`` and its directory."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class InventorySources:
    """One inventory: the sources that Ansible would be given together.

    ``path`` names it (its first source), ``declared`` is true when ansible.cfg or the configuration names it.
    """

    path: str
    sources: tuple[str, ...]
    declared: bool = False


@dataclass(frozen=True, slots=True)
class Project:
    """A directory that Ansible is run in, and what belongs to it. All paths are repository-relative."""

    path: str
    settings: Settings
    inventories: tuple[InventorySources, ...] = ()
    playbooks: tuple[str, ...] = ()
    """Every playbook, sorted; test scenarios (``molecule/``, ``tests/`` of a role) last in ``test_playbooks``."""
    test_playbooks: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    """Directories of roles, sorted; the name of a role is the last part."""
    roles_path: tuple[str, ...] = ()
    """Directories to look for roles in, in Ansible's order (``roles/`` beside a playbook comes before them)."""
    collections: tuple[CollectionDirectory, ...] = ()
    requirements: tuple[str, ...] = ()
    """requirements.yml files (roles and collections), sorted."""

    def id(self, kind: str, name: str) -> str:
        """The id of a node of this project: ``ansible:<path>:<kind>:<name>``."""
        return f"ansible:{self.path}:{kind}:{name}"


def find_projects(
    repo: Repository, config: Config, files: YamlFiles
) -> tuple[tuple[Project, ...], tuple[Problem, ...]]:
    """The Ansible projects of a repository, sorted by path; none when nothing in it looks like Ansible."""
    raise NotImplementedError
