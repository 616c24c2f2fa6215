"""The SVG itself: one file that needs nothing else, readable by eye, by screen reader and by diff."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape

from archdoc.model.change import Change
from archdoc.model.diagram import Arrow, ArrowStyle, Box, Cluster, Diagram, Shape
from archdoc.model.facts import Category, Provenance, Source
from archdoc.render.svg.arrange import Arrangement
from archdoc.render.svg.icons import Icon, find_icon
from archdoc.render.svg.layout import Area, Route
from archdoc.render.svg.measure import (
    ARROW_SIZE,
    DETAIL_SIZE,
    FRAME_SIZE,
    ICON,
    LEADING,
    NAME_SIZE,
    PAD,
    text_width,
)
from archdoc.render.svg.style import arrow_class, style_sheet
from archdoc.render.text import clean, is_safe_address, shorten, wrap

MARGIN = 24.0
INSET = 4.0
_LEGEND_ROW = 22.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that a drawing needs to be put on paper. ``marks`` are attributes of the root element."""

    diagram: Diagram
    made: Arrangement
    link: Callable[[Source], str | None]
    marks: Mapping[str, str]
    comment: str


def draw(sheet: Sheet) -> str:
    """The text of the SVG."""
    return "\n".join(_Pen(sheet).lines()) + "\n"


