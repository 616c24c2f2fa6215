"""Reading one Ansible project: its inventories, playbooks and roles, walked through into the sheet."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Mapping
from typing import Any

from archdoc.model.facts import Json, Source
from archdoc.readers import submodules
from archdoc.readers.ansible.emit import Sheet
from archdoc.readers.ansible.hostvariables import ProjectVariables
from archdoc.readers.ansible.inventories import Inventory
from archdoc.readers.ansible.plays.code import Code
from archdoc.readers.ansible.plays.library import Library
from archdoc.readers.ansible.plays.places import Finder
from archdoc.readers.ansible.plays.requirements import Requirement, read_requirements
from archdoc.readers.ansible.plays.roles import Role
from archdoc.readers.ansible.plays.tasks import Task
from archdoc.readers.ansible.projects import Project
from archdoc.readers.ansible.rolefacts import role_facts
from archdoc.readers.ansible.rules import FACT_ELSEWHERE
from archdoc.readers.ansible.signals.collect import Signals
from archdoc.readers.ansible.templates import Documents
from archdoc.readers.ansible.variables import Variable, repository_path
from archdoc.readers.ansible.walk.context import Context
from archdoc.readers.ansible.walk.evaluation import Evaluator
from archdoc.readers.ansible.walk.machines import Fleet
from archdoc.readers.ansible.walk.plays import Chain, PlayWalker
from archdoc.readers.ansible.walk.runs import Runs
from archdoc.readers.ansible.walk.settings import dynamic_groups, set_elsewhere
from archdoc.readers.ansible.walk.steps import Steps
from archdoc.readers.ansible.walk.tools import Tools
from archdoc.readers.ansible.walk.walker import Walker
from archdoc.readers.files import normal

MAX_CALLS = 60
"""Runs of playbooks by commands that are read with the variables of the command."""
_TASK_FILES = (".yml", ".yaml")


class ProjectReader:
    """Reads one project."""

    def __init__(
        self,
        project: Project,
        inventories: tuple[Inventory, ...],
        variables: tuple[ProjectVariables, ...],
        code: Code,
        library: Library,
        finder: Finder,
        evaluator: Evaluator,
        sheet: Sheet,
        signals: Signals,
        documents: Documents,
    ) -> None:
        self._project = project
        self._code = code
        self._library = library
        self._sheet = sheet
        self._signals = signals
        self._documents = documents
        self._requirements = self._read_requirements()
        self._watching = True
        self._kept: list[object] = [inventories, variables]
        self._runs = Runs(project, code.repo, finder, sheet)
        self._tools = Tools(project, code, library, finder, evaluator, sheet, Steps(evaluator, finder, code.repo))
        self._walker = Walker(self._tools, self._requirements, self)
        tasks = self._all_tasks()
        self._dynamic = {group for task in tasks for group in dynamic_groups(task)}
        self._elsewhere = set_elsewhere(tasks) if sheet.allows(FACT_ELSEWHERE) else {}
        self._alone: dict[str, frozenset[str]] = {}
        self._inventories = (inventories, variables)

    def read(self) -> None:
        """Everything of the project: playbooks that nothing imports first, then what was not reached from them."""
        for role in self._library.roles(self._project):
            self._note_role(role)
        reached: set[str] = set()
        imported = self._imported()
        playbooks = self._project.playbooks
        for path in (*(p for p in playbooks if p not in imported), *playbooks):
            if path not in reached:
                plays = self._make_plays()
                plays.playbook(path)
                reached |= plays.reached
        self._read_calls()
        self._watching = False
        for path in self._project.test_playbooks:
            if path not in reached:
                plays = self._make_plays()
                plays.playbook(path)
                reached |= plays.reached
        self._watching = True
        self._read_rest()

    def _read_calls(self) -> None:
        """Playbooks once more, with the variables and for the hosts that command lines of tasks give them."""
        done: set[tuple[str, str, str]] = set()
        for _ in range(MAX_CALLS):
            waiting = [key for key in self._runs.calls if key not in done]
            if not waiting:
                return
            done.add(waiting[0])
            call = self._runs.calls[waiting[0]]
            given = {name: Variable(name, v, call.source) for name, v in json.loads(call.variables).items()}
            self._kept.append(given)
            self._make_plays().playbook(call.playbook, Chain(extra=given, limit=call.limit, again=True))

    def _make_plays(self) -> PlayWalker:
        """A walk of its own: what one playbook sets is not known in another."""
        fleet = Fleet(*self._inventories, self._project.id, self._elsewhere)
        return PlayWalker(self._tools, self._walker, fleet, self._dynamic, self._alone)

    def see(self, context: Context, task: Task) -> None:
        """A task of the walk: note what it says of hosts and puts on them."""
        if not self._watching or task.keywords.get("check_mode") in (True, "yes", "true"):
            return
        module = self._signals.module(task)
        placed = self._documents.is_placed(task)
        if module is None and not placed and task.action.rsplit(".", 1)[-1] != "terraform":
            return
        if module is not None and module.signal.value in ("flow", "secret") and not placed:
            return
        steps = self._tools.steps.of(context, task, self._signals.arguments(task))
        if module is not None:
            self._signals.collect(context, task, module, steps)
        if placed:
            self._documents.see(context, task, steps)
        self._runs.see(context, task, steps)

    # -- roles and files that no play reaches -----------------------------------------------------------------------

    def _read_rest(self) -> None:
        plays = self._make_plays()
        done = {path for path, _ in self._walker.roles.reached}
        for role in self._library.roles(self._project):
            if role.path not in done:
                plays.lone_role(role)
        for path, owner in self._task_files():
            if path not in self._walker.roles.files:
                plays.lone_tasks(path, owner, self._code.tasks(path).tasks)

    def _task_files(self) -> list[tuple[str, Role | None]]:
        """The files below a ``tasks`` directory of the project, each with the role it belongs to."""
        roles = sorted(self._library.roles(self._project), key=lambda r: -len(r.path))
        found: list[tuple[str, Role | None]] = []
        for path in self._code.repo.under(self._project.path):
            parts = path.split("/")
            if (
                "tasks" not in parts[:-1]
                or not path.endswith(_TASK_FILES)
                or self._sheet.project_of(path) != self._project
            ):
                continue
            if {"templates", "files"} & set(parts[:-1]) or any(part.startswith(".") for part in parts):
                continue
            role = next((r for r in roles if path.startswith(r.path + "/") or r.path == "."), None)
            if isinstance(self._code.files.load(path).first, list):
                found.append((path, role))
        return found

    def _note_role(self, role: Role) -> None:
        """The node of a role, and what its files name."""
        place = Source(next((p for p in (self._code.role_file(role, part) for part in _PARTS) if p), role.path))
        node_id = self._sheet.role(role, place)
        self._sheet.note(node_id, **role_facts(self._code, role))

    # -- requirements and collections -------------------------------------------------------------------------------

    def _read_requirements(self) -> dict[str, Requirement]:
        found: dict[str, Requirement] = {}
        for path in self._project.requirements:
            for requirement in read_requirements(self._code.files, path):
                found.setdefault(f"{requirement.kind}:{requirement.name}", requirement)
                if requirement.kind == "collection":
                    attributes: Mapping[str, Json] = {"version": requirement.version, "from": requirement.origin}
                    self._sheet.collection(self._project, requirement.name, requirement.source, attributes)
        for each in submodules.absent(self._code.repo):
            required = Requirement("role", posixpath.basename(each.path), each.source, origin=each.url)
            found.setdefault(f"role:{required.name}", required)
        for collection in self._project.collections:
            galaxy = normal(posixpath.join(collection.path, "galaxy.yml"))
            inside = next(iter(self._code.repo.under(collection.path)), galaxy)
            place = Source(galaxy if self._code.repo.is_file(galaxy) else inside)
            value: Any = self._code.files.load(galaxy).first if self._code.repo.is_file(galaxy) else None
            version = str(value.get("version") or "") if isinstance(value, dict) else ""
            attributes = {"path": collection.path, "version": version}
            self._sheet.collection(self._project, collection.name, place, attributes)
        return found

    # -- what has to be known first ---------------------------------------------------------------------------------

    def _imported(self) -> set[str]:
        """The playbooks that other playbooks import outright."""
        found: set[str] = set()
        for path in (*self._project.playbooks, *self._project.test_playbooks):
            test = path in self._project.test_playbooks
            for entry in self._code.playbook(path).imports:
                target = repository_path(entry.target) or self._library.playbook(entry.target)
                target = target or normal(posixpath.join(posixpath.dirname(path), entry.target))
                if target != path and not test:
                    found.add(target)
        return found

    def _all_tasks(self) -> list[Task]:
        """The tasks of the project, wherever they stand."""
        found: list[Task] = []
        for path in self._project.playbooks:
            for play in self._code.playbook(path).plays:
                found += [*play.pre_tasks, *play.tasks, *play.post_tasks]
        for path, _ in self._task_files():
            found += self._code.tasks(path).tasks
        return found


_PARTS = ("tasks", "meta", "handlers", "defaults", "vars")
