"""A repository as it was at a git revision, read like the working tree is, and never checked out.

What git does not track is in no revision. Files that it ignores (modules that ``terraform init`` downloaded, say) are
looked up in the working tree, where ``git checkout`` would leave them too: so that what is on the disk by chance does
not look like a change.
"""

from __future__ import annotations

import posixpath
from collections import deque
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from archdoc.model.facts import Source
from archdoc.model.problem import Problem, Severity
from archdoc.readers.builtsites import without_built_sites
from archdoc.readers.files import (
    MAX_FILE_BYTES,
    MAX_FILES,
    Repository,
    UnreadableError,
    is_never_listed,
    leads_out,
    normal,
    too_large,
    too_many,
)
from archdoc.readers.gitindex import sparse_paths, tracked_paths
from archdoc.readers.gitobjects import LINK, SUBMODULE, Entry, Store

_MAX_HOPS = 40
"""Links followed for one path, as Linux does."""
_MAX_LINK = 4096


@dataclass(frozen=True, slots=True)
class Tree:
    """The files of a revision by path, and the submodules in it that could not be read."""

    files: dict[str, Entry]
    unread: tuple[str, ...] = ()


def read_tree(store: Store, commit: str, prefix: str = "") -> Tree:
    """The files of a commit below ``prefix``, those of its submodules among them where their clones are there.

    A submodule that is not cloned has no files in the working tree either, nor has what a sparse checkout leaves out.
    """
    off_disk = {p for p in sparse_paths(store.directory) if not (store.directory / p).is_file()}
    files: dict[str, Entry] = {}
    unread = []
    waiting = deque([("", store, store.tree(commit, prefix))])
    while waiting:
        above, within, found = waiting.popleft()
        for path, entry in found.items():
            if entry.mode != SUBMODULE:
                if above + path not in off_disk:
                    files[above + path] = entry
                continue
            inner = Store(within.directory / path)
            if not _is_plain_directory(store.directory, above + path) or not inner.is_own_top():
                continue
            if inner.has(entry.oid):
                waiting.append((f"{above}{path}/", inner, inner.tree(entry.oid)))
            else:
                unread.append(above + path)
    return Tree(files, tuple(sorted(unread)))


