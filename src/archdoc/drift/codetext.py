"""Blocks of which a part is not known: their values cannot tell whether the code behind that part is another one.

So the code itself is compared, without comments, spaces and order of lines, and without arguments whose values are
known: those tell. Only what is not told by values already is added: a block whose known values differ is told anyway.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from archdoc.model.change import AttributeChange, Change, GraphDiff, NodeChange
from archdoc.model.facts import Node, NodeKind, Source
from archdoc.model.graph import Graph
from archdoc.model.naming import title
from archdoc.readers.secrets import mask_text

ReadText = Callable[[str], str | None]
"""The text of a file on one side, by its path; None where it cannot be read."""

_KINDS = (NodeKind.RESOURCE, NodeKind.DATA_SOURCE, NodeKind.MODULE, NodeKind.LOCAL, NodeKind.OUTPUT)
_PIECES = re.compile(r'"(?:[^"\\]|\\.)*"|#[^\n]*|//[^\n]*|/\*.*?\*/|\s+|.', re.DOTALL)
_ARGUMENT = re.compile(r'([\w-]+) ?(?:=(?!=)|\{)|[\w-]+ "')
"""The beginning of an argument or a block; one with labels (``dynamic "rule"``) has no name of its own."""
_OPENING = frozenset("[({")
_CLOSING = frozenset("])}")
_COMMENT = ("#", "//", "/*")


def with_code(diff: GraphDiff, before: Graph, after: Graph, old: ReadText, new: ReadText) -> GraphDiff:
    """The differences, and those of code whose values are not known."""
    told = {c.node.id for c in diff.nodes}
    more = []
    for node in after.nodes(*_KINDS):
        earlier = before.find(node.id)
        if earlier is None or node.id in told or not node.attributes.get("unknown"):
            continue
        told_by_values = _known(earlier) & _known(node)
        changed = _open(_lines(earlier.source, old), told_by_values), _open(_lines(node.source, new), told_by_values)
        if changed[0] and changed[1] and sorted(changed[0]) != sorted(changed[1]):
            more.append(_change(earlier, node, *changed))
    if not more:
        return diff
    return replace(diff, nodes=tuple(sorted((*diff.nodes, *more), key=lambda c: c.node.id)))


def _change(earlier: Node, node: Node, before: list[str], after: list[str]) -> NodeChange:
    parts: tuple[list[str], list[str]] = ([], [])
    for line in difflib.ndiff(before, after):
        if line[:1] in "-+":
            parts["-+".index(line[0])].append(line[2:])
    one, other = (mask_text("\n".join(lines)) or None for lines in parts)
    return NodeChange(Change.CHANGED, title(node), earlier, node, (AttributeChange("code", one, other),))


def _known(node: Node) -> set[str]:
    """The arguments of a block that are known with all that is in them, and ``count`` of an instance that has a number:
    how many there are is told by the instances."""
    unknown = node.attributes.get("unknown")
    values = node.attributes.get("inputs" if node.kind is NodeKind.MODULE else "values")
    if not isinstance(unknown, Mapping) or not isinstance(values, Mapping):
        return set()
    numbered = node.terraform is not None and isinstance(node.terraform.instance_key, int)
    return {*values, *(("count",) if numbered else ())} - {re.split(r"[.\[]", path, maxsplit=1)[0] for path in unknown}


def _open(lines: list[str], known: set[str]) -> list[str]:
    """The lines of a block that are not of a known argument; all of them where brackets do not match."""
    kept: list[str] = []
    depth, argument = 0, ""
    for line in lines:
        if depth == 1 and (begun := _ARGUMENT.match(line)):
            argument = begun[1] or ""
        if depth == 0 or (depth == 1 and line == "}") or argument not in known:
            kept.append(line)
        for piece in _PIECES.findall(line):
            depth += (piece in _OPENING) - (piece in _CLOSING)
    return kept if depth == 0 else lines


def _lines(source: Source, read: ReadText) -> list[str]:
    """The lines of a block that say something, each without its spaces and comments."""
    text = read(source.path)
    if text is None:
        return []
    block = "\n".join(text.splitlines()[source.line - 1 : source.end_line])
    kept: list[str] = []
    for piece in _PIECES.findall(block):
        if piece.startswith(_COMMENT):
            continue
        if piece.isspace():
            kept.append("\n" if "\n" in piece else " ")
        elif piece == ",":  # one item of a list to a line, however it was written; a last comma says nothing
            kept.append("\n")
        elif piece in "[({":
            kept.append(f"{piece}\n")
        elif piece in "])}":
            kept.append(f"\n{piece}")
        else:
            kept.append(f" {piece} " if piece in "=:?" else piece)
    return [
        line
        for each in "".join(kept).splitlines()
        if (line := re.sub(r"(?<=[=:?])  +|  +(?=[=:?])", " ", each).strip())
    ]
