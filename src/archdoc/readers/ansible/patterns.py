"""Host patterns: ``a:&b:!c``, globs, ``~regex``, ``[0:2]``, commas
(https://docs.ansible.com/ansible/latest/inventory_guide/intro_patterns.html)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archdoc.readers.ansible.inventories import Inventory


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a pattern. ``operator`` is "", ``&`` or ``!``; ``text`` the part without it."""

    text: str
    operator: str = ""
    groups: tuple[str, ...] = ()
    """The groups of the inventory that it names (several for a glob)."""
    hosts: tuple[str, ...] = ()
    """The hosts that it stands for, those of its groups included."""


@dataclass(frozen=True, slots=True)
class Match:
    """What a pattern means in one inventory: its terms as written, and the hosts, in Ansible's order."""

    terms: tuple[Term, ...]
    hosts: tuple[str, ...]

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups that the pattern asks for (``&`` included, ``!`` not)."""
        return tuple(dict.fromkeys(g for t in self.terms if t.operator != "!" for g in t.groups))


def split_pattern(pattern: str | Sequence[str]) -> tuple[str, ...]:
    """The terms of a pattern, in the order they are written."""
    raise NotImplementedError


def match(inventory: Inventory, pattern: str | Sequence[str]) -> Match:
    """The hosts of an inventory that a pattern selects. ``localhost`` is always there."""
    raise NotImplementedError
