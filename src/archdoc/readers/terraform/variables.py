"""Input variables: the value that one has, by its type, its default and what it is given.

https://developer.hashicorp.com/terraform/language/values/variables
"""

from __future__ import annotations

from collections.abc import Callable

from archdoc.readers.hcl import tree as t
from archdoc.readers.terraform.constraints import constraint
from archdoc.readers.terraform.convert import ConversionError, convert
from archdoc.readers.terraform.errors import EvaluationError
from archdoc.readers.terraform.source import Declared
from archdoc.readers.terraform.types import DYNAMIC
from archdoc.readers.terraform.values import Value, unknown


class NotGivenError(EvaluationError):
    """A variable without a default is given no value."""


def input_value(declared: Declared, given: Value | None, evaluate: Callable[[t.Expression], Value]) -> Value:
    """The value of a variable (EvaluationError where it has none); ``given`` is None where nobody gives one."""
    body = declared.block.body
    kind = DYNAMIC
    if (written := body.attribute("type")) is not None:
        kind = constraint(written.expression, evaluate)
    default = body.attribute("default")
    value = given
    if value is not None and value.is_null and not flag(body, "nullable", True):
        value = None
    if value is None:
        if default is None:
            raise NotGivenError("null is given, which it may not be" if given is not None else "no value is given")
        value = evaluate(default.expression)
        if value.is_null and not flag(body, "nullable", True):
            raise EvaluationError("the default is null, which it may not be", default.span)
    try:
        return convert(value, kind).marked(sensitive=_is_hidden(body))
    except ConversionError as error:
        raise EvaluationError(f"the value does not fit its type: {error}") from None


def output_value(declared: Declared, value: Value, evaluate: Callable[[t.Expression], Value]) -> Value:
    """The value of an output, of the type that it declares (EvaluationError where it does not fit)."""
    body = declared.block.body
    if (kind := body.attribute("type")) is None:
        return value
    try:
        return convert(value, constraint(kind.expression, evaluate))
    except ConversionError as error:
        given = body.attribute("value")
        raise EvaluationError(f"the value does not fit its type: {error}", given.span if given else None) from None


def without_value(declared: Declared, reason: str, evaluate: Callable[[t.Expression], Value]) -> Value:
    """What stands for a variable that has no value: unknown, of its type where that is a simple one."""
    kind = DYNAMIC
    if (written := declared.block.body.attribute("type")) is not None:
        try:
            kind = constraint(written.expression, evaluate)
        except EvaluationError:
            kind = DYNAMIC
    hidden = _is_hidden(declared.block.body)
    return unknown(reason, kind if kind.is_primitive else DYNAMIC, sensitive=hidden)


def _is_hidden(body: t.Body) -> bool:
    """Whether the value is not to be written anywhere. Terraform keeps ephemeral values in no plan and no state.

    https://developer.hashicorp.com/terraform/language/block/variable#ephemeral
    """
    return flag(body, "sensitive", False) or flag(body, "ephemeral", False)


def flag(body: t.Body, name: str, default: bool) -> bool:
    """A literal ``true`` or ``false`` argument."""
    written = body.attribute(name)
    if written is None or not isinstance(written.expression, t.Literal):
        return default
    return bool(written.expression.value)
