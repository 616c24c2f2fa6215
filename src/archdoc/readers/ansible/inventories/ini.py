"""Inventories in ini format
(https://docs.ansible.com/ansible/latest/collections/ansible/builtin/ini_inventory.html)."""

from __future__ import annotations

import ast
import re
import shlex
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from archdoc.model.facts import Source
from archdoc.readers.ansible.inventories.build import Builder, InventoryError, expand_hosts
from archdoc.readers.ansible.inventories.model import Variable

MAX_VALUE = 65_536
"""A longer value of a variable stays text: it is not looked at as a Python literal."""
_SECTION = re.compile(r"^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$")
_GROUP_NAME = re.compile(r"^([^:\]\s]+)\s*(?:#.*)?$")


def read_ini(builder: Builder, text: str, path: str) -> None:
    """Read one ini inventory; InventoryError where Ansible gives up (what stands before is kept)."""
    reader = _Reader(builder, path)
    for number, line in _meaningful(text):
        reader.read(line, number)
    reader.finish()


def looks_like_ini(text: str, bare: bool) -> bool:
    """Whether a text reads as an ini inventory from its first line to its last, and names a group, or (``bare``)
    at least a host."""
    builder = Builder(Source("inventory"))
    try:
        read_ini(builder, text, "inventory")
    except InventoryError:
        return False
    sections = any(_SECTION.match(line) for _, line in _meaningful(text))
    return sections or (bare and bool(builder.hosts))


def means_sections(text: str) -> bool:
    """Whether a line of a text would open a section, well written (``[web:children]``) or not (``[ web ]``)."""
    return any(line.startswith("[") and line.endswith("]") for _, line in _meaningful(text))


@dataclass(slots=True)
class _Pending:
    """A group that a section names before it is declared."""

    state: str
    line: int
    parents: list[tuple[str, Source]] = field(default_factory=list)


class _Reader:
    def __init__(self, builder: Builder, path: str) -> None:
        self._builder = builder
        self._path = path
        self._group, self._state = "ungrouped", "hosts"
        self._pending: dict[str, _Pending] = {}

    def read(self, line: str, number: int) -> None:
        place = Source(self._path, number)
        section = _SECTION.match(line)
        if section:
            self._open(section[1], section[2] or "hosts", place)
        elif line.startswith("[") and line.endswith("]"):
            raise InventoryError(f"{line} is no section: a name may not hold spaces", number)
        elif self._state == "hosts":
            self._host(line, place)
        elif self._state == "vars":
            name, equals, value = line.partition("=")
            if not equals:
                raise InventoryError(f"key=value expected in [{self._group}:vars]", number)
            self._builder.set_group_variable(self._group, Variable(name.strip(), literal(value.strip()), place))
        else:
            self._child(line, place)

    def finish(self) -> None:
        for name, pending in self._pending.items():
            if pending.state == "vars":
                raise InventoryError(f"[{name}:vars] belongs to no group", pending.line)
            raise InventoryError(f"[{pending.parents[-1][0]}:children] names an unknown group {name}", pending.line)

    def _open(self, name: str, state: str, place: Source) -> None:
        name = self._builder.group_name(name)
        if state not in ("hosts", "children", "vars"):
            raise InventoryError(f"[{name}:{state}]: a section is of hosts, children or vars", place.line)
        if name not in self._builder.groups:
            if state == "vars" and name not in self._pending:
                self._pending[name] = _Pending("vars", place.line)
            self._builder.add_group(name, place)
        elif state != "vars":
            self._builder.add_group(name, place)
        if name in self._pending and state != "vars":
            if self._pending[name].state == "children":
                self._add_pending(name)
            else:
                del self._pending[name]
        self._group, self._state = name, state

    def _host(self, line: str, place: Source) -> None:
        try:
            tokens = shlex.split(line, comments=True)
        except ValueError as error:
            raise InventoryError(f"a host line that cannot be split: {error}", place.line) from None
        if not tokens:
            return
        names, port = expand_hosts(tokens[0], place.line)
        if tokens[0].endswith(":") and port is None:
            raise InventoryError(f"{tokens[0]}: the port is missing behind the colon", place.line)
        if "---" in names:
            raise InventoryError("--- begins a YAML file", place.line)
        variables = []
        for token in tokens[1:]:
            name, equals, value = token.partition("=")
            if not equals:
                raise InventoryError("key=value expected behind the name of a host", place.line)
            variables.append(Variable(name, literal(value), place))
        for name in names:
            self._builder.add_host(name, self._group, place, port)
            for variable in variables:
                self._builder.set_host_variable(name, variable)

    def _child(self, line: str, place: Source) -> None:
        found = _GROUP_NAME.match(line)
        if not found:
            raise InventoryError(f"the name of a group expected in [{self._group}:children]", place.line)
        child = found[1]
        if child in self._builder.groups:
            self._builder.add_child(self._group, child, place)
            return
        pending = self._pending.setdefault(child, _Pending("children", place.line))
        pending.parents.append((self._group, place))

    def _add_pending(self, name: str) -> None:
        pending = self._pending.pop(name)
        for parent, place in pending.parents:
            self._builder.add_child(parent, name, place)
            if parent in self._pending and self._pending[parent].state == "children":
                self._add_pending(parent)


def _meaningful(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped and stripped[0] not in ";#":
            yield number, stripped


def literal(text: str) -> Any:
    """The value that Ansible sees in a text of an ini file: a Python literal where it is one, else the text.

    Tuples and sets become lists; what no variable can hold stays text.
    """
    if len(text) > MAX_VALUE:
        return text
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            return _plain(ast.literal_eval(text))
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {_plain(k): _plain(v) for k, v in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        return [_plain(v) for v in (sorted(value, key=repr) if isinstance(value, set | frozenset) else value)]
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if value is ...:
        return "..."
    return str(value) if isinstance(value, complex) else value
