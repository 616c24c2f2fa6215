"""One colour per category, for every renderer: dark text on a light fill, readable on a white and on a black page.

The text has a contrast of at least 4.5:1 on its fill (WCAG 2.1, 1.4.3), and the border at least 3:1 on the fill
(1.4.11); the tests measure both. A box carries its own fill, so the theme of the page does not matter to it.
"""

from __future__ import annotations

from dataclasses import dataclass

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
