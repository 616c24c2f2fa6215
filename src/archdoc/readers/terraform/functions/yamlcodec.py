"""yamldecode and yamlencode: https://developer.hashicorp.com/terraform/language/functions/yamldecode.

Scalars follow the rules of Terraform's own YAML package (https://github.com/zclconf/go-cty-yaml), which are those of
YAML 1.1 for truth values: ``yes`` and ``on`` are true, as keys too.
"""

from __future__ import annotations

import base64
import re
from datetime import datetime
from fractions import Fraction
from typing import Any

from archdoc.readers import yamldoor
from archdoc.readers.terraform.convert import convert
from archdoc.readers.terraform.drafts import filled
from archdoc.readers.terraform.errors import BudgetError, EvaluationError
from archdoc.readers.terraform.functions.registry import FunctionContext, general
from archdoc.readers.terraform.numbers import format_number, rounded
from archdoc.readers.terraform.types import NUMBER, STRING
from archdoc.readers.terraform.values import (
    Value,
    boolean,
    deep_marks,
    is_wholly_known,
    null,
    number,
    object_value,
    string,
    tuple_value,
    unknown,
    unknown_from,
    why_unknown,
)


@general("yamldecode", 1)
def yamldecode(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/yamldecode."""
    text = convert(arguments[0], STRING)
    if text.is_null:
        raise EvaluationError("argument must not be null")
    if text.is_unknown:
        return unknown_from(text)
    try:
        parsed = yamldoor.core_schema(text.raw)
    except yamldoor.CoreSchemaError as error:
        raise EvaluationError(str(error)) from None
    return _value(parsed).like(text)


def _value(node: Any) -> Value:
    if isinstance(node, dict):
        return object_value({_key(k): _value(v) for k, v in node.items()})
    if isinstance(node, list):
        return tuple_value([_value(v) for v in node])
    return _scalar(node)


def _key(node: yamldoor.CoreScalar) -> str:
    value = _scalar(node)
    if value.is_null:
        raise EvaluationError("a mapping key is null")
    return str(convert(value, STRING).raw)


_GUESSED = {yamldoor.CORE_TAG + name for name in ("null", "bool", "int", "float", "timestamp")}


def _scalar(node: yamldoor.CoreScalar) -> Value:
    """A scalar by its tag, its style and its text."""
    if node.tag in _GUESSED:
        if node.tag.endswith(":null"):
            return null()
        value = _resolved(node.text)
        if value.kind == "string" and value.raw == node.text:
            raise EvaluationError(f'cannot parse "{node.text}" as {node.tag}')
        return string(node.text) if node.style else value
    if node.tag == yamldoor.CORE_TAG + "binary":
        try:
            base64.b64decode(node.text, validate=True)
        except ValueError:
            raise EvaluationError(f'cannot parse "{node.text}" as {node.tag}: not valid base64') from None
        return string(node.text)
    if node.tag not in ("", yamldoor.CORE_TAG + "str"):
        raise EvaluationError(f'unsupported tag "{node.tag}"')
    if node.tag or node.style in ("'", '"'):
        return string(node.text)
    value = _resolved(node.text)
    return convert(value, STRING) if node.style else value


_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"})
_FALSE = frozenset({"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"})
_INFINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)\Z")
_NOT_A_NUMBER = frozenset({".nan", ".NaN", ".NAN"})
_DECIMAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE]([-+]?[0-9]+))?\Z")
_BASED = re.compile(r"0x[0-9a-fA-F]+\Z|0o[0-7]+\Z")
_DATE = r"(\d{4})-(\d{1,2})-(\d{1,2})"
_TIME = r"(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.\d+)?"
_TIMESTAMP = re.compile(rf"{_DATE}(?:[Tt]{_TIME}(Z|[-+]\d\d:\d\d)| {_TIME})?\Z", re.ASCII)


def _resolved(text: str) -> Value:
    """A plain scalar: null, a truth value, a number, a point in time (as RFC 3339 text), else a text."""
    if text in _NULL:
        return null()
    if text in _TRUE:
        return boolean(True)
    if text in _FALSE:
        return boolean(False)
    if text in _NOT_A_NUMBER:
        raise EvaluationError("floating point NaN is not supported")
    if _INFINITE.match(text):
        return unknown("an infinite number, which no plan can hold", NUMBER, not_null=True)
    if _BASED.match(text):
        whole = int(text, 0)
        if whole >= 1 << 64:
            raise EvaluationError(f'cannot parse "{text}" as a 64 bit integer')
        return number(whole)
    if decimal := _DECIMAL.match(text):
        if len(text) > 4000 or (decimal[1] and abs(int(decimal[1])) > 5000):
            raise BudgetError("has a number of more than 4,000 digits")
        return number(rounded(Fraction(text.removesuffix("."))))
    return string(_timestamp(text) or text)


def _timestamp(text: str) -> str:
    """A date, or a date and time, as RFC 3339 has it without fractions of a second; "" for anything else."""
    found = _TIMESTAMP.match(text)
    if not found:
        return ""
    year, month, day, *rest = found.groups()
    hour, minute, second = rest[:3] if rest[0] else (rest[4:] if rest[4] else ("0", "0", "0"))
    try:
        # No year 0 in Python; 2000 has the same days.
        datetime(int(year) or 2000, int(month), int(day), int(hour), int(minute), int(second))
    except ValueError:
        return ""
    date = f"{year}-{int(month):02}-{int(day):02}"
    return f"{date}T{int(hour):02}:{int(minute):02}:{int(second):02}{rest[3] or 'Z'}"


@general("yamlencode", 1)
def yamlencode(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/yamlencode."""
    value = filled(arguments[0])
    if not is_wholly_known(value):
        return unknown(why_unknown(value), STRING).marked(*deep_marks(value))
    plain = _plain(value)
    text = yamldoor.core_text(plain).removesuffix("...\n")
    if isinstance(plain, yamldoor.CoreScalar):
        text += "...\n"  # after a plain scalar alone, and only there, as the emitter of Terraform's core does
    return string(text).marked(*deep_marks(value))


def _plain(value: Value) -> Any:
    raw = value.raw
    if raw is None:
        return yamldoor.CoreScalar("null", "", "")
    if isinstance(raw, bool):
        return yamldoor.CoreScalar("true" if raw else "false", "", "")
    if isinstance(raw, str):
        return raw
    if value.is_sequence:
        return [_plain(item) for item in raw]
    if value.is_mapping:
        return {key: _plain(raw[key]) for key in sorted(raw)}
    return yamldoor.CoreScalar(format_number(raw), "", "")
