"""How large a box has to be for its text, without asking any font.

Graphviz measures text with the fonts of the machine it runs on, so the same drawing would come out differently
elsewhere. Here widths come from a table, on the generous side of Helvetica, Arial, DejaVu Sans and Noto Sans.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from archdoc.model.diagram import Arrow, Box, Cluster, Shape
from archdoc.render.text import clean, named_lines, shorten, wrap

NAME_SIZE = 13.0
DETAIL_SIZE = 11.0
ARROW_SIZE = 10.5
FRAME_SIZE = 12.0
ICON = 34.0
PAD = 9.0
LEADING = 1.32
_BOLD = 1.15
_NARROW = frozenset("iIljt.,:;'|!()[]/\\ ·")
_SIGNS = frozenset("&+<=>~^#{}")
_WIDE = frozenset("mwMW@%—…")


@dataclass(frozen=True, slots=True)
class Card:
    """A box's lines, of which the first few are its name, and its width and height in points."""

    lines: tuple[str, ...]
    names: int
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Tag:
    """The text on an arrow or a frame, and the room it takes."""

    lines: tuple[str, ...]
    width: float
    height: float


def text_width(text: str, size: float, bold: bool = False) -> float:
    """An upper estimate of the width of a line, in points."""
    return sum(_em(c) for c in text) * size * (_BOLD if bold else 1.0)


def card(box: Box) -> Card:
    """The room of one box: icon on the left, lines on the right."""
    lines, names = named_lines(box.label, width=28)
    widest = max(text_width(line, NAME_SIZE if i < names else DETAIL_SIZE, i < names) for i, line in enumerate(lines))
    tall = (NAME_SIZE * names + DETAIL_SIZE * (len(lines) - names)) * LEADING
    extra = 14.0 if box.shape is Shape.STORE else 0.0
    ends = 10.0 if box.shape is Shape.ACTOR else 0.0
    return Card(
        tuple(lines),
        names,
        round(max(96.0, widest + ICON + 3 * PAD + 2 * ends), 1),
        round(max(ICON, tall) + 2 * PAD + extra, 1),
    )


def arrow_tag(arrow: Arrow) -> Tag:
    """The room of an arrow's label: at most three short lines; nothing for an arrow that says nothing."""
    words = " · ".join(p for p in (clean(arrow.label), "by hand" if arrow.by_hand else "") if p)
    lines = wrap(shorten(words, 66), 24)[:3] if words else []
    return _tag(lines, ARROW_SIZE)


def frame_tag(cluster: Cluster) -> Tag:
    """The room of a frame's label."""
    return _tag(wrap(shorten(clean(cluster.label) or "(no name)", 80), 44)[:2], FRAME_SIZE, bold=True)


def _tag(lines: list[str], size: float, bold: bool = False) -> Tag:
    if not lines:
        return Tag((), 0.0, 0.0)
    width = max(text_width(line, size, bold) for line in lines)
    return Tag(tuple(lines), round(width + 6, 1), round(len(lines) * size * 1.3 + 4, 1))


def _em(char: str) -> float:
    if char in _NARROW:
        return 0.36
    if char in _WIDE:
        return 0.95
    if char in _SIGNS:
        return 0.77
    if char.isascii():
        return 0.72 if char.isupper() else 0.6
    if unicodedata.east_asian_width(char) in "WF":
        return 1.08
    return 0.0 if unicodedata.category(char) in ("Mn", "Me", "Cf") else 0.72
