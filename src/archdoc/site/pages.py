"""Every file of the site, computed in memory. ``build`` writes them, ``check`` compares them: one code path."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from archdoc.config import Config
from archdoc.model.diagram import Diagram
from archdoc.model.graph import Graph
from archdoc.model.problem import Problem
from archdoc.site.links import SourceLink


@dataclass(frozen=True, slots=True)
class Committed:
    """What lies in the repository already, by repository-relative path, as far as the site cares.

    ``pages`` are the hand-written Markdown pages with archdoc's markers, ``pictures`` the SVGs that archdoc drew
    before (one that still shows its drawing is kept as it is, so that another Graphviz is no drift), ``others``
    the paths that a file of somebody else takes, where archdoc must write elsewhere.
    """

    pages: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    others: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """The files by repository-relative path, and what went wrong while drawing them."""

    files: dict[str, bytes]
    problems: tuple[Problem, ...] = ()


def render_site(
    graph: Graph,
    drawings: Mapping[str, tuple[Diagram, ...]],
    config: Config,
    *,
    link: SourceLink = lambda _source: None,
    committed: Committed = Committed(),
    command_reference: str = "",
    meta: Mapping[str, str] | None = None,
) -> Site:
    """All pages, pictures and data of the site.

    ``drawings`` maps each view's name to its drawings, in the order of the diagrams page; ``command_reference``
    is the Markdown of docs/automation/cli-tools.md ("" writes none); ``meta`` goes into the snapshot's graph
    attributes. ``Site.problems`` are those of drawing alone (a layout that did not finish): they depend on the
    machine, so no page lists them.
    """
    raise NotImplementedError
