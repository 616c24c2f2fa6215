"""The syntax tree of an HCL file: what the parsers give and the evaluator reads.

It is small and typed, and says nothing about which parser made it. The forms are those of the HCL native
syntax specification (https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From the first character to just after the last one; lines and columns count from 1, in characters."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True, order=True)
class SpanElsewhere(Span):
    """A place in another file than that of the block: what an override file put in."""

    path: str = ""


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, ``true``, ``false``, ``null``, or a string without interpolation (escapes resolved)."""

    value: str | int | Decimal | bool | None
    span: Span


@dataclass(frozen=True, slots=True)
class Template:
    """A quoted string or heredoc with interpolation or directives; literal text is a ``Literal``.

    A template of exactly one ``Interpolation`` gives that value itself, unconverted, when ``unwrap`` is true.
    Strip markers and the indentation of ``<<-`` are already applied.
    """

    parts: tuple[Expression, ...]
    unwrap: bool
    span: Span


@dataclass(frozen=True, slots=True)
class TemplateIf:
    """``%{ if condition }then%{ else }otherwise%{ endif }`` inside a template."""

    condition: Expression
    then: tuple[Expression, ...]
    otherwise: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class TemplateFor:
    """``%{ for key, value in collection }body%{ endfor }`` inside a template."""

    key: str | None
    value: str
    collection: Expression
    body: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class TupleCons:
    """``[a, b]``."""

    items: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class ObjectCons:
    """``{a = 1}``; a bare identifier as key is a string ``Literal``, ``(expr)`` stays the expression."""

    items: tuple[tuple[Expression, Expression], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class For:
    """``[for k, v in c : value if condition]``, or with ``key_result``, ``{for … : key => value…}``."""

    key: str | None
    value: str
    collection: Expression
    key_result: Expression | None
    value_result: Expression
    condition: Expression | None
    grouping: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Variable:
    """The first name of a traversal: ``var``, ``local``, ``aws_instance``, a ``for`` variable."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class GetAttr:
    """``on.name``; the legacy index ``on.0`` is an ``Index`` with a number."""

    on: Expression
    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Index:
    """``on[key]``."""

    on: Expression
    key: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class SplatItem:
    """Stands, inside ``Splat.each``, for the element at hand."""

    span: Span


@dataclass(frozen=True, slots=True)
class Splat:
    """``on[*].a[0]`` (full) or ``on.*.a`` (attribute-only); ``each`` is what is done to each element."""

    on: Expression
    each: Expression
    full: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    """``name(a, b...)``; ``name`` may be a provider function, ``provider::aws::arn_parse``."""

    name: str
    arguments: tuple[Expression, ...]
    expand: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Unary:
    """``-a`` or ``!a``."""

    operator: str
    operand: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Binary:
    """``a + b`` and the like, precedence already resolved."""

    operator: str
    left: Expression
    right: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Conditional:
    """``condition ? then : otherwise``."""

    condition: Expression
    then: Expression
    otherwise: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Paren:
    """``(inner)``; it matters in object keys and stops a traversal from being read as a reference."""

    inner: Expression
    span: Span


Expression: TypeAlias = (
    Literal
    | Template
    | TemplateIf
    | TemplateFor
    | TupleCons
    | ObjectCons
    | For
    | Variable
    | GetAttr
    | Index
    | SplatItem
    | Splat
    | Call
    | Unary
    | Binary
    | Conditional
    | Paren
)


@dataclass(frozen=True, slots=True)
class Attribute:
    """``name = expression``."""

    name: str
    expression: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Block:
    """``type "label" { … }``."""

    type: str
    labels: tuple[str, ...]
    body: Body
    span: Span


@dataclass(frozen=True, slots=True)
class Body:
    """What stands between braces, or in a whole file, in the order of the text."""

    attributes: tuple[Attribute, ...]
    blocks: tuple[Block, ...]
    span: Span

    def attribute(self, name: str) -> Attribute | None:
        """The attribute of this name, or None."""
        return next((a for a in self.attributes if a.name == name), None)

    def blocks_of(self, kind: str) -> tuple[Block, ...]:
        """The blocks of this type."""
        return tuple(b for b in self.blocks if b.type == kind)
