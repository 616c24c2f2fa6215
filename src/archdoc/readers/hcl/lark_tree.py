"""python-hcl2's parse tree as archdoc's syntax tree.

Nothing of lark is imported: its nodes are read by their ``data``, ``children`` and ``type``.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from archdoc.readers.hcl import templates
from archdoc.readers.hcl import tree as t
from archdoc.readers.hcl.literals import has_invalid_escape, unescape
from archdoc.readers.hcl.parsed import MAX_DEPTH, NOWHERE, MisreadError, too_deep
from archdoc.readers.hcl.suffixes import Kind, Step, applied

Heredoc = Callable[[str, int, int], t.Expression]
"""Parses a raw heredoc that begins at a line and column."""


def body_of(start: Any, heredoc: Heredoc, span: t.Span) -> t.Body:
    """The body of a whole file (MisreadError where python-hcl2 accepts what it does not understand)."""
    return _Converter(heredoc).body(start.children[0] if start.children else None, span)


class _Converter:
    def __init__(self, heredoc: Heredoc) -> None:
        self._heredoc = heredoc
        self._depth = 0

    # -- structure ------------------------------------------------------------------------------------------

    def body(self, node: Any, span: t.Span) -> t.Body:
        attributes: list[t.Attribute] = []
        blocks: list[t.Block] = []
        last = 0
        for child in node.children if node is not None else ():
            if child.data == "attribute":
                attributes.append(attribute := self._attribute(child))
                place = attribute.span
            elif child.data == "block":
                blocks.append(block := self._block(child))
                place = block.span
            else:
                continue
            if place.line == last:
                raise MisreadError("two parts of a body on one line")
            last = place.end_line
        return t.Body(tuple(attributes), tuple(blocks), span)

    def _attribute(self, node: Any) -> t.Attribute:
        name = node.children[0].children[0]
        expression = self.expression(node.children[2])
        span = t.Span(name.line, name.column, expression.span.end_line, expression.span.end_column)
        return t.Attribute(str(name), expression, span)

    def _block(self, node: Any) -> t.Block:
        children = node.children
        first = children[0].children[0]
        labels = []
        for child in children[1:]:
            data = getattr(child, "data", None)
            if data in ("identifier", "keyword", "literal_value"):
                labels.append(str(child.children[0]))
            elif data == "string":
                labels.append(_label(child))
        opening = next(c for c in children if getattr(c, "type", "") == "LBRACE")
        closing = children[-1]
        if opening.line != first.line:
            raise MisreadError("a block's brace on another line")
        inside = t.Span(opening.end_line, opening.end_column, closing.line, closing.column)
        self._enter(first)
        body = self.body(next(c for c in children if getattr(c, "data", "") == "body"), inside)
        self._depth -= 1
        span = t.Span(first.line, first.column, closing.end_line, closing.end_column)
        return t.Block(str(first), tuple(labels), body, span)

    # -- expressions ----------------------------------------------------------------------------------------

    def _enter(self, token: Any, levels: int = 1) -> None:
        self._depth += levels
        if self._depth > MAX_DEPTH:
            raise too_deep(_span(token))

    def expression(self, node: Any) -> t.Expression:
        """The expression of a node of any of the grammar's expression rules."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise too_deep(NOWHERE)
        made = self._expression(node)
        self._depth -= 1
        return made

    def _expression(self, node: Any) -> t.Expression:
        data = node.data
        if data == "expr_term":
            return self._term(node)
        if data == "conditional":
            condition, then, otherwise = (self.expression(c) for c in _parts(node))
            return t.Conditional(condition, then, otherwise, _join(condition, otherwise))
        if data == "binary_op":
            return self._binary(node)
        if data == "unary_op":
            operator, operand = node.children
            inner = self.expression(operand)
            span = t.Span(operator.line, operator.column, inner.span.end_line, inner.span.end_column)
            return t.Unary(str(operator), inner, span)
        raise ValueError(f"unexpected {data}")

    def _binary(self, node: Any) -> t.Expression:
        """Left recursion as a loop: a long chain of ``+`` must not exhaust the stack."""
        terms = []
        while node.data == "binary_op":
            left, term = _parts(node)
            terms.append(term)
            node = left
        self._depth += len(terms)
        made = self.expression(node)
        self._depth -= len(terms)
        for term in reversed(terms):
            operator, operand = (c for c in term.children if not _is_newline(c))
            right = self.expression(operand)
            made = t.Binary(_operator(operator.children[0]), made, right, _join(made, right))
        return made

    def _term(self, node: Any) -> t.Expression:
        children = node.children
        if getattr(children[0], "type", "") == "LPAR":
            inner = next(c for c in children[1:] if not _is_newline(c))
            opening, closing = children[0], children[-1]
            return t.Paren(
                self.expression(inner), t.Span(opening.line, opening.column, closing.end_line, closing.end_column)
            )
        child = children[0]
        convert = _TERMS.get(child.data)
        if convert is None:
            raise MisreadError(f"a {child.data}")
        return convert(self, child)

    def _identifier(self, node: Any) -> t.Expression:
        return t.Variable(str(node.children[0]), _span(node.children[0]))

    def _literal(self, node: Any) -> t.Expression:
        token = node.children[0]
        return t.Literal({"true": True, "false": False, "null": None}[str(token)], _span(token))

    def _number(self, node: Any) -> t.Expression:
        """The grammar may take ``-1`` as one token; in HCL it is a minus and a number."""
        token = node.children[0]
        text, span = str(token), _span(token)
        if text.startswith("-"):
            inner = t.Span(span.line, span.column + 1, span.end_line, span.end_column)
            return t.Unary("-", t.Literal(number_of(text[1:]), inner), span)
        return t.Literal(number_of(text), span)

    def _string(self, node: Any) -> t.Expression:
        opening, closing = node.children[0], node.children[-1]
        span = t.Span(opening.line, opening.column, closing.end_line, closing.end_column)
        pieces: list[templates.Piece] = []
        for part in node.children[1:-1]:
            self._piece(part.children[0], pieces)
        return templates.template(pieces, span, templates.Form.QUOTED)

    def _piece(self, child: Any, pieces: list[templates.Piece]) -> None:
        if hasattr(child, "type"):  # literal text, escaped or not: neighbours are one text
            raw, span = _checked(child), _span(child)
            if pieces and isinstance(before := pieces[-1], templates.Text):
                joined = t.Span(before.span.line, before.span.column, span.end_line, span.end_column)
                pieces[-1] = templates.Text(before.raw + raw, joined)
            else:
                pieces.append(templates.Text(raw, span))
            return
        tokens = child.children
        span = t.Span(tokens[0].line, tokens[0].column, tokens[-1].end_line, tokens[-1].end_column)
        if child.data == "interpolation":
            pieces.append(templates.Interpolation(self.expression(tokens[1]), span))
            return
        pieces.append(self._directive(child, tokens, span))

    def _directive(self, node: Any, tokens: list[Any], span: t.Span) -> templates.Directive:
        words = {
            "template_if_start": "if",
            "template_else": "else",
            "template_endif": "endif",
            "template_for_start": "for",
            "template_endfor": "endfor",
        }
        before = getattr(tokens[1], "type", "") == "STRIP_MARKER"
        after = getattr(tokens[-2], "type", "") == "STRIP_MARKER"
        names = [str(c.children[0]) for c in tokens if getattr(c, "data", "") == "identifier"]
        inner = [c for c in tokens if getattr(c, "data", "") not in ("", "identifier")]
        expression = self.expression(inner[0]) if inner else None
        key = names[0] if len(names) == 2 else None
        value = names[-1] if names else ""
        return templates.Directive(words[node.data], span, expression, key, value, before, after)

    def _heredoc_term(self, node: Any) -> t.Expression:
        token = node.children[0]
        return self._heredoc(str(token), token.line, token.column)

    def _tuple(self, node: Any) -> t.Expression:
        items = tuple(self.expression(c) for c in node.children if _is_expression(c))
        return t.TupleCons(items, _bracketed(node))

    def _object(self, node: Any) -> t.Expression:
        items = []
        for element in node.children:
            if getattr(element, "data", "") == "object_elem":
                key, value = element.children[0].children[0], element.children[2]
                items.append((self._key(key), self.expression(value)))
        return t.ObjectCons(tuple(items), _bracketed(node))

    def _key(self, node: Any) -> t.Expression:
        if node.data in ("keyword", "identifier"):
            return t.Literal(str(node.children[0]), _span(node.children[0]))
        return templates.object_key(self.expression(node))

    def _call(self, node: Any) -> t.Expression:
        name = "::".join(str(c.children[0]) for c in node.children if getattr(c, "data", "") == "identifier")
        first, last = node.children[0].children[0], node.children[-1]
        arguments: tuple[t.Expression, ...] = ()
        expand = False
        for child in node.children:
            if getattr(child, "data", "") == "arguments":
                arguments = tuple(self.expression(c) for c in child.children if _is_expression(c))
                expand = any(getattr(c, "type", "") == "ELLIPSIS" for c in child.children)
        return t.Call(name, arguments, expand, t.Span(first.line, first.column, last.end_line, last.end_column))

    def _for_tuple(self, node: Any) -> t.Expression:
        intro, rest = self._intro(node)
        results = [self.expression(c) for c in rest if _is_expression(c)]
        return t.For(*intro, None, results[0], self._condition(rest), False, _bracketed(node))

    def _for_object(self, node: Any) -> t.Expression:
        intro, rest = self._intro(node)
        key, value = (self.expression(c) for c in rest if _is_expression(c))
        grouping = any(getattr(c, "type", "") == "ELLIPSIS" for c in rest)
        return t.For(*intro, key, value, self._condition(rest), grouping, _bracketed(node))

    def _intro(self, node: Any) -> tuple[tuple[str | None, str, t.Expression], list[Any]]:
        intro = next(c for c in node.children if getattr(c, "data", "") == "for_intro")
        names = [str(c.children[0]) for c in intro.children if getattr(c, "data", "") == "identifier"]
        collection = next(self.expression(c) for c in intro.children if _is_expression(c))
        key = names[0] if len(names) == 2 else None
        rest = [c for c in node.children[1:-1] if c is not intro]
        return (key, names[-1], collection), rest

    def _condition(self, rest: list[Any]) -> t.Expression | None:
        clause = next((c for c in rest if getattr(c, "data", "") == "for_cond"), None)
        if clause is None:
            return None
        return next(self.expression(c) for c in clause.children if _is_expression(c))

    # -- parts ----------------------------------------------------------------------------------------------

    def _postfix(self, node: Any) -> t.Expression:
        """``.a``, ``[b]``, ``.0`` and splats, collected from the outside in without recursion."""
        suffixes = []
        while node.data in _POSTFIX:
            term, suffix = node.children
            suffixes.append(suffix)
            inner = term.children[0]
            if len(term.children) != 1 or getattr(inner, "data", "") not in _POSTFIX:
                node = term
                break
            node = inner
        self._depth += len(suffixes)
        made = self.expression(node)
        steps: list[Step] = []
        for suffix in reversed(suffixes):
            self._step(suffix, steps)
        self._depth -= len(suffixes)
        return applied(made, steps)

    def _step(self, suffix: Any, steps: list[Step]) -> None:
        data, children = suffix.data, suffix.children
        if data == "get_attr":
            token = children[1].children[0]
            steps.append(Step(Kind.ATTRIBUTE, _span(token), str(token)))
        elif data == "short_index":
            span = _span(children[1])
            steps.append(Step(Kind.LEGACY, span, key=t.Literal(int(children[1]), span)))
        elif data in ("attr_splat", "full_splat"):
            steps.append(Step(Kind.SPLAT if data == "attr_splat" else Kind.FULL_SPLAT, _span(children[0])))
            for inner in children[1:]:
                self._step(inner, steps)
        else:
            key = next(self.expression(c) for c in children if _is_expression(c))
            steps.append(Step(Kind.INDEX, _span(children[-1]), key=key))


