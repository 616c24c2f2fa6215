"""Reads the catalog's TOML files: the ones that archdoc ships, and those that a repository adds.

A file is a set of tables; ``catalog.schema.json`` next to this module describes them. A shipped table is parsed
when it is first asked for, once per process. Rows become frozen dataclasses; a key that no field names is an error
that names the nearest field.
"""

from __future__ import annotations

import difflib
import tomllib
import types
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

Row = TypeVar("Row")
Table = dict[str, Any]

TABLES = (
    "types",
    "words",
    "parts",
    "providers",
    "relations",
    "joins",
    "servers",
    "networks",
    "neighbours",
    "firewall_rules",
    "listeners",
    "records",
    "phases",
    "protections",
    "reaches",
    "monitors",
    "kinds",
    "programs",
    "backup_containers",
    "modules",
    "externals",
    "schemes",
    "variables",
    "commands",
    "actions",
    "pipeline_templates",
    "inventory_plugins",
    "sensitive",
    "sequences",
    "concepts",
    "products",
    "synonyms",
    "fillers",
    "unread",
)
"""Every table that a catalog file may hold."""


class CatalogError(ValueError):
    """A catalog file cannot be used; the message names the table, the key and the mend."""


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of all files. ``extra`` are the parsed files of the repository; their rows come first."""

    extra: tuple[Mapping[str, Any], ...] = ()

    def rows(self, name: str, kind: type[Row], files_of: tuple[str, ...] = ()) -> tuple[Row, ...]:
        """The rows of a table that is a list, the repository's own before archdoc's.

        ``files_of`` are the shipped files to look in; without it, the one named like the table.
        """
        found: list[Row] = []
        for number, table in enumerate(self.extra, start=1):
            listed = table.get(name, [])
            if not isinstance(listed, list):
                raise CatalogError(f"catalog file {number}: {name}: must be a list of tables ([[{name}]])")
            found += [_build(kind, row, f"{name}[{i}]") for i, row in enumerate(listed)]
        for file in files_of or (name,):
            found += _shipped_rows(file, name, cast("Any", kind))
        return tuple(found)

    def named(self, name: str, kind: type[Row], file: str = "") -> dict[str, Row]:
        """The rows of a table of named rows; the repository's own replace archdoc's."""
        found = dict(_shipped_named(file or name, name, cast("Any", kind)))
        for number, table in enumerate(self.extra, start=1):
            listed = table.get(name, {})
            if not isinstance(listed, dict):
                raise CatalogError(f"catalog file {number}: {name}: must be a table ([{name}])")
            found.update({key: _build(kind, row, f"{name}.{key}") for key, row in listed.items()})
        return found


def parse_extra(text: str, number: int) -> Mapping[str, Any]:
    """A repository's own catalog file. Raises CatalogError."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogError(f"catalog file {number}: not valid TOML: {error}") from error
    for name in table:
        if name not in TABLES:
            raise CatalogError(f"catalog file {number}: {name}: unknown table{_nearest(name, TABLES)}")
    return table


def shipped_files() -> tuple[str, ...]:
    """The names of the files that archdoc ships, without ``.toml``, sorted."""
    return tuple(sorted(_all_names()))


def shipped(file: str) -> Table:
    """One shipped file, parsed; empty where there is none of this name."""
    return _shipped(file)


@cache
def _all_names() -> frozenset[str]:
    return frozenset(_names(""))


def _names(directory: str) -> list[str]:
    found = []
    for entry in files(__package__).joinpath("data", directory).iterdir():
        path = f"{directory}/{entry.name}".lstrip("/")
        if entry.is_dir():
            found += _names(path)
        elif path.endswith(".toml"):
            found.append(path.removesuffix(".toml"))
    return found


@lru_cache(maxsize=128)
def _shipped(file: str) -> Table:
    if file not in _all_names():  # a name of the repository's may be one that no file system takes
        return {}
    return tomllib.loads(files(__package__).joinpath("data", f"{file}.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=128)
def _shipped_rows(file: str, name: str, kind: Any) -> tuple[Any, ...]:
    return tuple(_build(kind, row, f"{file}: {name}[{i}]") for i, row in enumerate(_shipped(file).get(name, [])))


@lru_cache(maxsize=128)
def _shipped_named(file: str, name: str, kind: Any) -> Mapping[str, Any]:
    return {key: _build(kind, row, f"{file}: {name}.{key}") for key, row in _shipped(file).get(name, {}).items()}


# -- from tables to rows ------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


@lru_cache(maxsize=64)
def _names_of(kind: Any) -> frozenset[str]:
    return frozenset(f.name for f in fields(kind))


def _build(kind: Any, row: object, at: str) -> Any:
    if not isinstance(row, dict):
        raise CatalogError(f"{at}: must be a table")
    known, hints = _names_of(kind), _hints(kind)
    values = {}
    for key, value in row.items():
        if key not in known:
            raise CatalogError(f"{at}.{key}: unknown key{_nearest(key, known)}")
        values[key] = _convert(hints[key], value, f"{at}.{key}")
    try:
        return kind(**values)
    except TypeError as error:
        raise CatalogError(f"{at}: {str(error).partition(') ')[2] or error}") from error


def _convert(hint: Any, value: object, at: str) -> Any:
    if hint is str:
        if not isinstance(value, str):
            raise CatalogError(f"{at}: must be a text")
        return value
    origin = get_origin(hint)
    if origin is tuple:
        if not isinstance(value, list):
            raise CatalogError(f"{at}: must be a list")
        inner = get_args(hint)[0]
        return tuple(_convert(inner, v, at) for v in value)
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        if not isinstance(value, dict):
            raise CatalogError(f"{at}: must be a table")
        inner = get_args(hint)[1]
        return types.MappingProxyType({key: _convert(inner, v, f"{at}.{key}") for key, v in value.items()})
    if origin in (Union, types.UnionType):
        return value
    if is_dataclass(hint):
        return _build(hint, value, at)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        try:
            return hint(str(value))
        except ValueError as error:
            raise CatalogError(f"{at}: {value!r} is none of {', '.join(hint)}") from error
    if type(value) is not hint:
        raise CatalogError(f"{at}: must be {'true or false' if hint is bool else 'a whole number'}")
    return value


def _nearest(name: str, known: Any) -> str:
    close = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else f"; known: {', '.join(sorted(known))}"
