"""Ansible's YAML files: read once, and told apart by what they are for."""

from __future__ import annotations

from enum import StrEnum

from archdoc.model.problem import Problem
from archdoc.readers.files import Repository
from archdoc.readers.yamldoor import YamlFile


class FileKind(StrEnum):
    """What a file is for, in the words of ansible-lint's ``kinds``."""

    PLAYBOOK = "playbook"
    TASKS = "tasks"
    HANDLERS = "handlers"
    VARS = "vars"
    META = "meta"
    META_RUNTIME = "meta-runtime"
    ARGUMENT_SPECS = "role-arg-spec"
    REQUIREMENTS = "requirements"
    GALAXY = "galaxy"
    INVENTORY = "inventory"
    RULEBOOK = "rulebook"
    JINJA = "jinja2"
    TEXT = "text"
    YAML = "yaml"
    OTHER = ""


class YamlFiles:
    """Reads each YAML file of a repository once and keeps it."""

    def __init__(self, repo: Repository) -> None:
        self.repo = repo

    def load(self, path: str) -> YamlFile:
        """The documents of a file; one that cannot be read has none, and the reason among its problems."""
        raise NotImplementedError

    def kind(self, path: str) -> FileKind:
        """What a file is for: by its path first, then, where the path does not say, by its content."""
        raise NotImplementedError

    def problems(self) -> tuple[Problem, ...]:
        """What was wrong with the files that were loaded, in the order of the files."""
        raise NotImplementedError


def path_kind(path: str) -> FileKind:
    """What a path alone says of a file (``yaml`` when only the content can tell)."""
    raise NotImplementedError
