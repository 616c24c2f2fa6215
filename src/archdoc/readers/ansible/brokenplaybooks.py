"""Playbooks that cannot be parsed, and have no word in them that tells a playbook: named, not passed over.

What a file of ``tasks/``, ``group_vars/`` and the like is, its path tells; a playbook may have any name
(https://ansible.readthedocs.io/projects/lint/configuring/), so its content has to tell, and that of a broken file does
not. It is taken for one where playbooks are kept, and where it begins as the list that every playbook is.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from archdoc.readers.ansible.cfg import FILE_NAME
from archdoc.readers.ansible.projects import Project
from archdoc.readers.ansible.yamlfiles import FileKind, YamlFiles, path_kind
from archdoc.readers.files import Repository, UnreadableError

_MARKS = frozenset({"roles", "group_vars", "host_vars", "inventory", "inventories", "playbooks"})
"""Directories that lie beside playbooks
(https://docs.ansible.com/ansible/latest/tips_tricks/sample_setup.html#sample-directory-layout)."""
_LIST = re.compile(r"(?:[ \t]*(?:#[^\n]*|---[^\n]*)?\r?\n)*[ \t]*-[ \t]")


def load_broken_playbooks(files: YamlFiles, projects: Iterable[Project]) -> None:
    """Load the files that would be playbooks if they could be parsed: ``files.problems()`` names those that cannot."""
    places = _places(files.repo, projects)
    for path in files.repo.with_suffix(".yml", ".yaml"):
        directory, name = posixpath.split(path)
        kept_there = (directory or ".") in places or posixpath.splitext(name)[0] == "site"
        if kept_there and not name.startswith(".") and path_kind(path) is FileKind.YAML and _is_list(files.repo, path):
            files.load(path)


def _places(repo: Repository, projects: Iterable[Project]) -> set[str]:
    """The directories that playbooks are kept in."""
    found = {posixpath.dirname(path) or "." for project in projects for path in project.playbooks}
    found.update(project.path for project in projects)
    found.update(posixpath.dirname(p) or "." for p in repo.with_suffix(FILE_NAME) if posixpath.basename(p) == FILE_NAME)
    for directory in repo.directories:
        above, name = posixpath.split(directory)
        if name in _MARKS:
            found.add(above or ".")
        if name in ("ansible", "playbooks"):
            found.add(directory)
    return {place for place in found if place == "." or not any(part.startswith(".") for part in place.split("/"))}


def _is_list(repo: Repository, path: str) -> bool:
    try:
        return _LIST.match(repo.read_text(path)) is not None
    except UnreadableError:
        return False
