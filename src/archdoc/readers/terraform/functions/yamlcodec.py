"""yamldecode and yamlencode: https://developer.hashicorp.com/terraform/language/functions/yamldecode.

Scalars follow the rules of Terraform's own YAML package (https://github.com/zclconf/go-cty-yaml), which are those of
YAML 1.1 for truth values: ``yes`` and ``on`` are true, as keys too.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from archdoc.readers import yamldoor
from archdoc.readers.terraform.convert import convert
from archdoc.readers.terraform.errors import BudgetError, EvaluationError
from archdoc.readers.terraform.functions.jsontext import json_string
from archdoc.readers.terraform.functions.registry import FunctionContext, general
from archdoc.readers.terraform.numbers import format_number, rounded
from archdoc.readers.terraform.types import STRING
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
    if isinstance(node, yamldoor.PlainScalar):
        return _resolved(str(node))
    if isinstance(node, str):
        return string(node)
    return null()


def _key(node: Any) -> str:
    if isinstance(node, yamldoor.PlainScalar):
        value = _resolved(str(node))
        if value.is_null:
            raise EvaluationError("a mapping key is null")
        return str(convert(value, STRING).raw)
    return str(node)


_TRUE = frozenset({"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"})
_FALSE = frozenset({"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"})
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9_]*|0[0-7_]+|0b[0-1_]+|0o[0-7_]+|0x[0-9a-fA-F_]+)\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?\Z")


def _resolved(text: str) -> Value:
    """A plain scalar by the core schema."""
    if text in ("", "~", "null", "Null", "NULL"):
        return null()
    if text in _TRUE:
        return boolean(True)
    if text in _FALSE:
        return boolean(False)
    if _INT.match(text):
        return number(rounded(_integer(text)))
    if _FLOAT.match(text) and any(c.isdigit() for c in text):
        exponent = re.search(r"[eE]([-+]?[0-9]+)$", text)
        if exponent and abs(int(exponent[1])) > 5000:
            raise BudgetError("has a number with a huge exponent")
        return number(rounded(Fraction(text.replace("_", ""))))
    return string(text)


def _integer(text: str) -> int:
    digits = text.replace("_", "")
    sign = -1 if digits.startswith("-") else 1
    digits = digits.lstrip("+-")
    if digits[:2] in ("0x", "0b", "0o"):
        return sign * int(digits, 0)
    if len(digits) > 1 and digits.startswith("0"):
        return sign * int(digits, 8)
    if len(digits) > 4000:
        raise BudgetError("has a number of more than 4,000 digits")
    return sign * int(digits)


@general("yamlencode", 1)
def yamlencode(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/yamlencode."""
    value = arguments[0]
    if not is_wholly_known(value):
        return unknown(why_unknown(value), STRING).marked(*deep_marks(value))
    text = _inline(value) + "\n" if _is_scalar(value) else "\n".join(_block(value, 0)) + "\n"
    return string(text).marked(*deep_marks(value))


def _is_scalar(value: Value) -> bool:
    return not ((value.is_sequence or value.is_mapping) and value.raw)


def _inline(value: Value) -> str:
    raw = value.raw
    if raw is None:
        return "null"
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, str):
        return _quoted(raw)
    if value.is_sequence:
        return "[]"
    if value.is_mapping:
        return "{}"
    return format_number(raw)


def _quoted(text: str) -> str:
    return json_string(text).replace("\\u003c", "<").replace("\\u003e", ">").replace("\\u0026", "&")


def _block(value: Value, depth: int) -> list[str]:
    indent = "  " * depth
    lines: list[str] = []
    if value.is_sequence:
        for item in value.raw:
            if _is_scalar(item):
                lines += _scalar_lines(f"{indent}- ", item, depth + 1)
            else:
                inner = _block(item, depth + 1)
                lines.append(f"{indent}- {inner[0].lstrip()}")
                lines += inner[1:]
        return lines
    for key in sorted(value.raw):
        item = value.raw[key]
        if _is_scalar(item):
            lines += _scalar_lines(f"{indent}{_quoted(key)}: ", item, depth + 1)
        else:
            lines.append(f"{indent}{_quoted(key)}:")
            lines += _block(item, depth if item.is_sequence else depth + 1)
    return lines


def _scalar_lines(prefix: str, value: Value, depth: int) -> list[str]:
    """A text of several lines is a literal block, where YAML can hold it."""
    raw = value.raw
    if isinstance(raw, str) and "\n" in raw and _fits_block(raw):
        chomp = "" if raw.endswith("\n") and not raw.endswith("\n\n") else ("+" if raw.endswith("\n\n") else "-")
        body = raw.removesuffix("\n").split("\n")
        indent = "  " * depth
        return [f"{prefix}|{chomp}", *[indent + line if line else "" for line in body]]
    return [prefix + _inline(value)]


def _fits_block(text: str) -> bool:
    return (
        not text.startswith((" ", "\n", "\t"))
        and all(c in "\n\t" or c.isprintable() for c in text)
        and not any(line != line.rstrip(" ") for line in text.split("\n"))
    )
