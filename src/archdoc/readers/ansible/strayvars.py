"""The rule ``ansible.stray-vars``: group_vars and host_vars that lie beside nothing count as if beside the inventory.

Ansible reads ``group_vars/`` beside an inventory source and beside a playbook only. Where a repository keeps them
anywhere else, something that is not in the repository usually brings them together: an inventory that Terraform
writes there, a script that copies an environment and the playbooks into one directory. So they count, as a guess:
those of ``all`` and of the host's groups as group_vars beside the inventory do. Those of any other group count last,
only where the inventory is known at run time alone, and only where they agree.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from archdoc.readers.ansible.projects import Project
from archdoc.readers.ansible.variables import Precedence, Variable, VariableLayer, load_vars_file, vars_files
from archdoc.readers.ansible.yamlfiles import YamlFiles
from archdoc.readers.yamldoor import plain


class StrayVariables:
    """The variables of one project's stray group_vars and host_vars."""

    def __init__(self, files: YamlFiles, project: Project, complete: bool) -> None:
        """``complete``: every host and its groups are known, so that other groups cannot matter."""
        self._files = files
        self._complete = complete
        self._directories = {kind: _stray(files, project, kind) for kind in ("group_vars", "host_vars")}
        self._others: dict[str, Variable] | None = None
        self._known: dict[tuple[str, ...], dict[str, Variable]] = {}

    def of_groups(self, names: Iterable[str]) -> list[VariableLayer]:
        """What they add for all hosts of these groups."""
        if not any(self._directories.values()):
            return []
        found = [
            VariableLayer(Precedence.INVENTORY_GROUP_ALL, 3.19, self._agreed(["all"]), guessed=True),
            *(VariableLayer(Precedence.INVENTORY_GROUP, 3.39, self._agreed([name]), guessed=True) for name in names),
        ]
        if not self._complete:
            if self._others is None:
                self._others = self._agreed(sorted(self._names() - {"all"}))
            found.append(VariableLayer(Precedence.COMMAND_LINE, 0, self._others, guessed=True))
        return [layer for layer in found if layer.variables]

    def of_host(self, host: str) -> list[VariableLayer]:
        """What they add for a host alone."""
        own = {name: v for d in self._directories["host_vars"] for name, v in self._entity(d, host).items()}
        return [VariableLayer(Precedence.INVENTORY_HOST, 8.5, own, guessed=True)] if own else []

    def _agreed(self, names: Iterable[str]) -> dict[str, Variable]:
        """The variables of groups on which every file that defines them agrees."""
        key = tuple(names)
        if key not in self._known:
            self._known[key] = self._agree(key)
        return self._known[key]

    def _agree(self, names: tuple[str, ...]) -> dict[str, Variable]:
        found: dict[str, list[Variable]] = {}
        for directory in self._directories["group_vars"]:
            for name in names:
                for key, variable in self._entity(directory, name).items():
                    found.setdefault(key, []).append(variable)
        return {
            key: variables[0]
            for key, variables in found.items()
            if all(plain(v.value) == plain(variables[0].value) for v in variables[1:])
        }

    def _entity(self, directory: str, name: str) -> dict[str, Variable]:
        paths = vars_files(self._files, directory, name)
        return {key: v for path in paths for key, v in load_vars_file(self._files, path).items()}

    def _names(self) -> set[str]:
        """The groups that the directories have variables for."""
        entries = (e for d in self._directories["group_vars"] for e in self._files.listed(d))
        return {name if is_directory else posixpath.splitext(name)[0] for name, is_directory in entries}


def _stray(files: YamlFiles, project: Project, kind: str) -> tuple[str, ...]:
    """The directories of this name in the project that lie beside no inventory and no playbook."""
    repo = files.repo
    beside = {posixpath.dirname(p) or "." for p in (*project.playbooks, *project.test_playbooks)}
    for source in (s for inventory in project.inventories for s in inventory.sources):
        beside.add(source if repo.is_directory(source) else posixpath.dirname(source) or ".")
    found = []
    for directory in sorted(repo.directories):
        above, name = posixpath.split(directory)
        if name != kind:
            continue
        inside = project.path == "." or directory.startswith(project.path + "/")
        in_role = any(above == role or above.startswith(role + "/") for role in project.roles)
        if inside and not in_role and (above or ".") not in beside:
            found.append(directory)
    return tuple(found)
