"""Compose files that others include: they belong to the project of these, and to its networks.

https://docs.docker.com/reference/compose-file/include/
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from typing import Any

from archdoc.readers.yamldoor import Mapping

Key = tuple[str, str]
"""A file, as ``Facts.key`` has it."""
_INCLUDES = re.compile(r"^include[ \t]*:", re.MULTILINE)


@dataclass(slots=True)
class Inclusions:
    """Which file includes which, and what each says of the networks of its project."""

    by: dict[Key, set[Key]] = field(default_factory=dict)
    projects: dict[Key, tuple[str, str]] = field(default_factory=dict)
    """The name and directory of the project of a file that includes others."""
    networks: dict[Key, dict[str, Any]] = field(default_factory=dict)
    """What the files of an outermost file say of networks, together."""

    def outermost(self, key: Key) -> Key:
        """The file that begins the project of another one: that itself where none includes it, or several do."""
        seen = {key}
        while len(around := self.by.get(key, ())) == 1:
            key = next(iter(around))
            if key in seen:
                break
            seen.add(key)
        return key

    def project(self, key: Key) -> tuple[str, str]:
        """The name and directory of the project that a file is included in; empty where it is in none."""
        outer = self.outermost(key)
        return self.projects.get(outer, ("", "")) if outer != key else ("", "")

    def declare(self, key: Key, networks: Any) -> None:
        """Keep what a file says of networks for those that share its project."""
        if isinstance(networks, Mapping) and (key in self.by or key in self.projects):
            known = self.networks.setdefault(self.outermost(key), {})
            for name, told in networks.items():
                known.setdefault(str(name), told)

    def network(self, key: Key, name: str) -> Any:
        """What another file of the same project says of a network."""
        return self.networks.get(self.outermost(key), {}).get(name)


def includes(text: str) -> bool:
    """Whether a Compose file includes others, at a glance."""
    return _INCLUDES.search(text) is not None


def paths(content: Any, name: str) -> list[str]:
    """The files that a Compose file of a name includes, as paths of its own kind."""
    found: list[str] = []
    entries = content.get("include") if isinstance(content, dict) else None
    for entry in entries if isinstance(entries, list) else ():
        path = entry.get("path") if isinstance(entry, dict) else entry
        found += [str(p) for p in (path if isinstance(path, list) else [path]) if isinstance(p, str)]
    around = posixpath.dirname(name)
    return [posixpath.join(around, p) for p in found if "://" not in p]
