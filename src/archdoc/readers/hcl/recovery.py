"""What can be read of a broken file: every block and attribute that is whole.

tree-sitter's own recovery may lose all that follows a brace too few or too many. So a file is cut where
``terraform fmt`` begins a block, at a line that is not indented and closes nothing, and each piece is read alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from archdoc.readers.hcl import tree as t
from archdoc.readers.hcl.parsed import NOWHERE, HclError, MisreadError, SlowError
from archdoc.readers.hcl.sitter_source import body_node, first_error, root_of
from archdoc.readers.hcl.sitter_tree import Converter

MAX_FAULTS = 20
"""Broken pieces of a file that are looked into; what follows the last is not read."""

_NOTHING = t.Body((), (), NOWHERE)
_GOES_ON = ("", " ", "\t", "}", "]", ")")
"""What a line that does not begin a block begins with."""


def whole_parts(text: str, parser: Callable[[str], t.Body]) -> tuple[t.Body, list[HclError]]:
    """The whole blocks and attributes of a text, where they stand in it, and what is wrong with the other pieces.

    ``parser`` has a second look at the pieces that tree-sitter cannot read (HclError or MisreadError where it
    cannot either).
    """
    attributes: list[t.Attribute] = []
    blocks: list[t.Block] = []
    faults: list[HclError] = []
    for line, piece in _pieces(text):
        try:
            body, fault = _read(piece, line, parser)
        except SlowError:
            break
        attributes += body.attributes
        blocks += body.blocks
        if fault is not None:
            faults.append(fault)
            if len(faults) == MAX_FAULTS:
                break
    end = t.Span(1, 1, text.count("\n") + 1, len(text) - text.rfind("\n"))
    return t.Body(tuple(attributes), tuple(blocks), end), faults


def _read(piece: str, line: int, parser: Callable[[str], t.Body]) -> tuple[t.Body, HclError | None]:
    source = piece.encode("utf-8")
    converter = Converter(source, line)
    fault: HclError | None = None
    root = root_of(source)
    if not root.has_error:
        try:
            return converter.body(body_node(root), NOWHERE), None
        except HclError as error:
            fault = error
    try:
        return parser("\n" * (line - 1) + piece), None
    except HclError as error:
        fault = fault or error
    except MisreadError:
        fault = fault or HclError("not valid HCL", converter.span(first_error(root)))
    try:
        return Converter(source, line).body(body_node(root), NOWHERE, tolerant=True), fault
    except HclError:
        return _NOTHING, fault


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """The pieces of a text and the lines (from 1) they begin at; a heredoc's lines belong to its piece."""
    lines = text.split("\n")
    last = {line.strip(): number for number, line in enumerate(lines)}
    starts: list[int] = []
    marker = ""
    for number, line in enumerate(lines):
        if marker:
            marker = "" if line.strip() == marker else marker
            continue
        if line[:1] not in _GOES_ON:
            starts.append(number)
        _, opened, word = line.partition("<<")
        name = word.removeprefix("-").strip() if opened else ""
        if name.isidentifier() and last.get(name, 0) > number:
            marker = name
    for start, end in pairwise([*starts, len(lines)]):
        yield start + 1, "\n".join(lines[start:end]) + "\n"
