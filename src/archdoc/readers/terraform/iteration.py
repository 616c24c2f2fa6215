"""``for`` expressions, splats, and the directives of templates.

https://developer.hashicorp.com/terraform/language/expressions/for, …/splat and …/strings#directives.
"""

from __future__ import annotations

from collections.abc import Iterator

from archdoc.readers.hcl import tree as t
from archdoc.readers.terraform import drafts
from archdoc.readers.terraform.convert import ConversionError, convert, unify_values
from archdoc.readers.terraform.credentials import credentials, decided, named
from archdoc.readers.terraform.errors import EvaluationError, check_elements
from archdoc.readers.terraform.scopes import Bound, Evaluator
from archdoc.readers.terraform.types import BOOL, DYNAMIC, STRING, list_of
from archdoc.readers.terraform.unknowns import safe_prefix
from archdoc.readers.terraform.values import (
    Value,
    length_bounds,
    list_value,
    never_null,
    number,
    object_value,
    refined,
    string,
    tuple_value,
    unknown,
    unknown_from,
    why_unknown,
)

_IN_FOR = "cannot be used as the collection in a 'for' expression"


def for_expression(run: Evaluator, node: t.For, bound: Bound) -> Value:
    """``[for …]`` and ``{for …}``."""
    collection = run.value(node.collection, bound)
    if collection.is_null:
        raise EvaluationError(f"a null value {_IN_FOR}", node.collection.span)
    if collection.kind == "dynamic" or collection.is_open:
        return unknown(why_unknown(collection)).like(collection)
    if collection.type.is_primitive:
        raise EvaluationError(f"a {collection.kind} {_IN_FOR}", node.collection.span)
    if node.condition is not None and not (collection.is_known and collection.raw):
        _check_condition(run, node, node.condition, bound)
    if collection.is_unknown:
        return unknown(why_unknown(collection)).like(collection)
    return (
        _for_tuple(run, node, collection, bound)
        if node.key_result is None
        else _for_object(run, node, node.key_result, collection, bound)
    )


def _check_condition(run: Evaluator, node: t.For, condition: t.Expression, bound: Bound) -> None:
    """A condition that can never be a bool is an error even where there is no element to ask it of."""
    anything = unknown("the element at hand")
    names = {name: anything for name in (node.key, node.value) if name}
    _wanted(run, condition, Bound(names, bound))


def _wanted(run: Evaluator, condition: t.Expression, bound: Bound) -> Value:
    value = run.value(condition, bound)
    if value.is_null:
        raise EvaluationError("the value of the 'if' clause must not be null", condition.span)
    try:
        return convert(value, BOOL)
    except ConversionError as error:
        raise EvaluationError(f"the 'if' clause value is invalid: {error}", condition.span) from None


class _Taken:
    """Which elements an iteration takes, and the marks of the conditions that decided it."""

    def __init__(self, collection: Value) -> None:
        self.marks = [collection]
        self.undecided: Value | None = None

    def finish(self, made: Value) -> Value:
        """The result, or an unknown where it is not known which elements belong to it."""
        if self.undecided is not None:
            made = unknown(f"what it holds is not known: {why_unknown(self.undecided)}")
        return made.like(*self.marks)


def _each(run: Evaluator, node: t.For, collection: Value, bound: Bound, taken: _Taken) -> Iterator[Bound]:
    """The names bound for each element that is taken."""
    for key, value in elements_of(collection):
        names = {node.value: value} if node.key is None else {node.key: key, node.value: value}
        inner = Bound(names, bound)
        if node.condition is not None:
            wanted = decided(_wanted(run, node.condition, inner))
            if wanted.refs or wanted.sensitive:
                taken.marks.append(wanted)
            if wanted.is_unknown:
                taken.undecided = taken.undecided or wanted
                continue
            if not wanted.raw:
                continue
        yield inner


def _for_tuple(run: Evaluator, node: t.For, collection: Value, bound: Bound) -> Value:
    taken = _Taken(collection)
    items = [run.value(node.value_result, inner) for inner in _each(run, node, collection, bound, taken)]
    return taken.finish(tuple_value(items))


def _for_object(run: Evaluator, node: t.For, key_result: t.Expression, collection: Value, bound: Bound) -> Value:
    fields: dict[str, list[Value]] = {}
    taken = _Taken(collection)
    for inner in _each(run, node, collection, bound, taken):
        given = run.value(key_result, inner)
        if given.is_null:
            raise EvaluationError("the key expression of a 'for' expression must not be null", key_result.span)
        if given.refs or given.sensitive:
            taken.marks.append(given)
        if given.is_unknown:
            taken.undecided = taken.undecided or given
            continue
        try:
            key = convert(given, STRING)
        except ConversionError as error:
            raise EvaluationError(f"the key expression produced an invalid result: {error}", key_result.span) from None
        values = fields.setdefault(key.raw, [])
        if values and not node.grouping:
            shown = "(sensitive)" if key.sensitive or credentials(key.refs) else f'"{key.raw}"'
            message = f"two different items produced the key {shown} in this 'for' expression"
            raise EvaluationError(message, key_result.span)
        values.append(run.value(node.value_result, inner))
    if node.grouping:
        return taken.finish(object_value({key: tuple_value(values) for key, values in fields.items()}))
    return taken.finish(object_value({key: values[0] for key, values in fields.items()}))


def elements_of(collection: Value) -> Iterator[tuple[Value, Value]]:
    """Keys and elements of a known collection. What is taken out carries the marks of the whole."""
    check_elements(len(collection.raw))
    if collection.is_sequence:
        for position, item in enumerate(collection.raw):
            element = item.marked(collection.refs, collection.sensitive)
            yield (element if collection.kind == "set" else number(position).like(collection)), element
        return
    for key in sorted(collection.raw):
        yield (
            string(key).like(collection),
            named(key, collection.raw[key].marked(collection.refs, collection.sensitive)),
        )


