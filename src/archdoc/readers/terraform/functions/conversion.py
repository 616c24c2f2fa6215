"""Type conversion functions."""

from __future__ import annotations

from archdoc.readers.terraform.convert import convert
from archdoc.readers.terraform.errors import EvaluationError
from archdoc.readers.terraform.functions.registry import FunctionContext, general
from archdoc.readers.terraform.types import BOOL, DYNAMIC, NUMBER, STRING, Type, list_of, map_of, set_of
from archdoc.readers.terraform.values import Value, boolean, deep_marks, null, unknown, unknown_from


def _converter(name: str, wanted: Type) -> None:
    def implementation(arguments: list[Value], _context: FunctionContext) -> Value:
        value = arguments[0]
        if value.is_null and value.kind == "dynamic":
            return null(wanted).like(value)
        made = convert(value, wanted)
        if value.is_unknown:
            return unknown_from(value, kind=made.type)
        return made

    implementation.__doc__ = f"functions/{name}."
    general(name, 1)(implementation)


_converter("tostring", STRING)
_converter("tonumber", NUMBER)
_converter("tobool", BOOL)
_converter("tolist", list_of(DYNAMIC))
_converter("toset", set_of(DYNAMIC))
_converter("tomap", map_of(DYNAMIC))


@general("sensitive", 1)
def sensitive(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/sensitive."""
    return arguments[0].marked(sensitive=True)


@general("nonsensitive", 1)
def nonsensitive(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/nonsensitive."""
    return arguments[0].without_sensitivity()


@general("issensitive", 1)
def issensitive(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/issensitive."""
    if arguments[0].is_unknown and not arguments[0].sensitive:
        return unknown_from(arguments[0], kind=BOOL)
    return boolean(arguments[0].sensitive)


@general("ephemeralasnull", 1)
def ephemeralasnull(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/ephemeralasnull: which of what is hidden is ephemeral, and so null, is not told here."""
    refs, hidden = deep_marks(arguments[0])
    return unknown("whether it is ephemeral, and so null, is not told", refs=refs) if hidden else arguments[0]


@general("type", 1)
def type_function(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/type: only the console has it."""
    deep_marks(arguments[0])
    raise EvaluationError("the type function may be used only in the console")
