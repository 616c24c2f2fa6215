"""What can be read of a broken file: every block and attribute that is whole.

tree-sitter's own recovery may lose all that follows a brace too few or too many. So a file is also cut where
``terraform fmt`` begins a block, at a line that is not indented and closes nothing, and each piece is read alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from archdoc.readers.terraform import tree as t
from archdoc.readers.terraform.syntax.parsed import NOWHERE, HclError, MisreadError
from archdoc.readers.terraform.syntax.sitter_tree import Converter, body_node, root_of

_GOES_ON = ("", " ", "\t", "}", "]", ")")
"""What a line that does not begin a block begins with."""


def whole_parts(text: str, parsers: Sequence[Callable[[str], t.Body]]) -> tuple[t.Body, list[HclError]]:
    """The whole blocks and attributes of a text, where they stand in it, and what is wrong with the other pieces.

    ``parsers`` read one piece (HclError or MisreadError where they cannot); the first one's fault is told.
    """
    attributes: list[t.Attribute] = []
    blocks: list[t.Block] = []
    faults: list[HclError] = []
    for line, piece in _pieces(text):
        body, fault = _read("\n" * (line - 1) + piece, parsers)
        if body is None:
            body = _salvaged(piece, line)
            faults += [fault] if fault is not None else []
        attributes += body.attributes
        blocks += body.blocks
    end = t.Span(1, 1, text.count("\n") + 1, len(text) - text.rfind("\n"))
    return t.Body(tuple(attributes), tuple(blocks), end), faults


def _read(text: str, parsers: Sequence[Callable[[str], t.Body]]) -> tuple[t.Body | None, HclError | None]:
    first: HclError | None = None
    for parser in parsers:
        try:
            return parser(text), None
        except HclError as fault:
            first = first or fault
        except MisreadError:
            pass
    return None, first


def _salvaged(piece: str, line: int) -> t.Body:
    source = piece.encode("utf-8")
    try:
        return Converter(source, line).body(body_node(root_of(source)), NOWHERE, tolerant=True)
    except (HclError, RecursionError):
        return t.Body((), (), NOWHERE)


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """The pieces of a text and the lines (from 1) they begin at; a heredoc's lines belong to its piece."""
    lines = text.split("\n")
    starts: list[int] = []
    marker = ""
    for number, line in enumerate(lines):
        if marker:
            marker = "" if line.strip() == marker else marker
            continue
        if line[:1] not in _GOES_ON:
            starts.append(number)
        _, opened, word = line.partition("<<")
        if opened and (name := word.removeprefix("-").strip()).isidentifier():
            marker = name if any(later.strip() == name for later in lines[number + 1 :]) else ""
    for start, end in pairwise([*starts, len(lines)]):
        yield start + 1, "\n".join(lines[start:end]) + "\n"
