"""Variables: which one wins, for one host, as far as it can be told without running anything.

Order: https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_variables.html#understanding-variable-precedence
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from typing import Any

from archdoc.model.facts import Source
from archdoc.readers.ansible.inventories import Inventory, Variable
from archdoc.readers.ansible.projects import Project
from archdoc.readers.ansible.yamlfiles import YamlFiles


class Precedence(IntEnum):
    """The twenty-two layers of Ansible's documentation, lowest first."""

    COMMAND_LINE = 1
    ROLE_DEFAULTS = 2
    INVENTORY_FILE_GROUP = 3
    INVENTORY_GROUP_ALL = 4
    PLAYBOOK_GROUP_ALL = 5
    INVENTORY_GROUP = 6
    PLAYBOOK_GROUP = 7
    INVENTORY_FILE_HOST = 8
    INVENTORY_HOST = 9
    PLAYBOOK_HOST = 10
    FACTS = 11
    PLAY_VARS = 12
    VARS_PROMPT = 13
    VARS_FILES = 14
    ROLE_VARS = 15
    BLOCK_VARS = 16
    TASK_VARS = 17
    INCLUDE_VARS = 18
    SET_FACTS = 19
    ROLE_PARAMS = 20
    INCLUDE_PARAMS = 21
    EXTRA_VARS = 22


class VariableScope:
    """The variables that one place of the code sees, raw, with the layer each comes from. Never changes:
    ``with_variables`` gives a new scope."""

    def with_variables(self, precedence: Precedence, variables: Mapping[str, Variable]) -> VariableScope:
        """This scope and one more layer; of two layers of one precedence the later wins."""
        raise NotImplementedError

    def with_unknown(self, names: Iterable[str], reason: str, precedence: Precedence) -> VariableScope:
        """This scope and names that get their value at run time only (``register``, computed ``set_fact``)."""
        raise NotImplementedError

    def with_magic(self, values: Mapping[str, Any]) -> VariableScope:
        """This scope and magic variables (``role_path``, ``role_name``, ``item``): they win over everything."""
        raise NotImplementedError

    def get(self, name: str) -> Variable | None:
        """The variable of this name that wins, raw."""
        raise NotImplementedError

    def precedence(self, name: str) -> Precedence | None:
        """The layer that it comes from."""
        raise NotImplementedError

    def names(self) -> Iterator[str]:
        """Every name that is known here, sorted."""
        raise NotImplementedError


class ProjectVariables:
    """The variables of a project's inventory, group_vars and host_vars, for any host or group of it."""

    def __init__(
        self, files: YamlFiles, project: Project, inventory: Inventory | None, extra: Mapping[str, Any] | None = None
    ) -> None:
        raise NotImplementedError

    def for_host(self, host: str, playbook: str = "") -> VariableScope:
        """What a task sees on a host in a play of ``playbook`` (the first playbook of the chain)."""
        raise NotImplementedError

    def for_groups(self, groups: Iterable[str], playbook: str = "") -> VariableScope:
        """What a task sees on some host of these groups and of no other: for hosts that only a plugin knows."""
        raise NotImplementedError


def load_vars_file(files: YamlFiles, path: str) -> dict[str, Variable]:
    """The variables of a vars file (empty for one that is vaulted whole or is no mapping)."""
    raise NotImplementedError


def variables_of(mapping: Mapping[Any, Any], path: str, default_line: int = 1) -> dict[str, Variable]:
    """A ``vars:`` mapping of a play, block, task or role as variables with their places."""
    raise NotImplementedError


__all__ = ["Precedence", "ProjectVariables", "Source", "Variable", "VariableScope", "load_vars_file", "variables_of"]
