"""Regular expressions: https://developer.hashicorp.com/terraform/language/functions/regex.

Terraform uses Go's regexp package: RE2's syntax, RE2's linear time. So does archdoc, by RE2 itself. Text is searched
as UTF-8, and step by step as Go does it: an empty match right after another match does not count.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any, TypeAlias

from archdoc.readers.terraform.convert import convert
from archdoc.readers.terraform.errors import BudgetError, EvaluationError, check_elements, check_string
from archdoc.readers.terraform.functions.registry import FunctionContext, general, simple
from archdoc.readers.terraform.types import STRING, Type, list_of, object_of, tuple_of
from archdoc.readers.terraform.values import Value, list_value, null, object_value, string, tuple_value, unknown_from

_MAX_PATTERN = 10_000
_MEMORY = 16 * 1024 * 1024

_ANY_BYTE = re.compile(r"(?<!\\)(?:\\\\)*\\C")

Spans: TypeAlias = list[tuple[int, int]]
"""Where the whole match and each group begin and end, in bytes; (-1, -1) for a group that took no part."""


class Pattern:
    """A compiled pattern."""

    __slots__ = ("_compiled", "groups", "names")

    def __init__(self, pattern: str) -> None:
        import re2

        if _ANY_BYTE.search(pattern):
            raise EvaluationError(r"invalid regexp pattern: Go has no \C")
        options = re2.Options()
        options.log_errors = False
        options.max_mem = _MEMORY
        try:
            self._compiled: Any = re2.compile(pattern.encode("utf-8"), options)
        except re2.error as error:
            reason = error.args[0].decode("utf-8", "replace") if isinstance(error.args[0], bytes) else str(error)
            raise EvaluationError(f"invalid regexp pattern: {reason}") from None
        self.groups: int = self._compiled.groups
        self.names: dict[str, int] = {n.decode("utf-8"): i for n, i in self._compiled.groupindex.items()}
        if self.names and len(self.names) != self.groups:
            raise EvaluationError("invalid regexp pattern: cannot mix both named and unnamed capture groups")

    def first(self, text: bytes, start: int = 0) -> Spans | None:
        """The leftmost match at or after a byte."""
        match = self._compiled.search(text, start)
        return None if match is None else [match.span(i) for i in range(self.groups + 1)]

    def matches(self, text: bytes) -> Iterator[Spans]:
        """All matches that do not overlap, as Go's FindAll has them."""
        at, last = 0, -1
        while at <= len(text):
            spans = self.first(text, at)
            if spans is None:
                return
            start, end = spans[0]
            if end == at:
                accepted, at = start != last, _after(text, at)
            else:
                accepted, at = True, end
            last = end
            if accepted:
                yield spans

    def replaced(self, text: bytes, template: bytes) -> bytes:
        """All matches replaced, as Go's ReplaceAll does it."""
        parts = _template(template)
        made: list[bytes] = []
        at = last = size = 0
        while at <= len(text):
            spans = self.first(text, at)
            if spans is None:
                break
            start, end = spans[0]
            by = self._expanded(parts, spans, text) if end > last or start == 0 else b""
            made += (text[last:start], by)
            size += start - last + len(by)
            check_string(size)
            last = end
            at = end if end > at else _after(text, at)
        return b"".join(made) + text[last:]

    def _expanded(self, parts: list[bytes | str], spans: Spans, text: bytes) -> bytes:
        made = []
        for part in parts:
            if isinstance(part, bytes):
                made.append(part)
                continue
            number = int(part) if part.isdigit() else self.names.get(part, -1)
            if 0 <= number <= self.groups and spans[number][0] >= 0:
                made.append(text[slice(*spans[number])])
        return b"".join(made)

    @property
    def result(self) -> Type:
        """The type of what one match gives: a string, a tuple of the groups, or an object of the named ones."""
        if self.names:
            return object_of(dict.fromkeys(self.names, STRING))
        return tuple_of([STRING] * self.groups) if self.groups else STRING

    def value(self, spans: Spans, text: bytes) -> Value:
        """What one match gives."""
        found = [null(STRING) if s < 0 else string(text[s:e].decode("utf-8", "replace")) for s, e in spans]
        if self.names:
            return object_value({name: found[number] for name, number in self.names.items()})
        return tuple_value(found[1:]) if self.groups else found[0]


@functools.lru_cache(maxsize=64)
def compiled(pattern: str) -> Pattern:
    """A pattern in RE2's syntax (EvaluationError if it is not)."""
    if len(pattern) > _MAX_PATTERN:
        raise BudgetError(f"is a pattern of more than {_MAX_PATTERN} characters")
    return Pattern(pattern)


def _after(text: bytes, at: int) -> int:
    """The byte at which the next character begins."""
    at += 1
    while at < len(text) and text[at] & 0xC0 == 0x80:
        at += 1
    return at


_REFERENCE = re.compile(rb"\$(?:(\$)|(\w+)|\{(\w+)\})", re.ASCII)


@functools.lru_cache(maxsize=64)
def _template(template: bytes) -> list[bytes | str]:
    """A replacement cut at ``$1``, ``$name`` and ``${name}``, which become strings."""
    parts: list[bytes | str] = []
    at = 0
    for reference in _REFERENCE.finditer(template):
        parts.append(template[at : reference.start()])
        name = reference[2] or reference[3]
        parts.append(name.decode("ascii") if name else b"$")
        at = reference.end()
    return [*parts, template[at:]]


def _strings(arguments: list[Value]) -> tuple[Value, Value]:
    pattern, text = (convert(a, STRING) for a in arguments)
    if pattern.is_null or text.is_null:
        raise EvaluationError("argument must not be null")
    return pattern, text


@general("regex", 2)
def regex(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/regex."""
    given, text = _strings(arguments)
    if given.is_unknown:
        return unknown_from(given, text)
    pattern = compiled(given.raw)
    if text.is_unknown:
        return unknown_from(text, given, kind=pattern.result, not_null=True)
    encoded = text.raw.encode("utf-8")
    spans = pattern.first(encoded)
    if spans is None:
        raise EvaluationError("pattern did not match any part of the given string")
    return pattern.value(spans, encoded).like(*arguments)


@general("regexall", 2)
def regexall(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/regexall."""
    given, text = _strings(arguments)
    if given.is_unknown:
        return unknown_from(given, text)
    pattern = compiled(given.raw)
    if text.is_unknown:
        return unknown_from(text, given, kind=list_of(pattern.result), not_null=True)
    encoded = text.raw.encode("utf-8")
    found = []
    for spans in pattern.matches(encoded):
        found.append(pattern.value(spans, encoded))
        check_elements(len(found))
    return list_value(found, pattern.result).like(*arguments)


@simple("replace", STRING, STRING, STRING, returns=STRING)
def replace(text: str, part: str, by: str) -> str:
    """functions/replace: ``part`` between slashes is a regular expression."""
    if len(part) > 1 and part.startswith("/") and part.endswith("/"):
        return compiled(part[1:-1]).replaced(text.encode("utf-8"), by.encode("utf-8")).decode("utf-8", "replace")
    check_string(len(text) + len(by) * (text.count(part) if part else len(text) + 1))
    return text.replace(part, by)
