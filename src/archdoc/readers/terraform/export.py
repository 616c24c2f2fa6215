"""Values as the graph shows them: plain JSON, the unknown parts named with their reasons, secrets left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from archdoc.model.facts import Json
from archdoc.readers.secrets import follows_option, is_secret, mask_text, told_secret
from archdoc.readers.terraform.credentials import only_references, shown_text
from archdoc.readers.terraform.numbers import format_number
from archdoc.readers.terraform.values import LazyObject, Ref, Value

MAX_TEXT = 4_000
"""Longer strings are cut; a user-data script belongs in the documents, not in a table."""
MAX_ITEMS = 500
"""Elements of one collection that are shown."""
MAX_PARTS = 20_000
"""Elements of a value that are shown, at any depth. Lists in lists in lists have 500 times 500 times 500."""
MAX_REASONS = 50
_TOLD_BY = frozenset({"value", "kind"})
"""Objects with these may say of one key that another one is a secret."""


@dataclass(slots=True)
class Exported:
    """What can be shown of one value, or of all arguments of a block."""

    unknown: dict[str, Json] = field(default_factory=dict)
    sensitive: list[Json] = field(default_factory=list)
    refs: dict[str, list[Ref]] = field(default_factory=dict)
    """References by the path of the argument that they feed."""
    hidden: frozenset[str] = frozenset()
    """Names of arguments that are sensitive, at any depth."""
    _left: int = MAX_PARTS
    """How many parts of the value at hand may still be shown."""

    def add(self, path: str, value: Value, sensitive: bool = False) -> Json:
        """The JSON of a value at a path: unknown parts are left out of objects and null in lists."""
        self._left = MAX_PARTS
        return self._json(path, path.rpartition(".")[2].partition("[")[0], value, sensitive)

    def _json(self, path: str, name: str, value: Value, sensitive: bool) -> Json:
        if sensitive or value.sensitive or name in self.hidden:
            self._note_refs(path, value, set())
            self._hide(path)
            return None
        if value.refs:
            self.refs.setdefault(path, []).extend(only_references(value.refs))
        raw = value.raw
        if value.is_unknown:
            if len(self.unknown) < MAX_REASONS:
                self.unknown[path] = value.reason or "known after apply"
            return None
        if raw is None or isinstance(raw, bool):
            return raw
        if isinstance(raw, str):
            return self._text(path, name, shown_text(value))
        if isinstance(raw, tuple):
            shown = self._shown(path, [f"{path}[{i}]" for i in range(len(raw))], raw)
            words = [v.raw for v in raw]
            names = (follows_option(words, index) or name for index in range(len(raw)))
            return [self._json(where, n, v, False) for where, n, v in zip(shown, names, raw, strict=False)]
        if value.is_mapping:
            return self._object(path, value)
        if isinstance(raw, int) and abs(raw) < 1 << 53:
            return raw
        text = format_number(raw)
        return float(text) if len(text) < 17 else text

    def _object(self, path: str, value: Value) -> Json:
        made: dict[str, Json] = {}
        keys = sorted(value.raw)
        inside = [value.raw[key] for key in keys]
        shown = self._shown(path, [f"{path}.{key}" if path else key for key in keys], inside)
        told = (
            told_secret({key: inner.raw for key, inner in zip(keys, inside, strict=True)})
            if _TOLD_BY & value.raw.keys()
            else ()
        )
        for key, where, inner in zip(keys, shown, inside, strict=False):
            plain = self._json(where, key, inner, key in told)
            if not (inner.is_unknown or where in self.sensitive):
                made[key] = plain
        return made

    def _shown(self, path: str, places: list[str], inside: Sequence[Value]) -> list[str]:
        """The places of the first elements, as many as are shown. What the others refer to is kept at the whole."""
        count = min(len(places), MAX_ITEMS, self._left)
        self._left -= count
        if count < len(places):
            seen: set[int] = set()
            for left_out in inside[count:]:
                self._note_refs(path, left_out, seen)
            if len(self.unknown) < MAX_REASONS:
                self.unknown[places[count]] = f"it and what follows is not shown: {len(places):,} elements are too many"
        return places[:count]

    def _text(self, path: str, name: str, text: str | None) -> Json:
        if text is None or is_secret(name, text):
            self._hide(path)
            return None
        if len(text) > MAX_TEXT:
            text = text[:MAX_TEXT] + "…"
        return mask_text(text) if len(text) > 8 else text

    def _hide(self, path: str) -> None:
        if path not in self.sensitive:
            self.sensitive.append(path)

    def _note_refs(self, path: str, value: Value, seen: set[int]) -> None:
        """A value that is not shown still refers to what it was made of."""
        if id(value) in seen:
            return
        seen.add(id(value))
        if value.refs:
            self.refs.setdefault(path, []).extend(only_references(value.refs))
        raw = value.raw
        if isinstance(raw, LazyObject):
            return
        for item in raw if isinstance(raw, tuple) else (raw.values() if value.is_mapping else ()):
            self._note_refs(path, item, seen)
