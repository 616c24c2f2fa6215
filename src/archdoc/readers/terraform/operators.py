"""Operators, indexes and the conditional: https://developer.hashicorp.com/terraform/language/expressions/operators."""

from __future__ import annotations

import math
from fractions import Fraction

from archdoc.readers.terraform.convert import ConversionError, convert, unify
from archdoc.readers.terraform.errors import EvaluationError
from archdoc.readers.terraform.numbers import rounded
from archdoc.readers.terraform.types import BOOL, DYNAMIC, NUMBER, STRING, Type
from archdoc.readers.terraform.values import (
    LazyObject,
    Number,
    Value,
    boolean,
    deep_marks,
    identity,
    is_wholly_known,
    number,
    unknown,
    unknown_from,
    why_unknown,
)

_RESULT = {"&&": BOOL, "||": BOOL, "==": BOOL, "!=": BOOL, "<": BOOL, ">": BOOL, "<=": BOOL, ">=": BOOL}


def binary(operator: str, left: Value, right: Value) -> Value:
    """``left operator right``."""
    if operator in ("==", "!="):
        same = equal(left, right)
        return same if operator == "==" or same.is_unknown else boolean(not same.raw).like(same)
    wanted = BOOL if operator in ("&&", "||") else NUMBER
    left, right = _operand(left, wanted, operator), _operand(right, wanted, operator)
    if operator in ("&&", "||"):
        return _logical(operator, left, right)
    if left.is_unknown or right.is_unknown:
        return unknown_from(left, right, kind=_RESULT.get(operator, NUMBER))
    a, b = left.raw, right.raw
    if operator in _COMPARISONS:
        return boolean(_COMPARISONS[operator](a, b)).like(left, right)
    return number(_arithmetic(operator, a, b)).like(left, right)


def unary(operator: str, operand: Value) -> Value:
    """``-a`` and ``!a``."""
    value = _operand(operand, BOOL if operator == "!" else NUMBER, operator)
    if value.is_unknown:
        return unknown_from(value, kind=value.type)
    return (boolean(not value.raw) if operator == "!" else number(-value.raw)).like(value)


def _operand(value: Value, wanted: Type, operator: str) -> Value:
    try:
        converted = convert(value, wanted)
    except ConversionError as error:
        raise EvaluationError(f"unsuitable value for operator {operator}: {error}") from None
    if converted.is_null:
        raise EvaluationError(f"an operand of {operator} is null")
    return converted


def _logical(operator: str, left: Value, right: Value) -> Value:
    decides = operator == "||"
    for value in (left, right):
        if value.is_known and value.raw is decides:
            return boolean(decides).like(left, right)
    if left.is_unknown or right.is_unknown:
        return unknown_from(left, right, kind=BOOL)
    return boolean(not decides).like(left, right)


def _arithmetic(operator: str, a: Number, b: Number) -> Number:
    if operator == "+":
        return rounded(a + b)
    if operator == "-":
        return rounded(a - b)
    if operator == "*":
        return rounded(a * b)
    if b == 0:
        raise EvaluationError("division by zero")
    if operator == "/":
        return rounded(Fraction(a) / Fraction(b))
    return rounded(a - b * math.trunc(Fraction(a) / Fraction(b)))


_COMPARISONS = {
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}


def equal(left: Value, right: Value) -> Value:
    """``left == right``: false for values of different types, unknown where an unknown part could decide."""
    verdict = _equal(left, right)
    refs, sensitive = deep_marks(left)
    more, hidden = deep_marks(right)
    refs, sensitive = refs | more, sensitive or hidden
    if verdict is None:
        reason = why_unknown(left) or why_unknown(right)
        return unknown(reason, BOOL, refs, sensitive)
    return boolean(verdict).marked(refs, sensitive)


