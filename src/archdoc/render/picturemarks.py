"""What an SVG of archdoc's says of itself in its root element, read without drawing anything.

``digest`` is the drawing's, ``drawing`` the drawing's with the addresses of its links and archdoc's way of drawing,
``body`` the file's own (with `NO_BODY` in its place), so that an edited file is known.
"""

from __future__ import annotations

import hashlib
import re

NO_BODY = "sha256:" + "0" * 64
_MARKS = re.compile(rb' data-archdoc-(digest|drawing|body)="(sha256:[0-9a-f]{64})"')


def embedded_digest(svg: bytes) -> str | None:
    """The digest of the drawing that an SVG of archdoc shows, or None if it is none or was edited by hand."""
    marks = marks_of(svg)
    body = marks.get("body", "")
    if not body or body_digest(svg.replace(body.encode(), NO_BODY.encode(), 1)) != body:
        return None
    return marks.get("digest")


def marks_of(svg: bytes) -> dict[str, str]:
    """The marks by their names."""
    return {m[1].decode(): m[2].decode() for m in _MARKS.finditer(svg[:4096])}


def body_digest(svg: bytes) -> str:
    """The digest of a whole file, whatever its line ends are."""
    return "sha256:" + hashlib.sha256(svg.replace(b"\r\n", b"\n")).hexdigest()
