"""Icons drawn for archdoc: one plain glyph per category, and the things of Hetzner Cloud, which diagrams lacks.

All are MIT, like archdoc; none is a trade mark. Each is the content of a 48 by 48 symbol; glyphs take the colour
of their box (``currentColor``).
"""

from __future__ import annotations

from archdoc.model.facts import Category

_LINE = 'fill="none" stroke="currentColor" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"'


def _lines(*paths: str) -> str:
    return "".join(f'<path {_LINE} d="{p}"/>' for p in paths)


def _circle(x: float, y: float, r: float) -> str:
    return f"M{x - r} {y}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 {-2 * r} 0"


_CYLINDER = ("M10 12c0-8 28-8 28 0v24c0 8-28 8-28 0z", "M10 12c0 8 28 8 28 0")
_CLOUD = "M14 36a8 8 0 0 1 0-16 11 11 0 0 1 21-2 9 9 0 0 1 0 18z"
_SHIELD = "M24 6l15 5v11c0 10-6 16-15 20-9-4-15-10-15-20V11z"

GLYPHS: dict[Category, str] = {
    Category.COMPUTE: _lines("M9 9h30v13H9zM9 26h30v13H9z", "M15 15.5h.1M15 32.5h.1M22 15.5h11M22 32.5h11"),
    Category.NETWORK: _lines(
        _circle(24, 11, 5), _circle(11, 36, 5), _circle(37, 36, 5), "M24 16v8M24 24L14 32M24 24l10 8"
    ),
    Category.DNS: _lines(_circle(24, 24, 16), "M8 24h32M24 8c9 9 9 23 0 32M24 8c-9 9-9 23 0 32"),
    Category.LOAD_BALANCING: _lines(
        "M8 24h12M20 24L36 11M20 24h18M20 24l16 13", "M31 9l7 1-3 6M34 20l5 4-5 4M31 39l7-1-3-6"
    ),
    Category.DATABASE: _lines(*_CYLINDER, "M10 24c0 8 28 8 28 0"),
    Category.CACHE: _lines(*_CYLINDER, "M26 19l-6 8h8l-6 8"),
    Category.STORAGE: _lines("M9 10h30v28H9z", "M9 28h30M32 33h.1M15 33h8"),
    Category.SECURITY: _lines(_SHIELD, "M17 24l5 5 9-10"),
    Category.IDENTITY: _lines(_circle(16, 24, 8), "M24 24h17M35 24v8M41 24v6"),
    Category.MONITORING: _lines("M8 40V8M8 40h32", "M13 31l7-9 6 6 11-15"),
    Category.LOGGING: _lines("M11 6h19l8 8v28H11z", "M17 20h14M17 27h14M17 34h9"),
    Category.MESSAGING: _lines("M7 11h34v26H7z", "M7 12l17 14 17-14"),
    Category.CDN: _lines(_CLOUD, "M24 41v-13M19 32l5-5 5 5"),
    Category.CONTAINER: _lines("M24 6l16 9v18l-16 9-16-9V15z", "M8 15l16 9 16-9M24 24v18"),
    Category.SERVERLESS: _lines("M12 8h7l17 32h-6M24 18L13 40H9"),
    Category.BACKUP: _lines("M10 24a14 14 0 1 0 5-11", "M9 8l5 6 7-4", "M24 16v9l6 4"),
    Category.CI: _lines(_circle(24, 24, 7), "M24 7v6M24 35v6M7 24h6M35 24h6M12 12l4 4M32 32l4 4M36 12l-4 4M16 32l-4 4"),
    Category.SAAS: _lines(_CLOUD),
    Category.PLUMBING: _lines("M8 19h14v10H8zM26 19h14v10H26z", "M22 24h4"),
    Category.OTHER: _lines("M24 7l15 8.5v17L24 41 9 32.5v-17z"),
}

PERSON = _lines(_circle(24, 16, 8), "M9 42c0-11 7-15 15-15s15 4 15 15")

_RED = "#d50c2d"


def _red(*paths: str) -> str:
    line = _LINE.replace("currentColor", _RED)
    return "".join(f'<path {line} d="{p}"/>' for p in paths)


def _dot(x: float, y: float) -> str:
    return f'<circle cx="{x}" cy="{y}" r="2.2" fill="{_RED}"/>'


OWN: dict[str, str] = {
    "hetzner.server": _red("M9 8h30v14H9zM9 26h30v14H9z", "M22 15h11M22 33h11") + _dot(15, 15) + _dot(15, 33),
    "hetzner.network": _red(_circle(24, 11, 5), _circle(11, 36, 5), _circle(37, 36, 5), "M24 16v8L14 32M24 24l10 8"),
    "hetzner.subnet": _red("M8 8h32v32H8z", "M24 8v32M8 24h32"),
    "hetzner.firewall": _red("M8 10h32v28H8z", "M8 19.3h32M8 28.6h32M24 10v9M16 19.5v9M32 19.5v9M24 29v9"),
    "hetzner.loadbalancer": _red("M8 24h12L36 11M20 24h18M20 24l16 13", "M31 9l7 1-3 6M31 39l7-1-3-6"),
    "hetzner.volume": _red(*_CYLINDER) + _dot(24, 30),
    "hetzner.floatingip": _red("M24 6c9 0 14 6 14 13 0 9-14 23-14 23S10 28 10 19C10 12 15 6 24 6z", _circle(24, 19, 4)),
    "hetzner.sshkey": _red(_circle(16, 24, 8), "M24 24h17M35 24v8M41 24v6"),
    "hetzner.certificate": _red(_SHIELD, "M17 24l5 5 9-10"),
    "hetzner.placementgroup": _red("M8 8h13v13H8zM27 8h13v13H27zM8 27h13v13H8zM27 27h13v13H27z"),
    "hetzner.image": _red(_circle(24, 24, 16), _circle(24, 24, 5)),
}
"""By the catalog's icon name, in lower case and without underscores."""