class _Pen:
    def __init__(self, sheet: Sheet) -> None:
        self.sheet, self.diagram, self.layout = sheet, sheet.diagram, sheet.made.layout
        self.in_changes = self.diagram.shows_changes
        self.depths = _depths(self.diagram.clusters)
        self.prefix = re.sub(r"[^a-z0-9]+", "-", self.diagram.name.lower()).strip("-") or "drawing"
        self.icons: dict[str, Icon] = {
            b.id: find_icon(b.icon, b.category, b.shape is Shape.ACTOR) for b in self.diagram.boxes
        }
        self.title = wrap(shorten(clean(self.diagram.title) or self.diagram.name, 120), 70)
        self.legend = list(_legend_items(self.diagram))
        inner = max(self.layout.width, 420.0, *(text_width(t, 18, True) for t in self.title))
        self.question = wrap(shorten(clean(self.diagram.question), 300), max(40, int(inner / 6.6)))
        self.width = inner + 2 * MARGIN
        self.top = MARGIN + 23 * len(self.title) + 16 * len(self.question) + 14
        self.rows = _rows(self.legend, inner)
        self.height = self.top + self.layout.height + 18 + _LEGEND_ROW * len(self.rows) + MARGIN
        self.left = MARGIN + (inner - self.layout.width) / 2

    def lines(self) -> Iterator[str]:
        width, height = _number(self.width), _number(self.height)
        marks = "".join(f' {name}="{escape(value)}"' for name, value in self.sheet.marks.items())
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="archdoc-drawing" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" role="graphics-document" '
            f'aria-labelledby="{self.prefix}-title {self.prefix}-desc"{marks}>'
        )
        yield f"<!-- {self.sheet.comment} -->"
        yield f'<title id="{self.prefix}-title">{_text(self.diagram.title or self.diagram.name)}</title>'
        yield f'<desc id="{self.prefix}-desc">{_text(self._description())}</desc>'
        yield f"<style>{style_sheet(self.diagram)}</style>"
        yield from self._symbols()
        yield f'<rect class="paper" width="{width}" height="{height}" rx="8"/>'
        yield from self._heading()
        yield f'<g transform="translate({_number(self.left)} {_number(self.top)})">'
        for cluster in sorted(self.diagram.clusters, key=lambda c: self.depths[c.id]):  # what is around comes first
            yield from self._frame(cluster)
        for number, arrow in enumerate(self.diagram.arrows):
            yield from self._arrow(number, arrow)
        for cluster in self.diagram.clusters:
            yield from self._frame_label(cluster)
        for box in self.diagram.boxes:
            yield from self._box(box)
        yield "</g>"
        yield from self._legend()
        yield "</svg>"

    def _description(self) -> str:
        counts = f"{len(self.diagram.boxes)} boxes, {len(self.diagram.arrows)} arrows"
        return f"{clean(self.diagram.question)} {counts}.".strip()

    def _symbols(self) -> Iterator[str]:
        yield "<defs>"
        for name, inferred in sorted({(arrow_class(a, self.in_changes), _is_inferred(a)) for a in self.diagram.arrows}):
            yield self._tip(name, inferred)
        icons = {icon.name: icon for icon in self.icons.values()}
        for name in sorted(icons):
            yield f'<symbol id="{self.prefix}-i-{name}" viewBox="0 0 48 48">{icons[name].body}</symbol>'
        yield "</defs>"

    def _tip(self, name: str, inferred: bool) -> str:
        suffix, look = ("-open", "tip open") if inferred else ("", "tip")
        return (
            f'<marker id="{self.prefix}-t-{name}{suffix}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" '
            f'markerHeight="9" markerUnits="userSpaceOnUse" orient="auto">'
            f'<path class="{look} {name}" d="M1 1L9 5L1 9z"/></marker>'
        )

    def _heading(self) -> Iterator[str]:
        y = MARGIN + 14
        for line in self.title:
            yield f'<text class="title" x="{_number(MARGIN)}" y="{_number(y)}">{_text(line)}</text>'
            y += 23
        for line in self.question:
            yield f'<text class="question" x="{_number(MARGIN)}" y="{_number(y - 3)}">{_text(line)}</text>'
            y += 16

    def _frame(self, cluster: Cluster) -> Iterator[str]:
        area = self.layout.frames.get(cluster.id)
        if area is None:
            return
        depth = min(self.depths[cluster.id], 4)
        yield f'<rect class="frame d{depth}" id="{self._id("f", cluster.id)}" {_area(_inset(area))} rx="7"/>'

    def _frame_label(self, cluster: Cluster) -> Iterator[str]:
        """Above the arrows, so that none runs through it."""
        area = self.layout.frames.get(cluster.id)
        if area is not None:
            depth = min(self.depths[cluster.id], 4)
            yield f'<g class="frame-label l{depth}">'
            yield from self._linked(cluster.source, cluster.label, self._frame_lines(cluster, area))
            yield "</g>"

    def _frame_lines(self, cluster: Cluster, area: Area) -> Iterator[str]:
        for number, line in enumerate(self.sheet.made.frame_tags[cluster.id].lines):
            y = area.y + 20 + number * FRAME_SIZE * 1.3
            yield f'<text x="{_number(area.x + 13)}" y="{_number(y)}">{_text(line)}</text>'

    def _box(self, box: Box) -> Iterator[str]:
        area = self.layout.boxes[box.id]
        hand = " by-hand" if box.by_hand else ""
        look = box.change or (Category.OTHER if self.in_changes else box.category)
        yield f'<g class="box c-{look.value}{hand}" id="{self._id("b", box.id)}">'
        yield from self._linked(box.source, " ".join(box.label), self._box_body(box, area))
        yield "</g>"

    def _box_body(self, box: Box, area: Area) -> Iterator[str]:
        yield _outline(box.shape, area)
        icon = self.icons[box.id]
        x = area.x + PAD + (10.0 if box.shape is Shape.ACTOR else 0.0)
        y = area.y + (area.height - ICON) / 2 + (5.0 if box.shape is Shape.STORE else 0.0)
        if icon.plate:
            yield f'<rect class="plate" {_area(Area(x - 2, y - 2, ICON + 4, ICON + 4))} rx="5"/>'
        yield (
            f'<use class="icon" href="#{self.prefix}-i-{icon.name}" x="{_number(x)}" y="{_number(y)}" '
            f'width="{ICON:g}" height="{ICON:g}"/>'
        )
        card = self.sheet.made.cards[box.id]
        sizes = [NAME_SIZE if number < card.names else DETAIL_SIZE for number in range(len(card.lines))]
        baseline = y + ICON / 2 - sum(sizes) * LEADING / 2
        for line, size in zip(card.lines, sizes, strict=True):
            look = "name" if size == NAME_SIZE else "detail"
            baseline += size * LEADING
            place = f'x="{_number(x + ICON + PAD)}" y="{_number(baseline - size * 0.38)}"'
            yield f'<text class="{look}" {place}>{_text(line)}</text>'

    def _arrow(self, number: int, arrow: Arrow) -> Iterator[str]:
        route = self.layout.routes.get(number)
        if route is None:
            return
        name = arrow_class(arrow, self.in_changes)
        open_tip = "-open" if _is_inferred(arrow) else ""
        hand = " by-hand" if arrow.by_hand else ""
        yield f'<g class="arrow {arrow.style.value} {name}{hand}">'
        source = arrow.evidence[0] if arrow.evidence else None
        tip = f"{self.prefix}-t-{name}{open_tip}"
        said = f"{arrow.kind.replace('_', ' ')}: {arrow.label}" if arrow.label else arrow.kind.replace("_", " ")
        yield from self._linked(source, said, self._arrow_body(number, route, tip))
        yield "</g>"

    def _arrow_body(self, number: int, route: Route, tip: str) -> Iterator[str]:
        path = _path(route)
        yield f'<path class="grip" d="{path}"/>'
        yield f'<path class="line" d="{path}" marker-end="url(#{tip})"/>'
        tag = self.sheet.made.tags[number]
        if route.label is not None:
            x, y = route.label
            top = y - ARROW_SIZE * 1.3 * len(tag.lines) / 2 + ARROW_SIZE
            for row, line in enumerate(tag.lines):
                baseline = top + row * ARROW_SIZE * 1.3
                yield f'<text class="arrow-label" x="{_number(x)}" y="{_number(baseline)}">{_text(line)}</text>'

    def _linked(self, source: Source | None, said: str, body: Iterable[str]) -> Iterator[str]:
        place = f" ({source})" if source is not None else ""
        title = f"<title>{_text(shorten(clean(said), 300) + place)}</title>"
        address = self.sheet.link(source) if source is not None else None
        if address is not None and is_safe_address(address):
            yield f'<a href="{escape(address)}" target="_top">{title}'
            yield from body
            yield "</a>"
        else:
            yield title
            yield from body

    def _legend(self) -> Iterator[str]:
        y = self.top + self.layout.height + 18
        yield '<g class="legend">'
        for row in self.rows:
            x = MARGIN
            for look, words, width in row:
                yield from _legend_entry(look, words, x, y)
                x += width
            y += _LEGEND_ROW
        yield "</g>"

    def _id(self, kind: str, full: str) -> str:
        return f"{self.prefix}-{kind}-{re.sub(r'[^A-Za-z0-9]+', '-', full).strip('-')}"


