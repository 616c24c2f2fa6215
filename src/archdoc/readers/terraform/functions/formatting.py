"""format and formatlist: https://developer.hashicorp.com/terraform/language/functions/format."""

from __future__ import annotations

import re
from fractions import Fraction

from archdoc.readers.terraform.convert import convert
from archdoc.readers.terraform.errors import BudgetError, EvaluationError, check_elements, check_string
from archdoc.readers.terraform.functions.jsontext import json_text
from archdoc.readers.terraform.functions.registry import FunctionContext, general
from archdoc.readers.terraform.numbers import format_number
from archdoc.readers.terraform.types import BOOL, NUMBER, STRING, list_of
from archdoc.readers.terraform.unknowns import safe_prefix
from archdoc.readers.terraform.values import (
    Number,
    Value,
    deep_marks,
    is_wholly_known,
    list_value,
    refined,
    string,
    unknown_from,
)

_VERB = re.compile(
    r"%(?P<flags>[ 0+#-]*)(?P<width>\d+|\*)?(?:\.(?P<precision>\d*|\*))?(?:\[(?P<index>\d+)\])?(?P<verb>[a-zA-Z%])"
)
_MAX_WIDTH = 10_000


@general("format", 1, None)
def format_function(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/format."""
    pattern = convert(arguments[0], STRING)
    if pattern.is_null:
        raise EvaluationError("the format must not be null")
    if not all(is_wholly_known(a) for a in arguments):
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
            made.append(unknown_from(*own, kind=STRING))
        else:
            made.append(string(_format(pattern.raw, own)))
    return _with_marks(list_value(made, STRING), arguments)


def _with_marks(made: Value, arguments: list[Value]) -> Value:
    for argument in arguments:
        made = made.marked(*deep_marks(argument))
    return made


def _format(pattern: str, arguments: list[Value]) -> str:
    pieces: list[str] = []
    at, following, highest = 0, 0, -1
    while at < len(pattern):
        percent = pattern.find("%", at)
        if percent < 0:
            break
        pieces.append(pattern[at:percent])
        match = _VERB.match(pattern, percent)
        if match is None:
            raise EvaluationError(f"unrecognized format at position {percent}")
        at = match.end()
        if match["verb"] == "%":
            pieces.append("%")
            continue
        width, following = _size(match["width"], arguments, following)
        precision, following = _size(match["precision"], arguments, following)
        if match["precision"] == "":
            precision = 0
        place = int(match["index"]) - 1 if match["index"] else following
        if not 0 <= place < len(arguments):
            raise EvaluationError(
                f'not enough arguments for "{match[0]}" at position {percent}: need index {place + 1}'
            )
        following = place + 1
        highest = max(highest, place)
        pieces.append(_verb(match["verb"], match["flags"], width, precision, arguments[place]))
        check_string(sum(len(p) for p in pieces))
    pieces.append(pattern[at:])
    if highest + 1 < len(arguments) and following <= highest + 1 < len(arguments):
        raise EvaluationError("too many arguments; no verb in the format uses them")
    return "".join(pieces)


def _size(text: str | None, arguments: list[Value], following: int) -> tuple[int | None, int]:
    if text is None or text == "":
        return None, following
    if text == "*":
        if following >= len(arguments):
            raise EvaluationError("not enough arguments for *")
        size = convert(arguments[following], NUMBER).raw
        if not isinstance(size, int):
            raise EvaluationError("* needs a whole number")
        return _bounded(size), following + 1
    return _bounded(int(text)), following


def _bounded(size: int) -> int:
    if abs(size) > _MAX_WIDTH:
        raise BudgetError(f"formats to more than {_MAX_WIDTH} characters")
    return size


def _verb(verb: str, flags: str, width: int | None, precision: int | None, value: Value) -> str:
    if verb == "v":
        text = _default(value, "#" in flags)
        return _padded(text, flags, width, numeric=value.kind == "number" and "#" not in flags)
    if value.is_null:
        raise EvaluationError(f"unsupported value for %{verb}: null value cannot be formatted")
    if verb == "t":
        return _padded(str(convert(value, BOOL).raw).lower(), flags, width)
    if verb in "sq":
        text = convert(value, STRING).raw
        if precision is not None:
            text = text[:precision]
        return _padded(json_text(string(text)) if verb == "q" else text, flags, width)
    number = convert(value, NUMBER).raw
    if verb in "bdoxX":
        return _padded(_integer(verb, flags, number), flags, width, numeric=True)
    if verb in "eEfgG":
        return _padded(_floating(verb, flags, precision, number), flags, width, numeric=True)
    raise EvaluationError(f"unsupported verb %{verb}")


def _default(value: Value, as_json: bool) -> str:
    if value.is_null:
        return "null"
    if not as_json:
        if value.kind == "string":
            return str(value.raw)
        if value.kind == "number":
            return format_number(value.raw)
        if value.kind == "bool":
            return "true" if value.raw else "false"
    return json_text(value)


def _integer(verb: str, flags: str, number: Number) -> str:
    if not isinstance(number, int):
        raise EvaluationError(f"unsupported value for %{verb}: an integer is required")
    digits = {"b": "b", "d": "d", "o": "o", "x": "x", "X": "X"}[verb]
    prefix = {"o": "0", "x": "0x", "X": "0X"}.get(verb, "") if "#" in flags else ""
    return _signed(number < 0, prefix + format(abs(number), digits), flags)


def _floating(verb: str, flags: str, precision: int | None, number: Number) -> str:
    """By Go's fmt: exponents have two digits at least; %g without precision is the shortest text."""
    negative = number < 0
    amount: Number = -number if negative else number
    if verb == "f":
        text = _fixed(amount, 6 if precision is None else precision)
    elif verb in "eE":
        text = format(float(amount), f".{6 if precision is None else precision}{verb}")
    elif precision is None:
        plain = format_number(amount)
        whole = plain.split(".")[0]
        text = plain if len(whole) <= 21 else repr(float(amount))
        if 0 < amount < Fraction(1, 10_000):
            text = _shortest_exponent(float(amount))
        text = text.upper() if verb == "G" else text
    else:
        text = format(float(amount), f".{precision}{verb}")
    return _signed(negative, text, flags)


def _fixed(amount: Number, places: int) -> str:
    scaled = round(Fraction(amount) * 10**places)
    text = str(scaled).rjust(places + 1, "0")
    return f"{text[:-places]}.{text[-places:]}" if places else text


def _shortest_exponent(amount: float) -> str:
    mantissa, exponent = f"{amount!r}".split("e") if "e" in repr(amount) else f"{amount:e}".split("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{exponent[0]}{exponent[1:].zfill(2)}"


def _signed(negative: bool, text: str, flags: str) -> str:
    if negative:
        return "-" + text
    if "+" in flags:
        return "+" + text
    return " " + text if " " in flags else text


def _padded(text: str, flags: str, width: int | None, numeric: bool = False) -> str:
    if width is None or len(text) >= abs(width):
        return text
    if "-" in flags or width < 0:
        return text.ljust(abs(width))
    if "0" in flags:
        sign = text[0] if numeric and text[:1] in "+- " else ""
        return sign + text[len(sign) :].rjust(width - len(sign), "0")
    return text.rjust(width)
