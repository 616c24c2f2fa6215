"""Encoding functions (YAML is in yamlcodec.py)."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
from decimal import Decimal
from fractions import Fraction
from typing import Any
from urllib.parse import quote_plus

from archdoc.readers.terraform.convert import convert
from archdoc.readers.terraform.errors import EvaluationError
from archdoc.readers.terraform.functions import yamlcodec
from archdoc.readers.terraform.functions.jsontext import json_text
from archdoc.readers.terraform.functions.registry import FunctionContext, general, simple
from archdoc.readers.terraform.numbers import rounded
from archdoc.readers.terraform.types import STRING, list_of, object_of
from archdoc.readers.terraform.values import (
    Value,
    boolean,
    deep_marks,
    is_wholly_known,
    list_value,
    null,
    number,
    object_value,
    string,
    tuple_value,
    unknown,
    unknown_from,
    why_unknown,
)

PARTS = (yamlcodec,)
"""The other module of encoding functions; importing it defines its."""


@simple("base64encode", STRING, returns=STRING)
def base64encode(text: str) -> str:
    """functions/base64encode."""
    return base64.b64encode(text.encode("utf-8")).decode("ascii")


@simple("base64decode", STRING, returns=STRING)
def base64decode(text: str) -> str:
    """functions/base64decode."""
    try:
        return base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        raise EvaluationError("failed to decode base64 data, or the result is not valid UTF-8") from None


@simple("base64gzip", STRING, returns=STRING)
def base64gzip(text: str) -> Value:
    """functions/base64gzip: the bytes depend on the compressor, so they are not told."""
    return unknown(f"base64gzip() of {len(text)} characters: the bytes depend on Terraform's compressor", STRING)


_ENCODINGS = {
    "utf-8": "utf-8",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "iso-8859-1": "iso-8859-1",
    "us-ascii": "ascii",
}


def _codec(name: str) -> str:
    import codecs

    try:
        return codecs.lookup(_ENCODINGS.get(name.lower(), name)).name
    except LookupError:
        raise EvaluationError(f'"{name}" is not a supported IANA encoding name or alias') from None


@simple("textencodebase64", STRING, STRING, returns=STRING)
def textencodebase64(text: str, encoding: str) -> str:
    """functions/textencodebase64."""
    try:
        return base64.b64encode(text.encode(_codec(encoding))).decode("ascii")
    except UnicodeEncodeError:
        raise EvaluationError(f"the text cannot be represented in {encoding}") from None


@simple("textdecodebase64", STRING, STRING, returns=STRING)
def textdecodebase64(text: str, encoding: str) -> str:
    """functions/textdecodebase64."""
    try:
        return base64.b64decode(text, validate=True).decode(_codec(encoding))
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise EvaluationError("the data is not valid base64 or not valid text of that encoding") from None


@simple("urlencode", STRING, returns=STRING)
def urlencode(text: str) -> str:
    """functions/urlencode: by Go's url.QueryEscape."""
    return quote_plus(text, safe="~").replace("%7E", "~")


@simple("csvdecode", STRING, returns=list_of(object_of({})))
def csvdecode(text: str) -> Value:
    """functions/csvdecode."""
    try:
        rows = [row for row in csv.reader(io.StringIO(text.removeprefix("\ufeff")), strict=True) if row]
    except csv.Error as error:
        raise EvaluationError(f"not valid CSV: {error}") from None
    if not rows:
        raise EvaluationError("missing header line")
    header = rows[0]
    if len(set(header)) != len(header):
        raise EvaluationError("duplicate column name in the header")
    made = []
    for line, row in enumerate(rows[1:], 2):
        if len(row) != len(header):
            raise EvaluationError(f"wrong number of fields on line {line}")
        made.append(object_value({name: string(cell) for name, cell in zip(header, row, strict=True)}))
    return list_value(made, object_of(dict.fromkeys(header, STRING)))


@general("jsonencode", 1)
def jsonencode(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/jsonencode."""
    value = arguments[0]
    if not is_wholly_known(value):
        return unknown(why_unknown(value), STRING).marked(*deep_marks(value))
    return string(json_text(value)).marked(*deep_marks(value))


@general("jsondecode", 1)
def jsondecode(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/jsondecode."""
    text = convert(arguments[0], STRING)
    if text.is_null:
        raise EvaluationError("argument must not be null")
    if text.is_unknown:
        return unknown_from(text)
    try:
        parsed = json.loads(text.raw, parse_float=Decimal, parse_constant=_no_constant)
        return from_json(parsed).like(text)
    except (ValueError, RecursionError):
        raise EvaluationError("not valid JSON") from None


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def from_json(parsed: Any) -> Value:
    """The value of parsed JSON: objects and tuples, as jsondecode gives them."""
    if parsed is None:
        return null()
    if isinstance(parsed, bool):
        return boolean(parsed)
    if isinstance(parsed, int):
        return number(rounded(parsed))
    if isinstance(parsed, Decimal | float):
        return number(rounded(Fraction(parsed)))
    if isinstance(parsed, str):
        return string(parsed)
    if isinstance(parsed, list):
        return tuple_value([from_json(v) for v in parsed])
    return object_value({str(k): from_json(v) for k, v in parsed.items()})
