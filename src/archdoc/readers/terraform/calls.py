"""Function calls, and the functions that take expressions: ``try``, ``can`` and ``convert``.

https://developer.hashicorp.com/terraform/language/expressions/function-calls.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from archdoc.readers.hcl import tree as t
from archdoc.readers.terraform.constraints import constraint
from archdoc.readers.terraform.convert import ConversionError, convert
from archdoc.readers.terraform.errors import EvaluationError, FatalError, check_elements
from archdoc.readers.terraform.functions import call as call_function
from archdoc.readers.terraform.references import CONVERT
from archdoc.readers.terraform.scopes import Bound, Evaluator
from archdoc.readers.terraform.types import BOOL
from archdoc.readers.terraform.values import (
    TRUE,
    Value,
    boolean,
    deep_marks,
    is_wholly_known,
    unknown,
    unknown_from,
    why_unknown,
)


def call(run: Evaluator, node: t.Call, bound: Bound) -> Value:
    """``name(…)``."""
    special = _SPECIAL.get(node.name.removeprefix("core::"))
    if special is not None:
        return special(run, node, bound)
    arguments = [run.value(a, bound) for a in node.arguments]
    if node.expand:
        last = arguments.pop()
        expanded = _expanded(last, node.arguments[-1].span)
        if expanded is None:
            return unknown_from(last, *arguments)
        arguments += expanded
    try:
        made = call_function(node.name, arguments, run.scope.context)
    except FatalError:
        raise
    except EvaluationError as error:
        if any(deep_marks(a)[1] for a in arguments):  # the message may quote the value
            raise EvaluationError(f"{node.name}() cannot be computed of a sensitive value", error.span) from None
        raise
    _pay(run, made)
    return made


def _pay(run: Evaluator, made: Value) -> None:
    """Count what a function made."""
    if isinstance(made.raw, str):
        run.scope.budget.make_string(len(made.raw))
    elif made.is_sequence:
        check_elements(len(made.raw))
        run.scope.budget.spend(len(made.raw))


def _expanded(last: Value, span: t.Span) -> list[Value] | None:
    """The arguments that ``last...`` gives; None when that is not known."""
    if last.is_null:
        raise EvaluationError("the expanding argument must not be null", span)
    if last.kind not in ("list", "set", "tuple", "dynamic") or last.is_open:
        raise EvaluationError("the expanding argument must be a tuple, a list or a set", span)
    if last.is_unknown:
        return None
    check_elements(len(last.raw))
    return [v.like(last) for v in last.raw]


def _waiting(run: Evaluator, node: t.Call, bound: Bound) -> list[Callable[[], Value]] | Value:
    """The arguments, each evaluated when asked; the unknown result where it is not known how many ``last...`` gives."""
    waiting: list[Callable[[], Value]] = [partial(run.value, a, bound) for a in node.arguments]
    if node.expand:
        last = waiting.pop()()
        expanded = _expanded(last, node.arguments[-1].span)
        if expanded is None:
            return unknown_from(last)
        waiting += [partial(_itself, each) for each in expanded]
    return waiting


def _itself(value: Value) -> Value:
    return value


def _try(run: Evaluator, node: t.Call, bound: Bound) -> Value:
    arguments = _waiting(run, node, bound)
    if isinstance(arguments, Value):
        return arguments
    reasons = []
    for argument in arguments:
        try:
            value = argument()
        except FatalError:
            raise
        except EvaluationError as error:
            reasons.append(error.message)
            continue
        if not is_wholly_known(value):  # it may yet turn out to be an error
            return unknown(why_unknown(value)).marked(*deep_marks(value))
        return value
    if not reasons:
        raise EvaluationError("try needs at least one argument")
    raise EvaluationError(f"no argument of try has a value: {'; '.join(reasons)}")


def _can(run: Evaluator, node: t.Call, bound: Bound) -> Value:
    arguments = _waiting(run, node, bound)
    if isinstance(arguments, Value):
        return arguments
    if len(arguments) != 1:
        raise EvaluationError("can takes one argument")
    try:
        value = arguments[0]()
    except FatalError:
        raise
    except EvaluationError:
        return boolean(False)
    refs, _ = deep_marks(value)
    if not is_wholly_known(value):
        return unknown(why_unknown(value), BOOL).marked(refs)
    return TRUE.marked(refs)


def _convert(run: Evaluator, node: t.Call, bound: Bound) -> Value:
    """functions/convert: to a type, spelled as that of a variable."""
    if len(node.arguments) != 2 or node.expand:
        raise EvaluationError("convert takes a value and a type")
    written, kind = node.arguments
    wanted = constraint(kind, lambda default: run.value(default, bound))
    try:
        return convert(run.value(written, bound), wanted)
    except ConversionError as error:
        raise EvaluationError(f"convert(): {error}", written.span) from None


_SPECIAL = {"try": _try, "can": _can, CONVERT: _convert}
