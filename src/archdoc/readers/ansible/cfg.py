"""ansible.cfg: the few settings that decide what Ansible reads."""

from __future__ import annotations

import configparser
import posixpath
import re
from collections.abc import Iterable, Mapping
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
_REJECTED = (".pyc", ".pyo", ".swp", ".bak", "~", ".rpm", ".md", ".txt", ".rst")
DEFAULT_IGNORED_EXTENSIONS = (*_REJECTED, ".orig", ".cfg", ".retry")
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
    """Inventory sources, in order."""
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
    ansible_managed: str = "Ansible managed"
    vault_password_file: bool = False
    """Whether a vault password file is named (the file itself is never read)."""
    lines: Mapping[str, int] = field(default_factory=dict)

    def source(self, setting: str) -> Source:
        """Where a setting stands, or the file's first line."""
        return Source(self.path or FILE_NAME, self.lines.get(setting, 1))


def read_settings(repo: Repository, path: str) -> tuple[Settings, tuple[Problem, ...]]:
    """The settings of the ansible.cfg at ``path``; relative paths in it start at its directory.

    Environment variables are never read: an inventory whose path names one, or leads out of the repository, is
    left out with a note (``ANS001``); a file that is no ini file is an error (``ANS002``).
    """
    path = normal(path)
    try:
        text = repo.read_text(path)
    except UnreadableError as error:
        return Settings(path), (error.problem,)
    parser = configparser.ConfigParser(inline_comment_prefixes=(";",), strict=False, interpolation=None)
    try:
        parser.read_string(text, path)
    except configparser.Error as error:
        reason = " ".join(str(error).split())
        problem = Problem(
            Severity.ERROR,
            "ANS002",
            f"not a file that Ansible can read: {reason}",
            Source(path, getattr(error, "lineno", None) or 1),
            "correct it; until then the defaults are used",
        )
        return Settings(path), (problem,)
    return _settings(parser, path, _lines(text))


def _settings(
    parser: configparser.ConfigParser, path: str, lines: Mapping[tuple[str, str], int]
) -> tuple[Settings, tuple[Problem, ...]]:
    used: dict[str, int] = {}

    def get(setting: str, *places: tuple[str, str]) -> str | None:
        for section, key in places:
            value = parser.get(section, key, fallback=None)
            if value is not None:
                used[setting] = lines.get((section, key), 1)
                return value.strip().strip("\"'")
        return None

    directory = posixpath.dirname(path) or "."
    home = _inside(get("home", ("defaults", "home")) or "~/.ansible", directory)
    problems = []
    inventory = []
    named = get("inventory", ("defaults", "inventory"), ("defaults", "hostfile"))
    for item in (named or "").split(","):
        if not item.strip():
            continue
        source = _inside(item.strip(), directory, home)
        if source is None:
            problems.append(
                Problem(
                    Severity.NOTE,
                    "ANS001",
                    f"the inventory {item.strip()} is not in the repository; its hosts are not known",
                    Source(path, used.get("inventory", 1)),
                )
            )
        else:
            inventory.append(source)
    collections = get("collections_path", ("defaults", "collections_path"), ("defaults", "collections_paths"))
    ignored = get("ignored_extensions", ("defaults", "inventory_ignore_extensions"), ("inventory", "ignore_extensions"))
    patterns = get("ignored_patterns", ("defaults", "inventory_ignore_patterns"), ("inventory", "ignore_patterns"))
    plugins = get("enable_plugins", ("inventory", "enable_plugins"))
    precedence = get("precedence", ("defaults", "precedence"))
    default = Settings()
    settings = Settings(
        path=path,
        inventory=tuple(inventory),
        roles_path=_paths(get("roles_path", ("defaults", "roles_path")), directory, home),
        collections_path=_paths(collections, directory, home),
        enable_plugins=_words(plugins) or default.enable_plugins,
        ignored_extensions=default.ignored_extensions if ignored is None else _words(ignored),
        ignored_patterns=_words(patterns),
        hash_behaviour=(get("hash_behaviour", ("defaults", "hash_behaviour")) or "replace").lower(),
        precedence=_words(precedence) or default.precedence,
        playbook_vars_root=get("playbook_vars_root", ("defaults", "playbook_vars_root")) or "top",
        force_valid_group_names=get("force_valid_group_names", ("defaults", "force_valid_group_names")) or "never",
        ansible_managed=get("ansible_managed", ("defaults", "ansible_managed")) or default.ansible_managed,
        vault_password_file=get("vault_password_file", ("defaults", "vault_password_file")) is not None,
        lines=dict(sorted(used.items())),
    )
    return settings, tuple(problems)


def _words(value: str | None) -> tuple[str, ...]:
    return tuple(w.strip() for w in (value or "").replace("\n", ",").split(",") if w.strip())


def _paths(value: str | None, directory: str, home: str | None) -> tuple[str, ...]:
    found: Iterable[str | None] = (
        _inside(item.strip(), directory, home) for item in (value or "").split(":") if item.strip()
    )
    return tuple(dict.fromkeys(p for p in found if p is not None))


def _inside(path: str, directory: str, home: str | None = None) -> str | None:
    """A path of the file, relative to the repository; None when it is not in it or only the environment knows."""
    path = re.sub(r"\{\{\s*CWD\s*\}\}", ".", path)
    if home is not None:
        path = re.sub(r"\{\{\s*ANSIBLE_HOME\s*\}\}", "/" + home, path)
        if path.startswith("/" + home):
            return normal(path[1:])
    if path.startswith(("/", "~")) or "$" in path or "{{" in path:
        return None
    joined = normal(posixpath.join(directory, path))
    return None if joined == ".." or joined.startswith("../") else joined


def _lines(text: str) -> dict[tuple[str, str], int]:
    """The line of each setting, by section and key."""
    found: dict[tuple[str, str], int] = {}
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[([^\]]+)\]", line):
            section = header[1]
        elif option := re.match(r"([A-Za-z_][\w.]*)\s*[=:]", line):
            found[section, option[1].lower()] = number
    return found
