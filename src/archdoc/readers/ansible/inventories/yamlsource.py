"""Inventories in YAML and TOML
(https://docs.ansible.com/ansible/latest/collections/ansible/builtin/yaml_inventory.html)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping as AnyMapping
from typing import Any

from archdoc.model.facts import Source
from archdoc.model.problem import Problem, Severity
from archdoc.readers.ansible.inventories.build import Builder, InventoryError, expand_hosts
from archdoc.readers.ansible.inventories.model import Variable
from archdoc.readers.yamldoor import Mapping, Value

SECTIONS = ("vars", "children", "hosts")


def plugin_name(value: Value) -> str:
    """The inventory plugin that a file configures, or "" when it configures none."""
    plugin = value.get("plugin") if isinstance(value, dict) else None
    return str(plugin) if isinstance(plugin, str) and re.fullmatch(r"[\w.]+", plugin) else ""


def looks_like_yaml_inventory(value: Value) -> bool:
    """Whether a document has the shape of an inventory: groups of hosts, children and vars, or a plugin."""
    if plugin_name(value):
        return True
    if not isinstance(value, dict) or not value:
        return False
    return all(isinstance(k, str) and (v is None or _is_group(v)) for k, v in value.items()) and any(value.values())


def _is_group(value: Any) -> bool:
    return isinstance(value, dict) and all(
        key in SECTIONS and (inner is None or isinstance(inner, dict | str)) for key, inner in value.items()
    )


def read_yaml(builder: Builder, value: Value, path: str) -> list[Problem]:
    """Read one YAML inventory; InventoryError where Ansible gives up. What it passes over is a Problem."""
    if not value:
        raise InventoryError("the file is empty", 1)
    if not isinstance(value, Mapping):
        raise InventoryError("an inventory is a mapping of groups", 1)
    reader = _Reader(builder, path)
    for name, data in value.items():
        reader.group(name, data, value.line_of(name))
    return reader.problems


class _Reader:
    def __init__(self, builder: Builder, path: str) -> None:
        self._builder = builder
        self._path = path
        self.problems: list[Problem] = []

    def group(self, name: Any, data: Value, line: int) -> str:
        """Read a group and what is below it; the name it is kept under."""
        if data is not None and not isinstance(data, Mapping):
            self._pass_over(f"{name} is no group: a mapping of hosts, children and vars", line)
            return f"{name}"
        if not isinstance(name, str):
            raise InventoryError(f"the name of a group is text, not {name!r}", line)
        kept: str = self._builder.add_group(str(name), Source(self._path, line))
        if data is not None:
            self._fill(kept, data)
        return kept

    def _fill(self, name: str, data: Mapping) -> None:
        sections = {key: self._section(name, data, key) for key in SECTIONS if key in data}
        for key in data:
            if key not in SECTIONS:
                self._pass_over(f"{key} in the group {name}: only hosts, children and vars count", data.line_of(key))
                continue
            entries = sections[key]
            if entries is None:
                continue
            if key == "vars":
                for variable in entries:
                    place = Source(self._path, entries.line_of(variable))
                    self._builder.set_group_variable(name, Variable(str(variable), entries[variable], place))
            elif key == "children":
                for child in entries:
                    kept = self.group(child, entries[child], entries.line_of(child))
                    if kept not in self._builder.groups:
                        raise InventoryError(f"{child} is not a known group", entries.line_of(child))
                    self._builder.add_child(name, kept, Source(self._path, entries.line_of(child)))
            else:
                for pattern in entries:
                    self._host(name, pattern, entries[pattern], entries.line_of(pattern))

    def _section(self, group: str, data: Mapping, key: str) -> Mapping | None:
        section = data[key]
        if isinstance(section, str):
            only = Mapping(data.line_of(key), data.line_of(key))
            only[section] = None
            return only
        if section is not None and not isinstance(section, Mapping):
            raise InventoryError(f"{key} of the group {group} must be a mapping", data.line_of(key))
        return section

    def _host(self, group: str, pattern: Any, data: Value, line: int) -> None:
        if not isinstance(pattern, str):
            raise InventoryError(f"the name of a host is text, not {pattern!r}: put it in quotes", line)
        names, port = expand_hosts(str(pattern), line)
        if data and not isinstance(data, Mapping):
            raise InventoryError(f"the variables of {pattern} must be a mapping", line)
        for name in names:
            self._builder.add_host(name, group, Source(self._path, line), port)
            if isinstance(data, Mapping):
                for key, value in data.items():
                    place = Source(self._path, data.line_of(key))
                    self._builder.set_host_variable(name, Variable(str(key), value, place))

    def _pass_over(self, message: str, line: int) -> None:
        self.problems.append(Problem(Severity.WARNING, "ANS011", message, Source(self._path, line)))


def read_toml(builder: Builder, text: str, path: str) -> None:
    """Read one TOML inventory; InventoryError where Ansible gives up."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        raise InventoryError(f"not valid TOML: {error}", int(found[1]) if found else 1) from None
    if not data or data.get("plugin"):
        raise InventoryError("the file is empty" if not data else "a plugin is configured in YAML", 1)
    lines = text.splitlines()
    for group, entries in data.items():
        if not isinstance(entries, AnyMapping):
            continue
        name = builder.add_group(group, Source(path, _toml_line(lines, group)))
        hosts, children, values = (entries.get(key) or {} for key in ("hosts", "children", "vars"))
        if not (isinstance(hosts, dict) and isinstance(children, list | dict) and isinstance(values, dict)):
            raise InventoryError(f"the group {group}: hosts and vars are tables, children is a list", 1)
        for key, value in values.items():
            builder.set_group_variable(name, Variable(key, value, Source(path, _toml_line(lines, key))))
        for child in children:
            place = Source(path, _toml_line(lines, str(child)))
            builder.add_child(name, builder.add_group(str(child), place), place)
        for pattern, variables in hosts.items():
            place = Source(path, _toml_line(lines, pattern))
            names, port = expand_hosts(pattern, place.line)
            for host in names:
                builder.add_host(host, name, place, port)
                for key, value in (variables or {}).items():
                    builder.set_host_variable(host, Variable(key, value, place))


def _toml_line(lines: list[str], word: str) -> int:
    """The first line that holds a word; TOML readers keep no lines."""
    found = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])")
    return next((n for n, line in enumerate(lines, 1) if found.search(line)), 1)
