"""The walk: playbook by playbook, play by play, task by task, in the order in which Ansible would go.

What Ansible does with each keyword: https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_reuse.html
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from archdoc.model.facts import EdgeKind, Json, Source
from archdoc.model.problem import Severity
from archdoc.readers.ansible.emit import Sheet, shown_when
from archdoc.readers.ansible.jinja import Evaluated
from archdoc.readers.ansible.plays.code import Code
from archdoc.readers.ansible.plays.library import Library
from archdoc.readers.ansible.plays.modargs import RAW
from archdoc.readers.ansible.plays.places import Finder
from archdoc.readers.ansible.plays.requirements import Requirement
from archdoc.readers.ansible.plays.roles import Role, RoleUse
from archdoc.readers.ansible.plays.tasks import INCLUDE_ROLE, INCLUDE_TASKS, Task, names, text_of
from archdoc.readers.ansible.projects import Project
from archdoc.readers.ansible.rules import FILE_BY_NAME, POSSIBLE_ROLES, POSSIBLE_TASKS
from archdoc.readers.ansible.variables import Precedence, absolute
from archdoc.readers.ansible.walk.context import Context, Step
from archdoc.readers.ansible.walk.elsewhere import elsewhere
from archdoc.readers.ansible.walk.evaluation import Evaluator
from archdoc.readers.ansible.walk.frames import Frame
from archdoc.readers.ansible.walk.includes import (
    MAX_ITERATIONS,
    Wanted,
    frame_of_step,
    possible_files,
    possible_roles,
    wanted,
)
from archdoc.readers.ansible.walk.machines import Machine
from archdoc.readers.ansible.walk.notices import note_handler, note_notices
from archdoc.readers.ansible.walk.settings import Settings
from archdoc.readers.ansible.walk.steps import Steps

MAX_DEPTH = 40
"""Files that include one another."""
MAX_VISITS = 200_000
"""Tasks that are visited in one project, each as often as it is reached."""
_EMPTY = Evaluated({})
_FROM = {"tasks": "tasks_from", "handlers": "handlers_from", "vars": "vars_from", "defaults": "defaults_from"}


class Watcher(Protocol):
    """Is told of every task that the walk comes to."""

    def see(self, context: Context, task: Task) -> None:
        """A task that is no include and sets no variable."""


class Walker:
    """Walks through task lists, roles and includes of one project."""

    def __init__(
        self,
        project: Project,
        code: Code,
        library: Library,
        finder: Finder,
        evaluator: Evaluator,
        sheet: Sheet,
        requirements: dict[str, Requirement],
        watcher: Watcher,
    ) -> None:
        self._project = project
        self._code = code
        self._library = library
        self._finder = finder
        self._evaluator = evaluator
        self._sheet = sheet
        self._requirements = requirements
        self._watcher = watcher
        self.steps = Steps(evaluator, finder, code.repo)
        self._settings = Settings(code, finder, evaluator, self.steps, sheet)
        self._visits = 0
        self.reached_roles: set[tuple[str, str]] = set()
        self.reached_files: set[str] = set()

    # -- tasks ------------------------------------------------------------------------------------------------

    def tasks(self, context: Context, tasks: Iterable[Task]) -> None:
        """Walk through tasks in their order."""
        for task in tasks:
            self._visits += 1
            if self._visits > MAX_VISITS:
                message = f"more than {MAX_VISITS} tasks, each counted as often as it is reached; the rest is left out"
                self._sheet.problem(Severity.WARNING, "ANS049", message, Source(task.source.path))
                return
            self._sheet.holds(context.owner, task)
            self._task(context, task)

    def _task(self, context: Context, task: Task) -> None:
        action = task.action
        if context.part == "handlers" and action != "import_tasks":
            note_handler(self._sheet, context, task)
        if action in INCLUDE_TASKS:
            if action != "import_tasks":
                self._list(context, task)
            self._include_tasks(context, task)
        elif action in INCLUDE_ROLE:
            if action == "include_role":
                self._list(context, task)
            self._include_role(context, task)
        else:
            self._list(context, task)
            if not self._settings.apply(context, task) and context.machines:
                self._watcher.see(context, task)
        note_notices(self._evaluator, context, task)
        if task.register:
            for machine in context.machines:
                machine.forget(task.register)

    @staticmethod
    def _list(context: Context, task: Task) -> None:
        """Add to the list of the tasks that Ansible knows before it runs the play."""
        tags = sorted({*context.tags, *task.tags})
        if not context.static or task.section or context.part != "tasks" or ("never" in tags and "always" not in tags):
            return
        name = task.name and (f"{context.label} : {task.name}" if context.label else task.name)
        shown: dict[str, Json] = {"name": name or task.module, "module": task.module}
        shown |= {"path": task.source.path, "line": task.source.line}
        if tags:
            shown["tags"] = [*tags]
        context.play.listing.append(shown)

    # -- include_tasks, import_tasks ----------------------------------------------------------------------------

    def _include_tasks(self, context: Context, task: Task) -> None:
        static = task.action == "import_tasks"
        given = task.arguments.get(RAW) if RAW in task.arguments else task.arguments.get("file")
        written = text_of(given)
        key = RAW if RAW in task.arguments else "file"
        if not written:
            message = f"{task.module} names no file"
            self._sheet.problem(Severity.ERROR, "ANS032", message, task.source, "name the file of the tasks")
            return
        steps = self.steps.of(context, task, {key: given})[:MAX_ITERATIONS] if context.machines else []
        found = list(wanted(steps, written, key))
        if not found and "{{" not in written:
            found = [Wanted(written, _unevaluated(key, written))]
        for want in found:
            for path, rule in self._files(context, task, want, static):
                self._include_file(context, task, want, path, rule, static)

    def _files(self, context: Context, task: Task, want: Wanted, static: bool) -> list[tuple[str, str]]:
        """The files that an include means, each with the rule that says so."""
        if not want.open:
            path = self._finder.tasks(want.name, context.place, static, context.part)
            if path is not None:
                return [(path, "")]
            other = elsewhere(self._sheet, self._finder, context, task, want.name, _is_tasks)
            return [(other, FILE_BY_NAME)] if other is not None else []
        possible = possible_files(self._code.repo, self._finder, want.name, context, static)
        if not possible:
            message = f"which file {want.name} is, is known only when the play runs"
            self._sheet.problem(Severity.NOTE, "ANS043", message, task.source)
        return [(path, POSSIBLE_TASKS) for path in possible]

    def _include_file(self, context: Context, task: Task, want: Wanted, path: str, rule: str, static: bool) -> None:
        node_id = self._sheet.task_file(path)
        attributes = self._edge_attributes(task, context)
        if want.evaluated:
            attributes["expression"] = text_of(task.arguments.get(RAW, task.arguments.get("file")))
        derived = want.evaluated and not rule
        self._sheet.edge(context.owner, node_id, EdgeKind.INCLUDES, task.source, attributes, rule, derived)
        self.reached_files.add(path)
        if path in context.files or context.depth > MAX_DEPTH:
            return
        inner = self._inside(context, task, want.step, static)
        inner = replace(
            inner,
            owner=node_id,
            place=context.place.included(path, want.name if not want.open else path),
            files=(*context.files, path),
        )
        self.tasks(inner, self._code.tasks(path).tasks)

    def _inside(self, context: Context, task: Task, step: Step, static: bool) -> Context:
        """The context of what a task brings in."""
        applied = task.arguments.get("apply")
        apply_tags = names(applied.get("tags")) if isinstance(applied, dict) else ()
        tags = (*context.tags, *task.tags) if static else (*context.tags, *apply_tags)
        return replace(
            context,
            frame=frame_of_step(self._evaluator, context, task, step),
            machines=step.machines,
            when=(*context.when, *task.when),
            tags=tuple(dict.fromkeys(tags)),
            static=context.static and static and not task.section,
        )

    # -- roles ------------------------------------------------------------------------------------------------

    def _include_role(self, context: Context, task: Task) -> None:
        static = task.action == "import_role"
        key = "name" if task.arguments.get("name") is not None else "role"
        written = text_of(task.arguments.get(key))
        if not written:
            message = f"{task.module} names no role"
            self._sheet.problem(Severity.ERROR, "ANS038", message, task.source, "write 'name: <role>'")
            return
        given = {k: task.arguments[k] for k in (key, *_FROM.values()) if k in task.arguments}
        steps = self.steps.of(context, task, given)[:MAX_ITERATIONS] if context.machines else []
        found = list(wanted(steps, written, key))
        if not found and "{{" not in written:
            found = [Wanted(written, _unevaluated(key, written))]
        for want in found:
            use = RoleUse(want.name, task.source)
            inner = self._inside(context, task, want.step, static)
            attributes = self._edge_attributes(task, context)
            parts = {part: want.step.text(option) for part, option in _FROM.items()}
            attributes |= {_FROM[part]: name for part, name in parts.items() if name}
            if want.evaluated:
                attributes["expression"] = written
            self.role(inner, use, EdgeKind.INCLUDES, attributes, parts, want)

    def role(
        self,
        context: Context,
        use: RoleUse,
        kind: EdgeKind,
        attributes: dict[str, Json],
        parts: dict[str, str] | None = None,
        want: Wanted | None = None,
    ) -> None:
        """A role that is asked for: the edge to it, and the walk through it on the machines of the context."""
        parts = parts or {}
        name = use.name
        is_open = "{{" in name
        derived = want is not None and want.evaluated
        if is_open:
            roles = [
                (r, POSSIBLE_ROLES) for r in possible_roles(self._library, self._project, name, context.place.roles)
            ]
            if not roles:
                message = f"which role {name} is, is known only when the play runs"
                self._sheet.problem(Severity.NOTE, "ANS043", message, use.source)
        else:
            beside = posixpath.dirname(context.place.role.path) if context.place.role is not None else ""
            found = self._library.find(self._project, name, context.place, context.collections, beside)
            if found is None:
                self._outside(context, use, kind, attributes, derived)
                return
            roles = [(found.role, found.rule)]
        for role, rule in roles:
            node_id = self._sheet.role(role, self.role_source(role))
            self._sheet.edge(context.holder, node_id, kind, use.source, attributes, rule, derived and not rule)
            self.walk_role(context, role, node_id, use, parts)

    def _outside(
        self, context: Context, use: RoleUse, kind: EdgeKind, attributes: dict[str, Json], derived: bool
    ) -> None:
        """A role whose code is not in the repository."""
        collection = ".".join(use.name.split(".")[:2]) if use.name.count(".") > 1 else ""
        required = self._requirements.get(f"role:{use.name}") or self._requirements.get(f"collection:{collection}")
        if required is None and not use.src:
            message = f"the role {use.name} is not in the repository, and no requirements file names it"
            hint = "add it to requirements.yml, or correct its name"
            self._sheet.problem(Severity.WARNING, "ANS044", message, use.source, hint)
        node_id = self._sheet.external_role(self._project, use.name, use.source, required)
        if use.src:
            self._sheet.note(node_id, version=use.version, **{"from": use.src})
        self._sheet.edge(context.holder, node_id, kind, use.source, attributes, "", derived)
        context.play.has_outside_roles = True

    def walk_role(self, context: Context, role: Role, node_id: str, use: RoleUse, parts: dict[str, str]) -> None:
        """Walk through a role: what it depends on, its handlers, its tasks."""
        tasks_from = parts.get("tasks", "")
        self.reached_roles.add((role.path, tasks_from))
        if context.depth > MAX_DEPTH:
            return
        label = self._shown_name(role, use)
        meta = self._code.meta(role)
        path = self._code.role_file(role, "tasks", tasks_from)
        place = context.place.inside(role, path or role.directory("tasks"))
        inner = replace(
            context,
            frame=self._role_frame(context, role, use, parts),
            place=place,
            owner=node_id,
            holder=node_id,
            label=label,
            files=(*context.files, f"{role.path}:{tasks_from}"),
            collections=tuple(dict.fromkeys(([role.collection] if role.collection else []) + [*meta.collections])),
        )
        for dependency in meta.dependencies:
            self._depend(inner, dependency)
        self._role_handlers(inner, role, parts.get("handlers", ""))
        self._role_tasks(inner, role, node_id, tasks_from, path, use)

    def _depend(self, context: Context, use: RoleUse) -> None:
        """A dependency of the role of the context: it runs before the role does."""
        attributes: dict[str, Json] = {}
        if use.when:
            attributes["when"] = shown_when(use.when)
        if use.tags:
            attributes["tags"] = [*use.tags]
        if any(f.startswith(f"{role.path}:") for role in self._known(context, use) for f in context.files):
            role = next(iter(self._known(context, use)))
            node_id = self._sheet.role(role, self.role_source(role))
            self._sheet.edge(context.holder, node_id, EdgeKind.DEPENDS_ON, use.source, attributes)
            message = f"the roles depend on each other in a circle: {use.name}"
            self._sheet.problem(Severity.WARNING, "ANS045", message, use.source, "Ansible refuses such roles")
            return
        name = self._text_in(context, use.name)
        want = Wanted(name, Step(context.machines, _EMPTY), "{{" in name, name != use.name)
        inner = replace(
            context,
            machines=self.active(context, use, use.when),
            when=(*context.when, *use.when),
            tags=tuple(dict.fromkeys((*context.tags, *use.tags))),
        )
        self.role(inner, replace(use, name=name), EdgeKind.DEPENDS_ON, attributes, {}, want)

    def _known(self, context: Context, use: RoleUse) -> list[Role]:
        beside = posixpath.dirname(context.place.role.path) if context.place.role is not None else ""
        found = self._library.find(self._project, use.name, context.place, context.collections, beside)
        return [found.role] if found is not None else []

    def _text_in(self, context: Context, text: str) -> str:
        """A text with what is known of it evaluated, the same for all machines."""
        if "{{" not in text or not context.machines:
            return text
        renderer = self._evaluator.renderer(context.machines[0], context.frame, context.place)
        value = renderer.evaluate(text).value
        return value if isinstance(value, str) else text

    def _role_frame(self, context: Context, role: Role, use: RoleUse, parts: dict[str, str]) -> Frame:
        defaults = self._code.role_variables(role, "defaults", parts.get("defaults", ""))
        variables = self._code.role_variables(role, "vars", parts.get("vars", ""))
        name = self._shown_name(role, use)
        magics = {
            "role_path": absolute(role.path),
            "role_name": name.rsplit(".", 1)[-1] if role.collection else name,
            "ansible_role_name": name,
        }
        if role.collection:
            magics["ansible_collection_name"] = role.collection
        layers = (
            (Precedence.ROLE_DEFAULTS, defaults),
            (Precedence.ROLE_VARS, variables),
            (Precedence.ROLE_VARS, use.variables),
            (Precedence.ROLE_PARAMS, use.parameters),
        )
        return Frame(context.frame, layers, magics)

    def _role_handlers(self, context: Context, role: Role, name: str) -> None:
        path = self._code.role_file(role, "handlers", name)
        if path is None or path in context.play.role_handlers:
            return
        context.play.role_handlers[path] = None
        self.reached_files.add(path)
        inner = replace(
            context,
            place=replace(context.place, file=path),
            files=(*context.files, path),
        )
        self.handlers(inner, self._code.tasks(path).tasks, self._library.name(role))

    def handlers(self, context: Context, handlers: Iterable[Task], label: str) -> None:
        """The handlers of a play or role: what they do, and that they can be notified."""
        self.tasks(replace(context, handler_label=label, part="handlers", static=False), handlers)

    def _role_tasks(
        self, context: Context, role: Role, node_id: str, tasks_from: str, path: str | None, use: RoleUse
    ) -> None:
        name, spec_path = self._code.argument_check(role, tasks_from or "main")
        if name and context.static:
            made = Task(name, "ansible.builtin.validate_argument_spec", Source(spec_path), tags=("always",))
            self._list(context, made)
        if path is None:
            if tasks_from:
                message = f"the role {self._library.name(role)} has no tasks/{tasks_from}"
                self._sheet.problem(Severity.WARNING, "ANS042", message, use.source, "correct tasks_from")
            return
        self.reached_files.add(path)
        if tasks_from and posixpath.splitext(posixpath.basename(path))[0] != "main":
            owner = self._sheet.task_file(path)
            self._sheet.edge(node_id, owner, EdgeKind.INCLUDES, use.source, {"how": "tasks_from"})
            context = replace(context, owner=owner)
        self.tasks(context, self._code.tasks(path).tasks)

    def role_source(self, role: Role) -> Source:
        """A file that shows that a role is there."""
        for part in ("tasks", "meta", "handlers", "defaults", "vars"):
            path = self._code.role_file(role, part)
            if path is not None:
                return Source(path)
        return Source(next(iter(self._code.repo.under(role.path)), role.path))

    def _shown_name(self, role: Role, use: RoleUse) -> str:
        """The name of a role as Ansible shows it before the names of its tasks."""
        if role.collection:
            return f"{role.collection}.{posixpath.basename(role.path)}"
        return posixpath.basename(use.name) if use.name.startswith(("/", "<")) else use.name

    # -- conditions -------------------------------------------------------------------------------------------

    def active(self, context: Context, owner: object, when: tuple[object, ...]) -> tuple[Machine, ...]:
        """The machines on which conditions hold, or may."""
        return tuple(
            m
            for m in context.machines
            if self._evaluator.holds(owner, when, m, context.frame, context.place) is not False
        )

    @staticmethod
    def _edge_attributes(task: Task, context: Context) -> dict[str, Json]:
        attributes: dict[str, Json] = {"how": task.action}
        if task.when:
            attributes["when"] = shown_when(task.when)
        if task.tags:
            attributes["tags"] = [*task.tags]
        if task.loop is not None:
            attributes["loop"] = True
        if context.part == "handlers":
            attributes["handler"] = True
        return attributes


def _is_tasks(path: str) -> bool:
    return path.endswith((".yml", ".yaml")) and "tasks" in path.split("/")[:-1]


def _unevaluated(key: str, written: str) -> Step:
    """A step on no machine, for what is included where no host is left."""
    return Step((), Evaluated({key: written}))
