"""JSON in which everything knows its place, and an object keeps properties of the same name.

The standard library's parser tells neither; it still reads the strings here.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from archdoc.readers.hcl import tree as t
from archdoc.readers.hcl.literals import whole_characters
from archdoc.readers.hcl.parsed import MAX_DEPTH, HclError, too_deep


@dataclass(frozen=True, slots=True)
class Scalar:
    """A string, number, true, false or null."""

    value: str | int | Decimal | bool | None
    span: t.Span


@dataclass(frozen=True, slots=True)
class Array:
    """``[…]``."""

    items: tuple[Node, ...]
    span: t.Span


@dataclass(frozen=True, slots=True)
class Property:
    """``"name": value``; ``span`` is the name's."""

    name: str
    value: Node
    span: t.Span


@dataclass(frozen=True, slots=True)
class Object:
    """``{…}``."""

    properties: tuple[Property, ...]
    span: t.Span


Node: TypeAlias = Scalar | Array | Object

_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_WORDS = {"true": True, "false": False, "null": None}


def parse_placed(text: str) -> Node:
    """The one value that the text is (HclError, with its place, where it is not valid JSON)."""
    return _Reader(text).document()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0
        self._starts = [0, *(m.end() for m in re.finditer("\n", text))]

    def document(self) -> Node:
        made = self._value()
        if self._peek():
            raise self._wrong("the file goes on after its value")
        return made

    def _value(self) -> Node:
        char = self._peek()
        start = self._at
        if char == '"':
            return Scalar(self._string(), self._span(start))
        if char in ("{", "["):
            self._depth += 1
            if self._depth > MAX_DEPTH:
                raise too_deep(self._span(start))
            made = self._object(start) if char == "{" else self._array(start)
            self._depth -= 1
            return made
        for word, value in _WORDS.items():
            if self._text.startswith(word, start):
                self._at += len(word)
                return Scalar(value, self._span(start))
        return self._number(start)

    def _number(self, start: int) -> Node:
        match = _NUMBER.match(self._text, start)
        if match is None:
            raise self._wrong("a value is missing here" if self._peek() else "the file ends too early")
        self._at = match.end()
        whole = match[1] is None and match[2] is None and len(match[0]) < 4000
        return Scalar(int(match[0]) if whole else Decimal(match[0]), self._span(start))

    def _string(self) -> str:
        match = _STRING.match(self._text, self._at)
        if match is None:
            raise self._wrong("this string does not end on its line")
        try:
            text = json.loads(match[0])
        except ValueError:
            raise self._wrong("this string has an escape that JSON does not know") from None
        self._at = match.end()
        return whole_characters(text)

    def _array(self, start: int) -> Node:
        self._at += 1
        items: list[Node] = []
        if self._peek() != "]":
            items.append(self._value())
            while self._next(",", "]") == ",":
                items.append(self._value())
        else:
            self._at += 1
        return Array(tuple(items), self._span(start))

    def _object(self, start: int) -> Node:
        self._at += 1
        properties: list[Property] = []
        if self._peek() != "}":
            properties.append(self._property())
            while self._next(",", "}") == ",":
                properties.append(self._property())
        else:
            self._at += 1
        return Object(tuple(properties), self._span(start))

    def _property(self) -> Property:
        if self._peek() != '"':
            raise self._wrong("a property's name in quotes is missing here")
        start = self._at
        name = self._string()
        span = self._span(start)
        self._next(":")
        return Property(name, self._value(), span)

    def _peek(self) -> str:
        """The next character that is no white space; "" at the end."""
        self._at = _SPACE.match(self._text, self._at).end()  # type: ignore[union-attr]  # it matches nothing too
        return self._text[self._at : self._at + 1]

    def _next(self, *wanted: str) -> str:
        char = self._peek()
        if char not in wanted or not char:
            raise self._wrong(f"{' or '.join(wanted)} is missing here")
        self._at += 1
        return char

    def _span(self, start: int) -> t.Span:
        return t.Span(*self._place(start), *self._place(self._at))

    def _place(self, at: int) -> tuple[int, int]:
        line = bisect_right(self._starts, at)
        return line, at - self._starts[line - 1] + 1

    def _wrong(self, message: str) -> HclError:
        return HclError(message, self._span(self._at))
