"""Host patterns: ``a:&b:!c``, globs, ``~regex``, ``[0:2]``, commas
(https://docs.ansible.com/ansible/latest/inventory_guide/intro_patterns.html)."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from archdoc.readers.ansible.inventories import Inventory
from archdoc.readers.ansible.inventories.build import is_address, split_port
from archdoc.readers.ansible.regexes import is_safe_pattern

LOCALHOST = ("127.0.0.1", "localhost", "::1")
_SUBSCRIPT = re.compile(r"^(.+)\[(?:(-?[0-9]+)|([0-9]+)[:-]([0-9]*))\]$")
_PART = re.compile(r"(?:[^\s:\[\]]|\[[^\]]*\])+")


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

    @property
    def unmatched(self) -> tuple[str, ...]:
        """The terms that name neither a group nor a host of the inventory, ``!`` left out."""
        return tuple(t.text for t in self.terms if t.operator != "!" and not t.groups and not t.hosts)


def split_pattern(pattern: str | Sequence[str]) -> tuple[str, ...]:
    """The terms of a pattern, in the order they are written.

    A comma separates; a colon does so only where the text is not one address (``db:5432``, ``2001:db8::1``).
    """
    if not isinstance(pattern, str):
        return tuple(term for item in pattern for term in split_pattern(str(item)))
    if "," in pattern:
        parts = pattern.split(",")
    elif split_port(pattern) != (pattern, None) or is_address(pattern):
        parts = [pattern]
    else:
        parts = _PART.findall(pattern)
    return tuple(p.strip() for p in parts if p.strip())


def match(inventory: Inventory, pattern: str | Sequence[str]) -> Match:
    """The hosts of an inventory that a pattern selects. ``localhost`` is always there.

    The plain terms are united first, then cut with those of ``&``, then those of ``!`` are taken off, in
    whatever order they are written.
    """
    written = split_pattern(pattern)
    ordered = sorted(written, key=lambda t: {"&": 1, "!": 2}.get(t[0], 0))
    if not any(t[0] not in "&!" for t in ordered):
        ordered.insert(0, "all")
    terms = {text: _term(inventory, text) for text in dict.fromkeys((*written, *ordered))}
    hosts: dict[str, None] = {}
    for text in ordered:
        term = terms[text]
        if term.operator == "&":
            hosts = {h: None for h in hosts if h in term.hosts}
        elif term.operator == "!":
            hosts = {h: None for h in hosts if h not in term.hosts}
        else:
            hosts.update(dict.fromkeys(term.hosts))
    return Match(tuple(terms[t] for t in written), tuple(hosts))


def _term(inventory: Inventory, text: str) -> Term:
    operator = text[0] if text[0] in "&!" else ""
    plain = text[len(operator) :]
    if not plain:
        return Term(plain, operator)
    if not operator and plain in inventory.hosts:
        return Term(plain, operator, hosts=(plain,))
    name, subscript = _split_subscript(plain)
    groups = _matching(inventory.groups, name)
    found: dict[str, None] = {}
    for group in groups:
        found.update(dict.fromkeys(inventory.group_hosts(group)))
    if not groups or name[0] == "~" or any(c in name for c in ".?*["):
        found.update(dict.fromkeys(_matching(inventory.hosts, name)))
    if not found and name in LOCALHOST:
        found = {name: None}
    hosts = tuple(found)
    if subscript is not None and hosts:
        hosts = hosts[subscript] if isinstance(subscript, slice) else hosts[subscript : subscript + 1 or None]
    return Term(plain, operator, tuple(groups), hosts)


def _split_subscript(text: str) -> tuple[str, slice | int | None]:
    """A pattern and the part of its hosts that it asks for: ``web[0]``, ``web[-1]``, ``web[0:2]`` (inclusive)."""
    found = None if text[0] == "~" else _SUBSCRIPT.match(text)
    if found is None:
        return text, None
    if found[2]:
        return found[1], int(found[2])
    if found[4] == "0":
        return found[1], int(found[3])
    return found[1], slice(int(found[3]), int(found[4]) + 1 if found[4] else None)


def _matching(names: Iterable[str], pattern: str) -> list[str]:
    """The names that a glob, or a regular expression behind ``~``, matches from their beginning."""
    source = pattern[1:] if pattern[0] == "~" else fnmatch.translate(pattern)
    if pattern[0] == "~" and not is_safe_pattern(source):
        return []
    try:
        compiled = re.compile(source)
    except re.error:
        return []
    return [name for name in names if compiled.match(name)]
