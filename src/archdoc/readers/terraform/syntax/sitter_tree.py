"""tree-sitter-hcl's parse tree as archdoc's syntax tree: the same tree that ``lark_tree`` gives.

Nothing of tree-sitter is imported: its nodes are read by their ``type``, ``children`` and positions. Text between
nodes (tree-sitter leaves white space out of literals) is taken from the source.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archdoc.readers.terraform import tree as t
from archdoc.readers.terraform.syntax import templates
from archdoc.readers.terraform.syntax.lark_tree import number_of


class SitterError(ValueError):
    """The tree has an error; ``span`` is where."""

    def __init__(self, message: str, span: t.Span) -> None:
        super().__init__(message)
        self.span = span


class Converter:
    """Converts the nodes of one source text.

    ``line`` and ``column`` say where in a file the text begins (1-based).
    """

    def __init__(self, source: bytes, line: int = 1, column: int = 1) -> None:
        self._source = source
        self._line = line
        self._column = column
        self._ascii = source.isascii()
        self._lines: list[bytes] | None = None

    # -- positions ------------------------------------------------------------------------------------------

    def span(self, node: Any, last: Any = None) -> t.Span:
        """From the beginning of a node to its own end, or another's."""
        start, end = node.start_point, (last or node).end_point
        return t.Span(*self._place(start), *self._place(end))

    def _place(self, point: Any) -> tuple[int, int]:
        row, column = point
        if not self._ascii:
            if self._lines is None:
                self._lines = self._source.split(b"\n")
            column = len(self._lines[row][:column].decode("utf-8", "replace"))
        return self._line + row, column + (self._column if row == 0 else 1)

    def text(self, start: int, end: int) -> str:
        """The source between two byte positions."""
        return self._source[start:end].decode("utf-8", "replace")

    def _own(self, node: Any) -> str:
        return self.text(node.start_byte, node.end_byte)

    # -- structure ------------------------------------------------------------------------------------------

    def body(self, node: Any, span: t.Span, wrong: Callable[[Any], None] | None = None) -> t.Body:
        """The attributes and blocks in a body. ``wrong`` is told of what is broken; without it that raises."""
        attributes: list[t.Attribute] = []
        blocks: list[t.Block] = []
        for child in node.children if node is not None else ():
            try:
                if child.type == "attribute":
                    attributes.append(self._attribute(child))
                elif child.type == "block":
                    blocks.append(self._block(child, wrong))
                elif child.type == "ERROR" or child.is_missing:
                    raise SitterError("not valid HCL", self.span(child))
            except (SitterError, templates.TemplateError, ValueError, RecursionError):
                if wrong is None:
                    raise
                wrong(child)
        return t.Body(tuple(attributes), tuple(blocks), span)

    def _attribute(self, node: Any) -> t.Attribute:
        name = node.children[0]
        expression = self.expression(node.children[-1])
        span = t.Span(*self._place(name.start_point), expression.span.end_line, expression.span.end_column)
        return t.Attribute(self._own(name), expression, span)

    def _block(self, node: Any, wrong: Callable[[Any], None] | None) -> t.Block:
        labels: list[str] = []
        opening = closing = inside = None
        for child in node.children[1:]:
            if child.type == "identifier":
                labels.append(self._own(child))
            elif child.type == "string_lit":
                labels.append(templates.unescape(self.text(child.start_byte + 1, child.end_byte - 1)))
            elif child.type == "block_start":
                opening = child
            elif child.type == "block_end":
                closing = child
            elif child.type == "body":
                inside = child
            elif child.type == "ERROR" and wrong is not None:
                wrong(child)
            elif child.type == "ERROR":
                raise SitterError("not valid HCL", self.span(child))
        if opening is None or closing is None or closing.is_missing:
            raise SitterError("this block is never closed", self.span(node.children[0]))
        body = self.body(inside, self.span(opening, closing), wrong)
        return t.Block(self._own(node.children[0]), tuple(labels), body, self.span(node, closing))

    # -- expressions ----------------------------------------------------------------------------------------

    def expression(self, node: Any) -> t.Expression:
        """The expression of a node of any of tree-sitter's expression types."""
        if node.type == "expression":
            return self._chain([c for c in node.children if c.type != "comment"])
        convert = _FORMS.get(node.type)
        if convert is None or node.is_missing:
            raise SitterError("not valid HCL here", self.span(node))
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
        for suffix in rest:
            made = self._suffixed(made, suffix)
        return made

    def _suffixed(self, on: t.Expression, suffix: Any) -> t.Expression:
        if suffix.type == "get_attr":
            return t.GetAttr(on, self._own(suffix.children[-1]), self._until(on, suffix))
        if suffix.type == "index":
            return self._indexed(on, suffix.children[0])
        if suffix.type == "splat":
            inner = suffix.children[0]
            each: t.Expression = t.SplatItem(self.span(inner.children[0]))
            for child in inner.children[1:]:
                each = self._suffixed(each, child)
            return t.Splat(on, each, inner.type == "full_splat", self._until(on, suffix))
        raise SitterError("not valid HCL here", self.span(suffix))

    def _indexed(self, on: t.Expression, index: Any) -> t.Expression:
        if index.type == "legacy_index":
            dot = index.children[0]
            digits = self.text(dot.end_byte, index.end_byte).strip()
            line, column = self._place(dot.end_point)
            key: t.Expression = t.Literal(int(digits), t.Span(line, column, *self._place(index.end_point)))
            return t.Index(on, key, self._until(on, index))
        return t.Index(on, self.expression(_only_expression(index)), self._until(on, index))

    def _until(self, on: t.Expression, last: Any) -> t.Span:
        return t.Span(on.span.line, on.span.column, *self._place(last.end_point))

    def _variable(self, node: Any) -> t.Expression:
        return t.Variable(self._own(node), self.span(node))

    def _literal_value(self, node: Any) -> t.Expression:
        child = node.children[0] if node.children else node
        text = self._own(child)
        if child.type == "numeric_lit":
            if text.startswith(("0x", "0X")):
                raise SitterError("HCL has no hexadecimal numbers", self.span(child))
            return t.Literal(number_of(text), self.span(child))
        if child.type == "string_lit":
            inner = templates.Text(self.text(child.start_byte + 1, child.end_byte - 1), self.span(child))
            return templates.quoted([inner] if inner.raw else [], self.span(child))
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
                items.append((self._key(parts[0]), self.expression(parts[1])))
        return t.ObjectCons(tuple(items), self.span(node))

    def _key(self, node: Any) -> t.Expression:
        made = self.expression(node)
        if isinstance(made, t.Variable):
            return t.Literal(made.name, made.span)
        if isinstance(made, t.Literal) and (made.value is None or isinstance(made.value, bool)):
            return t.Literal(self._own(node), made.span)
        return made

    def _for(self, node: Any) -> t.Expression:
        inner = node.children[0]
        intro = next(c for c in inner.children if c.type == "for_intro")
        names = [self._own(c) for c in intro.children if c.type == "identifier"]
        collection = self.expression(_only_expression(intro))
        results = [self.expression(c) for c in inner.children if c.type == "expression"]
        clause = next((c for c in inner.children if c.type == "for_cond"), None)
        condition = self.expression(_only_expression(clause)) if clause is not None else None
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
        return templates.quoted(pieces, self.span(node))

    def _heredoc(self, node: Any) -> t.Expression:
        """The text runs from the line after the marker to the line of the closing one."""
        start = self._source.index(b"\n", node.children[1].end_byte) + 1
        end = self._source.rfind(b"\n", start, node.children[-1].start_byte) + 1
        end = max(end, start)
        inner = [c for c in node.children[2:-1] if c.start_byte >= start]
        pieces = self.pieces(inner, start, end)
        flush = self._own(node.children[0]).strip() == "<<-"
        return templates.heredoc(pieces, self.span(node), flush)

    def pieces(self, nodes: list[Any], start: int, end: int) -> list[templates.Piece]:
        """Text, interpolations and directives between two byte positions; nested directives lie flat."""
        marks: list[Any] = []
        self._flatten(nodes, marks)
        made: list[templates.Piece] = []
        at = start
        for mark in marks:
            if mark.start_byte > at:
                made.append(self._between(at, mark.start_byte))
            made.append(self._interpolation(mark) if mark.type == "template_interpolation" else self._directive(mark))
            at = mark.end_byte
        if end > at:
            made.append(self._between(at, end))
        return made

    def _flatten(self, nodes: list[Any], marks: list[Any]) -> None:
        for node in nodes:
            if node.type == "template_interpolation" or node.type in _DIRECTIVES:
                marks.append(node)
            elif node.type in ("template_directive", "template_if", "template_for"):
                self._flatten(node.children, marks)
            elif node.type == "ERROR" or node.is_missing:
                raise SitterError("not a valid template", self.span(node))

    def _between(self, start: int, end: int) -> templates.Text:
        return templates.Text(self.text(start, end), t.Span(*self._at(start), *self._at(end)))

    def _at(self, byte: int) -> tuple[int, int]:
        row = self._source.count(b"\n", 0, byte)
        begin = self._source.rfind(b"\n", 0, byte) + 1
        column = len(self._source[begin:byte].decode("utf-8", "replace"))
        return self._line + row, column + (self._column if row == 0 else 1)

    def _interpolation(self, node: Any) -> templates.Interpolation:
        before, after = self._strips(node)
        return templates.Interpolation(self.expression(_only_expression(node)), self.span(node), before, after)

    def _directive(self, node: Any) -> templates.Directive:
        before, after = self._strips(node)
        names = [self._own(c) for c in node.children if c.type == "identifier"]
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
    "heredoc_template": Converter._heredoc,
}


def _nested(condition: t.Expression, then: t.Expression, otherwise: t.Expression) -> t.Conditional:
    """tree-sitter-hcl nests ``a ? b : c ? d : e`` to the left, HCL to the right."""
    if isinstance(condition, t.Conditional):
        otherwise = _nested(condition.otherwise, then, otherwise)
        condition, then = condition.condition, condition.then
    return t.Conditional(condition, then, otherwise, _across(condition, otherwise))


def _across(first: t.Expression, last: t.Expression) -> t.Span:
    return t.Span(first.span.line, first.span.column, last.span.end_line, last.span.end_column)


def _only_expression(node: Any) -> Any:
    return next(c for c in node.children if c.type == "expression")
