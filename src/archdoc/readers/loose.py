"""Texts in which templates left something: expressions are hidden from a parser, and broken blocks cut out.

A template that does not render whole gives a text with ``{{ expression }}`` in it, at times with ``{% if … %}``. Most
formats cannot be parsed with these; so they are put away before, and put back into what was read.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

from archdoc.readers import yamldoor
from archdoc.readers.yamldoor import Mapping, Sequence, Text

_EXPRESSION = re.compile(r"\{\{.{1,1000}?\}\}(?!\})|\{%[\s\S]{1,1000}?%\}|\{#[\s\S]{0,4000}?#\}")
_HIDDEN = re.compile("\ue000(\\d+)\ue001")
_ALONE = re.compile("^[ \\t]*\ue000\\d+\ue001[ \\t]*$", re.MULTILINE)


class Hidden:
    """A text with its expressions put away: each is a short word of its own, on the same line."""

    def __init__(self, text: str) -> None:
        self._expressions: list[str] = []
        self.text = _EXPRESSION.sub(self._put_away, text)

    def _put_away(self, found: re.Match[str]) -> str:
        if not found[0].startswith("{{"):
            return "\n" * found[0].count("\n")  # a statement or comment: nothing of the text itself but its lines
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


def loose_toml(text: str) -> Any:
    """A TOML text, its expressions kept as they are written; None where it cannot be read."""
    hidden = Hidden(text)
    try:
        return _plain_restored(tomllib.loads(hidden.text), hidden)
    except tomllib.TOMLDecodeError:
        return None


def _plain_restored(value: Any, hidden: Hidden) -> Any:
    if isinstance(value, dict):
        return {hidden.shown(str(k)): _plain_restored(v, hidden) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain_restored(v, hidden) for v in value]
    return hidden.shown(value) if isinstance(value, str) else value


def loose_yaml(text: str, name: str) -> tuple[Any, list[int]]:
    """The first document of a YAML text, and the lines that begin what had to be cut out so that the rest can be read.

    First as it is (an expression without quotes is a mapping for YAML: not where there is one), then with the
    expressions put away, then without the top-level blocks that are not valid YAML.
    """
    if "{{" not in text:
        parsed = yamldoor.parse(text, name)
        if not parsed.problems or _is_too_much(parsed):
            return (None, [1]) if parsed.problems else (parsed.first, [])
    hidden = Hidden(text)
    parsed = yamldoor.parse(hidden.text, name)
    cut: list[int] = []
    if _is_too_much(parsed):
        return None, [1]
    if parsed.problems:
        lines = _ALONE.sub("", hidden.text).split("\n")  # what stands for whole lines may come to any lines
        for first, last in _blocks(lines):
            if _is_broken("\n".join(lines[first:last]), name):
                cut.append(first + 1)
                lines[first:last] = [""] * (last - first)
        parsed = yamldoor.parse("\n".join(lines), name)
    return (None, [1]) if parsed.problems else (hidden.restored(parsed.first), cut)


def _is_too_much(parsed: yamldoor.YamlFile) -> bool:
    """Whether a text is valid and comes to more than is read: cutting it up does not help, and takes as long again."""
    return any(p.code == "YML002" for p in parsed.problems)


def _blocks(lines: list[str]) -> list[tuple[int, int]]:
    """The top-level blocks: from each line that begins at the margin to the next one."""
    starts = [number for number, line in enumerate(lines) if line and line[0] not in " \t#-}]"]
    return list(zip(starts, [*starts[1:], len(lines)], strict=True))


def _is_broken(text: str, name: str) -> bool:
    problems = yamldoor.parse(text, name).problems
    return any("undefined alias" not in p.message for p in problems)  # what it refers to stands in another block
