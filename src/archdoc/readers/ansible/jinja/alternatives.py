"""The texts that a template may come to where run time only chooses between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import prod

from jinja2 import nodes

from archdoc.readers.ansible.jinja.syntax import TemplateSyntaxFailure, parse_template

MAX_ALTERNATIVES = 20
"""A template of more choices than this says nothing."""


@dataclass(frozen=True, slots=True)
class Alternatives:
    """The texts that there are to choose from; ``complete`` is false where a further one is no text."""

    texts: tuple[str, ...] = ()
    complete: bool = False


def alternatives(text: str) -> Alternatives:
    """The texts that conditional expressions choose from (``{{ 'a' if x else 'b' }}.yml``: ``a.yml``, ``b.yml``).

    None are known where another expression stands in the template.
    """
    if " if " not in text:
        return Alternatives()
    try:
        body = parse_template(text, literal_backslashes=True).tree.body
    except TemplateSyntaxFailure:
        return Alternatives()
    pieces: list[list[str | None]] = []
    for statement in body:
        if not isinstance(statement, nodes.Output):
            return Alternatives()
        pieces += [list(_texts(node)) for node in statement.nodes]
    complete = not any(None in piece for piece in pieces)
    known = [[choice for choice in piece if choice is not None] for piece in pieces]
    if not 0 < prod(map(len, known)) <= MAX_ALTERNATIVES:
        return Alternatives()
    return Alternatives(tuple(dict.fromkeys("".join(parts) for parts in product(*known))), complete)


def _texts(node: nodes.Node | None) -> Iterator[str | None]:
    """The texts that a node chooses from; None for a choice that is no text."""
    if isinstance(node, nodes.CondExpr):
        yield from _texts(node.expr1)
        yield from _texts(node.expr2)
    elif isinstance(node, nodes.TemplateData):
        yield node.data
    else:
        yield node.value if isinstance(node, nodes.Const) and isinstance(node.value, str) else None
