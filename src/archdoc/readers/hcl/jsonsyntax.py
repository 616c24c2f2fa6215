"""Terraform's JSON syntax (.tf.json): https://developer.hashicorp.com/terraform/language/syntax/json.

Strings are templates, objects are blocks where the native syntax has blocks, and some arguments are exceptions.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import cast

from archdoc.model.facts import Source
from archdoc.model.problem import Problem, Severity
from archdoc.readers.hcl import tree as t
from archdoc.readers.hcl.native import parse_expression, parse_template
from archdoc.readers.hcl.parsed import NOWHERE, HclError, ParsedFile, room_for_depth
from archdoc.readers.hcl.placedjson import Array, Node, Object, Scalar, parse_placed
from archdoc.readers.hcl.spans import with_spans

_TOP_LEVEL: Mapping[str, int] = {
    "check": 1,
    "data": 2,
    "ephemeral": 2,
    "import": 0,
    "locals": 0,
    "module": 1,
    "moved": 0,
    "output": 1,
    "provider": 1,
    "removed": 0,
    "resource": 2,
    "terraform": 0,
    "variable": 1,
}
"""The block types of a file and how many labels they have."""

_IN_RESOURCES: Mapping[str, int] = {"connection": 0, "dynamic": 1, "lifecycle": 0, "provisioner": 1}
_BLOCKS: Mapping[str, Mapping[str, int]] = {
    "check": {"assert": 0, "data": 2},
    "cloud": {"workspaces": 0},
    "data": _IN_RESOURCES,
    "dynamic": {"content": 0},
    "content": {"dynamic": 1},
    "ephemeral": _IN_RESOURCES,
    "lifecycle": {"precondition": 0, "postcondition": 0},
    "output": {"precondition": 0},
    "provisioner": {"connection": 0},
    "removed": {"lifecycle": 0, "provisioner": 1},
    "resource": _IN_RESOURCES,
    "terraform": {"backend": 1, "cloud": 0, "provider_meta": 1, "required_providers": 0},
    "variable": {"validation": 0},
}
"""By block type: the nested blocks that Terraform itself defines, and how many labels they have."""

_DEPENDENT = frozenset({"depends_on", "provider"})
_REFERENCES: Mapping[str, frozenset[str]] = {
    "data": _DEPENDENT,
    "ephemeral": _DEPENDENT,
    "import": frozenset({"to", "provider"}),
    "lifecycle": frozenset({"ignore_changes", "replace_triggered_by"}),
    "module": frozenset({"depends_on", "providers"}),
    "moved": frozenset({"from", "to"}),
    "output": frozenset({"depends_on"}),
    "removed": frozenset({"from"}),
    "resource": _DEPENDENT,
    "variable": frozenset({"type"}),
}
"""By block type: the arguments whose strings are expressions of the native syntax."""

_VERBATIM: Mapping[str, frozenset[str]] = {
    "module": frozenset({"source", "version"}),
    "provider": frozenset({"alias", "version"}),
    "terraform": frozenset({"required_version", "experiments"}),
    "required_providers": frozenset({"*"}),
    "variable": frozenset({"default", "description"}),
}
"""By block type: the arguments whose strings are just strings."""


@room_for_depth()
def parse_json(text: str, path: str) -> ParsedFile:
    """The tree of a file in JSON syntax."""
    text = text.removeprefix("\ufeff")
    end = t.Span(1, 1, text.count("\n") + 1, len(text) - text.rfind("\n"))
    try:
        document = parse_placed(text)
    except HclError as fault:
        return ParsedFile(path, t.Body((), (), end), (_problem(fault, path, "TF002", "not valid JSON: "),), "json")
    reader = _Reader()
    blocks = reader.file(document)
    problems = tuple(_problem(f, path, "TF001", "") for f in reader.faults)
    return ParsedFile(path, t.Body((), tuple(blocks), end), problems, "json")


@room_for_depth()
def parse_json_values(text: str, path: str) -> ParsedFile:
    """The values of a .tfvars.json file as attributes; their strings are just strings."""
    text = text.removeprefix("\ufeff")
    try:
        document = parse_placed(text)
    except HclError as fault:
        return ParsedFile(path, t.Body((), (), NOWHERE), (_problem(fault, path, "TF002", "not valid JSON: "),), "json")
    if not isinstance(document, Object):
        wrong = HclError("an object of values is required", document.span)
        return ParsedFile(path, t.Body((), (), NOWHERE), (_problem(wrong, path, "TF002", ""),), "json")
    reader = _Reader()
    attributes = tuple(
        t.Attribute(p.name, reader.verbatim(p.value), _across(p.span, p.value.span))
        for p in document.properties
        if p.name != "//"
    )
    return ParsedFile(path, t.Body(attributes, (), document.span), (), "json")


class _Reader:
    def __init__(self) -> None:
        self.faults: list[HclError] = []

    # -- structure ------------------------------------------------------------------------------------------

    def file(self, document: Node) -> list[t.Block]:
        """The blocks of a whole file: one object, or a list of them."""
        blocks: list[t.Block] = []
        for part in document.items if isinstance(document, Array) else (document,):
            if not isinstance(part, Object):
                self.faults.append(HclError("an object of blocks is required here", part.span))
                continue
            for each in part.properties:
                if each.name == "//":
                    continue
                if each.name not in _TOP_LEVEL:
                    self.faults.append(HclError(f'"{each.name}" is no type of block', each.span))
                    continue
                blocks += self._blocks(each.name, each.value, _TOP_LEVEL[each.name], (), each.span)
        return blocks

    def _blocks(self, kind: str, content: Node, labels: int, have: tuple[str, ...], at: t.Span) -> list[t.Block]:
        if isinstance(content, Array):
            return [b for item in content.items for b in self._blocks(kind, item, labels, have, at)]
        if not isinstance(content, Object):
            if not (isinstance(content, Scalar) and content.value is None):
                self.faults.append(HclError(f"an object is required for {kind}", content.span))
            return []
        if labels:
            return [
                block
                for each in content.properties
                if each.name != "//"
                for block in self._blocks(kind, each.value, labels - 1, (*have, each.name), each.span)
            ]
        return [t.Block(kind, have, self._body(kind, content), _across(at, content.span))]

    def _body(self, kind: str, content: Object) -> t.Body:
        attributes: list[t.Attribute] = []
        blocks: list[t.Block] = []
        nested = _BLOCKS.get(kind, {})
        for each in content.properties:
            if each.name == "//":
                continue
            if each.name in nested:
                blocks += self._blocks(each.name, each.value, nested[each.name], (), each.span)
            else:
                span = _across(each.span, each.value.span)
                attributes.append(t.Attribute(each.name, self._argument(kind, each.name, each.value), span))
        return t.Body(tuple(attributes), tuple(blocks), content.span)

    def _argument(self, kind: str, name: str, value: Node) -> t.Expression:
        verbatim = _VERBATIM.get(kind, frozenset())
        if name in verbatim or ("*" in verbatim and not isinstance(value, Object)):
            return self.verbatim(value)
        if "*" in verbatim and isinstance(value, Object):
            return self._required_provider(value)
        if name in _REFERENCES.get(kind, ()):
            return self._reference(value)
        return self._expression(value)

    def _required_provider(self, value: Object) -> t.Expression:
        """``configuration_aliases`` lists references; the other settings are strings."""
        return t.ObjectCons(
            tuple(
                (
                    t.Literal(p.name, p.span),
                    self._reference(p.value) if p.name == "configuration_aliases" else self.verbatim(p.value),
                )
                for p in value.properties
            ),
            value.span,
        )

    # -- expressions ----------------------------------------------------------------------------------------

    def _expression(self, value: Node) -> t.Expression:
        if isinstance(value, Array):
            return t.TupleCons(tuple(self._expression(v) for v in value.items), value.span)
        if isinstance(value, Object):
            items = [(self._template(p.name, p.span), self._expression(p.value)) for p in value.properties]
            return t.ObjectCons(tuple(items), value.span)
        if isinstance(value.value, str):
            return self._template(value.value, value.span)
        return _constant(value.value, value.span)

    def _reference(self, value: Node) -> t.Expression:
        if isinstance(value, Array):
            return t.TupleCons(tuple(self._reference(v) for v in value.items), value.span)
        if isinstance(value, Object):
            items = [(t.Literal(p.name, p.span), self._reference(p.value)) for p in value.properties]
            return t.ObjectCons(tuple(items), value.span)
        if not isinstance(value.value, str):
            return _constant(value.value, value.span)
        text = value.value
        if text.startswith("${") and text.endswith("}"):
            text = text[2:-1]
        try:
            return parse_expression(text, value.span.line, value.span.column + 1)
        except HclError as fault:
            self.faults.append(fault)
            return t.Literal(value.value, value.span)

    def verbatim(self, value: Node) -> t.Expression:
        """The value with its strings as they are."""
        if isinstance(value, Array):
            return t.TupleCons(tuple(self.verbatim(v) for v in value.items), value.span)
        if isinstance(value, Object):
            items = [(t.Literal(p.name, p.span), self.verbatim(p.value)) for p in value.properties]
            return t.ObjectCons(tuple(items), value.span)
        return _constant(value.value, value.span)

    def _template(self, text: str, span: t.Span) -> t.Expression:
        if "{" not in text:
            return t.Literal(text, span)
        try:
            made = parse_template(text, span.line, span.column + 1)
        except HclError as fault:
            self.faults.append(HclError(str(fault), span))
            return t.Literal(text, span)
        if "\n" not in text:
            return made
        return cast(t.Expression, with_spans(made, lambda _: span))


def _constant(value: str | int | Decimal | bool | None, span: t.Span) -> t.Expression:
    """A JSON scalar; in HCL a negative number is a minus and a number."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool) and value < 0:
        return t.Unary("-", t.Literal(-value, span), span)
    return t.Literal(value, span)


def _across(first: t.Span, last: t.Span) -> t.Span:
    return t.Span(first.line, first.column, last.end_line, last.end_column)


def _problem(fault: HclError, path: str, code: str, before: str) -> Problem:
    where = f"at line {fault.span.line}, column {fault.span.column}"
    return Problem(Severity.ERROR, code, f"{before}{fault} {where}", Source(path, fault.span.line), "correct the file")
