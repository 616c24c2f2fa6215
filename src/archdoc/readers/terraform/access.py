"""Taking a part out of a value: attributes and indexes.

https://developer.hashicorp.com/terraform/language/expressions/references and
https://developer.hashicorp.com/terraform/language/expressions/types#indices-and-attributes.
"""

from __future__ import annotations

from archdoc.readers.terraform.convert import ConversionError, convert
from archdoc.readers.terraform.credentials import credentials, named
from archdoc.readers.terraform.errors import EvaluationError
from archdoc.readers.terraform.types import DYNAMIC, NUMBER, STRING
from archdoc.readers.terraform.values import Value, deep_marks, unknown, why_unknown


def get_attr(value: Value, name: str) -> Value:
    """``value.name``."""
    if value.is_null:
        raise EvaluationError(f'this value is null, so it has no attribute "{name}"')
    if value.is_unknown:
        return _attribute_of_unknown(value, name)
    if value.is_mapping:
        if name in value.raw or value.is_open:
            return named(name, _taken(value.raw[name], value))
        if value.kind == "map":
            raise EvaluationError(f'this map has no element with the key "{name}"')
        raise EvaluationError(f'this object has no attribute named "{name}"')
    if value.is_sequence and any(v.is_mapping for v in value.raw):
        raise EvaluationError(f'a {value.kind} has no attribute "{name}"; take one element of it, or use [*]')
    raise EvaluationError(f'a {value.kind} has no attribute "{name}"')


def _attribute_of_unknown(value: Value, name: str) -> Value:
    kind = value.type
    element = kind.element if kind.name == "map" else kind.attribute(name) if kind.name == "object" else None
    if element is None and kind.name != "dynamic":
        raise EvaluationError(f'a {kind.name} has no attribute "{name}"')
    return unknown(value.reason, element or DYNAMIC).like(value)


def index(value: Value, key: Value) -> Value:
    """``value[key]``."""
    if value.is_null:
        raise EvaluationError("this value is null, so it has no elements")
    if key.is_null:
        raise EvaluationError("null cannot be used as an index")
    kind = value.kind
    if kind == "object":
        return _of_object(value, key)
    if "dynamic" in (kind, key.kind):
        return unknown(why_unknown(value) if kind == "dynamic" else why_unknown(key)).like(value, key)
    if kind == "set":
        raise EvaluationError("the elements of a set have no index")
    if kind not in ("list", "tuple", "map"):
        raise EvaluationError(f"a {kind} has no elements")
    try:
        key = convert(key, STRING if kind == "map" else NUMBER)
    except ConversionError as error:
        raise EvaluationError(f"the given key does not identify an element in this {kind}: {error}") from None
    return _of_map(value, key) if kind == "map" else _of_sequence(value, key)


def _of_object(value: Value, key: Value) -> Value:
    """Which attribute it is does not pass on sensitivity, as in Terraform's core."""
    try:
        key = convert(key, STRING)
    except ConversionError as error:
        raise EvaluationError(f"the given key does not identify an attribute of this object: {error}") from None
    if key.is_unknown:
        return unknown(why_unknown(key)).like(value).marked(key.refs)
    if value.is_unknown:
        return _attribute_of_unknown(value, key.raw).marked(key.refs)
    if key.raw not in value.raw and not value.is_open:
        raise EvaluationError(f"the key {shown(key)} does not identify an attribute of this object")
    return named(key.raw, _taken(value.raw[key.raw], value)).marked(key.refs)


def _of_map(value: Value, key: Value) -> Value:
    if value.is_unknown or key.is_unknown:
        return _some_part(value, key)
    if key.raw not in value.raw:
        raise EvaluationError(f"the key {shown(key)} does not identify an element in this map")
    return named(key.raw, _taken(value.raw[key.raw], value)).like(key)


def _of_sequence(value: Value, key: Value) -> Value:
    kind = value.type
    if key.is_unknown or (value.is_unknown and kind.name == "list"):
        return _some_part(value, key)
    length = len(kind.items) if value.is_unknown else len(value.raw)
    place = key.raw
    if not isinstance(place, int):
        raise EvaluationError("the index of a sequence must be a whole number")
    if place < 0:
        raise EvaluationError("the index of a sequence must not be negative")
    if place >= length:
        raise EvaluationError(f"the index {shown(key)} is beyond the end: there are {length} elements")
    if value.is_unknown:
        return unknown(value.reason, kind.items[place]).like(value, key)
    return _taken(value.raw[place], value).like(key)


def _some_part(value: Value, key: Value) -> Value:
    """One of the parts, and it is not known which: it may come from all that they come from."""
    made = unknown(why_unknown(key) or why_unknown(value), value.type.element or DYNAMIC)
    return made.like(value, key).marked(deep_marks(value)[0])


def _taken(part: Value, whole: Value) -> Value:
    return part.marked(whole.refs, whole.sensitive)


def shown(key: Value) -> str:
    """An index for an error message; one that is sensitive, or made of a credential, is not shown."""
    if key.sensitive or credentials(key.refs):
        return "(sensitive)"
    return f'"{key.raw}"' if isinstance(key.raw, str) else str(key.raw)
