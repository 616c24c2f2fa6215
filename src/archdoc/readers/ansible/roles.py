"""Roles: where they are, what they hold, and what requirements files say of those that are not here.

https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_reuse_roles.html
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import Any

from archdoc.model.facts import Source
from archdoc.readers.ansible.projects import Project
from archdoc.readers.ansible.yamlfiles import YamlFiles
from archdoc.readers.yamldoor import line_of, plain

_ENDINGS = (".yml", ".yaml", ".json", "")


@dataclass(frozen=True, slots=True)
class RoleUse:
    """A role as a play, a task or another role names it."""

    name: str
    source: Source
    how: str = "roles"
    """roles, include_role, import_role, or dependencies."""
    tasks_from: str = ""
    when: tuple[Any, ...] = ()
    tags: tuple[str, ...] = ()
    variables: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Requirement:
    """An entry of a requirements file: a role or a collection that is installed from elsewhere."""

    name: str
    kind: str
    source: Source
    version: str = ""
    address: str = ""


def find_role(
    project: Project, files: YamlFiles, name: str, beside: str, collections: tuple[str, ...] = ()
) -> str | None:
    """The directory of a role, or None: ``roles/`` beside the playbook, the roles path, the playbook's own directory;
    a full name (``ns.collection.role``), and a short one through ``collections``, in the collections here."""
    parts = name.split(".")
    repo = files.repo
    wanted = [name] if len(parts) == 3 else [f"{c}.{name}" for c in collections]
    for full in wanted:
        namespace, _, role = full.rpartition(".")
        for collection in project.collections:
            if collection.name == namespace:
                path = posixpath.normpath(posixpath.join(collection.path, "roles", role))
                if repo.is_directory(path):
                    return path
    if len(parts) == 3 and not any(repo.is_directory(posixpath.join(d, name)) for d in project.roles_path):
        return None
    directories = [posixpath.join(beside, "roles"), *project.roles_path, beside]
    for directory in directories:
        path = posixpath.normpath(posixpath.join(directory, name))
        if not path.startswith("..") and repo.is_directory(path) and _is_role(files, path):
            return path
    return None


def _is_role(files: YamlFiles, path: str) -> bool:
    return any(
        files.repo.is_directory(posixpath.join(path, part))
        for part in ("tasks", "meta", "handlers", "defaults", "vars", "templates", "files")
    )


def part_file(files: YamlFiles, role: str, part: str, name: str = "main") -> str | None:
    """A role's file: ``tasks/main.yml``, ``defaults/main.yaml`` …, or None."""
    stem = posixpath.join(role, part, name)
    if posixpath.splitext(name)[1] in (".yml", ".yaml", ".json") and files.repo.is_file(stem):
        return posixpath.normpath(stem)
    for ending in _ENDINGS:
        if files.repo.is_file(stem + ending):
            return posixpath.normpath(stem + ending)
    return None


def part_files(files: YamlFiles, role: str, part: str) -> tuple[str, ...]:
    """A role's main file of a part; when ``main`` is a directory, every file in it."""
    directory = posixpath.join(role, part, "main")
    if files.repo.is_directory(directory):
        return tuple(posixpath.join(directory, n) for n, is_dir in files.listed(directory) if not is_dir)
    found = part_file(files, role, part)
    return (found,) if found else ()


def dependencies(files: YamlFiles, role: str) -> tuple[RoleUse, ...]:
    """``dependencies`` of a role's meta/main."""
    path = part_file(files, role, "meta")
    meta = files.load(path).first if path else None
    listed = meta.get("dependencies") if isinstance(meta, dict) else None
    uses = []
    for item in listed if isinstance(listed, list) else ():
        use = role_use(item, path or role, "dependencies")
        if use is not None:
            uses.append(use)
    return tuple(uses)


def role_use(item: Any, path: str, how: str = "roles") -> RoleUse | None:
    """An entry of ``roles:`` or of ``dependencies:``: a name, or a mapping with ``role`` or ``name``."""
    if isinstance(item, str):
        return RoleUse(str.__str__(item), Source(path, line_of(item)), how)
    if not isinstance(item, dict):
        return None
    name = item.get("role") or item.get("name") or item.get("src")
    if not isinstance(name, str):
        return None
    from archdoc.readers.ansible.tasks import names

    when = item.get("when")
    known = {"role", "name", "src", "when", "tags", "vars", "become", "become_user", "delegate_to", "version", "scm"}
    variables = {k: v for k, v in item.items() if k not in known}
    if isinstance(item.get("vars"), dict):
        variables |= item["vars"]
    return RoleUse(
        str.__str__(name),
        Source(path, line_of(item), max(line_of(item), getattr(item, "end_line", 1))),
        how,
        when=tuple(when) if isinstance(when, list) else ((when,) if when is not None else ()),
        tags=names(item.get("tags")),
        variables=tuple(sorted(variables.items(), key=lambda pair: str(pair[0]))),
    )


def requirements(project: Project, files: YamlFiles) -> tuple[Requirement, ...]:
    """Every role and collection that the project's requirements files list."""
    found: list[Requirement] = []
    for path in project.requirements:
        content = files.load(path).first
        tables = content if isinstance(content, dict) else {"roles": content}
        for kind, key in (("role", "roles"), ("collection", "collections")):
            for item in tables.get(key) or [] if isinstance(tables.get(key), list) else []:
                made = _requirement(item, kind, path)
                if made is not None:
                    found.append(made)
    return tuple(found)


def _requirement(item: Any, kind: str, path: str) -> Requirement | None:
    if isinstance(item, str):
        name, _, version = str(item).partition(",")
        return Requirement(_short(name), kind, Source(path, line_of(item)), version.strip(), name)
    if not isinstance(item, dict):
        return None
    address = str(plain(item.get("src") or item.get("source") or item.get("role") or item.get("name") or ""))
    name = str(plain(item.get("name") or item.get("role") or _short(address)))
    if not name:
        return None
    return Requirement(name, kind, Source(path, line_of(item)), str(plain(item.get("version") or "")), address)


def _short(address: str) -> str:
    """The name that an installed role gets from its address."""
    if "/" not in address:
        return address
    return address.rstrip("/").rsplit("/", 1)[-1].removesuffix(".git").removesuffix(".tar.gz")
