"""Where the Ansible projects of a repository are, and which files each of them has."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from archdoc.config import Config
from archdoc.model.facts import Source
from archdoc.model.problem import Problem, Severity
from archdoc.readers.ansible.cfg import FILE_NAME, Settings, read_settings
from archdoc.readers.ansible.inventories.find import find_inventories, is_inventory_name
from archdoc.readers.ansible.yamlfiles import FileKind, YamlFiles
from archdoc.readers.files import Repository, normal

ROLE_PARTS = frozenset({"tasks", "handlers", "defaults", "vars", "meta"})
_NOT_CODE = frozenset({"templates", "files", "node_modules", "site-packages"})
_REQUIREMENTS = re.compile(r"(.*/)?(requirements/[^/]*|[^/]*requirements[^/]*)\.ya?ml")


@dataclass(frozen=True, slots=True)
class CollectionDirectory:
    """A collection whose code is in the repository: ``namespace.name`` and its directory."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class InventorySources:
    """One inventory: the sources that Ansible would be given together.

    ``path`` names it, ``declared`` is true when ansible.cfg or archdoc's configuration names it; the others
    are there because their names and contents are those of an inventory.
    """

    path: str
    sources: tuple[str, ...]
    declared: bool = False
    rule: str = ""
    """The heuristic that says that the inventory is the project's, where it lies outside of its directory."""


@dataclass(frozen=True, slots=True)
class Project:
    """A directory that Ansible is run in, and what belongs to it. All paths are repository-relative."""

    path: str
    settings: Settings
    inventories: tuple[InventorySources, ...] = ()
    playbooks: tuple[str, ...] = ()
    """Every playbook, sorted, but those of test scenarios."""
    test_playbooks: tuple[str, ...] = ()
    """Playbooks below ``tests/``, and scenarios of molecule."""
    roles: tuple[str, ...] = ()
    """Directories of roles, sorted."""
    roles_path: tuple[str, ...] = ()
    """Directories to look for roles in, in Ansible's order (``roles/`` beside a playbook comes before them)."""
    collections: tuple[CollectionDirectory, ...] = ()
    requirements: tuple[str, ...] = ()
    """requirements.yml files (roles and collections), sorted."""

    def id(self, kind: str, name: str) -> str:
        """The id of a node of this project: ``ansible:<path>:<kind>:<name>``."""
        return f"ansible:{self.path}:{kind}:{name}"

    def relative(self, path: str) -> str:
        """A path as seen from the project, for ids and labels; one outside it stays as it is."""
        if self.path == ".":
            return path
        prefix = self.path + "/"
        return path[len(prefix) :] if path.startswith(prefix) else path


def find_projects(
    repo: Repository, config: Config, files: YamlFiles
) -> tuple[tuple[Project, ...], tuple[Problem, ...]]:
    """The Ansible projects of a repository, sorted by path; none when nothing in it looks like Ansible.

    A project is a directory with an ansible.cfg. A playbook or role with none above it belongs to the nearest
    directory that has ``roles/``, an inventory or a galaxy.yml, then to the nearest with ``group_vars/`` or
    ``host_vars/``, then to its own. ``[ansible] projects`` in archdoc's configuration names them instead.
    """
    roles = _roles(repo)
    playbooks = [p for p in repo.with_suffix(".yml", ".yaml") if _is_code(p) and files.kind(p) is FileKind.PLAYBOOK]
    playbooks, hidden = _without_hidden(playbooks, config)
    directories = _Directories(repo, files, roles, [normal(p) for p in config.ansible.projects])
    owners: dict[str, str | None] = {p: directories.owner(_above_scenario(p)) for p in playbooks}
    owners.update({r: directories.owner(_above_roles(r)) for r in roles})
    owners.update({c.path: directories.owner(_above_collections(c.path)) for c in _collections(repo, files, "")})
    homes = sorted({o for o in owners.values() if o is not None} | set(directories.named))
    projects: list[Project] = []
    problems: list[Problem] = hidden
    for home in homes:
        settings, wrong = directories.settings(home)
        problems.extend(wrong)
        own = [p for p in playbooks if owners[p] == home]
        own_roles = tuple(r for r in roles if owners[r] == home)
        project = Project(
            path=home,
            settings=settings,
            playbooks=tuple(p for p in own if not _is_test(p)),
            test_playbooks=tuple(p for p in own if _is_test(p)),
            roles=own_roles,
            roles_path=_roles_path(repo, home, settings),
            collections=_collections(repo, files, home),
            requirements=tuple(
                p
                for p in repo.under(home)
                if _REQUIREMENTS.fullmatch(p)
                and directories.owner(posixpath.dirname(p) or ".") == home
                and _is_requirements(files, p)
            ),
        )
        projects.append(project)
    projects, missing = _with_inventories(repo, config, files, projects)
    return tuple(projects), tuple(sorted({*problems, *missing}, key=Problem.sort_key))