def _legend_items(diagram: Diagram) -> Iterator[tuple[str, str, float]]:
    """What is in the drawing: (look, words, width)."""
    if diagram.shows_changes:
        changes = {b.change for b in diagram.boxes} | {a.change for a in diagram.arrows}
        items = [(f"box c-{c.value}", c.value) for c in Change if c in changes]
        items += [("box c-other", "as it was")] if any(b.change is None for b in diagram.boxes) else []
    else:
        colours = dict.fromkeys(b.category for b in diagram.boxes)
        items = sorted(((f"box c-{c.value}", c.value.replace("_", " ")) for c in colours), key=lambda item: item[1])
    if any(b.by_hand for b in diagram.boxes) or any(a.by_hand for a in diagram.arrows):
        items.append(("box c-other by-hand", "declared by hand"))
    styles = {a.style for a in diagram.arrows}
    for style, words in (
        (ArrowStyle.FLOW, "flows"),
        (ArrowStyle.DEPENDS, "depends on"),
        (ArrowStyle.ALLOWS, "is let through"),
    ):
        if style in styles:
            items.append((f"arrow {style.value}", words))
    if any(_is_inferred(a) for a in diagram.arrows):
        items.append(("tip open k-other", "inferred by a rule"))
    for look, words in items:
        yield look, words, 34 + text_width(words, DETAIL_SIZE) + 14


