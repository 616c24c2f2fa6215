"""Syntax trees as plain JSON lists and back, for the cache of parsed files.

A node is a list: the number of its form, its fields, and the four numbers of its span. JSON can hold no code, so
what lies in a cache can at worst be a wrong tree.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from archdoc.readers.hcl import tree as t


class CodecError(ValueError):
    """The lists are not an encoded tree."""


def to_lists(body: t.Body) -> list[Any]:
    """The tree as lists that JSON can hold."""
    return _encoded(body)


def from_lists(lists: Any) -> t.Body:
    """The tree that ``to_lists`` wrote down (CodecError if it is none)."""
    try:
        body = _decoded(lists)
    except (ValueError, LookupError, TypeError, RecursionError, ArithmeticError) as error:
        raise CodecError(str(error)) from None
    if not isinstance(body, t.Body):
        raise CodecError("not a body")
    return body


# -- writing ----------------------------------------------------------------------------------------------------


def _encoded(node: Any) -> list[Any]:
    form = _NUMBERS[type(node)]
    span = node.span
    fields = _WRITERS[form](node)
    return [form, *fields, span.line, span.column, span.end_line, span.end_column]


def _optional(node: t.Expression | None) -> list[Any] | None:
    return None if node is None else _encoded(node)


def _all(nodes: tuple[Any, ...]) -> list[Any]:
    return [_encoded(n) for n in nodes]


def _literal(node: t.Literal) -> list[Any]:
    value = node.value
    return [{"decimal": str(value)}] if isinstance(value, Decimal) else [value]


_WRITERS: tuple[Callable[[Any], list[Any]], ...] = (
    _literal,
    lambda n: [n.name],
    lambda n: [_encoded(n.on), n.name],
    lambda n: [n.name, _encoded(n.expression)],
    lambda n: [n.type, list(n.labels), _encoded(n.body)],
    lambda n: [_all(n.attributes), _all(n.blocks)],
    lambda n: [[[_encoded(k), _encoded(v)] for k, v in n.items]],
    lambda n: [_all(n.items)],
    lambda n: [n.name, _all(n.arguments), n.expand],
    lambda n: [_all(n.parts), n.unwrap],
    lambda n: [_encoded(n.on), _encoded(n.key)],
    lambda n: [
        n.key,
        n.value,
        _encoded(n.collection),
        _optional(n.key_result),
        _encoded(n.value_result),
        _optional(n.condition),
        n.grouping,
    ],
    lambda n: [n.operator, _encoded(n.left), _encoded(n.right)],
    lambda n: [_encoded(n.condition), _encoded(n.then), _encoded(n.otherwise)],
    lambda n: [n.operator, _encoded(n.operand)],
    lambda n: [_encoded(n.inner)],
    lambda n: [_encoded(n.on), _encoded(n.each), n.full],
    lambda _: [],
    lambda n: [_encoded(n.condition), _all(n.then), _all(n.otherwise)],
    lambda n: [n.key, n.value, _encoded(n.collection), _all(n.body)],
)

_FORMS: tuple[type, ...] = (
    t.Literal,
    t.Variable,
    t.GetAttr,
    t.Attribute,
    t.Block,
    t.Body,
    t.ObjectCons,
    t.TupleCons,
    t.Call,
    t.Template,
    t.Index,
    t.For,
    t.Binary,
    t.Conditional,
    t.Unary,
    t.Paren,
    t.Splat,
    t.SplatItem,
    t.TemplateIf,
    t.TemplateFor,
)
"""Every form of node; its place here is its number."""

_NUMBERS = {form: number for number, form in enumerate(_FORMS)}


# -- reading ----------------------------------------------------------------------------------------------------


def _decoded(node: list[Any]) -> Any:
    return _READERS[node[0]](node)


def _maybe(node: list[Any] | None) -> Any:
    return None if node is None else _decoded(node)


def _every(nodes: list[Any]) -> tuple[Any, ...]:
    return tuple([_READERS[n[0]](n) for n in nodes])


def _read_literal(node: list[Any]) -> t.Literal:
    _, value, *span = node
    if isinstance(value, dict):
        value = Decimal(value["decimal"])
    return t.Literal(value, t.Span(*span))


_READERS: tuple[Callable[[list[Any]], Any], ...] = (
    _read_literal,
    lambda n: t.Variable(n[1], t.Span(n[2], n[3], n[4], n[5])),
    lambda n: t.GetAttr(_decoded(n[1]), n[2], t.Span(n[3], n[4], n[5], n[6])),
    lambda n: t.Attribute(n[1], _decoded(n[2]), t.Span(n[3], n[4], n[5], n[6])),
    lambda n: t.Block(n[1], tuple(n[2]), _decoded(n[3]), t.Span(*n[4:])),
    lambda n: t.Body(_every(n[1]), _every(n[2]), t.Span(*n[3:])),
    lambda n: t.ObjectCons(tuple([(_decoded(k), _decoded(v)) for k, v in n[1]]), t.Span(*n[2:])),
    lambda n: t.TupleCons(_every(n[1]), t.Span(*n[2:])),
    lambda n: t.Call(n[1], _every(n[2]), n[3], t.Span(*n[4:])),
    lambda n: t.Template(_every(n[1]), n[2], t.Span(*n[3:])),
    lambda n: t.Index(_decoded(n[1]), _decoded(n[2]), t.Span(*n[3:])),
    lambda n: t.For(n[1], n[2], _decoded(n[3]), _maybe(n[4]), _decoded(n[5]), _maybe(n[6]), n[7], t.Span(*n[8:])),
    lambda n: t.Binary(n[1], _decoded(n[2]), _decoded(n[3]), t.Span(*n[4:])),
    lambda n: t.Conditional(_decoded(n[1]), _decoded(n[2]), _decoded(n[3]), t.Span(*n[4:])),
    lambda n: t.Unary(n[1], _decoded(n[2]), t.Span(*n[3:])),
    lambda n: t.Paren(_decoded(n[1]), t.Span(*n[2:])),
    lambda n: t.Splat(_decoded(n[1]), _decoded(n[2]), n[3], t.Span(*n[4:])),
    lambda n: t.SplatItem(t.Span(*n[1:])),
    lambda n: t.TemplateIf(_decoded(n[1]), _every(n[2]), _every(n[3]), t.Span(*n[4:])),
    lambda n: t.TemplateFor(n[1], n[2], _decoded(n[3]), _every(n[4]), t.Span(*n[5:])),
)