_POSTFIX = frozenset({"index_expr_term", "get_attr_expr_term", "attr_splat_expr_term", "full_splat_expr_term"})
_TERMS: dict[str, Callable[[_Converter, Any], t.Expression]] = {
    "identifier": _Converter._identifier,
    "literal_value": _Converter._literal,
    "int_lit": _Converter._number,
    "float_lit": _Converter._number,
    "string": _Converter._string,
    "heredoc_template": _Converter._heredoc_term,
    "heredoc_template_trim": _Converter._heredoc_term,
    "tuple": _Converter._tuple,
    "object": _Converter._object,
    "function_call": _Converter._call,
    "for_tuple_expr": _Converter._for_tuple,
    "for_object_expr": _Converter._for_object,
    **dict.fromkeys(_POSTFIX, _Converter._postfix),
}
_EXPRESSIONS = frozenset({"expr_term", "conditional", "binary_op", "unary_op"})


def number_of(text: str) -> int | Decimal:
    """The number that a literal spells."""
    return int(text) if text.isdigit() and len(text) < _MOST_DIGITS else Decimal(text)


_MOST_DIGITS = 4000
"""Python's own limit for an ``int`` is 4,300."""

_TWO_CHARACTERS = frozenset({"==", "!=", "<=", ">=", "&&", "||"})


