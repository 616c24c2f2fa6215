"""ansible.cfg: the few settings that decide what Ansible reads."""

from __future__ import annotations

import configparser
import posixpath
import re
from dataclasses import dataclass, field

from archdoc.model.facts import Source
from archdoc.model.problem import Problem, Severity
from archdoc.readers.files import Repository, UnreadableError, normal

FILE_NAME = "ansible.cfg"
DEFAULT_PRECEDENCE = (
    "all_inventory",
    "groups_inventory",
    "all_plugins_inventory",
    "all_plugins_play",
    "groups_plugins_inventory",
    "groups_plugins_play",
)
"""VARIABLE_PRECEDENCE of Ansible's configuration reference: how group variables are merged."""
DEFAULT_IGNORED_EXTENSIONS = (
    ".pyc",
    ".pyo",
    ".swp",
    ".bak",
    "~",
    ".rpm",
    ".md",
    ".txt",
    ".rst",
    ".orig",
    ".cfg",
    ".retry",
)
"""INVENTORY_IGNORE_EXTS of Ansible's configuration reference."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an ansible.cfg sets, with Ansible's defaults for the rest.

    Paths are repository-relative and stay in the repository; those that lead out of it are left out. ``lines``
    maps a setting's name to the line it stands on.
    """

    path: str = ""
    """The file, or "" when there is none."""
    inventory: tuple[str, ...] = ()
    """Inventory sources in order; a host list (``web1,web2,``) is kept as it is written."""
    roles_path: tuple[str, ...] = ()
    collections_path: tuple[str, ...] = ()
    enable_plugins: tuple[str, ...] = ("host_list", "script", "auto", "yaml", "ini", "toml")
    ignored_extensions: tuple[str, ...] = DEFAULT_IGNORED_EXTENSIONS
    ignored_patterns: tuple[str, ...] = ()
    hash_behaviour: str = "replace"
    """``replace`` or ``merge``."""
    precedence: tuple[str, ...] = DEFAULT_PRECEDENCE
    playbook_vars_root: str = "top"
    force_valid_group_names: str = "never"
    vault_password_file: str = ""
    lines: dict[str, int] = field(default_factory=dict)

    def source(self, setting: str) -> Source:
        """Where a setting stands, or the file's first line."""
        return Source(self.path or FILE_NAME, self.lines.get(setting, 1))


def read_settings(repo: Repository, path: str) -> tuple[Settings, tuple[Problem, ...]]:
    """The settings of the ansible.cfg at ``path``; relative paths in it start at its directory.

    Environment variables are never read: a path that names one is left out, with a note (``ANS001``).
    """
    raise NotImplementedError
