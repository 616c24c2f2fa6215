"""At what address a host is reached, as a play sees it: by the inventory, group_vars and host_vars, evaluated.

https://docs.ansible.com/ansible/latest/inventory_guide/intro_inventory.html: ``ansible_host`` is a variable like any
other. It may stand in ``host_vars``, in a group's variables (``{{ inventory_hostname }}.example.org``), or, of a host
that has the name of a group, on that group, which is where Ansible puts what the host's line says.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from archdoc.model.facts import Json
from archdoc.readers.ansible.hostvariables import ProjectVariables
from archdoc.readers.ansible.jinja import Renderer
from archdoc.readers.ansible.projects import Project
from archdoc.readers.ansible.variables import VariableScope
from archdoc.readers.files import Repository
from archdoc.readers.secrets import MASK, is_secret


class Addresses:
    """The addresses of a project's hosts, in each of its inventories."""

    def __init__(self, repo: Repository, project: Project, variables: Sequence[ProjectVariables]) -> None:
        """``variables``: those of each inventory, in the order of the inventories."""
        self._variables = variables
        beside: dict[str, str] = {}
        for playbook in project.playbooks:
            directory = posixpath.dirname(playbook)
            if any(repo.is_directory(posixpath.join(directory, kind)) for kind in ("host_vars", "group_vars")):
                beside.setdefault(directory, playbook)
        self._playbooks = ("", *beside.values())

    def of(self, inventory: int, host: str, name: str) -> Json:
        """What a connection variable (``ansible_host``) comes to for a host, or None where that is not known."""
        for playbook in self._playbooks:
            scope = self._variables[inventory].for_host(host, playbook)
            if value := _evaluated(scope, name):
                return value
        return None


def _evaluated(scope: VariableScope, name: str) -> str | None:
    if scope.get(name) is None or scope.guess(name):
        return None
    found = Renderer(scope).variable(name)
    if found.secret:
        return MASK
    if found.partial or not isinstance(found.value, str):
        return None
    return MASK if is_secret(name, found.value) else found.value