def _rows(items: list[tuple[str, str, float]], width: float) -> list[list[tuple[str, str, float]]]:
    rows: list[list[tuple[str, str, float]]] = []
    used = width
    for item in items:
        if used + item[2] > width:
            rows.append([])
            used = 0.0
        rows[-1].append(item)
        used += item[2]
    return rows


def _legend_entry(look: str, words: str, x: float, y: float) -> Iterator[str]:
    kind = look.split(maxsplit=1)[0]
    if kind == "box":
        yield f'<g class="{look}"><rect class="outline" {_area(Area(x, y, 22, 13))} rx="3"/></g>'
    elif kind == "arrow":
        yield f'<g class="{look} k-other"><path class="line" d="M{_number(x)} {_number(y + 7)}h24"/></g>'
    else:
        yield f'<path class="{look}" transform="translate({_number(x + 6)} {_number(y + 2)})" d="M1 1L9 5L1 9z"/>'
    yield f'<text class="legend-label" x="{_number(x + 29)}" y="{_number(y + 11)}">{_text(words)}</text>'


def _outline(shape: Shape, area: Area) -> str:
    if shape is Shape.STORE:
        rim = 7.0
        x, y, w, h = area.x, area.y + rim, area.width, area.height - 2 * rim
        side = f"M{_number(x)} {_number(y)}v{_number(h)}a{_number(w / 2)} {rim:g} 0 0 0 {_number(w)} 0v{_number(-h)}"
        lid = f"a{_number(w / 2)} {rim:g} 0 0 0 {_number(-w)} 0a{_number(w / 2)} {rim:g} 0 0 0 {_number(w)} 0"
        return f'<path class="outline" d="{side}{lid}"/>'
    corner = {Shape.ACTOR: area.height / 2, Shape.STEP: 14.0}.get(shape, 5.0)
    return f'<rect class="outline" {_area(area)} rx="{_number(corner)}"/>'


def _path(route: Route) -> str:
    start, *rest = route.points
    text = f"M{_pair(start)}"
    if route.curved and len(rest) >= 3:
        text += "C" + " ".join(_pair(p) for p in rest)
    return text + f"L{_pair(route.tip)}"


def _is_inferred(arrow: Arrow) -> bool:
    return arrow.provenance is Provenance.INFERRED


def _depths(clusters: tuple[Cluster, ...]) -> dict[str, int]:
    """How many frames are around each frame."""
    parents = {c.id: c.parent for c in clusters}
    depths = {}
    for cluster in clusters:
        depth, parent = 0, cluster.parent
        while parent and depth <= len(parents):
            depth, parent = depth + 1, parents.get(parent, "")
        depths[cluster.id] = depth
    return depths


def _inset(area: Area) -> Area:
    """A little smaller: Graphviz puts frames side by side without a gap."""
    return Area(area.x + INSET, area.y + INSET, area.width - 2 * INSET, area.height - 2 * INSET)


def _area(area: Area) -> str:
    return f'x="{_number(area.x)}" y="{_number(area.y)}" width="{_number(area.width)}" height="{_number(area.height)}"'


def _pair(point: tuple[float, float]) -> str:
    return f"{_number(point[0])} {_number(point[1])}"


def _number(value: float) -> str:
    return f"{round(value, 1) + 0.0:g}" if abs(value) < 100_000 else f"{value:.0f}"


def _text(text: str) -> str:
    return escape(clean(text), quote=False)
