"""The one door to the disk.

Everything that archdoc reads of a repository passes through here: confined to the repository (a path or a
symbolic link that leaves it is refused), limited in size, blind to what git ignores, and sorted.
"""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from pathspec import GitIgnoreSpec

from archdoc.model.facts import Source
from archdoc.model.problem import Problem, Severity
from archdoc.readers.builtsites import without_built_sites
from archdoc.readers.gitindex import tracked_paths

MAX_FILE_BYTES = 4 * 1024 * 1024
"""A larger file is a Problem: no configuration written by people comes near it."""
MAX_FILES = 200_000
NEVER_LISTED = frozenset(
    {".git", ".hg", ".svn", ".terraform", ".venv", "node_modules", "__pycache__", ".archdoc-cache"}
)
"""Directories that hold other people's code or a tool's own state. A reader may still open a path in them by name."""


STAGING = ".archdoc-new-"
"""How the names of directories begin in which a build lays its new files ready. A killed build leaves one behind."""


def is_never_listed(name: str) -> bool:
    """Whether a directory of this name holds other people's code, a tool's own state, or what a killed build left."""
    return name in NEVER_LISTED or name.startswith(STAGING)


class UnreadableError(Exception):
    """A file cannot be read; ``problem`` says which and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class Repository:
    """A directory to read, as it lies on disk. All paths are relative to it and posix; "." is the directory itself.

    ``excludes`` are patterns in the syntax of .gitignore for files that are not to be listed.
    """

    kind = "working tree"
    """What of the directory is read."""

    def __init__(self, root: Path, excludes: tuple[str, ...] = ()) -> None:
        self.root = root.resolve()
        self._excludes = GitIgnoreSpec.from_lines(excludes)
        self._refused: list[Problem] = []
        self._texts: dict[str, str] = {}
        self._directories: dict[str, str | None] = {}

    # -- listing --------------------------------------------------------------------------------------------

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Every file that git does not ignore and that is not of a built site, sorted. Links that leave the repository
        are left out, and listed by ``problems``."""
        tracked = _with_parents(tracked_paths(self.root))
        found = without_built_sites(sorted(self._walk("", [], tracked)), self.text_or_none)
        if len(found) > MAX_FILES:
            self._refused.append(too_many(len(found)))
        return tuple(found[:MAX_FILES])

    @cached_property
    def directories(self) -> frozenset[str]:
        """Every directory that holds a listed file, at any depth, and "."."""
        found = {"."}
        for path in self.paths:
            parent = posixpath.dirname(path)
            while parent and parent not in found:
                found.add(parent)
                parent = posixpath.dirname(parent)
        return frozenset(found)

    @cached_property
    def _by_directory(self) -> dict[str, tuple[str, ...]]:
        grouped: dict[str, list[str]] = {}
        for path in self.paths:
            grouped.setdefault(posixpath.dirname(path) or ".", []).append(path)
        return {directory: tuple(paths) for directory, paths in grouped.items()}

    def with_suffix(self, *suffixes: str) -> Iterator[str]:
        """The listed files whose names end in one of the suffixes (``.tf``, ``.tf.json``)."""
        return (p for p in self.paths if p.endswith(suffixes))

    def in_directory(self, directory: str) -> tuple[str, ...]:
        """The listed files that lie directly in a directory."""
        return self._by_directory.get(normal(directory), ())

    def under(self, directory: str) -> Iterator[str]:
        """The listed files below a directory, at any depth."""
        prefix = "" if normal(directory) == "." else normal(directory) + "/"
        return (p for p in self.paths if p.startswith(prefix))

    def problems(self) -> list[Problem]:
        """What was refused while listing."""
        _ = self.paths
        return list(self._refused)

    # -- reading --------------------------------------------------------------------------------------------

    def is_file(self, path: str) -> bool:
        """Whether a regular file lies there, inside the repository (listed or not)."""
        real = self._inside(path)
        return real is not None and os.path.isfile(real)

    def is_directory(self, path: str) -> bool:
        """Whether a directory lies there, inside the repository."""
        real = self._inside(path)
        return real is not None and os.path.isdir(real)

    def real_path(self, path: str) -> str | None:
        """Where a path leads once its links are followed, or None when that is not in the repository."""
        real = self._inside(path)
        return None if real is None else Path(real).relative_to(self.root).as_posix()

    def is_listed(self, path: str) -> bool:
        """Whether a file is listed, or a link (of its own or above it) leads to one that is."""
        path = normal(path)
        return path in self._listed or self.real_path(path) in self._listed

    @cached_property
    def _listed(self) -> frozenset[str]:
        return frozenset(self.paths)

    def list_any(self, directory: str) -> tuple[str, ...]:
        """The names in a directory whether git ignores them or not; for directories that are named explicitly."""
        real = self._inside(directory)
        if real is None or not os.path.isdir(real):
            return ()
        return tuple(sorted(os.listdir(real)))

    def is_executable(self, path: str) -> bool:
        """Whether the owner may execute the file (an inventory script, say). Nothing is ever executed."""
        real = self._inside(path)
        return real is not None and os.path.isfile(real) and bool(os.stat(real).st_mode & stat.S_IXUSR)

    def read_bytes(self, path: str) -> bytes:
        """The bytes of a file (UnreadableError if it leaves the repository, is too large or cannot be read)."""
        path = normal(path)
        real = self._inside(path)
        if real is None:
            raise UnreadableError(leads_out(path))
        try:
            status = os.stat(real)
            if not stat.S_ISREG(status.st_mode):
                raise UnreadableError(_problem("FS002", f"{path} is not a regular file", path))
            if status.st_size > MAX_FILE_BYTES:
                raise UnreadableError(too_large(path, status.st_size))
            with open(real, "rb") as file:
                return file.read()
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise UnreadableError(
                _problem("FS002", f"{path} cannot be read: {reason}", path, "check its permissions")
            ) from error

    def read_text(self, path: str) -> str:
        """The text of a file: UTF-8, a byte order mark taken off, line ends as ``\\n``."""
        path = normal(path)
        if path not in self._texts:
            try:
                text = self.read_bytes(path).decode("utf-8-sig")
            except UnicodeDecodeError as error:
                raise UnreadableError(
                    _problem("FS004", f"{path} is not UTF-8 text (byte {error.start})", path)
                ) from error
            self._texts[path] = text.replace("\r\n", "\n")
        return self._texts[path]

    def text_or_none(self, path: str) -> str | None:
        """The text of a file, or None where it cannot be read."""
        try:
            return self.read_text(path)
        except UnreadableError:
            return None

    # -- inside ---------------------------------------------------------------------------------------------

    def _inside(self, path: str) -> str | None:
        """The real path, as the system has it, or None when it leaves the repository."""
        path = normal(path)
        if path.startswith(("/", "../")) or path == ".." or "\0" in path:
            return None
        if path == ".":
            return str(self.root)
        directory, name = posixpath.split(path)
        parent = self._real_directory(directory)
        try:
            if parent is not None and not _is_link(found := os.path.join(parent, name)):
                return found
        except OSError:
            return None
        return self._resolved(path)

    def _real_directory(self, directory: str) -> str | None:
        """``_inside`` of a directory, worked out once: most paths that are asked for lie next to one another."""
        if directory not in self._directories:
            self._directories[directory] = self._resolved(directory)
        return self._directories[directory]

    def _resolved(self, path: str) -> str | None:
        try:
            real = (self.root / path).resolve()
        except (OSError, RuntimeError):
            return None
        return str(real) if real == self.root or self.root in real.parents else None

    def _walk(self, directory: str, ignores: list[tuple[str, GitIgnoreSpec]], tracked: frozenset[str]) -> Iterator[str]:
        try:
            entries = sorted(os.scandir(self.root / directory), key=lambda e: e.name)
        except OSError as error:
            self._refused.append(
                _problem("FS002", f"{directory or '.'} cannot be listed: {error.strerror}", directory or ".")
            )
            return
        if any(e.name == ".gitignore" and e.is_file(follow_symlinks=False) for e in entries):
            ignores = [*ignores, (directory, self._gitignore(posixpath.join(directory, ".gitignore")))]
        for entry in entries:
            path = posixpath.join(directory, entry.name)
            if entry.is_symlink() and self._inside(path) is None:
                if is_never_listed(entry.name) or self._passed_over(path, ignores, tracked):
                    continue
                self._refused.append(
                    _problem(
                        "FS001",
                        f"{path} is a link out of the repository; it was not followed",
                        path,
                        "replace the link by a copy, or exclude it in archdoc.toml",
                    )
                )
            elif entry.is_dir(follow_symlinks=False):
                if is_never_listed(entry.name) or self._is_excluded(path + "/"):
                    continue
                if path in tracked or not _ignored(path + "/", ignores):
                    yield from self._walk(path, ignores, tracked)
            elif self._is_listable(entry, path, ignores, tracked):
                yield path

    def _is_listable(
        self, entry: os.DirEntry[str], path: str, ignores: list[tuple[str, GitIgnoreSpec]], tracked: frozenset[str]
    ) -> bool:
        """A file, or a link to one; links to directories are not walked, so that nothing is read twice or forever.
        A file called .git says where the clone of a submodule is."""
        return entry.is_file() and entry.name != ".git" and not self._passed_over(path, ignores, tracked)

    def _passed_over(self, path: str, ignores: list[tuple[str, GitIgnoreSpec]], tracked: frozenset[str]) -> bool:
        """Whether the configuration excludes the path, or git ignores it."""
        return self._is_excluded(path) or (path not in tracked and _ignored(path, ignores))

    def _is_excluded(self, path: str) -> bool:
        return self._excludes.match_file(matchable(path))

    def _gitignore(self, path: str) -> GitIgnoreSpec:
        try:
            return GitIgnoreSpec.from_lines(self.read_text(path).splitlines())
        except UnreadableError as error:
            self._refused.append(error.problem)
        except ValueError as error:
            self._refused.append(
                _problem("FS006", f"{path} has a pattern that git's syntax does not know: {error}", path)
            )
        return GitIgnoreSpec.from_lines(())


