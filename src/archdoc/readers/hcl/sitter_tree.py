"""tree-sitter-hcl's parse tree as archdoc's syntax tree: the same tree that ``lark_tree`` gives.

Text between nodes (tree-sitter leaves white space out of literals) is taken from the source.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archdoc.readers.hcl import templates
from archdoc.readers.hcl import tree as t
from archdoc.readers.hcl.lark_tree import number_of
from archdoc.readers.hcl.literals import has_template, unescape
from archdoc.readers.hcl.parsed import MAX_DEPTH, HclError, too_deep
from archdoc.readers.hcl.sitter_source import SourceText
from archdoc.readers.hcl.suffixes import Kind, Step, applied


class Converter(SourceText):
    """Converts the nodes of one source text."""

    def __init__(self, source: bytes, line: int = 1, column: int = 1, later: tuple[int, int] = (1, 1)) -> None:
        super().__init__(source, line, column, later)
        self._depth = 0

    def _own(self, node: Any) -> str:
        return self.text(node.start_byte, node.end_byte)

    def _name(self, node: Any) -> str:
        """An identifier; tree-sitter-hcl takes ``::`` for a part of it, which only a function's name may have."""
        name = self._own(node)
        if "::" in name:
            raise HclError("only a function's name may have ::", self.span(node))
        return name

    # -- structure ------------------------------------------------------------------------------------------

    def body(self, node: Any, span: t.Span, tolerant: bool = False) -> t.Body:
        """The attributes and blocks in a body. What is broken is left out when ``tolerant``, else a HclError.

        A broken block without labels (``locals``) declares nothing of its own: its whole parts are kept.
        """
        attributes: list[t.Attribute] = []
        blocks: list[t.Block] = []
        last = -1
        for child in node.children if node is not None else ():
            if child.type != "comment":
                if child.start_point[0] == last and not tolerant:
                    raise HclError("a new line is missing here", self.span(child))
                last = child.end_point[0]
            if tolerant and (child.has_error or child.type not in ("attribute", "block")):
                blocks += self._salvaged(child)
            elif child.type == "attribute":
                attributes.append(self._attribute(child))
            elif child.type == "block":
                blocks.append(self._block(child))
            elif child.type == "ERROR" or child.is_missing:
                raise HclError("not valid HCL", self.span(child))
        return t.Body(tuple(attributes), tuple(blocks), span)

    def _salvaged(self, node: Any) -> list[t.Block]:
        if node.type != "block" or any(c.type == "string_lit" for c in node.children):
            return []
        depth = self._depth
        try:
            return [self._block(node, tolerant=True)]
        except HclError:
            self._depth = depth
            return []

    def _attribute(self, node: Any) -> t.Attribute:
        name, *_, value = node.children
        if value.start_point[0] != name.end_point[0]:
            raise HclError("an argument's value must begin on the line of its name", self.span(value))
        expression = self.expression(value)
        span = t.Span(*self.place(*name.start_point), expression.span.end_line, expression.span.end_column)
        return t.Attribute(self._name(name), expression, span)

    def _block(self, node: Any, tolerant: bool = False) -> t.Block:
        labels: list[str] = []
        opening = closing = inside = None
        for child in node.children[1:]:
            if child.type == "identifier":
                labels.append(self._name(child))
            elif child.type == "string_lit":
                labels.append(self._label(child))
            elif child.type == "block_start":
                opening = child
            elif child.type == "block_end":
                closing = child
            elif child.type == "body":
                inside = child
            elif child.type == "ERROR" and not tolerant:
                raise HclError("not valid HCL", self.span(child))
        if opening is None or closing is None or closing.is_missing:
            raise HclError("this block is never closed", self.span(node.children[0]))
        if opening.start_point[0] != node.start_point[0]:
            raise HclError("a block's brace must stand on the line of its type", self.span(opening))
        within = t.Span(*self.place(*opening.end_point), *self.place(*closing.start_point))
        self._enter(opening)
        body = self.body(inside, within, tolerant)
        self._depth -= 1
        return t.Block(self._name(node.children[0]), tuple(labels), body, self.span(node, closing))

    def _label(self, node: Any) -> str:
        raw = self.text(node.start_byte + 1, node.end_byte - 1)
        if has_template(raw):
            raise HclError("only text may stand here, no template", self.span(node))
        if "\n" in raw:
            raise HclError("a quoted string must end on its line", self.span(node))
        return unescape(raw)

    # -- expressions ----------------------------------------------------------------------------------------

    def _enter(self, node: Any) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise too_deep(self.span(node))

    def expression(self, node: Any) -> t.Expression:
        """The expression of a node of any of tree-sitter's expression types."""
        self._enter(node)
        made = self._expression(node)
        self._depth -= 1
        return made

    def _expression(self, node: Any) -> t.Expression:
        if node.type == "expression":
            return self._chain([c for c in node.children if c.type != "comment"])
        convert = _FORMS.get(node.type)
        if convert is None or node.is_missing:
            raise HclError("not valid HCL here", self.span(node))
        return convert(self, node)

    def _chain(self, children: list[Any]) -> t.Expression:
        """An expression's children: a parenthesis or a term, then what is applied to it."""
        first = children[0]
        if first.type == "(":
            at = next(i for i, c in enumerate(children) if c.type == ")")
            made: t.Expression = t.Paren(self.expression(children[1]), self.span(first, children[at]))
            rest = children[at + 1 :]
        else:
            made, rest = self.expression(first), children[1:]
        steps: list[Step] = []
        for suffix in rest:
            self._step(suffix, steps)
        if len(steps) + self._depth > MAX_DEPTH:
            raise too_deep(self.span(first))
        return applied(made, steps)

    def _step(self, suffix: Any, steps: list[Step]) -> None:
        children = suffix.children
        if suffix.type == "get_attr":
            steps.append(Step(Kind.ATTRIBUTE, self.span(children[-1]), self._name(children[-1])))
        elif suffix.type == "index":
            self._index(children[0], steps)
        elif suffix.type == "splat":
            inner = children[0]
            kind = Kind.FULL_SPLAT if inner.type == "full_splat" else Kind.SPLAT
            steps.append(Step(kind, self.span(inner.children[0])))
            for child in inner.children[1:]:
                self._step(child, steps)
        elif suffix.type != "comment":
            raise HclError("not valid HCL here", self.span(suffix))

    def _index(self, index: Any, steps: list[Step]) -> None:
        if index.type == "legacy_index":
            dot = index.children[0]
            digits = self.text(dot.end_byte, index.end_byte)
            line, column = self.at(dot.end_byte + len(digits) - len(digits.lstrip()))
            span = t.Span(line, column, *self.place(*index.end_point))
            steps.append(Step(Kind.LEGACY, span, key=t.Literal(int(digits), span)))
        else:
            key = self.expression(self._only(index))
            steps.append(Step(Kind.INDEX, self.span(index.children[-1]), key=key))

    def _variable(self, node: Any) -> t.Expression:
        return t.Variable(self._name(node), self.span(node))

    def _literal_value(self, node: Any) -> t.Expression:
        child = node.children[0] if node.children else node
        text = self._own(child)
        if child.type == "numeric_lit":
            if text.startswith(("0x", "0X")):
                raise HclError("HCL has no hexadecimal numbers", self.span(child))
            return t.Literal(number_of(text), self.span(child))
        if child.type == "string_lit":
            return t.Literal(self._label(child), self.span(child))
        return t.Literal({"true": True, "false": False}.get(text), self.span(child))

    def _operation(self, node: Any) -> t.Expression:
        inner = node.children[0]
        parts = [c for c in inner.children if c.type != "comment"]
        if inner.type == "unary_operation":
            return t.Unary(self._own(parts[0]), self._operand(parts[1:]), self.span(inner))
        at = next(i for i, c in enumerate(parts) if c.type in _OPERATORS)
        left, right = self._operand(parts[:at]), self._operand(parts[at + 1 :])
        return t.Binary(self._own(parts[at]), left, right, _across(left, right))

    def _operand(self, children: list[Any]) -> t.Expression:
        return self._chain(children)

    def _conditional(self, node: Any) -> t.Expression:
        parts = [c for c in node.children if c.type not in ("?", ":", "comment")]
        condition, then, otherwise = (self.expression(c) for c in parts)
        return _nested(condition, then, otherwise)

    def _collection(self, node: Any) -> t.Expression:
        return self.expression(node.children[0])

    def _tuple(self, node: Any) -> t.Expression:
        return t.TupleCons(tuple(self.expression(c) for c in node.children if c.type == "expression"), self.span(node))

    def _object(self, node: Any) -> t.Expression:
        items = []
        for element in node.children:
            if element.type == "object_elem":
                parts = [c for c in element.children if c.type not in ("=", ":", "comment")]
                items.append((templates.object_key(self.expression(parts[0])), self.expression(parts[1])))
        return t.ObjectCons(tuple(items), self.span(node))

    def _for(self, node: Any) -> t.Expression:
        inner = node.children[0]
        intro = next(c for c in inner.children if c.type == "for_intro")
        names = [self._name(c) for c in intro.children if c.type == "identifier"]
        collection = self.expression(self._only(intro))
        results = [self.expression(c) for c in inner.children if c.type == "expression"]
        clause = next((c for c in inner.children if c.type == "for_cond"), None)
        condition = self.expression(self._only(clause)) if clause is not None else None
        grouping = any(c.type == "ellipsis" for c in inner.children)
        is_object = inner.type == "for_object_expr"
        return t.For(
            names[0] if len(names) == 2 else None,
            names[-1],
            collection,
            results[0] if is_object else None,
            results[-1],
            condition,
            grouping,
            self.span(node),
        )

    def _call(self, node: Any) -> t.Expression:
        opening = next(i for i, c in enumerate(node.children) if c.type == "(")
        name = "::".join(self._own(c) for c in node.children[:opening] if c.type == "identifier")
        arguments = next((c for c in node.children if c.type == "function_arguments"), None)
        inner = arguments.children if arguments is not None else []
        values = tuple(self.expression(c) for c in inner if c.type == "expression")
        return t.Call(name, values, any(c.type == "ellipsis" for c in inner), self.span(node))

    # -- templates ------------------------------------------------------------------------------------------

    def _template_expr(self, node: Any) -> t.Expression:
        return self.expression(node.children[0])

    def _quoted(self, node: Any) -> t.Expression:
        opening, closing = node.children[0], node.children[-1]
        pieces = self.pieces(node.children[1:-1], opening.end_byte, closing.start_byte)
        for piece in pieces:
            if isinstance(piece, templates.Text) and "\n" in piece.raw:
                raise HclError("a quoted string must end on its line", piece.span)
        return templates.template(pieces, self.span(node), templates.Form.QUOTED)

    def heredoc(self, node: Any) -> t.Expression:
        """The text runs from the line after the marker to the line of the closing one."""
        start = self.source.index(b"\n", node.children[1].end_byte) + 1
        end = self.source.rfind(b"\n", start, node.children[-1].start_byte) + 1
        end = max(end, start)
        inner = [c for c in node.children[2:-1] if c.start_byte >= start]
        pieces = self.pieces(inner, start, end)
        flush = self._own(node.children[0]).strip() == "<<-"
        form = templates.Form.FLUSH_HEREDOC if flush else templates.Form.HEREDOC
        return templates.template(pieces, self.span(node), form)

    def pieces(self, nodes: list[Any], start: int, end: int) -> list[templates.Piece]:
        """Text, interpolations and directives between two byte positions; nested directives lie flat."""
        made: list[templates.Piece] = []
        at = start
        for mark in self._flat(nodes):
            if mark.start_byte > at:
                made.append(self._between(at, mark.start_byte))
            made.append(self._interpolation(mark) if mark.type == "template_interpolation" else self._directive(mark))
            at = mark.end_byte
        if end > at:
            made.append(self._between(at, end))
        return made

    def _flat(self, nodes: list[Any]) -> list[Any]:
        marks: list[Any] = []
        waiting = list(reversed(nodes))
        while waiting:
            node = waiting.pop()
            if node.type == "template_interpolation" or node.type in _DIRECTIVES:
                marks.append(node)
            elif node.type in ("template_directive", "template_if", "template_for"):
                waiting += reversed(node.children)
            elif node.type == "ERROR" or node.is_missing:
                raise HclError("not a valid template", self.span(node))
        return marks

    def _between(self, start: int, end: int) -> templates.Text:
        return templates.Text(self.text(start, end), self.between(start, end))

    def _interpolation(self, node: Any) -> templates.Interpolation:
        before, after = self._strips(node)
        return templates.Interpolation(self.expression(self._only(node)), self.span(node), before, after)

    def _only(self, node: Any) -> Any:
        inner = next((c for c in node.children if c.type == "expression"), None)
        if inner is None:
            raise HclError("an expression is missing here", self.span(node))
        return inner

    def _directive(self, node: Any) -> templates.Directive:
        before, after = self._strips(node)
        names = [self._name(c) for c in node.children if c.type == "identifier"]
        inner = next((c for c in node.children if c.type == "expression"), None)
        expression = self.expression(inner) if inner is not None else None
        key = names[0] if len(names) == 2 else None
        return templates.Directive(
            _DIRECTIVES[node.type], self.span(node), expression, key, names[-1] if names else "", before, after
        )

    def _strips(self, node: Any) -> tuple[bool, bool]:
        text = self._own(node)
        return text.startswith(("${~", "%{~")), text.endswith("~}")


