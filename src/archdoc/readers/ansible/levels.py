"""Levels of variables: what the hosts of the same groups share, what a host has of its own, what tasks set, and what
plays, roles, includes and blocks add.

A name has the meaning of the innermost level that gives it a value; behind that the levels are alike for all that
share them. So what a name leads to is found out once at that level, not once on every machine in every role.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from archdoc.readers.ansible.variables import VariableScope

Fingerprint = tuple[Hashable, ...]


@dataclass(slots=True)
class Print:
    """A fingerprint of a set of names, and all names that it was made of; at a live level also the change of
    variables up to which it was seen to hold."""

    names: frozenset[str]
    fingerprint: Fingerprint
    is_wide: bool
    """Whether a change of any other name, or of another host, may change it."""
    version: int
    changes: int


@dataclass(slots=True, eq=False)
class Level:
    """One level. ``definitions`` has what names lead to, each with the names behind it; ``prints`` the fingerprints
    of sets of names in a role."""

    scope: Callable[[], VariableScope]
    is_live: bool = True
    """Whether tasks can change what its names lead to."""
    version: int = 0
    changes: int = -1
    definitions: dict[str, tuple[Hashable, list[str]]] = field(default_factory=dict)
    prints: dict[tuple[frozenset[str], str], Print] = field(default_factory=dict)


Levels = tuple[tuple[AbstractSet[str], Level], ...]
"""The innermost first, each with the names to which it gives a value; to the last all names belong."""
