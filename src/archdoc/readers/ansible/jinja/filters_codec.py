"""Filters that write and read JSON, YAML, base64 and hashes."""

from __future__ import annotations

import base64
import hashlib
import json
import pprint
import uuid
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from archdoc.readers import yamldoor
from archdoc.readers.ansible.jinja.session import RefusedError
from archdoc.readers.ansible.jinja.symbolic import Unknown, replaced, restored

_ANSIBLE_NAMESPACE = uuid.UUID("361E6D51-FAEC-444A-9079-341386DA8E2E")
MAX_INDENT = 40


def _indent(value: Any) -> Any:
    if isinstance(value, int) and not 0 <= value <= MAX_INDENT:
        raise RefusedError("an indent that is wider than archdoc allows")
    return value


def to_json(value: Any, **options: Any) -> str:
    """JSON on one line."""
    known = {"indent", "sort_keys", "separators", "ensure_ascii"}
    texts: dict[str, Unknown] = {}
    data = replaced(value, texts)
    text = json.dumps(data, default=str, **{k: _indent(v) for k, v in options.items() if k in known})
    return restored(text, texts)


def to_nice_json(value: Any, indent: Any = 4, sort_keys: Any = True, **options: Any) -> str:
    """JSON for people."""
    options.pop("separators", None)
    return to_json(value, indent=indent, sort_keys=bool(sort_keys), separators=(",", ": "), **options)


def tojson(value: Any, indent: Any = None) -> str:
    """Jinja2's own: JSON that is safe in HTML."""
    text = to_json(value, indent=indent, sort_keys=True)
    for char, escaped in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"), ("'", "\\u0027")):
        text = text.replace(char, escaped)
    return text


def to_yaml(value: Any, *_: Any, default_flow_style: Any = None, **options: Any) -> str:
    """YAML, terse."""
    texts: dict[str, Unknown] = {}
    data = replaced(value, texts)
    _indent(options.get("indent"))
    return restored(yamldoor.dump(data, default_flow_style=default_flow_style, **options), texts)


def to_nice_yaml(value: Any, indent: Any = 4, *_: Any, default_flow_style: Any = False, **options: Any) -> str:
    """YAML for people."""
    return to_yaml(value, indent=indent, default_flow_style=default_flow_style, **options)


def from_yaml(value: Any) -> Any:
    """The first document of a YAML text."""
    if not isinstance(value, str):
        return value
    file = yamldoor.parse(value, "")
    if file.problems:
        raise ValueError("from_yaml")
    return yamldoor.plain(file.first)


def from_yaml_all(value: Any) -> Any:
    """Every document of a YAML text."""
    if not isinstance(value, str):
        return [] if value is None else value
    file = yamldoor.parse(value, "")
    if file.problems:
        raise ValueError("from_yaml_all")
    return [yamldoor.plain(document) for document in file.documents]


def _encoded(value: Any, encoding: str = "utf-8") -> bytes:
    return value if isinstance(value, bytes) else str(value).encode(encoding)


def b64encode(value: Any, encoding: str = "utf-8", urlsafe: bool = False) -> str:
    """A text in base64."""
    code = base64.urlsafe_b64encode if urlsafe else base64.b64encode
    return code(_encoded(value, encoding)).decode()


def b64decode(value: Any, encoding: str = "utf-8", urlsafe: bool = False) -> str:
    """A text out of base64."""
    code = base64.urlsafe_b64decode if urlsafe else base64.b64decode
    return code(_encoded(value)).decode(encoding)


def hash_(value: Any, hashtype: str = "sha1") -> str:
    """A digest in hexadecimal digits."""
    digest = hashlib.new(hashtype, usedforsecurity=False)
    digest.update(_encoded(value))
    return digest.hexdigest()


def to_uuid(value: Any, namespace: Any = _ANSIBLE_NAMESPACE) -> str:
    """The UUID that belongs to a text."""
    space = namespace if isinstance(namespace, uuid.UUID) else uuid.UUID(str(namespace))
    return str(uuid.uuid5(space, str(value)))


FILTERS: Mapping[str, Callable[..., Any]] = {
    "to_json": to_json,
    "to_nice_json": to_nice_json,
    "tojson": tojson,
    "from_json": json.loads,
    "to_yaml": to_yaml,
    "to_nice_yaml": to_nice_yaml,
    "from_yaml": from_yaml,
    "from_yaml_all": from_yaml_all,
    "b64encode": b64encode,
    "b64decode": b64decode,
    "hash": hash_,
    "md5": lambda v: hash_(v, "md5"),
    "sha1": lambda v: hash_(v, "sha1"),
    "checksum": lambda v: hash_(v, "sha1"),
    "crc32": lambda v: f"{zlib.crc32(_encoded(v)) & 0xFFFFFFFF:x}",
    "to_uuid": to_uuid,
    "pprint": pprint.pformat,
}
