"""Where Ansible looks for a file that a task names.

Task files: ansible/playbook/included_file.py and helpers.py of ansible-core; templates, files and variables:
``path_dwim_relative_stack`` of its parsing/dataloader.py
(https://docs.ansible.com/ansible/latest/playbook_guide/playbook_pathing.html).
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from archdoc.readers.ansible.jinja import TemplateFiles
from archdoc.readers.ansible.plays.roles import Role
from archdoc.readers.ansible.variables import REPOSITORY, repository_path
from archdoc.readers.files import Repository, normal

_TEST_PARTS = frozenset({"tests", "molecule", "node_modules"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a task stands: its file, the playbook of its play, the roles around it (outermost first), and the
    directories of the includes that lead to it, as they were written, nearest first."""

    file: str
    playbook: str = ""
    roles: tuple[Role, ...] = ()
    includes: tuple[str, ...] = ()

    @property
    def role(self) -> Role | None:
        """The role that the task belongs to."""
        return self.roles[-1] if self.roles else None

    @property
    def base(self) -> str:
        """The directory of the playbook. Where none leads here, a role in ``roles/`` is applied from beside that."""
        if self.playbook:
            return posixpath.dirname(self.playbook) or "."
        role = self.role
        if role is None:
            return posixpath.dirname(self.file) or "."
        parts = role.path.split("/")[:-1]
        return "/".join(parts[: len(parts) - 1 - parts[::-1].index("roles")]) or "." if "roles" in parts else role.path

    def included(self, file: str, written: str) -> Place:
        """The place of the tasks of an included file; ``written`` is how the include names it."""
        return replace(self, file=file, includes=(posixpath.dirname(written), *self.includes))

    def inside(self, role: Role, file: str) -> Place:
        """The place of the tasks of a role that is asked for here."""
        return replace(self, file=file, roles=(*self.roles, role), includes=())

    def stack(self) -> tuple[str, ...]:
        """Ansible's search path of the task: the roles around it, nearest first, then the directory of its file."""
        found = [role.path for role in reversed(self.roles)]
        return tuple(dict.fromkeys((*found, posixpath.dirname(self.file) or ".")))