def _equal(left: Value, right: Value) -> bool | None:
    if left.is_null or right.is_null:
        if left.is_null and right.is_null:
            return True
        other = right if left.is_null else left
        return None if other.is_unknown else False
    if left.is_unknown or right.is_unknown:
        a, b = left.type, right.type
        different = "dynamic" not in (a.name, b.name) and a.name != b.name and not (_shares_no_type(a, b) is False)
        return False if different else None
    if isinstance(left.raw, LazyObject) or isinstance(right.raw, LazyObject):
        return None if left.is_mapping and right.is_mapping else False
    if left.kind != right.kind:
        return False
    if left.is_sequence:
        return _equal_sequences(left, right)
    if left.is_mapping:
        if left.kind == "map" and left.type != right.type and not _may_be_equal(left.type, right.type):
            return False
        if left.raw.keys() != right.raw.keys():
            return False
        return _all(_equal(left.raw[k], right.raw[k]) for k in left.raw)
    return bool(left.raw == right.raw)


def _equal_sequences(left: Value, right: Value) -> bool | None:
    if left.kind in ("list", "set") and left.type != right.type and not _may_be_equal(left.type, right.type):
        return False
    if left.kind == "set":
        if not (is_wholly_known(left) and is_wholly_known(right)):
            return None
        return bool({identity(v) for v in left.raw} == {identity(v) for v in right.raw})
    if len(left.raw) != len(right.raw):
        return False
    return _all(_equal(a, b) for a, b in zip(left.raw, right.raw, strict=True))


def _may_be_equal(a: Type, b: Type) -> bool:
    return a.has_dynamic() or b.has_dynamic()


def _shares_no_type(a: Type, b: Type) -> bool:
    return unify([a, b]) is None or a.is_primitive != b.is_primitive or a.name != b.name


def _all(verdicts: object) -> bool | None:
    result: bool | None = True
    for verdict in verdicts:  # type: ignore[attr-defined]
        if verdict is False:
            return False
        if verdict is None:
            result = None
    return result


def conditional(condition: Value, then: Value, otherwise: Value) -> Value:
    """``condition ? then : otherwise``, as the type that both results share."""
    then, otherwise = _as_shared(then, otherwise)
    try:
        test = convert(condition, BOOL)
    except ConversionError:
        raise EvaluationError("the condition must be true or false") from None
    if test.is_null:
        raise EvaluationError("the condition is null")
    if test.is_unknown:
        made = unknown(f"depends on a condition that is not known: {why_unknown(test)}", _shared(then, otherwise))
        refs, sensitive = deep_marks(then)
        more, hidden = deep_marks(otherwise)
        return made.like(test).marked(refs | more, sensitive or hidden)
    return (then if test.raw else otherwise).like(test)


def _shared(then: Value, otherwise: Value) -> Type:
    if then.is_open or otherwise.is_open:
        return DYNAMIC
    kind = unify([then.type, otherwise.type])
    return kind or DYNAMIC


def _as_shared(then: Value, otherwise: Value) -> tuple[Value, Value]:
    """Both results as one type (EvaluationError where there is none).

    null and unknown of no type take the other's type; open objects, whose types are not known, stay as they are.
    """
    if _holds_open(then) or _holds_open(otherwise):
        return then, otherwise
    one, other = then.type, otherwise.type
    if one == other:
        return then, otherwise
    if one.name == "dynamic" and then.is_null:
        return convert(then, other), otherwise
    if other.name == "dynamic" and otherwise.is_null:
        return then, convert(otherwise, one)
    if "dynamic" in (one.name, other.name):
        return then, otherwise
    kind = unify([one, other])
    if kind is None:
        raise EvaluationError("the true and false results of a conditional must have consistent types")
    try:
        return convert(then, kind), convert(otherwise, kind)
    except ConversionError:
        raise EvaluationError("the true and false results of a conditional must have consistent types") from None


def _holds_open(value: Value) -> bool:
    if isinstance(value.raw, LazyObject):
        return True
    if value.is_sequence:
        return any(_holds_open(v) for v in value.raw)
    if value.is_mapping:
        return any(_holds_open(v) for v in value.raw.values())
    return False


