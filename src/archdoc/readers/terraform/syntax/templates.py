"""Templates: from the pieces that a parser finds to the tree, as HCL's template language defines it.

Escapes, strip markers, the indentation of ``<<-`` heredocs, and the nesting of directives are resolved here, so
that both parsers give the same tree. Source: https://developer.hashicorp.com/terraform/language/expressions/strings.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from archdoc.readers.terraform import tree as t


class TemplateError(ValueError):
    """A template's directives do not fit together; ``span`` is where."""

    def __init__(self, message: str, span: t.Span) -> None:
        super().__init__(message)
        self.span = span


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


def quoted(pieces: Sequence[Piece], span: t.Span) -> t.Expression:
    """The expression of a quoted string."""
    return _finished(pieces, span, escapes=True)


def heredoc(pieces: Sequence[Piece], span: t.Span, flush: bool) -> t.Expression:
    """The expression of a heredoc; ``flush`` for ``<<-``, which takes off the indentation all lines share."""
    return _finished(_outdented(pieces) if flush else pieces, span, escapes=False, unwrap=False)


def file_template(pieces: Sequence[Piece], span: t.Span) -> t.Expression:
    """The expression of a whole template file."""
    return _finished(pieces, span, escapes=False)


def _finished(pieces: Sequence[Piece], span: t.Span, escapes: bool, unwrap: bool = True) -> t.Expression:
    if len(pieces) == 1 and isinstance(pieces[0], Interpolation) and unwrap:
        return t.Template((pieces[0].expression,), True, span)
    stripped = _stripped(pieces, escapes)
    if all(isinstance(p, Text) for p in stripped):
        return t.Literal("".join(p.raw for p in stripped if isinstance(p, Text)), span)
    parts, rest = _nested(stripped, 0, ())
    if rest < len(stripped):
        raise TemplateError("this directive closes nothing that is open", stripped[rest].span)
    return t.Template(parts, False, span)


def _stripped(pieces: Sequence[Piece], escapes: bool) -> list[Piece]:
    """Strip markers applied and escapes resolved, in that order, as HCL does."""
    made: list[Piece] = []
    for position, piece in enumerate(pieces):
        if not isinstance(piece, Text):
            made.append(piece)
            continue
        raw = piece.raw
        before = pieces[position - 1] if position else None
        after = pieces[position + 1] if position + 1 < len(pieces) else None
        if isinstance(before, Interpolation | Directive) and before.strip_after:
            raw = raw.lstrip(" \t\r\n")
        if isinstance(after, Interpolation | Directive) and after.strip_before:
            raw = raw.rstrip(" \t\r\n")
        raw = unescape(raw) if escapes else _doubled(raw)
        if raw:
            made.append(Text(raw, piece.span))
    return made


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
        elif piece.word in until:
            return tuple(parts), at
        elif piece.word == "if":
            part, at = _if(piece, pieces, at)
            parts.append(part)
        elif piece.word == "for":
            body, end = _nested(pieces, at + 1, ("endfor",))
            _expect(pieces, end, piece)
            assert piece.expression is not None
            span = _across(piece.span, pieces[end].span)
            parts.append(t.TemplateFor(piece.key, piece.value, piece.expression, body, span))
            at = end
        else:
            return tuple(parts), at
        at += 1
    return tuple(parts), at


def _if(piece: Directive, pieces: Sequence[Piece], at: int) -> tuple[t.TemplateIf, int]:
    then, end = _nested(pieces, at + 1, ("else", "endif"))
    _expect(pieces, end, piece)
    otherwise: tuple[t.Expression, ...] = ()
    closing = pieces[end]
    if isinstance(closing, Directive) and closing.word == "else":
        otherwise, end = _nested(pieces, end + 1, ("endif",))
        _expect(pieces, end, piece)
    assert piece.expression is not None
    return t.TemplateIf(piece.expression, then, otherwise, _across(piece.span, pieces[end].span)), end


def _expect(pieces: Sequence[Piece], at: int, opened: Directive) -> None:
    if at >= len(pieces):
        raise TemplateError(f"the {opened.word} directive is never closed", opened.span)


def _across(first: t.Span, last: t.Span) -> t.Span:
    return t.Span(first.line, first.column, last.end_line, last.end_column)


def _outdented(pieces: Sequence[Piece]) -> list[Piece]:
    """Without the leading spaces that every line of a flush heredoc begins with."""
    indents: list[int] = []
    at_start = True
    for piece in pieces:
        if not isinstance(piece, Text):
            if at_start:
                indents.append(0)
            at_start = False
            continue
        for number, line in enumerate(piece.raw.splitlines(keepends=True)):
            if (number > 0 or at_start) and line.strip(" \t\r\n") + line[-1:].replace("\n", ""):
                indents.append(len(line) - len(line.lstrip(" \t")))
            elif (number > 0 or at_start) and not line.endswith("\n"):
                indents.append(len(line))
        at_start = piece.raw.endswith("\n") or (at_start and not piece.raw)
    width = min(indents, default=0)
    if width == 0:
        return list(pieces)
    made: list[Piece] = []
    at_start = True
    for piece in pieces:
        if not isinstance(piece, Text):
            made.append(piece)
            at_start = False
            continue
        lines = piece.raw.splitlines(keepends=True)
        kept = [_cut(line, width) if number > 0 or at_start else line for number, line in enumerate(lines)]
        made.append(Text("".join(kept), piece.span))
        at_start = piece.raw.endswith("\n")
    return made


def _cut(line: str, width: int) -> str:
    spaces = len(line) - len(line.lstrip(" \t"))
    return line[min(spaces, width) :]


_ESCAPE = re.compile(r'\\(?:n|r|t|"|\\|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})|\$\$\{|%%\{')
_DOUBLED = re.compile(r"\$\$\{|%%\{")
_SIMPLE = {"\\n": "\n", "\\r": "\r", "\\t": "\t", '\\"': '"', "\\\\": "\\", "$${": "${", "%%{": "%{"}


def unescape(raw: str) -> str:
    """A quoted string's text with its escapes resolved."""
    if "\\" not in raw and "$${" not in raw and "%%{" not in raw:
        return raw
    return _ESCAPE.sub(lambda match: _SIMPLE.get(match[0]) or _code_point(match[0]), raw)


def _doubled(raw: str) -> str:
    return _DOUBLED.sub(lambda match: _SIMPLE[match[0]], raw)


def _code_point(escape: str) -> str:
    point = int(escape[2:], 16)
    return chr(point) if point <= 0x10FFFF and not 0xD800 <= point <= 0xDFFF else "\ufffd"
