"""The literal text of templates: its tokens, escapes, strip markers and the indentation of ``<<-``.

HCL strips and outdents token by token, not the text as a whole: ``~}`` before a line end takes that line end and
leaves the next line's indentation. So the text is cut here as HCL's scanner cuts it.
https://github.com/hashicorp/hcl/blob/main/hclsyntax/scan_tokens.rl and parser_template.go beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

SPACE = (
    "\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""What Go's unicode.IsSpace counts as white space."""

_QUOTED_TOKEN = re.compile(r"\$\$\{~?|%%\{~?|[$%]|(?:\\.|[^$%\\])+|\\", re.DOTALL)
_LINE_TOKEN = re.compile(r"(?:\$\$\{~?|%%\{~?|[$%]|[^$%\n]+)\n?|\n")
_ESCAPE = re.compile(r'\\(?:n|r|t|"|\\|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})|\$\$\{|%%\{')
_OPENING = re.compile(r"\$\$\{|%%\{|\$\{|%\{")
_DOUBLED = re.compile(r"\$\$\{|%%\{")
_SIMPLE = {"\\n": "\n", "\\r": "\r", "\\t": "\t", '\\"': '"', "\\\\": "\\", "$${": "${", "%%{": "%{"}


class Literal:
    """The tokens of one stretch of literal text, escapes resolved."""

    __slots__ = ("tokens",)

    def __init__(self, raw: str, quoted: bool) -> None:
        cut, resolve = (_QUOTED_TOKEN, unescape) if quoted else (_LINE_TOKEN, undouble)
        self.tokens = [resolve(token) for token in cut.findall(raw)]

    def strip_end(self) -> None:
        """``${~`` follows: take white space off the last token."""
        if self.tokens:
            self.tokens[-1] = self.tokens[-1].rstrip(SPACE)

    def strip_start(self) -> None:
        """``~}`` comes before: take white space off the first token."""
        if self.tokens:
            self.tokens[0] = self.tokens[0].lstrip(SPACE)

    def text(self) -> str:
        """What is left."""
        return "".join(self.tokens)


def outdent(parts: Iterable[Literal | None]) -> None:
    """Take off the white space that all lines of a flush heredoc share; None stands for what is no literal.

    A line of white space alone does not count, and keeps its own.
    """
    widths: list[int] = []
    leading: list[tuple[Literal, int]] = []
    newline = True
    for part in parts:
        if part is None:
            if newline:
                widths.append(0)
            newline = False
            continue
        for at, token in enumerate(part.tokens):
            if newline:
                newline = False
                width = len(token) - len(token.lstrip(SPACE))
                if width < len(token) or not token.endswith("\n"):
                    widths.append(width)
                    leading.append((part, at))
            if token.endswith("\n"):
                newline = True
    width = min(widths, default=0)
    for part, at in leading:
        part.tokens[at] = part.tokens[at][width:]


def unescape(raw: str) -> str:
    """A quoted string's text with its escapes resolved."""
    if "\\" not in raw and "{" not in raw:
        return raw
    return _ESCAPE.sub(lambda match: _SIMPLE.get(match[0]) or _code_point(match[0]), raw)


def has_invalid_escape(raw: str) -> bool:
    """Whether a backslash of a quoted string's text begins no escape."""
    return "\\" in _ESCAPE.sub("", raw)


def has_template(raw: str) -> bool:
    """Whether an interpolation or a directive begins in a quoted string's text."""
    return "{" in raw and any(token in ("${", "%{") for token in _OPENING.findall(raw))


def undouble(raw: str) -> str:
    """A heredoc's or template file's text: only ``$${`` and ``%%{`` are escapes there."""
    return _DOUBLED.sub(lambda match: _SIMPLE[match[0]], raw) if "{" in raw else raw


def whole_characters(text: str) -> str:
    """A string of JSON. Half a surrogate pair is no character; Go puts U+FFFD in its place."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _code_point(escape: str) -> str:
    point = int(escape[2:], 16)
    return chr(point) if point <= 0x10FFFF and not 0xD800 <= point <= 0xDFFF else "\ufffd"
