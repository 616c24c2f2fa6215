"""The roles and playbooks of a repository by their names, found the way Ansible finds them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archdoc.readers.ansible.plays.places import Place, checkout_paths
from archdoc.readers.ansible.plays.roles import Role
from archdoc.readers.ansible.projects import ROLE_PARTS, CollectionDirectory, Project
from archdoc.readers.ansible.rules import CHECKOUT, ROLE_BY_NAME
from archdoc.readers.ansible.variables import repository_path
from archdoc.readers.files import Repository, normal

_PARTS = (*sorted(ROLE_PARTS), "files", "templates", "library")
_COLLECTION = re.compile(r"[A-Za-z_]\w*\.[A-Za-z_]\w*\.[A-Za-z_][\w.]*")


@dataclass(frozen=True, slots=True)
class FoundRole:
    """A role, and the rule that found it ("" for Ansible's own search)."""

    role: Role
    rule: str = ""


class Library:
    """Roles and playbooks of all projects."""

    def __init__(self, repo: Repository, projects: Iterable[Project]) -> None:
        self._repo = repo
        self._projects = tuple(projects)
        self._collections: dict[str, list[CollectionDirectory]] = {}
        for project in self._projects:
            for collection in project.collections:
                listed = self._collections.setdefault(collection.name, [])
                if collection not in listed:
                    listed.append(collection)
        self._at: dict[str, str | None] = {}
        self._names: dict[str, str] = {}
        self._owners: dict[str, Project] = {}
        for project in self._projects:
            self._name_roles(project)

    # -- roles ------------------------------------------------------------------------------------------------

    def find(
        self, project: Project, name: str, place: Place, collections: Iterable[str] = (), beside: str = ""
    ) -> FoundRole | None:
        """The role of a name, for a task or play at ``place``. ``collections`` are searched for a bare name;
        ``beside`` is the directory of the role that depends on it."""
        if _COLLECTION.fullmatch(name):
            namespace, collection, role = name.split(".", 2)
            found = self._in_collection(f"{namespace}.{collection}", role)
            if found is not None:
                return FoundRole(found)
        elif "/" not in name:
            for listed in collections:
                found = self._in_collection(listed, name)
                if found is not None:
                    return FoundRole(found)
        own = repository_path(name)
        if own is not None:
            path = self._role_at(own)
            return FoundRole(Role(path)) if path is not None else None
        if not name or name.startswith("~"):
            return None
        if name.startswith("/"):
            path = next(filter(None, map(self._role_at, checkout_paths(name, project.path))), None)
            return FoundRole(Role(path, self._collection_of(path)), CHECKOUT) if path is not None else None
        searched = [posixpath.join(place.base, "roles"), *project.roles_path, *([beside] if beside else []), place.base]
        for directory in map(normal, searched):
            path = self._role_at(normal(posixpath.join(directory, name)))
            if path is not None:
                return FoundRole(Role(path, self._collection_of(path)))
        same = [role for role in project.roles if role == name or role.endswith("/" + name)]
        return FoundRole(Role(same[0], self._collection_of(same[0])), ROLE_BY_NAME) if len(same) == 1 else None

    def matching(self, project: Project, pattern: re.Pattern[str]) -> list[Role]:
        """The roles of a project whose names a pattern matches whole, sorted."""
        return [role for role in self.roles(project) if pattern.fullmatch(self._names[role.path])]

    def roles(self, project: Project) -> Iterator[Role]:
        """The roles of a project, sorted by path."""
        return (Role(path, self._collection_of(path)) for path in project.roles)

    def name(self, role: Role) -> str:
        """The name of a role: as a play of its project would write it, with the collection it is in."""
        return self._names.get(role.path) or posixpath.basename(role.path)

    def owner(self, role: Role) -> Project | None:
        """The project that a role belongs to."""
        return self._owners.get(role.path)

    # -- playbooks --------------------------------------------------------------------------------------------

    def playbook(self, name: str) -> str | None:
        """The playbook of a collection (``ns.collection.playbook``)."""
        if not _COLLECTION.fullmatch(name) or name.endswith((".yml", ".yaml")):
            return None
        namespace, collection, playbook = name.split(".", 2)
        for found in self._collections.get(f"{namespace}.{collection}", ()):
            for extension in (".yml", ".yaml", ""):
                path = normal(posixpath.join(found.path, "playbooks", playbook.replace(".", "/") + extension))
                if self._repo.is_file(path):
                    return path
        return None

    # -- inside -----------------------------------------------------------------------------------------------

    def _in_collection(self, collection: str, role: str) -> Role | None:
        for found in self._collections.get(collection, ()):
            path = self._role_at(normal(posixpath.join(found.path, "roles", role.replace(".", "/"))))
            if path is not None:
                return Role(path, collection)
        return None

    def _collection_of(self, path: str) -> str:
        """The collection whose ``roles`` directory a role lies in."""
        for listed in self._collections.values():
            for found in listed:
                if posixpath.dirname(path) == normal(posixpath.join(found.path, "roles")):
                    return found.name
        return ""

    def _role_at(self, path: str) -> str | None:
        """The directory of the role at a path, its links followed as Ansible does (``unfrackpath``); None for one
        that has no part of a role in it."""
        if path not in self._at:
            self._at[path] = self._look_at(path)
        return self._at[path]

    def _look_at(self, path: str) -> str | None:
        if path.startswith(("/", "..")) or not self._repo.is_directory(path):
            return None
        path = self._repo.real_path(path) or path
        known = path in self._owners or any(posixpath.join(path, part) in self._repo.directories for part in _PARTS)
        return path if known else None

    def _name_roles(self, project: Project) -> None:
        """Names that no two roles of the project share; of two the one on the search path keeps the short one."""
        taken: dict[str, str] = {}

        def order(path: str) -> tuple[int, str]:
            on_path = [i for i, base in enumerate(project.roles_path) if path.startswith(base + "/")]
            return (on_path[0] if on_path else len(project.roles_path), path)

        for path in sorted(project.roles, key=order):
            name = self._plain_name(project, path)
            if name in taken:
                name = project.relative(path)
            taken[name] = path
            self._names[path] = name
            self._owners[path] = project

    def _plain_name(self, project: Project, path: str) -> str:
        collection = self._collection_of(path)
        if collection and collection != self._own_collection(project):
            return f"{collection}.{posixpath.basename(path)}"
        for base in sorted(project.roles_path, key=len, reverse=True):
            if path.startswith(base + "/"):
                return path[len(base) + 1 :]
        parts = path.split("/")
        if "roles" in parts[:-1]:
            last = len(parts) - 2 - parts[:-1][::-1].index("roles")
            return "/".join(parts[last + 1 :])
        return posixpath.basename(path) if path != "." else project.id("", "").strip(":")

    @staticmethod
    def _own_collection(project: Project) -> str:
        """The collection that the project itself is."""
        return next((c.name for c in project.collections if c.path == project.path), "")