def _operator(token: Any) -> str:
    """python-hcl2 puts line ends and comments before an operator into its token."""
    text = str(token)
    return text[-2:] if text[-2:] in _TWO_CHARACTERS else text[-1:]


def _label(node: Any) -> str:
    return unescape("".join(_checked(p.children[0]) for p in node.children[1:-1]))


def _checked(token: Any) -> str:
    """The text of a literal token. The grammar's tokens for ``$${`` run to the next brace, whatever lies between."""
    if not hasattr(token, "type"):
        raise MisreadError("a template where only text may stand")
    raw = str(token)
    if "\n" in raw or (raw.startswith(("$${", "%%{")) and any(part in raw[3:] for part in ("${", "%{", '"'))):
        raise MisreadError("literal text")
    if "\\" in raw and has_invalid_escape(raw):
        raise MisreadError("an escape")
    return raw


def _is_newline(node: Any) -> bool:
    return getattr(node, "data", "") == "new_line_or_comment"


def _is_expression(node: Any) -> bool:
    return getattr(node, "data", "") in _EXPRESSIONS


def _parts(node: Any) -> list[Any]:
    """The children that are trees and no line ends."""
    return [c for c in node.children if hasattr(c, "data") and not _is_newline(c)]


def _span(token: Any) -> t.Span:
    return t.Span(token.line, token.column, token.end_line, token.end_column)


def _join(first: t.Expression, last: t.Expression) -> t.Span:
    return t.Span(first.span.line, first.span.column, last.span.end_line, last.span.end_column)


def _bracketed(node: Any) -> t.Span:
    opening, closing = node.children[0], node.children[-1]
    return t.Span(opening.line, opening.column, closing.end_line, closing.end_column)
