"""Who runs what tasks put on hosts: the one host, the group of exactly these hosts, else the role or play itself."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable

from archdoc.readers.ansible.inventories import Inventory
from archdoc.readers.ansible.projects import Project


class Scopes:
    """Finds the scope of services (the middle of ``service:<scope>:<name>``) from the hosts that a task reaches.

    A scope of a project that is not at the top of the repository begins with the project's path: two projects may
    both have a group of one name. So may two inventories of a project (staging, production): where they have other
    hosts in it, the inventory's own name stands before the group's.
    """

    def __init__(self) -> None:
        self._groups: dict[frozenset[str], str] = {}
        self._members: dict[str, set[str]] = {}
        self._inventories: dict[str, tuple[str, ...]] = {}
        """The inventories that each host is in."""
        self._labels: dict[str, str] = {}
        self._within: dict[tuple[str, frozenset[str]], str] = {}

    def add(self, project: Project, inventories: Iterable[Inventory]) -> None:
        """The groups of a project, in all of its inventories together and in each of them."""
        found = [i for i in inventories if i.path]
        members: dict[str, set[str]] = {}
        depths: dict[str, int] = {}
        for inventory in found:
            for name, group in inventory.groups.items():
                hosts = {project.id("host", host) for host in inventory.group_hosts(name)}
                members.setdefault(name, set()).update(hosts)
                depths[name] = max(depths.get(name, 0), group.depth)
            for host in inventory.hosts:
                known = self._inventories.get(project.id("host", host), ())
                self._inventories[project.id("host", host)] = (*known, inventory.path)
        self._members |= {project.id("group", name): hosts for name, hosts in members.items()}
        self._labels |= inventory_labels([i.path for i in found])
        deepest_first = sorted(members, key=lambda name: (-depths[name], name == "ungrouped", name))
        for name in deepest_first:
            if not members[name]:
                continue
            self._groups.setdefault(frozenset(members[name]), project.id("group", name))
            for inventory in found:
                hosts = {project.id("host", host) for host in inventory.group_hosts(name)}
                if hosts and hosts != members[name]:
                    self._within.setdefault((inventory.path, frozenset(hosts)), project.id("group", name))

    def apart(self, hosts: Collection[str]) -> list[tuple[str, ...]]:
        """The hosts of each inventory by themselves; those of no inventory or of several, and groups, together."""
        found: dict[tuple[str, ...], list[str]] = {}
        for host in hosts:
            inventories = self._inventories.get(host, ())
            found.setdefault(inventories if len(inventories) == 1 else (), []).append(host)
        return [tuple(found[key]) for key in sorted(found)]

    def of(self, hosts: Collection[str], owner: str, labelled: bool = False) -> str:
        """The scope of what lands on ``hosts`` (ids of hosts or groups), put there by ``owner`` (a role, play …).

        ``labelled``: what lands on hosts of several inventories is told apart by the name of the inventory."""
        inside = {host for one in hosts for host in self._members.get(one, ())}  # of a group that is listed itself
        apart = [one for one in hosts if one not in inside]
        alone = apart[0] if len(apart) == 1 else self._groups.get(frozenset(apart))
        if alone is None:
            inventories = {self._inventories.get(host, ()) for host in apart}
            if len(inventories) == 1 and len(only := next(iter(inventories))) == 1:
                group = self._within.get((only[0], frozenset(apart)))
                if group or labelled:
                    return _name(group or owner, self._labels.get(only[0], ""))
            alone = next((one for one in apart if one.endswith(":group:all")), None)
        return _name(alone or owner)


def inventory_labels(paths: list[str]) -> dict[str, str]:
    """What tells inventories apart: the first part of their paths, from the end, in which they differ."""
    parts = {path: path.split("/") for path in paths}
    for back in range(1, max((len(p) for p in parts.values()), default=0) + 1):
        words = {path: found[-back] if len(found) >= back else "" for path, found in parts.items()}
        if len(set(words.values())) == len(paths):
            return {path: posixpath.splitext(word)[0] for path, word in words.items()}
    return {path: path for path in paths}


def _name(node_id: str, label: str = "") -> str:
    """A node's own name behind its project's path and ``label``; that of a file without its extension."""
    _, project, kind, name = node_id.split(":", 3)
    if kind == "play":
        name = name.partition(".yml:")[0].partition(".yaml:")[0]
    elif kind == "task_file":
        name = posixpath.splitext(name)[0]
    return "/".join(part for part in ("" if project == "." else project, label, name) if part)