class Finder:
    """Looks for files. Only files that git does not ignore are found, none outside of the repository."""

    def __init__(self, repo: Repository) -> None:
        self._repo = repo
        self._there: dict[str, bool] = {}
        self._directories: dict[str, bool] = {}
        self._listed = frozenset(repo.paths)
        self._basenames: dict[str, list[str]] | None = None
        self._role_like: dict[str, bool] = {}

    def is_there(self, path: str) -> bool:
        """Whether a file can be read."""
        if path not in self._there:
            directory = posixpath.dirname(path) or "."
            if directory in self._repo.directories:
                self._there[path] = path in self._listed
            else:
                self._there[path] = (
                    self._is_directory(directory) and self._repo.is_file(path) and self._repo.is_listed(path)
                )
        return self._there[path]

    def _is_directory(self, path: str) -> bool:
        """Whether a directory that holds no listed file is there all the same, behind a link."""
        if path not in self._directories:
            self._directories[path] = not path.startswith(("/", "../")) and self._repo.is_directory(path)
        return self._directories[path]

    def first(self, candidates: Iterator[str]) -> str | None:
        """The first candidate that is there."""
        return next((path for path in map(normal, candidates) if self.is_there(path)), None)

    def tasks(self, target: str, place: Place, static: bool, part: str = "tasks") -> str | None:
        """The file that ``include_tasks`` (or, ``static``, ``import_tasks``) of a task means."""
        own = repository_path(target)
        if own is not None:
            return own if self.is_there(own) else None
        if not target or target.startswith(("/", "~")):
            return None
        return self.first(posixpath.join(d, target) for d in self.task_directories(place, static, part))

    def task_directories(self, place: Place, static: bool, part: str = "tasks") -> tuple[str, ...]:
        """The directories in which the file of an include is looked for, in order."""
        base, role = place.base, place.role
        cumulative = ""
        nested: list[str] = []
        for directory in place.includes:
            if repository_path(cumulative) is None:  # an absolute path ends what is joined
                cumulative = posixpath.join(directory, cumulative) if cumulative else directory
            nested.append(cumulative)
        found: list[str] = []
        if role is None:
            found += [*(_below(base, inner) for inner in nested), base]
        else:
            own = [posixpath.join(role.path, part)]
            inside = [_below(own[0], inner) for inner in nested]
            inside += [posixpath.join(directory, part) for directory in inside] if static else []
            found += [*inside, *own] if static else [*own, *inside]
            found += [posixpath.join(role.path, "tasks"), role.path, posixpath.join(base, part), base]
        return tuple(dict.fromkeys(normal(d) for d in found if not normal(d).startswith("../")))

    def file(self, source: str, place: Place, directory: str) -> str | None:
        """The template (``directory`` templates), file (files) or variables file (vars) that a task names."""
        own = repository_path(source)
        if own is not None:
            return own if self.is_there(own) else None
        if not source or source.startswith(("/", "~")):
            return None
        return self.first(self.candidates(source, place, directory))

    def candidates(self, source: str, place: Place, directory: str) -> Iterator[str]:
        """The paths at which a file is looked for, in order."""
        named = source.split("/", maxsplit=1)[0] == directory
        for path in place.stack():
            above = posixpath.dirname(path)
            if posixpath.basename(above) == "tasks" and self._is_role_like(path):
                yield posixpath.join(posixpath.dirname(above), directory, source)
                yield posixpath.join(above, source)
            if not named:
                yield posixpath.join(path, directory, source)
            yield posixpath.join(path, source)
        if not named:
            yield posixpath.join(place.base, directory, source)
        yield posixpath.join(place.base, source)

    def by_name(self, source: str, base: str, fits: Callable[[str], bool]) -> str | None:
        """The one file below ``base`` whose path ends as ``source`` does (rule ``ansible.file-by-name``).

        The longest ending that any file has must be that of one file only.
        """
        text = repository_path(source) or source
        parts = [part for part in normal(text.replace(REPOSITORY, "")).split("/") if part not in ("", "..", ".")]
        if "{{" in source or source.startswith(("/", "~")) or not parts:
            return None
        named = [p for p in self._by_basename(parts[-1]) if base == "." or p.startswith(base + "/")]
        for begin in range(len(parts)):
            ending = "/".join(parts[begin:])
            found = [p for p in named if p == ending or p.endswith("/" + ending)]
            found = [p for p in found if fits(p) and not _TEST_PARTS & set(p.split("/"))]
            if found:
                return found[0] if len(found) == 1 else None
        return None

    def checked_out(self, path: str, base: str) -> str | None:
        """The file that an absolute path means where the repository is checked out (rule ``ansible.checkout``)."""
        return next((p for p in checkout_paths(path, base) if self.is_there(p)), None)

    def _by_basename(self, name: str) -> list[str]:
        if self._basenames is None:
            self._basenames = {}
            for path in self._repo.paths:
                self._basenames.setdefault(posixpath.basename(path), []).append(path)
        return self._basenames.get(name, [])

    def template_files(self, place: Place) -> TemplateFiles:
        """Where the templates and files that a template names are looked for."""

        def directories(part: str) -> tuple[str, ...]:
            found = [d for path in (*place.stack(), place.base) for d in (posixpath.join(path, part), path)]
            return tuple(dict.fromkeys(map(normal, found)))

        return TemplateFiles(self._repo, directories("templates"), directories("files"))

    def _is_role_like(self, path: str) -> bool:
        """Whether a directory, or the one above it, has the main file of a role's tasks or meta."""
        if path not in self._role_like:
            names = [f"{part}/main{ext}" for part in ("tasks", "meta") for ext in (".yml", ".yaml", "")]
            names += [f"../{name}" for name in names] + ["main.yml", "main.yaml", "main"]
            self._role_like[path] = any(self.is_there(normal(posixpath.join(path, name))) for name in names)
        return self._role_like[path]


def checkout_paths(path: str, base: str) -> Iterator[str]:
    """What an absolute path may mean in a repository that is checked out somewhere above: its endings of two names and
    more, the longest first, seen from the top of the repository and from ``base``."""
    parts = path.split("/")[1:] if path.startswith("/") and "{{" not in path else []
    for begin in range(1, len(parts) - 1):
        ending = "/".join(parts[begin:])
        yield from dict.fromkeys((normal(ending), normal(posixpath.join(base, ending))))


def _below(base: str, inner: str) -> str:
    """A directory as an include names it, seen from ``base``; an absolute one is what it is."""
    own = repository_path(inner)
    return own if own is not None else posixpath.join(base, inner)
