"""Filters of numbers, lists and mappings, by the rules of Jinja2 and ansible-core."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from jinja2.filters import do_batch, do_filesizeformat, do_slice

from archdoc.readers.ansible.jinja.session import RefusedError
from archdoc.readers.ansible.jinja.symbolic import Unknown
from archdoc.readers.ansible.jinja.versions import loose_key

MAX_PAIRWISE = 3_000
"""Items that are compared one with another where they cannot be hashed."""
_UNITS = {"Y": 80, "Z": 70, "E": 60, "P": 50, "T": 40, "G": 30, "M": 20, "K": 10, "B": 0}


def to_bool(value: Any) -> bool:
    """Ansible's truth: yes, on, true and 1 in any case."""
    text = str(value).lower() if isinstance(value, str | int) else value
    return text in ("yes", "on", "true", "1") or value == 1


def to_int(value: Any, default: int = 0, base: int = 10) -> int:
    """A whole number, or the default."""
    try:
        return int(value, base) if isinstance(value, str) else int(value)
    except (TypeError, ValueError):
        try:
            return int(float(value))
        except (TypeError, ValueError, OverflowError):
            return default


def to_float(value: Any, default: float = 0.0) -> float:
    """A number, or the default."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return default


def round_(value: Any, precision: int = 0, method: str = "common") -> float:
    """A number rounded (``common``, ``ceil``, ``floor``)."""
    if abs(precision) > 300:
        raise RefusedError("a precision that is larger than archdoc allows")
    if method == "common":
        return round(float(value), precision)
    function: Callable[[float], int] = {"ceil": math.ceil, "floor": math.floor}[method]
    return float(function(value * (10**precision)) / (10**precision))


def log(value: Any, base: Any = math.e) -> float:
    """A logarithm."""
    return math.log10(value) if base == 10 else math.log(value, base)


def root(value: Any, base: Any = 2) -> float:
    """A root."""
    return math.sqrt(value) if base == 2 else math.pow(value, 1.0 / float(base))


def human_readable(value: Any, isbits: bool = False, unit: str | None = None) -> str:
    """A number of bytes for people: ``1.00 GB``."""
    size = float(value)
    base = "bits" if isbits else "Bytes"
    for letter, power in _UNITS.items():
        limit = 1 << power
        if (unit is None and size >= limit) or (unit is not None and unit.upper() == letter) or letter == "B":
            return f"{size / limit:.2f} {base if limit == 1 else letter + base[0]}"
    raise ValueError("human_readable")


def human_to_bytes(value: Any, default_unit: str | None = None, isbits: bool = False) -> int:
    """The number of bytes (``isbits``: bits) that ``2 GB`` stands for."""
    found = re.fullmatch(r"([0-9]*\.?[0-9]+)(?:\s*([A-Za-z]+))?\s*", str(value))
    if found is None:
        raise ValueError("human_to_bytes")
    unit = found[2] or default_unit
    if unit and len(unit) > 1 and unit[1:2] != ("b" if isbits else "B"):
        raise ValueError("human_to_bytes")
    return round(float(found[1]) * (1 << _UNITS[unit[0].upper()])) if unit else round(float(found[1]))


def merge(
    low: Mapping[Any, Any], high: Mapping[Any, Any], recursive: bool, list_merge: str = "replace"
) -> dict[Any, Any]:
    """Two mappings in one, as ansible-core's ``merge_hash`` does it; the second wins."""
    made = dict(low)
    for key, new in high.items():
        old = made.get(key)
        if key in made and isinstance(old, Mapping) and isinstance(new, Mapping) and recursive:
            made[key] = merge(old, new, recursive, list_merge)
        elif key in made and isinstance(old, list) and isinstance(new, list):
            made[key] = _merged_lists(old, new, list_merge)
        else:
            made[key] = new
    return made


