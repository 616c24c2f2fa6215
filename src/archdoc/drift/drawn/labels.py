"""The text of a label: what a reader of the picture sees, line by line, without markup, icons and emphasis."""

from __future__ import annotations

import html
import re

LONGEST = 600
"""Characters of a label that are looked at; nobody reads more in a box."""
MOST_LINES = 12

_CODE = re.compile(r"(?<!&)#(?:(?P<number>\d{1,7})|(?P<name>[A-Za-z]{2,8}));")
_BREAK = re.compile(r"<\s*/?\s*(?:br|hr|p|div|li|h\d)\b[^<>]*>|\\n|\r?\n", re.IGNORECASE)
_TAG = re.compile(r"<\s*/?\s*[A-Za-z][^<>]*>")
_ICON = re.compile(r"(?<![\w:])(?:fa[bklrs]?|mdi|logos|aws|azure|gcp|fab):(?:fa-)?[\w-]+|:[a-z][a-z0-9_+-]+:(?=\s|$)")
_EMPHASIS = re.compile(r"(?<!\w)(\*{1,3}|_{1,3}|~~)(?=\S)(.+?)(?<=\S)\1(?!\w)")
_PICTURE = re.compile(
    "[\u2190-\u21ff\u2300-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\ufe0e\ufe0f\u200d\u2060\U0001f000-\U0001faff\U000e0020-\U000e007f]+"
)


def lines_of(text: str) -> tuple[str, ...]:
    """The lines of a label; none for one that shows no words.

    ``"fa:fa-database <b>Orders</b><br/>PostgreSQL 16"`` gives ``("Orders", "PostgreSQL 16")``.
    """
    text = _decoded(text.strip().strip("`")[:LONGEST])
    found = []
    for part in _BREAK.split(text):
        line = _TAG.sub(" ", part)
        line = _PICTURE.sub(" ", _ICON.sub(" ", line)).replace("`", "")
        line = _EMPHASIS.sub(r"\2", _EMPHASIS.sub(r"\2", line))
        line = " ".join(line.split())
        if line:
            found.append(line)
    return tuple(found[:MOST_LINES])


def _decoded(text: str) -> str:
    """Mermaid's own entities (``#quot;``, ``#9829;``) and HTML's."""
    return html.unescape(_CODE.sub(lambda m: f"&#{m['number']};" if m["number"] else f"&{m['name']};", text))
