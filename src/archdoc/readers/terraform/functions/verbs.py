"""Numbers as the verbs of ``format`` write them, by Go's rules for big integers and floats.

https://pkg.go.dev/math/big#Int.Format and https://pkg.go.dev/math/big#Float.Format.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from archdoc.readers.terraform.errors import EvaluationError
from archdoc.readers.terraform.numbers import shortest_digits
from archdoc.readers.terraform.values import Number

_PREFIXES = {"b": "0b", "o": "0", "x": "0x", "X": "0X"}
_SHORTEST_EXPONENT = 6
"""``%g`` without a precision writes an exponent from this power of ten on."""


@dataclass(frozen=True, slots=True)
class Verb:
    """One ``%`` sequence."""

    raw: str
    letter: str
    flags: str
    width: int | None
    precision: int | None


def integer(verb: Verb, amount: Number) -> str:
    """``%b %d %o %x %X`` (EvaluationError for a number that is not whole)."""
    if not isinstance(amount, int):
        raise EvaluationError(f'unsupported value for "{verb.raw}": an integer is required')
    sign = _sign(verb.flags, amount < 0)
    prefix = _PREFIXES.get(verb.letter, "") if "#" in verb.flags else ""
    digits = format(abs(amount), verb.letter)
    if verb.precision == 0 and amount == 0:
        return ""
    if verb.precision is not None:
        digits = digits.rjust(verb.precision, "0")
    missing = (verb.width or 0) - len(sign + prefix + digits)
    if missing <= 0:
        return sign + prefix + digits
    if "-" in verb.flags:
        return sign + prefix + digits + " " * missing
    if "0" in verb.flags and verb.precision is None:
        return sign + prefix + "0" * missing + digits
    return " " * missing + sign + prefix + digits


def floating(verb: Verb, amount: Number) -> str:
    """``%e %E %f %g %G``."""
    digits = plain(_magnitude(amount), verb.letter, verb.precision)
    sign = _sign(verb.flags, amount < 0)
    missing = (verb.width or 0) - len(sign + digits)
    if missing <= 0:
        return sign + digits
    if "-" in verb.flags:
        return sign + digits + " " * missing
    if "0" in verb.flags:
        return sign + "0" * missing + digits
    return " " * missing + sign + digits


def shortest(amount: Number) -> str:
    """A number as ``%v`` shows it: Go's ``%g`` with as many digits as it takes."""
    return ("-" if amount < 0 else "") + plain(_magnitude(amount), "g", None)


def _magnitude(amount: Number) -> Number:
    return -amount if amount < 0 else amount


def plain(amount: Number, letter: str, precision: int | None) -> str:
    """A number that is not negative, without sign and padding."""
    if letter == "f":
        return _fixed(amount, 6 if precision is None else precision)
    if letter in "eE":
        digits, point = _rounded(amount, (6 if precision is None else precision) + 1)
        return _scientific(digits, point, letter)
    if precision is None:
        digits, point = shortest_digits(amount)
        longest = _SHORTEST_EXPONENT
    else:
        digits, point = _rounded(amount, max(precision, 1))
        digits = digits.rstrip("0") or "0"
        longest = max(precision, 1)
        if len(digits) < longest and len(digits) >= point:
            longest = len(digits)
    if not -4 <= point - 1 < longest:
        return _scientific(digits, point, "e" if letter == "g" else "E")
    return _placed(digits, point)


def _sign(flags: str, negative: bool) -> str:
    if negative:
        return "-"
    return "+" if "+" in flags else " " if " " in flags else ""


def _fixed(amount: Number, places: int) -> str:
    text = str(round(Fraction(amount) * 10**places)).rjust(places + 1, "0")
    return f"{text[:-places]}.{text[-places:]}" if places else text


def _rounded(amount: Number, count: int) -> tuple[str, int]:
    """So many significant digits, halves to even, and where the decimal point stands."""
    if amount == 0:
        return "0" * count, 1
    exact = Fraction(amount)
    _, near = shortest_digits(amount)
    for point in (near - 1, near, near + 1):  # the shortest digits may have been rounded up
        digits = str(round(exact * Fraction(10) ** (count - point)))
        if len(digits) == count:
            return digits, point
    raise ArithmeticError(f"{amount} has no {count} digits")


def _scientific(digits: str, point: int, letter: str) -> str:
    exponent = point - 1
    mantissa = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
    return f"{mantissa}{letter}{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _placed(digits: str, point: int) -> str:
    if point <= 0:
        return f"0.{'0' * -point}{digits}"
    if point >= len(digits):
        return digits + "0" * (point - len(digits))
    return f"{digits[:point]}.{digits[point:]}"
