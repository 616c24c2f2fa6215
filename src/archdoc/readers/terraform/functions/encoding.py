"""Encoding functions (YAML is in yamlcodec.py)."""

from __future__ import annotations

import base64
import binascii
import json
from decimal import Decimal
from typing import Any
from urllib.parse import quote_plus

from archdoc.readers.hcl import whole_characters
from archdoc.readers.terraform.convert import convert
from archdoc.readers.terraform.drafts import filled
from archdoc.readers.terraform.errors import EvaluationError
from archdoc.readers.terraform.functions import charsets, csvtext, yamlcodec
from archdoc.readers.terraform.functions.jsontext import json_text
from archdoc.readers.terraform.functions.registry import FunctionContext, general, simple
from archdoc.readers.terraform.numbers import from_decimal
from archdoc.readers.terraform.types import STRING, object_of
from archdoc.readers.terraform.values import (
    Value,
    boolean,
    deep_marks,
    is_wholly_known,
    list_value,
    never_null,
    null,
    number,
    object_value,
    refined,
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
        return _base64(text).decode("utf-8")
    except UnicodeDecodeError:
        raise EvaluationError("the result of decoding the provided string is not valid UTF-8") from None


def _base64(text: str) -> bytes:
    """Line ends between the characters count for nothing, as in Go."""
    try:
        return base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True)
    except (binascii.Error, ValueError):
        raise EvaluationError("failed to decode base64 data") from None


@simple("base64gzip", STRING, returns=STRING)
def base64gzip(text: str) -> Value:
    """functions/base64gzip: the bytes depend on the compressor, so they are not told."""
    return unknown(f"base64gzip() of {len(text)} characters: the bytes depend on Terraform's compressor", STRING)


def _codec(name: str) -> str:
    codec = charsets.codec_of(name)
    if codec is None:
        raise EvaluationError(f'"{name}" is not a supported IANA encoding name or alias in this Terraform version')
    return codec


@simple("textencodebase64", STRING, STRING, returns=STRING)
def textencodebase64(text: str, encoding: str) -> str:
    """functions/textencodebase64."""
    try:
        return base64.b64encode(charsets.encoded(text, _codec(encoding))).decode("ascii")
    except UnicodeEncodeError:
        raise EvaluationError(f"the given string has characters that cannot be represented in {encoding}") from None


@simple("textdecodebase64", STRING, STRING, returns=STRING)
def textdecodebase64(text: str, encoding: str) -> str:
    """functions/textdecodebase64."""
    codec = _codec(encoding)
    try:
        return charsets.decoded(_base64(text), codec)
    except UnicodeDecodeError:
        raise EvaluationError(f"the given string contains sequences that are not valid {encoding}") from None


@simple("urlencode", STRING, returns=STRING)
def urlencode(text: str) -> str:
    """functions/urlencode: by Go's url.QueryEscape."""
    return quote_plus(text, safe="~").replace("%7E", "~")


@general("csvdecode", 1)
def csvdecode(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/csvdecode."""
    text = convert(arguments[0], STRING)
    if text.is_null:
        raise EvaluationError("argument must not be null")
    if text.is_unknown:
        return unknown_from(text)
    rows = csvtext.records(text.raw)
    if not rows:
        raise EvaluationError("missing header line")
    header = rows[0][1]
    twice = next((name for at, name in enumerate(header) if name in header[:at]), None)
    if twice is not None:
        raise EvaluationError(f'duplicate column name "{twice}"')
    made = [object_value({n: string(cell) for n, cell in zip(header, row, strict=True)}) for _, row in rows[1:]]
    return list_value(made, object_of(dict.fromkeys(header, STRING))).like(text)


_JSON_BEGINS = {"string": '"', "object": "{", "map": "{", "tuple": "[", "list": "[", "set": "["}
"""How the JSON of a value that is not null begins, by its type."""


@general("jsonencode", 1)
def jsonencode(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/jsonencode."""
    value = filled(arguments[0])
    if not is_wholly_known(value):
        begins = _JSON_BEGINS.get(value.kind, "") if never_null(value) else ""
        made = refined(unknown(why_unknown(value), STRING), not_null=True, prefix=begins)
        return made.marked(*deep_marks(value))
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
        parsed = json.loads(text.raw, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_properties)
        return from_json(parsed).like(text)
    except (ValueError, RecursionError):
        raise EvaluationError("not valid JSON") from None


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _properties(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A property that stands twice must have one type; the last one counts."""
    made: dict[str, Any] = {}
    for name, value in pairs:
        if name in made and from_json(made[name]).type != from_json(value).type:
            raise EvaluationError(f'duplicate "{name}" property in JSON object')
        made[name] = value
    return made


def from_json(parsed: Any) -> Value:
    """The value of parsed JSON: objects and tuples, as jsondecode gives them."""
    if parsed is None:
        return null()
    if isinstance(parsed, bool):
        return boolean(parsed)
    if isinstance(parsed, int | Decimal):
        return number(from_decimal(parsed))
    if isinstance(parsed, str):
        return string(whole_characters(parsed))
    if isinstance(parsed, list):
        return tuple_value([from_json(v) for v in parsed])
    return object_value({whole_characters(k): from_json(v) for k, v in parsed.items()})
