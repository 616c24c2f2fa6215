"""Texts in which templates left something: expressions are hidden from a parser, and broken blocks cut out.

A template that does not render whole gives a text with ``{{ expression }}`` in it, at times with ``{% if … %}``. Most
formats cannot be parsed with these; so they are put away before, and put back into what was read.
"""

from __future__ import annotations

import re
from typing import Any

from archdoc.readers import yamldoor
from archdoc.readers.yamldoor import Mapping, Sequence, Text

_EXPRESSION = re.compile(r"\{\{.*?\}\}(?!\})|\{%.*?%\}|\{#.*?#\}")
_HIDDEN = re.compile("\ue000(\\d+)\ue001")
_MAX_CUTS = 12


class Hidden:
    """A text with its expressions put away: each is a short word of its own, on the same line."""

    def __init__(self, text: str) -> None:
        self._expressions: list[str] = []
        self.text = _EXPRESSION.sub(self._put_away, text)

    def _put_away(self, found: re.Match[str]) -> str:
        if not found[0].startswith("{{"):
            return ""  # a statement or comment: nothing of the text itself
        self._expressions.append(found[0])
        return f"\ue000{len(self._expressions) - 1}\ue001"

    def shown(self, text: str) -> str:
        """A piece of the text with its expressions again."""
        return _HIDDEN.sub(lambda found: self._expressions[int(found[1])], text) if "\ue000" in text else text

    def restored(self, value: Any) -> Any:
        """A parsed value with its expressions again, its lines kept."""
        if isinstance(value, Text):
            return Text(self.shown(value), value.line, value.style)
        if isinstance(value, Mapping):
            mapping = Mapping(value.line, value.end_line, value.tag)
            for key, inner in value.items():
                shown = self.restored(key)
                mapping[shown] = self.restored(inner)
                mapping.lines[shown] = value.line_of(key)
            return mapping
        if isinstance(value, Sequence):
            sequence = Sequence(value.line, value.end_line, value.tag)
            sequence.extend(self.restored(inner) for inner in value)
            sequence.lines = list(value.lines)
            return sequence
        return value


def loose_yaml(text: str, name: str) -> tuple[Any, list[int]]:
    """The first document of a YAML text, and the lines that begin what had to be cut out so that the rest can be read.

    First as it is, then with the expressions put away, then without the top-level blocks that are not valid YAML.
    """
    parsed = yamldoor.parse(text, name)
    if not parsed.problems:
        return parsed.first, []
    hidden = Hidden(text)
    rest, cut = hidden.text, list[int]()
    for _ in range(_MAX_CUTS):
        parsed = yamldoor.parse(rest, name)
        if not parsed.problems:
            break
        lines = rest.split("\n")
        first, last = _block(lines, min(parsed.problems[0].source.line, len(lines)) - 1)
        if not any(lines[first:last]):
            return None, [1]
        cut.append(first + 1)
        lines[first:last] = [""] * (last - first)
        rest = "\n".join(lines)
    return (hidden.restored(parsed.first), cut) if not parsed.problems else (None, [*cut, 1])


def _block(lines: list[str], wrong: int) -> tuple[int, int]:
    """The top-level block around a line: from the key at the margin to the next one."""

    def begins(line: str) -> bool:
        return bool(line) and line[0] not in " \t#-}]"

    first = wrong
    while first > 0 and not begins(lines[first]):
        first -= 1
    if first == wrong and first > 0 and not lines[first].rstrip().endswith(":") and ":" not in lines[first]:
        first -= 1  # what is at the margin by mistake breaks the block before it
        while first > 0 and not begins(lines[first]):
            first -= 1
    last = max(first, wrong) + 1
    while last < len(lines) and not begins(lines[last]):
        last += 1
    return first, last
