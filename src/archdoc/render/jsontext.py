"""JSON as archdoc writes it: the same document gives the same bytes."""

from __future__ import annotations

import json
import math
import re
from json.encoder import encode_basestring

from archdoc.model.facts import Json

_SURROGATE = re.compile("[\ud800-\udfff]")


def dumps(document: Json) -> str:
    """The canonical text of a document. Half a surrogate pair, which no file can hold, stays as its escape; a number
    that JSON has not becomes its name (``"Infinity"``, ``"NaN"``).

    It is what ``json.dumps`` gives with ``sort_keys=True, indent=2, ensure_ascii=False``, in two thirds of the time:
    with an indent the standard library passes every piece through a generator for each level.
    """
    pieces: list[str] = []
    _write(document, "\n", pieces)
    text = "".join(pieces)
    return _SURROGATE.sub(lambda m: f"\\u{ord(m[0]):04x}", text) + "\n"


def _write(value: object, margin: str, pieces: list[str]) -> None:
    if isinstance(value, str):
        pieces.append(encode_basestring(value))
    elif isinstance(value, dict) and value:
        inner, before = margin + "  ", "{"
        for key in sorted(value):
            pieces.append(f"{before}{inner}{encode_basestring(key)}: ")
            _write(value[key], inner, pieces)
            before = ","
        pieces.append(margin + "}")
    elif isinstance(value, list | tuple) and value:
        inner, before = margin + "  ", "["
        for each in value:
            pieces.append(before + inner)
            _write(each, inner, pieces)
            before = ","
        pieces.append(margin + "]")
    elif type(value) is int:
        pieces.append(str(value))
    elif isinstance(value, float) and not math.isfinite(value):
        pieces.append(f'"{json.dumps(value)}"')
    else:
        pieces.append(json.dumps(value))
