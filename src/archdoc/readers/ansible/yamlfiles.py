"""Ansible's files: read once, and told apart by what they are for."""

from __future__ import annotations

import posixpath
import re
from enum import StrEnum
from functools import lru_cache

from archdoc.model.problem import Problem
from archdoc.readers.files import Repository, UnreadableError, normal
from archdoc.readers.yamldoor import Mapping, Sequence, Value, YamlFile, parse

PLAY_KEYS = frozenset({"hosts", "import_playbook", "ansible.builtin.import_playbook", "ansible.legacy.import_playbook"})
"""A list whose first mapping has one of them is a playbook."""


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


_KINDS: tuple[tuple[FileKind, str], ...] = (
    (FileKind.JINJA, r".*\.j2(\.[^/]*)?"),
    (FileKind.YAML, r"\.github/.*\.ya?ml"),
    (FileKind.TEXT, r"(.*/)?templates/.*\.[^/]*"),
    (FileKind.OTHER, r"(.*/)?(execution-environment\.yml|\.ansible-lint(\.ya?ml)?|ansible-navigator\.ya?ml)"),
    (FileKind.INVENTORY, r"(.*/)?inventory/[^/]*\.ya?ml"),
    (FileKind.REQUIREMENTS, r"(.*/)?meta/requirements\.ya?ml"),
    (FileKind.GALAXY, r"(.*/)?galaxy\.yml"),
    (FileKind.VARS, r"(.*/)?(host_vars|group_vars|vars|defaults)/.*\.ya?ml"),
    (FileKind.TASKS, r"(.*/)?tasks/.*\.ya?ml"),
    (FileKind.PLAYBOOK, r"(.*/)?playbooks/[^/]*\.ya?ml"),
    (FileKind.PLAYBOOK, r"(.*/)?[^/]*playbook[^/]*\.ya?ml"),
    (FileKind.HANDLERS, r"(.*/)?handlers/[^/]*\.ya?ml"),
    (FileKind.META, r"(.*/)?meta/main\.ya?ml"),
    (FileKind.META_RUNTIME, r"(.*/)?meta/runtime\.ya?ml"),
    (FileKind.ARGUMENT_SPECS, r"(.*/)?meta/argument_specs\.ya?ml"),
    (FileKind.REQUIREMENTS, r"(.*/)?molecule/[^/]*/(collections|requirements)\.ya?ml"),
    (FileKind.YAML, r"(.*/)?molecule/[^/]*/(base|molecule)\.ya?ml"),
    (FileKind.REQUIREMENTS, r"(.*/)?requirements\.ya?ml"),
    (FileKind.PLAYBOOK, r"(.*/)?molecule/[^/]*/[^/]*\.ya?ml"),
    (FileKind.YAML, r".*\.ya?ml"),
)
"""ansible-lint's DEFAULT_KINDS (src/ansiblelint/config.py), in its order, as far as archdoc tells them apart."""
_BY_PATH = [(kind, re.compile(pattern, re.DOTALL)) for kind, pattern in _KINDS]
_MAY_BE_PLAYBOOK = re.compile(
    r"(?<![\w.-])(?:hosts|(?:ansible\.(?:builtin|legacy)\.)?import_playbook|include)['\"]?[ \t]*:"
)

_HEAD = re.compile(r"\ufeff?(?:[ \t]*+(?:[#%][^\n]*+|---[ \t]*+(?:#[^\n]*+)?)?\r?\n)*+[ \t]*+(?:---[ \t]++)?")
"""What stands before the first value of a file: blank lines, comments, directives, the mark of a document."""


class YamlFiles:
    """Reads each YAML file of a repository once and keeps it."""

    def __init__(self, repo: Repository) -> None:
        self.repo = repo
        self._loaded: dict[str, YamlFile] = {}
        self._kinds: dict[str, FileKind] = {}

    def load(self, path: str) -> YamlFile:
        """The documents of a file; one that cannot be read has none, and the reason among its problems."""
        path = normal(path)
        if path not in self._loaded:
            try:
                self._loaded[path] = parse(self.repo.read_text(path), path)
            except UnreadableError as error:
                self._loaded[path] = YamlFile(path, (), (error.problem,))
        return self._loaded[path]

    def kind(self, path: str) -> FileKind:
        """What a file is for: by its path first; where the path does not say, or says playbook, by its content.

        A file of ``playbooks/`` that holds tasks or variables is told as what it holds.
        """
        path = normal(path)
        if path not in self._kinds:
            kind = path_kind(path)
            self._kinds[path] = self._by_content(path, kind) if kind in (FileKind.YAML, FileKind.PLAYBOOK) else kind
        return self._kinds[path]

    def problems(self) -> tuple[Problem, ...]:
        """What was wrong with the files that were loaded, in the order of the files."""
        return tuple(
            sorted((p for file in self._loaded.values() for p in file.problems), key=Problem.sort_key),
        )

    def listed(self, directory: str) -> tuple[tuple[str, bool], ...]:
        """The entries of a directory that git does not ignore, sorted by name, and whether each is a directory.

        Links inside the repository are followed.
        """
        found = []
        for name in self.repo.list_any(directory):
            path = normal(posixpath.join(directory, name))
            if self.repo.is_directory(path):
                if self.repo.real_path(path) in self.repo.directories:
                    found.append((name, True))
            elif self.repo.is_listed(path):
                found.append((name, False))
        return tuple(found)

    def _by_content(self, path: str, kind: FileKind) -> FileKind:
        if path.startswith(".github/") or not self.repo.is_listed(path):
            return FileKind.YAML
        try:
            text = self.repo.read_text(path)
        except UnreadableError:
            return FileKind.YAML
        if kind is FileKind.YAML and not (_may_be_list(text) and _MAY_BE_PLAYBOOK.search(text)):
            return FileKind.YAML
        return content_kind(self.load(path).first)


def _may_be_list(text: str) -> bool:
    """Whether the first value of a file can be a list: long manifests are mappings, told by their first character."""
    head = _HEAD.match(text)
    return head is not None and text[head.end() : head.end() + 1] in ("-", "[", "&", "!")


def content_kind(value: Value) -> FileKind:
    """What the first document of a file says it is: a list of plays, a list of tasks, or anything."""
    if not isinstance(value, Sequence) or not value:
        return FileKind.YAML
    items = [item for item in value if isinstance(item, Mapping)]
    if not items:
        return FileKind.YAML
    if any(PLAY_KEYS & item.keys() for item in items):
        return FileKind.RULEBOOK if any("rules" in item for item in items) else FileKind.PLAYBOOK
    if all(_is_old_include(item) for item in items):
        return FileKind.PLAYBOOK
    return FileKind.TASKS if all(_is_task(item) for item in items) else FileKind.YAML


def _is_old_include(item: Mapping) -> bool:
    """``- include: other.yml`` at the top of a file, as Ansible before 2.4 wrote ``import_playbook``."""
    return isinstance(item.get("include"), str) and item.keys() <= {"include", "name", "vars", "tags", "when"}


def _is_task(item: Mapping) -> bool:
    return bool(item.keys() & {"name", "block", "when", "register", "loop", "with_items", "tags", "become", "notify"})


@lru_cache(maxsize=65536)
def path_kind(path: str) -> FileKind:
    """What a path alone says of a file (``yaml`` when only the content can tell)."""
    for kind, pattern in _BY_PATH:
        if pattern.fullmatch(path):
            return kind
    return FileKind.OTHER
