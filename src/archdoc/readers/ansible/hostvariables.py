"""The variables of a project's hosts: inventory, group_vars and host_vars, in Ansible's order."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from archdoc.model.facts import Source
from archdoc.readers.ansible.inventories.model import Group, Inventory
from archdoc.readers.ansible.jinja.lazy import Lookups
from archdoc.readers.ansible.jinja.session import Session
from archdoc.readers.ansible.jinja.symbolic import Missing, Unknown
from archdoc.readers.ansible.levels import Level, Levels
from archdoc.readers.ansible.projects import Project
from archdoc.readers.ansible.strayvars import StrayVariables
from archdoc.readers.ansible.variables import (
    HostVars,
    Precedence,
    Variable,
    VariableLayer,
    VariableScope,
    absolute,
    is_vaulted,
    load_vars_file,
    vars_files,
)
from archdoc.readers.ansible.yamlfiles import YamlFiles
from archdoc.readers.files import normal

_OF_HOST = frozenset(
    {"inventory_hostname", "inventory_hostname_short", "group_names", "inventory_file", "inventory_dir"}
)
"""Magic variables that every host has of its own."""
_LOCAL_ADDRESSES = frozenset({"localhost", "127.0.0.1", "::1"})


class ProjectVariables:
    """The variables of a project's inventory, group_vars and host_vars, for any host or group of it."""

    def __init__(
        self,
        files: YamlFiles,
        project: Project,
        inventory: Inventory | None,
        extra: Mapping[str, Any] | None = None,
        stray: bool = True,
    ) -> None:
        """``inventory`` is None for a play that no inventory is known for; ``extra`` are variables as ``-e`` gives
        them; ``stray`` is false when the rule ``ansible.stray-vars`` is switched off."""
        self._files = files
        self._project = project
        self._inventory = inventory or Inventory("", ())
        self._known = inventory is not None
        self._extra = {name: Variable(name, v, Source("archdoc.toml")) for name, v in (extra or {}).items()}
        self._beside_inventory = self._inventory_directories()
        self._entities: dict[tuple[str, str], tuple[dict[str, Variable], tuple[str, ...]]] = {}
        self._members: dict[str, tuple[str, ...]] = {}
        self._hosts: dict[tuple[str, str], VariableScope] = {}
        self._shared: dict[tuple[tuple[str, ...], str], VariableScope] = {}
        self._levels: dict[tuple[tuple[str, ...], str], tuple[frozenset[str], Level]] = {}
        self._stray = StrayVariables(files, project, self._inventory.complete and self._known) if stray else None

    def for_host(self, host: str, playbook: str = "") -> VariableScope:
        """What a task sees on a host in a play of ``playbook`` (the first playbook of the chain), before the play,
        its roles and its tasks add to it."""
        known = self._inventory.hosts.get(host)
        key = (host, _directory(playbook) if known is not None else playbook)
        if key not in self._hosts:
            names = list(self._inventory.group_names(host)) if known is not None else []
            magic: dict[str, Any] = {
                "inventory_hostname": host,
                "inventory_hostname_short": host if _is_number(host) else host.partition(".")[0],
                "group_names": names,
            }
            if known is not None and known.inventory_file:
                magic["inventory_file"] = absolute(known.inventory_file)
                magic["inventory_dir"] = absolute(posixpath.dirname(known.inventory_file) or ".")
            shared = self._of_groups(self._groups_of_host(host), playbook)
            layers, vaulted = self._of_host(host, playbook)
            scope = VariableScope(
                layers=tuple(sorted((*shared.layers, *layers), key=lambda layer: layer.order)),
                merge=shared.merge,
                vaulted=tuple(dict.fromkeys((*shared.vaulted, *vaulted))),
            )
            self._hosts[key] = scope.with_magic({**magic, **self._common_magic(playbook)})
        return self._hosts[key]

    def for_groups(self, groups: Iterable[str], playbook: str = "") -> VariableScope:
        """What a task sees on some host of these groups, of which no more is known: for hosts that only a plugin or
        a script tells. A group need not be in the inventory for its ``group_vars`` to count."""
        scope = self._of_groups(self._groups_by_name(groups), playbook)
        unknown = {n: Unknown(n, f"{n} is known only when the play runs") for n in _OF_HOST}
        return scope.with_magic({**unknown, **self._common_magic(playbook)})

    def levels(self, host: str, groups: Iterable[str], playbook: str) -> Levels:
        """The levels of ``for_host`` (without a host: of ``for_groups``): what is of the host alone, and what all
        hosts of its groups share."""
        listed = self._groups_of_host(host) if host else self._groups_by_name(groups)
        layers, vaulted = self._of_host(host, playbook) if host else ([], ())
        scope = partial(self.for_host, host, playbook) if host else partial(self.for_groups, tuple(groups), playbook)
        own = (_OF_HOST.union(*(layer.variables for layer in layers)), Level(scope, is_live=False))
        if vaulted:  # what they define, if only for this host, is not known
            return (own,)
        key = (tuple(group.name for group in listed), _directory(playbook))
        if key not in self._levels:
            shared = self._of_groups(listed, playbook).with_magic(self._common_magic(playbook))
            self._levels[key] = (frozenset(), Level(lambda: shared, is_live=False))
        return (own, self._levels[key])

    # -- layers -----------------------------------------------------------------------------------------------

    def _groups_of_host(self, host: str) -> list[Group]:
        return [g for g in self._inventory.host_groups(host) if g.name != "all"]

    def _groups_by_name(self, groups: Iterable[str]) -> list[Group]:
        """These groups and those above them, in the order in which their variables count."""
        names = list(dict.fromkeys(groups))
        above = {p for name in names for p in self._inventory.group_parents(name)} - {"all"}
        known = [
            self._inventory.groups.get(n) or Group(n, Source(self._project.path)) for n in (*names, *sorted(above))
        ]
        return sorted((g for g in known if g.name != "all"), key=lambda g: (g.depth, g.priority, g.name))

    def _of_groups(self, groups: list[Group], playbook: str) -> VariableScope:
        """What all hosts of these groups share."""
        names = [g.name for g in groups]
        key = (tuple(names), _directory(playbook))
        if key not in self._shared:
            self._shared[key] = self._layered(groups, names, playbook)
        return self._shared[key]

    def _layered(self, groups: list[Group], names: list[str], playbook: str) -> VariableScope:
        settings = self._project.settings
        beside_play = (_directory(playbook),) if playbook else ()
        every = self._inventory.groups.get("all")
        sources = {
            "all_inventory": (Precedence.INVENTORY_FILE_GROUP, [every.variables] if every is not None else []),
            "groups_inventory": (Precedence.INVENTORY_FILE_GROUP, [g.variables for g in groups]),
            "all_plugins_inventory": (
                Precedence.INVENTORY_GROUP_ALL,
                self._files_of("group_vars", self._beside_inventory, ["all"]),
            ),
            "all_plugins_play": (Precedence.PLAYBOOK_GROUP_ALL, self._files_of("group_vars", beside_play, ["all"])),
            "groups_plugins_inventory": (
                Precedence.INVENTORY_GROUP,
                self._files_of("group_vars", self._beside_inventory, names),
            ),
            "groups_plugins_play": (Precedence.PLAYBOOK_GROUP, self._files_of("group_vars", beside_play, names)),
        }
        scope_layers: list[VariableLayer] = []
        managed = Variable("ansible_managed", settings.ansible_managed, settings.source("ansible_managed"))
        scope_layers.append(VariableLayer(Precedence.COMMAND_LINE, 1, {"ansible_managed": managed}))
        for index, entry in enumerate(e for e in settings.precedence if e in sources):
            precedence, found = sources[entry]
            scope_layers += [VariableLayer(precedence, 3 + index / 10, variables) for variables in found if variables]
        if self._stray is not None:
            scope_layers += self._stray.of_groups(names)
        if self._extra:
            scope_layers.append(VariableLayer(Precedence.EXTRA_VARS, Precedence.EXTRA_VARS, self._extra))
        vaulted = self._vaulted("group_vars", [*self._beside_inventory, *beside_play], ["all", *names])
        return VariableScope(
            layers=tuple(sorted(scope_layers, key=lambda layer: layer.order)),
            merge=settings.hash_behaviour == "merge",
            vaulted=vaulted,
        )

    def _of_host(self, host: str, playbook: str) -> tuple[list[VariableLayer], tuple[str, ...]]:
        """What a host has of its own, and its variable files that are vaulted whole."""
        beside_play = (_directory(playbook),) if playbook else ()
        known = self._inventory.hosts.get(host)
        own = known.variables if known is not None else _implicit(host, Source(playbook or self._project.path))
        layers = [VariableLayer(Precedence.INVENTORY_FILE_HOST, 8, own)]
        for precedence, directories in (
            (Precedence.INVENTORY_HOST, self._beside_inventory),
            (Precedence.PLAYBOOK_HOST, beside_play),
        ):
            found = self._files_of("host_vars", directories, [host])
            layers += [VariableLayer(precedence, precedence, variables) for variables in found]
        if self._stray is not None:
            layers += self._stray.of_host(host)
        return layers, self._vaulted("host_vars", [*self._beside_inventory, *beside_play], [host])

    def _files_of(self, kind: str, directories: Iterable[str], names: Iterable[str]) -> list[Mapping[str, Variable]]:
        """The variables of groups or hosts in the files beside an inventory or a playbook."""
        found = [self._entity(posixpath.join(d, kind), name)[0] for d in directories for name in names]
        return [variables for variables in found if variables]

    def _entity(self, directory: str, name: str) -> tuple[dict[str, Variable], tuple[str, ...]]:
        """The variables of a group or host in one directory, and the files there that are vaulted whole."""
        key = (normal(directory), name)
        if key not in self._entities:
            variables: dict[str, Variable] = {}
            vaulted = []
            for path in vars_files(self._files, key[0], name):
                if is_vaulted(self._files, path):
                    vaulted.append(path)
                variables.update(load_vars_file(self._files, path))
            self._entities[key] = (variables, tuple(vaulted))
        return self._entities[key]

    def _vaulted(self, kind: str, directories: Iterable[str], names: Iterable[str]) -> tuple[str, ...]:
        """The variable files of groups or hosts that are vaulted whole."""
        listed = list(names)
        found = (
            path for d in directories for name in listed for path in self._entity(posixpath.join(d, kind), name)[1]
        )
        return tuple(dict.fromkeys(found))

    def _inventory_directories(self) -> tuple[str, ...]:
        """Where group_vars and host_vars lie beside the inventory: in a source that is a directory, else beside it."""
        repo = self._files.repo
        return tuple(
            dict.fromkeys(s if repo.is_directory(s) else posixpath.dirname(s) or "." for s in self._inventory.sources)
        )

    # -- magic ------------------------------------------------------------------------------------------------

    def _common_magic(self, playbook: str) -> dict[str, Any]:
        return {
            "groups": self._groups(),
            "hostvars": self._hostvars(playbook),
            **({"playbook_dir": absolute(_directory(playbook))} if playbook else {}),
        }

    def _absent(self, expression: str) -> Any:
        """What stands for a host or group that the inventory does not name."""
        if self._known and self._inventory.complete:
            return Missing(expression, f"{expression} is not in the inventory")
        return Unknown(expression, f"{expression} depends on an inventory that is known only when it is run")

    def _groups(self) -> Any:
        if not self._members:
            self._members = {name: self._inventory.group_hosts(name) for name in self._inventory.groups}
        named = {name: list(hosts) for name, hosts in self._members.items()}
        if self._known and self._inventory.complete:
            return named

        def find(key: str, _: Session) -> Any:
            return named.get(key) or self._absent(f"groups[{key!r}]")

        return Lookups(find, lambda: list(named), "the groups are known only when the inventory is run")

    def _hostvars(self, playbook: str) -> HostVars:
        def find(host: str) -> VariableScope | None:
            if host in self._inventory.hosts or host in _LOCAL_ADDRESSES:
                return self.for_host(host, playbook)
            return None

        return HostVars(find, tuple(self._inventory.hosts), self._absent)


def _directory(playbook: str) -> str:
    """The directory of a playbook; "" where there is none."""
    return (posixpath.dirname(playbook) or ".") if playbook else ""


def _implicit(host: str, place: Source) -> dict[str, Variable]:
    """What Ansible gives a localhost that no inventory names."""
    if host not in _LOCAL_ADDRESSES:
        return {}
    return {"ansible_connection": Variable("ansible_connection", "local", place)}


def _is_number(host: str) -> bool:
    """Whether a host is named by its address, which then has no short form."""
    return host.replace(".", "").isdigit() or ":" in host
