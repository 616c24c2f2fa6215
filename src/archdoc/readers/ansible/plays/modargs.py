"""Arguments written as one text: ``name=nginx state=present``, ``chdir=/srv make all``.

The rules are those of ansible-core's parsing/splitter.py: blanks inside of quotes and of ``{{ }}`` do not
separate, and the free text of command-like modules keeps every ``key=value`` that is none of their options.
"""

from __future__ import annotations

import codecs
import re

COMMAND_OPTIONS = frozenset(
    {"creates", "removes", "chdir", "executable", "warn", "stdin", "stdin_add_newline", "strip_empty_ends"}
)
"""The options that a command-like module takes out of its free text."""
RAW = "_raw_params"
"""The argument that holds free text, as Ansible calls it."""
_PAIRS = (("{{", "}}"), ("{%", "%}"), ("{#", "#}"))
_ESCAPE = re.compile(
    r"\\U[0-9a-fA-F]{8}|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\[0-7]{1,3}|\\N\{[^}]+\}|\\[\\'\"abfnrtv]"
)
_EQUALS = re.compile(r"(?<!\\)=")


def split_arguments(text: str) -> list[str]:
    """The words of a text; a word keeps its quotes, and the line end behind it.

    A quote or a template that is never closed takes the rest of the text with it.
    """
    words: list[str] = []
    quote = ""
    depths = [0, 0, 0]
    lines = text.split("\n")
    for number, line in enumerate(lines):
        continued = False
        for index, token in enumerate(line.split(" ")):
            if not token and index:
                words[-1:] = [(words[-1] if words else "") + " "]
                continue
            inside = bool(quote) or any(depths)
            if token == "\\" and not quote:
                continued = True
                continue
            was_quoted = bool(quote)
            quote = _quote_behind(token, quote)
            depths = [_depth(token, depth, *pair) for depth, pair in zip(depths, _PAIRS, strict=True)]
            if inside:
                blank = " " if index else ""
                words[-1:] = [(words[-1] if words else "") + blank + token]
            elif token or quote or was_quoted:
                words.append(token)
        if len(lines) > 1 and number != len(lines) - 1 and not continued:
            words[-1:] = [(words[-1] if words else "") + "\n"]
    return words


def _quote_behind(token: str, quote: str) -> str:
    """The quote that is open behind a token."""
    before = ""
    for char in token:
        if char in "\"'" and before != "\\":
            quote = ("" if char == quote else quote) if quote else char
        before = char
    return quote


def _depth(token: str, depth: int, opening: str, closing: str) -> int:
    return max(0, depth + token.count(opening) - token.count(closing))


def parse_arguments(text: str, free: bool = False) -> dict[str, str]:
    """The ``key=value`` pairs of a text; what is no pair is joined under ``_raw_params``.

    ``free`` for command-like modules: there only ``COMMAND_OPTIONS`` are taken out.
    """
    options: dict[str, str] = {}
    rest: list[str] = []
    for word in split_arguments(text):
        decoded = _ESCAPE.sub(_decode, word)
        equals = _EQUALS.search(decoded, 1)
        if equals is None:
            rest.append(decoded.replace("\\=", "=") if "=" in decoded else word)
            continue
        key, value = decoded[: equals.start()], decoded[equals.end() :]
        if free and key not in COMMAND_OPTIONS:
            rest.append(word)
        else:
            options[key.strip()] = _unquoted(value.strip())
    if rest:
        options[RAW] = _joined(rest)
    return options


def _decode(found: re.Match[str]) -> str:
    try:
        return codecs.decode(found[0], "unicode-escape")
    except (UnicodeDecodeError, ValueError):
        return found[0]


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" and value[-2] != "\\"
    return value[1:-1] if quoted else value


def _joined(words: list[str]) -> str:
    text = ""
    for word in words:
        text += word if not text or text.endswith("\n") else " " + word
    return text
