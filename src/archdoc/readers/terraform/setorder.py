"""The order in which a set gives its elements, as cty has it.

Strings by their bytes, numbers by size, false before true, null last; anything else by the text that cty hashes
(https://github.com/zclconf/go-cty/blob/main/cty/set_internals.go).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any, Protocol

from archdoc.readers.terraform.unknowns import Unknown


class Content(Protocol):
    """What the order of a value hangs on."""

    @property
    def kind(self) -> str:
        """The name of its type."""
        ...

    raw: Any


def order(value: Content) -> Any:
    """The key to sort the elements of one set by."""
    raw = value.raw
    if raw is None:
        return (1, 0, b"")
    if isinstance(raw, str):
        return (0, 0, raw.encode("utf-8", "surrogatepass"))
    if isinstance(raw, bool | int | Fraction):
        return (0, 1, raw)
    return (0, 0, _hashed(value).encode("utf-8", "surrogatepass"))


def _hashed(value: Content) -> str:
    raw = value.raw
    if type(raw) is Unknown:
        return "?"
    if raw is None:
        return "~"
    if isinstance(raw, bool):
        return "T" if raw else "F"
    if isinstance(raw, str):
        return _quoted(raw)
    if isinstance(raw, tuple):
        opening, closing = ("<", ">") if value.kind == "tuple" else ("[", "]")
        return opening + "".join(f"{_hashed(v)};" for v in raw) + closing
    if isinstance(raw, Mapping):
        if value.kind == "object":
            return "<" + "".join(f"{_hashed(raw[k])};" for k in sorted(raw)) + ">"
        return "{" + "".join(f"{_quoted(k)}:{_hashed(raw[k])};" for k in sorted(raw)) + "}"
    return _ten_digits(raw)


def _quoted(text: str) -> str:
    """As Go writes a string: with the escapes of its literals."""
    return '"' + "".join(_ESCAPES.get(c) or (c if c.isprintable() else _escaped(c)) for c in text) + '"'


def _escaped(char: str) -> str:
    point = ord(char)
    if point < 0x80:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"


_ESCAPES = {
    '"': '\\"', "\\": "\\\\", "\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"
}  # fmt: skip


def _ten_digits(raw: int | Fraction) -> str:
    """A number with at most ten significant digits, as Go's ``%.10g``."""
    if isinstance(raw, int) and abs(raw) < 10**10:
        return str(raw)
    with localcontext(prec=10):
        text = f"{Decimal(raw.numerator) / Decimal(raw.denominator):.9e}"
    mantissa, exponent = text.split("e")
    mantissa, power = mantissa.rstrip("0").rstrip("."), int(exponent)
    if -4 <= power < 10:
        return f"{float(raw):.10g}"
    return f"{mantissa}e{'-' if power < 0 else '+'}{abs(power):02d}"
