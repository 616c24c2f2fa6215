"""Values as the graph shows them: plain JSON, the unknown parts named with their reasons, secrets left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from archdoc.model.facts import Json
from archdoc.readers.secrets import is_secret, mask_text
from archdoc.readers.terraform.numbers import format_number
from archdoc.readers.terraform.values import LazyObject, Ref, Value

MAX_TEXT = 4_000
"""Longer strings are cut; a user-data script belongs in the documents, not in a table."""
MAX_ITEMS = 500
MAX_REASONS = 50


@dataclass(slots=True)
class Exported:
    """What can be shown of one value, or of all arguments of a block."""

    unknown: dict[str, Json] = field(default_factory=dict)
    sensitive: list[Json] = field(default_factory=list)
    refs: dict[str, list[Ref]] = field(default_factory=dict)
    """References by the path of the argument that they feed."""

    def add(self, path: str, value: Value, sensitive: bool = False) -> Json:
        """The JSON of a value at a path: unknown parts are left out of objects and null in lists."""
        return self._json(path, path.rpartition(".")[2].partition("[")[0], value, sensitive)

    def _json(self, path: str, name: str, value: Value, sensitive: bool) -> Json:
        if value.refs:
            self.refs.setdefault(path, []).extend(value.refs)
        if sensitive or value.sensitive:
            self._note_refs(path, value)
            self._hide(path)
            return None
        raw = value.raw
        if value.is_unknown:
            if len(self.unknown) < MAX_REASONS:
                self.unknown[path] = value.reason or "known after apply"
            return None
        if raw is None or isinstance(raw, bool):
            return raw
        if isinstance(raw, str):
            return self._text(path, name, raw)
        if isinstance(raw, tuple):
            return [self._json(f"{path}[{i}]", name, v, False) for i, v in enumerate(raw[:MAX_ITEMS])]
        if value.is_mapping:
            return self._object(path, raw.keys(), value)
        if isinstance(raw, int) and abs(raw) < 1 << 53:
            return raw
        text = format_number(raw)
        return float(text) if len(text) < 17 else text

    def _object(self, path: str, names: Iterable[str], value: Value) -> Json:
        made: dict[str, Json] = {}
        for key in sorted(names)[:MAX_ITEMS]:
            inner = value.raw[key]
            where = f"{path}.{key}" if path else key
            shown = self._json(where, key, inner, False)
            if not (inner.is_unknown or where in self.sensitive):
                made[key] = shown
        return made

    def _text(self, path: str, name: str, text: str) -> Json:
        if is_secret(name, text):
            self._hide(path)
            return None
        if len(text) > MAX_TEXT:
            text = text[:MAX_TEXT] + "…"
        return mask_text(text) if len(text) > 8 else text

    def _hide(self, path: str) -> None:
        if path not in self.sensitive:
            self.sensitive.append(path)

    def _note_refs(self, path: str, value: Value) -> None:
        """A hidden value still refers to what it was made of."""
        raw = value.raw
        if isinstance(raw, LazyObject):
            return
        inner = raw if isinstance(raw, tuple) else (raw.values() if value.is_mapping else ())
        for item in inner:
            if item.refs:
                self.refs.setdefault(path, []).extend(item.refs)
            self._note_refs(path, item)
