"""Tasks that set variables: ``set_fact``, ``include_vars``, ``add_host``."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from typing import Any

from archdoc.model.facts import Json, Source
from archdoc.readers.ansible.plays.modargs import RAW
from archdoc.readers.ansible.plays.tasks import Task, text_of
from archdoc.readers.ansible.variables import Variable, repository_path, vars_files
from archdoc.readers.ansible.walk.context import Context, Step
from archdoc.readers.ansible.walk.elsewhere import elsewhere
from archdoc.readers.ansible.walk.machines import INCLUDED, SET
from archdoc.readers.ansible.walk.tools import Tools

_NOT_FACTS = frozenset({"cacheable", RAW})
_EXTENSIONS = (".yml", ".yaml", ".json")


class Settings:
    """Applies the tasks that set variables to the machines on which they run."""

    def __init__(self, tools: Tools) -> None:
        self._code = tools.code
        self._finder = tools.finder
        self._evaluator = tools.evaluator
        self._steps = tools.steps
        self._sheet = tools.sheet

    def apply(self, context: Context, task: Task) -> bool:
        """Whether the task is one that sets variables; if so it has been applied."""
        if task.action == "set_fact":
            self._set_fact(context, task)
        elif task.action == "include_vars":
            self._include_vars(context, task)
        elif task.action in ("group_by", "add_host"):
            self._group(context, task)
        else:
            return task.action in ("meta", "gather_facts", "setup", "debug", "assert", "fail", "pause")
        return True

    def _set_fact(self, context: Context, task: Task) -> None:
        names = [name for name in task.arguments if name not in _NOT_FACTS]
        raw = {name: task.arguments[name] for name in names}
        for step in self._steps.of(context, task, raw):
            values = step.arguments.value if isinstance(step.arguments.value, dict) else {}
            whole = not step.open_loop and not step.arguments.secret
            guessed = not step.certain or step.arguments.partial
            for machine in step.machines:
                for name in names:
                    if whole and name in values and not (guessed and _has_expression(values[name])):
                        like = Variable(name, None, Source(task.source.path, task.line_of(name)))
                        value = values[name]
                        key = (
                            "fact",
                            id(task),
                            name,
                            step.number,
                            id(machine) if isinstance(value, dict | list) else repr(value),
                        )
                        machine.know(name, self._evaluator.variable(key, name, value, like), SET, guessed)
                    else:
                        machine.forget(name)

    def _group(self, context: Context, task: Task) -> None:
        """``group_by`` puts the hosts it runs on into a group, ``add_host`` puts another host there."""
        for step in self._steps.of(context, task):
            if task.action == "group_by":
                names = [step.text("key").replace(" ", "-")]
            else:
                given = step.argument("groups", "group", "groupname")
                names = given if isinstance(given, list) else str(given or "").split(",")
            for name in (str(n).strip() for n in names):
                if not name or "{{" in name:
                    continue
                for machine in step.machines:
                    joining = machine
                    if task.action == "add_host":
                        host = step.text("name", "hostname", "host")
                        if not host or "{{" in host:
                            continue
                        if not any(host in inventory.hosts for inventory in context.fleet.inventories):
                            self._sheet.unlisted(context.project, "host", host, task.source)
                        joining = context.fleet.host(machine.inventory, host)
                    context.fleet.join(joining, name)

    # -- include_vars -------------------------------------------------------------------------------------------

    def _include_vars(self, context: Context, task: Task) -> None:
        for step in self._steps.of(context, task):
            found = self._files(context, task, step)
            name = step.text("name")
            for path in found or ():
                self._track(context, task, path)
                guessed = not step.certain or not self._is_found(context, step)
                for machine in step.machines:
                    for key, variable in self._variables(task, path, name).items():
                        machine.know(key, variable, INCLUDED, guessed)
            if found is None and name:
                for machine in step.machines:
                    machine.forget(name)

    def _variables(self, task: Task, path: str, name: str) -> Mapping[str, Variable]:
        """The variables of a file, below one name where the task says so."""
        variables = self._code.variables((path,))
        if not name:
            return variables
        value = {key: variable.value for key, variable in variables.items()}
        like = Variable(name, None, Source(path))
        return {name: self._evaluator.variable(("include_vars", id(task), name, path), name, value, like)}

    def _is_found(self, context: Context, step: Step) -> bool:
        """Whether the file of a step is where Ansible looks for it."""
        name = step.text("file", RAW)
        return bool(step.text("dir")) or self._finder.file(name, context.place, "vars") is not None

    def _files(self, context: Context, task: Task, step: Step) -> list[str] | None:
        """The files of a step; None when they are not known."""
        directory = step.text("dir")
        if directory:
            return self._directory(context, directory)
        name = step.text("file", RAW)
        if not name or "{{" in name or step.open_loop:
            return None
        path = self._finder.file(name, context.place, "vars")
        if path is None:
            other = elsewhere(self._sheet, self._finder, context, task, name, _holds_variables)
            return [other] if other is not None else None
        return [path]

    def _directory(self, context: Context, directory: str) -> list[str] | None:
        own = repository_path(directory)
        role = context.place.role
        if own is None:
            base = role.directory("vars") if role is not None else posixpath.dirname(context.place.file)
            own = posixpath.normpath(posixpath.join(base or ".", directory))
        if "{{" in own or own.startswith(".."):
            return None
        above, name = posixpath.split(own)
        return [path for path in vars_files(self._code.files, above or ".", name) if path.endswith(_EXTENSIONS)]

    def _track(self, context: Context, task: Task, path: str) -> None:
        item: Json = {"path": path, "line": task.source.line}
        self._sheet.append(context.owner, "include_vars", item)


def _holds_variables(path: str) -> bool:
    return path.endswith(_EXTENSIONS) and "tasks" not in path.split("/")[:-1]


def _has_expression(value: Any) -> bool:
    """Whether a value has something in it that is not known."""
    if isinstance(value, dict):
        return any(_has_expression(item) for item in value.values())
    if isinstance(value, list):
        return any(_has_expression(item) for item in value)
    return isinstance(value, str) and "{{" in value


def set_elsewhere(tasks: Iterable[Task]) -> dict[str, Variable]:
    """The variables that ``set_fact`` tasks give one and the same value, wherever they stand."""
    found: dict[str, list[Variable]] = {}
    for task in tasks:
        if task.action != "set_fact" or task.loop is not None:
            continue
        for name, value in task.arguments.items():
            if name not in _NOT_FACTS:
                place = Source(task.source.path, task.line_of(name))
                found.setdefault(name, []).append(Variable(name, value, place))
    return {
        name: variables[0]
        for name, variables in sorted(found.items())
        if all(_same(v.value, variables[0].value) for v in variables) and not _mentions(variables[0].value, name)
    }


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one.split() == other.split()
    return bool(one == other)


def _mentions(value: Any, name: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", str(value)) is not None


def dynamic_groups(task: Task) -> list[str]:
    """The groups that a task makes while it runs (``add_host``, ``group_by``)."""
    names: Any = ()
    if task.action == "add_host":
        names = next((task.arguments[k] for k in ("groups", "group", "groupname") if k in task.arguments), ())
    elif task.action == "group_by":
        names = task.arguments.get("key", ())
    if isinstance(names, str):
        names = str.__str__(names).split(",")
    return [text_of(name).strip() for name in names if "{{" not in text_of(name)] if isinstance(names, list) else []
