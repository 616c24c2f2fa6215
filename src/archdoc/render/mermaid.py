"""A drawing as a Mermaid flowchart.

The text is made to be read in a pull request: one line per box and per arrow, ids that come from the ids of the
graph, and no numbering, so that a new box changes the lines around it and no others. The syntax is that of
Mermaid's flowcharts (https://mermaid.js.org/syntax/flowchart.html); its limits are the defaults of
``maxTextSize`` and ``maxEdges`` (https://mermaid.js.org/config/schema-docs/config.html).
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeAlias

from archdoc.model.change import Change
from archdoc.model.diagram import Arrow, ArrowStyle, Box, Cluster, Diagram, Shape
from archdoc.model.facts import Category, Source
from archdoc.render import idle
from archdoc.render.palette import CHANGES, COLOURS
from archdoc.render.text import clean, is_safe_address, label_lines, shorten

MAX_TEXT = 50_000
MAX_EDGES = 500

SourceLink: TypeAlias = Callable[[Source], str | None]
PageLink: TypeAlias = Callable[[str], str | None]
"""From ``Box.link`` to an address as the page that shows the drawing has to write it."""

_RESERVED = frozenset(
    {"accdescr", "acctitle", "bt", "call", "callback", "class", "classdef", "click", "default", "direction", "end"}
    | {"flowchart", "graph", "href", "interpolate", "linkstyle", "lr", "o", "rl", "style", "subgraph", "tb", "td", "v"}
    | {"x", "constructor", "prototype"}
)
_SHAPES = {
    Shape.BOX: ('["', '"]'),
    Shape.STORE: ('[("', '")]'),
    Shape.ACTOR: ('(["', '"])'),
    Shape.STEP: ('("', '")'),
}
_ARROWS = {ArrowStyle.FLOW: "-->", ArrowStyle.DEPENDS: "-.->", ArrowStyle.ALLOWS: "==>"}
_SYNTAX = frozenset('"<>&#`\\$%{};|~^')
_OWN_SIGNS = re.compile("(?<=\ufb02)(?=°)|(?<=¶)(?=ß)|(?<=[$])(?=[$])|(?<=:)(?=fa-)")
"""Places inside signs that Mermaid looks for after it has decoded the entities: its own marks of an entity, formulas,
icons. An invisible joint there keeps a label what it is."""
_COLON_MATTERS = re.compile(r"style|classDef")
_BY_HAND = "byhand"
_FRAME = "frame"


@dataclass(frozen=True, slots=True)
class _Detail:
    """How much is said: what comes off, step by step, when a text would pass Mermaid's limits."""

    links: bool = True
    lines: int = 6
    width: int = 26


_DETAILS = (_Detail(), _Detail(links=False), _Detail(links=False, lines=1))


def render(
    diagram: Diagram, link: SourceLink, page_link: PageLink = lambda _page: None, *, legend: bool = False
) -> str:
    """The flowchart, ending in a newline.

    ``link`` gives the address of a source line, or None; ``page_link`` that of a page that a box leads to. A box
    with neither is not a link, nor is one whose address has a scheme other than http and https. With ``legend``,
    a frame says which colour is which category.
    """
    text = ""
    for detail in _DETAILS:
        text = _text(diagram, link, page_link, detail, legend)
        if len(text) <= MAX_TEXT and len(diagram.arrows) <= MAX_EDGES:
            return text
    return _cut_down(diagram, link, page_link)


def _text(diagram: Diagram, link: SourceLink, page_link: PageLink, detail: _Detail, legend: bool) -> str:
    body = _body(diagram, detail, legend)
    links: list[str] = []
    if detail.links:
        links += [line for b in diagram.boxes if (line := _click(b, body.names, link, page_link))]
    return "\n".join([*body.lines, *links, *body.ending]) + "\n"


@dataclass(frozen=True, slots=True)
class _Body:
    """A flowchart without its links, which are others on each page."""

    names: Mapping[str, str]
    lines: tuple[str, ...]
    ending: tuple[str, ...]


