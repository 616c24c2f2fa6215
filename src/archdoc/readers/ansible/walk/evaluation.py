"""Evaluating what tasks say, once for all machines on which it comes to the same: those of one fingerprint."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any, TypeVar

from archdoc.readers.ansible.jinja import Evaluated, Renderer
from archdoc.readers.ansible.jinja.session import Meter
from archdoc.readers.ansible.levels import Fingerprint
from archdoc.readers.ansible.plays.places import Finder, Place
from archdoc.readers.ansible.variables import Variable
from archdoc.readers.ansible.walk.fingerprints import Fingerprints
from archdoc.readers.ansible.walk.frames import Frame
from archdoc.readers.ansible.walk.machines import Machine

MAX_STEPS = 4_000_000
"""After so many steps of evaluations of a repository's projects the rest is left as it is written."""
Result = TypeVar("Result")


class Evaluator:
    """Evaluates for the machines of one project."""

    def __init__(self, finder: Finder) -> None:
        self._finder = finder
        self.meter = Meter(MAX_STEPS)
        self._memo: dict[Hashable, Any] = {}
        self._renderers: dict[tuple[Machine, Frame, Place], tuple[int, Renderer]] = {}
        self._interned: dict[Hashable, Variable] = {}
        self._kept: list[object] = []
        self._fingerprints = Fingerprints()

    def renderer(self, machine: Machine, frame: Frame, place: Place) -> Renderer:
        """A renderer for a task at a place, on a machine."""
        key = (machine, frame, place)
        known = self._renderers.get(key)
        if known is None or known[0] != machine.version:
            known = (
                machine.version,
                Renderer(frame.scope(machine), self._finder.template_files(place), meter=self.meter),
            )
            if len(self._renderers) > 5_000:
                self._renderers.clear()
            self._renderers[key] = known
        return known[1]

    def together(
        self, machines: Iterable[Machine], frame: Frame, place: Place, *values: Any, bare: tuple[Any, ...] = ()
    ) -> list[tuple[Fingerprint, list[Machine]]]:
        """The machines in groups on which ``values`` (and the bare expressions) come to the same."""
        prints = self._fingerprints
        names = frozenset().union(*map(prints.names_of, values), *map(prints.bare_names, bare))
        groups: dict[Fingerprint, list[Machine]] = {}
        for machine in machines:
            groups.setdefault(prints.of(machine, frame, place, names), []).append(machine)
        return list(groups.items())

    def once(self, key: Hashable, compute: Callable[..., Result], *arguments: Any) -> Result:
        """A result that was computed under this key before, or now."""
        if key not in self._memo:
            self._memo[key] = compute(*arguments)
        result: Result = self._memo[key]
        return result

    def values(
        self, owner: object, value: Any, machines: Iterable[Machine], frame: Frame, place: Place
    ) -> list[tuple[Evaluated, list[Machine]]]:
        """A value of a task for each group of machines. ``owner`` is the object it belongs to."""
        found = []
        for fingerprint, group in self.together(machines, frame, place, value):
            key = ("value", id(owner), id(value), fingerprint)
            evaluate = self.renderer(group[0], frame, place).evaluate
            found.append((self.once(key, evaluate, value), group))
        return found

    def holds(self, when: tuple[Any, ...], machine: Machine, frame: Frame, place: Place) -> bool | None:
        """Whether conditions hold on a machine; None when that is not known."""
        if not when:
            return True
        ((fingerprint, _),) = self.together((machine,), frame, place, bare=when)
        key = ("when", tuple(map(id, when)), fingerprint)
        return self.once(key, self._condition, when, machine, frame, place)

    def _condition(self, when: tuple[Any, ...], machine: Machine, frame: Frame, place: Place) -> bool | None:
        return self.renderer(machine, frame, place).condition(list(when))

    def variable(self, key: Hashable, name: str, value: Any, like: Variable) -> Variable:
        """A variable that a task makes; the same object for the same value, so that fingerprints stay."""
        known = self._interned.get(key)
        if known is None or known.value != value:
            known = self._interned[key] = Variable(name, value, like.source)
            self._kept.append(known)
        return known
