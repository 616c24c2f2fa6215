"""What the pages of single things have in common: names that are links, places, bounded tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from archdoc.model.facts import EdgeKind, Json, Node
from archdoc.model.graph import Graph
from archdoc.site.drawings import ROWS, Row, Section, Table, place_of
from archdoc.site.links import SourceLink
from archdoc.site.markdown import Markdown, code, joined, link
from archdoc.site.paths import Paths, relative
from archdoc.site.resources.directory import Directory
from archdoc.site.tables import shown
from archdoc.site.templating import render_page

NAMES = 12
"""Names in one cell or one line; what is beyond them is counted."""


@dataclass(slots=True)
class Sheet:
    """A page as it is being made: facts in a list at its head, then sections with tables."""

    page: str
    title: str
    lead: Markdown
    facts: list[tuple[str, Markdown]] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)

    def fact(self, name: str, value: Markdown) -> None:
        """Say something that is known; an empty value says nothing."""
        if value:
            self.facts.append((name, value))

    def table(self, title: str, head: Sequence[str], rows: Iterable[Sequence[Markdown]]) -> None:
        """Add a section with a table, each row once, unless it has no rows."""
        made = [Row(cells) for cells in dict.fromkeys(tuple(cells) for cells in rows)]
        if made:
            self.sections.append(Section(f"{title} ({len(made)})", Table(tuple(head), tuple(made[:ROWS]), len(made))))


class Writer:
    """The graph, and how a page names things and places."""

    def __init__(self, graph: Graph, link_to: SourceLink, paths: Paths, directory: Directory) -> None:
        self.graph, self.link, self.paths, self.directory = graph, link_to, paths, directory
        self._near: dict[tuple[str, bool, tuple[EdgeKind, ...]], list[Node]] = {}

    def render(self, sheet: Sheet) -> bytes:
        """The page as it is written."""
        return render_page(
            "resource.md.j2", title=sheet.title, lead=sheet.lead, facts=sheet.facts, sections=sheet.sections
        )

    def targets(self, node_id: str, *kinds: EdgeKind) -> list[Node]:
        """What edges of these kinds lead to; remembered, for a thousand hosts may ask of one service."""
        key = (node_id, True, kinds)
        if key not in self._near:
            self._near[key] = self.graph.targets(node_id, *kinds)
        return self._near[key]

    def sources(self, node_id: str, *kinds: EdgeKind) -> list[Node]:
        """What edges of these kinds come from; remembered too."""
        key = (node_id, False, kinds)
        if key not in self._near:
            self._near[key] = self.graph.sources(node_id, *kinds)
        return self._near[key]

    def place(self, node: Node) -> Markdown:
        """Where a thing is written."""
        return place_of(node.source, self.link)

    def name(self, node: Node, page: str, words: str = "") -> Markdown:
        """A thing's name, a link where it has a page of its own (another than this one)."""
        made = code(words or node.address or node.name, 120)
        target = self.directory.page_of(node.id)
        return made if target is None or target == page else link(made, relative(target, page))

    def names(self, nodes: Iterable[Node], page: str) -> Markdown:
        """Several names, the first ones when there are many."""
        found = list(dict.fromkeys(self.name(n, page, n.name) for n in nodes))
        parts = found[:NAMES]
        if len(found) > NAMES:
            parts.append(Markdown(f"and {len(found) - NAMES} more"))
        return joined(parts)

    def to(self, page: str, target: str) -> str:
        """How a page names another file below the docs directory."""
        return relative(self.paths.page(target), page)


def listed(values: object) -> list[str]:
    """A list of texts that a node carries as an attribute; nothing where it is none."""
    return [shown(v) for v in values] if isinstance(values, list) else []


def lines(parts: Iterable[Markdown]) -> Markdown:
    """Several lines in one cell."""
    return joined([p for p in parts if p], "<br>")


def flat(value: Json, name: str = "", depth: int = 2) -> list[tuple[str, str]]:
    """An evaluated value as ``key = value`` pairs, two levels deep; deeper ones as JSON."""
    if isinstance(value, dict) and value and depth:
        pairs = []
        for key in sorted(value):
            pairs += flat(value[key], f"{name}.{key}" if name else key, depth - 1)
        return pairs
    return [(name, shown(value))]
