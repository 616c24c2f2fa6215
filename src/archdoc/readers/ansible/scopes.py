"""Who runs what tasks put on hosts: the one host, the group of exactly these hosts, else the role or play itself."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable

from archdoc.readers.ansible.inventories import Inventory
from archdoc.readers.ansible.projects import Project


class Scopes:
    """Finds the scope of services (the middle of ``service:<scope>:<name>``) from the hosts that a task reaches.

    A scope of a project that is not at the top of the repository begins with the project's path: two projects may
    both have a group of one name.
    """

    def __init__(self) -> None:
        self._groups: dict[frozenset[str], str] = {}
        self._members: dict[str, set[str]] = {}

    def add(self, project: Project, inventories: Iterable[Inventory]) -> None:
        """The groups of a project; one that several inventories have is one, with the hosts of all of them."""
        members: dict[str, set[str]] = {}
        depths: dict[str, int] = {}
        for inventory in inventories:
            for name, group in inventory.groups.items():
                hosts = {project.id("host", host) for host in inventory.group_hosts(name)}
                members.setdefault(name, set()).update(hosts)
                depths[name] = max(depths.get(name, 0), group.depth)
        self._members |= {project.id("group", name): hosts for name, hosts in members.items()}
        deepest_first = sorted(members, key=lambda name: (-depths[name], name == "ungrouped", name))
        for name in deepest_first:
            if not members[name]:
                continue
            self._groups.setdefault(frozenset(members[name]), project.id("group", name))

    def of(self, hosts: Collection[str], owner: str) -> str:
        """The scope of what lands on ``hosts`` (ids of hosts or groups), put there by ``owner`` (a role, play …)."""
        inside = {host for one in hosts for host in self._members.get(one, ())}  # of a group that is listed itself
        apart = [one for one in hosts if one not in inside]
        alone = apart[0] if len(apart) == 1 else self._groups.get(frozenset(apart))
        if alone is None:
            alone = next((one for one in apart if one.endswith(":group:all")), None)
        return _name(alone or owner)


def _name(node_id: str) -> str:
    """A node's own name behind its project's path; that of a file without its extension."""
    _, project, kind, name = node_id.split(":", 3)
    if kind == "play":
        name = name.partition(".yml:")[0].partition(".yaml:")[0]
    elif kind == "task_file":
        name = posixpath.splitext(name)[0]
    return name if project == "." else f"{project}/{name}"
