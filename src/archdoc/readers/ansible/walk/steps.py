"""Tasks taken apart: the items of their loops, the machines on which they run, their arguments evaluated.

Loops: https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_loops.html
"""

from __future__ import annotations

import fnmatch
import posixpath
from collections.abc import Mapping
from typing import Any

from archdoc.readers.ansible.jinja import Evaluated, Renderer
from archdoc.readers.ansible.jinja.lookups import computed
from archdoc.readers.ansible.plays.places import Finder, Place
from archdoc.readers.ansible.plays.tasks import Loop, Task
from archdoc.readers.ansible.variables import absolute, repository_path
from archdoc.readers.ansible.walk.context import Context, Step
from archdoc.readers.ansible.walk.evaluation import Evaluator
from archdoc.readers.ansible.walk.frames import Frame
from archdoc.readers.ansible.walk.machines import Machine
from archdoc.readers.files import Repository

MAX_ITEMS = 200
"""Items of one loop; a longer one is read as one whose items are not known."""
_NOTHING = Evaluated({})


class Steps:
    """Takes tasks apart."""

    def __init__(self, evaluator: Evaluator, finder: Finder, repo: Repository) -> None:
        self._evaluator = evaluator
        self._finder = finder
        self._repo = repo

    def of(
        self, context: Context, task: Task, arguments: Mapping[str, Any] | None = None, always: bool = False
    ) -> list[Step]:
        """The steps of a task on the machines of its context; none where its conditions do not hold, unless ``always``.

        ``arguments``: those to evaluate, all unless said otherwise.
        """
        raw = task.arguments if arguments is None else arguments
        frame = context.frame.of_task(task)
        items = task.loop.items if task.loop is not None else None
        place = context.place
        found: list[Step] = []
        groups = self._evaluator.together(context.machines, frame, place, raw, items, bare=() if always else task.when)
        for fingerprint, machines in groups:
            key = ("steps", id(task), id(raw) if arguments is None else tuple(raw), fingerprint, always)
            made = self._evaluator.once(key, self._steps, task, raw, machines[0], frame, place, always)
            found += [
                Step(tuple(machines), values, local, certain, number, open_loop)
                for values, local, certain, number, open_loop in made
            ]
        return found

    def _steps(
        self, task: Task, raw: Mapping[str, Any], machine: Machine, frame: Frame, place: Place, always: bool
    ) -> list[tuple[Evaluated, Mapping[str, Any] | None, bool, int, bool]]:
        made: list[tuple[Evaluated, Mapping[str, Any] | None, bool, int, bool]] = []
        renderer = self._evaluator.renderer(machine, frame, place)
        items = self.items(task.loop, renderer, place)
        locals_: list[Mapping[str, Any] | None] = [None]
        if task.loop is not None and items is not None:
            locals_ = [_local(task.loop, item, number) for number, item in enumerate(items)]
        for number, local in enumerate(locals_):
            holds = renderer.condition(list(task.when), local) if task.when and not always else True
            if holds is False:
                continue
            values = renderer.evaluate(dict(raw), local) if raw else _NOTHING
            made.append((values, local, holds is True, number, task.loop is not None and items is None))
        return made

    def items(self, loop: Loop | None, renderer: Renderer, place: Place) -> list[Any] | None:
        """The items of a loop; None when they are not known (or there is no loop)."""
        if loop is None:
            return None
        lookup = loop.lookup.removeprefix("ansible.builtin.")
        value = renderer.evaluate(loop.items).value
        found: list[Any] | None = None
        if not lookup:
            found = value if isinstance(value, list) else None
        elif lookup == "fileglob":
            found = self._fileglob(value, place)
        elif lookup == "first_found":
            found = self._first_found(value, place)
        elif not _is_open(value):
            found = computed(lookup, value if isinstance(value, list) else [value])
        return found if found is not None and len(found) <= MAX_ITEMS else None

    def first_found(self, context: Context, task: Task, machine: Machine) -> list[str]:
        """The names that a ``first_found`` loop goes through on a machine, evaluated as far as they can be."""
        if task.loop is None:
            return []
        renderer = self._evaluator.renderer(machine, context.frame.of_task(task), context.place)
        return first_found_names(renderer.evaluate(task.loop.items).value)

    def _fileglob(self, value: Any, place: Place) -> list[Any] | None:
        """Files of the repository by a pattern of their names, with their paths."""
        found: list[Any] = []
        for pattern in value if isinstance(value, list) else [value]:
            if not isinstance(pattern, str) or "{{" in pattern:
                return None
            own = repository_path(pattern)
            for candidate in [own] if own is not None else self._finder.candidates(pattern, place, "files"):
                directory, name = posixpath.split(posixpath.normpath(candidate))
                inside = self._repo.in_directory(directory or ".")
                matched = [p for p in inside if fnmatch.fnmatchcase(posixpath.basename(p), name)]
                if matched:
                    found += [absolute(path) for path in matched]
                    break
        return found

    def _first_found(self, value: Any, place: Place) -> list[Any] | None:
        """The first of several files that is there; None where a name before it is not known."""
        for name in first_found_names(value):
            if "{{" in name:
                return None
            for directory in ("files", "templates", "vars", "tasks"):
                path = self._finder.file(name, place, directory)
                if path is not None:
                    return [absolute(path)]
        return []


def first_found_names(value: Any) -> list[str]:
    """The names that a ``first_found`` looks for, in order."""
    found: list[str] = []
    for term in value if isinstance(value, list) else [value]:
        if isinstance(term, dict):
            paths = term.get("paths") or [""]
            names = term.get("files") or []
            for directory in paths if isinstance(paths, list) else [paths]:
                listed = names if isinstance(names, list) else [names]
                found += [posixpath.join(str(directory), str(name)) for name in listed]
        elif isinstance(term, list):
            found += first_found_names(term)
        elif term is not None:
            found.append(str(term))
    return found


def _local(loop: Loop, item: Any, number: int) -> Mapping[str, Any]:
    local = {loop.variable: item}
    if loop.index:
        local[loop.index] = number
    return local


def _is_open(value: Any) -> bool:
    """Whether a loop's terms have something in them that is not known and decides how many items there are."""
    if isinstance(value, str):
        return "{{" in value
    if isinstance(value, list):
        return any(isinstance(item, str) and item.startswith("{{") and item.endswith("}}") for item in value)
    return False
