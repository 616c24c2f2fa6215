"""Texts that are not known before apply, drafted: an inventory of servers that do not exist yet has their names and
groups, and only their addresses are missing.

While a draft is made, what is not known of a text stands in it as a token that says which attribute of which resource
it is. Values that were worked out before are not touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from archdoc.model.facts import Json
from archdoc.readers.terraform.credentials import only_references
from archdoc.readers.terraform.values import Value, string

_DRAFT: ContextVar[Draft | None] = ContextVar("draft", default=None)


@dataclass(slots=True)
class Draft:
    """The tokens of one text: ``tokens["unknown-1"]`` is ``[node id, attribute]``, empty where several resources or
    none are behind it."""

    tokens: dict[str, Json] = field(default_factory=dict)
    _known: dict[tuple[str, str], str] = field(default_factory=dict)

    def token(self, value: Value) -> str:
        """What stands for an unknown value."""
        found = sorted({(ref.target, ref.attribute) for ref in only_references(value.refs)})
        targets = {target for target, _ in found}
        key = found[0] if len(targets) == 1 else ("", str(len(self.tokens)))
        if key not in self._known:
            name = f"unknown-{len(self.tokens) + 1}"
            self._known[key] = name
            self.tokens[name] = [*key] if key[0] else []
        return self._known[key]


@contextmanager
def drafting() -> Iterator[Draft]:
    """Make drafts of the texts that are evaluated inside."""
    draft = Draft()
    before = _DRAFT.set(draft)
    try:
        yield draft
    finally:
        _DRAFT.reset(before)


def current() -> Draft | None:
    """The draft that is being made, or None."""
    return _DRAFT.get()


def filled(value: Value) -> Value:
    """A value with tokens for what is not known of it, while a draft is made; else the value itself."""
    draft = current()
    if draft is None:
        return value
    return _filled(value, draft.token)


def _filled(value: Value, token: Callable[[Value], str]) -> Value:
    if value.is_unknown:
        return string(token(value)).like(value)
    if isinstance(value.raw, tuple):
        return Value(None, tuple(_filled(v, token) for v in value.raw), value.refs, value.sensitive)
    if isinstance(value.raw, Mapping) and not value.is_open:
        return Value(None, {k: _filled(v, token) for k, v in value.raw.items()}, value.refs, value.sensitive)
    return value