class RevisionRepository(Repository):
    """The files of ``tree``, and beneath them those of ``here``, the working tree, that git ignores."""

    kind = "revision"

    def __init__(self, here: Repository, tree: Tree, excludes: tuple[str, ...] = ()) -> None:
        super().__init__(here.root, excludes)
        self._here = here
        self._tree = tree.files

    def close(self) -> None:
        """End the processes that read the objects."""
        for store in {id(e.store): e.store for e in self._tree.values()}.values():
            store.close()

    # -- listing --------------------------------------------------------------------------------------------

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Every file of the revision but for those of a built site, sorted; links that leave the repository are left
        out."""
        shown = sorted(p for p, entry in self._tree.items() if self._shown(p, entry))
        found = without_built_sites(shown, self.text_or_none)
        if len(found) > MAX_FILES:
            self._refused.append(too_many(len(found)))
        return tuple(found[:MAX_FILES])

    def _shown(self, path: str, entry: Entry) -> bool:
        above = path.split("/")[:-1]
        if any(map(is_never_listed, above)) or posixpath.basename(path) == ".git" or self._is_excluded(path):
            return False
        if any(self._is_excluded("/".join(above[: n + 1]) + "/") for n in range(len(above))):
            return False
        if entry.mode != LINK:
            return True
        target = self.real_path(path)
        if target is None:
            self._refused.append(leads_out(path))
        return target is not None and self.is_file(target)

    # -- reading --------------------------------------------------------------------------------------------

    def is_file(self, path: str) -> bool:
        """Whether a regular file lies there."""
        real = self.real_path(path)
        return real is not None and (real in self._tree or self._is_ignored_file(real))

    def is_directory(self, path: str) -> bool:
        """Whether a directory lies there."""
        real = self.real_path(path)
        return real is not None and (real in self._folders or self._is_ignored_directory(real))

    def real_path(self, path: str) -> str | None:
        """Where a path leads once its links are followed, or None when that is not in the repository."""
        path = normal(path)
        if "\0" in path:
            return None
        done: list[str] = []
        parts = deque(path.split("/"))
        hops = 0
        if path.startswith("/"):
            return None
        while parts:
            part = parts.popleft()
            if part in ("", "."):
                continue
            if part == "..":
                if not done:
                    return None
                done.pop()
                continue
            entry = self._tree.get("/".join([*done, part]))
            if entry is None or entry.mode != LINK:
                done.append(part)
                continue
            hops += 1
            target = self._target(entry)
            if target is None or hops > _MAX_HOPS:
                return None
            parts.extendleft(reversed(target.split("/")))
        return "/".join(done) or "."

    def list_any(self, directory: str) -> tuple[str, ...]:
        """The names in a directory, those that git ignores among them."""
        real = self.real_path(directory)
        if real is None:
            return ()
        names = set(self._folders.get(real, ()))
        for name in self._here.list_any(real):
            path = normal(posixpath.join(real, name))
            if self._is_ignored_file(path) or self._is_ignored_directory(path):
                names.add(name)
        return tuple(sorted(names))

    def is_executable(self, path: str) -> bool:
        """Whether the file's mode says that it may be executed."""
        real = self.real_path(path)
        if real is None:
            return False
        entry = self._tree.get(real)
        if entry is not None:
            return entry.mode == "100755"
        return self._is_ignored_file(real) and self._here.is_executable(real)

    def read_bytes(self, path: str) -> bytes:
        """The bytes of a file (UnreadableError if it leaves the repository, is too large or is not there)."""
        path = normal(path)
        real = self.real_path(path)
        if real is None:
            raise UnreadableError(leads_out(path))
        entry = self._tree.get(real)
        if entry is None:
            if self._is_ignored_file(real):
                return self._here.read_bytes(real)
            raise UnreadableError(_missing(path, "there is no such file in the revision"))
        size = entry.store.size(entry.oid)
        if size is not None and size > MAX_FILE_BYTES:
            raise UnreadableError(too_large(path, size))
        data = entry.store.content(entry.oid)
        if data is None:
            raise UnreadableError(_missing(path, "its content is missing from the clone (a partial clone?)"))
        return data

    # -- inside ---------------------------------------------------------------------------------------------

    @cached_property
    def _folders(self) -> dict[str, set[str]]:
        """The names that each directory of the revision holds."""
        found: dict[str, set[str]] = {".": set()}
        for path in self._tree:
            while True:
                parent, name = posixpath.split(path)
                names = found.setdefault(parent or ".", set())
                if name in names:
                    break
                names.add(name)
                if not parent:
                    break
                path = parent  # noqa: PLW2901 (up to the top)
        return found

    @cached_property
    def _tracked(self) -> frozenset[str]:
        return tracked_paths(self.root)

    def _is_ignored_file(self, path: str) -> bool:
        """A file of the working tree that is in no revision because git ignores it."""
        return path not in self._tracked and not self._here.is_listed(path) and self._here.is_file(path)

    def _is_ignored_directory(self, path: str) -> bool:
        return path not in self._here.directories and path != "." and self._here.is_directory(path)

    def _target(self, entry: Entry) -> str | None:
        size = entry.store.size(entry.oid)
        data = entry.store.content(entry.oid) if size is not None and size <= _MAX_LINK else None
        if not data or b"\0" in data:
            return None
        target = data.decode("utf-8", "surrogateescape")
        return None if target.startswith("/") else target


def _missing(path: str, why: str) -> Problem:
    return Problem(Severity.ERROR, "FS002", f"{path} cannot be read: {why}", Source(path, 1))


def _is_plain_directory(root: Path, path: str) -> bool:
    """A directory with no link in its path: a submodule never lies behind one."""
    place = root
    for part in path.split("/"):
        place = place / part
        if place.is_symlink():
            return False
    return place.is_dir()
