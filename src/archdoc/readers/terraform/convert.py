"""Conversion between types, and the one type that several values can share.

The rules are cty's (https://github.com/zclconf/go-cty/blob/main/docs/convert.md), which Terraform follows:
https://developer.hashicorp.com/terraform/language/expressions/type-constraints.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from archdoc.readers.terraform.numbers import format_number, parse_number
from archdoc.readers.terraform.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    Type,
    list_of,
    map_of,
    object_of,
    set_of,
    tuple_of,
)
from archdoc.readers.terraform.values import (
    LazyObject,
    Value,
    boolean,
    list_value,
    map_value,
    null,
    number,
    set_value,
    string,
    why_unknown,
)


class ConversionError(Exception):
    """A value cannot be what is wanted; the message says what is required."""


def convert(value: Value, wanted: Type) -> Value:
    """The value as the wanted type, marks kept (ConversionError if it cannot be)."""
    if wanted.name == "dynamic":
        return value
    if value.is_unknown:
        return _unknown_as(value, wanted)
    if value.is_null:
        return Value(_settled(wanted, value.type), None, value.refs, value.sensitive)
    if wanted.is_primitive:
        return _to_primitive(value, wanted)
    made = _STRUCTURAL[wanted.name](value, wanted)
    return made.like(value)


def convertible(have: Type, wanted: Type) -> bool:
    """Whether values of one type may be converted to another (some values may still fail: "a" to number)."""
    if have == wanted or "dynamic" in (have.name, wanted.name):
        return True
    if have.is_primitive and wanted.is_primitive:
        return {have.name, wanted.name} != {"number", "bool"}
    if wanted.is_collection and wanted.element is not None:
        return _convertible_to_collection(have, wanted, wanted.element)
    if wanted.name == "tuple":
        return (
            have.name == "tuple"
            and len(have.items) == len(wanted.items)
            and all(convertible(h, w) for h, w in zip(have.items, wanted.items, strict=True))
        )
    if wanted.name == "object":
        if have.name == "map" and have.element is not None:
            return all(convertible(have.element, t) for _, t in wanted.fields)
        return have.name == "object" and all(
            (own is not None and convertible(own, t)) or (own is None and n in wanted.optional)
            for n, t in wanted.fields
            for own in [have.attribute(n)]
        )
    return False


def _convertible_to_collection(have: Type, wanted: Type, element: Type) -> bool:
    if wanted.name == "map":
        if have.name == "object":
            return all(convertible(t, element) for _, t in have.fields)
        return have.name == "map" and have.element is not None and convertible(have.element, element)
    if have.name == "tuple":
        return all(convertible(t, element) for t in have.items)
    if have.name in ("list", "set") and have.element is not None:
        return convertible(have.element, element)
    return False


# -- unification ------------------------------------------------------------------------------------------------


def unify(types: Sequence[Type]) -> Type | None:
    """The one type that values of all these types convert to, or None; DYNAMIC for no types."""
    distinct = list(dict.fromkeys(types))
    if not distinct:
        return DYNAMIC
    if len(distinct) == 1:
        return distinct[0]
    known = [t for t in distinct if t.name != "dynamic"]
    if len(known) < len(distinct):
        return DYNAMIC
    names = {t.name for t in known}
    if names <= {"string", "number", "bool"}:
        return STRING if "string" in names else None
    merged = _unify_structural(known, names)
    if merged is not None:
        return merged
    for candidate in known:
        if all(convertible(t, candidate) for t in known):
            return candidate
    return None


def _unify_structural(types: list[Type], names: set[str]) -> Type | None:
    if names == {"tuple"}:
        return _unify_tuples(types)
    if names == {"object"}:
        return _unify_objects(types)
    if names <= {"object", "map"}:
        element = unify([e for t in types for e in ([t.element] if t.element else [f for _, f in t.fields])])
        return map_of(element) if element else None
    if names <= {"tuple", "list"}:
        element = unify([e for t in types for e in ([t.element] if t.element else t.items)])
        return list_of(element) if element else None
    if names <= {"tuple", "list", "set"}:
        element = unify([e for t in types for e in ([t.element] if t.element else t.items)])
        return set_of(element) if element else None
    return None


def _unify_tuples(types: list[Type]) -> Type | None:
    if len({len(t.items) for t in types}) == 1:
        items = [unify([t.items[i] for t in types]) for i in range(len(types[0].items))]
        if all(items):
            return tuple_of(i for i in items if i is not None)
    element = unify([i for t in types for i in t.items])
    return list_of(element) if element else None


def _unify_objects(types: list[Type]) -> Type | None:
    if len({tuple(n for n, _ in t.fields) for t in types}) == 1:
        fields = {n: unify([f for t in types if (f := t.attribute(n)) is not None]) for n, _ in types[0].fields}
        if all(fields.values()):
            return object_of({n: f for n, f in fields.items() if f is not None})
    element = unify([f for t in types for _, f in t.fields])
    return map_of(element) if element else None


def unify_values(values: Sequence[Value]) -> tuple[Type, list[Value]] | None:
    """The shared type of values and the values as that type, or None when they share none."""
    kind = unify([v.type for v in values])
    if kind is None:
        return None
    try:
        return kind, [convert(v, kind) for v in values]
    except ConversionError:
        return None


# -- the conversions themselves ---------------------------------------------------------------------------------


def to_string(value: Value) -> Value:
    """``convert`` to string."""
    return convert(value, STRING)


def _to_primitive(value: Value, wanted: Type) -> Value:
    if value.kind == wanted.name:
        return value
    raw = value.raw
    made: Value | None = None
    if wanted is STRING or wanted.name == "string":
        if value.kind == "number":
            made = string(format_number(raw))
        elif value.kind == "bool":
            made = string("true" if raw else "false")
    elif value.kind == "string":
        if wanted.name == "number":
            parsed = parse_number(raw)
            if parsed is None:
                raise ConversionError("a number is required")
            made = number(parsed)
        elif raw in ("true", "false", "1", "0"):
            made = boolean(raw in ("true", "1"))
        else:
            raise ConversionError("a bool is required")
    if made is None:
        raise ConversionError(f"{_article(wanted)} is required")
    return made.like(value)


def _to_sequence(value: Value, wanted: Type) -> Value:
    element = wanted.element or DYNAMIC
    if not value.is_sequence or (wanted.name == "list" and value.kind not in ("list", "tuple", "set")):
        raise ConversionError(f"{_article(wanted)} is required")
    items = _elements(value.raw, element)
    element = _element_type(items, element)
    return set_value(items, element) if wanted.name == "set" else list_value(items, element)


def _to_map(value: Value, wanted: Type) -> Value:
    if not value.is_mapping:
        raise ConversionError(f"{_article(wanted)} is required")
    if isinstance(value.raw, LazyObject):
        return value
    element = wanted.element or DYNAMIC
    items = _elements(value.raw.values(), element)
    return map_value(dict(zip(value.raw.keys(), items, strict=True)), _element_type(items, element))


def _elements(values: Iterable[Value], element: Type) -> list[Value]:
    """All as one element type; where that is ``any``, the type they share."""
    items = [convert(v, element) for v in values]
    if not element.has_dynamic() or not items:
        return items
    shared = unify_values(items)
    if shared is None:
        raise ConversionError("all elements must be of the same type")
    return shared[1]


def _element_type(items: list[Value], element: Type) -> Type:
    if not items or not element.has_dynamic():
        return without_optional(element)
    return unify([i.type for i in items]) or DYNAMIC


def _to_tuple(value: Value, wanted: Type) -> Value:
    if value.kind not in ("tuple", "list") or len(value.raw) != len(wanted.items):
        raise ConversionError(f"a tuple of {len(wanted.items)} elements is required")
    return Value(None, tuple(convert(v, t) for v, t in zip(value.raw, wanted.items, strict=True)))


def _to_object(value: Value, wanted: Type) -> Value:
    if not value.is_mapping:
        raise ConversionError("an object is required")
    if isinstance(value.raw, LazyObject):
        return value
    missing = [n for n, _ in wanted.fields if n not in value.raw and n not in wanted.optional]
    if missing:
        plural = "s" if len(missing) > 1 else ""
        names = ", ".join(f'"{n}"' for n in missing)
        raise ConversionError(f"attribute{plural} {names} {'are' if plural else 'is'} required")
    defaults: dict[str, Any] = dict(wanted.defaults)
    fields: dict[str, Value] = {}
    for name, kind in wanted.fields:
        own = value.raw.get(name)
        if (own is None or own.is_null) and name in defaults:
            own = defaults[name] if own is None else defaults[name].like(own)
        try:
            fields[name] = convert(own, kind) if own is not None else null(without_optional(kind))
        except ConversionError as error:
            raise ConversionError(f'attribute "{name}": {error}') from None
    return Value(None, fields)


_STRUCTURAL = {"list": _to_sequence, "set": _to_sequence, "map": _to_map, "tuple": _to_tuple, "object": _to_object}


def without_optional(kind: Type) -> Type:
    """A constraint as the type that a converted value has."""
    if kind.name == "object":
        return Type("object", fields=tuple((n, without_optional(t)) for n, t in kind.fields))
    if kind.element is not None:
        return Type(kind.name, without_optional(kind.element))
    if kind.items:
        return tuple_of(without_optional(t) for t in kind.items)
    return kind


def _settled(wanted: Type, have: Type) -> Type:
    return without_optional(wanted) if not wanted.has_dynamic() or have.name == "dynamic" else have


def _unknown_as(value: Value, wanted: Type) -> Value:
    have = value.type
    if have.name != "dynamic" and not convertible(have, wanted):
        raise ConversionError(f"{_article(wanted)} is required")
    return Value(_settled(wanted, have), value.raw, value.refs, value.sensitive, why_unknown(value))


def _article(kind: Type) -> str:
    text = str(kind)
    return f"an {text}" if text[:1] in "aeiou" else f"a {text}"


PRIMITIVE_NAMES = {"string": STRING, "number": NUMBER, "bool": BOOL}
