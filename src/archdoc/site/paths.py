"""Where each file of the site lies, and how one page names another."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Collection, Mapping

from archdoc.model.diagram import Diagram
from archdoc.site.markdown import slug

INFRASTRUCTURE = "infrastructure"
SNAPSHOT = "assets/archdoc.json"
"""The graph that the pages are made of; the explorer reads it."""
LONGEST = 90
"""Letters of a file name, without its ending."""
DRAWINGS_PER_PAGE = 8
"""Drawings on one view page; the next ones stand on a page of their own."""


class Paths:
    """Repository-relative paths of all pages and assets.

    Where a file of somebody else takes a place, archdoc's own gets ``-from-code`` behind its name.
    """

    def __init__(
        self, docs_dir: str, drawings: Mapping[str, tuple[Diagram, ...]], taken: Collection[str] = frozenset()
    ) -> None:
        self.docs_dir = docs_dir
        self._taken = frozenset(taken)
        self._stems = _stems(drawings)
        self._pages: dict[str, str] = {}
        for view, group in drawings.items():
            for number, drawing in enumerate(group):
                page = number // DRAWINGS_PER_PAGE
                self._pages[drawing.name] = self.view(view, page)

    def page(self, name: str) -> str:
        """A page by its name below the docs directory (``infrastructure/overview.md``)."""
        path = posixpath.normpath(posixpath.join(self.docs_dir, name))
        if path not in self._taken:
            return path
        stem, suffix = posixpath.splitext(path)
        return f"{stem}-from-code{suffix}"

    def view(self, view: str, number: int = 0) -> str:
        """The page of a view; ``number`` counts further pages of a view with many drawings."""
        more = f"-{number + 1}" if number else ""
        return self.page(f"{INFRASTRUCTURE}/views/{slug(view)}{more}.md")

    def view_of(self, drawing: str) -> str | None:
        """The page that shows a drawing, by the drawing's name."""
        return self._pages.get(drawing)

    def asset(self, drawing: Diagram, suffix: str) -> str:
        """The picture (``svg``) or the data (``mmd``, ``json``) of a drawing."""
        return self.page(f"assets/{self._stems[drawing.name]}.{suffix}")


def relative(target: str, page: str) -> str:
    """How a page names another file of the repository."""
    # With a root in front of both, the system is not asked for the working directory.
    return posixpath.relpath(f"/{target}", posixpath.dirname(f"/{page}"))


def stem(name: str) -> str:
    """A file name that every file system takes: what is cut off a long one is told apart by its digest."""
    made = slug(name)
    if len(made) <= LONGEST:
        return made
    return f"{made[: LONGEST - 11]}-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:10]}"


def _stems(drawings: Mapping[str, tuple[Diagram, ...]]) -> dict[str, str]:
    """File names of the drawings. The first of ``terraform`` is ``infrastructure.svg``, as the diagrams page has
    it; the view of that name therefore is ``infrastructure-overview.svg``."""
    stems: dict[str, str] = {}
    used: set[str] = {"archdoc", "archdoc-files"}
    for view, group in drawings.items():
        for number, drawing in enumerate(group):
            name = stem(drawing.name)
            if number == 0:
                name = {"terraform": INFRASTRUCTURE, INFRASTRUCTURE: f"{INFRASTRUCTURE}-overview"}.get(view, slug(view))
            while name in used:
                name += "-x"
            used.add(name)
            stems[drawing.name] = name
    return stems
