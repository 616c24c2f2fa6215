"""Numbers as Terraform's core keeps them: binary floating point with 512 bits of mantissa (Go's big.Float)."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from archdoc.readers.terraform.errors import BudgetError, EvaluationError
from archdoc.readers.terraform.values import Number

PRECISION = 512
_MAX_DIGITS = 4000
"""Numbers with more are refused: they are no sizes of anything, and Python itself tells none of more than 4,300."""
_MAX_BITS = 14_200
"""Of what a number is above and below the line: 4,000 digits, and those that rounding adds."""
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\Z", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d+\Z", re.ASCII)


class Double(int):
    """A whole number that core keeps in double precision: exact to reckon with, told by as few digits as a double."""


def rounded(exact: Fraction | int) -> Number:
    """The nearest number with 512 bits of mantissa, ties to even; an ``int`` where it is whole."""
    if isinstance(exact, int):
        if exact.bit_length() <= PRECISION:
            return exact
        exact = Fraction(exact)
    if exact.denominator == 1 and abs(exact.numerator).bit_length() <= PRECISION:
        return exact.numerator
    if exact == 0:
        return 0
    magnitude = abs(exact)
    shift = PRECISION - (magnitude.numerator.bit_length() - magnitude.denominator.bit_length())
    scaled = magnitude * (Fraction(2) ** shift)
    while scaled >= 1 << PRECISION:
        scaled, shift = scaled / 2, shift - 1
    while scaled < 1 << (PRECISION - 1):
        scaled, shift = scaled * 2, shift + 1
    result = Fraction(round(scaled)) / (Fraction(2) ** shift)
    if max(result.numerator.bit_length(), result.denominator.bit_length()) > _MAX_BITS:
        raise BudgetError(f"has a number of more than {_MAX_DIGITS:,} digits")
    result = -result if exact < 0 else result
    return result.numerator if result.denominator == 1 else result


def parse_number(text: str) -> Number | None:
    """The number that a text of decimal digits spells, or None (as Terraform converts a string)."""
    if not _NUMBER.match(text) or len(text) > _MAX_DIGITS:
        return None
    if _INTEGER.match(text):
        return rounded(int(text))
    exponent = re.search(r"[eE]([+-]?\d+)$", text)
    if exponent and abs(int(exponent[1])) > _MAX_DIGITS:
        return None
    return rounded(Fraction(text))


def whole(amount: Number) -> int:
    """A number as the whole number of 64 bits that a function asks for (EvaluationError where it is none)."""
    if not isinstance(amount, int) or not -(1 << 63) <= amount < 1 << 63:
        raise EvaluationError("value must be a whole number, between -9223372036854775808 and 9223372036854775807")
    return amount


def from_decimal(value: Decimal | int) -> Number:
    """A literal of the source text, or of JSON, as a number (EvaluationError for one that is infinite or too long)."""
    if isinstance(value, Decimal) and not value.is_finite():
        raise EvaluationError("has a number that is not finite")
    if isinstance(value, Decimal) and value and abs(value.adjusted()) > _MAX_DIGITS:
        raise BudgetError("has a number with a huge exponent")
    return rounded(value if isinstance(value, int) else Fraction(value))


def format_number(value: Number) -> str:
    """The shortest decimal text that reads back as the same number, without an exponent."""
    if isinstance(value, Double):
        return f"{Decimal(repr(float(value))):f}"
    if isinstance(value, int):
        text = str(value)
        if value.bit_length() <= PRECISION - 2 or value == 0:
            return text
        value = Fraction(value)
        digits, exponent = _shortest(abs(value))
        text = digits + "0" * (exponent - len(digits)) if exponent >= len(digits) else digits
        return f"-{text}" if value < 0 else text
    sign = "-" if value < 0 else ""
    digits, point = _shortest(abs(value))
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    if point >= len(digits):
        return f"{sign}{digits}{'0' * (point - len(digits))}"
    return f"{sign}{digits[:point]}.{digits[point:]}"


def shortest_digits(value: Number) -> tuple[str, int]:
    """The fewest significant digits of a number that is not negative which read back as the same number, and where
    the decimal point stands."""
    return ("0", 1) if value == 0 else _shortest(Fraction(value))


def _shortest(value: Fraction) -> tuple[str, int]:
    """The fewest significant digits that round back to ``value``, and where the decimal point stands."""
    point = _decimal_point(value)
    low, high = 1, 156
    while low < high:  # more digits never read back worse
        middle = (low + high) // 2
        if _reads_back(value, point, middle):
            high = middle
        else:
            low = middle + 1
    scaled = round(value * Fraction(10) ** (low - point))
    text = str(scaled)
    if len(text) > low:  # rounding went up to the next power of ten
        point += 1
    return text.rstrip("0") or "0", point


def _reads_back(value: Fraction, point: int, digits: int) -> bool:
    scale = Fraction(10) ** (digits - point)
    return Fraction(rounded(Fraction(round(value * scale)) / scale)) == value


def _decimal_point(value: Fraction) -> int:
    """The number of digits before the decimal point (zero or negative for small fractions)."""
    point = len(str(value.numerator)) - len(str(value.denominator))
    while Fraction(10) ** point <= value:
        point += 1
    while Fraction(10) ** (point - 1) > value:
        point -= 1
    return point
