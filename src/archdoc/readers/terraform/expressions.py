"""The evaluator: an expression of the syntax tree and a scope give a value.

It follows HCL's native syntax specification (https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md) and the
behaviour of Terraform's core. ``Scope`` is what a module offers; variables of ``for`` and of templates are bound by
the evaluator itself. Functions come from ``functions.REGISTRY`` and take values; ``try`` and ``can`` need
unevaluated arguments and are part of the evaluator.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from archdoc.readers.hcl import tree as t
from archdoc.readers.terraform import calls, iteration, operators
from archdoc.readers.terraform.convert import ConversionError, convert
from archdoc.readers.terraform.errors import (
    MAX_DEPTH,
    STEPS_EACH,
    BudgetError,
    EvaluationError,
    FatalError,
    check_parts,
)
from archdoc.readers.terraform.numbers import from_decimal
from archdoc.readers.terraform.scopes import NOTHING_BOUND, Bound, Scope
from archdoc.readers.terraform.types import BOOL, NUMBER, STRING
from archdoc.readers.terraform.values import (
    FALSE,
    TRUE,
    Value,
    null,
    number,
    object_value,
    string,
    tuple_value,
    unknown,
    why_unknown,
)

__all__ = ["Bound", "Scope", "evaluate", "evaluate_bound", "evaluate_in"]

_FRAMES = 12 * MAX_DEPTH
"""Python's own limit on nesting must lie beyond ours, which says what is wrong."""


def evaluate(expression: t.Expression, scope: Scope) -> Value:
    """The value of an expression (EvaluationError, with its place, where Terraform would say an error)."""
    return evaluate_in(expression, scope)


def evaluate_in(expression: t.Expression, scope: Scope, bound: Bound | None = None) -> Value:
    """``evaluate`` where further names are bound, if any are.

    What is written once has its own allowance of steps, also when another expression asks for it; what is evaluated
    again and again with other names bound has none, unless it is nobody's part.
    """
    if bound is None or scope.budget.depth == 0:
        scope.budget.steps = max(scope.budget.steps, 0) + STEPS_EACH
        if sys.getrecursionlimit() < _FRAMES:
            sys.setrecursionlimit(_FRAMES)
    return _Evaluator(scope).value(expression, bound or NOTHING_BOUND)


def evaluate_bound(expression: t.Expression, scope: Scope, names: dict[str, Value]) -> Value:
    """The value of an expression in which further names are bound (templates, dynamic blocks)."""
    return evaluate_in(expression, scope, Bound(names))


class _Evaluator:
    """One evaluation: walks the tree, binding variables on the way."""

    __slots__ = ("_budget", "items", "scope")

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.items: list[Value] = []
        self._budget = scope.budget

    def value(self, expression: t.Expression, bound: Bound) -> Value:
        budget = self._budget
        budget.spend()
        if budget.depth > MAX_DEPTH:
            raise BudgetError(f"is nested more than {MAX_DEPTH} levels deep", expression.span)
        budget.depth += 1
        try:
            return _FORMS[type(expression)](self, expression, bound)
        except EvaluationError as error:
            raise error.at(expression.span) from None
        except ConversionError as error:
            raise EvaluationError(str(error), expression.span) from None
        except RecursionError:
            raise BudgetError("is nested too deeply", expression.span) from None
        finally:
            budget.depth -= 1

    def attempt(self, expression: t.Expression, bound: Bound) -> Value | EvaluationError:
        """The value, or the error instead of it."""
        try:
            return self.value(expression, bound)
        except FatalError:
            raise
        except EvaluationError as error:
            return error


def _literal(_run: _Evaluator, node: t.Literal, _bound: Bound) -> Value:
    raw = node.value
    if isinstance(raw, str):
        return string(raw)
    if raw is None:
        return null()
    if isinstance(raw, bool):
        return TRUE if raw else FALSE
    return number(from_decimal(raw))


def _tuple_cons(run: _Evaluator, node: t.TupleCons, bound: Bound) -> Value:
    made = tuple_value([run.value(item, bound) for item in node.items])
    check_parts(made.weight)
    return made


def _object_cons(run: _Evaluator, node: t.ObjectCons, bound: Bound) -> Value:
    fields: dict[str, Value] = {}
    keys: list[Value] = []
    for key_expression, value_expression in node.items:
        if isinstance(key_expression, t.GetAttr | t.Index):
            _refuse_reference(key_expression)
        key = run.value(key_expression, bound)
        fields_value = run.value(value_expression, bound)
        if key.is_null:
            raise EvaluationError("null cannot be used as a key", key_expression.span)
        if not isinstance(key_expression, t.Literal):
            keys.append(key)
        try:
            key = convert(key, STRING)
        except ConversionError as error:
            raise EvaluationError(f"this value cannot be used as a key: {error}", key_expression.span) from None
        if key.is_known:
            fields[key.raw] = fields_value
    open_key = next((k for k in keys if k.is_unknown), None)
    if open_key is not None:
        return unknown(f"a key is not known: {why_unknown(open_key)}").like(*keys, *fields.values())
    made = object_value(fields)
    check_parts(made.weight)
    return made.like(*keys)


def _refuse_reference(key: t.GetAttr | t.Index) -> None:
    """``{ a.b = 1 }`` may mean a reference or a name with a period: it has to be ``(a.b)`` or ``"a.b"``."""
    root: t.Expression = key
    while isinstance(root, t.GetAttr | t.Index):
        root = root.on
    if isinstance(root, t.Variable):
        raise EvaluationError("this key is ambiguous: write (a.b) for a reference, a name in quotes", key.span)


