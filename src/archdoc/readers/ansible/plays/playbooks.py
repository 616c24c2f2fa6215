"""Playbooks as they are written: their plays, and the playbooks that they import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from archdoc.model.facts import Source
from archdoc.model.problem import Problem, Severity
from archdoc.readers import yamldoor
from archdoc.readers.ansible.plays.modargs import RAW, parse_arguments
from archdoc.readers.ansible.plays.roles import RoleUse, read_role_uses
from archdoc.readers.ansible.plays.tasks import Task, conditions, names, read_tasks, text_of
from archdoc.readers.ansible.variables import Variable, variables_of
from archdoc.readers.ansible.yamlfiles import YamlFiles
from archdoc.readers.secrets import mask_text
from archdoc.readers.yamldoor import Opaque, Value, line_of

PLAY_KEYWORDS = frozenset(
    {
        *("any_errors_fatal", "become", "become_exe", "become_flags", "become_method", "become_user", "check_mode"),
        *("collections", "connection", "debugger", "diff", "environment", "fact_path", "force_handlers"),
        *("gather_facts", "gather_subset", "gather_timeout", "handlers", "hosts", "ignore_errors"),
        *("ignore_unreachable", "max_fail_percentage", "module_defaults", "name", "no_log", "order", "port"),
        *("post_tasks", "pre_tasks", "remote_user", "roles", "run_once", "serial", "strategy", "tags", "tasks"),
        *("throttle", "timeout", "user", "vars", "vars_files", "vars_prompt"),
        *("sudo", "sudo_user", "su", "su_user", "accelerate", "when"),
    }
)
IMPORTS = ("import_playbook", "ansible.builtin.import_playbook", "ansible.legacy.import_playbook", "include")
TASK_SECTIONS = ("pre_tasks", "tasks", "post_tasks", "handlers")


@dataclass(frozen=True, slots=True, eq=False)
class Play:
    """One play. ``hosts`` is its pattern, raw; ``index`` its place among the entries of the playbook."""

    name: str
    hosts: Any
    source: Source
    index: int = 0
    tags: tuple[str, ...] = ()
    when: tuple[Any, ...] = ()
    variables: Mapping[str, Variable] = field(default_factory=dict)
    vars_files: tuple[Any, ...] = ()
    prompts: Mapping[str, Variable] = field(default_factory=dict)
    """``vars_prompt``: the names, with their defaults (None where there is none)."""
    roles: tuple[RoleUse, ...] = ()
    pre_tasks: tuple[Task, ...] = ()
    tasks: tuple[Task, ...] = ()
    post_tasks: tuple[Task, ...] = ()
    handlers: tuple[Task, ...] = ()
    collections: tuple[str, ...] = ()
    keywords: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)

    def place(self, key: str) -> Source:
        """Where a keyword of the play stands, or the play's first line."""
        return Source(self.source.path, self.lines.get(key, self.source.line))


