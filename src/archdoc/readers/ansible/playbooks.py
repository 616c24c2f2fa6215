"""Playbooks and plays as they are written.

https://docs.ansible.com/ansible/latest/reference_appendices/playbooks_keywords.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from archdoc.model.facts import Source
from archdoc.model.problem import Problem, Severity
from archdoc.readers import yamldoor
from archdoc.readers.ansible.roles import RoleUse, role_use
from archdoc.readers.ansible.tasks import Task, names, tasks_of
from archdoc.readers.ansible.yamlfiles import YamlFiles
from archdoc.readers.yamldoor import line_of, plain

SECTIONS = ("pre_tasks", "tasks", "post_tasks", "handlers")
_IMPORT = ("import_playbook", "ansible.builtin.import_playbook", "ansible.legacy.import_playbook", "include")


@dataclass(frozen=True, slots=True)
class Play:
    """One play."""

    name: str
    hosts: tuple[str, ...]
    source: Source
    roles: tuple[RoleUse, ...] = ()
    tasks: tuple[Task, ...] = ()
    tags: tuple[str, ...] = ()
    variables: Any = None
    vars_files: tuple[str, ...] = ()
    become: bool = False
    collections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportedPlaybook:
    """``import_playbook``."""

    path: str
    source: Source
    when: Any = None


@dataclass(frozen=True, slots=True)
class Playbook:
    """A playbook: its plays and imports in order."""

    path: str
    entries: tuple[Play | ImportedPlaybook, ...] = ()
    problems: tuple[Problem, ...] = field(default=())

    @property
    def plays(self) -> tuple[Play, ...]:
        """The plays alone."""
        return tuple(e for e in self.entries if isinstance(e, Play))


def read_playbook(files: YamlFiles, path: str) -> Playbook:
    """The plays of a file; what is no play is a Problem."""
    loaded = files.load(path)
    entries: list[Play | ImportedPlaybook] = []
    problems: list[Problem] = []
    for document in loaded.documents:
        if document is None:
            continue
        if not isinstance(document, list):
            message = "a playbook must be a list of plays"
            problems.append(
                Problem(
                    Severity.ERROR,
                    "ANS010",
                    message,
                    Source(path, line_of(document)),
                    "begin each play with '- hosts:'",
                )
            )
            continue
        for item in document:
            if not isinstance(item, yamldoor.Mapping):
                problems.append(
                    Problem(
                        Severity.ERROR,
                        "ANS010",
                        "a play must be a mapping",
                        Source(path, line_of(item)),
                        "begin each play with '- hosts:'",
                    )
                )
                continue
            entries += _entry(item, path, problems)
    return Playbook(path, tuple(entries), tuple(problems))


def _entry(item: yamldoor.Mapping, path: str, problems: list[Problem]) -> list[Play | ImportedPlaybook]:
    for key in _IMPORT:
        if isinstance(item.get(key), str):
            name = re.split(r"\s", str.__str__(item[key]).strip(), maxsplit=1)[0]
            return [ImportedPlaybook(name, Source(path, item.line_of(key)), plain(item.get("when")))]
    if "hosts" not in item:
        problems.append(
            Problem(
                Severity.ERROR,
                "ANS011",
                "a play without hosts",
                Source(path, item.line),
                "name the hosts that it is for",
            )
        )
        return []
    hosts = item["hosts"]
    patterns = tuple(str(plain(h)) for h in hosts) if isinstance(hosts, list) else (str(plain(hosts)),)
    uses = [use for entry in _listed(item.get("roles")) if (use := role_use(entry, path)) is not None]
    tasks = [task for section in SECTIONS for task in tasks_of(item.get(section), path, section)]
    play = Play(
        name=str(plain(item.get("name")) or ""),
        hosts=patterns,
        source=Source(path, item.line, max(item.line, item.end_line)),
        roles=tuple(uses),
        tasks=tuple(tasks),
        tags=names(item.get("tags")),
        variables=item.get("vars"),
        vars_files=tuple(str(plain(f)) for f in _listed(item.get("vars_files")) if isinstance(f, str)),
        become=item.get("become") is True,
        collections=names(item.get("collections")),
    )
    return [play]


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
