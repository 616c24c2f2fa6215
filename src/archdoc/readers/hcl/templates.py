"""Templates: from the pieces that a parser finds to the tree, as HCL's template language defines it.

Both parsers hand over the same pieces, so both give the same tree.
Source: https://developer.hashicorp.com/terraform/language/expressions/strings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias

from archdoc.readers.hcl import tree as t
from archdoc.readers.hcl.literals import Literal, outdent, undouble, unescape
from archdoc.readers.hcl.parsed import MAX_DEPTH, HclError, too_deep


class Form(Enum):
    """Where a template stands."""

    QUOTED = auto()
    HEREDOC = auto()
    FLUSH_HEREDOC = auto()
    FILE = auto()


@dataclass(frozen=True, slots=True)
class Text:
    """Literal text, as written."""

    raw: str
    span: t.Span


@dataclass(frozen=True, slots=True)
class Interpolation:
    """``${ … }``."""

    expression: t.Expression
    span: t.Span
    strip_before: bool = False
    strip_after: bool = False


@dataclass(frozen=True, slots=True)
class Directive:
    """``%{ … }``: ``word`` is if, else, endif, for or endfor."""

    word: str
    span: t.Span
    expression: t.Expression | None = None
    key: str | None = None
    value: str = ""
    strip_before: bool = False
    strip_after: bool = False


Piece: TypeAlias = Text | Interpolation | Directive


def template(pieces: Sequence[Piece], span: t.Span, form: Form) -> t.Expression:
    """The expression of a template: a ``Literal`` where nothing is interpolated (HclError if directives do not
    fit together)."""
    if not pieces:
        return t.Literal("", span)
    if len(pieces) == 1:
        only = pieces[0]
        if isinstance(only, Interpolation):
            return t.Template((only.expression,), True, span)
        if isinstance(only, Text) and form is not Form.FLUSH_HEREDOC:
            return t.Literal(unescape(only.raw) if form is Form.QUOTED else undouble(only.raw), span)
    parts = _with_text(pieces, form)
    if all(isinstance(p, Text) for p in parts):
        return t.Literal("".join(p.raw for p in parts if isinstance(p, Text)), span)
    _check_depth(parts)
    nested, rest = _nested(parts, 0, ())
    if rest < len(parts):
        raise HclError("this directive closes nothing that is open", parts[rest].span)
    return t.Template(nested, False, span)


def object_key(expression: t.Expression) -> t.Expression:
    """The key of an object's item: a bare word is a string."""
    if isinstance(expression, t.Variable):
        return t.Literal(expression.name, expression.span)
    if isinstance(expression, t.Literal) and (expression.value is None or isinstance(expression.value, bool)):
        word = {True: "true", False: "false", None: "null"}[expression.value]
        return t.Literal(word, expression.span)
    return expression


def _with_text(pieces: Sequence[Piece], form: Form) -> list[Piece]:
    """The pieces with the text as it is meant; text of which nothing is left is gone."""
    literals = [Literal(p.raw, form is Form.QUOTED) if isinstance(p, Text) else None for p in pieces]
    for at, piece in enumerate(pieces):
        if isinstance(piece, Text):
            continue
        if piece.strip_before and at and (before := literals[at - 1]) is not None:
            before.strip_end()
        if piece.strip_after and at + 1 < len(pieces) and (after := literals[at + 1]) is not None:
            after.strip_start()
    if form is Form.FLUSH_HEREDOC:
        outdent(literals)
    made: list[Piece] = []
    for piece, literal in zip(pieces, literals, strict=True):
        if literal is None:
            made.append(piece)
        elif text := literal.text():
            made.append(Text(text, piece.span))
    return made


def _check_depth(pieces: Sequence[Piece]) -> None:
    depth = 0
    for piece in pieces:
        if isinstance(piece, Directive):
            depth += {"if": 1, "for": 1, "else": 0}.get(piece.word, -1)
            if depth > MAX_DEPTH:
                raise too_deep(piece.span)


def _nested(pieces: Sequence[Piece], start: int, until: tuple[str, ...]) -> tuple[tuple[t.Expression, ...], int]:
    """The parts from ``start`` up to a directive of ``until``, and where that one stands."""
    parts: list[t.Expression] = []
    at = start
    while at < len(pieces):
        piece = pieces[at]
        if isinstance(piece, Text):
            parts.append(t.Literal(piece.raw, piece.span))
        elif isinstance(piece, Interpolation):
            parts.append(piece.expression)
        elif piece.word == "if":
            part, at = _if(piece, pieces, at)
            parts.append(part)
        elif piece.word == "for":
            loop, at = _for(piece, pieces, at)
            parts.append(loop)
        else:
            if piece.word not in until and until:
                raise HclError(f"unexpected {piece.word} directive", piece.span)
            return tuple(parts), at
        at += 1
    return tuple(parts), at


def _if(opened: Directive, pieces: Sequence[Piece], at: int) -> tuple[t.TemplateIf, int]:
    then, end = _nested(pieces, at + 1, ("else", "endif"))
    closing = _closing(pieces, end, opened)
    otherwise: tuple[t.Expression, ...] = ()
    if closing.word == "else":
        otherwise, end = _nested(pieces, end + 1, ("endif",))
        closing = _closing(pieces, end, opened)
    return t.TemplateIf(_expression(opened), then, otherwise, _across(opened.span, closing.span)), end


def _for(opened: Directive, pieces: Sequence[Piece], at: int) -> tuple[t.TemplateFor, int]:
    body, end = _nested(pieces, at + 1, ("endfor",))
    span = _across(opened.span, _closing(pieces, end, opened).span)
    return t.TemplateFor(opened.key, opened.value, _expression(opened), body, span), end


def _closing(pieces: Sequence[Piece], at: int, opened: Directive) -> Directive:
    if at < len(pieces) and isinstance(closing := pieces[at], Directive):
        return closing
    raise HclError(f"the {opened.word} directive is never closed", opened.span)


def _expression(directive: Directive) -> t.Expression:
    if directive.expression is None:
        raise HclError(f"the {directive.word} directive lacks its expression", directive.span)
    return directive.expression


def _across(first: t.Span, last: t.Span) -> t.Span:
    return t.Span(first.line, first.column, last.end_line, last.end_column)
