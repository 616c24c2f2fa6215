"""Numeric functions."""

from __future__ import annotations

import math
from fractions import Fraction

from archdoc.readers.terraform.convert import convert
from archdoc.readers.terraform.errors import EvaluationError
from archdoc.readers.terraform.functions import doubles
from archdoc.readers.terraform.functions.registry import Parameter, declared, simple
from archdoc.readers.terraform.numbers import Double, rounded, whole
from archdoc.readers.terraform.types import NUMBER, Type, list_of
from archdoc.readers.terraform.values import Number, Value, is_wholly_known, list_value, number, unknown_from


@simple("abs", NUMBER, returns=NUMBER)
def absolute(amount: Number) -> Number:
    """functions/abs."""
    return -amount if amount < 0 else amount


@simple("ceil", NUMBER, returns=NUMBER)
def ceil(amount: Number) -> Number:
    """functions/ceil."""
    return math.ceil(amount)


@simple("floor", NUMBER, returns=NUMBER)
def floor(amount: Number) -> Number:
    """functions/floor."""
    return math.floor(amount)


@simple("log", NUMBER, NUMBER, returns=NUMBER)
def log(amount: Number, base: Number) -> Number:
    """functions/log: in double precision, as core computes it."""
    if base == 0 and amount > 0:
        return 0  # a number divided by what the logarithm of zero is in double precision: minus infinity
    try:
        result = doubles.log(float(amount)) / doubles.log(float(base))
    except (ValueError, ZeroDivisionError, OverflowError):
        raise EvaluationError("has no finite logarithm") from None
    return _double(result)


@simple("pow", NUMBER, NUMBER, returns=NUMBER)
def power(amount: Number, exponent: Number) -> Number:
    """functions/pow: in double precision, as core computes it."""
    try:
        result = doubles.power(float(amount), float(exponent))
    except (OverflowError, ValueError):
        raise EvaluationError("the result is not a finite number") from None
    return _double(result)


def _double(result: float) -> Number:
    """What core shows of a number of double precision: the shortest text that means it."""
    if result.is_integer() and abs(result) > _LAST_OF_ALL:
        return Double(result)
    return rounded(Fraction(repr(result)))


_LAST_OF_ALL = 1 << 53
"""Up to here each whole number is a double."""


@simple("signum", NUMBER, returns=NUMBER)
def signum(amount: Number) -> Number:
    """functions/signum: of whole numbers of 64 bits."""
    amount = whole(amount)
    return (amount > 0) - (amount < 0)


_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


@declared("parseint", Parameter(), Parameter(NUMBER), returns=NUMBER)
def parseint(arguments: list[Value], _kind: Type) -> Value:
    """functions/parseint: of a string; a number is refused, though other functions convert it."""
    if arguments[0].kind != "string":
        raise EvaluationError(f"first argument must be a string, not {arguments[0].kind}")
    return number(_integer(arguments[0].raw, arguments[1].raw))


def _integer(text: str, base: Number) -> int:
    if not isinstance(base, int) or not 2 <= base <= 62:
        raise EvaluationError("base must be a whole number from 2 to 62")
    digits = text[1:] if text[:1] in ("-", "+") else text
    if base <= 36:
        digits = digits.lower()
    if not digits or len(digits) > 1000:
        raise EvaluationError(f'cannot parse "{text}" as a base {base} integer')
    total = 0
    for digit in digits:
        place = _DIGITS.find(digit)
        if not 0 <= place < base:
            raise EvaluationError(f'cannot parse "{text}" as a base {base} integer')
        total = total * base + place
    return -total if text.startswith("-") else total


@simple("max", NUMBER, returns=NUMBER, rest=NUMBER)
def maximum(*amounts: Number) -> Number:
    """functions/max."""
    return max(amounts)


@simple("min", NUMBER, returns=NUMBER, rest=NUMBER)
def minimum(*amounts: Number) -> Number:
    """functions/min."""
    return min(amounts)


@declared("sum", Parameter(), returns=NUMBER)
def total(arguments: list[Value], kind: Type) -> Value:
    """functions/sum."""
    value = arguments[0]
    if not value.is_sequence:
        raise EvaluationError("argument must be list, set, or tuple of number values")
    if not value.raw:
        raise EvaluationError("cannot sum an empty list")
    if not is_wholly_known(value):
        return unknown_from(value, kind=kind)
    result: Number = 0
    for item in value.raw:
        amount = convert(item, NUMBER)
        if amount.is_null:
            raise EvaluationError("argument must be list, set, or tuple of number values")
        result = rounded(result + amount.raw)
    return number(result)


MAX_RANGE = 1024
"""Terraform's own limit of what ``range`` may give."""


@simple("range", NUMBER, NUMBER, NUMBER, returns=list_of(NUMBER), optional=2)
def number_range(*bounds: Number) -> Value:
    """functions/range."""
    start: Number = 0
    step: Number
    if len(bounds) == 1:
        end, step = bounds[0], (1 if bounds[0] >= 0 else -1)
    elif len(bounds) == 2:
        start, end = bounds
        step = 1 if end >= start else -1
    else:
        start, end, step = bounds
        if step == 0:
            raise EvaluationError("step must not be zero")
        if (step > 0 and end < start) or (step < 0 and end > start):
            raise EvaluationError("the step leads away from the end")
    items: list[Value] = []
    at = start
    while at < end if step > 0 else at > end:
        if len(items) >= MAX_RANGE:
            raise EvaluationError(f"more than {MAX_RANGE} values were generated; use a larger step")
        items.append(number(at))
        at = rounded(at + step)
    return list_value(items, NUMBER)