_DIRECTIVES = {
    "template_if_intro": "if",
    "template_else_intro": "else",
    "template_if_end": "endif",
    "template_for_start": "for",
    "template_for_end": "endfor",
}
_OPERATORS = frozenset({"+", "-", "*", "/", "%", "==", "!=", "<", ">", "<=", ">=", "&&", "||"})
_FORMS: dict[str, Callable[[Converter, Any], t.Expression]] = {
    "variable_expr": Converter._variable,
    "literal_value": Converter._literal_value,
    "operation": Converter._operation,
    "conditional": Converter._conditional,
    "collection_value": Converter._collection,
    "tuple": Converter._tuple,
    "object": Converter._object,
    "for_expr": Converter._for,
    "function_call": Converter._call,
    "template_expr": Converter._template_expr,
    "quoted_template": Converter._quoted,
    "heredoc_template": Converter.heredoc,
}


def _nested(condition: t.Expression, then: t.Expression, otherwise: t.Expression) -> t.Conditional:
    """tree-sitter-hcl nests ``a ? b : c ? d : e`` to the left, HCL to the right."""
    if isinstance(condition, t.Conditional):
        last = _nested(condition.otherwise, then, otherwise)
        return t.Conditional(condition.condition, condition.then, last, _across(condition, last))
    return t.Conditional(condition, then, otherwise, _across(condition, otherwise))


def _across(first: t.Expression, last: t.Expression) -> t.Span:
    return t.Span(first.span.line, first.span.column, last.span.end_line, last.span.end_column)