@dataclass(frozen=True, slots=True, eq=False)
class PlaybookImport:
    """``import_playbook: target``."""

    target: str
    source: Source
    index: int = 0
    name: str = ""
    when: tuple[Any, ...] = ()
    tags: tuple[str, ...] = ()
    variables: Mapping[str, Variable] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Playbook:
    """A playbook file: plays and imports in order, and what was wrong with it."""

    path: str
    entries: tuple[Play | PlaybookImport, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def plays(self) -> tuple[Play, ...]:
        """The plays alone."""
        return tuple(e for e in self.entries if isinstance(e, Play))

    @property
    def imports(self) -> tuple[PlaybookImport, ...]:
        """The imports alone."""
        return tuple(e for e in self.entries if isinstance(e, PlaybookImport))


def read_playbook(files: YamlFiles, path: str) -> Playbook:
    """The plays and imports of a file. What is neither is a Problem: no list (``ANS035``), no play (``ANS036``)."""
    return _playbook(files.load(path).documents, path)


def _playbook(documents: tuple[Value, ...], path: str) -> Playbook:
    entries: list[Play | PlaybookImport] = []
    problems: list[Problem] = []
    for document in documents:
        if document is None or isinstance(document, Opaque):
            continue
        if not isinstance(document, list):
            message = "a playbook must be a list of plays"
            problems.append(_error("ANS035", message, Source(path, line_of(document))))
            continue
        for item in document:
            if not isinstance(item, yamldoor.Mapping):
                problems.append(_error("ANS036", "a play must be a mapping", Source(path, line_of(item, 1))))
                continue
            entry = _entry(item, path, len(entries), problems)
            if entry is not None:
                entries.append(entry)
    return Playbook(path, tuple(entries), tuple(problems))


def _entry(item: yamldoor.Mapping, path: str, index: int, problems: list[Problem]) -> Play | PlaybookImport | None:
    for key in IMPORTS:
        if key in item:
            return _import(item, key, path, index)
    if "hosts" not in item:
        message = "a play without hosts"
        problems.append(_error("ANS036", message, Source(path, item.line), "name the hosts that the play is for"))
        return None
    for key in item:
        if isinstance(key, str) and key not in PLAY_KEYWORDS:
            message = f"{str.__str__(key)!r} is no keyword of a play; it was not read"
            place = Source(path, item.line_of(key))
            problems.append(Problem(Severity.WARNING, "ANS037", message, place, "check the spelling and indentation"))
    lists: dict[str, tuple[Task, ...]] = {}
    for section in TASK_SECTIONS:
        found = read_tasks(item.get(section), path, item.line_of(section))
        problems.extend(found.problems)
        lists[section] = found.tasks
    uses, wrong = read_role_uses(item.get("roles"), path, item.line_of("roles"))
    problems.extend(wrong)
    skipped = {*TASK_SECTIONS, "roles", "vars", "vars_files", "vars_prompt", "hosts", "name", "tags", "when"}
    return Play(
        name=mask_text(text_of(item.get("name"))),
        hosts=item["hosts"],
        source=Source(path, item.line, max(item.line, item.end_line)),
        index=index,
        tags=names(item.get("tags")),
        when=conditions(item.get("when")),
        variables=variables_of(item.get("vars"), path, item.line),
        vars_files=_vars_files(item.get("vars_files")),
        prompts=_prompts(item.get("vars_prompt"), path, item.line),
        roles=uses,
        **lists,
        collections=names(item.get("collections")),
        keywords={key: value for key, value in item.items() if key not in skipped},
        lines=dict(item.lines),
    )


def _import(item: yamldoor.Mapping, key: str, path: str, index: int) -> PlaybookImport:
    """An import; parameters behind its path (``x.yml a=1``) are variables, as Ansible before 2.8 took them."""
    written = text_of(item[key])
    parsed = parse_arguments(written)
    place = Source(path, item.line_of(key), max(item.line_of(key), item.end_line))
    variables = {name: Variable(name, value, place) for name, value in parsed.items() if name not in (RAW, "tags")}
    return PlaybookImport(
        target=parsed.get(RAW, "").strip() if variables or "tags" in parsed else written.strip(),
        source=place,
        index=index,
        name=mask_text(text_of(item.get("name"))),
        when=conditions(item.get("when")),
        tags=(*names(item.get("tags")), *names(parsed.get("tags"))),
        variables={**variables, **variables_of(item.get("vars"), path, item.line)},
    )


def _vars_files(value: Any) -> tuple[Any, ...]:
    if value is None or isinstance(value, Opaque):
        return ()
    return tuple(value) if isinstance(value, list) else (value,)


def _prompts(value: Any, path: str, line: int) -> dict[str, Variable]:
    prompts: dict[str, Variable] = {}
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict) and isinstance(item.get("name"), str):
            name = text_of(item["name"])
            default = None if item.get("private", True) not in (False, "no") else item.get("default")
            prompts[name] = Variable(name, default, Source(path, line_of(item, line)))
    return prompts


def _error(code: str, message: str, source: Source, hint: str = "begin each play with '- hosts:'") -> Problem:
    return Problem(Severity.ERROR, code, message, source, hint)
