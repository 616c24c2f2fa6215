"""Reading the sources of one inventory into hosts and groups."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from archdoc.model.facts import Source
from archdoc.model.problem import Problem, Severity
from archdoc.readers.ansible.inventories.build import Builder, InventoryError
from archdoc.readers.ansible.inventories.dynamic import construct, read_dynamic
from archdoc.readers.ansible.inventories.find import CONFIG, configures_script, keeps_credentials
from archdoc.readers.ansible.inventories.ini import looks_like_ini, read_ini
from archdoc.readers.ansible.inventories.model import DynamicInventory, Inventory, InventoryScript, Variable
from archdoc.readers.ansible.inventories.scripts import read_script
from archdoc.readers.ansible.inventories.yamlsource import looks_like_yaml_inventory, plugin_name, read_toml, read_yaml
from archdoc.readers.ansible.yamlfiles import YamlFiles
from archdoc.readers.files import UnreadableError
from archdoc.readers.yamldoor import Mapping, parse, plain

if TYPE_CHECKING:
    from archdoc.readers.ansible.cfg import Settings
    from archdoc.readers.ansible.projects import InventorySources, Project

_NEVER = re.compile(r"^\.|^host_vars$|^group_vars$|^vars_plugins$")
MAX_DEPTH = 20
"""Deeper nests of inventory directories are not read."""


def read_inventory(files: YamlFiles, project: Project, sources: InventorySources) -> Inventory:
    """Read one inventory. Nothing is run: plugins and scripts become facts of their own."""
    reader = _Reader(files, project.settings, Source(sources.path))
    for source in sources.sources:
        reader.read(source, 0)
    return reader.inventory(sources)


def read_inventories(files: YamlFiles, project: Project) -> tuple[Inventory, ...]:
    """All inventories of a project."""
    found = tuple(read_inventory(files, project, sources) for sources in project.inventories)
    return found if any(i.hosts for i in found) else tuple(replace(i, skeleton=True) for i in found)


def inventory_of_text(text: str, path: str) -> Inventory | None:
    """An inventory in ini or YAML that is not a file of the repository; None for a text that is none."""
    builder = Builder(Source(path))
    if looks_like_ini(text, bare=False):
        read_ini(builder, text, path)
    else:
        value = parse(text, path).first
        if not looks_like_yaml_inventory(value) or plugin_name(value):
            return None
        read_yaml(builder, value, path)
    builder.reconcile()
    hosts, groups = builder.frozen()
    return Inventory(path, (path,), hosts, groups) if hosts else None


class _Reader:
    def __init__(self, files: YamlFiles, settings: Settings, place: Source) -> None:
        self._files = files
        self._repo = files.repo
        self._settings = settings
        self._builder = Builder(place, settings.force_valid_group_names)
        self._dynamic: list[DynamicInventory] = []
        self._scripts: list[InventoryScript] = []
        self._problems: list[Problem] = []
        self._read: dict[str, None] = {}
        """The directories of the files that are read so far: vars plugins look beside these."""
        ignored = [re.escape(e) + "$" for e in settings.ignored_extensions]
        try:
            self._ignored = re.compile("|".join([_NEVER.pattern, *settings.ignored_patterns, *ignored]))
        except re.error:
            self._ignored = re.compile("|".join([_NEVER.pattern, *ignored]))

    def inventory(self, sources: InventorySources) -> Inventory:
        """What was read, after Ansible's rules for ``all`` and ``ungrouped``."""
        self._builder.reconcile()
        hosts, groups = self._builder.frozen()
        return Inventory(
            path=sources.path,
            sources=sources.sources,
            rule=sources.rule,
            hosts=hosts,
            groups=groups,
            dynamic=tuple(self._dynamic),
            scripts=tuple(self._scripts),
            problems=tuple(sorted(dict.fromkeys(self._problems), key=Problem.sort_key)),
        )

    def read(self, path: str, depth: int) -> None:
        """One source: a directory's entries in the order of their names, or a file."""
        if self._repo.is_directory(path):
            if depth > MAX_DEPTH:
                return
            for name, _ in self._files.listed(path):
                inner = posixpath.join(path, name)
                if not self._ignored.search(name) and not configures_script(self._files, inner):
                    self.read(inner, depth + 1)
            return
        if keeps_credentials(path):
            return
        try:
            self._file(path)
            self._read.setdefault(posixpath.dirname(path) or ".")
        except UnreadableError as error:
            self._problems.append(error.problem)
        except InventoryError as error:
            message = f"not an inventory that Ansible can read: {error}"
            self._problem(Severity.ERROR, "ANS010", message, path, error.line)

    def _file(self, path: str) -> None:
        text = self._repo.read_text(path)
        extension = posixpath.splitext(path)[1]
        data = (".yml", ".yaml", ".ini", ".toml", ".json", "")
        if text.startswith("#!") or (self._repo.is_executable(path) and extension not in data):
            self._scripts.append(read_script(self._repo, path))
        elif text.startswith("$ANSIBLE_VAULT"):
            message = "a vaulted inventory; its hosts are not known"
            self._problem(Severity.WARNING, "ANS012", message, path, 1)
        elif extension in (".yml", ".yaml", ".json", CONFIG, "") and self._as_yaml(path, extension):
            return
        elif extension == ".toml":
            read_toml(self._builder, text, path)
        elif extension not in (".yml", ".yaml", ".json"):
            read_ini(self._builder, text, path)

    def _as_yaml(self, path: str, extension: str) -> bool:
        """Read a file as YAML; false when it may be ini: it has no extension of YAML and is none, or (``.config``)
        configures no plugin."""
        certain = extension not in ("", CONFIG)
        file = self._files.load(path) if certain else parse(self._repo.read_text(path), path)
        value = file.first
        if extension == CONFIG and not plugin_name(value):
            return False
        if not isinstance(value, Mapping) or file.problems:
            if not certain:
                return False
            self._problems.extend(file.problems)
            if not file.problems:
                raise InventoryError("an inventory is a mapping of groups", 1)
            return True
        if not plugin_name(value):
            self._problems.extend(read_yaml(self._builder, value, path))
        elif plugin_name(value).rsplit(".", 1)[-1] == "constructed":
            self._construct(read_dynamic(value, path))
        else:
            self._dynamic.append(read_dynamic(value, path))
        return True

    def _construct(self, dynamic: DynamicInventory) -> None:
        """The ``constructed`` plugin works on hosts that are known already, so it is computed, not run.

        With ``use_vars_plugins`` it sees group_vars and host_vars beside the sources before it. A key that no group can
        be called by ends it where it is, as in Ansible.
        """
        self._dynamic.append(dynamic)
        beside = tuple(self._read) if dynamic.options.get("use_vars_plugins") is True else ()
        for name in list(self._builder.hosts):
            made = construct(dynamic, self._hostvars(name, beside))
            for variable in made.variables.values():
                self._builder.set_host_variable(name, variable)
            for group, place in made.groups.items():
                kept = self._builder.add_group(group, place)
                self._builder.add_host(name, kept, place)
                if group in made.parents:
                    parent = self._builder.add_group(made.parents[group], place)
                    self._builder.add_child(parent, kept, place)
            if made.refused is not None:
                key, place = made.refused
                raise InventoryError(f"a group cannot be called {key!r}: a text, list or mapping is needed", place.line)

    def _hostvars(self, name: str, beside: tuple[str, ...]) -> dict[str, object]:
        """The variables of the sources so far, as the plugin sees them; ``beside`` are the directories whose group_vars
        and host_vars it sees too."""
        host = self._builder.hosts[name]
        above = {g for direct in host.groups for g in (direct, *self._builder.ancestors(direct))}
        groups = sorted((self._builder.groups[g] for g in above), key=lambda g: (g.depth, g.priority, g.name))
        found: dict[str, object] = {}
        names = [g.name for g in groups]
        beside_groups = (v for d in beside for v in self._beside(posixpath.join(d, "group_vars"), names))
        beside_host = (v for d in beside for v in self._beside(posixpath.join(d, "host_vars"), [name]))
        for layer in (*(g.variables for g in groups), *beside_groups, host.variables, *beside_host):
            found.update({key: plain(variable.value) for key, variable in layer.items()})
        found["inventory_hostname"] = name
        found["inventory_hostname_short"] = name.partition(".")[0]
        found["group_names"] = sorted(g for g in above if g != "all")
        return found

    def _beside(self, directory: str, names: list[str]) -> Iterator[dict[str, Variable]]:
        from archdoc.readers.ansible.variables import load_vars_file, vars_files

        for name in names:
            for path in vars_files(self._files, directory, name):
                yield load_vars_file(self._files, path)

    def _problem(self, severity: Severity, code: str, message: str, path: str, line: int) -> None:
        hint = "correct it, or name other inventories in archdoc.toml" if severity is Severity.ERROR else ""
        self._problems.append(Problem(severity, code, message, Source(path, max(line, 1)), hint))
