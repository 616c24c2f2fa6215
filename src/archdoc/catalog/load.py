"""The one loader of the catalog, and the questions that it answers."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from importlib.resources import files
from typing import Any, TypeVar

from archdoc.catalog.rows import Module, Program, Provider, Relation, ResourceType
from archdoc.model.facts import Category

FILES = ("terraform.toml", "relations.toml", "software.toml", "modules.toml", "outside.toml")
Row = TypeVar("Row", ResourceType, Provider, Relation, Program, Module)


class CatalogError(ValueError):
    """A catalog file is not well formed; the message names the row."""


@dataclass(frozen=True)
class Catalog:
    """All rows, and look-ups over them."""

    resources: Mapping[str, ResourceType]
    words: Mapping[str, Category]
    defaults: Mapping[str, Category]
    providers: Mapping[str, Provider]
    relations: tuple[Relation, ...]
    programs: Mapping[str, Program]
    modules: Mapping[str, Module]
    hosts: Mapping[str, str]
    """Known hosts of external services: the end of a host name → the service."""
    schemes: Mapping[str, str]
    """URL schemes → program."""

    # -- Terraform ------------------------------------------------------------------------------------------

    @functools.cached_property
    def _resource_cache(self) -> dict[str, ResourceType]:
        return {}

    def resource_type(self, name: str) -> ResourceType:
        """What is known of a resource type: by the longest prefix, else by its words, else by its provider."""
        known = self._resource_cache.get(name)
        if known is None:
            known = self._resource_cache[name] = self._classify(name)
        return known

    def _classify(self, name: str) -> ResourceType:
        prefix = name
        while prefix:
            row = self.resources.get(prefix)
            if row is not None and (prefix == name or row.category is not Category.OTHER):
                exact = prefix == name
                return row if exact else ResourceType(name, row.category, "", row.icon, row.plumbing, row.layer)
            prefix = prefix.rpartition("_")[0]
        provider, _, rest = name.partition("_")
        for word in reversed(rest.split("_")):
            category = self.words.get(word) or self.words.get(word.removesuffix("s"))
            if category is not None:
                return ResourceType(name, category, plumbing=category is Category.PLUMBING)
        return ResourceType(name, self.defaults.get(provider, Category.OTHER))

    def provider(self, name: str) -> Provider:
        """A provider, by its local name; an unknown one is called by that name."""
        return self.providers.get(name) or Provider(name, name.replace("-", " ").replace("_", " ").title())

    def relations_of(self, resource_type: str) -> tuple[Relation, ...]:
        """What the arguments of a type mean, rows of longer prefixes first."""
        return self._relations_by_type(resource_type)

    @functools.cached_property
    def _relation_cache(self) -> dict[str, tuple[Relation, ...]]:
        return {}

    def _relations_by_type(self, name: str) -> tuple[Relation, ...]:
        known = self._relation_cache.get(name)
        if known is None:
            fitting = [r for r in self.relations if not r.prefix or name == r.prefix or name.startswith(r.prefix)]
            chosen: dict[str, Relation] = {}
            for row in sorted(fitting, key=lambda r: -len(r.prefix)):
                chosen.setdefault(row.path, row)
            known = self._relation_cache[name] = tuple(chosen.values())
        return known

    # -- software -------------------------------------------------------------------------------------------

    @functools.cached_property
    def _by_name(self) -> dict[str, Program]:
        table: dict[str, Program] = {}
        for program in self.programs.values():
            for name in (program.name, program.title, *program.names):
                table.setdefault(_plain(name), program)
        return table

    @functools.cached_property
    def _by_alias(self) -> dict[str, dict[str, Program]]:
        tables: dict[str, dict[str, Program]] = {"images": {}, "packages": {}, "units": {}}
        for program in self.programs.values():
            for kind, table in tables.items():
                for alias in (*getattr(program, kind), program.name):
                    table.setdefault(alias, program)
        return tables

    def program(self, name: str) -> Program | None:
        """A program by a name that people use: ``Postgres``, ``node-exporter``, ``alert manager``."""
        return self._by_name.get(_plain(name))

    def program_of_image(self, image: str) -> Program | None:
        """A program by a container image: ``docker.io/grafana/grafana:11.1@sha256:…`` → grafana."""
        bare = image.split("@")[0]
        head, slash, last = bare.rpartition("/")
        bare = f"{head}{slash}{last.split(':')[0]}"
        parts = bare.split("/")
        if len(parts) > 1 and ("." in parts[0] or ":" in parts[0] or parts[0] == "localhost"):
            parts = parts[1:]
        if parts and parts[0] == "library":
            parts = parts[1:]
        table = self._by_alias["images"]
        for candidate in ("/".join(parts), parts[-1] if parts else ""):
            if candidate in table:
                return table[candidate]
        return self.program(parts[-1]) if parts else None

    def program_of_package(self, package: str) -> Program | None:
        """A program by a package: ``postgresql-16``, ``redis-server=7.*``."""
        table = self._by_alias["packages"]
        name = re.split(r"[=<>~ ]", package.strip(), maxsplit=1)[0].lower()
        while name:
            if name in table:
                return table[name]
            shorter = re.sub(r"[-.]?[0-9][0-9.]*$", "", name)
            if shorter == name:
                break
            name = shorter
        return None

    def program_of_unit(self, unit: str) -> Program | None:
        """A program by a systemd unit: ``redis-server.service``, ``postgresql@16-main``."""
        name = unit.removesuffix(".service").removesuffix(".socket").removesuffix(".timer").split("@")[0]
        return self._by_alias["units"].get(name) or self._by_alias["packages"].get(name) or self.program(name)

    def program_of_scheme(self, scheme: str) -> Program | None:
        """A program by the scheme of a URL: ``postgresql+asyncpg``."""
        name = self.schemes.get(scheme.split("+")[0].lower())
        return self.programs.get(name) if name else None

    def external_of(self, host: str) -> str | None:
        """The external service that a host name belongs to, or None."""
        host = host.lower().rstrip(".").split(":")[0]
        while "." in host:
            if host in self.hosts:
                return self.hosts[host]
            host = host.split(".", 1)[1]
        return None

    def module(self, name: str) -> Module | None:
        """An Ansible module, by its short or full name."""
        return self.modules.get(name) or self.modules.get(name.rsplit(".", 1)[-1])


def load_catalog(extra: tuple[str, ...] = ()) -> Catalog:
    """The catalog, with the TOML texts of further files put over it (CatalogError if one is not well formed)."""
    return _load(extra)


@functools.lru_cache(maxsize=8)
def _load(extra: tuple[str, ...]) -> Catalog:
    tables: dict[str, Any] = {}
    texts = [(name, (files("archdoc.catalog") / name).read_text(encoding="utf-8")) for name in FILES]
    for where, text in (*texts, *((f"catalog file {i + 1}", t) for i, t in enumerate(extra))):
        try:
            parsed = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise CatalogError(f"{where}: not valid TOML: {error}") from error
        for key, value in parsed.items():
            if isinstance(value, list):
                tables.setdefault(key, []).extend(value)
            elif isinstance(value, dict):
                tables.setdefault(key, {}).update(value)
            else:
                raise CatalogError(f"{where}: {key}: must be a table")
    unknown = sorted(tables.keys() - _TABLES)
    if unknown:
        raise CatalogError(f"unknown tables: {', '.join(unknown)}; known: {', '.join(sorted(_TABLES))}")
    return Catalog(
        resources={r.prefix: r for r in _rows(ResourceType, _spread(tables.get("resource", [])))},
        words={word: Category(category) for category, words in tables.get("words", {}).items() for word in words},
        defaults={name: Category(category) for name, category in tables.get("defaults", {}).items()},
        providers={p.name: p for p in _rows(Provider, tables.get("provider", []))},
        relations=tuple(_rows(Relation, _spread_relations(tables.get("relation", [])))),
        programs={p.name: p for p in _rows(Program, tables.get("program", []))},
        modules={m.name: m for m in _rows(Module, _spread_modules(tables.get("module", [])))},
        hosts=dict(tables.get("hosts", {})),
        schemes=dict(tables.get("schemes", {})),
    )


_TABLES = frozenset({"resource", "words", "defaults", "provider", "relation", "program", "module", "hosts", "schemes"})


def _rows(kind: type[Row], tables: list[dict[str, Any]]) -> list[Row]:
    known = {f.name for f in fields(kind)}
    made = []
    for table in tables:
        surplus = table.keys() - known
        if surplus:
            raise CatalogError(f"{kind.__name__} {table}: unknown keys {sorted(surplus)}")
        values = {k: tuple(v) if isinstance(v, list) else v for k, v in table.items()}
        if "category" in values:
            try:
                values["category"] = Category(values["category"])
            except ValueError:
                raise CatalogError(f"{kind.__name__} {table}: no category {values['category']!r}") from None
        try:
            made.append(kind(**values))
        except TypeError as error:
            raise CatalogError(f"{kind.__name__} {table}: {error}") from None
    return made


def _spread(tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A row with ``types`` is one row for each."""
    made = []
    for table in tables:
        rest = {k: v for k, v in table.items() if k != "types"}
        made += [{**rest, "prefix": name} for name in table.get("types", [table.get("prefix")])]
    return made


def _spread_relations(tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
    made = []
    for table in tables:
        for prefix in table.get("types", [""]):
            made += [{"prefix": prefix, "path": path, "relation": table["relation"]} for path in table["paths"]]
    return made


def _spread_modules(tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
    made = []
    for table in tables:
        rest = {k: v for k, v in table.items() if k != "names"}
        made += [{**rest, "name": name} for name in table["names"]]
    return made


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
