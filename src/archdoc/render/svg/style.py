"""Colours of an SVG, for a light and a dark desktop."""

from __future__ import annotations

from collections.abc import Iterator

from archdoc.model.diagram import Arrow, Diagram
from archdoc.model.facts import Category
from archdoc.render.palette import ARROWS, CHANGES, CHANGES_DARK, COLOURS, DARK, PAPER, PAPER_DARK, Colour

_FONT = "system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,'Noto Sans','DejaVu Sans',sans-serif"


def arrow_class(arrow: Arrow, in_changes: bool = False) -> str:
    """The class that colours an arrow by its kind; in a drawing of what differs, by what happened to it."""
    if arrow.change is not None:
        return f"k-{arrow.change.value}"
    if in_changes:
        return "k-other"
    return f"k-{arrow.kind.replace('_', '-')}" if arrow.kind in ARROWS else "k-other"


def style_sheet(diagram: Diagram) -> str:
    """The rules, each below the drawing's own class, so that they touch nothing else on a page."""
    light = "".join(_rules(diagram, COLOURS, dark=False))
    dark = "".join(_rules(diagram, DARK, dark=True))
    return f"{''.join(_shapes())}{light}@media (prefers-color-scheme:dark){{{dark}}}"


def _shapes() -> Iterator[str]:
    here = ".archdoc-drawing"
    yield f"{here}{{font-family:{_FONT}}}"
    yield f"{here} .title{{font-size:18px;font-weight:600}}{here} .question{{font-size:12px}}"
    yield f"{here} .name{{font-size:13px;font-weight:600}}{here} .detail{{font-size:11px}}"
    yield f"{here} .frame{{stroke-width:1}}"
    yield f"{here} .frame-label{{font-size:12px;font-weight:600;paint-order:stroke;stroke-width:4px}}"
    yield f"{here} .outline{{stroke-width:1.4}}{here} .by-hand .outline{{stroke-dasharray:5 4}}"
    yield f"{here} .plate{{fill:#fff}}{here} .line{{fill:none;stroke-width:1.5}}"
    yield f"{here} .grip{{fill:none;stroke:transparent;stroke-width:9}}"
    yield f"{here} .depends .line{{stroke-dasharray:6 4}}{here} .allows .line{{stroke-width:2.6}}"
    yield f"{here} .arrow.by-hand .line{{stroke-dasharray:2 4}}"
    yield f"{here} .arrow-label{{font-size:10.5px;text-anchor:middle}}"
    yield f"{here} .arrow-label{{paint-order:stroke;stroke-width:5px;stroke-linejoin:round}}"
    yield f"{here} .legend-label{{font-size:11px}}{here} a{{cursor:pointer}}"
    yield f"{here} a:hover .outline,{here} a:focus .outline{{stroke-width:2.6}}"
    yield f"{here} a:hover .line,{here} a:focus .line{{stroke-width:3}}"


def _rules(diagram: Diagram, colours: dict[Category, Colour], dark: bool) -> Iterator[str]:
    here = ".archdoc-drawing"
    paper = PAPER_DARK if dark else PAPER
    yield f"{here} .paper{{fill:{paper.fill}}}"
    yield f"{here} .title,{here} .frame-label{{fill:{paper.text}}}"
    yield f"{here} .question,{here} .legend-label,{here} .arrow-label{{fill:{paper.text}}}"
    yield f"{here} .arrow-label{{stroke:{paper.fill}}}"
    for depth in range(5):
        yield f"{here} .d{depth}{{fill:{paper.frames[depth]};stroke:{paper.border}}}"
        yield f"{here} .l{depth}{{stroke:{paper.frames[depth]}}}"
    for category in sorted({b.category for b in diagram.boxes} | {Category.OTHER}):
        colour = colours[category]
        look = f"{here} .c-{category.value}"
        yield f"{look} .outline{{fill:{colour.fill};stroke:{colour.border}}}"
        yield f"{look} text{{fill:{colour.text}}}{look}{{color:{colour.border}}}"
    changes = CHANGES_DARK if dark else CHANGES
    for change in sorted(
        {b.change for b in diagram.boxes if b.change} | {a.change for a in diagram.arrows if a.change}
    ):
        look = f"{here} .c-{change.value}"
        yield f"{look} .outline{{fill:{changes[change].fill};stroke:{changes[change].border};stroke-width:2.2}}"
        yield f"{look} text{{fill:{changes[change].text}}}{look}{{color:{changes[change].border}}}"
    in_changes = diagram.shows_changes
    for name in sorted({arrow_class(a, in_changes) for a in diagram.arrows} | {"k-other"}):
        light, darker = ARROWS.get(name.removeprefix("k-").replace("-", "_"), ARROWS["other"])
        stroke = darker if dark else light
        yield f"{here} .{name} .line{{stroke:{stroke}}}{here} .tip.{name}{{fill:{stroke};stroke:{stroke}}}"
        yield f"{here} .tip.open.{name}{{fill:{paper.fill}}}"
