"""Set functions."""

from __future__ import annotations

import itertools
import math

from archdoc.readers.terraform.convert import convert, unify
from archdoc.readers.terraform.errors import EvaluationError, check_elements
from archdoc.readers.terraform.functions.registry import FunctionContext, elements, general, require_known
from archdoc.readers.terraform.types import DYNAMIC, set_of, tuple_of
from archdoc.readers.terraform.values import (
    Value,
    deep_marks,
    identity,
    is_wholly_known,
    list_value,
    set_value,
    tuple_value,
    unknown_from,
)


def _sets(arguments: list[Value]) -> list[Value] | Value:
    """All as sets of the element type they share; unknown when any is or holds something unknown."""
    given = [convert(a, set_of(DYNAMIC)) for a in arguments]
    for value in given:
        if value.is_null:
            raise EvaluationError("argument must not be null")
    kind = unify([v.type for v in given if not (v.is_sequence and not v.raw)]) if given else None
    if kind is None:
        raise EvaluationError("given sets must all have compatible element types")
    if kind.name != "set":
        kind = set_of(DYNAMIC)
    given = [v if v.is_sequence and not v.raw else convert(v, kind) for v in given]
    if not all(is_wholly_known(v) for v in given):
        made = unknown_from(*given, kind=kind)
        for value in given:
            made = made.marked(*deep_marks(value))
        return made
    return given


def _kind(given: list[Value]) -> Value:
    return next((v for v in given if v.raw), given[0])


@general("setunion", 1, None)
def setunion(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/setunion."""
    given = _sets(arguments)
    if isinstance(given, Value):
        return given
    element = _kind(given).type.element or DYNAMIC
    return set_value([v for s in given for v in s.raw], element).like(*given)


@general("setintersection", 1, None)
def setintersection(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/setintersection."""
    given = _sets(arguments)
    if isinstance(given, Value):
        return given
    shared = set.intersection(*[{identity(v) for v in s.raw} for s in given])
    element = _kind(given).type.element or DYNAMIC
    return set_value([v for v in given[0].raw if identity(v) in shared], element).like(*given)


@general("setsubtract", 2)
def setsubtract(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/setsubtract."""
    given = _sets(arguments)
    if isinstance(given, Value):
        return given
    away = {identity(v) for v in given[1].raw}
    element = _kind(given).type.element or DYNAMIC
    return set_value([v for v in given[0].raw if identity(v) not in away], element).like(*given)


@general("setproduct", 2, None)
def setproduct(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/setproduct: a set of tuples when all are sets, else a list."""
    for argument in arguments:
        if (open_value := require_known(argument)) is not None:
            return open_value.like(*arguments)
    check_elements(math.prod(max(1, len(elements(a))) for a in arguments))
    kinds = []
    for argument in arguments:
        kind = argument.type.element or unify(argument.type.items)
        if kind is None:
            raise EvaluationError("all elements must be of the same type")
        kinds.append(kind)
    columns = [[convert(v, k) for v in elements(a)] for a, k in zip(arguments, kinds, strict=True)]
    rows = [tuple_value(row) for row in itertools.product(*columns)]
    if all(a.kind == "set" for a in arguments):
        return set_value(rows, tuple_of(kinds)).like(*arguments)
    return list_value(rows, tuple_of(kinds)).like(*arguments)
