"""One colour per category, for every renderer: dark text on a light fill, readable on a white and on a black page.

The text has a contrast of at least 4.5:1 on its fill (WCAG 2.1, 1.4.3), and the border at least 3:1 on the fill
(1.4.11); the tests measure both. A box carries its own fill, so the theme of the page does not matter to it.
"""

from __future__ import annotations

from dataclasses import dataclass

from archdoc.model.change import Change
from archdoc.model.facts import Category


@dataclass(frozen=True, slots=True)
class Colour:
    """Fill, border and text of a box, as ``#rrggbb``."""

    fill: str
    border: str
    text: str = "#1b1f24"


COLOURS: dict[Category, Colour] = {
    Category.COMPUTE: Colour("#ffe3c2", "#b45309"),
    Category.NETWORK: Colour("#dbeafe", "#1d4ed8"),
    Category.DNS: Colour("#e0e7ff", "#4338ca"),
    Category.LOAD_BALANCING: Colour("#ede9fe", "#6d28d9"),
    Category.DATABASE: Colour("#cffafe", "#0e7490"),
    Category.CACHE: Colour("#fee2e2", "#b91c1c"),
    Category.STORAGE: Colour("#dcfce7", "#15803d"),
    Category.SECURITY: Colour("#ffe4e6", "#be123c"),
    Category.IDENTITY: Colour("#fce7f3", "#be185d"),
    Category.MONITORING: Colour("#fef3c7", "#92600a"),
    Category.LOGGING: Colour("#fef9c3", "#854d0e"),
    Category.MESSAGING: Colour("#fae8ff", "#a21caf"),
    Category.CDN: Colour("#ffedd5", "#c2410c"),
    Category.CONTAINER: Colour("#e0f2fe", "#0369a1"),
    Category.SERVERLESS: Colour("#ffe8d6", "#a8460b"),
    Category.BACKUP: Colour("#d1fae5", "#047857"),
    Category.CI: Colour("#e2e8f0", "#475569"),
    Category.SAAS: Colour("#f3e8ff", "#7e22ce"),
    Category.PLUMBING: Colour("#f1f5f9", "#64748b"),
    Category.OTHER: Colour("#f6f8fa", "#57606a"),
}


def _mixed(colour: str, other: str, share: float) -> str:
    """``share`` of the first colour and the rest of the other."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


@dataclass(frozen=True, slots=True)
class Paper:
    """What a drawing stands on: the page, its text, and the shade of a frame by how deep it is nested."""

    fill: str
    text: str
    border: str
    frames: tuple[str, str, str, str, str]


PAPER = Paper("#ffffff", "#1b1f24", "#8b949e", ("#f6f8fa", "#eceff3", "#e2e7ed", "#d8dfe6", "#ced6df"))
PAPER_DARK = Paper("#0d1117", "#e6edf3", "#6e7681", ("#161b22", "#1c232c", "#232b36", "#2a3441", "#313d4c"))

DARK: dict[Category, Colour] = {
    category: Colour(
        _mixed(colour.border, PAPER_DARK.fill, 0.3), _mixed(colour.border, "#ffffff", 0.55), PAPER_DARK.text
    )
    for category, colour in COLOURS.items()
}
"""The same categories on a dark page, for pictures that can ask which one they stand on."""

CHANGES: dict[Change, Colour] = {
    Change.ADDED: Colour("#dafbe1", "#1a7f37"),
    Change.REMOVED: Colour("#ffe0dd", "#cf222e"),
    Change.CHANGED: Colour("#fff1b8", "#9a6700"),
}
"""Boxes of a drawing of what differs; a sign in their labels says the same without colour."""
CHANGES_DARK: dict[Change, Colour] = {
    change: Colour(_mixed(colour.border, PAPER_DARK.fill, 0.4), _mixed(colour.border, "#ffffff", 0.5), PAPER_DARK.text)
    for change, colour in CHANGES.items()
}

ARROWS: dict[str, tuple[str, str]] = {
    "other": ("#57606a", "#9aa4af"),
    "allows": ("#15803d", "#4ade80"),
    "routes_to": ("#1d4ed8", "#7aa2ff"),
    "connects_to": ("#0e7490", "#38bdf8"),
    "scrapes": ("#92600a", "#e3b341"),
    "visualizes": ("#92600a", "#e3b341"),
    "alerts": ("#be123c", "#fb7185"),
    "ships_logs_to": ("#854d0e", "#d6b656"),
    "backs_up": ("#047857", "#34d399"),
    "stores_in": ("#047857", "#34d399"),
    "restores": ("#6d28d9", "#b794f6"),
    "verifies": ("#6d28d9", "#b794f6"),
    "protects": ("#be185d", "#f472b6"),
    "triggers": ("#a8460b", "#f0883e"),
    "deploys_to": ("#7e22ce", "#c084fc"),
    "deploys": ("#7e22ce", "#c084fc"),
    "runs": ("#7e22ce", "#c084fc"),
    "added": ("#1a7f37", "#4ade80"),
    "removed": ("#cf222e", "#ff7b72"),
    "changed": ("#9a6700", "#e3b341"),
}
"""Stroke of an arrow by its kind, on a light and on a dark page; at least 3:1 on the deepest frame."""
