"""JSON as Go's encoder writes it, which jsonencode and %#v show."""

from __future__ import annotations

import json

from archdoc.readers.terraform.numbers import format_number
from archdoc.readers.terraform.values import Value

_HTML = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029", "\x7f": "\x7f"}


def json_text(value: Value) -> str:
    """The compact JSON of a known value; keys in order of their bytes, ``<``, ``>`` and ``&`` escaped."""
    raw = value.raw
    if raw is None:
        return "null"
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, str):
        return json_string(raw)
    if value.is_sequence:
        return f"[{','.join(json_text(v) for v in raw)}]"
    if value.is_mapping:
        keys = sorted(raw, key=lambda k: k.encode("utf-8", "surrogatepass"))
        return "{" + ",".join(f"{json_string(k)}:{json_text(raw[k])}" for k in keys) + "}"
    return format_number(raw)


def json_string(text: str) -> str:
    """A JSON string literal."""
    made = json.dumps(text, ensure_ascii=False)
    for char, escape in _HTML.items():
        if char in made:
            made = made.replace(char, escape)
    return made
