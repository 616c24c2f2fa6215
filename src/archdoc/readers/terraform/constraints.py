"""Type constraints of variables: https://developer.hashicorp.com/terraform/language/expressions/type-constraints."""

from __future__ import annotations

from collections.abc import Callable

from archdoc.readers.hcl import tree as t
from archdoc.readers.terraform.convert import ConversionError, convert
from archdoc.readers.terraform.errors import EvaluationError
from archdoc.readers.terraform.types import BOOL, DYNAMIC, NUMBER, STRING, Type, list_of, map_of, set_of, tuple_of
from archdoc.readers.terraform.values import Value

_NAMES = {
    "string": STRING,
    "number": NUMBER,
    "bool": BOOL,
    "any": DYNAMIC,
    "list": list_of(DYNAMIC),
    "map": map_of(DYNAMIC),
}
_COLLECTIONS = {"list": list_of, "set": set_of, "map": map_of}


def constraint(expression: t.Expression, default: Callable[[t.Expression], Value]) -> Type:
    """The type that an expression spells (EvaluationError if it is none); ``default`` evaluates the defaults of
    ``optional(type, default)``."""
    if isinstance(expression, t.Paren):
        return constraint(expression.inner, default)
    if isinstance(expression, t.Literal) and isinstance(expression.value, str) and expression.value in _NAMES:
        return _NAMES[expression.value]  # the quoted spelling of Terraform 0.11
    if isinstance(expression, t.Variable) and expression.name in _NAMES:
        return _NAMES[expression.name]
    if isinstance(expression, t.Call) and len(expression.arguments) == 1:
        argument = expression.arguments[0]
        if expression.name in _COLLECTIONS:
            return _COLLECTIONS[expression.name](constraint(argument, default))
        if expression.name == "tuple" and isinstance(argument, t.TupleCons):
            return tuple_of(constraint(i, default) for i in argument.items)
        if expression.name == "object" and isinstance(argument, t.ObjectCons):
            return _object(argument, default)
    raise EvaluationError("this is not a valid type constraint", expression.span)


def _object(expression: t.ObjectCons, default: Callable[[t.Expression], Value]) -> Type:
    fields: dict[str, Type] = {}
    optional: set[str] = set()
    defaults: dict[str, Value] = {}
    for key, value in expression.items:
        name = key.value if isinstance(key, t.Literal) else None
        if not isinstance(name, str):
            raise EvaluationError("attribute names of an object type must be names", key.span)
        if isinstance(value, t.Call) and value.name == "optional" and 1 <= len(value.arguments) <= 2:
            optional.add(name)
            fields[name] = constraint(value.arguments[0], default)
            if len(value.arguments) == 2:
                defaults[name] = default(value.arguments[1])
                try:
                    convert(defaults[name], fields[name])
                except ConversionError as error:
                    message = f'the default of the optional attribute "{name}" does not fit its type: {error}'
                    raise EvaluationError(message, value.arguments[1].span) from None
        else:
            fields[name] = constraint(value, default)
    ordered = tuple(sorted(fields.items()))
    return Type("object", fields=ordered, optional=frozenset(optional), defaults=tuple(sorted(defaults.items())))