def _merged_lists(old: list[Any], new: list[Any], how: str) -> list[Any]:
    kinds: dict[str, Callable[[], list[Any]]] = {
        "replace": lambda: new,
        "keep": lambda: old,
        "append": lambda: old + new,
        "prepend": lambda: new + old,
        "append_rp": lambda: [v for v in old if v not in new] + new,
        "prepend_rp": lambda: new + [v for v in old if v not in new],
    }
    return kinds[how]()


def combine(value: Any, *more: Any, recursive: bool = False, list_merge: str = "replace") -> Any:
    """Mappings merged, the last one strongest."""
    mappings = flatten([value, *more], levels=1)
    for mapping in mappings:
        if not isinstance(mapping, Mapping):
            raise TypeError("combine")
    if not mappings:
        return {}
    made = dict(mappings[0])
    for mapping in mappings[1:]:
        made = merge(made, mapping, recursive, list_merge)
    return made


def dict2items(value: Mapping[Any, Any], key_name: str = "key", value_name: str = "value") -> list[dict[str, Any]]:
    """The pairs of a mapping as a list."""
    return [{key_name: key, value_name: inner} for key, inner in value.items()]


def items2dict(value: Iterable[Mapping[str, Any]], key_name: str = "key", value_name: str = "value") -> dict[Any, Any]:
    """A list of pairs as a mapping."""
    return {item[key_name]: item[value_name] for item in value}


def flatten(value: Iterable[Any], levels: int | None = None, skip_nulls: bool = True) -> list[Any]:
    """A list without lists in it."""
    made: list[Any] = []
    for element in value:
        if skip_nulls and (element is None or (isinstance(element, str) and element in ("None", "null"))):
            continue
        if isinstance(element, list | tuple) and (levels is None or levels >= 1):
            made.extend(flatten(element, None if levels is None else int(levels) - 1, skip_nulls))
        else:
            made.append(element)
    return made


def _distinct(values: Iterable[Any]) -> list[Any]:
    """Each value once, in order."""
    found = list(values)
    try:
        return list(dict.fromkeys(found))
    except TypeError:
        if len(found) > MAX_PAIRWISE:
            raise RefusedError("more items than archdoc compares one with another") from None
        made: list[Any] = []
        for value in found:
            if value not in made:
                made.append(value)
        return made


def union(a: Iterable[Any], b: Iterable[Any]) -> list[Any]:
    """What is in either list."""
    return _distinct([*a, *b])


def intersect(a: Iterable[Any], b: Sequence[Any]) -> list[Any]:
    """What is in both lists."""
    return [v for v in _distinct(a) if v in b]


def difference(a: Iterable[Any], b: Sequence[Any]) -> list[Any]:
    """What is in the first list alone."""
    return [v for v in _distinct(a) if v not in b]


def symmetric_difference(a: Sequence[Any], b: Sequence[Any]) -> list[Any]:
    """What is in one list alone."""
    return difference(a, b) + difference(b, a)


def subelements(value: Any, keys: Any, skip_missing: bool = False) -> list[tuple[Any, Any]]:
    """Each element with each item of one of its lists; an element or a list that is not known stands for its items."""
    elements = list(value.values()) if isinstance(value, Mapping) else list(value)
    path = keys if isinstance(keys, list) else str(keys).split(".")
    made: list[tuple[Any, Any]] = []
    for element in elements:
        inner = element
        for key in path:
            if isinstance(inner, Unknown):
                break
            if skip_missing and key not in inner:
                inner = []
                break
            inner = inner[key]
        made.extend((element, item) for item in ([inner] if isinstance(inner, Unknown) else inner))
    return made


def rekey_on_member(data: Any, key: str, duplicates: str = "error") -> dict[Any, Any]:
    """Mappings by the value of one of their keys."""
    made: dict[Any, Any] = {}
    for item in data.values() if isinstance(data, Mapping) else data:
        if duplicates == "error" and item[key] in made:
            raise ValueError("rekey_on_member")
        made[item[key]] = item
    return made


