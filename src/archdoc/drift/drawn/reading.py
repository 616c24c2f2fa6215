"""What the readers of all drawing syntaxes share: a place in a text, and the limits of what is read."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

TOO_LONG = 200_000
"""Characters of one drawing that are read; Mermaid itself refuses more than 50,000 unless told otherwise."""
TOO_MANY = 5_000
"""Boxes and arrows of one drawing that are read; Mermaid itself refuses more than 500 arrows unless told otherwise."""
TOO_DEEP = 100
"""Frames in frames."""
_WINDOW = 5_000
"""Characters that one label may have: how far its end is looked for."""

_FRONT_MATTER = re.compile(r"\s*---[ \t]*\n.*?\n[ \t]*---[ \t]*(?:\n|$)", re.DOTALL)
_COMMENT = re.compile(r"^[ \t]*%%(?!\{)[^\n]*", re.MULTILINE)
_NOT_NEWLINE = re.compile(r"[^\n]")


@dataclass
class Cursor:
    """A position in a text, the first line of which is ``first_line`` of its page."""

    text: str
    first_line: int = 1
    position: int = 0

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(m.end() for m in re.finditer("\n", self.text))]

    @property
    def at_end(self) -> bool:
        """Whether all is read."""
        return self.position >= len(self.text)

    @property
    def line(self) -> int:
        """The line of the page that the position is in."""
        return self.line_of(self.position)

    def line_of(self, position: int) -> int:
        """The line of the page that a position is in."""
        return self.first_line + bisect_right(self._starts, position) - 1

    def skip(self, pattern: re.Pattern[str]) -> str:
        """What a pattern matches here, passed over; "" where it does not match."""
        found = pattern.match(self.text, self.position)
        if found is None:
            return ""
        self.position = found.end()
        return found[0]

    def until(self, closings: tuple[str, ...], quotes: bool = False) -> str | None:
        """The text before the first of some signs, which are passed over with it; None if none is near.

        With ``quotes`` a sign inside double quotes does not count.
        """
        near = self.text[self.position : self.position + _WINDOW]
        counted = re.sub(r'"[^"]*"', lambda m: "\0" * len(m[0]), near) if quotes else near
        found = [(at, closing) for closing in closings if (at := counted.find(closing)) >= 0]
        if not found:
            return None
        at, closing = min(found)
        self.position += at + len(closing)
        return near[:at]


def blank_comments(text: str) -> str:
    """The text with front matter, directives and comments as blanks, so that every other thing keeps its line.

    https://mermaid.js.org/intro/syntax-reference.html
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    front = _FRONT_MATTER.match(text)
    if front is not None:
        text = _blank(front[0]) + text[front.end() :]
    return _COMMENT.sub(lambda m: _blank(m[0]), _without_directives(text))


def _without_directives(text: str) -> str:
    made = []
    at = 0
    while (begin := text.find("%%{", at)) >= 0 and (end := text.find("}%%", begin)) >= 0:
        made += [text[at:begin], _blank(text[begin : end + 3])]
        at = end + 3
    return "".join([*made, text[at:]])


def _blank(text: str) -> str:
    return _NOT_NEWLINE.sub(" ", text)
