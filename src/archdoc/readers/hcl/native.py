"""HCL's native syntax: a text to the tree, by whichever parser understands it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, TypeVar, cast

from archdoc.model.facts import Source
from archdoc.model.problem import Problem, Severity
from archdoc.readers.hcl import lark_tree, recovery, templates
from archdoc.readers.hcl import tree as t
from archdoc.readers.hcl.parsed import (
    NOWHERE,
    HclError,
    MisreadError,
    ParsedFile,
    SlowError,
    room_for_depth,
)
from archdoc.readers.hcl.sitter_source import body_node, first_error, root_of
from archdoc.readers.hcl.sitter_tree import Converter
from archdoc.readers.hcl.spans import moved, with_spans

_PREFIX = "x = "
_Made = TypeVar("_Made")
_UNEXPECTED = (ArithmeticError, LookupError, RecursionError, StopIteration, ValueError)
"""What a conversion raises where a parser's tree is not of the expected form."""


@room_for_depth()
def parse(text: str, path: str) -> ParsedFile:
    """The tree of a file in HCL's native syntax."""
    text = _normal(text)
    try:
        return ParsedFile(path, parse_with_hcl2(text))
    except (HclError, MisreadError):
        pass
    try:
        return ParsedFile(path, parse_with_tree_sitter(text), (), "tree-sitter")
    except SlowError as fault:
        return ParsedFile(path, t.Body((), (), NOWHERE), _problems([fault], t.Body((), (), NOWHERE), path))
    except HclError as fault:
        body, faults = recovery.whole_parts(text, parse_with_hcl2)
        return ParsedFile(path, body, _problems(faults or [fault], body, path), "tree-sitter")


@room_for_depth()
def parse_with_hcl2(text: str) -> t.Body:
    """The tree by python-hcl2 alone (HclError or MisreadError where it does not understand the text)."""
    from archdoc.readers.hcl.lark_parser import LarkError, parse_tree

    span = _whole(text)
    if "<<" in text:
        _check_heredocs(text)
    try:
        root = parse_tree(text if text.endswith("\n") else text + "\n")
        return lark_tree.body_of(root, _heredoc, span)
    except LarkError as error:
        line, column = getattr(error, "line", 1), getattr(error, "column", 1)
        raise HclError("not valid HCL", t.Span(line, column, line, column)) from None
    except HclError:
        raise
    except _UNEXPECTED:
        raise MisreadError from None


@room_for_depth()
def parse_with_tree_sitter(text: str) -> t.Body:
    """The tree by tree-sitter-hcl alone (HclError where the text has an error)."""
    source = text.encode("utf-8")
    root = root_of(source)
    converter = Converter(source)
    if root.has_error:
        raise HclError("not valid HCL", converter.span(first_error(root)))
    return _converted(lambda: converter.body(body_node(root), _whole(text)))


@room_for_depth()
def parse_expression(text: str, line: int = 1, column: int = 1) -> t.Expression:
    """One expression that begins at a line and column (HclError if it is none)."""
    source = f"{_PREFIX}{_normal(text)}\n"
    try:
        body = parse_with_tree_sitter(source)
    except HclError as fault:
        try:
            body = parse_with_hcl2(source)
        except (HclError, MisreadError):
            raise HclError(str(fault), moved(fault.span, line, column - len(_PREFIX))) from None
    if len(body.attributes) != 1 or body.blocks:
        raise HclError("not one expression", t.Span(line, column, line, column))
    made = body.attributes[0].expression
    return cast(t.Expression, with_spans(made, lambda span: moved(span, line, column - len(_PREFIX))))


@room_for_depth()
def parse_template(text: str, line: int = 1, column: int = 1) -> t.Expression:
    """A whole template, as ``templatefile`` reads it, that begins at a line and column (HclError if it is none).

    Read as the body of a heredoc, whose text follows the same rules.
    """
    text = _normal(text)
    marker = _marker(text)
    opening = f"x = <<{marker}\n"
    source = f"{opening}{text}\n{marker}\n".encode()
    root = root_of(source)
    converter = Converter(source, line - 1, 1, later=(2, column))
    if root.has_error:
        start = t.Span(line, column, line, column)
        raise HclError("not a valid template", max(start, converter.span(first_error(root))))
    heredoc = next((n for n in _walk(root) if n.type == "heredoc_template"), None)
    if heredoc is None:
        raise HclError("not a valid template", NOWHERE)
    end = len(source) - len(marker) - 2
    span = converter.between(len(opening), end)
    nodes = heredoc.children[2:-1]
    return _converted(lambda: templates.template(converter.pieces(nodes, len(opening), end), span, templates.Form.FILE))


_HEREDOC = re.compile(r"<<-?([a-zA-Z][a-zA-Z0-9._-]*)[ \t]*\n")
_WHITE_SPACE = re.compile(r"\s{20,}")
_LONGEST_GAP = 500


def _check_heredocs(text: str) -> None:
    """python-hcl2's pattern for heredocs takes quadratic time where one is not closed or holds a long gap."""
    ends = {line.strip() for line in text.split("\n")}
    if any(marker not in ends for marker in _HEREDOC.findall(text)):
        raise MisreadError("a heredoc that is perhaps not closed")
    if any(len(gap) > _LONGEST_GAP for gap in _WHITE_SPACE.findall(text)):
        raise MisreadError("a gap")


def _heredoc(raw: str, line: int, column: int) -> t.Expression:
    """A heredoc that python-hcl2 leaves as one token."""
    raw = raw.rstrip("\n")
    first, *body, last = raw.split("\n")
    if any(text.strip() == last.strip() for text in body):
        raise MisreadError(f"the heredoc {first} ends earlier")
    prefix = b"x = "
    source = prefix + raw.encode("utf-8") + b"\n"
    root = root_of(source)
    converter = Converter(source, line, column - len(prefix))
    if root.has_error:
        raise HclError("not a valid heredoc", converter.span(first_error(root)))
    heredoc = next((n for n in _walk(root) if n.type == "heredoc_template"), None)
    if heredoc is None:
        raise MisreadError(f"the heredoc {first}")
    return converter.heredoc(heredoc)


def _converted(convert: Callable[[], _Made]) -> _Made:
    try:
        return convert()
    except HclError:
        raise
    except _UNEXPECTED:
        raise HclError("not valid HCL", NOWHERE) from None


def _walk(root: Any) -> Iterator[Any]:
    """The nodes of tree-sitter's tree in the order of the text."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed(node.children)


def _normal(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


def _whole(text: str) -> t.Span:
    return t.Span(1, 1, text.count("\n") + 1, len(text) - text.rfind("\n"))


def _marker(text: str) -> str:
    """A heredoc marker that the text does not hold."""
    marker = "EOT"
    while marker in text:
        marker += "X"
    return marker


_MAX_PROBLEMS = 10
"""Of one file; one mistake may break many pieces."""


def _problems(faults: list[HclError], body: t.Body, path: str) -> tuple[Problem, ...]:
    kept = len(body.blocks) + len(body.attributes)
    rest = f"; what is whole in the file is read ({kept} top-level parts)" if kept else ""
    return tuple(
        Problem(
            Severity.ERROR,
            "TF001",
            f"{fault} at line {fault.span.line}, column {fault.span.column}{rest}",
            Source(path, fault.span.line),
            "correct the syntax; terraform fmt shows the same place",
        )
        for fault in faults[:_MAX_PROBLEMS]
    )
