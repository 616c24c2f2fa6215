"""Texts that are credentials by the name they are taken by, wherever they go.

Terraform hides what is declared sensitive, and many repositories declare nothing. What a variable, local, output or
attribute with the name of a credential gives is marked here. The mark goes where the value goes, as sensitivity
does; unlike that it refuses nothing: count and for_each may hang on it. Where a text is shown, it is masked.
"""

from __future__ import annotations

from typing import Any

from archdoc.readers.credentialholders import holds_credentials, is_held
from archdoc.readers.secrets import MASK, is_secret_whole
from archdoc.readers.terraform.marks import Credential, Refs
from archdoc.readers.terraform.values import Value

_SHORTEST = 4
"""Characters of a credential that is masked inside of a text; a text with a shorter one in it is not shown."""


def named(name: str, value: Value) -> Value:
    """The value that is taken by a name: a text, or the texts of a list, marked where the name is a credential's; all
    texts of a mapping where it is that of a place of credentials (``secrets``)."""
    raw = value.raw
    if isinstance(raw, str):
        is_one = not value.sensitive and is_secret_whole(name, raw)
        return value.marked(frozenset({Credential("", raw)})) if is_one else value
    if isinstance(raw, tuple) and raw and isinstance(raw[0].raw, str) and is_secret_whole(name, raw[0].raw):
        return Value(value._type, tuple(named(name, v) for v in raw), value.refs, value.sensitive, value.reason)
    return _held(name, value) if type(raw) is dict and holds_credentials(name) else value


def _held(key: str, value: Value) -> Value:
    """What stands under a key in a place of credentials."""
    raw: Any = value.raw
    if isinstance(raw, str):
        is_one = not value.sensitive and is_held(key, raw)
        return value.marked(frozenset({Credential("", raw)})) if is_one else value
    if type(raw) is dict:
        raw = {name: _held(name, inner) for name, inner in raw.items()}
    elif isinstance(raw, tuple):
        raw = tuple(_held(key, inner) for inner in raw)
    return Value(value._type, raw, value.refs, value.sensitive, value.reason) if value.is_known else value


def only_references(refs: Refs) -> Refs:
    """The marks of a value that are references: what hangs on a credential does not tell it."""
    return frozenset(r for r in refs if not isinstance(r, Credential)) if refs else refs


def credentials(refs: Refs) -> Refs:
    """The marks of a value that are credentials."""
    return frozenset(r for r in refs if isinstance(r, Credential)) if refs else refs


def decided(value: Value) -> Value:
    """A condition: what it decides does not tell the credentials that it asks."""
    if not credentials(value.refs):
        return value
    return Value(value._type, value.raw, only_references(value.refs), value.sensitive, value.reason)


def shown_text(value: Value) -> str | None:
    """The text of a value with the credentials in it masked; None where it is one, or is made of one (its hash)."""
    text: str = value.raw
    secrets = sorted((ref.attribute for ref in credentials(value.refs)), key=len, reverse=True)
    if not secrets or not text:
        return text
    inside = [secret for secret in secrets if secret in text]
    if not inside or text in inside or len(inside[-1]) < _SHORTEST:
        return None
    for secret in inside:
        text = text.replace(secret, MASK)
    return text
