"""What a page shows of a drawing: the flowchart, its downloads, its legend, and the evidence of every part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archdoc.model.diagram import Arrow, ArrowStyle, Box, Diagram
from archdoc.model.facts import Provenance, Source
from archdoc.render import mermaid
from archdoc.site.links import SourceLink
from archdoc.site.markdown import Markdown, code, joined, link, slug, text
from archdoc.site.paths import Paths, relative

ROWS = 500
"""Rows of one table; what is beyond them is in the drawing's JSON, and the page says so."""
SOURCES = 3
"""Places named in one row; the JSON has all."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table."""

    cells: tuple[Markdown, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Bounded rows, and how many there are in all."""

    head: tuple[str, ...]
    rows: tuple[Row, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the table below it."""

    title: str
    table: Table


class Shown:
    """A drawing on a page."""

    def __init__(self, drawing: Diagram, page: str, paths: Paths, link_to: SourceLink) -> None:
        self.drawing, self._page, self._paths, self._link = drawing, page, paths, link_to

    @property
    def title(self) -> str:
        """The drawing's title."""
        return self.drawing.title

    @property
    def anchor(self) -> str:
        """The name that a link to this drawing ends in."""
        return slug(self.drawing.name)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self.drawing.boxes

    @property
    def fence(self) -> Markdown:
        """The flowchart as a fenced block."""
        return Markdown(f"```mermaid\n{mermaid.render(self.drawing, self._link, self._page_link)}```")

    @property
    def picture(self) -> Markdown:
        """The SVG, itself a link to the file, in which the parts are links."""
        address = self._asset("svg")
        return Markdown(f"[![{text(self.drawing.title)}]({address})]({address})")

    @property
    def downloads(self) -> Markdown:
        """Links to the drawing in its three forms."""
        forms = (("as SVG", "svg"), ("as Mermaid", "mmd"), ("as JSON", "json"))
        return joined([link(words, self._asset(suffix)) for words, suffix in forms], " · ")

    @property
    def whole(self) -> Markdown:
        """A link to the overview that this drawing is a part of; empty where it is none."""
        address = self._page_link(f"#{self.drawing.part_of}") if self.drawing.part_of else None
        return link("part of the overview", address) if address else Markdown("")

    @property
    def details(self) -> Markdown:
        """A link to the view page that has the evidence."""
        page = self._paths.view_of(self.drawing.name) or self._page
        return link("every box and arrow with its place in the code", f"{relative(page, self._page)}#{self.anchor}")

    @property
    def legend(self) -> Markdown:
        """What colours and lines mean, as far as they occur."""
        used = sorted({b.category.value for b in self.drawing.boxes if not b.by_hand})
        parts = [
            Markdown(f'<span class="archdoc-swatch archdoc-{c}"></span> {text(c.replace("_", " "))}') for c in used
        ]
        styles = {a.style for a in self.drawing.arrows}
        lines = (
            (ArrowStyle.FLOW, "solid line: traffic or data flows"),
            (ArrowStyle.DEPENDS, "dashed line: depends on"),
            (ArrowStyle.ALLOWS, "thick line: is let through"),
        )
        parts += [text(words) for style, words in lines if style in styles]
        if any(a.provenance is Provenance.INFERRED for a in self.drawing.arrows):
            parts.append(text("hollow arrow head in the SVG: inferred by a rule"))
        if any(b.by_hand for b in self.drawing.boxes) or any(a.by_hand for a in self.drawing.arrows):
            parts.append(text("dashed border: declared by hand in archdoc's configuration"))
        return joined(parts, " · ")

    @property
    def notes(self) -> list[Markdown]:
        """What the code does not say."""
        return [text(note, 600) for note in self.drawing.notes]

    @property
    def box_table(self) -> Table:
        """Every box and where it is written."""
        frames = {c.id: c.label for c in self.drawing.clusters}
        rows = [self._box_row(box, frames) for box in self.drawing.boxes[:ROWS]]
        return Table(("Box", "What", "In", "Stands for", "Written in"), tuple(rows), len(self.drawing.boxes))

    @property
    def arrow_table(self) -> Table:
        """Every arrow and why it is there."""
        names = {c.id: c.label for c in self.drawing.clusters}
        names |= {b.id: b.label[0] if b.label else b.id for b in self.drawing.boxes}
        rows = [self._arrow_row(arrow, names) for arrow in self.drawing.arrows[:ROWS]]
        return Table(("From", "To", "What", "How it is known", "Evidence"), tuple(rows), len(self.drawing.arrows))

    def _box_row(self, box: Box, frames: dict[str, str]) -> Row:
        first, *others = box.label or (box.id,)
        name = joined([Markdown(f"**{text(first)}**"), *(text(line) for line in others)], "<br>")
        kind = text(f"{box.kind.replace('_', ' ')}, {box.category.value.replace('_', ' ')}")
        ids = [i for i in box.node_ids if i != first]
        stands = joined([code(i, 120) for i in ids[:SOURCES]], "<br>")
        if len(ids) > SOURCES:
            rest = joined([code(i, 120) for i in ids[SOURCES:ROWS]] + _more(len(ids) - ROWS), "<br>")
            stands = Markdown(f"{stands}<details><summary>and {len(ids) - SOURCES} more</summary>{rest}</details>")
        places = places_of((box.source, *box.evidence), self._link)
        if box.by_hand:
            places = text("declared by hand in archdoc's configuration")
        return Row((name, kind, text(frames.get(box.cluster, "")), stands, places))

    def _arrow_row(self, arrow: Arrow, names: dict[str, str]) -> Row:
        kind = arrow.kind.replace("_", " ")
        what = text(f"{kind}: {arrow.label}" if arrow.label else kind)
        how = Markdown(f"{text(arrow.provenance.value)}, {code(arrow.rule)}") if arrow.rule else text(arrow.provenance)
        places = places_of(arrow.evidence, self._link)
        if arrow.by_hand:
            how = text("declared by hand")
        return Row((text(names.get(arrow.source, "")), text(names.get(arrow.target, "")), what, how, places))

    def _asset(self, suffix: str) -> str:
        return relative(self._paths.asset(self.drawing, suffix), self._page)

    def _page_link(self, target: str) -> str | None:
        """``#name`` is another drawing, anything else a page below the docs directory."""
        if not target.startswith("#"):
            return relative(self._paths.page(target), self._page)
        page = self._paths.view_of(target[1:])
        if page is None:
            return None
        anchor = f"#{slug(target[1:])}"
        return anchor if page == self._page else f"{relative(page, self._page)}{anchor}"


def place_of(source: Source, link_to: SourceLink) -> Markdown:
    """``path:line``, a link where the code host is known."""
    return link(source, link_to(source))


def places_of(sources: Sequence[Source], link_to: SourceLink) -> Markdown:
    """The first few places, and how many more there are."""
    known = list(dict.fromkeys(sources))
    return joined([place_of(s, link_to) for s in known[:SOURCES]] + _more(len(known) - SOURCES), "<br>")


def _more(count: int) -> list[Markdown]:
    return [text(f"and {count} more")] if count > 0 else []
