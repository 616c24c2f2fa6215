"""Variables: which one wins, for one host, as far as it can be told without running anything.

Order: https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_variables.html#understanding-variable-precedence
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any

from archdoc.model.facts import Source
from archdoc.readers import yamldoor
from archdoc.readers.ansible.inventories.model import Variable
from archdoc.readers.ansible.yamlfiles import YamlFiles
from archdoc.readers.files import normal
from archdoc.readers.yamldoor import Opaque

REPOSITORY = "<repository>"
"""What stands for the directory of the repository in magic variables that hold absolute paths (``playbook_dir``)."""
_EXTENSIONS = ("", ".yml", ".yaml", ".json")
MAX_DEPTH = 20


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


@dataclass(frozen=True, slots=True)
class VariableLayer:
    """Variables of one precedence, or (``reason``) names that get their value at run time."""

    precedence: Precedence
    order: float
    variables: Mapping[str, Variable]
    reason: str = ""
    guessed: bool = False
    """Whether Ansible may not read these at all (rule ``ansible.stray-vars``)."""


@dataclass(frozen=True, slots=True)
class VariableScope:
    """The variables that one place of the code sees, raw, with the layer each comes from. Never changes:
    ``with_variables`` gives a new scope."""

    layers: tuple[VariableLayer, ...] = ()
    magics: Mapping[str, Any] = field(default_factory=dict)
    merge: bool = False
    """``hash_behaviour = merge``: mappings of several layers are united."""
    vaulted: tuple[str, ...] = ()
    """Variable files that are vaulted as a whole; what they define is not known."""

    def with_variables(self, precedence: Precedence, variables: Mapping[str, Variable]) -> VariableScope:
        """This scope and one more layer; of two layers of one precedence the later wins."""
        return self._with(VariableLayer(precedence, precedence, variables)) if variables else self

    def with_unknown(self, names: Iterable[str], reason: str, precedence: Precedence) -> VariableScope:
        """This scope and names that get their value at run time only (``register``, a computed ``set_fact``)."""
        place = Source(".")
        unknown = {name: Variable(name, None, place) for name in names}
        return self._with(VariableLayer(precedence, precedence, unknown, reason)) if unknown else self

    def with_magic(self, values: Mapping[str, Any]) -> VariableScope:
        """This scope and magic variables (``role_path``, ``role_name``): they win over everything."""
        return replace(self, magics={**self.magics, **values})

    def get(self, name: str) -> Variable | None:
        """The variable of this name that wins, raw; None when there is none or run time decides."""
        winner = self._winner(name)
        if winner is None or winner.reason:
            return None
        variable = winner.variables[name]
        return self._merged(name, variable) if self.merge and isinstance(variable.value, dict) else variable

    def found(self, name: str) -> Variable | str | None:
        """What ``get`` gives, else what ``unknown_reason`` does (None for "")."""
        winner = self._winner(name)
        if winner is None or winner.reason:
            return self.unknown_reason(name) or None
        return self.get(name) if self.merge else winner.variables[name]

    def precedence(self, name: str) -> Precedence | None:
        """The layer that it comes from."""
        winner = self._winner(name)
        return None if winner is None else winner.precedence

    def unknown_reason(self, name: str) -> str:
        """Why a name has no value here though the play gives it one; "" where that is not so."""
        winner = self._winner(name)
        if winner is not None:
            return f"{name} {winner.reason}" if winner.reason else ""
        if self.vaulted and name.startswith("vault"):
            return f"{name} is not defined in the open; {self.vaulted[0]} is vaulted"
        return ""

    def guess(self, name: str) -> str:
        """What was assumed in giving a name its value; "" where nothing was."""
        winner = self._winner(name)
        if winner is None or not winner.guessed:
            return ""
        path = winner.variables[name].source.path
        return f"{name} is taken from {path}, which lies beside no inventory and no playbook of the repository"

    def magic(self, name: str) -> tuple[bool, Any]:
        """Whether there is a magic variable of this name, and its value."""
        return name in self.magics, self.magics.get(name)

    def names(self) -> Iterator[str]:
        """Every name that is known here, sorted."""
        return iter(sorted({name for layer in self.layers for name in layer.variables} | set(self.magics)))

    def _with(self, layer: VariableLayer) -> VariableScope:
        layers = [*self.layers, layer]
        layers.sort(key=lambda found: found.order)
        return replace(self, layers=tuple(layers))

    def _winner(self, name: str) -> VariableLayer | None:
        for layer in reversed(self.layers):
            if name in layer.variables:
                return layer
        return None

    def _merged(self, name: str, winner: Variable) -> Variable:
        values = [la.variables[name].value for la in self.layers if name in la.variables and not la.reason]
        start = max((i for i, v in enumerate(values) if not isinstance(v, dict)), default=-1) + 1
        merged = values[start]
        for value in values[start + 1 :]:
            merged = _united(merged, value)
        return replace(winner, value=merged)


def _united(low: dict[Any, Any], high: dict[Any, Any]) -> dict[Any, Any]:
    made = yamldoor.Mapping(yamldoor.line_of(low), yamldoor.line_of(low))
    for mapping in (low, high):
        for key, value in mapping.items():
            old = made.get(key)
            made[key] = _united(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
            if isinstance(mapping, yamldoor.Mapping):
                made.lines[key] = mapping.line_of(key)
    return made


@dataclass(frozen=True, slots=True, eq=False)
class HostVars:
    """``hostvars``: the scope of every host by its name, and what an unknown name gives."""

    find: Callable[[str], VariableScope | None]
    names: tuple[str, ...]
    absent: Callable[[str], Any]
    renderers: dict[Any, Any] = field(default_factory=dict)


def absolute(path: str) -> str:
    """A path of the repository as a magic variable shows it: ``<repository>/ansible/playbooks``."""
    return REPOSITORY if normal(path) == "." else f"{REPOSITORY}/{normal(path)}"


def repository_path(text: str) -> str | None:
    """The repository-relative path behind a text that begins with ``<repository>``; None for any other, and for
    one that leads out of it."""
    if text != REPOSITORY and not text.startswith(REPOSITORY + "/"):
        return None
    path = normal(text[len(REPOSITORY) + 1 :])
    return None if path == ".." or path.startswith("../") else path


def variables_of(mapping: Any, path: str, default_line: int = 1) -> dict[str, Variable]:
    """A ``vars:`` mapping (or list of mappings) of a play, block, task or role as variables with their places."""
    if isinstance(mapping, list):
        return {name: v for part in mapping for name, v in variables_of(part, path, default_line).items()}
    if not isinstance(mapping, dict):
        return {}
    lines = mapping if isinstance(mapping, yamldoor.Mapping) else None
    return {
        str(name): Variable(
            str(name), value, Source(path, lines.line_of(name) if lines is not None else max(1, default_line))
        )
        for name, value in mapping.items()
    }


def load_vars_file(files: YamlFiles, path: str) -> dict[str, Variable]:
    """The variables of a vars file (empty for one that is vaulted whole or is no mapping)."""
    return variables_of(files.load(path).first, normal(path))


def is_vaulted(files: YamlFiles, path: str) -> bool:
    """Whether a file is vaulted as a whole."""
    return isinstance(files.load(path).first, Opaque)


def vars_files(files: YamlFiles, directory: str, name: str) -> tuple[str, ...]:
    """The files of ``group_vars/`` or ``host_vars/`` that hold the variables of a group or host.

    The first of ``<name>``, ``<name>.yml``, ``.yaml``, ``.json`` counts; a directory gives all files in it, at
    any depth, in the order of their names (ansible-core's ``find_vars_files``).
    """
    if not name or name.startswith("/") or not files.repo.is_directory(directory):
        return ()
    for extension in _EXTENSIONS:
        path = normal(posixpath.join(directory, name + extension))
        if path.startswith(".."):
            return ()
        if files.repo.is_directory(path):
            return tuple(_inside(files, path, 0))
        if files.repo.is_file(path):
            return (path,) if files.repo.is_listed(path) else ()
    return ()


def _inside(files: YamlFiles, directory: str, depth: int) -> Iterator[str]:
    for name, is_directory in files.listed(directory):
        extension = posixpath.splitext(name)[1]
        if name.startswith(".") or name.endswith("~"):
            continue
        path = posixpath.join(directory, name)
        if is_directory:
            if not extension and depth < MAX_DEPTH:
                yield from _inside(files, path, depth + 1)
        elif extension in _EXTENSIONS:
            yield path


__all__ = [
    "REPOSITORY",
    "HostVars",
    "Precedence",
    "Variable",
    "VariableLayer",
    "VariableScope",
    "absolute",
    "is_vaulted",
    "load_vars_file",
    "repository_path",
    "variables_of",
    "vars_files",
]
