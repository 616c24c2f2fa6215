"""Collection functions (sets and combinations are in sets.py)."""

from __future__ import annotations

from archdoc.readers.terraform import operators
from archdoc.readers.terraform.convert import ConversionError, convert, unify, unify_values
from archdoc.readers.terraform.errors import EvaluationError, check_elements
from archdoc.readers.terraform.functions.registry import FunctionContext, elements, general, require_known
from archdoc.readers.terraform.functions.text import graphemes
from archdoc.readers.terraform.types import BOOL, DYNAMIC, NUMBER, STRING, list_of, map_of
from archdoc.readers.terraform.values import (
    FALSE,
    TRUE,
    Value,
    boolean,
    deep_marks,
    identity,
    is_wholly_known,
    length_bounds,
    list_value,
    map_value,
    null,
    number,
    object_value,
    refined,
    string,
    tuple_value,
    unknown,
    unknown_from,
    why_unknown,
)


def _unknown_result(value: Value) -> Value | None:
    return require_known(value)


@general("alltrue", 1)
def alltrue(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/alltrue."""
    return _truth(arguments[0], decides=False)


@general("anytrue", 1)
def anytrue(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/anytrue."""
    return _truth(arguments[0], decides=True)


def _truth(value: Value, decides: bool) -> Value:
    """As in core, null counts as false, and an unknown before the deciding one leaves alltrue() unknown."""
    if (open_value := _unknown_result(value)) is not None:
        return unknown_from(open_value, kind=BOOL, not_null=True)
    items = elements(convert(value, list_of(BOOL)))
    undecided = None
    for item in items:
        if item.is_unknown:
            undecided = undecided or item
            if not decides:
                break
        elif bool(item.raw) is decides:
            return boolean(decides).like(value, *items)
    if undecided is not None:
        return unknown_from(undecided, kind=BOOL, not_null=True).like(value, *items)
    return boolean(not decides).like(value, *items)


@general("chunklist", 2)
def chunklist(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/chunklist."""
    value, size = convert(arguments[0], list_of(DYNAMIC)), convert(arguments[1], NUMBER)
    for given in (value, size):
        if (open_value := _unknown_result(given)) is not None:
            return open_value
    if not isinstance(size.raw, int) or size.raw < 0:
        raise EvaluationError("the size argument must be positive")
    element = value.type.element or DYNAMIC
    step = size.raw or max(1, len(value.raw))
    chunks = [list_value(value.raw[i : i + step], element) for i in range(0, len(value.raw), step)]
    return list_value(chunks, list_of(element)).like(value, size)


@general("coalesce", 1, None)
def coalesce(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/coalesce: the first that is neither null nor an empty string, as the type all share."""
    kind = unify([a.type for a in arguments])
    if kind is None:
        raise EvaluationError("all arguments must have the same type")
    marks: list[Value] = []
    for argument in arguments:
        value = convert(argument, kind)
        marks.append(value)
        if value.is_unknown:
            return unknown_from(value, kind=kind).like(*marks)
        if value.is_null or (value.kind == "string" and value.raw == ""):
            continue
        return value.like(*marks)
    raise EvaluationError("no non-null, non-empty-string arguments")


@general("coalescelist", 1, None)
def coalescelist(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/coalescelist."""
    for argument in arguments:
        if argument.is_unknown:
            return unknown_from(argument)
        if argument.is_null:
            continue
        if argument.kind not in ("list", "tuple"):
            raise EvaluationError("arguments must be lists or tuples")
        if argument.raw:
            return argument
    raise EvaluationError("no non-null arguments")


@general("compact", 1)
def compact(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/compact."""
    value = convert(arguments[0], list_of(STRING))
    if (open_value := _unknown_result(value)) is not None:
        return unknown_from(open_value, kind=list_of(STRING))
    if not is_wholly_known(value):
        return unknown(why_unknown(value), list_of(STRING)).marked(*deep_marks(value))
    return list_value([v for v in value.raw if not v.is_null and v.raw != ""], STRING).like(value)


@general("concat", 1, None)
def concat(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/concat: a list when all are lists of one type, else a tuple."""
    if any(a.is_null for a in arguments):
        raise EvaluationError("argument must not be null")
    for argument in arguments:
        if argument.type.name not in ("list", "tuple", "dynamic"):
            raise EvaluationError("all arguments must be lists or tuples")
    if any(a.is_unknown for a in arguments):
        return unknown_from(*[a for a in arguments if a.is_unknown]).like(*arguments)
    if all(a.kind == "list" for a in arguments):
        shared = unify([a.type for a in arguments])
        if shared is not None:
            lists = [convert(a, shared) for a in arguments]
            made = list_value([v.like(a) for a in lists for v in a.raw], shared.element or DYNAMIC)
            return made.like(*arguments)
    items = [v for a in arguments for v in elements(a)]
    check_elements(len(items))
    return tuple_value(items).like(*arguments)


@general("contains", 2)
def contains(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/contains."""
    value, wanted = arguments
    if (open_value := _unknown_result(value)) is not None:
        return unknown_from(open_value, kind=BOOL)
    result: Value = FALSE
    items = elements(value)
    for item in items:
        same = operators.equal(item, wanted)
        if same.is_unknown:
            result = same
        elif same.raw:
            return TRUE.like(value, wanted, *items)
    return result.like(value, wanted, *items)


@general("distinct", 1)
def distinct(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/distinct."""
    value = convert(arguments[0], list_of(DYNAMIC))
    if (open_value := _unknown_result(value)) is not None:
        return open_value
    if not is_wholly_known(value):
        return unknown(why_unknown(value), value.type).marked(*deep_marks(value))
    kept = {identity(v): v for v in reversed(value.raw)}
    order = dict.fromkeys(identity(v) for v in value.raw)
    return list_value([kept[i] for i in order], value.type.element or DYNAMIC).like(value)


@general("element", 2)
def element(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/element: the index wraps around."""
    value, position = arguments[0], convert(arguments[1], NUMBER)
    for given in (value, position):
        if (open_value := _unknown_result(given)) is not None:
            return open_value.like(value, position)
    if value.kind not in ("list", "tuple"):
        raise EvaluationError(f"cannot read elements from a {value.kind}")
    if not value.raw:
        raise EvaluationError("cannot use element function with an empty list")
    if not isinstance(position.raw, int):
        raise EvaluationError("the index must be a whole number")
    return elements(value)[position.raw % len(value.raw)].like(position)


@general("flatten", 1)
def flatten(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/flatten."""
    value = arguments[0]
    if (open_value := _unknown_result(value)) is not None:
        return open_value
    flat = _flat(elements(value))
    if isinstance(flat, Value):
        return flat.marked(*deep_marks(value))
    return tuple_value(flat).like(value)


def _flat(items: list[Value]) -> list[Value] | Value:
    made: list[Value] = []
    for item in items:
        if item.is_unknown and item.type.name in ("dynamic", "list", "set", "tuple"):
            return unknown(why_unknown(item))
        if item.is_sequence:
            inner = _flat(elements(item))
            if isinstance(inner, Value):
                return inner
            made += inner
        else:
            made.append(item)
    check_elements(len(made))
    return made


@general("index", 2)
def index(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/index."""
    value, wanted = arguments
    if (open_value := _unknown_result(value)) is not None:
        return unknown_from(open_value, kind=NUMBER)
    if value.kind not in ("list", "tuple"):
        raise EvaluationError("argument must be a list or tuple")
    if not value.raw:
        raise EvaluationError("cannot search an empty list")
    for position, item in enumerate(elements(value)):
        same = operators.equal(item, wanted)
        if same.is_unknown:
            return unknown_from(same, kind=NUMBER)
        if same.raw:
            return number(position).like(value, wanted)
    raise EvaluationError("item not found")


@general("keys", 1)
def keys(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/keys: a list of a map's, a tuple of an object's."""
    value = arguments[0]
    if value.is_unknown and value.type.name == "object":
        return tuple_value([string(n) for n, _ in value.type.fields]).like(value)
    if (open_value := _unknown_result(value)) is not None:
        return open_value
    if not value.is_mapping:
        raise EvaluationError("must have map or object type")
    if value.is_open:
        return unknown("the attributes of a resource are known to its provider alone").like(value)
    names = [string(k) for k in sorted(value.raw)]
    made = list_value(names, STRING) if value.kind == "map" else tuple_value(names)
    return made.like(value)


@general("values", 1)
def values(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/values: in the order of the keys."""
    value = arguments[0]
    if (open_value := _unknown_result(value)) is not None:
        return open_value
    if not value.is_mapping:
        raise EvaluationError("must have map or object type")
    if value.is_open:
        return unknown("the attributes of a resource are known to its provider alone").like(value)
    items = [value.raw[k] for k in sorted(value.raw)]
    made = list_value(items, value.type.element or DYNAMIC) if value.kind == "map" else tuple_value(items)
    return made.like(value)


@general("length", 1)
def length(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/length."""

    value = arguments[0]
    if value.is_null:
        raise EvaluationError("argument must not be null")
    kind = value.type.name
    if kind in ("number", "bool"):
        raise EvaluationError("argument must be a string, a collection type, or a structural type")
    if value.is_open:
        return unknown("how many attributes a resource has is known to its provider alone", NUMBER).like(value)
    if kind in ("string", "dynamic"):
        if value.is_unknown:
            return unknown_from(value, kind=NUMBER, not_null=kind == "string")
        return number(len(graphemes(value.raw))).like(value)
    least, most = length_bounds(value)
    if least == most:
        return number(least).like(value)
    made = unknown(why_unknown(value), NUMBER, not_null=True)
    return refined(made, low=least, high=most).like(value)


@general("lookup", 2, 3)
def lookup(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/lookup."""
    value, key = arguments[0], convert(arguments[1], STRING)
    for given in (value, key):
        if (open_value := _unknown_result(given)) is not None:
            return open_value.like(*arguments)
    if not value.is_mapping:
        raise EvaluationError("lookup() requires a map as the first argument")
    default = arguments[2] if len(arguments) == 3 else None
    if key.raw in value.raw or value.is_open:
        found: Value = value.raw[key.raw]
        found = found.like(value, key)
        if default is None:
            return found
        if value.kind == "map":
            try:
                convert(default, value.type.element or DYNAMIC)
            except ConversionError:
                raise EvaluationError("the default value must have the same type as the map elements") from None
        return found
    if default is None:
        raise EvaluationError(f'lookup failed to find key "{key.raw}"')
    if value.kind == "map":
        try:
            return convert(default, value.type.element or DYNAMIC).like(value, key)
        except ConversionError:
            raise EvaluationError("the default value must have the same type as the map elements") from None
    return default.like(value, key)


@general("matchkeys", 3)
def matchkeys(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/matchkeys."""
    lists = [convert(a, list_of(DYNAMIC)) for a in arguments]
    for given in lists:
        if (open_value := _unknown_result(given)) is not None:
            return open_value.like(*arguments)
    wanted_values, wanted_keys, search = lists
    if len(wanted_values.raw) != len(wanted_keys.raw):
        raise EvaluationError("length of keys and values should be equal")
    shared = unify_values([*wanted_keys.raw, *search.raw])
    if shared is None:
        raise EvaluationError("lists must be of the same type")
    own, others = shared[1][: len(wanted_keys.raw)], shared[1][len(wanted_keys.raw) :]
    kept = []
    for item, key in zip(wanted_values.raw, own, strict=True):
        verdicts = [operators.equal(key, other) for other in others]
        if any(v.is_known and v.raw for v in verdicts):
            kept.append(item)
        elif any(v.is_unknown for v in verdicts):
            return unknown_from(*verdicts, kind=wanted_values.type).like(*arguments)
    return list_value(kept, wanted_values.type.element or DYNAMIC).like(*lists)


@general("merge", 0, None)
def merge(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/merge: a map when all are maps of one type, else an object; null arguments do not count."""
    given = [a for a in arguments if not a.is_null]
    for argument in given:
        if argument.type.name not in ("map", "object", "dynamic"):
            raise EvaluationError("arguments must be maps or objects")
    if any(a.is_unknown for a in given):
        return unknown_from(*[a for a in given if a.is_unknown]).like(*arguments)
    if not given:
        if arguments:
            return null(arguments[0].type).like(*arguments) if arguments[0].kind != "dynamic" else object_value({})
        return object_value({})
    if any(a.is_open for a in given):
        return unknown("merges the attributes of a resource, which its provider alone knows").like(*given)
    fields: dict[str, Value] = {}
    for argument in given:
        fields.update({k: v.like(argument) for k, v in argument.raw.items()})
    if all(a.kind == "map" for a in given) and len({a.type for a in given}) == 1:
        return map_value(fields, given[0].type.element or DYNAMIC).like(*given)
    return object_value(fields).like(*given)


@general("one", 1)
def one(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/one."""
    value = arguments[0]
    if (open_value := _unknown_result(value)) is not None:
        return open_value
    items = elements(value)
    if len(items) > 1:
        raise EvaluationError("must be a list, set, or tuple value with either zero or one elements")
    return items[0] if items else null(value.type.element or DYNAMIC).like(value)


@general("reverse", 1)
def reverse(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/reverse."""
    value = arguments[0]
    if (open_value := _unknown_result(value)) is not None:
        return open_value
    items = elements(value)[::-1]
    if value.kind == "tuple":
        return tuple_value(items).like(value)
    return list_value(items, value.type.element or DYNAMIC).like(value)


@general("slice", 3)
def slice_function(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/slice."""
    value = arguments[0]
    bounds = [convert(a, NUMBER) for a in arguments[1:]]
    for given in (value, *bounds):
        if (open_value := _unknown_result(given)) is not None:
            return open_value.like(*arguments)
    if value.kind not in ("list", "tuple"):
        raise EvaluationError("cannot slice a set or a map, because its elements do not have indices")
    start, end = (b.raw for b in bounds)
    if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start <= end <= len(value.raw):
        raise EvaluationError(
            "the start index must not be after the end index, nor the end index after the end of the list"
        )
    items = elements(value)[start:end]
    made = tuple_value(items) if value.kind == "tuple" else list_value(items, value.type.element or DYNAMIC)
    return made.like(*arguments)


@general("transpose", 1)
def transpose(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/transpose."""
    value = convert(arguments[0], map_of(list_of(STRING)))
    if (open_value := _unknown_result(value)) is not None:
        return open_value
    if not is_wholly_known(value):
        return unknown(why_unknown(value), map_of(list_of(STRING))).marked(*deep_marks(value))
    made: dict[str, list[str]] = {}
    for key in sorted(value.raw):
        for item in value.raw[key].raw:
            if item.is_null:
                raise EvaluationError("input must not contain null strings")
            made.setdefault(item.raw, []).append(key)
    lists = {k: list_value([string(n) for n in sorted(names)], STRING) for k, names in made.items()}
    return map_value(lists, list_of(STRING)).marked(*deep_marks(value))


@general("zipmap", 2)
def zipmap(arguments: list[Value], _context: FunctionContext) -> Value:
    """functions/zipmap: a map of a list of values, an object of a tuple."""
    names, items = convert(arguments[0], list_of(STRING)), arguments[1]
    for given in (names, items):
        if (open_value := _unknown_result(given)) is not None:
            return open_value.like(*arguments)
    if items.kind not in ("list", "tuple"):
        raise EvaluationError("the values must be a list or a tuple")
    if len(names.raw) != len(items.raw):
        raise EvaluationError(f"number of keys ({len(names.raw)}) does not match number of values ({len(items.raw)})")
    if any(n.is_unknown for n in names.raw):
        return unknown_from(*[n for n in names.raw if n.is_unknown]).like(*arguments)
    if any(n.is_null for n in names.raw):
        raise EvaluationError("keys must not be null")
    fields = {n.raw: v.like(n) for n, v in zip(names.raw, items.raw, strict=True)}
    made = map_value(fields, items.type.element or DYNAMIC) if items.kind == "list" else object_value(fields)
    return made.like(names, items)
