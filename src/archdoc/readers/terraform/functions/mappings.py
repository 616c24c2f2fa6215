"""Functions of maps and objects."""

from __future__ import annotations

from archdoc.readers.terraform.access import shown
from archdoc.readers.terraform.convert import ConversionError, convert
from archdoc.readers.terraform.credentials import named
from archdoc.readers.terraform.errors import EvaluationError
from archdoc.readers.terraform.functions.registry import OPEN_ARGUMENT, FunctionContext, Parameter, declared, general
from archdoc.readers.terraform.types import (
    DYNAMIC,
    EMPTY_OBJECT,
    STRING,
    Type,
    list_of,
    map_of,
    object_of,
    tuple_of,
)
from archdoc.readers.terraform.values import (
    Value,
    is_wholly_known,
    list_value,
    map_value,
    object_value,
    string,
    tuple_value,
    unknown,
    unknown_from,
    why_unknown,
)


def _keys_type(arguments: list[Value]) -> Type:
    kind = arguments[0].type
    if kind.name == "map":
        return list_of(STRING)
    if kind.name == "object":
        return tuple_of([STRING] * len(kind.fields))
    raise EvaluationError("must have map or object type")


@declared("keys", Parameter(unknown=True, parts=True), returns=_keys_type)
def keys(arguments: list[Value], kind: Type) -> Value:
    """functions/keys: a list of a map's, a tuple of an object's."""
    value = arguments[0]
    if kind.name == "tuple":
        return tuple_value([string(n) for n, _ in value.type.fields])
    if value.is_unknown:
        return unknown_from(value, kind=kind)
    return list_value([string(k) for k in sorted(value.raw)], STRING)


def _values_type(arguments: list[Value]) -> Type:
    kind = arguments[0].type
    if kind.name == "map":
        return list_of(kind.element or DYNAMIC)
    if kind.name == "object":
        return tuple_of(t for _, t in kind.fields)
    raise EvaluationError("requires a map as the first argument")


@declared("values", Parameter(parts=True), returns=_values_type)
def values(arguments: list[Value], kind: Type) -> Value:
    """functions/values: in the order of the keys."""
    items = [v for _, v in sorted(arguments[0].raw.items())]
    return tuple_value(items) if kind.name == "tuple" else list_value(items, kind.element or DYNAMIC)


@general("lookup", 2, 3)
def lookup(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/lookup."""
    value, key = arguments[0], convert(arguments[1], STRING)
    if value.is_null or key.is_null:
        raise EvaluationError("argument must not be null")
    if value.is_open and key.is_known:
        return named(key.raw, value.raw[key.raw]).like(value).marked(key.refs)
    if value.kind == "dynamic":
        return unknown(why_unknown(value)).like(*arguments)
    kind = _found_type(value, key, arguments[2:])
    if value.is_unknown or key.is_unknown:
        return unknown(why_unknown(value) or why_unknown(key), kind).like(value, key)
    if key.raw in value.raw:
        return named(key.raw, value.raw[key.raw]).like(value, key)
    if len(arguments) == 3:
        return convert(arguments[2], kind).like(value, key)
    raise EvaluationError(f"failed to find key {shown(key)}")


def _found_type(value: Value, key: Value, default: list[Value]) -> Type:
    kind = value.type
    if kind.name == "object":
        if key.is_unknown:
            return DYNAMIC
        own = kind.attribute(key.raw)
        if own is None and not default:
            raise EvaluationError(f"the given object has no attribute {shown(key)}")
        return own or default[0].type
    if kind.name != "map":
        raise EvaluationError("requires a map as the first argument")
    element = kind.element or DYNAMIC
    if default:
        try:
            convert(default[0], element)
        except ConversionError:
            raise EvaluationError("the default value must have the same type as the map elements") from None
    return element


@general("merge", 0, None)
def merge(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/merge: a map when all are maps of one type, else an object; null arguments do not count."""
    if any(a.is_open for a in arguments):
        return unknown(OPEN_ARGUMENT).like(*arguments)
    kind = _merged_type(arguments)
    if any(a.is_unknown for a in arguments):
        made = unknown_from(*[a for a in arguments if a.is_unknown], kind=kind, not_null=True)
        return made.like(*arguments)
    fields = {k: v.like(a) for a in arguments if not a.is_null for k, v in a.raw.items()}
    made = map_value(fields, kind.element or DYNAMIC) if kind.name == "map" else object_value(fields)
    return made.like(*arguments)


def _merged_type(arguments: list[Value]) -> Type:
    fields: dict[str, Type] = {}
    told = True
    kinds: list[Type] = []
    for argument in arguments:
        kind = argument.type
        if kind.name == "dynamic":
            return DYNAMIC
        if kind.name not in ("map", "object"):
            raise EvaluationError(f"arguments must be maps or objects, got {kind}")
        if kind.name == "object":
            kind = EMPTY_OBJECT if argument.is_null else kind
            fields.update(kind.fields)
        elif argument.is_unknown:
            told = False
        elif not argument.is_null:
            fields.update(dict.fromkeys(argument.raw, kind.element or DYNAMIC))
        kinds.append(kind)
    if kinds and all(k == kinds[0] for k in kinds):
        return kinds[0]
    return object_of(fields) if told else DYNAMIC


@declared("transpose", Parameter(map_of(list_of(STRING))), returns=map_of(list_of(STRING)))
def transpose(arguments: list[Value], kind: Type) -> Value:
    """functions/transpose."""
    value = arguments[0]
    if not is_wholly_known(value):
        return unknown(why_unknown(value), kind)
    made: dict[str, list[str]] = {}
    for key in sorted(value.raw):
        if value.raw[key].is_null:
            raise EvaluationError("input must not contain null list")
        for item in value.raw[key].raw:
            if item.is_null:
                raise EvaluationError("input list must not contain null string")
            made.setdefault(item.raw, []).append(key)
    lists = {k: list_value([string(n) for n in sorted(names)], STRING) for k, names in made.items()}
    return map_value(lists, list_of(STRING))


def _zipped_type(arguments: list[Value]) -> Type:
    names, items = arguments
    kind = items.type
    if kind.name == "list":
        return map_of(kind.element or DYNAMIC)
    if kind.name != "tuple":
        raise EvaluationError("values argument must be a list or tuple value")
    if not is_wholly_known(names):
        return DYNAMIC
    _check_names(names, len(kind.items))
    return object_of({n.raw: t for n, t in zip(names.raw, kind.items, strict=True)})


def _check_names(names: Value, count: int) -> None:
    if len(names.raw) != count:
        raise EvaluationError(f"number of keys ({len(names.raw)}) does not match number of values ({count})")
    if any(n.is_null for n in names.raw):
        raise EvaluationError("keys must not be null")


@declared("zipmap", Parameter(list_of(STRING), parts=True), Parameter(parts=True), returns=_zipped_type)
def zipmap(arguments: list[Value], kind: Type) -> Value:
    """functions/zipmap: a map of a list of values, an object of a tuple."""
    names, items = arguments
    if not is_wholly_known(names):
        return unknown(why_unknown(names), kind)
    _check_names(names, len(items.raw))
    fields = {n.raw: v for n, v in zip(names.raw, items.raw, strict=True)}
    made = map_value(fields, kind.element or DYNAMIC) if kind.name == "map" else object_value(fields)
    return made.like(*names.raw)
