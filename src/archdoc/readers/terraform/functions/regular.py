"""Regular expressions: https://developer.hashicorp.com/terraform/language/functions/regex.

Terraform uses Go's RE2 syntax. Patterns are translated to Python's; what RE2 has not (backreferences, look-around)
is an error, and a pattern that could take exponential time on a long text is refused.
"""

from __future__ import annotations

import functools
import re
import warnings

from archdoc.readers.terraform.convert import convert
from archdoc.readers.terraform.errors import BudgetError, EvaluationError
from archdoc.readers.terraform.functions.registry import FunctionContext, general, simple
from archdoc.readers.terraform.types import DYNAMIC, STRING, list_of
from archdoc.readers.terraform.values import Value, list_value, null, object_value, string, tuple_value, unknown_from

_MAX_PATTERN = 2000
_RISKY = re.compile(r"[+*}]\)?[+*{]|\([^()]*[+*|][^()]*\)[+*{]")
_MAX_RISKY_TEXT = 24
_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": "\\x00-\\x7f",
    "blank": "\\t ",
    "cntrl": "\\x00-\\x1f\\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@\\[-`{-~",
    "space": "\\t\\n\\v\\f\\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}


@functools.lru_cache(maxsize=512)
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern in RE2's syntax (EvaluationError if it is not)."""
    if len(pattern) > _MAX_PATTERN:
        raise BudgetError(f"is a pattern of more than {_MAX_PATTERN} characters")
    if re.search(r"(?<!\\)(?:\\\\)*(?:\(\?(?:[=!]|<[=!])|\\[1-9])", pattern) or "(?P=" in pattern or "(?#" in pattern:
        raise EvaluationError("the pattern uses syntax that RE2 does not have")
    translated = re.sub(r"\[:(\^?)(\w+):\]", lambda m: _CLASSES.get(m[2], m[0]) if not m[1] else m[0], pattern)
    translated = re.sub(r"\(\?<([A-Za-z_]\w*)>", r"(?P<\1>", translated).replace(r"\z", r"\Z")
    translated = re.sub(r"(?<!\\)((?:\\\\)*)\\pL", r"\1[^\\W\\d_]", translated)
    translated = _dollar(translated)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return re.compile(translated, re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise EvaluationError(f"the pattern is not valid: {error}") from None


def _dollar(pattern: str) -> str:
    """In RE2 ``$`` is the very end of the text, in Python also the place before a last line end."""
    made, in_class, at = [], False, 0
    multiline = bool(re.match(r"\(\?[a-zA-Z]*m", pattern))
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            made.append(pattern[at : at + 2])
            at += 2
            continue
        if char == "[" and not in_class:
            in_class = True
            if pattern[at + 1 : at + 2] == "]" or pattern[at + 1 : at + 3] == "^]":
                end = at + (2 if pattern[at + 1] == "]" else 3)
                made.append(pattern[at:end].replace("]", "\\]"))
                at = end
                continue
        elif char == "[" and in_class:
            char = "\\["
        elif char == "]":
            in_class = False
        elif char == "$" and not in_class and not multiline:
            char = r"\Z"
        made.append(char)
        at += 1
    return "".join(made)


def guard(pattern: str, text: str) -> None:
    """Refuse nested repetition over a long text: RE2 takes linear time there, Python may take forever."""
    if len(text) > _MAX_RISKY_TEXT and _RISKY.search(pattern):
        simplified = re.sub(r"\\.|\[[^\]]*\]", "x", pattern)
        if re.search(r"\((?:[^()]*[+*][^()]*)\)[+*]|\((?:[^()]*[+*][^()]*)\)\{", simplified) and _ambiguous(simplified):
            raise BudgetError("repeats a repetition; archdoc does not try that on a long text")


def _ambiguous(simplified: str) -> bool:
    """A repeated group whose every part may be repeated: ``(a+)+``, ``(a*)*``, ``(.*)+``; a fixed separator in the
    group (``(\\.a+)*``) leaves only one way to match."""
    for inner in re.findall(r"\((?:\?:|\?P?<\w+>)?([^()]*)\)[+*{]", simplified):
        fixed = re.sub(r".[+*?]\??", "", inner)
        if not fixed:
            return True
    return False


def _result(match: re.Match[str]) -> Value:
    """The whole match, a tuple of the groups, or an object of the named ones."""
    names = match.re.groupindex
    if names:
        if len(names) != match.re.groups:
            raise EvaluationError("cannot mix named and unnamed groups")
        return object_value({n: _group(match[n]) for n in names})
    if match.re.groups:
        return tuple_value([_group(g) for g in match.groups()])
    return string(match[0])


def _group(text: str | None) -> Value:
    return null(STRING) if text is None else string(text)


def _arguments(arguments: list[Value]) -> tuple[str, str] | Value:
    pattern, text = (convert(a, STRING) for a in arguments)
    if pattern.is_null or text.is_null:
        raise EvaluationError("argument must not be null")
    if pattern.is_unknown or text.is_unknown:
        return unknown_from(pattern, text)
    guard(pattern.raw, text.raw)
    return pattern.raw, text.raw


@general("regex", 2)
def regex(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/regex."""
    given = _arguments(arguments)
    if isinstance(given, Value):
        return given
    match = compiled(given[0]).search(given[1])
    if match is None:
        raise EvaluationError("pattern did not match any part of the given string")
    return _result(match).like(*arguments)


@general("regexall", 2)
def regexall(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/regexall."""
    given = _arguments(arguments)
    if isinstance(given, Value):
        return given
    pattern = compiled(given[0])
    found = [_result(m) for m in pattern.finditer(given[1])]
    kind = found[0].type if found else (STRING if not pattern.groups else DYNAMIC)
    return list_value(found, kind).like(*arguments)


@simple("replace", STRING, STRING, STRING, returns=STRING)
def replace(text: str, part: str, by: str) -> str:
    """functions/replace: ``part`` between slashes is a regular expression."""
    if len(part) > 1 and part.startswith("/") and part.endswith("/"):
        guard(part[1:-1], text)
        pattern = compiled(part[1:-1])
        return pattern.sub(lambda match: _expanded(by, match), text)
    if len(by) * (text.count(part) if part else len(text) + 1) > 4_000_000:
        raise BudgetError("replaces to more than 4,000,000 characters")
    return text.replace(part, by)


_DOLLAR = re.compile(r"\$(?:(\$)|(\w+)|\{(\w+)\})", re.ASCII)


def _expanded(by: str, match: re.Match[str]) -> str:
    """``$1``, ``$name``, ``${1}``; a name that is no group is empty (Go's Regexp.Expand)."""

    def value(reference: re.Match[str]) -> str:
        if reference[1]:
            return "$"
        name = reference[2] or reference[3]
        try:
            return match[int(name) if name.isdigit() else name] or ""
        except IndexError:
            return ""

    return _DOLLAR.sub(value, by)


__all__ = ["compiled", "list_of"]
