"""A drawing's fingerprint: the same drawing has the same one, whichever program and version draws it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

from archdoc.model.diagram import Diagram


def diagram_digest(diagram: Diagram) -> str:
    """``sha256:`` and the hexadecimal digest of everything that the drawing says, places in the code included."""
    said = asdict(diagram)
    for thing in (*said["boxes"], *said["arrows"]):
        if thing["change"] is None:
            del thing["change"]  # only a drawing of what differs says it
    text = json.dumps(said, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
