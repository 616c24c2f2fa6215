"""Variables that hold templates in mappings and lists: an element is evaluated when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from archdoc.readers.ansible.jinja.session import Session
from archdoc.readers.ansible.jinja.symbolic import OMIT, Unknown

Convert = Callable[[Any, str, Session], Any]
"""From a raw value, the name it stands under and the session to its value."""


class LazyMap:
    """A mapping whose values are evaluated one by one."""

    def __init__(self, raw: dict[Any, Any], convert: Convert) -> None:
        self._raw = raw
        self._convert = convert
        self._values: dict[Any, tuple[Any, tuple[str, ...]]] = {}
        self._active: set[Any] = set()

    def keys(self) -> list[Any]:
        """Its keys, in order."""
        return [_plain_key(key) for key in self._raw]

    def __contains__(self, key: object) -> bool:
        return key in self._raw

    def __len__(self) -> int:
        return len(self._raw)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.keys())

    def value(self, key: Any, session: Session) -> Any:
        """The value of a key that is there."""
        if key not in self._values:
            if key in self._active:
                return Unknown(str(key), f"{key} refers to itself")
            self._active.add(key)
            try:
                self._values[key] = session.recorded(lambda: self._convert(self._raw[key], str(key), session))
            finally:
                self._active.discard(key)
        value, guesses = self._values[key]
        session.guess_all(guesses)
        return value

    def force(self, session: Session) -> dict[Any, Any]:
        """The whole mapping as plain data, unknowns in it."""
        session.charge(len(self._raw))
        pairs = ((_plain_key(key), force(self.value(key, session), session)) for key in self._raw)
        return {key: value for key, value in pairs if value is not OMIT}


class LazyList:
    """A list whose items are evaluated one by one; ``name`` is the one the list stands under."""

    def __init__(self, raw: list[Any], name: str, convert: Convert) -> None:
        self._raw = raw
        self._name = name
        self._convert = convert
        self._values: dict[int, tuple[Any, tuple[str, ...]]] = {}

    def __len__(self) -> int:
        return len(self._raw)

    def value(self, index: int, session: Session) -> Any:
        """One item (IndexError when there is none)."""
        if index < 0:
            index += len(self._raw)
        if index < 0:
            raise IndexError(index)
        if index not in self._values:
            self._values[index] = session.recorded(lambda: self._convert(self._raw[index], self._name, session))
        value, guesses = self._values[index]
        session.guess_all(guesses)
        return value

    def force(self, session: Session) -> list[Any]:
        """The whole list as plain data, unknowns in it."""
        session.charge(len(self._raw))
        values = (force(self.value(index, session), session) for index in range(len(self._raw)))
        return [value for value in values if value is not OMIT]


class Lookups:
    """A mapping whose values are looked up: ``vars``, ``groups``, ``hostvars`` and a host of it. ``reason`` says why
    there may be more keys than those that are known ("" when there are none)."""

    def __init__(self, find: Callable[[str, Session], Any], names: Callable[[], list[str]], reason: str = "") -> None:
        self._find = find
        self._names = names
        self.reason = reason

    def keys(self) -> list[str]:
        """The keys that are known."""
        return self._names()

    def value(self, key: Any, session: Session) -> Any:
        """The value of a key: Missing or Unknown where it has none."""
        return self._find(str(key), session)

    def force(self, session: Session) -> dict[str, Any]:
        """The known keys with their values."""
        session.charge(len(self._names()))
        return {name: force(self.value(name, session), session) for name in self._names()}


def force(value: Any, session: Session) -> Any:
    """A value with everything lazy in it evaluated. Plain lists and mappings never hold lazy ones."""
    if isinstance(value, LazyMap | LazyList | Lookups):
        session.enter()
        try:
            return value.force(session)
        finally:
            session.leave()
    return value


def _plain_key(key: Any) -> Any:
    return str.__str__(key) if isinstance(key, str) else key
