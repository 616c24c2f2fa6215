"""Kinds of files that archdoc knows by name and does not read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from archdoc.catalog.tables import Tables


@dataclass(frozen=True, slots=True)
class Unread:
    """One kind.

    ``title`` names several of them; ``paths`` are patterns of repository-relative paths: ``*`` stands for anything but
    a slash, and at the start of a name for no dot; ``**/`` for any directories. ``content`` is a text that the file
    must have as well.
    """

    title: str
    paths: tuple[str, ...]
    content: str = ""
    hint: str = ""


@dataclass(frozen=True)
class UnreadKinds:
    """All kinds, in the order in which they are asked."""

    tables: Tables = field(default_factory=Tables)

    @cached_property
    def all(self) -> tuple[tuple[Unread, re.Pattern[str]], ...]:
        """Each kind with its patterns as one."""
        rows = self.tables.rows("unread", Unread)
        return tuple((row, re.compile("|".join(map(_pattern, row.paths)))) for row in rows)

    @cached_property
    def _any(self) -> re.Pattern[str]:
        return re.compile("|".join(pattern.pattern for _, pattern in self.all) or r"(?!)")

    def named(self, path: str) -> list[Unread]:
        """The kinds that a file may be of, by its path."""
        if not self._any.fullmatch(path):  # nearly always
            return []
        return [row for row, pattern in self.all if pattern.fullmatch(path)]


def _pattern(glob: str) -> str:
    made = "".join(_SIGNS.get(part, re.escape(part)) for part in re.split(r"(\*\*/|\*\*|\*)", glob))
    return made.replace("/[^/]*", r"/(?!\.)[^/]*").replace("/)?[^/]*", r"/)?(?!\.)[^/]*")


_SIGNS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*"}
