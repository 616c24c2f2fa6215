"""tree-sitter-hcl's parser, and the places of its nodes in the lines and characters of a text."""

from __future__ import annotations

import functools
import re
import time
from bisect import bisect_right
from typing import Any

import tree_sitter
import tree_sitter_hcl

from archdoc.readers.hcl import tree as t
from archdoc.readers.hcl.parsed import NOWHERE, SlowError


@functools.cache
def _parser() -> tree_sitter.Parser:
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language()))


_SHORT = 16_384
_SECONDS = 5
"""tree-sitter-hcl takes quadratic time over some broken texts; nothing valid comes near this."""


def root_of(source: bytes) -> Any:
    """tree-sitter's tree of a source text; it has one for any text, with error nodes where it is broken.

    SlowError for a long text over which it takes too long.
    """
    source = _readable(source)
    if len(source) < _SHORT:
        return _parser().parse(source).root_node
    end = time.monotonic() + _SECONDS
    made: Any = _parser().parse(
        lambda at, _: source[at : at + _SHORT], progress_callback=lambda _, __: time.monotonic() > end
    )
    if made is None:
        _parser().reset()
        raise SlowError(f"takes more than {_SECONDS} seconds to read", NOWHERE)
    return made.root_node


_MISREAD = re.compile(
    rb"(?:\${2,}|%{2,})\{"  # an escape however many there are; of an odd number, an interpolation for it
    rb"|(?<![\w.])\d+[eE][-+]?\d+(?!\w|\.\d)"  # a whole number with an exponent is no number for it
)


def _readable(source: bytes) -> bytes:
    """What tree-sitter-hcl does not read as HCL does, as something of the same kind and length that it reads.

    Only the form of its tree counts: what a node says is taken from the source itself.
    https://github.com/hashicorp/hcl/blob/main/hclsyntax/scan_tokens.rl
    """
    return _MISREAD.sub(lambda found: (b"1" if found[0][:1].isdigit() else b"@") * len(found[0]), source)


def body_node(root: Any) -> Any:
    """The node of a whole file's body, or None."""
    return next((c for c in root.children if c.type == "body"), None)


def first_error(root: Any) -> Any:
    """The first broken node in the order of the text."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.type == "ERROR" or node.is_missing:
            return node
        waiting += [c for c in reversed(node.children) if c.has_error or c.is_missing]
    return root


class SourceText:
    """A text in UTF-8, in which tree-sitter counts bytes.

    ``line`` and ``column`` say where in a file the text begins (1-based), ``later`` the column of another of its
    lines (counted from 1) where that is not 1.
    """

    def __init__(self, source: bytes, line: int = 1, column: int = 1, later: tuple[int, int] = (1, 1)) -> None:
        self.source = source
        self._line = line
        self._columns = {0: column, later[0] - 1: later[1]} if later[0] > 1 else {0: column}
        self._ascii = source.isascii()

    @functools.cached_property
    def _starts(self) -> list[int]:
        """The byte that each line begins at."""
        starts = [0]
        while (at := self.source.find(b"\n", starts[-1])) >= 0:
            starts.append(at + 1)
        return starts

    def span(self, node: Any, last: Any = None) -> t.Span:
        """From the beginning of a node to its own end, or another's."""
        start, end = node.start_point, (last or node).end_point
        return t.Span(*self.place(*start), *self.place(*end))

    def place(self, row: int, column: int) -> tuple[int, int]:
        """The line and column of one of tree-sitter's points (row and byte, from 0)."""
        if not self._ascii:
            begin = self._starts[row]
            column = len(self.source[begin : begin + column].decode("utf-8", "replace"))
        return self._line + row, column + self._columns.get(row, 1)

    def at(self, byte: int) -> tuple[int, int]:
        """The line and column of a byte."""
        row = bisect_right(self._starts, byte) - 1
        return self.place(row, byte - self._starts[row])

    def text(self, start: int, end: int) -> str:
        """The source between two byte positions."""
        return self.source[start:end].decode("utf-8", "replace")

    def between(self, start: int, end: int) -> t.Span:
        """The place of what stands between two byte positions."""
        return t.Span(*self.at(start), *self.at(end))