def dictsort(
    value: Mapping[Any, Any], case_sensitive: bool = False, by: str = "key", reverse: bool = False
) -> list[Any]:
    """The pairs of a mapping in order."""
    position = {"key": 0, "value": 1}[by]

    def order(pair: tuple[Any, Any]) -> Any:
        part = pair[position]
        return part.lower() if isinstance(part, str) and not case_sensitive else part

    return sorted(value.items(), key=order, reverse=reverse)


def last(value: Any) -> Any:
    """The last element."""
    return list(value)[-1]


def reverse(value: Any) -> Any:
    """Backwards."""
    return value[::-1] if isinstance(value, str) else list(value)[::-1]


def length(value: Any) -> int:
    """How many."""
    return len(value)


def zip_longest(value: Any, *more: Any, fillvalue: Any = None) -> Any:
    """Lists side by side, as long as the longest."""
    return itertools.zip_longest(value, *more, fillvalue=fillvalue)


def lists_mergeby(value: Any, *more: Any, recursive: bool = False, list_merge: str = "replace") -> list[Any]:
    """community.general.lists_mergeby: mappings of several lists merged by a key."""
    *lists, index = (value, *more)
    found: dict[Any, dict[Any, Any]] = {}
    for item in flatten(lists, levels=1):
        found[item[index]] = merge(found.get(item[index], {}), item, recursive, list_merge)
    return [found[key] for key in sorted(found)]


def keep_keys(value: Any, target: Sequence[str]) -> Any:
    """The mappings of a list with some of their keys alone."""
    return [{k: v for k, v in item.items() if k in target} for item in value]


def remove_keys(value: Any, target: Sequence[str]) -> Any:
    """The mappings of a list without some of their keys."""
    return [{k: v for k, v in item.items() if k not in target} for item in value]


def xmlattr(value: Mapping[str, Any], autospace: bool = True) -> str:
    """Attributes of an XML tag."""
    pairs = " ".join(f'{k}="{v}"' for k, v in value.items() if v is not None and not isinstance(v, Unknown))
    return f" {pairs}" if autospace and pairs else pairs


FILTERS: Mapping[str, Callable[..., Any]] = {
    "bool": to_bool,
    "int": to_int,
    "float": to_float,
    "abs": abs,
    "round": round_,
    "log": log,
    "pow": math.pow,
    "root": root,
    "human_readable": human_readable,
    "human_to_bytes": human_to_bytes,
    "filesizeformat": do_filesizeformat,
    "combine": combine,
    "dict2items": dict2items,
    "items2dict": items2dict,
    "items": lambda v: list(v.items()),
    "dict": dict,
    "dict_kv": lambda v, key: {key: v},
    "flatten": flatten,
    "union": union,
    "lists_union": union,
    "intersect": intersect,
    "lists_intersect": intersect,
    "difference": difference,
    "lists_difference": difference,
    "symmetric_difference": symmetric_difference,
    "subelements": subelements,
    "rekey_on_member": rekey_on_member,
    "groupby_as_dict": lambda v, key: {item[key]: item for item in v},
    "lists_mergeby": lists_mergeby,
    "keep_keys": keep_keys,
    "remove_keys": remove_keys,
    "version_sort": lambda v, reverse=False: sorted(v, key=loose_key, reverse=reverse),
    "zip": zip,
    "zip_longest": zip_longest,
    "product": itertools.product,
    "permutations": itertools.permutations,
    "combinations": itertools.combinations,
    "dictsort": dictsort,
    "list": list,
    "first": lambda v: next(iter(v)),
    "last": last,
    "length": length,
    "count": length,
    "reverse": reverse,
    "batch": lambda v, n, fill=None: list(do_batch(v, n, fill)),
    "slice": lambda v, n, fill=None: list(do_slice.__wrapped__(v, n, fill)) if n <= 1000 else [],
    "xmlattr": xmlattr,
    "ternary": lambda *_: None,
}
