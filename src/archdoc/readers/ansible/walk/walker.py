"""The walk: playbook by playbook, play by play, task by task, in the order in which Ansible would go.

What Ansible does with each keyword: https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_reuse.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Protocol

from archdoc.model.facts import EdgeKind, Source
from archdoc.model.problem import Severity
from archdoc.readers.ansible.plays.modargs import RAW
from archdoc.readers.ansible.plays.requirements import Requirement
from archdoc.readers.ansible.plays.tasks import INCLUDE_ROLE, INCLUDE_TASKS, Task, text_of
from archdoc.readers.ansible.rules import CHECKOUT, FILE_BY_NAME, POSSIBLE_TASKS
from archdoc.readers.ansible.variables import absolute
from archdoc.readers.ansible.walk.context import Context, Step
from archdoc.readers.ansible.walk.elsewhere import elsewhere
from archdoc.readers.ansible.walk.includes import MAX_ITERATIONS, Wanted, possible_files, wanted
from archdoc.readers.ansible.walk.notices import note_handler, note_notices, notified
from archdoc.readers.ansible.walk.roles import MAX_DEPTH, RoleWalker
from archdoc.readers.ansible.walk.settings import Settings
from archdoc.readers.ansible.walk.tools import Tools, include_attributes, inside, list_task, nowhere

MAX_VISITS = 200_000
"""Tasks that are visited in one project, each as often as it is reached."""


class Watcher(Protocol):
    """Is told of every task that the walk comes to."""

    def see(self, context: Context, task: Task) -> None:
        """A task that is no include and sets no variable."""


class Walker:
    """Walks through task lists and includes of one project."""

    def __init__(self, tools: Tools, requirements: dict[str, Requirement], watcher: Watcher) -> None:
        self._tools = tools
        self._watcher = watcher
        self._settings = Settings(tools)
        self.roles = RoleWalker(tools, requirements, self.tasks)
        self._visits = 0

    # -- tasks ------------------------------------------------------------------------------------------------

    def tasks(self, context: Context, tasks: Iterable[Task]) -> None:
        """Walk through tasks in their order."""
        for task in tasks:
            self._visits += 1
            if self._visits > MAX_VISITS:
                message = f"more than {MAX_VISITS} tasks, each counted as often as it is reached; the rest is left out"
                self._tools.sheet.problem(Severity.WARNING, "ANS049", message, Source(task.source.path))
                return
            self._tools.sheet.holds(context.owner, task)
            self._task(context, task)

    def _task(self, context: Context, task: Task) -> None:
        action = task.action
        if context.part == "handlers" and action != "import_tasks":
            note_handler(self._tools.sheet, context, task)
            if not context.included:
                context = replace(context, machines=notified(context, task))
        if action in INCLUDE_TASKS:
            if action != "import_tasks":
                list_task(context, task)
            self._include_tasks(context, task)
        elif action in INCLUDE_ROLE:
            if action == "include_role":
                list_task(context, task)
            self.roles.include(context, task)
        else:
            list_task(context, task)
            if not self._settings.apply(context, task) and context.machines:
                self._watcher.see(context, task)
        note_notices(self._tools.evaluator, context, task)
        if task.register:
            for machine in context.machines:
                machine.forget(task.register)

    # -- include_tasks, import_tasks ----------------------------------------------------------------------------

    def _include_tasks(self, context: Context, task: Task) -> None:
        static = task.action == "import_tasks"
        given = task.arguments.get(RAW) if RAW in task.arguments else task.arguments.get("file")
        written = text_of(given)
        key = RAW if RAW in task.arguments else "file"
        if not written:
            message = f"{task.module} names no file"
            self._tools.sheet.problem(Severity.ERROR, "ANS032", message, task.source, "name the file of the tasks")
            return
        steps = self._tools.steps.of(context, task, {key: given})[:MAX_ITERATIONS] if context.machines else []
        found = list(wanted(steps, written, key)) + list(self._first_found(context, task, steps))
        if not found and (static or "{{" not in written):
            found = list(wanted(nowhere(self._tools, context, task, {key: given}, static), written, key))
        for want in found:
            for path, rule in self._files(context, task, want, static):
                self._include_file(context, task, want, path, rule, static)

    def _first_found(self, context: Context, task: Task, steps: list[Step]) -> Iterator[Wanted]:
        """What a loop over the first of several files may come to, where one before it depends on run time."""
        if task.loop is None or task.loop.lookup.rsplit(".", 1)[-1] != "first_found":
            return
        for step in steps:
            if step.open_loop and step.machines:
                for name in self._tools.steps.first_found(context, task, step.machines[0]):
                    yield Wanted(name, step, "{{" in name, True)

    def _files(self, context: Context, task: Task, want: Wanted, static: bool) -> list[tuple[str, str]]:
        """The files that an include means, each with the rule that says so."""
        if not want.open:
            path = self._tools.finder.tasks(want.name, context.place, static, context.part)
            if path is not None:
                return [(path, POSSIBLE_TASKS if want.step.open_loop else "")]
            if want.step.open_loop:
                return []
            other = elsewhere(self._tools.sheet, self._tools.finder, context, task, want.name, _is_tasks)
            rule = CHECKOUT if want.name.startswith("/") else FILE_BY_NAME
            return [(other, rule)] if other is not None else []
        possible = possible_files(self._tools.code, want.name, context, static)
        if not possible and not (task.loop is not None and task.loop.lookup):
            message = f"which file {want.name} is, is known only when the play runs"
            self._tools.sheet.problem(Severity.NOTE, "ANS043", message, task.source)
        return [(path, POSSIBLE_TASKS) for path in possible]

    def _include_file(self, context: Context, task: Task, want: Wanted, path: str, rule: str, static: bool) -> None:
        node_id = self._tools.sheet.task_file(path)
        attributes = include_attributes(task, context)
        if want.evaluated:
            attributes["expression"] = text_of(task.arguments.get(RAW, task.arguments.get("file")))
        derived = want.evaluated and not rule
        self._tools.sheet.edge(context.owner, node_id, EdgeKind.INCLUDES, task.source, attributes, rule, derived)
        self.roles.files.add(path)
        if path in context.files or context.depth > MAX_DEPTH:
            return
        inner = inside(self._tools, context, task, want.step, static)
        inner = replace(
            inner,
            owner=node_id,
            place=context.place.included(path, want.name if not want.open else absolute(path)),
            files=(*context.files, path),
        )
        self.tasks(inner, self._tools.code.tasks(path).tasks)


def _is_tasks(path: str) -> bool:
    return path.endswith((".yml", ".yaml")) and "tasks" in path.split("/")[:-1]
