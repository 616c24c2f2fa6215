"""Which files of a project are inventories, where no ansible.cfg says it: by name first, then by content."""

from __future__ import annotations

import posixpath
import re

from archdoc.readers.ansible.cfg import Settings
from archdoc.readers.ansible.inventories.ini import looks_like_ini, means_sections
from archdoc.readers.ansible.inventories.yamlsource import looks_like_yaml_inventory, plugin_name
from archdoc.readers.ansible.yamlfiles import YamlFiles
from archdoc.readers.credentialnames import is_credential_file
from archdoc.readers.files import UnreadableError
from archdoc.readers.yamldoor import Mapping, parse

_DIRECTORIES = frozenset({"inventory", "inventories"})
_ENVIRONMENTS = frozenset({"inventory", "inventories", "envs", "environments"})
_NEVER_IN = frozenset(
    {
        *("roles", "templates", "files", "group_vars", "host_vars", "vars", "defaults", "tasks", "handlers", "meta"),
        *("docs", "doc", "molecule", "library", "plugins", "filter_plugins", "module_utils", ".github", ".gitlab"),
        *("node_modules", "vendor", "site-packages"),
    }
)
_NAME = re.compile(r"([\w.-]*[-_.])?(hosts|inventory)([-_.][\w.-]*)?", re.IGNORECASE)
_YAML = (".yml", ".yaml", ".json")
CONFIG = ".config"
"""What ``constructed`` and ``generator`` read beside YAML files (``verify_file`` of these plugins)."""
_SCRIPT = (".py", ".sh", ".rb", ".php", ".js", ".pl")
_ANSWERS = re.compile(r"--list\b|\b_meta\b|\bhostvars\b|[\"']hosts[\"']")
"""What a script that answers Ansible has in it: the option it is asked with, or a key of what it prints
(https://docs.ansible.com/ansible/latest/dev_guide/developing_inventory.html#inventory-scripts)."""
_EXAMPLE = re.compile(r"\.(example|sample|dist|j2|tpl|tmpl|template|orig|bak)(\.|$)")


def find_inventories(files: YamlFiles, home: str, settings: Settings) -> list[tuple[str, tuple[str, ...]]]:
    """The inventories below a directory: what names each, and its sources, sorted.

    A file of ``inventory/`` or ``inventories/`` is an inventory of its own, unless a plugin or a script stands
    beside it; a directory below them (``inventories/production/``) with several sources is one inventory. It is none
    where ansible.cfg names files of it: those are sources one by one.
    """
    by_directory: dict[str, list[str]] = {}
    for path in files.repo.under(home):
        if is_inventory(files, path) and not _is_of_a_roles_tests(files, path, home):
            by_directory.setdefault(posixpath.dirname(path) or ".", []).append(path)
    found: list[tuple[str, tuple[str, ...]]] = []
    for directory, paths in by_directory.items():
        parts = directory.split("/")
        one = len(paths) > 1 and (
            any(is_dynamic(files, p) for p in paths)
            if parts[-1] in _DIRECTORIES
            else bool(_ENVIRONMENTS & set(parts[:-1]))
        )
        named = any(path in settings.inventory for path in paths)
        if one and not named and not any(name.endswith(settings.ignored_extensions) for name in paths):
            found.append((directory, (directory,)))
        else:
            found.extend((path, (path,)) for path in paths)
    return sorted(found)