def _traversal(run: _Evaluator, node: t.Variable | t.GetAttr | t.Index, bound: Bound) -> Value:
    """``a.b["c"].d``: the root name takes as many attributes as it needs, the rest is applied step by step."""
    steps: list[t.GetAttr | t.Index] = []
    root: t.Expression = node
    while isinstance(root, t.GetAttr | t.Index):
        steps.append(root)
        root = root.on
    steps.reverse()
    used = 0
    if not isinstance(root, t.Variable):
        value = run.value(root, bound)
    else:
        local = bound.find(root.name)
        if local is not None:
            value = local
        else:
            names: list[str] = []
            for step in steps:
                if not isinstance(step, t.GetAttr):
                    break
                names.append(step.name)
            value, used = run.scope.resolve(root.name, tuple(names), node.span)
    for step in steps[used:]:
        try:
            if isinstance(step, t.GetAttr):
                value = operators.get_attr(value, step.name)
            else:
                value = operators.index(value, run.value(step.key, bound))
        except EvaluationError as error:
            raise error.at(step.span) from None
    return value


def _unary(run: _Evaluator, node: t.Unary, bound: Bound) -> Value:
    return operators.unary(node.operator, run.value(node.operand, bound))


def _binary(run: _Evaluator, node: t.Binary, bound: Bound) -> Value:
    if node.operator in ("&&", "||"):
        return _logical(run, node, bound)
    left = run.value(node.left, bound)
    return operators.binary(node.operator, left, run.value(node.right, bound))


def _logical(run: _Evaluator, node: t.Binary, bound: Bound) -> Value:
    """An operand that decides alone makes the other one's error irrelevant, on either side.

    https://developer.hashicorp.com/terraform/language/expressions/operators#logical-operators
    """
    sides = []
    errors: list[EvaluationError | None] = []
    for side in (node.left, node.right):
        given = run.attempt(side, bound)
        failed = isinstance(given, EvaluationError)
        value = unknown("it is an error", BOOL) if isinstance(given, EvaluationError) else given
        sides.append(operators.operand(value, BOOL, node.operator))
        errors.append(given if failed and isinstance(given, EvaluationError) else None)
    left, right = sides
    made = operators.logical(node.operator, left, right)
    if made.is_unknown and (error := errors[0] or (errors[1] if left.is_known else None)) is not None:
        raise error
    return made


def _conditional(run: _Evaluator, node: t.Conditional, bound: Bound) -> Value:
    """Both results are evaluated for their types; an error in one that is not chosen stays silent."""
    branches = [run.attempt(node.then, bound), run.attempt(node.otherwise, bound)]
    condition = run.value(node.condition, bound)
    pairs = zip(branches, (node.then, node.otherwise), strict=True)
    values = [_remains(run, e, bound) if isinstance(b, EvaluationError) else b for b, e in pairs]
    try:
        made = operators.conditional(condition, *values)
    except EvaluationError as error:
        raise error.at(node.condition.span) from None
    if condition.is_known:
        chosen = branches[0 if convert(condition, BOOL).raw else 1]
        if isinstance(chosen, EvaluationError):
            raise chosen
    return made


def _remains(run: _Evaluator, node: t.Expression, bound: Bound) -> Value:
    """What HCL goes on with where an expression has an error: a value of its form, unknown where it failed.

    It decides the type of a conditional of which the other result is chosen.
    """
    made = run.attempt(node, bound)
    if not isinstance(made, EvaluationError):
        return made
    lost = "it is an error"
    match node:
        case t.Paren(inner=inner):
            return _remains(run, inner, bound)
        case t.Template(parts=parts, unwrap=unwrap):
            return _remains(run, parts[0], bound) if unwrap else unknown(lost, STRING)
        case t.Unary(operator=operator) | t.Binary(operator=operator):
            return unknown(lost, NUMBER if operator in _ARITHMETIC else BOOL)
        case t.TupleCons(items=items):
            return tuple_value([_remains(run, item, bound) for item in items])
        case t.ObjectCons(items=pairs):
            fields = {}
            for key_expression, value in pairs:
                key = run.attempt(key_expression, bound)
                if isinstance(key, EvaluationError) or not isinstance(key.raw, str):
                    return unknown(lost)
                fields[key.raw] = _remains(run, value, bound)
            return object_value(fields)
        case t.Conditional(condition=condition, then=then, otherwise=otherwise):
            chosen = run.attempt(condition, bound)
            if isinstance(chosen, EvaluationError):
                return unknown(lost)
            try:
                return operators.conditional(chosen, _remains(run, then, bound), _remains(run, otherwise, bound))
            except EvaluationError:
                return unknown(lost)
    return unknown(lost)


_ARITHMETIC = frozenset("+-*/%")


def _paren(run: _Evaluator, node: t.Paren, bound: Bound) -> Value:
    return run.value(node.inner, bound)


_FORMS: dict[type, Callable[[_Evaluator, Any, Bound], Value]] = {
    t.Literal: _literal,
    t.Template: iteration.template,
    t.TemplateIf: iteration.template_if,
    t.TemplateFor: iteration.template_for,
    t.TupleCons: _tuple_cons,
    t.ObjectCons: _object_cons,
    t.For: iteration.for_expression,
    t.Variable: _traversal,
    t.GetAttr: _traversal,
    t.Index: _traversal,
    t.SplatItem: iteration.splat_item,
    t.Splat: iteration.splat,
    t.Call: calls.call,
    t.Unary: _unary,
    t.Binary: _binary,
    t.Conditional: _conditional,
    t.Paren: _paren,
}
