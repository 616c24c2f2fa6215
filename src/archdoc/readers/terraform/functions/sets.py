"""Set functions."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

from archdoc.readers.terraform.convert import convert, unify
from archdoc.readers.terraform.errors import EvaluationError, check_elements
from archdoc.readers.terraform.functions.registry import Parameter, declared
from archdoc.readers.terraform.types import DYNAMIC, Type, list_of, set_of, tuple_of
from archdoc.readers.terraform.values import (
    Value,
    identity,
    is_wholly_known,
    length_bounds,
    list_value,
    refined,
    set_value,
    tuple_value,
    unknown_from,
)


def _shared_type(arguments: list[Value]) -> Type:
    """The set type that all share; a literal ``[]`` fits any."""
    elements = []
    for argument in arguments:
        element = argument.type.element or DYNAMIC
        if not (argument.is_known and not argument.raw and element.name == "dynamic"):
            elements.append(element)
    shared = unify(elements)
    if shared is None:
        raise EvaluationError("given sets must all have compatible element types")
    return set_of(shared)


def _operation(
    name: str, operation: Callable[[set[Any], set[Any]], set[Any]], *parameters: Parameter, rest: Parameter | None
) -> None:
    def body(arguments: list[Value], kind: Type) -> Value:
        given = [convert(a, kind) for a in arguments]
        if operation is set.union and all(v.is_known for v in given):  # elements that are not known are elements
            return set_value([v for s in given for v in s.raw], kind.element or DYNAMIC)
        if not all(is_wholly_known(v) for v in given):
            return unknown_from(*given, kind=kind)
        known = {identity(v): v for s in given for v in s.raw}
        kept = {identity(v) for v in given[0].raw}
        for other in given[1:]:
            kept = operation(kept, {identity(v) for v in other.raw})
        return set_value([v for i, v in known.items() if i in kept], kind.element or DYNAMIC)

    body.__doc__ = f"functions/{name}."
    declared(name, *parameters, rest=rest, returns=_shared_type)(body)


_SET = Parameter(set_of(DYNAMIC), dynamic=True)
_operation("setunion", set.union, _SET, rest=_SET)
_operation("setintersection", set.intersection, _SET, rest=_SET)
_operation("setsubtract", set.difference, _SET, _SET, rest=None)


def _product_type(arguments: list[Value]) -> Type:
    parts = []
    for argument in arguments:
        kind = argument.type
        if kind.name in ("list", "set"):
            parts.append(kind.element or DYNAMIC)
            continue
        if kind.name != "tuple":
            raise EvaluationError("a set or a list is required")
        part = unify(kind.items)
        if part is None:
            raise EvaluationError("all elements must be of the same type")
        parts.append(part)
    all_lists = all(a.type.name != "set" for a in arguments)
    return (list_of if all_lists else set_of)(tuple_of(parts))


_FACTOR = Parameter(unknown=True, parts=True)


@declared("setproduct", _FACTOR, _FACTOR, rest=_FACTOR, returns=_product_type)
def setproduct(arguments: list[Value], kind: Type) -> Value:
    """functions/setproduct: a list when all are lists, else a set of tuples."""
    if any(a.is_unknown or len(set(length_bounds(a))) > 1 for a in arguments):
        return _unknown_product(arguments, kind)
    check_elements(math.prod(len(a.raw) for a in arguments))
    element = kind.element or DYNAMIC
    columns = [[convert(v, k) for v in a.raw] for a, k in zip(arguments, element.items, strict=True)]
    rows = [tuple_value(row) for row in itertools.product(*columns)]
    return set_value(rows, element) if kind.name == "set" else list_value(rows, element)


def _unknown_product(arguments: list[Value], kind: Type) -> Value:
    made = unknown_from(*arguments, kind=kind, not_null=True)
    highest = [length_bounds(a)[1] for a in arguments]
    if None in highest:
        return made
    most = math.prod(h for h in highest if h is not None)
    if most > 2048:
        return made
    return refined(made, low=min(most, 1), high=most)
