"""Operators and the conditional: https://developer.hashicorp.com/terraform/language/expressions/operators."""

from __future__ import annotations

import math
import operator as python
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from archdoc.readers.terraform.access import get_attr, index
from archdoc.readers.terraform.convert import ConversionError, convert, unify
from archdoc.readers.terraform.credentials import decided
from archdoc.readers.terraform.errors import EvaluationError
from archdoc.readers.terraform.numbers import rounded
from archdoc.readers.terraform.types import BOOL, DYNAMIC, NUMBER, Type
from archdoc.readers.terraform.unknowns import Unknown
from archdoc.readers.terraform.values import (
    Number,
    Value,
    boolean,
    deep_marks,
    identity,
    length_bounds,
    never_null,
    null,
    number,
    refined,
    unknown,
    unknown_from,
    unmarked,
    why_unknown,
)

__all__ = ["binary", "conditional", "equal", "get_attr", "index", "logical", "operand", "unary"]


def binary(operator: str, left: Value, right: Value) -> Value:
    """``left operator right``."""
    if operator in ("==", "!="):
        same = equal(left, right)
        return same if operator == "==" or same.is_unknown else boolean(not same.raw).like(same)
    if operator in ("&&", "||"):
        return logical(operator, operand(left, BOOL, operator), operand(right, BOOL, operator))
    left, right = operand(left, NUMBER, operator), operand(right, NUMBER, operator)
    for value in (left, right):
        if value.is_null:
            raise EvaluationError(f"an operand of {operator} is null")
    if operator in _COMPARISONS:
        return _compare(operator, left, right)
    if left.is_unknown or right.is_unknown:
        return unknown_from(left, right, kind=NUMBER, not_null=True)
    return number(_arithmetic(operator, left.raw, right.raw)).like(left, right)


def unary(operator: str, value: Value) -> Value:
    """``-a`` and ``!a``."""
    value = operand(value, BOOL if operator == "!" else NUMBER, operator)
    if value.is_null:
        raise EvaluationError(f"the operand of {operator} is null")
    if value.is_unknown:
        return unknown_from(value, kind=value.type, not_null=True)
    return (boolean(not value.raw) if operator == "!" else number(-value.raw)).like(value)


def operand(value: Value, wanted: Type, operator: str) -> Value:
    """An operand as the type that the operator takes."""
    try:
        return convert(value, wanted)
    except ConversionError as error:
        raise EvaluationError(f"unsuitable value for operator {operator}: {error}") from None


def logical(operator: str, left: Value, right: Value) -> Value:
    """``&&`` and ``||`` of two bools; one that decides alone makes the other one's value irrelevant.

    As in Terraform's core, null counts as false where the operands decide alone.
    """
    decides = operator == "||"
    for value in (left, right):
        if value.is_known and bool(value.raw) is decides:
            return boolean(decides).like(left, right)
    if left.is_unknown or right.is_unknown:
        return unknown_from(left, right, kind=BOOL, not_null=True)
    if left.is_null or right.is_null:
        raise EvaluationError(f"an operand of {operator} is null")
    return boolean(not decides).like(left, right)


# -- arithmetic -------------------------------------------------------------------------------------------------


def _arithmetic(operator: str, a: Number, b: Number) -> Number:
    if operator == "+":
        return rounded(a + b)
    if operator == "-":
        return rounded(a - b)
    if operator == "*":
        return rounded(a * b)
    if operator == "/":
        if b == 0:
            raise EvaluationError("division by zero")
        return rounded(Fraction(a) / Fraction(b))
    return a if b == 0 else rounded(a - rounded(b * math.trunc(rounded(Fraction(a) / Fraction(b)))))


def _range(value: Value) -> tuple[Number | None, Number | None]:
    """The least and the greatest that a number can be."""
    raw = value.raw
    return (raw.low, raw.high) if type(raw) is Unknown else (raw, raw)


_COMPARISONS: dict[str, Callable[[Number, Number], bool]] = {
    "<": python.lt,
    ">": python.gt,
    "<=": python.le,
    ">=": python.ge,
}


def _compare(operator: str, left: Value, right: Value) -> Value:
    test = _COMPARISONS[operator]
    if left.is_known and right.is_known:
        return boolean(test(left.raw, right.raw)).like(left, right)
    low, high = _range(left)
    other_low, other_high = _range(right)
    if low is not None and other_high is not None and low > other_high:
        return boolean(operator in (">", ">=")).like(left, right)
    if high is not None and other_low is not None and high < other_low:
        return boolean(operator in ("<", "<=")).like(left, right)
    return unknown_from(left, right, kind=BOOL, not_null=True)


# -- equality ---------------------------------------------------------------------------------------------------


def equal(left: Value, right: Value) -> Value:
    """``left == right``: false for values of different types, unknown where an unknown part could decide."""
    refs, sensitive = deep_marks(left)
    more, hidden = deep_marks(right)
    refs, sensitive = refs | more, sensitive or hidden
    verdict = _equal(unmarked(left), unmarked(right))
    if verdict is None:
        return unknown(why_unknown(left) or why_unknown(right), BOOL, refs, sensitive, not_null=True)
    return boolean(verdict).marked(refs, sensitive)


