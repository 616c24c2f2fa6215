"""Labels made fit for a drawing: no control characters, lines of a bounded length, whole characters."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import deque

from archdoc.model.facts import Json

LINE = 34
"""Characters in a line of a label before it is wrapped."""
LINES = 6
"""Lines that a label has at most."""
LONGEST = 160
"""Characters of one label line that are shown at all; the rest becomes an ellipsis."""

_JOINERS = "\u200c\u200d"
_BREAK_AFTER = re.compile(r"(?<=[\s./_:,@=\-\]\[])")
_EXTENDING = frozenset({"Mn", "Me", "Mc"})


def clean(text: str) -> str:
    """The text on one line, without characters that steer instead of show.

    Control characters, lone surrogates and the marks that reorder text (a file name that reads backwards is a
    known deceit) are taken out; joiners stay, because emoji and several scripts need them.
    """
    if text.isprintable():  # nearly always; nothing to take out
        return " ".join(text.split())
    kept = []
    for char in text:
        category = unicodedata.category(char)
        if char in "\t\n\r\v\f\u2028\u2029\u0085":
            kept.append(" ")
        elif char in _JOINERS or category not in ("Cc", "Cf", "Cs", "Co", "Cn"):
            kept.append(char)
    return " ".join("".join(kept).split())


def shorten(text: str, length: int = LONGEST) -> str:
    """The text, cut between two whole characters and closed with an ellipsis when it is longer than ``length``."""
    if len(text) <= length:
        return text
    cut = length - 1
    while cut > 0 and _continues(text[cut], text[cut - 1]):
        cut -= 1
    return (text[:cut].rstrip() or text[: length - 1]) + "…"


def short_value(value: Json, longest: int = 60) -> str:
    """A value of an attribute on one line, cut where it is long."""
    if value is None:
        return "(none)"
    return shorten(clean(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)), longest)


def wrap(text: str, width: int = LINE) -> list[str]:
    """The lines of a label line, broken at spaces and punctuation, else between two whole characters."""
    lines: list[str] = []
    line = ""
    pieces = deque(_BREAK_AFTER.split(text))
    while pieces:
        piece = pieces.popleft()
        if len(piece) > width and len(line) <= width // 2:
            head, rest = _split(piece, width - len(line))
            lines.append(line + head)
            line = ""
            pieces.appendleft(rest)
            continue
        if line and len(line) + len(piece.rstrip()) > width:
            lines.append(line)
            line = ""
        line += piece
    lines.append(line)
    return [stripped for each in lines if (stripped := each.strip())]


def label_lines(label: tuple[str, ...], width: int = LINE, most: int = LINES) -> list[str]:
    """All lines of a label: cleaned, wrapped, at most ``most`` of them; never empty."""
    return named_lines(label, width, most)[0]


def named_lines(label: tuple[str, ...], width: int = LINE, most: int = LINES) -> tuple[list[str], int]:
    """The lines of a label as ``label_lines`` gives them, and how many of them are its name."""
    parts = [lines for part in label if (lines := wrap(shorten(clean(part)), width))]
    lines = [line for part in parts for line in part]
    if len(lines) > most:
        lines = [*lines[: most - 1], shorten(lines[most - 1] + " …", width)]
    return (lines, min(len(parts[0]), len(lines))) if lines else (["(no name)"], 1)


def is_safe_address(address: str) -> bool:
    """Whether an address may stand in a link: http, https, or relative to the page; nothing that runs."""
    if not address or re.search(r"[\x00-\x20\x7f\"'<>`\\{}|^]", address):
        return False
    scheme = re.match(r"([^/?#:]*):", address)
    if scheme:
        return scheme[1].lower() in ("http", "https") and "//" in address
    return not address.startswith("//")


def _split(piece: str, at: int) -> tuple[str, str]:
    while 0 < at < len(piece) and _continues(piece[at], piece[at - 1]):
        at -= 1
    at = at or 1
    return piece[:at], piece[at:]


def _continues(char: str, before: str) -> bool:
    """Whether a character belongs to the one before it: an accent, a joined emoji, a skin tone, half a flag."""
    return (
        unicodedata.category(char) in _EXTENDING
        or char in _JOINERS
        or before in _JOINERS
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or ("\U0001f1e6" <= char <= "\U0001f1ff" and "\U0001f1e6" <= before <= "\U0001f1ff")
    )