class _Directories:
    """Which directory a file's project is."""

    def __init__(self, repo: Repository, files: YamlFiles, roles: Iterable[str], named: list[str]) -> None:
        self._repo = repo
        self._files = files
        self.named = [n for n in named if n == "." or n in repo.directories]
        self._configured = {
            posixpath.dirname(p) or "."
            for p in repo.with_suffix(FILE_NAME)
            if posixpath.basename(p) == FILE_NAME
            if _is_code(p)
        }
        self._strong = {_above_roles(r) for r in roles}
        self._weak: set[str] = set()
        for path in repo.paths:
            name = posixpath.basename(path)
            installed = "ansible_collections" in path.split("/")
            if _is_code(path) and not installed and (name == "galaxy.yml" or self._is_inventory(path, name)):
                self._strong.add(posixpath.dirname(path) or ".")
        for directory in repo.directories:
            parent, name = posixpath.dirname(directory) or ".", posixpath.basename(directory)
            if name in ("inventory", "inventories"):
                self._strong.add(parent)
            elif name in ("group_vars", "host_vars"):
                self._weak.add(parent)
        self._owners: dict[str, str | None] = {}

    def _is_inventory(self, path: str, name: str) -> bool:
        """Whether a file is called as an inventory is, and is no playbook (``build-hosts.yml``)."""
        return is_inventory_name(name) and self._files.kind(path) is not FileKind.PLAYBOOK

    def settings(self, home: str) -> tuple[Settings, tuple[Problem, ...]]:
        for directory in _upward(home):
            if directory in self._configured:
                return read_settings(self._repo, posixpath.join(directory, FILE_NAME))
        return Settings(), ()

    def owner(self, directory: str) -> str | None:
        if directory not in self._owners:
            self._owners[directory] = self._find(directory)
        return self._owners[directory]

    def _find(self, directory: str) -> str | None:
        above = list(_upward(directory))
        if self.named:
            return next((d for d in above if d in self.named), None)
        for marked in (self._configured, self._strong, self._weak):
            found = next((d for d in above if d in marked), None)
            if found is not None:
                return found
        home = above[0]
        return above[1] if posixpath.basename(home) == "playbooks" else home


def _without_hidden(playbooks: list[str], config: Config) -> tuple[list[str], list[Problem]]:
    """The playbooks outside of hidden directories (``.archive/``), and a note for each such directory."""
    kept: list[str] = []
    hidden: dict[str, str] = {}
    for path in playbooks:
        parts = path.split("/")[:-1]
        first = next((i for i, part in enumerate(parts) if part.startswith(".")), None)
        if first is None or any(_contains(normal(p), path) for p in config.ansible.projects):
            kept.append(path)
        else:
            hidden.setdefault("/".join(parts[: first + 1]), path)
    return kept, [
        Problem(
            Severity.NOTE,
            "ANS004",
            f"the playbooks below {directory} are not read: the directory is hidden",
            Source(path),
            "name the project in [ansible] projects of archdoc.toml to read them",
        )
        for directory, path in hidden.items()
    ]


def _above_scenario(playbook: str) -> str:
    """The directory of a playbook; for one of a molecule scenario (``x/molecule/<scenario>/``) that is ``x``."""
    parts = playbook.split("/")[:-1]
    if "molecule" in parts[:-1]:
        parts = parts[: len(parts) - 2 - parts[:-1][::-1].index("molecule")]
    return "/".join(parts) or "."


def _above_collections(path: str) -> str:
    """The directory a collection is installed below: ``…/collections/ansible_collections/a/b`` gives ``…``."""
    parts = path.split("/")
    if "ansible_collections" not in parts:
        return path
    above = parts[: parts.index("ansible_collections")]
    return "/".join(above[:-1] if above[-1:] == ["collections"] else above) or "."


def _upward(directory: str) -> Iterable[str]:
    """A directory and those above it, up to the repository itself."""
    while directory != ".":
        yield directory
        directory = posixpath.dirname(directory) or "."
    yield "."


def _is_code(path: str) -> bool:
    return not _NOT_CODE & set(path.split("/")[:-1])


def _is_requirements(files: YamlFiles, path: str) -> bool:
    """Whether a file lists roles or collections to install (https://docs.ansible.com/…/galaxy/user_guide.html)."""
    if not _is_code(path):
        return False
    first = files.load(path).first
    if isinstance(first, dict):
        return bool(first.keys() & {"roles", "collections"})
    return (
        isinstance(first, list)
        and bool(first)
        and all(
            isinstance(item, str) or (isinstance(item, dict) and bool(item.keys() & {"name", "src", "role", "include"}))
            for item in first
        )
    )


def _is_test(path: str) -> bool:
    """Whether a playbook is a test: below ``tests/``, or in a scenario of molecule (``molecule/<scenario>/``)."""
    return "tests" in path.split("/")[:-1] or is_of_molecule(path)


