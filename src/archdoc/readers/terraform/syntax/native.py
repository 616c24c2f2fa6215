"""The door to the HCL parsers: text in, the small typed tree out.

python-hcl2 reads a file first; what it rejects (or cannot place) goes to tree-sitter-hcl. A file that both
reject is a Problem, and its whole blocks and attributes are kept.
"""

from __future__ import annotations

import functools
from typing import Any

import tree_sitter
import tree_sitter_hcl
from hcl2 import parses_to_tree
from lark.exceptions import LarkError

from archdoc.model.facts import Source
from archdoc.model.problem import Problem, Severity
from archdoc.readers.terraform import tree as t
from archdoc.readers.terraform.syntax import lark_tree, templates
from archdoc.readers.terraform.syntax.parsed import ParsedFile, SyntaxFault
from archdoc.readers.terraform.syntax.sitter_tree import Converter, SitterError

_NOWHERE = t.Span(1, 1, 1, 1)


def parse(text: str, path: str) -> ParsedFile:
    """The tree of a file in HCL's native syntax."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    try:
        return ParsedFile(path, parse_with_hcl2(text))
    except (LarkError, SitterError, templates.TemplateError, ValueError, IndexError, RecursionError, StopIteration):
        pass
    try:
        return ParsedFile(path, parse_with_tree_sitter(text), (), "tree-sitter")
    except (SitterError, templates.TemplateError, ValueError, IndexError, RecursionError, StopIteration):
        return _recovered(text, path)


def parse_with_hcl2(text: str) -> t.Body:
    """The tree by python-hcl2 alone (raises what that raises)."""
    return lark_tree.body_of(parses_to_tree(text if text.endswith("\n") else text + "\n"), _heredoc)


def parse_with_tree_sitter(text: str) -> t.Body:
    """The tree by tree-sitter-hcl alone (SitterError where the file has an error)."""
    source = text.encode("utf-8")
    root = _parser().parse(source).root_node
    converter = Converter(source)
    if root.has_error:
        raise SitterError("not valid HCL", converter.span(_first_error(root)))
    body = next((c for c in root.children if c.type == "body"), None)
    return converter.body(body, _NOWHERE)


def parse_expression(text: str, line: int = 1, column: int = 1) -> t.Expression:
    """One expression (SyntaxFault if it is none)."""
    prefix = b"x = "
    source = prefix + text.encode("utf-8") + b"\n"
    root = _parser().parse(source).root_node
    converter = Converter(source, line, column - len(prefix))
    if root.has_error:
        raise SyntaxFault("not a valid expression", converter.span(_first_error(root)))
    try:
        body = converter.body(next((c for c in root.children if c.type == "body"), None), _NOWHERE)
    except (SitterError, templates.TemplateError) as error:
        raise SyntaxFault(str(error), error.span) from error
    except (ValueError, StopIteration, RecursionError) as error:
        raise SyntaxFault("not a valid expression", _NOWHERE) from error
    if len(body.attributes) != 1 or body.blocks:
        raise SyntaxFault("not one expression", _NOWHERE)
    return body.attributes[0].expression


def parse_template(text: str, line: int = 1) -> t.Expression:
    """A whole template, as ``templatefile`` reads it (SyntaxFault if it is none)."""
    marker = _marker(text)
    source = f"x = <<{marker}\n{text}\n{marker}\n".encode()
    root = _parser().parse(source).root_node
    converter = Converter(source, line - 1)
    if root.has_error:
        raise SyntaxFault("not a valid template", converter.span(_first_error(root)))
    try:
        node = _find(root, "heredoc_template")
        start = source.index(b"\n") + 1
        pieces = converter.pieces(node.children[2:-1], start, len(source) - len(marker) - 2)
        return templates.file_template(pieces, t.Span(line, 1, line + text.count("\n"), 1))
    except (SitterError, templates.TemplateError) as error:
        raise SyntaxFault(str(error), error.span) from error
    except (ValueError, StopIteration, RecursionError) as error:
        raise SyntaxFault("not a valid template", _NOWHERE) from error


def _heredoc(raw: str, line: int, column: int) -> t.Expression:
    """A heredoc that python-hcl2 leaves as one token."""
    raw = raw.rstrip("\n")
    prefix = b"x = "
    source = prefix + raw.encode("utf-8") + b"\n"
    root = _parser().parse(source).root_node
    converter = Converter(source, line, column - len(prefix))
    if root.has_error:
        raise SitterError("not a valid heredoc", converter.span(_first_error(root)))
    return converter.expression(_find(root, "heredoc_template"))


def _recovered(text: str, path: str) -> ParsedFile:
    """What can be read of a broken file: each top-level piece that is whole.

    A piece begins at a line that is not indented and closes nothing, as terraform fmt writes it.
    """
    lines = text.split("\n")
    starts = [i for i, line in enumerate(lines) if line[:1] not in ("", " ", "\t", "}", "]", ")", "#", "/")]
    attributes: list[t.Attribute] = []
    blocks: list[t.Block] = []
    broken: t.Span | None = None
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        source = ("\n".join(lines[start:end]) + "\n").encode("utf-8")
        converter = Converter(source, start + 1)
        try:
            root = _parser().parse(source).root_node
            if root.has_error:
                raise SitterError("not valid HCL", converter.span(_first_error(root)))
            body = converter.body(next((c for c in root.children if c.type == "body"), None), _NOWHERE)
        except (SitterError, templates.TemplateError) as error:
            broken = broken or error.span
        except (ValueError, IndexError, RecursionError, StopIteration):
            broken = broken or t.Span(start + 1, 1, end, 1)
        else:
            attributes += body.attributes
            blocks += body.blocks
    where = broken or _NOWHERE
    problem = Problem(
        Severity.ERROR,
        "TF001",
        f"not valid HCL at line {where.line}, column {where.column}; the {len(blocks)} whole blocks of the file are read",
        Source(path, where.line),
        "correct the syntax; terraform fmt shows the same place",
    )
    return ParsedFile(path, t.Body(tuple(attributes), tuple(blocks), _NOWHERE), (problem,), "tree-sitter")


@functools.cache
def _parser() -> tree_sitter.Parser:
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language()))


def _first_error(root: Any) -> Any:
    """The first broken node in the order of the text."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.type == "ERROR" or node.is_missing:
            return node
        waiting += [c for c in reversed(node.children) if c.has_error or c.is_missing]
    return root


def _find(root: Any, kind: str) -> Any:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.type == kind:
            return node
        waiting += reversed(node.children)
    raise ValueError(f"no {kind}")


def _marker(text: str) -> str:
    """A heredoc marker that no line of the text is."""
    marker = "EOT"
    while marker in text:
        marker += "X"
    return marker
