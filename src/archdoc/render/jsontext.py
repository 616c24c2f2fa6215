"""JSON as archdoc writes it: the same document gives the same bytes."""

from __future__ import annotations

import json
import re

from archdoc.model.facts import Json

_SURROGATE = re.compile("[\ud800-\udfff]")


def dumps(document: Json) -> str:
    """The canonical text of a document. Half a surrogate pair, which no file can hold, stays as its escape."""
    text = json.dumps(document, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False)
    return _SURROGATE.sub(lambda m: f"\\u{ord(m[0]):04x}", text) + "\n"
