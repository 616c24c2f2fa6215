"""Hash functions."""

from __future__ import annotations

import base64
import hashlib
import re
import uuid

from archdoc.readers.terraform.errors import EvaluationError
from archdoc.readers.terraform.functions.filesystem import read
from archdoc.readers.terraform.functions.registry import FunctionContext, general, simple
from archdoc.readers.terraform.types import STRING
from archdoc.readers.terraform.values import Value, string


def _text_hash(name: str, algorithm: str, as_base64: bool = False) -> None:
    def function(text: str) -> str:
        return _digest(algorithm, text.encode("utf-8"), as_base64)

    function.__doc__ = f"functions/{name}."
    simple(name, STRING, returns=STRING)(function)


def _file_hash(name: str, algorithm: str, as_base64: bool = False) -> None:
    def implementation(arguments: list[Value], context: FunctionContext) -> Value:
        data = read(name, arguments[0], context)
        if isinstance(data, Value):
            return data
        return string(_digest(algorithm, data, as_base64)).like(arguments[0])

    implementation.__doc__ = f"functions/{name}."
    general(name, 1)(implementation)


def _digest(algorithm: str, data: bytes, as_base64: bool) -> str:
    made = hashlib.new(algorithm, data, usedforsecurity=False)
    return base64.b64encode(made.digest()).decode("ascii") if as_base64 else made.hexdigest()


for _algorithm in ("md5", "sha1", "sha256", "sha512"):
    _text_hash(_algorithm, _algorithm)
    _file_hash(f"file{_algorithm}", _algorithm)
for _algorithm in ("sha256", "sha512"):
    _text_hash(f"base64{_algorithm}", _algorithm, as_base64=True)
    _file_hash(f"filebase64{_algorithm}", _algorithm, as_base64=True)

_NAMESPACES = {
    "dns": uuid.NAMESPACE_DNS,
    "url": uuid.NAMESPACE_URL,
    "oid": uuid.NAMESPACE_OID,
    "x500": uuid.NAMESPACE_X500,
}


_UUID = re.compile(
    r"(?:urn:uuid:)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z|[0-9a-f]{32}\Z"
    r"|\{[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}\Z",
    re.IGNORECASE,
)


@simple("uuidv5", STRING, STRING, returns=STRING)
def uuidv5(namespace: str, name: str) -> str:
    """functions/uuidv5: the namespace is dns, url, oid, x500 or a UUID."""
    space = _NAMESPACES.get(namespace)
    if space is None and not _UUID.match(namespace):
        raise EvaluationError(f'uuidv5() does not know the namespace "{namespace}"')
    return str(uuid.uuid5(space or uuid.UUID(namespace), name))