def is_inventory(files: YamlFiles, path: str) -> bool:
    """Whether a file's name and content are those of an inventory (a script counts; it is not run)."""
    directory, name = posixpath.split(path)
    parts = set(directory.split("/"))
    stem, extension = posixpath.splitext(name)
    if parts & _NEVER_IN or name.startswith(".") or _EXAMPLE.search(name) or keeps_credentials(path):
        return False
    in_directory = bool(parts & _DIRECTORIES)
    if extension in _YAML:
        if not in_directory and not _NAME.fullmatch(stem) and not _may_be_plugin(files, path):
            return False
        file = files.load(path)
        return looks_like_yaml_inventory(file.first)
    named = bool(_NAME.fullmatch(stem))
    if extension not in ("", ".ini", ".toml", CONFIG, *_SCRIPT) or not (in_directory or named):
        return False
    if configures_script(files, path):
        return False
    try:
        text = files.repo.read_text(path)
    except UnreadableError:
        return False
    if text.startswith("#!") or extension in _SCRIPT:
        return text.startswith("#!") and in_directory and _ANSWERS.search(text) is not None
    if extension == ".toml":
        return "hosts" in text and re.search(r"^\[[^\]]+\.hosts", text, re.MULTILINE) is not None
    if extension == CONFIG:
        return bool(plugin_name(parse(text, path).first))
    if looks_like_ini(text, stem in ("hosts", "inventory") or in_directory):
        return True
    return named and means_sections(text)  # one that Ansible cannot read: it is read as far as Ansible does, and named


def configures_script(files: YamlFiles, path: str) -> bool:
    """Whether a file is the configuration of the inventory script of the same name beside it (``ec2.ini``, ``ec2.py``).

    Newer releases of Ansible read it as hosts where the directory is the inventory, older ones passed over ``.ini``
    there (INVENTORY_IGNORE_EXTS); nobody means its options to be machines.
    """
    stem, extension = posixpath.splitext(path)
    return extension == ".ini" and any(_is_script(files, stem + end) for end in ("", *_SCRIPT))


def _is_script(files: YamlFiles, path: str) -> bool:
    try:
        return files.repo.is_listed(path) and files.repo.read_text(path).startswith("#!")
    except UnreadableError:
        return False


def _is_of_a_roles_tests(files: YamlFiles, path: str, home: str) -> bool:
    """Whether an inventory is what a role inside the project is tested with (``<role>/tests/inventory``, as
    ``ansible-galaxy role init`` writes it): the machines of the project are not in it."""
    parts = path.split("/")[:-1]
    roles = ("/".join(parts[:i]) for i, part in enumerate(parts) if part == "tests" and i)
    is_file = files.repo.is_file
    return any(
        role != home and all(any(is_file(f"{role}/{part}/main{end}") for end in _YAML) for part in ("tasks", "meta"))
        for role in roles
    )


def keeps_credentials(path: str) -> bool:
    """Whether a file beside inventories is a credential: ``inventory/secret/db_password``, as the ``password`` lookup
    writes it. Its one word would be read as the name of a host."""
    if path.endswith((*_YAML, ".ini", ".toml")):
        return False
    parts = path.split("/")
    below = next((i + 1 for i, part in enumerate(parts) if part in _DIRECTORIES), len(parts) - 1)
    return any(is_credential_file(part) for part in parts[below:])


def is_inventory_name(name: str) -> bool:
    """Whether a file is called as inventories usually are: ``hosts``, ``inventory.ini``, ``hosts-prod.yml``."""
    stem, extension = posixpath.splitext(name)
    return extension in ("", ".ini", *_YAML) and not _EXAMPLE.search(name) and bool(_NAME.fullmatch(stem))


def is_dynamic(files: YamlFiles, path: str) -> bool:
    """Whether a source only gives its hosts when it is run: a plugin's configuration or a script."""
    if path.endswith(_YAML):
        return bool(plugin_name(files.load(path).first))
    return path.endswith(CONFIG) or _is_script(files, path)


def _may_be_plugin(files: YamlFiles, path: str) -> bool:
    """Whether a YAML file outside the usual directories names itself after the plugin that it configures
    (``prod.aws_ec2.yml``, as most plugins demand)."""
    try:
        if not re.search(r"^plugin\s*:", files.repo.read_text(path), re.MULTILINE):
            return False
    except UnreadableError:
        return False
    first = files.load(path).first
    tail = plugin_name(first).rsplit(".", 1)[-1]
    stem = posixpath.splitext(posixpath.basename(path))[0]
    return isinstance(first, Mapping) and bool(tail) and (stem.endswith(tail) or tail in stem)
