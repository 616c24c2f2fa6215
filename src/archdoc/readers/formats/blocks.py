"""Configuration made of directives and blocks in braces, as nginx and Caddy have it.

https://nginx.org/en/docs/beginners_guide.html#conf_structure, https://caddyserver.com/docs/caddyfile/concepts#structure
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from archdoc.readers.loose import Hidden

MAX_DEPTH = 40
_TOKEN = re.compile(
    r"(?P<comment>#[^\n]*)|(?P<newline>\n)|(?P<space>[ \t\r]+)"
    r"|(?P<quoted>\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|`[^`]*`)"
    r"|(?P<end>;)|(?P<open>\{)|(?P<close>\})|(?P<word>(?:\$\{\w+\}|\{[\w$.:>?*/-]+\}|\\.|[^\s;{}])+)"
)


@dataclass(slots=True)
class Directive:
    """A directive: its words (the name first), its line, and what stands in its block (None where it has none)."""

    words: list[str]
    line: int
    block: list[Directive] | None = None

    @property
    def name(self) -> str:
        """The first word."""
        return self.words[0] if self.words else ""

    @property
    def arguments(self) -> list[str]:
        """The other words."""
        return self.words[1:]

    def all(self, *names: str) -> Iterator[Directive]:
        """The directives of these names in its block, at any depth."""
        for inner in self.block or ():
            if not names or inner.name in names:
                yield inner
            yield from inner.all(*names)

    def own(self, *names: str) -> Iterator[Directive]:
        """The directives of these names that stand in its block itself."""
        return (inner for inner in self.block or () if inner.name in names)


def parse(text: str, line_ends: bool = False) -> Directive:
    """A text as one nameless directive with everything in its block. ``line_ends``: a directive ends with its line.

    Braces that do not match are taken as they come; expressions of a template stay as they are.
    """
    hidden = Hidden(text)
    root = Directive([], 1, [])
    stack = [root]
    words: list[str] = []
    line = started = 1

    def finish(block: list[Directive] | None = None) -> Directive | None:
        nonlocal words
        if not words and block is None:
            return None
        made = Directive(words, started, block)
        inside = stack[-1].block
        assert inside is not None
        inside.append(made)
        words = []
        return made

    for token in _TOKEN.finditer(hidden.text):
        kind, value = token.lastgroup, token[0]
        if kind == "newline":
            if line_ends:
                finish()
            line += 1
            continue
        if kind in ("space", "comment"):
            continue
        if not words:
            started = line
        if kind in ("word", "quoted"):
            words.append(hidden.shown(value[1:-1] if kind == "quoted" else value))
            line += value.count("\n")
        elif kind == "end":
            finish()
        elif kind == "open":
            opened = finish([])
            if opened is not None and len(stack) < MAX_DEPTH:
                stack.append(opened)
        else:
            finish()
            if len(stack) > 1:
                stack.pop()
    finish()
    return root
