"""The variables that a task sees: those of the machine, and what the play, roles, includes and blocks around add."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from itertools import count
from typing import Any

from archdoc.readers.ansible.levels import Level, Levels
from archdoc.readers.ansible.plays.tasks import Task
from archdoc.readers.ansible.variables import Precedence, Variable, VariableScope
from archdoc.readers.ansible.walk.machines import Fleet, Machine

_numbers = count()
Layers = Iterable[tuple[Precedence, Mapping[str, Variable]]]


class Frame:
    """One level of code around a task. Scopes are made once for each machine."""

    def __init__(
        self,
        parent: Frame | None,
        layers: Layers = (),
        magics: Mapping[str, Any] | None = None,
        unknown: tuple[tuple[str, ...], str, Precedence] | None = None,
    ) -> None:
        """``unknown``: names that get their value at run time, why, and their precedence."""
        self.parent = parent
        self.number = next(_numbers)
        self._layers = tuple((precedence, variables) for precedence, variables in layers if variables)
        self._magics = magics or {}
        self._unknown = unknown
        self._scopes: dict[Machine, VariableScope] = {}
        self._own: dict[Machine, list[tuple[Precedence, Mapping[str, Variable]]]] = {}
        self._inner: dict[Any, Frame] = {}
        self._names = frozenset().union(self._magics, unknown[0] if unknown else (), *(v for _, v in self._layers))
        self._levels: dict[Machine, Levels] = {}

    def add_for(self, machine: Machine, precedence: Precedence, variables: Mapping[str, Variable]) -> None:
        """Variables that this level adds for one machine only."""
        if variables:
            self._own.setdefault(machine, []).append((precedence, variables))
            self._scopes.pop(machine, None)
            self._levels.pop(machine, None)

    def levels(self, machine: Machine) -> Levels:
        """The levels of what a task at this one sees on a machine."""
        if machine not in self._levels:
            assert self.parent is not None
            names = self._names.union(*(variables for _, variables in self._own.get(machine, ())))
            around = self.parent.levels(machine)
            self._levels[machine] = ((names, Level(partial(self.scope, machine))), *around) if names else around
        return self._levels[machine]

    def scope(self, machine: Machine) -> VariableScope:
        """What a task at this level sees on a machine."""
        if machine not in self._scopes:
            self._scopes[machine] = self._make(machine)
        return self._scopes[machine]

    def _make(self, machine: Machine) -> VariableScope:
        assert self.parent is not None
        scope = self.parent.scope(machine)
        for precedence, variables in (*self._layers, *self._own.get(machine, ())):
            scope = scope.with_variables(precedence, variables)
        if self._unknown is not None:
            names, reason, precedence = self._unknown
            scope = scope.with_unknown(names, reason, precedence)
        return scope.with_magic(self._magics) if self._magics else scope

    def of_task(self, task: Task) -> Frame:
        """The level of one task: what its blocks and the task itself add."""
        if not task.variables and not task.block_variables:
            return self
        if task not in self._inner:
            layers = ((Precedence.BLOCK_VARS, task.block_variables), (Precedence.TASK_VARS, task.variables))
            self._inner[task] = Frame(self, layers)
        return self._inner[task]


class RootFrame(Frame):
    """The level below everything: what inventories and variable files say of a machine."""

    def __init__(self, fleet: Fleet, playbook: str) -> None:
        super().__init__(None)
        self._fleet = fleet
        self._playbook = playbook

    def levels(self, machine: Machine) -> Levels:
        """Those of a machine by itself."""
        return self._fleet.levels(machine, self._playbook)

    def scope(self, machine: Machine) -> VariableScope:
        """What a play of the playbook sees on a machine before it adds its own."""
        return self._fleet.scope(machine, self._playbook)
