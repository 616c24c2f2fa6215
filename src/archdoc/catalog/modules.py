"""Ansible modules: what a task that uses one tells about the machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from archdoc.catalog.tables import Tables


class Signal(StrEnum):
    """What a task tells."""

    PACKAGE = "package"
    SERVICE = "service"
    CONTAINER = "container"
    COMPOSE = "compose"
    IMAGE = "image"
    FIREWALL = "firewall"
    CRON = "cron"
    USER = "user"
    SSH = "ssh"
    CERTIFICATE = "certificate"
    DATABASE = "database"
    MOUNT = "mount"
    BACKUP = "backup"
    TEMPLATE = "template"
    COPY = "copy"
    FILE = "file"
    LINE = "line"
    """Edits a file in place."""
    COMMAND = "command"
    DOWNLOAD = "download"
    REPOSITORY = "repository"
    """Adds a package repository or its key."""
    GIT = "git"
    KERNEL = "kernel"
    """Kernel settings and modules: sysctl, modprobe, SELinux."""
    NETWORK = "network"
    CLOUD = "cloud"
    """Creates something at a provider."""
    KUBERNETES = "kubernetes"
    SECRET = "secret"
    NOTIFY = "notify"
    """Tells people: Slack, mail."""
    MONITOR = "monitor"
    WEB = "web"
    """Asks an address over HTTP."""
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class AnsibleModule:
    """A module. ``arguments`` maps a meaning (``name``, ``state``, ``port``, ``source``, ``target``) to the arguments
    that carry it, in the order in which to ask; ``program`` is the program it is about; ``free_form`` where a task
    may give one text instead of arguments."""

    name: str
    signal: Signal
    arguments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    program: str = ""
    free_form: str = ""

    def argument(self, meaning: str, given: Mapping[str, Any]) -> Any:
        """The value that a task gives for a meaning, or None."""
        for name in self.arguments.get(meaning, ()):
            if given.get(name) is not None:
                return given[name]
        return None


@dataclass(frozen=True, slots=True)
class ModuleRow:
    """A row of the table: modules with the same signal and arguments.

    A name is fully qualified (``ansible.builtin.apt``); its last word is a short name of the same module. ``short``
    is false where that word means something else when it stands alone.
    """

    names: tuple[str, ...]
    signal: Signal
    arguments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    program: str = ""
    free_form: str = ""
    short: bool = True


class Modules:
    """All modules, by fully qualified and short name."""

    def __init__(self, tables: Tables) -> None:
        self._known: dict[str, AnsibleModule] = {}
        short: dict[str, AnsibleModule] = {}
        for row in tables.rows("modules", ModuleRow, ("ansible_modules",)):
            for name in row.names:
                module = AnsibleModule(name, row.signal, row.arguments, row.program, row.free_form)
                self._known.setdefault(name, module)
                if row.short:
                    short.setdefault(name.rpartition(".")[2], module)
        for name, module in short.items():
            self._known.setdefault(name, module)
        self._short = short

    def find(self, name: str) -> AnsibleModule | None:
        """A module by the name that a task writes: fully qualified, short, or ``ansible.legacy.…``."""
        known = self._known.get(name)
        if known is None and name.startswith(("ansible.legacy.", "ansible.builtin.")):
            known = self._short.get(name.rpartition(".")[2])
        return known

    def full_name(self, name: str) -> str:
        """The fully qualified name of a module that the catalog knows; any other without ``ansible.builtin.``."""
        known = self.find(name)
        return (
            known.name if known is not None else name.removeprefix("ansible.legacy.").removeprefix("ansible.builtin.")
        )

    def names(self) -> tuple[str, ...]:
        """Every name, sorted."""
        return tuple(sorted(self._known))
