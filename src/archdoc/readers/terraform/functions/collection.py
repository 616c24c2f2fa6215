"""Collection functions of any collection; sequences.py has those of lists, mappings.py those of maps and objects.

What they do with unknown arguments is what core does, of which much follows from the declared parameters.
"""

from __future__ import annotations

from archdoc.readers.terraform.convert import convert, unify
from archdoc.readers.terraform.errors import EvaluationError
from archdoc.readers.terraform.functions.graphemes import graphemes
from archdoc.readers.terraform.functions.registry import FunctionContext, Parameter, declared, general
from archdoc.readers.terraform.types import BOOL, DYNAMIC, NUMBER, Type, list_of
from archdoc.readers.terraform.values import (
    Value,
    boolean,
    length_bounds,
    null,
    number,
    refined,
    unknown,
    unknown_from,
    why_unknown,
)


@declared("alltrue", Parameter(list_of(BOOL)), returns=BOOL)
def alltrue(arguments: list[Value], _kind: Type) -> Value:
    """functions/alltrue: an unknown before the first false one leaves it unknown."""
    for item in arguments[0].raw:
        if item.is_unknown:
            return unknown_from(item, kind=BOOL)
        if not item.raw:
            return boolean(False)
    return boolean(True)


@declared("anytrue", Parameter(list_of(BOOL)), returns=BOOL)
def anytrue(arguments: list[Value], _kind: Type) -> Value:
    """functions/anytrue."""
    items: tuple[Value, ...] = arguments[0].raw
    if any(item.raw is True for item in items):
        return boolean(True)
    undecided = next((item for item in items if item.is_unknown), None)
    return boolean(False) if undecided is None else unknown_from(undecided, kind=BOOL)


def _coalesced(arguments: list[Value]) -> Type:
    kind = unify([a.type for a in arguments])
    if kind is None:
        raise EvaluationError("all arguments must have the same type")
    return kind


_ANYTHING = Parameter(null=True, unknown=True, dynamic=True, parts=True)


@declared("coalesce", Parameter(null=True, unknown=True, dynamic=True, parts=True), rest=_ANYTHING, returns=_coalesced)
def coalesce(arguments: list[Value], kind: Type) -> Value:
    """functions/coalesce: the first that is neither null nor an empty string, as the type all share."""
    for argument in arguments:
        value = convert(argument, kind)
        if value.is_unknown:
            return unknown_from(value, kind=kind)
        if not (value.is_null or value.raw == ""):
            return value
    raise EvaluationError("no non-null, non-empty-string arguments")


def _countable(arguments: list[Value]) -> Type:
    if arguments[0].type.name in ("number", "bool"):
        raise EvaluationError("argument must be a string, a collection type, or a structural type")
    return NUMBER


@declared("length", Parameter(unknown=True, dynamic=True, parts=True), returns=_countable)
def length(arguments: list[Value], _kind: Type) -> Value:
    """functions/length: of a string, how many characters a person sees."""
    value = arguments[0]
    if value.is_open:
        return unknown("how many attributes a resource has is known to its provider alone", NUMBER)
    if value.kind in ("string", "dynamic"):
        return unknown_from(value, kind=NUMBER) if value.is_unknown else number(len(graphemes(value.raw)))
    least, most = length_bounds(value)
    if least == most:
        return number(least)
    return refined(unknown(why_unknown(value), NUMBER), low=least, high=most)


def _sole(arguments: list[Value]) -> Type:
    kind = arguments[0].type
    if kind.name in ("list", "set"):
        return kind.element or DYNAMIC
    if kind.name == "tuple" and len(kind.items) < 2:
        return kind.items[0] if kind.items else DYNAMIC
    raise EvaluationError("must be a list, set, or tuple value with either zero or one elements")


@declared("one", Parameter(parts=True), returns=_sole, not_null=False)
def one(arguments: list[Value], kind: Type) -> Value:
    """functions/one: the sole element, or null."""
    value = arguments[0]
    least, most = length_bounds(value)
    if least != most:
        return unknown_from(value, kind=kind)
    if least > 1:
        raise EvaluationError("must be a list, set, or tuple value with either zero or one elements")
    sole: Value = value.raw[0] if least else null(kind)
    return sole


def _removed(name: str, spelling: str) -> None:
    @general(name, 0, None)
    def implementation(_arguments: list[Value], _context: FunctionContext) -> Value:
        raise EvaluationError(f"was removed in Terraform 0.12; write {spelling}")

    implementation.__doc__ = f"functions/{name}."


_removed("list", "tolist([ ... ])")
_removed("map", "tomap({ ... })")
