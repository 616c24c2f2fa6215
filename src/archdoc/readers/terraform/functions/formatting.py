"""format and formatlist: https://developer.hashicorp.com/terraform/language/functions/format."""

from __future__ import annotations

import re

from archdoc.readers.terraform.convert import ConversionError, convert
from archdoc.readers.terraform.drafts import current, filled
from archdoc.readers.terraform.errors import BudgetError, EvaluationError, check_elements, check_string
from archdoc.readers.terraform.functions.graphemes import graphemes
from archdoc.readers.terraform.functions.jsontext import json_string, json_text
from archdoc.readers.terraform.functions.registry import FunctionContext, general
from archdoc.readers.terraform.functions.verbs import Verb, floating, integer, shortest
from archdoc.readers.terraform.types import BOOL, NUMBER, STRING, list_of
from archdoc.readers.terraform.unknowns import safe_prefix
from archdoc.readers.terraform.values import (
    Value,
    deep_marks,
    is_wholly_known,
    list_value,
    refined,
    string,
    unknown_from,
)

_VERB = re.compile(
    r"%(?P<flags>[ 0+#-]*)(?P<width>[1-9]\d*)?(?:\.(?P<precision>\d*))?"
    r"(?:\[(?P<index>[1-9]\d{0,8})\])?(?P<letter>[a-zA-Z])",
    re.ASCII,
)
_MAX_WIDTH = 10_000


@general("format", 1, None)
def format_function(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/format."""
    pattern = convert(arguments[0], STRING)
    if pattern.is_null:
        raise EvaluationError("the format must not be null")
    if not all(is_wholly_known(a) for a in arguments):
        if (drafted := _drafted(pattern, arguments[1:])) is not None:
            return _with_marks(string(drafted), arguments)
        prefix = safe_prefix(pattern.raw.partition("%")[0]) if pattern.is_known else ""
        made = refined(unknown_from(*arguments, kind=STRING), not_null=True, prefix=prefix)
        return _with_marks(made, arguments)
    return _with_marks(string(_format(pattern.raw, arguments[1:])), arguments)


@general("formatlist", 1, None)
def formatlist(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/formatlist: lists give one result per element, other arguments repeat."""
    pattern = convert(arguments[0], STRING)
    if pattern.is_null:
        raise EvaluationError("the format must not be null")
    lengths = {len(a.raw) for a in arguments[1:] if a.is_sequence}
    if any(a.is_unknown for a in arguments):
        return _with_marks(unknown_from(*arguments, kind=list_of(STRING)), arguments)
    if any(a.is_null for a in arguments[1:]):
        raise EvaluationError("an argument is null")
    if len(lengths) > 1:
        raise EvaluationError("the lists must have the same length")
    if any(a.is_mapping for a in arguments[1:]):
        raise EvaluationError("an argument must not be a map or an object")
    count = lengths.pop() if lengths else 1
    check_elements(count)
    made = []
    for row in range(count):
        own = [a.raw[row] if a.is_sequence else a for a in arguments[1:]]
        if not all(is_wholly_known(v) for v in own):
            drafted = _drafted(pattern, own)
            made.append(unknown_from(*own, kind=STRING) if drafted is None else string(drafted))
        else:
            made.append(string(_format(pattern.raw, own)))
    return _with_marks(list_value(made, STRING), arguments)


def _drafted(pattern: Value, arguments: list[Value]) -> str | None:
    """The text with tokens for what is not known, while a draft is made; None else, and where a verb takes none."""
    if current() is None or not pattern.is_known:
        return None
    try:
        return _format(pattern.raw, [filled(a) for a in arguments])
    except EvaluationError:
        return None


def _with_marks(made: Value, arguments: list[Value]) -> Value:
    for argument in arguments:
        made = made.marked(*deep_marks(argument))
    return made


def _format(pattern: str, arguments: list[Value]) -> str:
    pieces: list[str] = []
    at, following, highest, size = 0, 0, 0, 0
    while at < len(pattern):
        percent = pattern.find("%", at)
        if percent < 0:
            break
        pieces.append(pattern[at:percent])
        if pattern.startswith("%%", percent):
            pieces.append("%")
            at = percent + 2
            continue
        match = _VERB.match(pattern, percent)
        if match is None:
            raise EvaluationError(f"invalid format string starting at offset {percent}")
        at = match.end()
        place = int(match["index"]) - 1 if match["index"] else following
        if place >= len(arguments):
            raise EvaluationError(
                f'not enough arguments for "{match[0]}" at {percent}: need index {place + 1} but have {len(arguments)}'
            )
        following = place + 1
        highest = max(highest, following)
        width, precision = _size(match["width"]), _size(match["precision"])
        pieces.append(_verb(Verb(match[0], match["letter"], match["flags"], width, precision), arguments[place]))
        size += len(pieces[-1])
        check_string(size)
    pieces.append(pattern[at:])
    if highest < len(arguments):
        raise EvaluationError(f"too many arguments; only {highest} used by format string")
    return "".join(pieces)


def _size(text: str | None) -> int | None:
    if text is None:
        return None
    size = int(text or 0)
    if size > _MAX_WIDTH:
        raise BudgetError(f"formats to more than {_MAX_WIDTH} characters")
    return size


def _verb(verb: Verb, value: Value) -> str:
    """By https://github.com/zclconf/go-cty/blob/main/cty/function/stdlib/format.go."""
    if verb.letter == "v":
        return _padded(_default(value, "#" in verb.flags), verb)
    if value.is_null:
        raise EvaluationError(f'unsupported value for "{verb.raw}": null value cannot be formatted')
    if verb.letter not in "tsqbdoxXeEfgG":
        raise EvaluationError(f'unsupported format verb "{verb.raw}"')
    try:
        if verb.letter == "t":
            return str(convert(value, BOOL).raw).lower()
        if verb.letter in "sq":
            text = convert(value, STRING).raw
            if verb.precision:
                text = "".join(graphemes(text)[: verb.precision])
            return _padded(json_string(text) if verb.letter == "q" else text, verb)
        amount = convert(value, NUMBER).raw
    except ConversionError as error:
        raise EvaluationError(f'unsupported value for "{verb.raw}": {error}') from None
    return integer(verb, amount) if verb.letter in "bdoxX" else floating(verb, amount)


def _default(value: Value, as_json: bool) -> str:
    if as_json or value.is_null or value.kind not in ("string", "number"):
        return json_text(value)
    return str(value.raw) if value.kind == "string" else shortest(value.raw)


def _padded(text: str, verb: Verb) -> str:
    missing = (verb.width or 0) - len(graphemes(text))
    pad = ("0" if "0" in verb.flags else " ") * missing
    return text + pad if "-" in verb.flags else pad + text
