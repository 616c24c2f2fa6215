"""requirements.yml: the roles and collections that a project installs before it runs.

https://docs.ansible.com/ansible/latest/galaxy/user_guide.html
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from archdoc.model.facts import Source
from archdoc.readers import yamldoor
from archdoc.readers.ansible.plays.roles import name_of_source
from archdoc.readers.ansible.plays.tasks import text_of
from archdoc.readers.ansible.yamlfiles import YamlFiles
from archdoc.readers.files import normal
from archdoc.readers.secrets import mask_text
from archdoc.readers.yamldoor import line_of

MAX_INCLUDES = 20


@dataclass(frozen=True, slots=True)
class Requirement:
    """A role or a collection that is installed: ``kind`` is role or collection, ``version`` "" when any will do."""

    kind: str
    name: str
    source: Source
    version: str = ""
    origin: str = ""
    """Where it comes from, as written: an address, a Galaxy name, a path."""


def read_requirements(files: YamlFiles, path: str) -> tuple[Requirement, ...]:
    """The requirements of a file, those of files that it includes with them."""
    return tuple(_file(files, normal(path), frozenset()))


def _file(files: YamlFiles, path: str, above: frozenset[str]) -> Iterator[Requirement]:
    if path in above or len(above) > MAX_INCLUDES or path.startswith(".."):
        return
    value = files.load(path).first
    if isinstance(value, list):
        yield from _roles(files, value, path, above | {path})
    elif isinstance(value, dict):
        if isinstance(value.get("roles"), list):
            yield from _roles(files, value["roles"], path, above | {path})
        if isinstance(value.get("collections"), list):
            yield from _collections(value["collections"], path)


def _roles(files: YamlFiles, items: list[Any], path: str, above: frozenset[str]) -> Iterator[Requirement]:
    for index, item in enumerate(items):
        line = items.line_of(index) if isinstance(items, yamldoor.Sequence) else 1
        if isinstance(item, str):
            parts = [part.strip() for part in str.__str__(item).split(",")]
            version = parts[1] if len(parts) > 1 else ""
            name = parts[2] if len(parts) > 2 else name_of_source(parts[0])
            yield Requirement("role", name, Source(path, line), version, mask_text(parts[0]))
        elif isinstance(item, dict) and "include" in item:
            yield from _file(files, normal(posixpath.join(posixpath.dirname(path), text_of(item["include"]))), above)
        elif isinstance(item, dict):
            src = text_of(item.get("src")) or text_of(item.get("role"))
            src, _, inline = src.partition(",")
            name = text_of(item.get("name")) or name_of_source(src)
            version = text_of(item.get("version")) or inline.split(",")[0]
            if name:
                yield Requirement("role", name, _place(path, item, line), version, mask_text(src or name))


def _collections(items: list[Any], path: str) -> Iterator[Requirement]:
    for index, item in enumerate(items):
        line = items.line_of(index) if isinstance(items, yamldoor.Sequence) else 1
        if isinstance(item, str):
            name, _, version = str.__str__(item).partition(":") if "/" not in item else (str.__str__(item), "", "")
            yield Requirement("collection", _collection_name(name), Source(path, line), version, mask_text(name))
        elif isinstance(item, dict) and text_of(item.get("name")):
            name = text_of(item["name"])
            origin = mask_text(text_of(item.get("source")) or name)
            version = text_of(item.get("version"))
            yield Requirement("collection", _collection_name(name), _place(path, item, line), version, origin)


def _collection_name(name: str) -> str:
    """``ns.name``; for one that is fetched from an address, the name that its repository has."""
    if "/" not in name:
        return name
    return name_of_source(name.split(",", maxsplit=1)[0].split("#", maxsplit=1)[0])


def _place(path: str, item: Any, line: int) -> Source:
    first = line_of(item, line)
    return Source(path, first, max(first, getattr(item, "end_line", first)))
