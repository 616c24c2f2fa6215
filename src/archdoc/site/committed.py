"""What lies in the docs directory already: hand-written pages, and pictures that need not be drawn again."""

from __future__ import annotations

import contextlib
import os
import posixpath
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from archdoc.site.generated import is_generated
from archdoc.site.markers import HINT

MAX_PAGE_BYTES = 8 * 1024 * 1024
_WATCHED = (".md", ".svg", ".json", ".mmd")


@dataclass(frozen=True, slots=True)
class Committed:
    """Files by repository-relative path.

    ``pages`` are the hand-written Markdown pages with archdoc's markers; ``pictures`` the SVGs that archdoc drew
    before (one that still shows its drawing is kept as it is, so that another Graphviz is no drift); ``others``
    the paths of files that archdoc did not make and will not write over.
    """

    pages: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    others: Collection[str] = frozenset()


def read_committed(root: Path, docs_dir: str, *, overwrite: bool = False) -> Committed:
    """Look through the docs directory, and at the Markdown pages next to it (README.md).

    Links that leave the repository are not followed. With ``overwrite`` no file is somebody else's.
    """
    root = root.resolve()
    pages: dict[str, str] = {}
    pictures: dict[str, bytes] = {}
    others: set[str] = set()
    for path in _paths(root, docs_dir):
        data = _read(root, path)
        if data is None:
            others.add(path)
        elif not is_generated(path, data):
            others.add(path)
            if path.endswith(".md") and HINT.encode() in data:
                with contextlib.suppress(UnicodeDecodeError):
                    pages[path] = data.decode()
        elif path.endswith(".svg"):
            pictures[path] = data
    return Committed(pages, pictures, frozenset() if overwrite else frozenset(others))


def _paths(root: Path, docs_dir: str) -> Iterator[str]:
    for entry in sorted(root.glob("*.md")):
        yield entry.name
    docs = posixpath.normpath(docs_dir)
    if docs in (".", "..") or docs.startswith(("/", "../")):
        return
    for directory, names, files in os.walk(root / docs):
        names[:] = sorted(n for n in names if not n.startswith("."))
        for file in sorted(files):
            if file.endswith(_WATCHED):
                yield (Path(directory) / file).relative_to(root).as_posix()


def _read(root: Path, path: str) -> bytes | None:
    """The bytes of a plain file; None for a link, and for what cannot be read: both are not archdoc's."""
    place = root / path
    try:
        if place.is_symlink() or (place.stat().st_size > MAX_PAGE_BYTES and place.suffix == ".md"):
            return None
        return place.read_bytes()
    except OSError:
        return None