def _equal(left: Value, right: Value) -> bool | None:
    if left.is_unknown or right.is_unknown:
        return _equal_unknown(left, right)
    if left.is_null or right.is_null:
        return left.is_null and right.is_null
    if left.is_open or right.is_open:
        return None if left.is_mapping and right.is_mapping else False
    one, other = left.type, right.type
    if not (_type_is_known(left) and _type_is_known(right)):
        return None if _conforms(one, other) or _conforms(other, one) else False
    if one != other:
        return False
    if left.kind == "set":
        return _equal_sets(left.raw, right.raw)
    if left.is_sequence:
        if len(left.raw) != len(right.raw):
            return False
        return _all(_equal(a, b) for a, b in zip(left.raw, right.raw, strict=True))
    if left.is_mapping:
        if left.raw.keys() != right.raw.keys():
            return False
        return _all(_equal(left.raw[k], right.raw[k]) for k in left.raw)
    return bool(left.raw == right.raw)


def _equal_unknown(left: Value, right: Value) -> bool | None:
    if left.is_unknown and right.is_unknown:
        return None
    known, open_one = (right, left) if left.is_unknown else (left, right)
    if known.is_null:
        return False if never_null(open_one) else None
    raw: Unknown = open_one.raw
    if open_one.kind != "dynamic" and not _conforms(known.type, open_one.type):
        return False
    if isinstance(known.raw, str) and not known.raw.startswith(raw.prefix):
        return False
    if known.kind == "number" and _outside(known.raw, known.raw, raw.low, raw.high):
        return False
    if open_one.type.is_collection and _outside(*length_bounds(known), *length_bounds(open_one)):
        return False
    return None


def _outside(low: Number | None, high: Number | None, least: Number | None, most: Number | None) -> bool:
    """Whether two ranges have nothing in common."""
    return (high is not None and least is not None and high < least) or (
        low is not None and most is not None and low > most
    )


def _equal_sets(left: tuple[Value, ...], right: tuple[Value, ...]) -> bool | None:
    if any(v.is_unknown for v in (*left, *right)):
        return None
    return {identity(v) for v in left} == {identity(v) for v in right}


def _all(verdicts: Iterable[bool | None]) -> bool | None:
    """The first that is not true decides, as in cty."""
    return next((v for v in verdicts if v is not True), True)


def _type_is_known(value: Value) -> bool:
    raw = value.raw
    if raw is None:
        return True
    if type(raw) is Unknown:
        return not value.type.has_dynamic()
    if isinstance(raw, tuple):
        return all(_type_is_known(v) for v in raw)
    if value.is_open:
        return False
    return all(_type_is_known(v) for v in raw.values()) if isinstance(raw, Mapping) else True


def _conforms(have: Type, wanted: Type) -> bool:
    """Whether a value of the type satisfies the other one, in which ``any`` may stand."""
    if wanted.name == "dynamic" or have == wanted:
        return True
    if have.name != wanted.name or have.is_primitive:
        return False
    if have.element is not None and wanted.element is not None:
        return _conforms(have.element, wanted.element)
    if have.name == "tuple":
        return len(have.items) == len(wanted.items) and all(
            _conforms(h, w) for h, w in zip(have.items, wanted.items, strict=True)
        )
    return [n for n, _ in have.fields] == [n for n, _ in wanted.fields] and all(
        _conforms(h, w) for (_, h), (_, w) in zip(have.fields, wanted.fields, strict=True)
    )


# -- the conditional --------------------------------------------------------------------------------------------


def conditional(condition: Value, then: Value, otherwise: Value) -> Value:
    """``condition ? then : otherwise``, as the type that both results share."""
    condition = decided(condition)
    kind = _shared(then, otherwise)
    if condition.is_null:
        raise EvaluationError("the condition is null")
    if condition.is_unknown:
        return _undecided(condition, then, otherwise, kind)
    try:
        test = convert(condition, BOOL)
    except ConversionError:
        raise EvaluationError("the condition must be true or false") from None
    chosen = then if test.raw else otherwise
    try:
        return convert(chosen, kind).like(test)
    except ConversionError as error:
        raise EvaluationError(f"{_INCONSISTENT}: {error}") from None


_INCONSISTENT = "the true and false results of a conditional must have consistent types"


def _shared(then: Value, otherwise: Value) -> Type:
    """The type of the result (EvaluationError where there is none); null takes the other's type."""
    one, other = then.type, otherwise.type
    if one.name == "dynamic" and then.is_null:
        return other
    if other.name == "dynamic" and otherwise.is_null:
        return one
    if "dynamic" in (one.name, other.name):
        return DYNAMIC
    kind = unify([one, other])
    if kind is None:
        raise EvaluationError(_INCONSISTENT)
    return kind


def _undecided(condition: Value, then: Value, otherwise: Value, kind: Type) -> Value:
    """The result of an unknown condition: unknown, but of a known type, and with what both results agree on."""
    made = unknown(f"depends on a condition that is not known: {why_unknown(condition)}", kind)
    if then.is_null and otherwise.is_null:
        made = null(kind)
    refs, sensitive = deep_marks(then)
    more, hidden = deep_marks(otherwise)
    made = made.like(condition).marked(refs | more, sensitive or hidden)
    made = refined(made, not_null=never_null(then) and never_null(otherwise))
    if then.kind == otherwise.kind == "number":
        return _spanning(made, _range(then), _range(otherwise))
    if then.type == otherwise.type and kind.is_collection:
        return _spanning(made, length_bounds(then), length_bounds(otherwise))
    return made


def _spanning(
    made: Value, one: tuple[Number | None, Number | None], other: tuple[Number | None, Number | None]
) -> Value:
    low = None if one[0] is None or other[0] is None else min(one[0], other[0])
    high = None if one[1] is None or other[1] is None else max(one[1], other[1])
    return refined(made, low=low, high=high)
