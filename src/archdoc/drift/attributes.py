"""What differs between two values of attributes, leaf by leaf.

Both are brought into one form first (`settled`), in which places and orders that say nothing are gone. Lists are
compared by what their items are called, else as collections; where the order counts, and the same items come in another
one, the order is the difference.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from archdoc.drift.settled import Settling, json_document, settled_text
from archdoc.model.change import AttributeChange
from archdoc.model.facts import Json

_NAMES = ("id", "name", "key", "path", "address", "to", "port", "type")
_TITLES = ("task", *_NAMES, "command")
"""What an item is shown by, where it alone has changed."""
_LONGEST = 2000
"""Characters of one text that are kept."""


def attribute_changes(
    before: Mapping[str, Json], after: Mapping[str, Json], settling: Settling
) -> tuple[AttributeChange, ...]:
    """The leaves that differ, by path; a value that became unknown is one change with the reason as its value."""
    found: dict[str, AttributeChange] = {}
    for change in _Leaves(settling).mapping("", settling.attributes(before), settling.attributes(after)):
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


@dataclass(frozen=True, slots=True)
class _Leaves:
    settling: Settling

    def mapping(self, path: str, before: Mapping[str, Json], after: Mapping[str, Json]) -> Iterator[AttributeChange]:
        for key in sorted(before.keys() | after.keys()):
            at = f"{path}.{key}" if path else key
            yield from self.value(at, before.get(key), after.get(key))

    def value(self, path: str, before: Json, after: Json) -> Iterator[AttributeChange]:
        if before == after and json.dumps(before, sort_keys=True) == json.dumps(after, sort_keys=True):
            return  # asked twice: to Python, true is 1
        if isinstance(before, dict) and isinstance(after, dict):
            yield from self.mapping(path, before, after)
        elif isinstance(before, list) and isinstance(after, list):
            yield from self.listed(path, before, after)
        elif all(value is None or isinstance(value, dict) for value in (before, after)):  # nothing there: leaf by leaf
            one, other = (value if isinstance(value, dict) else {} for value in (before, after))
            yield from list(self.mapping(path, one, other)) or [AttributeChange(path, before, after)]
        elif (documents := self._documents(before, after)) is not None:
            yield from self.value(path, *documents)
        else:
            yield AttributeChange(path, before, after)

    def _documents(self, before: Json, after: Json) -> tuple[Json, Json] | None:
        """Two texts that are JSON objects or lists (policies, say), read: their form is no difference."""
        if not isinstance(before, str) or not isinstance(after, str):
            return None
        one, other = json_document(before), json_document(after)
        return None if one is None or other is None else (self.settling.content(one), self.settling.content(other))

    def listed(self, path: str, before: list[Json], after: list[Json]) -> Iterator[AttributeChange]:
        name = next((n for n in _NAMES if _names(n, before) is not None and _names(n, after) is not None), None)
        texts = [settled_text(v) for v in before], [settled_text(v) for v in after]
        gone, come = Counter(texts[0]) - Counter(texts[1]), Counter(texts[1]) - Counter(texts[0])
        if not gone and not come:
            yield AttributeChange(f"{path} (order)", before, after)
            return
        if name is not None:
            yield from self._named(path, name, _by_name(name, before), _by_name(name, after))
            return
        lost, new = _picked(before, texts[0], gone), _picked(after, texts[1], come)
        if len(lost) == 1 and len(new) == 1 and isinstance(lost[0], dict | list) and isinstance(new[0], dict | list):
            yield from self.value(f"{path}[{_title(lost[0], new[0])}]", lost[0], new[0])  # one of them changed
            return
        yield from (AttributeChange(f"{path}[{_title(value, value)}]", value, None) for value in lost)
        yield from (AttributeChange(f"{path}[{_title(value, value)}]", None, value) for value in new)

    def _named(
        self, path: str, name: str, before: dict[str, Json], after: dict[str, Json]
    ) -> Iterator[AttributeChange]:
        lost, new = ([v for k, v in one.items() if k not in other] for one, other in ((before, after), (after, before)))
        if len(lost) == 1 and len(new) == 1 and _without(name, lost[0]) == _without(name, new[0]):
            yield from self.value(f"{path}[]", lost[0], new[0])  # another name
            before, after = (
                {k: v for k, v in one.items() if k in other} for one, other in ((before, after), (after, before))
            )
        for key in sorted(before.keys() | after.keys()):
            at = f"{path}[{key}]"
            if key in before and key in after:
                yield from self.value(at, before[key], after[key])
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


def _title(one: Json, other: Json) -> str:
    """What two forms of one item are both called."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return ""
    called = (one[t] for t in _TITLES if isinstance(one.get(t), str | int) and one[t] == other.get(t))
    return str(next(called, ""))


def _without(name: str, item: Json) -> Json:
    return {k: v for k, v in item.items() if k != name} if isinstance(item, dict) else item


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