# -- taking apart -----------------------------------------------------------------------------------------------


def get_attr(value: Value, name: str) -> Value:
    """``value.name``."""
    if value.is_null:
        raise EvaluationError(f'this value is null, so it has no attribute "{name}"')
    if value.is_unknown:
        return _part_of_unknown(value, name)
    if not value.is_mapping:
        if value.is_sequence and value.raw and all(v.is_mapping for v in value.raw):
            raise EvaluationError(f'a {value.kind} has no attribute "{name}"; take one element of it, or use [*]')
        raise EvaluationError(f'a {value.kind} has no attribute "{name}"')
    if name in value.raw or value.is_open:
        return _taken(value.raw[name], value)
    if value.kind == "map":
        raise EvaluationError(f'the map has no element "{name}"')
    raise EvaluationError(f'the object has no attribute "{name}"')


def _part_of_unknown(value: Value, name: str) -> Value:
    kind = value.type
    if kind.name == "object":
        field = kind.attribute(name)
        if field is None and kind.fields:
            raise EvaluationError(f'the object has no attribute "{name}"')
        return unknown(value.reason, field or DYNAMIC, value.refs, value.sensitive)
    if kind.name == "map":
        return unknown(value.reason, kind.element or DYNAMIC, value.refs, value.sensitive)
    if kind.name == "dynamic":
        return unknown(value.reason, DYNAMIC, value.refs, value.sensitive)
    raise EvaluationError(f'a {kind} has no attribute "{name}"')


def index(value: Value, key: Value) -> Value:
    """``value[key]``."""
    if value.is_null:
        raise EvaluationError("this value is null, so it has no elements")
    if key.is_null:
        raise EvaluationError("the index is null")
    if value.is_unknown:
        return _index_unknown(value, key)
    if value.is_mapping:
        return _index_mapping(value, key)
    if value.kind in ("list", "tuple"):
        return _index_sequence(value, key)
    raise EvaluationError(
        "elements of a set have no index" if value.kind == "set" else f"a {value.kind} has no elements"
    )


def _index_unknown(value: Value, key: Value) -> Value:
    kind = value.type
    element = DYNAMIC
    if kind.name in ("list", "map") and kind.element is not None:
        element = kind.element
    elif kind.name not in ("dynamic", "object", "tuple"):
        raise EvaluationError(f"a {kind} has no elements")
    return unknown(value.reason, element).like(value, key)


def _index_mapping(value: Value, key: Value) -> Value:
    try:
        text = convert(key, STRING)
    except ConversionError:
        raise EvaluationError("the index of a map must be a string") from None
    if text.is_unknown:
        made = unknown(why_unknown(text), _shared_element(value)).like(value, text)
        refs, sensitive = deep_marks(value)
        return made.marked(refs, sensitive)
    if text.raw in value.raw or value.is_open:
        return _taken(value.raw[text.raw], value).like(text)
    raise EvaluationError(f'the given key "{text.raw}" does not identify an element in this collection value')


def _index_sequence(value: Value, key: Value) -> Value:
    try:
        position = convert(key, NUMBER)
    except ConversionError:
        raise EvaluationError(f"the index of a {value.kind} must be a number") from None
    if position.is_unknown:
        made = unknown(why_unknown(position), _shared_element(value)).like(value, position)
        refs, sensitive = deep_marks(value)
        return made.marked(refs, sensitive)
    place = position.raw
    if not isinstance(place, int) or not 0 <= place < len(value.raw):
        raise EvaluationError("the given index is outside of this collection value")
    return _taken(value.raw[place], value).like(position)


def _shared_element(value: Value) -> Type:
    if isinstance(value.raw, LazyObject):
        return DYNAMIC
    return value.type.element or DYNAMIC


def _taken(part: Value, whole: Value) -> Value:
    return part.marked(whole.refs, whole.sensitive)
