"""Functions of lists, sets and tuples."""

from __future__ import annotations

from archdoc.readers.terraform import operators
from archdoc.readers.terraform.convert import convert, unify
from archdoc.readers.terraform.errors import EvaluationError, check_elements
from archdoc.readers.terraform.functions.registry import Parameter, declared
from archdoc.readers.terraform.types import BOOL, DYNAMIC, NUMBER, STRING, Type, list_of, tuple_of
from archdoc.readers.terraform.values import (
    Value,
    boolean,
    deep_marks,
    identity,
    is_wholly_known,
    length_bounds,
    list_value,
    number,
    tuple_value,
    unknown,
    unknown_from,
    why_unknown,
)

_ANY_LIST = Parameter(list_of(DYNAMIC))


def whole(value: Value, what: str) -> int:
    """A whole number (EvaluationError when it has a fraction)."""
    if not isinstance(value.raw, int):
        raise EvaluationError(f"{what} must be a whole number")
    return value.raw


def _first_type(arguments: list[Value]) -> Type:
    return arguments[0].type


@declared(
    "chunklist",
    Parameter(list_of(DYNAMIC), parts=True),
    Parameter(NUMBER),
    returns=lambda arguments: list_of(arguments[0].type),
)
def chunklist(arguments: list[Value], kind: Type) -> Value:
    """functions/chunklist."""
    value = arguments[0]
    size = whole(arguments[1], "the size argument")
    if size < 0:
        raise EvaluationError("the size argument must be positive")
    element = value.type.element or DYNAMIC
    step = size or max(1, len(value.raw))
    chunks = [list_value(value.raw[i : i + step], element) for i in range(0, len(value.raw), step)]
    return list_value(chunks, kind.element or DYNAMIC)


def _alike_sequences(arguments: list[Value]) -> Type:
    if any(a.is_unknown for a in arguments):
        return DYNAMIC
    if any(a.type.name not in ("list", "tuple") for a in arguments):
        raise EvaluationError("arguments must be lists or tuples")
    kinds = {a.type for a in arguments}
    return kinds.pop() if len(kinds) == 1 else DYNAMIC


_ANY_SEQUENCE = Parameter(null=True, unknown=True, dynamic=True, parts=True)


@declared("coalescelist", _ANY_SEQUENCE, rest=_ANY_SEQUENCE, returns=_alike_sequences)
def coalescelist(arguments: list[Value], kind: Type) -> Value:
    """functions/coalescelist: the first that is neither null nor empty."""
    for argument in arguments:
        if argument.is_unknown:
            return unknown_from(argument, kind=kind)
        if argument.raw:
            return argument
    raise EvaluationError("no non-null arguments")


@declared("compact", Parameter(list_of(STRING)), returns=list_of(STRING))
def compact(arguments: list[Value], kind: Type) -> Value:
    """functions/compact."""
    value = arguments[0]
    if not is_wholly_known(value):
        return unknown(why_unknown(value), kind)
    return list_value([v for v in value.raw if v.raw], STRING)


def _joined_type(arguments: list[Value]) -> Type:
    if all(a.type.name == "list" for a in arguments):
        shared = unify([a.type for a in arguments])
        if shared is not None:
            return shared
    items: list[Type] = []
    for argument in arguments:
        kind = argument.type
        if kind.name == "tuple":
            items += kind.items
        elif kind.name == "list":
            if argument.is_unknown:
                return DYNAMIC
            items += [kind.element or DYNAMIC] * len(argument.raw)
        else:
            raise EvaluationError(f"all arguments must be lists or tuples; got a {kind.name}")
    return tuple_of(items)


@declared("concat", Parameter(parts=True), rest=Parameter(parts=True), returns=_joined_type)
def concat(arguments: list[Value], kind: Type) -> Value:
    """functions/concat: a list when all are lists, else a tuple."""
    check_elements(sum(len(a.raw) for a in arguments))
    if kind.name == "list":
        items = [v.like(a) for a in arguments for v in convert(a, kind).raw]
        return list_value(items, kind.element or DYNAMIC)
    return tuple_value([v.like(a) for a in arguments for v in a.raw])


@declared("contains", Parameter(), Parameter(), returns=BOOL)
def contains(arguments: list[Value], _kind: Type) -> Value:
    """functions/contains."""
    value, wanted = arguments
    if not value.is_sequence:
        raise EvaluationError("argument must be list, tuple, or set")
    undecided: Value | None = None
    for item in value.raw:
        same = operators.equal(wanted, item)
        if same.is_unknown:
            undecided = undecided or same
        elif same.raw:
            return boolean(True)
    return boolean(False) if undecided is None else unknown_from(undecided, kind=BOOL)


@declared("distinct", _ANY_LIST, returns=_first_type)
def distinct(arguments: list[Value], kind: Type) -> Value:
    """functions/distinct."""
    value = arguments[0]
    if not is_wholly_known(value):
        return unknown(why_unknown(value), kind)
    first: dict[object, Value] = {}
    for item in value.raw:
        first.setdefault(identity(item), item)
    return list_value(list(first.values()), kind.element or DYNAMIC)


def _element_type(arguments: list[Value]) -> Type:
    value, position = arguments
    kind = value.type
    if kind.name == "list":
        return kind.element or DYNAMIC
    if kind.name != "tuple":
        raise EvaluationError(f"cannot read elements from a {kind.name}")
    if position.is_unknown:
        return DYNAMIC
    place = whole(position, "the index")
    if not kind.items:
        raise EvaluationError("cannot use element function with an empty list")
    return kind.items[place % len(kind.items)]


