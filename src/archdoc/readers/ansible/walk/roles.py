"""Roles: those that a play applies, those that tasks include, and those that they depend on.

https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_reuse_roles.html
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable
from dataclasses import replace

from archdoc.model.facts import EdgeKind, Json, Source
from archdoc.model.problem import Severity
from archdoc.readers.ansible.emit import shown_when
from archdoc.readers.ansible.jinja import Evaluated
from archdoc.readers.ansible.plays.requirements import Requirement
from archdoc.readers.ansible.plays.roles import Role, RoleUse
from archdoc.readers.ansible.plays.tasks import Task, text_of
from archdoc.readers.ansible.rules import POSSIBLE_ROLES, POSSIBLE_TASKS
from archdoc.readers.ansible.variables import Precedence, absolute
from archdoc.readers.ansible.walk.context import Context, PlayState, Step
from archdoc.readers.ansible.walk.frames import Frame
from archdoc.readers.ansible.walk.given import given
from archdoc.readers.ansible.walk.includes import MAX_ITERATIONS, Wanted, possible_entries, possible_roles, wanted
from archdoc.readers.ansible.walk.notices import note_handlers
from archdoc.readers.ansible.walk.tools import Tools, active, include_attributes, inside, list_task, nowhere

MAX_DEPTH = 40
"""Files that include one another."""
_EMPTY = Evaluated({})
_FROM = {"tasks": "tasks_from", "handlers": "handlers_from", "vars": "vars_from", "defaults": "defaults_from"}
Walk = Callable[[Context, Iterable[Task]], None]


class RoleWalker:
    """Walks through roles; ``walk`` goes through their tasks."""

    def __init__(self, tools: Tools, requirements: dict[str, Requirement], walk: Walk) -> None:
        self._tools = tools
        self._requirements = requirements
        self._walk = walk
        self.reached: set[tuple[str, str]] = set()
        """The directories of the roles that were walked through, each with its ``tasks_from``."""
        self.files: set[str] = set()
        """The files of tasks and handlers that were."""

    def include(self, context: Context, task: Task) -> None:
        """``include_role`` or ``import_role``."""
        static = task.action == "import_role"
        key = "name" if task.arguments.get("name") is not None else "role"
        written = text_of(task.arguments.get(key))
        if not written:
            message = f"{task.module} names no role"
            self._tools.sheet.problem(Severity.ERROR, "ANS038", message, task.source, "write 'name: <role>'")
            return
        given = {k: task.arguments[k] for k in (key, *_FROM.values()) if k in task.arguments}
        steps = self._tools.steps.of(context, task, given)[:MAX_ITERATIONS] if context.machines else []
        found = list(wanted(steps, written, key))
        if not found and (static or "{{" not in written):
            found = list(wanted(nowhere(self._tools, context, task, given, static), written, key))
        for want in found:
            use = RoleUse(want.name, task.source)
            inner = inside(self._tools, context, task, want.step, static)
            attributes = include_attributes(task, context)
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
                (r, POSSIBLE_ROLES)
                for r in possible_roles(self._tools.library, self._tools.project, name, context.place.roles)
            ]
            if not roles:
                message = f"which role {name} is, is known only when the play runs"
                self._tools.sheet.problem(Severity.NOTE, "ANS043", message, use.source)
        else:
            beside = posixpath.dirname(context.place.role.path) if context.place.role is not None else ""
            found = self._tools.library.find(self._tools.project, name, context.place, context.collections, beside)
            if found is None:
                self._outside(context, use, kind, attributes, derived)
                return
            roles = [(found.role, found.rule)]
        for role, rule in roles:
            node_id = self._tools.sheet.role(role, self.source(role))
            self._tools.sheet.edge(context.holder, node_id, kind, use.source, attributes, rule, derived and not rule)
            if "{{" not in parts.get("tasks", ""):
                self.walk_role(context, role, node_id, use, parts)
            else:
                self._walk_possible(context, role, node_id, use, parts)

    def _walk_possible(self, context: Context, role: Role, node_id: str, use: RoleUse, parts: dict[str, str]) -> None:
        """A role whose tasks only run time chooses (``tasks_from`` with an expression)."""
        written = parts["tasks"]
        entries = possible_entries(self._tools.code, role, written)
        if not entries:
            message = f"which tasks of the role {self._tools.library.name(role)} {written} is, is known only when"
            self._tools.sheet.problem(Severity.NOTE, "ANS043", f"{message} the play runs", use.source)
        for entry in entries:
            self.walk_role(context, role, node_id, use, {**parts, "tasks": entry}, POSSIBLE_TASKS)

    def _outside(
        self, context: Context, use: RoleUse, kind: EdgeKind, attributes: dict[str, Json], derived: bool
    ) -> None:
        """A role whose code is not in the repository."""
        collection = ".".join(use.name.split(".")[:2]) if use.name.count(".") > 1 else ""
        required = (
            self._requirements.get(f"role:{use.name}")
            or self._requirements.get(f"collection:{collection}")
            or self._requirements.get(f"role:{posixpath.basename(use.name)}")  # installed in a directory of its own
        )
        if required is None and not use.src:
            message = f"the role {use.name} is not in the repository, and no requirements file names it"
            hint = "add it to requirements.yml, or correct its name"
            self._tools.sheet.problem(Severity.WARNING, "ANS044", message, use.source, hint)
        node_id = self._tools.sheet.external_role(self._tools.project, use.name, use.source, required)
        if use.src:
            self._tools.sheet.note(node_id, version=use.version, **{"from": use.src})
        if told := given(self._tools, context, use):
            attributes = {**attributes, "given": {**told}}
        self._tools.sheet.edge(context.holder, node_id, kind, use.source, attributes, "", derived)
        context.play.has_outside_roles = True

    def walk_role(
        self, context: Context, role: Role, node_id: str, use: RoleUse, parts: dict[str, str], rule: str = ""
    ) -> None:
        """Walk through a role: what it depends on, its handlers, its tasks (those that ``rule`` concludes on)."""
        tasks_from = parts.get("tasks", "")
        self.reached.add((role.path, tasks_from))
        if context.depth > MAX_DEPTH or f"{role.path}:{tasks_from}" in context.files:
            return
        label = self._shown_name(role, use)
        meta = self._tools.code.meta(role)
        path = self._tools.code.role_file(role, "tasks", tasks_from)
        place = context.place.inside(role, path or role.directory("tasks"))
        inner = replace(
            context,
            frame=self.role_frame(context, role, use, parts),
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
        self._role_tasks(inner, role, node_id, tasks_from, path, use, rule)

    def _depend(self, context: Context, use: RoleUse) -> None:
        """A dependency of the role of the context: it runs before the role does."""
        attributes: dict[str, Json] = {}
        if use.when:
            attributes["when"] = shown_when(use.when)
        if use.tags:
            attributes["tags"] = [*use.tags]
        if any(f.startswith(f"{role.path}:") for role in self._known(context, use) for f in context.files):
            role = next(iter(self._known(context, use)))
            node_id = self._tools.sheet.role(role, self.source(role))
            self._tools.sheet.edge(context.holder, node_id, EdgeKind.DEPENDS_ON, use.source, attributes)
            message = f"the roles depend on each other in a circle: {use.name}"
            self._tools.sheet.problem(Severity.WARNING, "ANS045", message, use.source, "Ansible refuses such roles")
            return
        name = self._text_in(context, use.name)
        want = Wanted(name, Step(context.machines, _EMPTY), "{{" in name, name != use.name)
        inner = replace(
            context,
            machines=active(self._tools, context, use.when),
            when=(*context.when, *use.when),
            tags=tuple(dict.fromkeys((*context.tags, *use.tags))),
        )
        self.role(inner, replace(use, name=name), EdgeKind.DEPENDS_ON, attributes, {}, want)

    def _known(self, context: Context, use: RoleUse) -> list[Role]:
        beside = posixpath.dirname(context.place.role.path) if context.place.role is not None else ""
        found = self._tools.library.find(self._tools.project, use.name, context.place, context.collections, beside)
        return [found.role] if found is not None else []

    def _text_in(self, context: Context, text: str) -> str:
        """A text with what is known of it evaluated, the same for all machines."""
        if "{{" not in text or not context.machines:
            return text
        renderer = self._tools.evaluator.renderer(context.machines[0], context.frame, context.place)
        value = renderer.evaluate(text).value
        return value if isinstance(value, str) else text

    def role_frame(self, context: Context, role: Role, use: RoleUse, parts: dict[str, str]) -> Frame:
        """The variables that a role adds to those around it: its defaults and vars, and its own name and path."""
        defaults = self._tools.code.role_variables(role, "defaults", parts.get("defaults", ""))
        variables = self._tools.code.role_variables(role, "vars", parts.get("vars", ""))
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
        path = self._tools.code.role_file(role, "handlers", name)
        if path is None or path in context.play.role_handlers:
            return
        context.play.role_handlers[path] = None
        self.files.add(path)
        inner = replace(
            context,
            place=replace(context.place, file=path),
            files=(*context.files, path),
        )
        self.handlers(inner, self._tools.code.tasks(path).tasks, self._tools.library.name(role))

    def handlers(self, context: Context, handlers: tuple[Task, ...], label: str) -> None:
        """The handlers of a play or role: what they do, and that they can be notified."""
        note_handlers(replace(context, handler_label=label, part="handlers", static=False), handlers)

    def run_handlers(self, play: PlayState) -> None:
        """Walk through the handlers of a play, now that it is known who notifies them."""
        while play.waiting:
            self._walk(*play.waiting.pop(0))

    def _role_tasks(
        self, context: Context, role: Role, node_id: str, tasks_from: str, path: str | None, use: RoleUse, rule: str
    ) -> None:
        name, spec_path = self._tools.code.argument_check(role, tasks_from or "main")
        if name and context.static:
            made = Task(name, "ansible.builtin.validate_argument_spec", Source(spec_path), tags=("always",))
            list_task(context, made)
        if path is None:
            if tasks_from:
                message = f"the role {self._tools.library.name(role)} has no tasks/{tasks_from}"
                self._tools.sheet.problem(Severity.WARNING, "ANS042", message, use.source, "correct tasks_from")
            return
        self.files.add(path)
        if tasks_from and posixpath.splitext(posixpath.basename(path))[0] != "main":
            owner = self._tools.sheet.task_file(path)
            self._tools.sheet.edge(node_id, owner, EdgeKind.INCLUDES, use.source, {"how": "tasks_from"}, rule)
            context = replace(context, owner=owner)
        self._walk(context, self._tools.code.tasks(path).tasks)

    def source(self, role: Role) -> Source:
        """A file that shows that a role is there."""
        for part in ("tasks", "meta", "handlers", "defaults", "vars"):
            path = self._tools.code.role_file(role, part)
            if path is not None:
                return Source(path)
        return Source(next(iter(self._tools.code.repo.under(role.path)), role.path))

    def _shown_name(self, role: Role, use: RoleUse) -> str:
        """The name of a role as Ansible shows it before the names of its tasks."""
        if role.collection:
            return f"{role.collection}.{posixpath.basename(role.path)}"
        return posixpath.basename(use.name) if use.name.startswith(("/", "<")) else use.name
