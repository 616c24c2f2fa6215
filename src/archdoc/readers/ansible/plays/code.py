"""The code of a repository as it is written, each file parsed once."""

from __future__ import annotations

from archdoc.model.problem import Problem
from archdoc.readers.ansible.plays.places import Finder
from archdoc.readers.ansible.plays.playbooks import Playbook, read_playbook
from archdoc.readers.ansible.plays.roles import (
    Role,
    RoleMeta,
    argument_check,
    read_meta,
    role_file,
    role_variables_files,
)
from archdoc.readers.ansible.plays.tasks import TaskList, read_tasks
from archdoc.readers.ansible.variables import Variable, load_vars_file
from archdoc.readers.ansible.yamlfiles import YamlFiles
from archdoc.readers.files import normal


class Code:
    """Playbooks, task lists and roles by their paths."""

    def __init__(self, files: YamlFiles) -> None:
        self.files = files
        self.repo = files.repo
        self.finder = Finder(files.repo)
        self._role_files: dict[tuple[Role, str, str], str | None] = {}
        self._role_variables: dict[tuple[Role, str, str], dict[str, Variable]] = {}
        self._playbooks: dict[str, Playbook] = {}
        self._tasks: dict[str, TaskList] = {}
        self._metas: dict[Role, RoleMeta] = {}
        self._variables: dict[tuple[str, ...], dict[str, Variable]] = {}
        self._merged: dict[tuple[int, ...], dict[str, Variable]] = {}
        self._kept: list[object] = []

    def playbook(self, path: str) -> Playbook:
        """A playbook; one that cannot be read has no plays."""
        path = normal(path)
        if path not in self._playbooks:
            self._playbooks[path] = read_playbook(self.files, path)
        return self._playbooks[path]

    def tasks(self, path: str) -> TaskList:
        """The tasks of a file; one that cannot be read has none."""
        path = normal(path)
        if path not in self._tasks:
            documents = self.files.load(path).documents
            lists = [read_tasks(document, path) for document in documents]
            self._tasks[path] = TaskList(
                tuple(task for found in lists for task in found.tasks),
                tuple(problem for found in lists for problem in found.problems),
            )
        return self._tasks[path]

    def role_file(self, role: Role, part: str, name: str = "") -> str | None:
        """The file of a role's part: ``main`` unless ``name`` says other (``tasks_from``)."""
        key = (role, part, name)
        if key not in self._role_files:
            self._role_files[key] = role_file(self.finder.is_there, role, part, name)
        return self._role_files[key]

    def meta(self, role: Role) -> RoleMeta:
        """The dependencies of a role."""
        if role not in self._metas:
            path = self.role_file(role, "meta")
            self._metas[role] = RoleMeta() if path is None else read_meta(self.files.load(path).first, path)
        return self._metas[role]

    def role_variables(self, role: Role, part: str, name: str = "") -> dict[str, Variable]:
        """The variables of ``defaults`` or ``vars`` of a role; the same mapping each time."""
        key = (role, part, name)
        if key not in self._role_variables:
            main = None if name else self.role_file(role, part)
            paths = (main,) if main is not None else role_variables_files(self.files, role, part, name)
            self._role_variables[key] = self.variables(paths)
        return self._role_variables[key]

    def argument_check(self, role: Role, entry: str) -> tuple[str, str]:
        """The name and file of the task that checks a role's arguments; ("", "") for none."""
        path = self.role_file(role, "meta", "argument_specs") or self.role_file(role, "meta")
        return (argument_check(self.files.load(path).first, entry), path) if path is not None else ("", "")

    def variables(self, paths: tuple[str, ...]) -> dict[str, Variable]:
        """The variables of several files, the later ones win; the same mapping each time."""
        if paths not in self._variables:
            self._variables[paths] = {n: v for path in paths for n, v in load_vars_file(self.files, path).items()}
        return self._variables[paths]

    def united(self, *mappings: dict[str, Variable]) -> dict[str, Variable]:
        """Several mappings as one, the later ones win; the same mapping each time."""
        given = [mapping for mapping in mappings if mapping]
        if len(given) < 2:
            return given[0] if given else {}
        key = tuple(id(mapping) for mapping in given)
        if key not in self._merged:
            self._kept.append(given)
            self._merged[key] = {name: v for mapping in given for name, v in mapping.items()}
        return self._merged[key]

    def problems(self) -> list[Problem]:
        """What was wrong with the code that was read."""
        found = [p for playbook in self._playbooks.values() for p in playbook.problems]
        found += [p for tasks in self._tasks.values() for p in tasks.problems]
        return found + [p for meta in self._metas.values() for p in meta.problems]