@lru_cache(maxsize=256)
def _body(diagram: Diagram, detail: _Detail, legend: bool) -> _Body:
    if diagram.shows_changes:  # colours say what happened
        boxes = (b if b.change else replace(b, category=Category.OTHER) for b in diagram.boxes)
        diagram = replace(diagram, boxes=tuple(boxes))
    names = _names([c.id for c in diagram.clusters] + [b.id for b in diagram.boxes])
    around = _around(diagram)
    lines = [f"flowchart {diagram.direction.value}", *_accessible(diagram)]
    lines += _Frames(diagram, names, detail).level("", 1)
    lines += [_arrow(a, names, around) for a in diagram.arrows]
    stacks = idle.stacks(diagram)
    if len(stacks) + len(diagram.arrows) <= MAX_EDGES:
        lines += [f"    {names[above]} ~~~ {names[below]}" for above, below in stacks]
    if legend:
        lines += _legend(diagram)
    return _Body(names, tuple(lines), (*_classes(diagram), *_changed_arrows(diagram, around)))


def _accessible(diagram: Diagram) -> list[str]:
    """What a screen reader says. Both end at the line's end, so nothing else can follow."""
    said = [("accTitle", diagram.title), ("accDescr", diagram.question)]
    return [f"    {word}: {text}" for word, each in said if (text := _accessible_text(each))]


def _accessible_text(text: str) -> str:
    return re.sub(r"[#;{}%<>\"`\\]", " ", shorten(clean(text), 300)).strip()


class _Frames:
    """The boxes, frame in frame."""

    def __init__(self, diagram: Diagram, names: Mapping[str, str], detail: _Detail) -> None:
        self.names, self.detail = names, detail
        self.boxes: dict[str, list[Box]] = {}
        self.frames: dict[str, list[Cluster]] = {}
        for box in diagram.boxes:
            self.boxes.setdefault(box.cluster, []).append(box)
        for cluster in diagram.clusters:
            self.frames.setdefault(cluster.parent, []).append(cluster)

    def level(self, parent: str, depth: int) -> list[str]:
        pad = "    " * depth
        lines = [f"{pad}{_box(box, self.names[box.id], self.detail)}" for box in self.boxes.get(parent, ())]
        for cluster in self.frames.get(parent, ()):
            name = self.names[cluster.id]
            lines.append(f'{pad}subgraph {name}["{escape(shorten(clean(cluster.label) or "(no name)", 80))}"]')
            lines += self.level(cluster.id, depth + 1)
            lines += [f"{pad}end", f"{pad}class {name} {_FRAME}"]
        return lines


def _box(box: Box, name: str, detail: _Detail) -> str:
    opening, closing = _SHAPES[box.shape]
    label = "<br/>".join(escape(line) for line in label_lines(box.label, detail.width, detail.lines))
    style = _BY_HAND if box.by_hand else (box.change or box.category).value
    return f"{name}{opening}{label}{closing}:::{style}"


def _arrow(arrow: Arrow, names: Mapping[str, str], around: Callable[[str], Iterable[str]]) -> str:
    source, target = names[arrow.source], names[arrow.target]
    if _is_inside(arrow, around):
        # Mermaid's layout fails on an arrow between a frame and what stands in it.
        return f"    %% {source} to {target}: {_accessible_text(arrow.label or arrow.kind)} (a frame and its inside)"
    label = " · ".join(part for part in (clean(arrow.label), "by hand" if arrow.by_hand else "") if part)
    said = f'|"{escape(shorten(label, 80))}"|' if label else ""
    return f"    {source} {_ARROWS[arrow.style]}{said} {target}"


def _is_inside(arrow: Arrow, around: Callable[[str], Iterable[str]]) -> bool:
    return arrow.source in around(arrow.target) or arrow.target in around(arrow.source)


def _around(diagram: Diagram) -> Callable[[str], Iterable[str]]:
    """From an id to the ids of all frames around it."""
    parent = {c.id: c.parent for c in diagram.clusters} | {b.id: b.cluster for b in diagram.boxes}

    def frames(inner: str) -> Iterable[str]:
        seen = {inner}
        while (inner := parent.get(inner, "")) and inner not in seen:
            seen.add(inner)
            yield inner

    return frames


def _click(box: Box, names: Mapping[str, str], link: SourceLink, page_link: PageLink) -> str:
    address, tip = (page_link(box.link) if box.link else None), "open the drawing"
    if address is None:
        address, tip = link(box.source), str(box.source)
    if address is None or not is_safe_address(address):
        return ""
    return f'    click {names[box.id]} href "{address.replace(";", "%3B")}" "{_accessible_text(tip)}"'


