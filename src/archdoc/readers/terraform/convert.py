"""Conversion of values between types, as cty does it: see ``unify`` for the rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from archdoc.readers.terraform.numbers import format_number, parse_number
from archdoc.readers.terraform.types import DYNAMIC, STRING, Type, list_of, object_of, tuple_of
from archdoc.readers.terraform.unify import convertible, unify
from archdoc.readers.terraform.values import (
    UNKNOWN,
    Unknown,
    Value,
    boolean,
    deep_marks,
    length_bounds,
    list_value,
    map_value,
    null,
    number,
    refined,
    set_value,
    string,
    unknown_from,
)


class ConversionError(Exception):
    """A value cannot be what is wanted; the message says what is required."""


def convert(value: Value, wanted: Type) -> Value:
    """The value as the wanted type, marks kept (ConversionError if it cannot be).

    Where the type is a constraint with ``optional(type, default)``, the defaults are put in first.
    """
    if wanted.name == "dynamic" or (value.kind == wanted.name and wanted.is_primitive):
        return value
    if value.is_open:
        return _open_as(value, wanted)
    if wanted.holds_defaults():
        value = with_defaults(value, wanted)
    have = value.type
    if have == wanted:
        return value
    if not convertible(have, wanted):
        raise ConversionError(mismatch(have, wanted))
    return _converted(value, wanted)


def unify_values(values: Sequence[Value]) -> tuple[Type, list[Value]] | None:
    """The shared type of values and the values as that type, or None when they share none."""
    kind = unify([v.type for v in values])
    if kind is None:
        return None
    try:
        return kind, [convert(v, kind) for v in values]
    except ConversionError:
        return None


def to_string(value: Value) -> Value:
    """``convert`` to string."""
    return convert(value, STRING)


def _converted(value: Value, wanted: Type) -> Value:
    """``convert`` once it is clear that the types allow it."""
    raw = value.raw
    if wanted.name == "dynamic" or (value.kind == wanted.name and wanted.is_primitive):
        return value
    if value.is_open:
        return _open_as(value, wanted)
    if type(raw) is Unknown:
        return _unknown_as(value, raw, wanted)
    if raw is None:
        return Value(_settled(value.type, wanted), None, value.refs, value.sensitive)
    if wanted.is_primitive:
        return _to_primitive(value, wanted).like(value)
    return _STRUCTURAL[wanted.name](value, wanted).like(value)


def _to_primitive(value: Value, wanted: Type) -> Value:
    raw = value.raw
    if wanted.name == "string":
        return string("true" if raw is True else "false" if raw is False else format_number(raw))
    if wanted.name == "number":
        parsed = parse_number(raw)
        if parsed is None:
            raise ConversionError("a number is required")
        return number(parsed)
    if raw in ("true", "false", "1", "0"):
        return boolean(raw in ("true", "1"))
    hint = f'; to convert from string, use lowercase "{raw.lower()}"' if raw.lower() in ("true", "false") else ""
    raise ConversionError(f"a bool is required{hint}")


def _to_sequence(value: Value, wanted: Type) -> Value:
    element = wanted.element or DYNAMIC
    items: tuple[Value, ...] = value.raw
    if wanted.name == "list" and value.kind == "set":
        least, most = length_bounds(value)
        if least != most:  # unknown elements may fall together: the order of the others is not known either
            return unknown_from(value, kind=list_of(value.type.element or DYNAMIC)).marked(*deep_marks(value))
    made = [_converted(v, element) for v in items] if element.name != "dynamic" else _alike(value.kind, items)
    made, element = _of_one_type(made, element, value.type)
    return set_value(made, element) if wanted.name == "set" else list_value(made, element)


def _to_map(value: Value, wanted: Type) -> Value:
    element = wanted.element or DYNAMIC
    items = list(value.raw.values())
    made = [_converted(v, element) for v in items] if element.name != "dynamic" else _alike(value.kind, items)
    made, element = _of_one_type(made, element, value.type)
    return map_value(dict(zip(value.raw, made, strict=True)), element)


def _alike(kind: str, items: Sequence[Value]) -> list[Value]:
    """The elements of a tuple or object as the type they share; those of a collection share one already."""
    if kind not in ("tuple", "object"):
        return list(items)
    shared = unify([v.type for v in items])
    if shared is None:
        raise ConversionError("all elements must be of the same type")
    return [convert(v, shared) for v in items]


def _of_one_type(items: list[Value], element: Type, whole: Type) -> tuple[list[Value], Type]:
    """Converted elements and the one type they have; ``any`` in the wanted type may have left them different."""
    if not items:
        return items, (whole.element or DYNAMIC) if element.name == "dynamic" else element.exact()
    if not element.has_dynamic():
        return items, element.exact()
    shared = unify([v.type for v in items])
    if shared is None:
        raise ConversionError("cannot find a common base type for all elements")
    return [convert(v, shared) for v in items], shared


def _to_tuple(value: Value, wanted: Type) -> Value:
    return Value(None, tuple(_converted(v, t) for v, t in zip(value.raw, wanted.items, strict=True)))


def _to_object(value: Value, wanted: Type) -> Value:
    fields: dict[str, Value] = {}
    for name, kind in wanted.fields:
        own = value.raw.get(name)
        if own is None:
            if name not in wanted.optional:  # only of a map can that not be told from its type
                raise ConversionError(f'map has no element for required attribute "{name}"')
            fields[name] = null(kind.exact())
            continue
        try:
            fields[name] = convert(own, kind)
        except ConversionError as error:
            raise ConversionError(f'attribute "{name}": {error}') from None
    return Value(None, fields)


_STRUCTURAL = {"list": _to_sequence, "set": _to_sequence, "map": _to_map, "tuple": _to_tuple, "object": _to_object}


# -- unknown and open -------------------------------------------------------------------------------------------


def _unknown_as(value: Value, raw: Unknown, wanted: Type) -> Value:
    """An unknown of another type, with what can still be told of it."""
    have = value.type
    kind = _settled(have, wanted)
    made = Value(kind, UNKNOWN, value.refs, value.sensitive, value.reason)
    made = refined(made, not_null=raw.not_null)
    low, high = length_bounds(value) if have.name != "dynamic" and not have.is_primitive else (0, None)
    if not kind.is_collection or (kind.name == "set" and high == low == 0 and not raw.not_null):
        return made
    if kind.name == "set":
        low = min(low, 1)
    return refined(made, low=low, high=high)


def _settled(have: Type, wanted: Type) -> Type:
    """The wanted type with what it leaves open (``any``) taken from the type at hand."""
    if have.name == "dynamic":
        return wanted.exact()
    if wanted.name == "dynamic":
        return have
    if wanted.element is not None:
        inner = have.element or unify([*have.items, *(t for _, t in have.fields)]) or DYNAMIC
        return Type(wanted.name, _settled(inner, wanted.element))
    if wanted.name == "object":
        if have.element is not None:
            return object_of({n: _settled(have.element, t) for n, t in wanted.fields})
        own = dict(have.fields)
        return object_of({n: _settled(own.get(n, DYNAMIC), t) for n, t in wanted.fields})
    if wanted.name == "tuple":
        return tuple_of(_settled(h, w) for h, w in zip(have.items, wanted.items, strict=False))
    return wanted


def _open_as(value: Value, wanted: Type) -> Value:
    """An object of which not all attributes are told, as another type."""
    if wanted.name == "object":
        return Value(None, {n: convert(value.raw[n], t) for n, t in wanted.fields}, value.refs, value.sensitive)
    if wanted.name == "map":
        reason = "which attributes a resource has is known to its provider alone"
        return Value(wanted.exact(), UNKNOWN, value.refs, value.sensitive, reason)
    raise ConversionError(mismatch(object_of({}), wanted))


# -- defaults ---------------------------------------------------------------------------------------------------


def with_defaults(value: Value, constraint: Type) -> Value:
    """The value with the defaults of ``optional(type, default)`` put where an attribute is left out or null."""
    raw = value.raw
    if raw is None or isinstance(raw, Unknown) or value.is_open or not constraint.holds_defaults():
        return value
    if isinstance(raw, tuple):
        kinds = constraint.items or (constraint.element or DYNAMIC,) * len(raw)
        if len(kinds) != len(raw):
            return value
        items = [with_defaults(v, k) for v, k in zip(raw, kinds, strict=True)]
        return _again(value, items)
    if not isinstance(raw, Mapping):
        return value
    fields = {n: with_defaults(v, constraint.attribute(n) or constraint.element or DYNAMIC) for n, v in raw.items()}
    for name, default in constraint.defaults:
        own = fields.get(name)
        if own is None or own.is_null:
            filled = with_defaults(default, constraint.attribute(name) or DYNAMIC)
            fields[name] = filled if own is None else filled.like(own)
        elif not default.is_null:
            fields[name] = refined(own, not_null=True)
    if value.kind == "map":
        shared = unify_values(list(fields.values()))
        if shared is not None and fields:
            made = map_value(dict(zip(fields, shared[1], strict=True)), shared[0])
            return made.like(value)
    return Value(None, dict(sorted(fields.items())), value.refs, value.sensitive)


def _again(value: Value, items: Iterable[Value]) -> Value:
    """A sequence of the same kind with other elements; a tuple where they share no type."""
    made = tuple(items)
    if value.kind != "tuple":
        shared = unify_values(made)
        if shared is not None and made:
            parts, element = shared[1], shared[0]
            return (set_value(parts, element) if value.kind == "set" else list_value(parts, element)).like(value)
        if not made:
            return value
    return Value(None, made, value.refs, value.sensitive)


# -- saying what is wrong ---------------------------------------------------------------------------------------


def mismatch(have: Type, wanted: Type) -> str:
    """Why a value of one type cannot be another."""
    if have.name == wanted.name == "object":
        own = dict(have.fields)
        missing = [n for n, _ in wanted.fields if n not in own and n not in wanted.optional]
        if missing:
            names = ", ".join(f'"{n}"' for n in missing)
            return f"attribute{'s' if len(missing) > 1 else ''} {names} {'are' if len(missing) > 1 else 'is'} required"
        for name, kind in wanted.fields:
            if name in own and own[name] != kind and not convertible(own[name], kind):
                return f'attribute "{name}": {mismatch(own[name], kind)}'
    if wanted.is_collection and have.name in ("tuple", "object", "list", "set", "map"):
        if (wanted.name == "map") != (have.name in ("object", "map")):
            return f"{wanted} required"
        return f"{wanted} required: not all elements can be {wanted.element}"
    article = "an" if wanted.name[:1] in "aeiou" else "a"
    return f"{article} {wanted.name} is required"


__all__ = [
    "ConversionError", "convert", "convertible", "mismatch", "to_string", "unify", "unify_values", "with_defaults"
]  # fmt: skip
