"""The evaluator: an expression of the syntax tree and a scope give a value.

It follows HCL's native syntax specification and the behaviour of Terraform's core. ``Scope`` is what a module
offers; ``for`` and template variables are bound by the evaluator itself.

Functions come from ``functions.REGISTRY``; they take values. ``try`` and ``can`` need unevaluated arguments and
are handled here. A file function gets at the repository through ``Scope.context``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from archdoc.readers.terraform import operators
from archdoc.readers.terraform import tree as t
from archdoc.readers.terraform.convert import ConversionError, convert, unify_values
from archdoc.readers.terraform.errors import (
    MAX_DEPTH,
    BudgetError,
    Budget,
    EvaluationError,
    check_elements,
    check_string,
)
from archdoc.readers.terraform.functions import FunctionContext, call
from archdoc.readers.terraform.numbers import from_decimal
from archdoc.readers.terraform.types import BOOL, DYNAMIC, STRING, list_of
from archdoc.readers.terraform.values import (
    FALSE,
    TRUE,
    LazyObject,
    Value,
    deep_marks,
    is_wholly_known,
    null,
    number,
    object_value,
    string,
    tuple_value,
    unknown,
    unknown_from,
    why_unknown,
)


class Scope(Protocol):
    """What the names of an expression mean."""

    budget: Budget
    context: FunctionContext

    def resolve(self, root: str, attributes: tuple[str, ...], span: t.Span) -> tuple[Value, int]:
        """The value of a name and the attributes that follow it, and how many of those were used up.

        ``resolve("var", ("a", "b"), …)`` gives the value of ``var.a`` and 1. Raises EvaluationError.
        """
        ...


def evaluate(expression: t.Expression, scope: Scope) -> Value:
    """The value of an expression (EvaluationError, with its place, where Terraform would say an error)."""
    return _Evaluator(scope).value(expression, _NOTHING_BOUND)


class Bound:
    """A chain of local variables: ``for`` and template variables, ``each`` of dynamic blocks."""

    __slots__ = ("around", "names")

    def __init__(self, names: dict[str, Value], around: Bound | None = None) -> None:
        self.names = names
        self.around = around

    def find(self, name: str) -> Value | None:
        """The innermost value of a name."""
        here: Bound | None = self
        while here is not None:
            if name in here.names:
                return here.names[name]
            here = here.around
        return None


_NOTHING_BOUND = Bound({})


def evaluate_in(expression: t.Expression, scope: Scope, bound: Bound | None = None) -> Value:
    """``evaluate`` where further names are bound, if any are."""
    return _Evaluator(scope).value(expression, bound or _NOTHING_BOUND)


def evaluate_bound(expression: t.Expression, scope: Scope, names: dict[str, Value]) -> Value:
    """The value of an expression in which further names are bound (templates, dynamic blocks)."""
    return _Evaluator(scope).value(expression, Bound(names))


class _Evaluator:
    """One evaluation: walks the tree, binding variables on the way."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._budget = scope.budget
        self._item: list[Value] = []

    def value(self, expression: t.Expression, bound: Bound) -> Value:
        self._budget.spend()
        if self._budget.depth > MAX_DEPTH:
            raise BudgetError(f"is nested more than {MAX_DEPTH} levels deep", expression.span)
        self._budget.depth += 1
        try:
            return _FORMS[type(expression)](self, expression, bound)
        except EvaluationError as error:
            raise error.at(expression.span) from None
        except ConversionError as error:
            raise EvaluationError(str(error), expression.span) from None
        except RecursionError:
            raise BudgetError("is nested too deeply", expression.span) from None
        finally:
            self._budget.depth -= 1

    # -- literals and templates -----------------------------------------------------------------------------

    def literal(self, node: t.Literal, _bound: Bound) -> Value:
        raw = node.value
        if isinstance(raw, str):
            return string(raw)
        if raw is None:
            return null()
        if isinstance(raw, bool):
            return TRUE if raw else FALSE
        return number(from_decimal(raw))

    def template(self, node: t.Template, bound: Bound) -> Value:
        if node.unwrap and len(node.parts) == 1:
            return self.value(node.parts[0], bound)
        return self._join(node.parts, bound)

    def _join(self, parts: tuple[t.Expression, ...], bound: Bound) -> Value:
        pieces: list[Value] = []
        for part in parts:
            value = self.value(part, bound)
            if value.is_null:
                raise EvaluationError(
                    "the expression result is null; cannot include a null value in a string template", part.span
                )
            try:
                pieces.append(convert(value, STRING))
            except ConversionError as error:
                raise EvaluationError(f"cannot include this value in a string template: {error}", part.span) from None
        unknowns = [p for p in pieces if p.is_unknown]
        if unknowns:
            return unknown(why_unknown(unknowns[0]), STRING).like(*pieces)
        check_string(sum(len(p.raw) for p in pieces))
        return string("".join(p.raw for p in pieces)).like(*pieces)

    def template_if(self, node: t.TemplateIf, bound: Bound) -> Value:
        condition = convert(self.value(node.condition, bound), BOOL)
        if condition.is_null:
            raise EvaluationError("the condition of the if directive is null", node.condition.span)
        if condition.is_unknown:
            return unknown_from(condition, kind=STRING)
        return self._join(node.then if condition.raw else node.otherwise, bound).like(condition)

    def template_for(self, node: t.TemplateFor, bound: Bound) -> Value:
        collection = self.value(node.collection, bound)
        if collection.is_null:
            raise EvaluationError("cannot use a null value in a for directive", node.collection.span)
        if collection.is_unknown:
            return unknown_from(collection, kind=STRING)
        pieces = []
        for key, value in _iterate(collection):
            names = {node.value: value} if node.key is None else {node.key: key, node.value: value}
            pieces.append(self._join(node.body, Bound(names, bound)))
        if any(p.is_unknown for p in pieces):
            return unknown_from(*[p for p in pieces if p.is_unknown], kind=STRING).like(collection)
        check_string(sum(len(p.raw) for p in pieces))
        return string("".join(p.raw for p in pieces)).like(collection, *pieces)

    # -- collections ----------------------------------------------------------------------------------------

    def tuple_cons(self, node: t.TupleCons, bound: Bound) -> Value:
        return tuple_value([self.value(item, bound) for item in node.items])

    def object_cons(self, node: t.ObjectCons, bound: Bound) -> Value:
        fields: dict[str, Value] = {}
        for key_expression, value_expression in node.items:
            key = convert(self.value(key_expression, bound), STRING)
            value = self.value(value_expression, bound)
            if key.is_null:
                raise EvaluationError("cannot use null as an object key", key_expression.span)
            if key.is_unknown:
                return unknown(why_unknown(key)).like(key, value)
            fields[key.raw] = value.marked(key.refs, False)
        return object_value(fields)

    def for_expression(self, node: t.For, bound: Bound) -> Value:
        collection = self.value(node.collection, bound)
        if collection.is_null:
            raise EvaluationError(
                "a null value cannot be used as the collection in a 'for' expression", node.collection.span
            )
        if collection.is_unknown:
            if collection.type.is_primitive:
                raise EvaluationError(
                    f"a {collection.type} cannot be used as the collection in a 'for' expression", node.collection.span
                )
            return unknown(why_unknown(collection)).like(collection)
        if node.key_result is None:
            return self._for_tuple(node, collection, bound)
        return self._for_object(node, collection, bound)

    def _for_tuple(self, node: t.For, collection: Value, bound: Bound) -> Value:
        items: list[Value] = []
        for inner in self._each(node, collection, bound):
            if inner is None:
                return unknown("whether an element is taken is known only after apply").like(collection)
            items.append(self.value(node.value_result, inner))
        return tuple_value(items).like(collection)

    def _for_object(self, node: t.For, collection: Value, bound: Bound) -> Value:
        fields: dict[str, Value] = {}
        groups: dict[str, list[Value]] = {}
        key_result = node.key_result
        assert key_result is not None
        marks: list[Value] = []
        for inner in self._each(node, collection, bound):
            if inner is None:
                return unknown("whether an element is taken is known only after apply").like(collection)
            key = convert(self.value(key_result, inner), STRING)
            if key.is_null:
                raise EvaluationError("the key expression of a 'for' expression must not be null", key_result.span)
            value = self.value(node.value_result, inner)
            if key.is_unknown:
                return unknown(f"a key is not known: {why_unknown(key)}").like(collection, key)
            marks.append(key)
            if node.grouping:
                groups.setdefault(key.raw, []).append(value)
            elif key.raw in fields:
                raise EvaluationError(
                    f"two different items produced the key \"{key.raw}\" in this 'for' expression", key_result.span
                )
            else:
                fields[key.raw] = value
        if node.grouping:
            fields = {key: tuple_value(values) for key, values in groups.items()}
        return object_value(fields).like(collection, *marks)

    def _each(self, node: t.For, collection: Value, bound: Bound) -> Iterator[Bound | None]:
        """The bindings of each element that is taken; None when that is not known of one."""
        for key, value in _iterate(collection):
            names = {node.value: value} if node.key is None else {node.key: key, node.value: value}
            inner = Bound(names, bound)
            if node.condition is not None:
                wanted = convert(self.value(node.condition, inner), BOOL)
                if wanted.is_null:
                    raise EvaluationError("the 'if' clause of a 'for' expression must not be null", node.condition.span)
                if wanted.is_unknown:
                    yield None
                    return
                if not wanted.raw:
                    continue
            yield inner

    # -- names and parts ------------------------------------------------------------------------------------

    def traversal(self, node: t.Variable | t.GetAttr | t.Index, bound: Bound) -> Value:
        """``a.b["c"].d``: the root name takes as many attributes as it needs, the rest is applied step by step."""
        steps: list[t.GetAttr | t.Index] = []
        root: t.Expression = node
        while isinstance(root, t.GetAttr | t.Index):
            steps.append(root)
            root = root.on
        steps.reverse()
        if not isinstance(root, t.Variable):
            value, used = self.value(root, bound), 0
        else:
            local = bound.find(root.name)
            if local is not None:
                value, used = local, 0
            else:
                names: list[str] = []
                for step in steps:
                    if not isinstance(step, t.GetAttr):
                        break
                    names.append(step.name)
                value, used = self._scope.resolve(root.name, tuple(names), node.span)
        for step in steps[used:]:
            try:
                if isinstance(step, t.GetAttr):
                    value = operators.get_attr(value, step.name)
                else:
                    value = operators.index(value, self.value(step.key, bound))
            except EvaluationError as error:
                raise error.at(step.span) from None
        return value

    def splat_item(self, _node: t.SplatItem, _bound: Bound) -> Value:
        return self._item[-1]

    def splat(self, node: t.Splat, bound: Bound) -> Value:
        source = self.value(node.on, bound)
        if source.is_null:
            return tuple_value([]).like(source)
        if source.is_unknown:
            if source.type.name in ("dynamic", "list", "set", "tuple"):
                return unknown(why_unknown(source)).like(source)
            items: list[Value] = [source]
        elif source.is_sequence:
            items = list(source.raw)
        else:
            items = [source]
        made = []
        for item in items:
            self._item.append(item.like(source))
            try:
                made.append(self.value(node.each, bound))
            finally:
                self._item.pop()
        if source.kind in ("list", "set") and made:
            shared = unify_values(made)
            if shared is not None:
                return Value(list_of(shared[0]), tuple(shared[1]), source.refs, source.sensitive)
        return tuple_value(made).like(source)

    # -- operations -----------------------------------------------------------------------------------------

    def unary(self, node: t.Unary, bound: Bound) -> Value:
        return operators.unary(node.operator, self.value(node.operand, bound))

    def binary(self, node: t.Binary, bound: Bound) -> Value:
        left = self.value(node.left, bound)
        right = self.value(node.right, bound)
        return operators.binary(node.operator, left, right)

    def conditional(self, node: t.Conditional, bound: Bound) -> Value:
        """Both results are evaluated for their types; an error in the one that is not chosen stays silent."""
        condition = self.value(node.condition, bound)
        branches: list[Value | EvaluationError] = []
        for expression in (node.then, node.otherwise):
            try:
                branches.append(self.value(expression, bound))
            except BudgetError:
                raise
            except EvaluationError as error:
                branches.append(error)
        then, otherwise = branches
        if isinstance(then, Value) and isinstance(otherwise, Value):
            return operators.conditional(condition, then, otherwise)
        test = convert(condition, BOOL)
        if test.is_null:
            raise EvaluationError("the condition is null", node.condition.span)
        if test.is_unknown:
            raise then if isinstance(then, EvaluationError) else otherwise  # type: ignore[misc]
        chosen = then if test.raw else otherwise
        if isinstance(chosen, EvaluationError):
            raise chosen
        return chosen.like(test)

    def call(self, node: t.Call, bound: Bound) -> Value:
        if node.name == "try":
            return self._try(node, bound)
        if node.name == "can":
            return self._can(node, bound)
        arguments = [self.value(a, bound) for a in node.arguments]
        if node.expand:
            last = arguments.pop()
            if last.is_null:
                raise EvaluationError("the expanding argument must not be null", node.arguments[-1].span)
            if last.is_unknown:
                return unknown_from(last, *arguments)
            if not last.is_sequence:
                raise EvaluationError(
                    "the expanding argument must be a list, a set or a tuple", node.arguments[-1].span
                )
            check_elements(len(last.raw))
            arguments += [v.like(last) for v in last.raw]
        return call(node.name, arguments, self._scope.context)

    def _try(self, node: t.Call, bound: Bound) -> Value:
        if not node.arguments:
            raise EvaluationError("try needs at least one argument")
        reasons = []
        for argument in node.arguments:
            try:
                value = self.value(argument, bound)
            except BudgetError:
                raise
            except EvaluationError as error:
                reasons.append(error.message)
                continue
            if not is_wholly_known(value) and value.is_unknown:
                return unknown(why_unknown(value), DYNAMIC).like(value)
            return value
        raise EvaluationError(f"no call of try succeeded: {'; '.join(reasons)}")

    def _can(self, node: t.Call, bound: Bound) -> Value:
        if len(node.arguments) != 1:
            raise EvaluationError("can takes one argument")
        try:
            value = self.value(node.arguments[0], bound)
        except BudgetError:
            raise
        except EvaluationError:
            return FALSE
        if value.is_unknown:
            return unknown(why_unknown(value), BOOL).like(value)
        refs, sensitive = deep_marks(value)
        return TRUE.marked(refs, sensitive)

    def paren(self, node: t.Paren, bound: Bound) -> Value:
        return self.value(node.inner, bound)


