"""String functions (regular expressions are in regular.py, format in formatting.py)."""

from __future__ import annotations

import unicodedata

from archdoc.readers.terraform.convert import convert
from archdoc.readers.terraform.drafts import filled
from archdoc.readers.terraform.errors import BudgetError, EvaluationError, check_string
from archdoc.readers.terraform.functions import formatting, regular
from archdoc.readers.terraform.functions.graphemes import graphemes
from archdoc.readers.terraform.functions.registry import (
    FunctionContext,
    Parameter,
    declared,
    general,
    simple,
)
from archdoc.readers.terraform.numbers import whole
from archdoc.readers.terraform.types import BOOL, NUMBER, STRING, Type, list_of
from archdoc.readers.terraform.values import (
    FALSE,
    TRUE,
    Number,
    Unknown,
    Value,
    is_wholly_known,
    length_bounds,
    list_value,
    refined,
    string,
    unknown_from,
)

PARTS = (formatting, regular)
"""The other modules of string functions; importing them defines theirs."""


@simple("chomp", STRING, returns=STRING)
def chomp(text: str) -> str:
    """functions/chomp."""
    return text.rstrip("\r\n")


@simple("endswith", STRING, STRING, returns=BOOL)
def endswith(text: str, suffix: str) -> bool:
    """functions/endswith."""
    return text.endswith(suffix)


@general("startswith", 2)
def startswith(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/startswith: of an unknown string, its beginning may be known."""
    text, prefix = (convert(a, STRING) for a in arguments)
    if text.is_null or prefix.is_null:
        raise EvaluationError("argument must not be null")
    if prefix.is_unknown:
        return unknown_from(prefix, kind=BOOL, not_null=True).like(text)
    known: str = text.raw.prefix if isinstance(text.raw, Unknown) else text.raw
    if known.startswith(prefix.raw):
        return TRUE.like(text, prefix)
    if text.is_known or len(known) >= len(prefix.raw):
        return FALSE.like(text, prefix)
    return unknown_from(text, kind=BOOL, not_null=True).like(prefix)


@simple("strcontains", STRING, STRING, returns=BOOL)
def strcontains(text: str, part: str) -> bool:
    """functions/strcontains."""
    return part in text


@simple("indent", NUMBER, STRING, returns=STRING)
def indent(spaces: Number, text: str) -> str:
    """functions/indent."""
    if not isinstance(spaces, int) or spaces < 0:
        raise EvaluationError("the number of spaces must be a whole number that is not negative")
    if spaces > 10_000:
        raise BudgetError("indents by more than 10,000 spaces")
    return text.replace("\n", "\n" + " " * spaces)


@declared("join", Parameter(STRING), Parameter(list_of(STRING)), rest=Parameter(list_of(STRING)), returns=STRING)
def join(arguments: list[Value], kind: Type) -> Value:
    """functions/join."""
    separator, *lists = arguments
    lists = [filled(v) if v.is_sequence else v for v in lists]
    if not all(is_wholly_known(v) for v in lists):
        return unknown_from(*lists, kind=kind)
    pieces = [item.raw for value in lists for item in value.raw]
    if None in pieces:
        raise EvaluationError("an element is null; cannot concatenate null values")
    check_string(sum(len(p) for p in pieces) + len(separator.raw) * len(pieces))
    return string(separator.raw.join(pieces))


@simple("lower", STRING, returns=STRING)
def lower(text: str) -> str:
    """functions/lower."""
    return "".join(c.lower()[0] for c in text)  # of the one capital that has two, Go takes the first


@simple("upper", STRING, returns=STRING)
def upper(text: str) -> str:
    """functions/upper."""
    return "".join(c.upper() if len(c.upper()) == 1 else c for c in text)


@simple("title", STRING, returns=STRING)
def title(text: str) -> str:
    """functions/title: the first letter of each word, by Go's strings.Title."""
    made, before = [], " "
    for char in text:
        made.append(char.title() if not _is_word(before) and len(char.title()) == 1 else char)
        before = char
    return "".join(made)


def _is_word(char: str) -> bool:
    """Go's isSeparator, the other way round: letters, digits, underscores, and what is no space beyond ASCII."""
    if ord(char) <= 0x7F:
        return char.isalnum() or char == "_"
    return unicodedata.category(char)[0] in "LN" or not char.isspace()


@simple("split", STRING, STRING, returns=list_of(STRING))
def split(separator: str, text: str) -> Value:
    """functions/split."""
    pieces = list(text) if separator == "" else text.split(separator)
    return list_value([string(p) for p in pieces], STRING)


@simple("strrev", STRING, returns=STRING)
def strrev(text: str) -> str:
    """functions/strrev: by grapheme clusters, of which combining marks stay together here."""
    return "".join(reversed(graphemes(text)))


@simple("substr", STRING, NUMBER, NUMBER, returns=STRING)
def substr(text: str, offset: Number, length: Number) -> str:
    """functions/substr: counts characters; a negative offset counts from the end, length -1 is the rest.

    So is, for Terraform, length 0 after a negative offset.
    """
    chars, start, count = graphemes(text), whole(offset), whole(length)
    if start < 0:
        start, count = max(start + len(chars), 0), count or -1
    return "".join(chars[start:] if count < 0 else chars[start : start + count])


@simple("trim", STRING, STRING, returns=STRING)
def trim(text: str, cutset: str) -> str:
    """functions/trim."""
    return text.strip(cutset) if cutset else text


@simple("trimprefix", STRING, STRING, returns=STRING)
def trimprefix(text: str, prefix: str) -> str:
    """functions/trimprefix."""
    return text.removeprefix(prefix)


@simple("trimsuffix", STRING, STRING, returns=STRING)
def trimsuffix(text: str, suffix: str) -> str:
    """functions/trimsuffix."""
    return text.removesuffix(suffix)


@simple("trimspace", STRING, returns=STRING)
def trimspace(text: str) -> str:
    """functions/trimspace."""
    return text.strip()


@general("templatestring", 2)
def templatestring(arguments: list[Value], context: FunctionContext) -> Value:
    """functions/templatestring."""
    text = convert(arguments[0], STRING)
    variables = arguments[1]
    if text.is_null or variables.is_null:
        raise EvaluationError("argument must not be null")
    if text.is_unknown or variables.is_unknown or context.render is None:
        return unknown_from(text, variables, kind=STRING)
    if not variables.is_mapping:
        raise EvaluationError("the variables must be an object or a map")
    given = {name: value.like(variables) for name, value in variables.raw.items()}
    return context.render(text.raw, given, "templatestring").like(text)


@declared("sort", Parameter(list_of(STRING), unknown=True), returns=list_of(STRING))
def sort(arguments: list[Value], kind: Type) -> Value:
    """functions/sort: strings, in the order of their bytes."""
    value = arguments[0]
    if not is_wholly_known(value):
        low, high = length_bounds(value)
        return refined(unknown_from(value, kind=kind, not_null=True), low=low, high=high)
    if any(v.is_null for v in value.raw):
        raise EvaluationError("given list element is null; a null string cannot be sorted")
    return list_value(sorted(value.raw, key=lambda v: v.raw.encode("utf-8")), STRING)
