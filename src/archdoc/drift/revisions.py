"""Two readings of one repository: as it was at a git revision, and as it lies in the working tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from archdoc.readers.files import Repository
from archdoc.readers.gitobjects import Store
from archdoc.readers.revision import RevisionRepository, read_tree


@dataclass(frozen=True, slots=True)
class Sides:
    """``before`` at ``commit``, ``after`` in the working tree, and notes on what neither of them shows."""

    commit: str
    before: Repository
    after: Repository
    notes: tuple[str, ...]


@contextmanager
def both_sides(root: Path, excludes: tuple[str, ...], revision: str, merge_base: bool) -> Iterator[Sides]:
    """Open a repository at a revision (with ``merge_base``: at the last commit that it has in common with HEAD).

    RevisionError if there is no such revision or git cannot read it.
    """
    store = Store(root.resolve())
    commit = store.commit(revision)
    if merge_base:
        commit = store.merge_base(commit, revision)
    tree = read_tree(store, commit, store.prefix())
    # What cannot be read on one side is read on neither, or all of it would look new.
    hidden = (*excludes, *(f"/{_escaped(path)}/" for path in tree.unread))
    after = Repository(root, hidden)
    before = RevisionRepository(after, tree, hidden)
    try:
        yield Sides(commit, before, after, tuple(_note(path) for path in tree.unread))
    finally:
        before.close()


def _note(path: str) -> str:
    return f"the submodule {path} was not compared: its clone lacks the commit (git submodule update --init {path})"


def _escaped(path: str) -> str:
    """A path as a pattern of .gitignore that means it alone."""
    return re.sub(r"([\\*?\[\]!# ])", r"\\\1", path)