_FORMS: dict[type, Callable[[_Evaluator, Any, Bound], Value]] = {
    t.Literal: _Evaluator.literal,
    t.Template: _Evaluator.template,
    t.TemplateIf: _Evaluator.template_if,
    t.TemplateFor: _Evaluator.template_for,
    t.TupleCons: _Evaluator.tuple_cons,
    t.ObjectCons: _Evaluator.object_cons,
    t.For: _Evaluator.for_expression,
    t.Variable: _Evaluator.traversal,
    t.GetAttr: _Evaluator.traversal,
    t.Index: _Evaluator.traversal,
    t.SplatItem: _Evaluator.splat_item,
    t.Splat: _Evaluator.splat,
    t.Call: _Evaluator.call,
    t.Unary: _Evaluator.unary,
    t.Binary: _Evaluator.binary,
    t.Conditional: _Evaluator.conditional,
    t.Paren: _Evaluator.paren,
}


def _iterate(collection: Value) -> Iterator[tuple[Value, Value]]:
    """Keys and elements, marked as the collection is."""
    if collection.is_sequence:
        check_elements(len(collection.raw))
        for position, item in enumerate(collection.raw):
            marked = item.like(collection)
            yield (marked if collection.kind == "set" else number(position).like(collection)), marked
        return
    if not collection.is_mapping:
        raise EvaluationError(f"a {collection.kind} cannot be iterated over")
    if isinstance(collection.raw, LazyObject) and collection.is_open:
        # all attributes of a resource: only a provider knows them
        raise BudgetError("iterates over all attributes of a resource, which only its provider knows")
    for key in sorted(collection.raw):
        yield string(key).like(collection), collection.raw[key].like(collection)
