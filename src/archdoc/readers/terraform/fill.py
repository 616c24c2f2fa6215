"""Unknown parts of a value, filled with what a plan or a state says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from archdoc.readers.terraform.values import NO_REFS, Refs, Value, object_value, open_object, tuple_value


def filled(evaluate: Callable[[], Value], told: Value) -> Value:
    """The value that the code gives, with its unknown parts from ``told``; what it depends on stays what it was."""
    return _fill(evaluate(), told)


def _fill(value: Value, told: Value) -> Value:
    if value.is_unknown:
        return value if told.is_unknown else told.marked(value.refs, value.sensitive)
    if isinstance(value.raw, tuple) and isinstance(told.raw, tuple):
        items = [t.marked(sensitive=told.sensitive) for t in told.raw]
        return tuple_value(_items(value.raw, items)).marked(value.refs, value.sensitive)
    if not value.is_mapping or not told.is_mapping:
        return value

    def field(name: str) -> Value:
        own: Value = value.raw[name]
        return _fill(own, told.raw[name].marked(sensitive=told.sensitive)) if name in told.raw else own

    if value.is_open:  # a nested block, which stays unevaluated
        made = open_object({n: partial(field, n) for n in value.raw}, value.raw.missing)
    else:
        made = object_value({n: field(n) for n in value.raw})
    return made.marked(value.refs, value.sensitive)


def _items(items: Sequence[Value], told: Sequence[Value]) -> list[Value]:
    """Each item with the one that it must be: providers keep many lists as sets, in an order of their own."""
    if len(items) != len(told):
        return list(items)
    if all(item.is_unknown for item in items):
        refs: Refs = NO_REFS
        for item in items:
            refs |= item.refs
        return [t.marked(refs, any(i.sensitive for i in items)) for t in told]
    made = []
    for item in items:
        fitting = [t for t in told if _fits(item, t)]
        made.append(_fill(item, fitting[0]) if len(fitting) == 1 else item)
    return made


def _fits(value: Value, told: Value) -> bool:
    """Whether what is known of a value agrees with what is told."""
    if value.is_unknown or told.is_unknown:
        return True
    if value.is_mapping and told.is_mapping:
        return all(_fits(value.raw[n], told.raw[n]) for n in value.raw if n in told.raw)
    if isinstance(value.raw, tuple) and isinstance(told.raw, tuple):
        return len(value.raw) == len(told.raw)
    if value.raw is None:
        return True
    return not told.is_mapping and str(value.raw).lower() == str(told.raw).lower()
