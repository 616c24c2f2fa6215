"""What an inventory holds once it has been read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from archdoc.model.facts import Source
from archdoc.model.problem import Problem


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable as it is written: ``value`` may hold templates, and ``Opaque`` where it is vaulted."""

    name: str
    value: Any
    source: Source


@dataclass(frozen=True, slots=True)
class Host:
    """A host of an inventory. ``groups`` are those that list it directly, ``variables`` those of the inventory
    source itself (host_vars files are the business of variables.py)."""

    name: str
    source: Source
    evidence: tuple[Source, ...] = ()
    groups: tuple[str, ...] = ()
    variables: Mapping[str, Variable] = field(default_factory=dict)
    inventory_file: str = ""
    """The source that first named the host."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group of an inventory. ``hosts`` and ``children`` are the direct ones, in the order of the source;
    ``member_lines`` says where each of them is listed."""

    name: str
    source: Source
    evidence: tuple[Source, ...] = ()
    hosts: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    variables: Mapping[str, Variable] = field(default_factory=dict)
    member_lines: Mapping[str, tuple[Source, ...]] = field(default_factory=dict)
    priority: int = 1
    depth: int = 0


@dataclass(frozen=True, slots=True)
class KeyedGroup:
    """One entry of ``keyed_groups`` of an inventory plugin (Ansible's page "constructed")."""

    key: str
    source: Source
    prefix: str = ""
    separator: str = "_"
    default_value: str | None = None
    trailing_separator: bool = True
    parent_group: str = ""


@dataclass(frozen=True, slots=True)
class DynamicInventory:
    """The configuration of an inventory plugin that asks a cloud for its hosts. It is never run.

    ``groups`` maps a group to its condition, ``compose`` a variable to its expression; ``options`` holds every
    other option that is plain data, credentials left out.
    """

    plugin: str
    source: Source
    groups: Mapping[str, Variable] = field(default_factory=dict)
    keyed_groups: tuple[KeyedGroup, ...] = ()
    compose: Mapping[str, Variable] = field(default_factory=dict)
    filters: Any = None
    hostnames: tuple[str, ...] = ()
    leading_separator: bool = True
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InventoryScript:
    """An executable inventory. It is never run; ``names`` are the files of the repository that its text names,
    ``tools`` the programs it calls (``terraform``, ``vagrant``), ``outputs`` the Terraform outputs it asks for,
    each with its place."""

    source: Source
    names: tuple[tuple[str, Source], ...] = ()
    tools: tuple[tuple[str, Source], ...] = ()
    outputs: tuple[tuple[str, Source], ...] = ()


@dataclass(frozen=True, slots=True)
class Inventory:
    """One inventory of a project: all of its sources together.

    ``path`` names it. ``hosts`` and ``groups`` are in the order that Ansible keeps; ``all`` and ``ungrouped``
    are always there.
    """

    path: str
    sources: tuple[str, ...]
    hosts: Mapping[str, Host] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    dynamic: tuple[DynamicInventory, ...] = ()
    scripts: tuple[InventoryScript, ...] = ()
    problems: tuple[Problem, ...] = ()
    rule: str = ""
    """The heuristic that says that it is the project's."""
    skeleton: bool = False
    """No inventory of the project has a host: they are filled in elsewhere, by Terraform or by hand."""

    @property
    def complete(self) -> bool:
        """Whether every host is known: no plugin and no script adds to it when it is run."""
        return (
            not self.skeleton
            and not self.scripts
            and all(d.plugin.rsplit(".", 1)[-1] == "constructed" for d in self.dynamic)
        )

    def group_hosts(self, name: str) -> tuple[str, ...]:
        """The hosts of a group and of all groups below it, in Ansible's order (nothing for an unknown group)."""
        found: dict[str, None] = {}
        for group in self._reached(name, down=True):
            found.update(dict.fromkeys(self.groups[group].hosts))
        return tuple(found)

    def group_parents(self, name: str) -> tuple[str, ...]:
        """The groups above a group, at any height, nearest first."""
        return tuple(self._reached(name, down=False)[1:])

    def host_groups(self, name: str) -> tuple[Group, ...]:
        """The groups a host is in, directly or not, in the order their variables are merged
        (depth, priority, name; ``all`` first)."""
        host = self.hosts.get(name)
        found = {"all": None} if host is not None else {}
        for direct in host.groups if host is not None else ():
            found.update(dict.fromkeys(self._reached(direct, down=False)))
        groups = [self.groups[g] for g in found if g in self.groups]
        return tuple(sorted(groups, key=lambda g: (g.name != "all", g.depth, g.priority, g.name)))

    def group_names(self, host: str) -> tuple[str, ...]:
        """``group_names`` of a host: every group it is in but ``all``, sorted."""
        return tuple(sorted(g.name for g in self.host_groups(host) if g.name != "all"))

    def _reached(self, name: str, down: bool) -> list[str]:
        """A group and those below (or above) it, level by level."""
        found = [name] if name in self.groups else []
        for group in found:
            following = self.groups[group].children if down else self.groups[group].parents
            found.extend(g for g in following if g not in found)
        return found
