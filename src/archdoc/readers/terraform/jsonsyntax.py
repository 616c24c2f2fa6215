"""Terraform's JSON syntax (.tf.json): https://developer.hashicorp.com/terraform/language/syntax/json.

Strings are templates; objects are blocks where the native syntax has blocks. JSON knows no lines, so everything
in such a file has the line where its text was found.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from archdoc.model.facts import Source
from archdoc.model.problem import Problem, Severity
from archdoc.readers.terraform import tree as t
from archdoc.readers.terraform.syntax import ParsedFile, SyntaxFault, parse_expression, parse_template

_LABELS = {"resource": 2, "data": 2, "variable": 1, "output": 1, "module": 1, "provider": 1, "check": 1}
_RAW = {"depends_on", "ignore_changes", "provider", "type", "providers", "replace_triggered_by", "to", "from"}
"""Arguments whose strings are expressions or names, not templates."""


def parse_json(text: str, path: str) -> ParsedFile:
    """The tree of a file in JSON syntax."""
    try:
        document = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        problem = Problem(Severity.ERROR, "TF002", f"not valid JSON: {error}", Source(path, line), "correct the file")
        return ParsedFile(path, t.Body((), (), t.Span(1, 1, 1, 1)), (problem,), "json")
    return ParsedFile(path, _Reader(text).file(document), (), "json")


class _Reader:
    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")

    def file(self, document: Any) -> t.Body:
        blocks: list[t.Block] = []
        for part in document if isinstance(document, list) else [document]:
            for kind, content in part.items() if isinstance(part, dict) else ():
                if kind != "//":
                    blocks += self._blocks(kind, content, _LABELS.get(kind, 0), ())
        return t.Body((), tuple(blocks), t.Span(1, 1, len(self._lines), 1))

    def _blocks(self, kind: str, content: Any, labels: int, have: tuple[str, ...]) -> list[t.Block]:
        if isinstance(content, list):
            return [b for each in content for b in self._blocks(kind, each, labels, have)]
        if not isinstance(content, dict):
            return []
        if labels:
            return [b for name, inner in content.items() if name != "//" for b in self._blocks(kind, inner, labels - 1, (*have, name))]
        span = self._span(have[-1] if have else kind)
        return [t.Block(kind, have, self._body(kind, content, span), span)]

    def _body(self, kind: str, content: dict[str, Any], span: t.Span) -> t.Body:
        attributes: list[t.Attribute] = []
        blocks: list[t.Block] = []
        for name, value in content.items():
            if name == "//":
                continue
            if kind == "terraform" and name in ("backend", "cloud", "required_providers"):
                labels = 1 if name == "backend" else 0
                blocks += self._blocks(name, value, labels, ())
            elif name in ("lifecycle", "dynamic", "connection", "provisioner", "validation", "precondition", "postcondition"):
                blocks += self._blocks(name, value, 1 if name in ("dynamic", "provisioner") else 0, ())
            elif kind in ("dynamic",) and name == "content":
                blocks += self._blocks(name, value, 0, ())
            else:
                attributes.append(t.Attribute(name, self._expression(value, span, name in _RAW), span))
        return t.Body(tuple(attributes), tuple(blocks), span)

    def _expression(self, value: Any, span: t.Span, raw: bool) -> t.Expression:
        if isinstance(value, str):
            return self._text(value, span, raw)
        if isinstance(value, list):
            return t.TupleCons(tuple(self._expression(v, span, raw) for v in value), span)
        if isinstance(value, dict):
            items = [(self._text(k, span, False), self._expression(v, span, raw)) for k, v in value.items()]
            return t.ObjectCons(tuple(items), span)
        return t.Literal(value, span)

    def _text(self, text: str, span: t.Span, raw: bool) -> t.Expression:
        try:
            if raw:
                return parse_expression(text, span.line, span.column)
            if "${" in text or "%{" in text:
                return _unwrapped(parse_template(text, span.line))
        except SyntaxFault:
            pass
        return t.Literal(text, span)

    def _span(self, word: str) -> t.Span:
        needle = f'"{word}"'
        line = next((i for i, text in enumerate(self._lines, 1) if needle in text), 1)
        return t.Span(line, 1, line, len(self._lines[line - 1]) + 1)


def _unwrapped(expression: t.Expression) -> t.Expression:
    """A string of one interpolation alone is that expression."""
    if isinstance(expression, t.Template) and len(expression.parts) == 1 and not expression.unwrap:
        return t.Template(expression.parts, True, expression.span)
    return expression
