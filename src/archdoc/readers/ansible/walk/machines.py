"""The machines that a play is for, and what is known of their variables while the play goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any

from archdoc.model.facts import Source
from archdoc.readers.ansible.hostvariables import ProjectVariables
from archdoc.readers.ansible.inventories import Inventory
from archdoc.readers.ansible.levels import Level, Levels
from archdoc.readers.ansible.variables import HostVars, Precedence, Variable, VariableScope
from archdoc.readers.ansible.variables import VariableLayer as Layer

INCLUDED, SET = 0, 2
"""How a task makes a variable known: places in ``Machine.known``, the one behind each for guesses."""
OF_OTHERS = frozenset({"hostvars", "groups"})
"""Magic variables that lead to what tasks do to any host."""
AT_RUN_TIME = "is set by a task when the play runs"
MAX_MACHINES = 48
"""More hosts of one play are not evaluated one by one: of those in the same groups one stands for all."""


@dataclass(eq=False, slots=True)
class Clock:
    """Counts the changes of variables that other hosts can see."""

    time: int = 0
    changes: int = 0
    """Counts all changes of variables and groups, also of those of which other hosts see no other value."""
    project: int = 0
    """Tells the projects of the walks apart."""
    joined: tuple[tuple[int, str, str], ...] = ()
    """Whom tasks put into which group of which inventory, in order."""
    number: int = field(default_factory=count().__next__)
    """Tells the clocks of walks apart."""


@dataclass(eq=False, slots=True)
class Machine:
    """A host, or a host of some groups of which no more is known.

    ``ids`` are the nodes that it stands for. ``facts`` are what ``set_fact`` and ``include_vars`` gave it so far,
    ``later`` the names that have a value at run time only; both change while plays are walked through.
    """

    ids: tuple[str, ...]
    inventory: int
    clock: Clock
    name: str = ""
    groups: tuple[str, ...] = ()
    known: tuple[dict[str, Variable], ...] = field(default_factory=lambda: ({}, {}, {}, {}))
    """Included, included by a guess, set, set by a guess."""
    later: dict[str, Variable] = field(default_factory=dict)
    scopes: dict[str, VariableScope] = field(default_factory=dict)
    levels: dict[str, Levels] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    """The names of the variables that tasks changed, in order."""
    touched: set[str] = field(default_factory=set)
    """The same names."""
    number: int = field(default_factory=count().__next__)
    """Tells machines apart, those of other walks included."""

    @property
    def version(self) -> int:
        """How often a variable was changed."""
        return len(self.changed)

    def know(self, name: str, variable: Variable, how: int = 2, guessed: bool = False) -> None:
        """A task gives a variable a value that is known, or guessed."""
        target = self.known[how + guessed]
        if target.get(name) is variable and name not in self.later:
            return
        for other in self.known if how == SET else ():
            other.pop(name, None)
        target[name] = variable
        self.later.pop(name, None)
        self.changed.append(name)
        self.touched.add(name)
        self.clock.time += 1
        self.clock.changes += 1

    def forget(self, name: str) -> None:
        """A task gives a variable a value that is not known."""
        if name in self.later:
            return
        before = [known.pop(name, None) for known in self.known]
        if any(variable is not None for variable in before):
            self.clock.time += 1
        self.later[name] = _UNKNOWN
        self.changed.append(name)
        self.touched.add(name)
        self.clock.changes += 1


_UNKNOWN = Variable("", None, Source("."))


class Fleet:
    """The machines of a project while one playbook and those that it imports are walked through."""

    def __init__(
        self,
        inventories: tuple[Inventory, ...],
        variables: tuple[ProjectVariables, ...],
        node_id: Callable[[str, str], str],
        elsewhere: Mapping[str, Variable] | None = None,
    ) -> None:
        """``variables[i]`` are those of ``inventories[i]``; without any inventory there is one of none.
        ``node_id`` gives the id of a ``host`` or ``group`` by its name. ``elsewhere`` are variables that tasks
        set somewhere in the project (rule ``ansible.fact-elsewhere``)."""
        self._elsewhere = elsewhere or {}
        self.inventories = inventories
        self._variables = variables
        self._node_id = node_id
        self._clock = Clock(project=id(inventories))
        self._dynamic: dict[str, list[Machine]] = {}
        self._groups: dict[int, dict[str, list[str]]] = {}
        self._machines: dict[tuple[int, str, tuple[str, ...]], Machine] = {}

    def host(self, inventory: int, name: str) -> Machine:
        """A host of an inventory (or ``localhost``)."""
        key = (inventory, name, ())
        if key not in self._machines:
            self._machines[key] = Machine((self._node_id("host", name),), inventory, self._clock, name)
        return self._machines[key]

    def some_host(self, inventory: int, groups: tuple[str, ...]) -> Machine:
        """Some host of these groups."""
        key = (inventory, "", groups)
        if key not in self._machines:
            ids = tuple(self._node_id("group", group) for group in groups)
            self._machines[key] = Machine(ids, inventory, self._clock, "", groups)
        return self._machines[key]

    def join(self, machine: Machine, group: str) -> None:
        """A task puts a machine into a group (``group_by``, ``add_host``)."""
        members = self._dynamic.setdefault(group, [])
        if machine not in members:
            members.append(machine)
            self._clock.time += 1
            self._clock.changes += 1
            self._clock.joined += ((machine.inventory, group, machine.name),)
            groups = self._groups.get(machine.inventory)
            if groups is not None and machine.name:
                listed = groups.setdefault(group, [])
                if machine.name not in listed:
                    listed.append(machine.name)

    def members(self, group: str) -> list[Machine]:
        """The machines that tasks put into a group."""
        return list(self._dynamic.get(group, ()))

    def _live_groups(self, scope: VariableScope, inventory: int) -> dict[str, Any]:
        """``groups`` with those that tasks make, where the inventory is known whole."""
        known = scope.magic("groups")[1]
        if not isinstance(known, dict):
            return {}
        if inventory not in self._groups:
            self._groups[inventory] = {name: list(hosts) for name, hosts in known.items()}
        return {"groups": self._groups[inventory]}

    def nobody(self) -> Machine:
        """A machine that stands for no host, for roles that no play applies."""
        return self.some_host(0, ())

    def evaluated(self, machines: Iterable[Machine]) -> list[Machine]:
        """The machines to evaluate a play for: all, or one for each set of groups where there are too many."""
        listed = list(machines)
        if len(listed) <= MAX_MACHINES:
            return listed
        together: dict[tuple[Any, ...], list[Machine]] = {}
        for machine in listed:
            inventory = self.inventories[machine.inventory]
            key = (machine.inventory, machine.groups, tuple(inventory.group_names(machine.name)))
            together.setdefault(key, []).append(machine)
        chosen = []
        for group in together.values():
            stand_in = self.host(group[0].inventory, group[0].name) if group[0].name else group[0]
            ids = tuple(dict.fromkeys(i for machine in group for i in machine.ids))
            made = Machine(ids, stand_in.inventory, self._clock, stand_in.name, stand_in.groups)
            made.known, made.later = stand_in.known, stand_in.later
            made.changed, made.touched = stand_in.changed, stand_in.touched
            chosen.append(made)
        return chosen

    def scope(self, machine: Machine, playbook: str) -> VariableScope:
        """The variables of a machine in a play of a playbook, before the play adds its own."""
        if playbook not in machine.scopes:
            provider = self._variables[machine.inventory]
            if machine.name:
                scope = provider.for_host(machine.name, playbook)
            else:
                scope = provider.for_groups(machine.groups, playbook)
            live = (
                Layer(Precedence.COMMAND_LINE, -1, self._elsewhere, guessed=True),
                Layer(Precedence.INCLUDE_VARS, Precedence.INCLUDE_VARS, machine.known[INCLUDED]),
                Layer(Precedence.INCLUDE_VARS, Precedence.INCLUDE_VARS, machine.known[INCLUDED + 1], guessed=True),
                Layer(Precedence.SET_FACTS, Precedence.SET_FACTS, machine.known[SET]),
                Layer(Precedence.SET_FACTS, Precedence.SET_FACTS, machine.known[SET + 1], guessed=True),
                Layer(Precedence.SET_FACTS, Precedence.SET_FACTS + 0.5, machine.later, AT_RUN_TIME),
            )
            layers = tuple(sorted((*scope.layers, *live), key=lambda layer: layer.order))
            scope = VariableScope(layers, scope.magics, scope.merge, scope.vaulted)
            live_magic = self._host_variables(scope, machine.inventory, playbook)
            machine.scopes[playbook] = scope.with_magic({**live_magic, **self._live_groups(scope, machine.inventory)})
        return machine.scopes[playbook]

    def levels(self, machine: Machine, playbook: str) -> Levels:
        """The levels of a machine in a play of a playbook: what tasks do, before what is known of it by itself."""
        if playbook not in machine.levels:
            live = Level(partial(self.scope, machine, playbook))
            provider = self._variables[machine.inventory]
            own = provider.levels(machine.name, machine.groups, playbook)
            machine.levels[playbook] = (
                (machine.touched, live),
                (OF_OTHERS, live),
                (self._elsewhere.keys(), live),
                *own,
            )
        return machine.levels[playbook]

    def _host_variables(self, scope: VariableScope, inventory: int, playbook: str) -> dict[str, Any]:
        """``hostvars`` in which the hosts have what plays gave them so far."""
        found, plain = scope.magic("hostvars")
        if not found or not isinstance(plain, HostVars):
            return {}

        def find(name: str) -> VariableScope | None:
            known = plain.find(name)
            machine = self._machines.get((inventory, name, ()))
            return known if known is None or machine is None else self.scope(machine, playbook)

        return {"hostvars": HostVars(find, plain.names, plain.absent, _Forgetful(self._clock))}


class _Forgetful(dict[Any, Any]):
    """Forgets all once a task changes what a host knows, while plays are walked through."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._seen = clock.changes

    def __contains__(self, key: object) -> bool:
        if self._seen != self._clock.changes:
            self._seen = self._clock.changes
            self.clear()
        return super().__contains__(key)


def each_id(machines: Iterable[Machine]) -> Iterator[str]:
    """The ids of the nodes that machines stand for, each once."""
    return iter(dict.fromkeys(i for machine in machines for i in machine.ids))
