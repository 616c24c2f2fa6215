"""What differs between two values of attributes, leaf by leaf.

Where a thing stands in its file is no difference: numbers called ``line`` beside it, and ``main.tf:12`` in the
reason for an unknown value. Lists are compared by what their items are called, else as collections; only where the
same items come in another order is the order the difference.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from archdoc.model.change import AttributeChange
from archdoc.model.facts import Json

_PLACES = frozenset({"line", "end_line"})
_POSITIONS = frozenset({"position"})
"""A play's number in its playbook: a play put before it changes that, and not the play."""
_REASONS = frozenset({"unknown", "reason", "unknown_keys"})
_CONTENT = frozenset({"values", "value", "partial", "inputs", "arguments"})
"""Below these, every key is the code's own."""
_NAMES = ("id", "name", "key", "path", "address", "to", "port", "type")
_LINE = re.compile(r"(\.[A-Za-z0-9]+):\d+")
_LONGEST_JSON = 200_000
_LONGEST = 2000
"""Characters of one text that are kept."""


def attribute_changes(before: Mapping[str, Json], after: Mapping[str, Json]) -> tuple[AttributeChange, ...]:
    """The leaves that differ, by path; a value that became unknown is one change with the reason as its value."""
    found: dict[str, AttributeChange] = {}
    for change in _mapping("", _settled(before), _settled(after), own=False):
        path = _shown_path(change.path)
        is_reason = change.path == "unknown" or change.path.startswith("unknown.")
        one = AttributeChange(path, _worded(change.before, is_reason), _worded(change.after, is_reason))
        known = found.get(path)
        if known is not None:
            one = AttributeChange(
                path,
                known.before if known.before is not None else one.before,
                known.after if known.after is not None else one.after,
            )
        found[path] = one
    return tuple(found[path] for path in sorted(found))


def settled_text(value: Json) -> str:
    """A value without places, as text: the same for two values that differ in their lines alone."""
    return json.dumps(_without_places(value, own=False), sort_keys=True, ensure_ascii=True)


def without_lines(text: str) -> str:
    """A sentence without the lines in the places that it names."""
    return _LINE.sub(r"\1", text)


def _settled(attributes: Mapping[str, Json]) -> Mapping[str, Json]:
    settled = _without_places(dict(attributes), own=False)
    assert isinstance(settled, dict)
    return settled


def _without_places(value: Json, own: bool, reason: bool = False) -> Json:
    """``own``: every key here is the code's own; ``reason``: texts here are archdoc's words."""
    if isinstance(value, Mapping):
        return {
            k: _without_places(v, own or (k in _CONTENT and not reason), reason or (not own and k in _REASONS))
            for k, v in value.items()
            if own or not _is_place(k, v)
        }
    if isinstance(value, list | tuple):
        return [_without_places(v, own, reason) for v in value]
    if isinstance(value, str):
        return without_lines(value) if reason and not own else value
    return value


def _is_place(key: str, value: Json) -> bool:
    return (key in _PLACES or key in _POSITIONS) and isinstance(value, int) and not isinstance(value, bool)


def _mapping(path: str, before: Mapping[str, Json], after: Mapping[str, Json], own: bool) -> Iterator[AttributeChange]:
    for key in sorted(before.keys() | after.keys()):
        at = f"{path}.{key}" if path else key
        yield from _value(at, before.get(key), after.get(key), own or key in _CONTENT)


def _value(path: str, before: Json, after: Json, own: bool) -> Iterator[AttributeChange]:
    if before == after and json.dumps(before, sort_keys=True) == json.dumps(after, sort_keys=True):
        return  # asked twice: to Python, true is 1
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _mapping(path, before, after, own)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _list(path, before, after, own)
    elif all(value is None or isinstance(value, dict) for value in (before, after)):  # nothing there: leaf by leaf
        one, other = (value if isinstance(value, dict) else {} for value in (before, after))
        yield from list(_mapping(path, one, other, own)) or [AttributeChange(path, before, after)]
    elif (documents := _documents(before, after)) is not None:
        yield from _value(path, *documents, own)
    else:
        yield AttributeChange(path, before, after)


def _documents(before: Json, after: Json) -> tuple[Json, Json] | None:
    """Two texts that are JSON objects or lists (policies, say), read: their form is no difference."""
    read: list[Json] = []
    for text in (before, after):
        if not isinstance(text, str) or len(text) > _LONGEST_JSON or not text.lstrip().startswith(("{", "[")):
            return None
        try:
            read.append(json.loads(text))
        except (ValueError, RecursionError):
            return None
    return read[0], read[1]


def _list(path: str, before: list[Json], after: list[Json], own: bool) -> Iterator[AttributeChange]:
    name = next((n for n in _NAMES if _names(n, before) is not None and _names(n, after) is not None), None)
    if name is not None:
        yield from _named(path, _by_name(name, before), _by_name(name, after), own)
        return
    texts = [json.dumps(v, sort_keys=True) for v in before], [json.dumps(v, sort_keys=True) for v in after]
    gone, come = Counter(texts[0]) - Counter(texts[1]), Counter(texts[1]) - Counter(texts[0])
    if not gone and not come:
        yield AttributeChange(f"{path} (order)", before, after)
        return
    lost, new = _picked(before, texts[0], gone), _picked(after, texts[1], come)
    if len(lost) == 1 and len(new) == 1 and isinstance(lost[0], dict | list) and isinstance(new[0], dict | list):
        yield from _value(f"{path}[]", lost[0], new[0], own)  # one of them changed
        return
    yield from (AttributeChange(f"{path}[]", value, None) for value in lost)
    yield from (AttributeChange(f"{path}[]", None, value) for value in new)


def _named(path: str, before: dict[str, Json], after: dict[str, Json], own: bool) -> Iterator[AttributeChange]:
    for key in sorted(before.keys() | after.keys()):
        at = f"{path}[{key}]"
        if key in before and key in after:
            yield from _value(at, before[key], after[key], own)
        else:
            yield AttributeChange(at, before.get(key), after.get(key))


def _names(name: str, items: Sequence[Json]) -> set[str] | None:
    """What the items are called by a key that all of them have and no two share; None if that is not so."""
    found = set()
    for item in items:
        called = item.get(name) if isinstance(item, dict) else None
        if isinstance(called, bool) or not isinstance(called, str | int) or str(called) in found:
            return None
        found.add(str(called))
    return found


def _by_name(name: str, items: Sequence[Json]) -> dict[str, Json]:
    return {str(item[name]): item for item in items if isinstance(item, dict)}


def _picked(values: Sequence[Json], texts: Sequence[str], wanted: Counter[str]) -> list[Json]:
    left = Counter(wanted)
    found = []
    for value, text in zip(values, texts, strict=True):
        if left[text] > 0:
            left[text] -= 1
            found.append(value)
    return found


def _shown_path(path: str) -> str:
    if path == "unknown":
        return "value"
    first, _, rest = path.partition(".")
    return rest if rest and first in ("values", "unknown", "inputs") else path


def _worded(value: Json, is_reason: bool) -> Json:
    if isinstance(value, str):
        value = value if len(value) <= _LONGEST else value[:_LONGEST] + "…"
        return f"unknown ({value})" if is_reason else value
    return value
