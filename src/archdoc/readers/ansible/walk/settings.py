"""Tasks that set variables: ``set_fact``, ``include_vars``, ``add_host``."""

from __future__ import annotations

import posixpath
from typing import Any

from archdoc.model.facts import Json, Source
from archdoc.model.problem import Severity
from archdoc.readers.ansible.emit import Sheet
from archdoc.readers.ansible.plays.code import Code
from archdoc.readers.ansible.plays.modargs import RAW
from archdoc.readers.ansible.plays.places import Finder
from archdoc.readers.ansible.plays.tasks import Task, text_of
from archdoc.readers.ansible.variables import Variable, repository_path, vars_files
from archdoc.readers.ansible.walk.context import Context, Step
from archdoc.readers.ansible.walk.evaluation import Evaluator
from archdoc.readers.ansible.walk.steps import Steps

_NOT_FACTS = frozenset({"cacheable", RAW})
_EXTENSIONS = (".yml", ".yaml", ".json")


class Settings:
    """Applies the tasks that set variables to the machines on which they run."""

    def __init__(self, code: Code, finder: Finder, evaluator: Evaluator, steps: Steps, sheet: Sheet) -> None:
        self._code = code
        self._finder = finder
        self._evaluator = evaluator
        self._steps = steps
        self._sheet = sheet

    def apply(self, context: Context, task: Task) -> bool:
        """Whether the task is one that sets variables; if so it has been applied."""
        if task.action == "set_fact":
            self._set_fact(context, task)
        elif task.action == "include_vars":
            self._include_vars(context, task)
        else:
            return task.action in ("meta", "gather_facts", "setup", "debug", "assert", "fail", "pause")
        return True

    def _set_fact(self, context: Context, task: Task) -> None:
        names = [name for name in task.arguments if name not in _NOT_FACTS]
        raw = {name: task.arguments[name] for name in names}
        seen = set()
        for step in self._steps.of(context, task, raw):
            values = step.arguments.value if isinstance(step.arguments.value, dict) else {}
            whole = step.certain and not step.open_loop and not step.arguments.partial and not step.arguments.secret
            for machine in step.machines:
                seen.add(machine)
                for name in names:
                    if whole and name in values:
                        like = Variable(name, None, Source(task.source.path, task.line_of(name)))
                        value = values[name]
                        key = (
                            "fact",
                            id(task),
                            name,
                            step.number,
                            id(machine) if isinstance(value, dict | list) else repr(value),
                        )
                        machine.know(name, self._evaluator.variable(key, name, value, like))
                    else:
                        machine.forget(name)

    # -- include_vars -------------------------------------------------------------------------------------------

    def _include_vars(self, context: Context, task: Task) -> None:
        for step in self._steps.of(context, task):
            found = self._files(context, task, step)
            name = step.text("name")
            for path in found or ():
                self._track(context, task, path)
                variables = self._code.variables((path,))
                for machine in step.machines:
                    if name:
                        value = {key: v.value for key, v in variables.items()}
                        key = ("include_vars", id(task), name, path)
                        like = Variable(name, None, Source(path))
                        machine.know(name, self._evaluator.variable(key, name, value, like), included=True)
                    else:
                        for key_name, variable in variables.items():
                            if step.certain:
                                machine.know(key_name, variable, included=True)
                            else:
                                machine.forget(key_name)
            if found is None:
                for machine in step.machines:
                    if name:
                        machine.forget(name)

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
            message = f"include_vars: {name} is not where Ansible looks for it"
            self._sheet.problem(Severity.NOTE, "ANS042", message, task.source, "correct the path")
            return None
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
