"""Pages of single things: one per root module and module, per playbook and role, per machine.

Which thing has which page is decided in ``directory``; each of the other files makes one sort of page. The tables of
the overview pages link to them.
"""

from __future__ import annotations

from archdoc.model.graph import Graph
from archdoc.site.links import SourceLink
from archdoc.site.paths import Paths
from archdoc.site.resources import automation, machines, modules, roots
from archdoc.site.resources.directory import Directory
from archdoc.site.resources.sheet import Writer

__all__ = ["Directory", "pages"]


def pages(graph: Graph, link_to: SourceLink, paths: Paths, directory: Directory) -> dict[str, bytes]:
    """All pages of single things, by path."""
    writer = Writer(graph, link_to, paths, directory)
    made: dict[str, bytes] = {}
    for sort in (roots, modules, automation, machines):
        made |= sort.pages(writer)
    return made
