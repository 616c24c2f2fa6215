"""What the names in an expression lead to on a machine, as something to compare.

What an expression gives depends on the names in it, and on the names in the values of these. Machines on which
all of those lead to the same values have the same fingerprint.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from functools import lru_cache
from typing import Any

from archdoc.readers.ansible.jinja.lookups import reads_around
from archdoc.readers.ansible.levels import Fingerprint, Level, Levels, Print
from archdoc.readers.ansible.plays.places import Place
from archdoc.readers.ansible.variables import HostVars, Variable, VariableScope
from archdoc.readers.ansible.walk.frames import Frame
from archdoc.readers.ansible.walk.machines import OF_OTHERS, Machine

MAX_NAMES = 5_000
_TEMPLATE = re.compile(r"\{[{%]")
_NAME = re.compile(r"[A-Za-z_]\w*")
_ANYTHING = "(anything)"
_OPEN_ENDED = frozenset({"vars", "varnames", "include", "import", "extends", "environment", _ANYTHING})
"""Names behind which anything of the scope can be."""
_LOOKUP = re.compile(r"(?<![-\w.])(?:lookup|query|q)\b(?:\s*\(\s*(['\"])([\w.]+)\1\s*[,)])?")
"""A lookup, with its name where that is written out."""
_VARIABLE_BY_NAME = re.compile(
    r"(?<![-\w.])(?:lookup|query|q)\s*\(\s*(['\"])(?:ansible\.builtin\.)?vars\1\s*,"
    r"(?P<term>(?:\s*+(?:'[\w.-]*'|\"[\w.-]*\"|[A-Za-z_][\w.]*+|[+~]))++)\s*\)"
)
"""A variable whose name is put together: ``lookup('vars', 'port_of_' + service)``. What was matched is not given back:
a long word has more ways to be split than could be tried."""
_TERM = re.compile(r"['\"]([\w.-]*)['\"]|[A-Za-z_][\w.]*")
_ALIKE = "~"
"""Before the form of names of which any may be meant."""


class Fingerprints:
    """Makes the fingerprints of one project."""

    def __init__(self) -> None:
        self._names: dict[int, tuple[object, frozenset[str]]] = {}
        self._prints: dict[Fingerprint, Fingerprint] = {}
        self._sets: dict[frozenset[str], frozenset[str]] = {}
        """Fingerprints and sets of names, each kept once: machines by the thousand share them."""
        self._identities: dict[int, tuple[object, Hashable]] = {}
        """Mappings and lists as they are written; they stay with it, so that no others get their identity."""

    def of(self, machine: Machine, frame: Frame, place: Place, names: frozenset[str]) -> Fingerprint:
        """What the names lead to for a task at a place, on a machine."""
        if not names:
            return ()
        key = (names, place.role.path if place.role is not None else "")
        levels = frame.levels(machine)
        for depth, (_, level) in enumerate(levels):
            seen = level.prints.get(key)
            if seen is not None and all(seen.names.isdisjoint(added) for added, _ in levels[:depth]):
                if not level.is_live or _still_holds(seen, machine):
                    return seen.fingerprint
                break
        found: dict[str, Hashable] = {}
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            if name in _OPEN_ENDED or len(found) > MAX_NAMES:
                return (machine.number, machine.version, frame.number, place)
            level = levels[0 if name.startswith(_ALIKE) else -1][1]
            for added, inner in levels:
                if name in added:
                    level = inner
                    break
            known = _definitions_of(level, machine).get(name)
            if known is None:
                behind: list[str] = []
                known = level.definitions[name] = (self._definition(machine, level.scope(), name, behind), behind)
            found[name] = known[0]
            waiting += known[1]
        if place.role is not None and "role_path" in found:
            found["role_path"] = place.role.path
        pairs = sorted(((n, d) for n, d in found.items() if d is not None), key=lambda pair: pair[0])
        made = self._prints.setdefault(tuple(pairs), tuple(pairs))
        self._keep(made, frozenset(found), key, levels, machine)
        return made

    def _keep(
        self,
        made: Fingerprint,
        names: frozenset[str],
        key: tuple[frozenset[str], str],
        levels: Levels,
        machine: Machine,
    ) -> None:
        """Keep a fingerprint at the outermost level at which it is the same, for all that share the level."""
        every = self._sets.setdefault(names, names)
        by_form = any(name.startswith(_ALIKE) for name in every)
        level = levels[0 if by_form else -1][1]
        for added, inner in levels[:0] if by_form else levels[:-1]:
            if not every.isdisjoint(added):
                level = inner
                break
        is_wide = by_form or not every.isdisjoint(OF_OTHERS)
        level.prints[key] = Print(every, made, is_wide, machine.version, machine.clock.changes)

    def _definition(self, machine: Machine, scope: VariableScope, name: str, behind: list[str]) -> Hashable:
        """What a name leads to, as something to compare; the names behind it are put on the list."""
        if name.startswith(_ALIKE):
            meant = re.compile(name[len(_ALIKE) :])
            alike = tuple(n for n in scope.names() if meant.fullmatch(n))
            behind += alike
            return alike
        is_magic, value = scope.magic(name)
        if is_magic:
            if isinstance(value, HostVars):
                return (machine.inventory, machine.clock.number, machine.clock.time)
            if name == "groups":
                return ("groups", machine.inventory, machine.clock.project, machine.clock.joined)
            return value if isinstance(value, str) else _magic_key(value, machine)
        if scope.merge:
            defined = [layer.variables[name].value for layer in scope.layers if name in layer.variables]
            behind += [inner for value in defined for inner in self.names_of(value)]
            return (*map(self._identity, defined), scope.guess(name)) if defined else None
        variable = scope.found(name)
        if not isinstance(variable, Variable):
            return variable
        behind += self.names_of(variable.value)
        return (self._identity(variable.value), scope.guess(name))

    def _identity(self, value: Any) -> Hashable:
        """A value as something to compare: of one type, and written the same."""
        if isinstance(value, str):
            return (str, value)
        if value is None or isinstance(value, bool | int | float):
            return (type(value), value)
        if not isinstance(value, dict | list):
            return id(value)
        known = self._identities.get(id(value))
        if known is None:
            known = self._identities[id(value)] = (value, (type(value), repr(value)))
        return known[1]

    def names_of(self, value: Any) -> frozenset[str]:
        """The names in the templates of a value (more than there are, never fewer)."""
        if isinstance(value, str):
            return _names_in(str.__str__(value)) if _TEMPLATE.search(value) else frozenset()
        if not isinstance(value, dict | list | tuple):
            return frozenset()
        known = self._names.get(id(value))
        if known is None or known[0] is not value:
            inner = value.values() if isinstance(value, dict) else value
            found = frozenset().union(*(self.names_of(item) for item in inner)) if value else frozenset()
            if isinstance(value, dict):
                found |= frozenset().union(*(self.names_of(k) for k in value if isinstance(k, str)), frozenset())
            known = self._names[id(value)] = (value, found)
        return known[1]

    def bare_names(self, value: Any) -> frozenset[str]:
        """The names in expressions that stand without braces, as conditions do."""
        if isinstance(value, list | tuple):
            return frozenset().union(*(self.bare_names(item) for item in value), frozenset())
        return _names_in(str.__str__(value)) if isinstance(value, str) else frozenset()


@lru_cache(maxsize=16_384)
def _names_in(text: str) -> frozenset[str]:
    forms: list[str] = []

    def alike(found: re.Match[str]) -> str:
        terms = list(_TERM.finditer(found["term"]))
        if not any(term[1] for term in terms):
            return found[0]
        forms.append(_ALIKE + "".join(".*" if term[1] is None else re.escape(term[1]) for term in terms))
        return " ".join(term[0] for term in terms if term[1] is None)

    text = _VARIABLE_BY_NAME.sub(alike, text)
    names = frozenset(_NAME.findall(text)).union(forms)
    if any(not lookup[2] or reads_around(lookup[2]) for lookup in _LOOKUP.finditer(text)):
        return names | {_ANYTHING}
    return names


def _still_holds(seen: Print, machine: Machine) -> bool:
    """Whether no task has changed one of the names of a fingerprint since it was made."""
    if seen.changes != machine.clock.changes:
        if seen.is_wide or not seen.names.isdisjoint(machine.changed[seen.version :]):
            return False
        seen.version, seen.changes = machine.version, machine.clock.changes
    return True


def _definitions_of(level: Level, machine: Machine) -> dict[str, tuple[Hashable, list[str]]]:
    """What names of a level were found to lead to, without those that tasks have changed since."""
    definitions = level.definitions
    if level.is_live and level.changes != machine.clock.changes:
        if changed := machine.changed[level.version :]:
            for name in (*changed, *[n for n in definitions if n.startswith(_ALIKE)]):
                definitions.pop(name, None)
        for name in OF_OTHERS:
            definitions.pop(name, None)
        level.version, level.changes = machine.version, machine.clock.changes
    return definitions


def _magic_key(value: Any, machine: Machine) -> Hashable:
    if isinstance(value, list):
        return tuple(map(str, value))
    return machine.number