def is_of_molecule(path: str) -> bool:
    """Whether a playbook belongs to a scenario of molecule: its hosts are the platforms of the scenario, and no
    inventory of the project (https://docs.ansible.com/projects/molecule/configuration/#scenario)."""
    return "molecule" in path.split("/")[:-2]


def _roles(repo: Repository) -> tuple[str, ...]:
    """The directories that are roles: below a ``roles`` directory with a part of a role in them, or anywhere
    with ``tasks/main`` and ``meta/main``."""
    parts: dict[str, set[str]] = {}
    for path in repo.paths:
        directory, name = posixpath.split(path)
        if not directory:
            continue
        role, part = posixpath.split(directory)
        if part in ROLE_PARTS and _is_code(path) and posixpath.splitext(name)[1] in (".yml", ".yaml", ".json", ""):
            main = posixpath.splitext(name)[0] == "main"
            parts.setdefault(role or ".", set()).update({part, f"{part}/main"} if main else {part})
    return tuple(
        sorted(
            role
            for role, found in parts.items()
            if ("roles" in role.split("/")[:-1] and found & {"tasks", *(f"{part}/main" for part in ROLE_PARTS)})
            or {"tasks/main", "meta/main"} <= found
        )
    )


def _above_roles(role: str) -> str:
    """The directory that holds the ``roles`` directory of a role, or the role itself when there is none."""
    parts = role.split("/")
    if "roles" in parts[:-1]:
        return "/".join(parts[: parts.index("roles")]) or "."
    return role


def _roles_path(repo: Repository, home: str, settings: Settings) -> tuple[str, ...]:
    own = normal(posixpath.join(home, "roles"))
    return tuple(p for p in dict.fromkeys((*settings.roles_path, own)) if repo.is_directory(p))


def _collections(repo: Repository, files: YamlFiles, home: str) -> tuple[CollectionDirectory, ...]:
    """The collections below a directory: ``ansible_collections/<namespace>/<name>``, or a galaxy.yml that names it."""
    found: dict[str, str] = {}
    for directory in repo.directories:
        parts = directory.split("/")
        if len(parts) >= 3 and parts[-3] == "ansible_collections":
            found[directory] = f"{parts[-2]}.{parts[-1]}"
    for path in repo.with_suffix("galaxy.yml"):
        if posixpath.basename(path) != "galaxy.yml" or not _is_code(path):
            continue
        meta = files.load(path).first
        if isinstance(meta, dict) and isinstance(meta.get("namespace"), str) and isinstance(meta.get("name"), str):
            found[posixpath.dirname(path) or "."] = f"{meta['namespace']}.{meta['name']}"
    inside = [d for d in sorted(found) if home in ("", ".") or d == home or d.startswith(home + "/")]
    return tuple(CollectionDirectory(found[d], d) for d in inside)


def _with_inventories(
    repo: Repository, config: Config, files: YamlFiles, projects: list[Project]
) -> tuple[list[Project], list[Problem]]:
    """The projects with the inventories that the configuration, their ansible.cfg or the files' names give them."""
    problems: list[Problem] = []
    named: dict[str, list[InventorySources]] = {}
    for path in map(normal, config.ansible.inventories):
        if not repo.is_file(path) and not repo.is_directory(path):
            message = f"the inventory {path} that the configuration names does not exist"
            problems.append(Problem(Severity.WARNING, "ANS003", message, Source(path), "correct [ansible] inventories"))
            continue
        home = max((p.path for p in projects if _contains(p.path, path)), key=len, default=None)
        for project in projects if home is None else [p for p in projects if p.path == home]:
            named.setdefault(project.path, []).append(InventorySources(path, (path,), declared=True))
    return [
        replace(p, inventories=tuple(named.get(p.path, ())) or _inventories(repo, files, p, projects, problems))
        if not config.ansible.inventories or p.path in named
        else p
        for p in projects
    ], problems


def _inventories(
    repo: Repository, files: YamlFiles, project: Project, projects: list[Project], problems: list[Problem]
) -> tuple[InventorySources, ...]:
    declared = []
    sources = tuple(s for s in project.settings.inventory if repo.is_file(s) or repo.is_directory(s))
    for missing in (s for s in project.settings.inventory if s not in sources):
        message = f"the inventory {missing} is not in the repository; its hosts are not known"
        problems.append(Problem(Severity.NOTE, "ANS001", message, project.settings.source("inventory")))
    if sources:
        declared.append(InventorySources(sources[0], sources, declared=True))
    inner = [p.path for p in projects if p.path != project.path and _contains(project.path, p.path)]
    found = find_inventories(files, project.path, project.settings)
    return (
        *declared,
        *(
            InventorySources(path, paths)
            for path, paths in found
            if not any(_contains(s, path) for s in sources) and not any(_contains(i, path) for i in inner)
        ),
    )


def _contains(directory: str, path: str) -> bool:
    return directory in (".", path) or path.startswith(directory + "/")