def _classes(diagram: Diagram) -> list[str]:
    used = {b.category for b in diagram.boxes if not b.by_hand and b.change is None}
    lines = []
    for change in (c for c in Change if any(b.change is c for b in diagram.boxes)):
        look = CHANGES[change]
        lines.append(
            f"    classDef {change.value} fill:{look.fill},stroke:{look.border},color:{look.text},stroke-width:2px"
        )
    for category in (c for c in Category if c in used):
        colour = COLOURS[category]
        lines.append(f"    classDef {category.value} fill:{colour.fill},stroke:{colour.border},color:{colour.text}")
    if any(b.by_hand for b in diagram.boxes):
        lines.append(f"    classDef {_BY_HAND} fill:#ffffff,stroke:#57606a,color:#1b1f24,stroke-dasharray:5 4")
    if diagram.clusters:
        lines.append(f"    classDef {_FRAME} fill:#8b949e,fill-opacity:0.09,stroke:#8b949e,stroke-width:1px")
    return lines


def _changed_arrows(diagram: Diagram, around: Callable[[str], Iterable[str]]) -> list[str]:
    """Colours of the arrows of a drawing of what differs; Mermaid numbers arrows as they are written."""
    written = [arrow for arrow in diagram.arrows if not _is_inside(arrow, around)]
    lines = []
    for change in Change:
        numbers = [str(i) for i, arrow in enumerate(written) if arrow.change is change]
        if numbers:
            lines.append(f"    linkStyle {','.join(numbers)} stroke:{CHANGES[change].border},stroke-width:2.5px")
    return lines


def _legend(diagram: Diagram) -> list[str]:
    used = {b.category for b in diagram.boxes}
    lines = ['    subgraph archdoc_legend["Legend"]']
    for category in (c for c in Category if c in used):
        lines.append(f'        legend_{category.value}["{category.value.replace("_", " ")}"]:::{category.value}')
    return [*lines, "    end", f"    class archdoc_legend {_FRAME}"]


def _cut_down(diagram: Diagram, link: SourceLink, page_link: PageLink) -> str:
    """As many boxes and arrows as the limits take, and a box that says how many are not shown."""
    boxes, arrows = len(diagram.boxes), MAX_EDGES
    while True:
        kept = diagram.boxes[:boxes]
        ids = {b.id for b in kept} | {c.id for c in diagram.clusters}
        lines = [a for a in diagram.arrows if a.source in ids and a.target in ids][:arrows]
        missing = f"{len(diagram.boxes) - len(kept)} boxes and {len(diagram.arrows) - len(lines)} arrows more"
        note = Box("archdoc:more", "note", ("Not all is shown", missing), Source(".", 1), shape=Shape.STEP)
        clusters = diagram.clusters if boxes else diagram.clusters[: min(len(diagram.clusters), 100)]
        cut = replace(
            diagram,
            boxes=(*(kept if boxes else ()), note),
            arrows=tuple(lines if boxes else ()),
            clusters=clusters if boxes else tuple(replace(c, parent="") for c in clusters),
        )
        text = _text(cut, link, page_link, _DETAILS[-1], legend=False)
        if len(text) <= MAX_TEXT or not boxes:
            return text
        boxes, arrows = boxes * 2 // 3, arrows * 2 // 3


def escape(text: str) -> str:
    """A label as Mermaid shows it letter by letter: all that could be its syntax, Markdown or HTML as an entity."""
    # Mermaid takes the last semicolon off a line that looks like a style to it.
    syntax = _SYNTAX | {":"} if _COLON_MATTERS.search(text) else _SYNTAX
    text = _OWN_SIGNS.sub("\u2060", text)
    return "".join(_entity(c) if c in syntax else c for c in text)


def _entity(char: str) -> str:
    named = {'"': "quot", "<": "lt", ">": "gt", "&": "amp"}
    return f"#{named.get(char, ord(char))};"


def _names(ids: list[str]) -> dict[str, str]:
    """A Mermaid id for each id: readable, and of those that would clash each with a digest of its own."""
    names = {i: _name(i) for i in ids}
    often = Counter(name.lower() for name in names.values())
    return {i: f"{name}_{_short_digest(i)}" if often[name.lower()] > 1 else name for i, name in names.items()}


def _name(full: str) -> str:
    name = re.sub(r"[^A-Za-z0-9]+", "_", full).strip("_")
    if len(name) > 64:
        name = f"{name[-52:].strip('_')}_{_short_digest(full)}"
    if not name:
        return f"n_{_short_digest(full)}"
    return f"n_{name}" if name.lower() in _RESERVED or not name[0].isalpha() or name.startswith("legend_") else name


def _short_digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
