"""A drawing's fingerprint: the same drawing has the same one, whichever program and version draws it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from functools import lru_cache
from typing import Any

from archdoc.model.diagram import Diagram


@lru_cache(maxsize=256)
def diagram_digest(diagram: Diagram) -> str:
    """``sha256:`` and the hexadecimal digest of everything that the drawing says, places in the code included."""
    text = json.dumps(diagram, default=_said, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _said(thing: Any) -> dict[str, Any]:
    """What one part of a drawing says; that something changed is said only in a drawing of what differs."""
    said = {each.name: getattr(thing, each.name) for each in fields(thing)}
    if said.get("change", "") is None:
        del said["change"]
    return said