# -- splats -----------------------------------------------------------------------------------------------------


def splat(run: Evaluator, node: t.Splat, bound: Bound) -> Value:
    """``on[*]…`` and ``on.*…``: of what is not a list, set or tuple, a tuple of one; of null, none."""
    source = run.value(node.on, bound)
    kind = source.kind
    sequence = kind in ("tuple", "list", "set")
    if source.is_null:
        if sequence:
            raise EvaluationError("a splat expression cannot be applied to a null sequence", node.on.span)
        return tuple_value([]).like(source)
    if source.is_unknown and kind == "dynamic":
        return unknown(why_unknown(source)).like(source)
    if not sequence:
        made = _item(run, node, source, bound)
        if source.is_unknown and not never_null(source):
            return unknown(why_unknown(source)).like(source)
        return tuple_value([made]).like(source)
    if source.is_unknown:
        return _unknown_splat(run, node, source, bound)
    made_items = [_item(run, node, item.marked(source.refs, source.sensitive), bound) for item in source.raw]
    if kind == "tuple":
        return tuple_value(made_items).like(source)
    if not made_items:
        sample = _item(run, node, unknown("no element", source.type.element or DYNAMIC), bound)
        return list_value([], sample.type).like(source)
    shared = unify_values(made_items)
    if shared is None or len({v.type for v in made_items if v.kind != "dynamic"}) > 1:
        raise EvaluationError("nested splat expressions produced elements of different types", node.each.span)
    return list_value(shared[1], shared[0]).like(source)


def _item(run: Evaluator, node: t.Splat, item: Value, bound: Bound) -> Value:
    run.items.append(item)
    try:
        return run.value(node.each, bound)
    finally:
        run.items.pop()


def _unknown_splat(run: Evaluator, node: t.Splat, source: Value, bound: Bound) -> Value:
    if source.kind == "tuple":
        parts = [_item(run, node, unknown(source.reason, kind), bound) for kind in source.type.items]
        made = unknown(source.reason, tuple_value(parts).type, not_null=True)
        return made.like(source)
    part = _item(run, node, unknown(source.reason, source.type.element or DYNAMIC), bound)
    low, high = length_bounds(source)
    made = unknown(source.reason, list_of(part.type), not_null=True)
    return refined(made, low=low, high=high).like(source)


def splat_item(run: Evaluator, _node: t.SplatItem, _bound: Bound) -> Value:
    """The element at hand."""
    return run.items[-1]


# -- templates --------------------------------------------------------------------------------------------------


def template(run: Evaluator, node: t.Template, bound: Bound) -> Value:
    """A string with interpolations; of exactly one interpolation, its value itself."""
    if node.unwrap and len(node.parts) == 1:
        return run.value(node.parts[0], bound)
    return join(run, node.parts, bound)


def join(run: Evaluator, parts: tuple[t.Expression, ...], bound: Bound) -> Value:
    """The text that the parts make one after the other."""
    marks: list[Value] = []
    pieces: list[str] = []
    open_part: Value | None = None
    for part in parts:
        value = run.value(part, bound)
        if value.is_null:
            raise EvaluationError("the expression is null, and null cannot be part of a string", part.span)
        if value.refs or value.sensitive:
            marks.append(value)
        if value.is_unknown and (draft := drafts.current()) is not None:
            value = string(draft.token(value))
        if value.is_unknown:
            open_part = open_part or value
            continue
        try:
            text = convert(value, STRING).raw
        except ConversionError as error:
            raise EvaluationError(f"this value cannot be part of a string: {error}", part.span) from None
        if open_part is None:
            pieces.append(text)
    run.scope.budget.make_string(sum(len(p) for p in pieces))
    made = "".join(pieces)
    if open_part is None:
        return string(made).like(*marks)
    return refined(unknown_from(open_part, kind=STRING, not_null=True), prefix=safe_prefix(made)).like(*marks)


def template_if(run: Evaluator, node: t.TemplateIf, bound: Bound) -> Value:
    """``%{ if … }``."""
    condition = run.value(node.condition, bound)
    if condition.is_null:
        raise EvaluationError("the condition of the if directive is null", node.condition.span)
    if condition.is_unknown:
        return unknown_from(condition, kind=STRING, not_null=True)
    try:
        condition = convert(condition, BOOL)
    except ConversionError:
        raise EvaluationError("the condition of the if directive must be true or false", node.condition.span) from None
    return join(run, node.then if condition.raw else node.otherwise, bound).like(condition)


def template_for(run: Evaluator, node: t.TemplateFor, bound: Bound) -> Value:
    """``%{ for … }``."""
    collection = run.value(node.collection, bound)
    if collection.is_null:
        raise EvaluationError("a null value cannot be iterated over", node.collection.span)
    if collection.kind == "dynamic" or collection.is_open:
        return unknown_from(collection, kind=STRING)
    if collection.type.is_primitive:
        raise EvaluationError(f"a {collection.kind} cannot be iterated over", node.collection.span)
    if collection.is_unknown:
        return unknown_from(collection, kind=STRING)
    pieces = []
    for key, value in elements_of(collection):
        names = {node.value: value} if node.key is None else {node.key: key, node.value: value}
        pieces.append(join(run, node.body, Bound(names, bound)))
    open_piece = next((p for p in pieces if p.is_unknown), None)
    if open_piece is not None:
        return unknown(open_piece.reason, STRING).like(collection, *pieces)
    run.scope.budget.make_string(sum(len(p.raw) for p in pieces))
    return string("".join(p.raw for p in pieces)).like(collection, *pieces)