def _is_link(path: str) -> bool:
    try:
        return stat.S_ISLNK(os.lstat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def normal(path: str) -> str:
    """A relative posix path without ``.`` and inner ``..``; a leading ``..`` stays, to be refused."""
    return posixpath.normpath(path) if path else "."


def leads_out(path: str) -> Problem:
    """A path or a link that leaves the repository."""
    return _problem(
        "FS001",
        f"{path} leads out of the repository; it was not read",
        path,
        "keep what is read inside the repository",
    )


def too_large(path: str, size: int) -> Problem:
    """A file of ``size`` bytes, more than are read."""
    most = MAX_FILE_BYTES // 1024 // 1024
    return _problem(
        "FS003",
        f"{path} has {size / 1024 / 1024:.0f} MiB; files over {most} MiB are not read",
        path,
        "exclude it in archdoc.toml, or split it",
    )


def too_many(count: int) -> Problem:
    """More files than are read."""
    return _problem(
        "FS005", f"{count} files; only the first {MAX_FILES} are read", ".", "exclude directories in archdoc.toml"
    )


def matchable(path: str) -> str:
    """A path as patterns see it: bytes that are no UTF-8 as one sign each, for they cannot be matched."""
    return path if path.isascii() else path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _with_parents(tracked: frozenset[str]) -> frozenset[str]:
    """The tracked files and every directory above them."""
    found = set(tracked)
    for path in tracked:
        parent = posixpath.dirname(path)
        while parent and parent not in found:
            found.add(parent)
            parent = posixpath.dirname(parent)
    return frozenset(found)


def _ignored(path: str, ignores: list[tuple[str, GitIgnoreSpec]]) -> bool:
    """Whether git ignores the path: the .gitignore nearest to it that has a say decides."""
    for directory, spec in reversed(ignores):
        verdict = spec.check_file(matchable(path[len(directory) + 1 :] if directory else path)).include
        if verdict is not None:
            return verdict
    return False


def _problem(code: str, message: str, path: str, hint: str = "") -> Problem:
    return Problem(Severity.WARNING if code == "FS001" else Severity.ERROR, code, message, Source(path, 1), hint)