@declared("element", Parameter(parts=True), Parameter(NUMBER), returns=_element_type, not_null=False)
def element(arguments: list[Value], _kind: Type) -> Value:
    """functions/element: the index wraps around."""
    value, position = arguments
    place = whole(position, "the index")
    if not value.raw:
        raise EvaluationError("cannot use element function with an empty list")
    found: Value = value.raw[place % len(value.raw)]
    return found


def _flat_type(arguments: list[Value]) -> Type:
    value = arguments[0]
    if value.is_known and is_wholly_known(value) and not value.is_sequence:
        raise EvaluationError("can only flatten lists, sets and tuples")
    return DYNAMIC


@declared("flatten", Parameter(parts=True), returns=_flat_type)
def flatten(arguments: list[Value], _kind: Type) -> Value:
    """functions/flatten."""
    value = arguments[0]
    if not value.is_sequence:
        raise EvaluationError("can only flatten lists, sets and tuples")
    flat: list[Value] = []
    undecided = _flatten_into(flat, value)
    if undecided is not None:
        return unknown(why_unknown(undecided)).marked(*deep_marks(value))
    return tuple_value(flat)


def _flatten_into(flat: list[Value], value: Value) -> Value | None:
    """Put the elements into the list, however deep; the first of which that is not known, if any."""
    least, most = length_bounds(value)
    if least != most:
        return value
    undecided: Value | None = None
    for part in value.raw:
        item = part.like(value)
        if item.is_unknown and item.kind in ("dynamic", "list", "set", "tuple"):
            undecided = undecided or item
        elif item.is_sequence:
            undecided = _flatten_into(flat, item) or undecided
        else:
            flat.append(item)
            check_elements(len(flat))
    return undecided


@declared("index", Parameter(), Parameter(), returns=NUMBER)
def index(arguments: list[Value], _kind: Type) -> Value:
    """functions/index."""
    value, wanted = arguments
    if value.kind not in ("list", "tuple"):
        raise EvaluationError("argument must be a list or tuple")
    if not value.raw:
        raise EvaluationError("cannot search an empty list")
    for position, item in enumerate(value.raw):
        same = operators.equal(item, wanted)
        if same.is_unknown:
            return unknown_from(same, kind=NUMBER)
        if same.raw:
            return number(position)
    raise EvaluationError("item not found")


def _match_type(arguments: list[Value]) -> Type:
    if unify([arguments[1].type, arguments[2].type]) is None:
        raise EvaluationError("keys and searchset must be of the same type")
    return arguments[0].type


@declared("matchkeys", _ANY_LIST, _ANY_LIST, _ANY_LIST, returns=_match_type)
def matchkeys(arguments: list[Value], kind: Type) -> Value:
    """functions/matchkeys."""
    values, keys, search = arguments
    if len(values.raw) != len(keys.raw):
        raise EvaluationError("length of keys and values should be equal")
    shared = unify([keys.type, search.type]) or DYNAMIC
    keys, search = convert(keys, shared), convert(search, shared)
    element_kind = kind.element or DYNAMIC
    if not search.raw:
        return list_value([], element_kind)
    if not is_wholly_known(values) or not is_wholly_known(keys):
        return unknown_from(values, keys, kind=kind)
    kept = []
    for item, key in zip(values.raw, keys.raw, strict=True):
        verdicts = [operators.equal(key, other) for other in search.raw]
        first = next((v for v in verdicts if v.is_unknown or v.raw), None)
        if first is not None and first.is_unknown:
            return list_value([], element_kind)  # what core does
        if first is not None:
            kept.append(item)
    return list_value(kept, element_kind)


def _reversed_type(arguments: list[Value]) -> Type:
    kind = arguments[0].type
    if kind.name == "tuple":
        return tuple_of(reversed(kind.items))
    if kind.name in ("list", "set"):
        return list_of(kind.element or DYNAMIC)
    raise EvaluationError(f"can only reverse list or tuple values, not {kind}")


@declared("reverse", Parameter(parts=True), returns=_reversed_type)
def reverse(arguments: list[Value], kind: Type) -> Value:
    """functions/reverse."""
    items = arguments[0].raw[::-1]
    return tuple_value(items) if kind.name == "tuple" else list_value(items, kind.element or DYNAMIC)


def _slice_type(arguments: list[Value]) -> Type:
    kind = arguments[0].type
    if kind.name not in ("list", "tuple"):
        raise EvaluationError("must be a list or tuple value; the elements of a set have no order")
    bounds = _slice_bounds(arguments)
    if kind.name == "list":
        return kind
    return DYNAMIC if bounds is None else tuple_of(kind.items[bounds[0] : bounds[1]])


def _slice_bounds(arguments: list[Value]) -> tuple[int, int] | None:
    """Start and end (None when one is unknown; EvaluationError when they do not fit)."""
    least, most = length_bounds(arguments[0])
    found: list[int] = []
    for bound, name in zip(arguments[1:], ("start", "end"), strict=True):
        if bound.is_unknown:
            continue
        place = whole(bound, f"the {name} index")
        if place < 0:
            raise EvaluationError(f"{name} index must not be less than zero")
        if least == most and place > least:
            raise EvaluationError(f"{name} index must not be greater than the length of the list")
        found.append(place)
    if len(found) < 2:
        return None
    if found[0] > found[1]:
        raise EvaluationError("start index must not be greater than end index")
    return found[0], found[1]


@declared("slice", Parameter(parts=True), Parameter(NUMBER), Parameter(NUMBER), returns=_slice_type)
def slice_function(arguments: list[Value], kind: Type) -> Value:
    """functions/slice."""
    start, end = _slice_bounds(arguments) or (0, 0)
    items = arguments[0].raw[start:end]
    return tuple_value(items) if kind.name == "tuple" else list_value(items, kind.element or DYNAMIC)
