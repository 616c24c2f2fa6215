"""What lies in a repository, speaks of infrastructure, and is not read: said, so that nobody takes the graph for
whole."""

from __future__ import annotations

import posixpath

from archdoc.catalog import Catalog
from archdoc.catalog.unread import Unread
from archdoc.model.facts import NodeKind, Source
from archdoc.model.graph import Graph
from archdoc.model.problem import Problem, Severity
from archdoc.readers.files import Repository

NOT_CONFIGURATION = ("tests/", "test/", "docs/", "examples/", ".github/", ".gitlab/")
"""Directories whose files configure nothing that runs."""


def passed_over(repo: Repository, catalog: Catalog, graph: Graph) -> list[Problem]:
    """A note for each kind of file that is known by name and was not read, and each directory at the top."""
    known = _read(graph)
    found: dict[tuple[str, str], tuple[Unread, list[str]]] = {}
    for path in repo.paths:
        if path in known or path.startswith(NOT_CONFIGURATION):
            continue
        kind = next((k for k in catalog.unread.named(path) if _says(repo, path, k)), None)
        if kind is not None:
            top = path.split("/", 1)[0] if "/" in path else "."
            found.setdefault((kind.title, top), (kind, []))[1].append(path)
    return [_note(kind, paths) for kind, paths in found.values()]


def _read(graph: Graph) -> set[str]:
    """The files that something in the graph stands in."""
    files = {place.path for node in graph.nodes() for place in (node.source, *node.evidence)}
    built = {str(node.attributes.get("dockerfile")) for node in graph.nodes(NodeKind.SERVICE)}
    return files | built


def _says(repo: Repository, path: str, kind: Unread) -> bool:
    return not kind.content or kind.content in f"\n{repo.text_or_none(path) or ''}"


def _note(kind: Unread, paths: list[str]) -> Problem:
    names = list(dict.fromkeys(posixpath.basename(path) for path in paths))
    listed = paths[0] if len(paths) == 1 else f"{len(paths)} files ({', '.join(names[:3])}{', …' if names[3:] else ''})"
    message = f"{kind.title} are not read: {listed}"
    hint = kind.hint or "what they set up is not in the graph"
    return Problem(Severity.NOTE, "CFG003", message, Source(paths[0], 1), hint)
