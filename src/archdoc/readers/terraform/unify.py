"""The one type that several types can share, and whether values of one type convert to another.

The rules are cty's (https://github.com/zclconf/go-cty/blob/main/docs/convert.md), which Terraform follows:
https://developer.hashicorp.com/terraform/language/expressions/type-constraints.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from archdoc.readers.terraform.types import DYNAMIC, STRING, Type, list_of, map_of, object_of, set_of, tuple_of


def unify(types: Sequence[Type]) -> Type | None:
    """The one type that values of all these types convert to, or None; DYNAMIC for no types."""
    distinct = list(dict.fromkeys(types))
    if not distinct:
        return DYNAMIC
    if len(distinct) == 1:
        return distinct[0]
    names = {t.name for t in distinct}
    any_dynamic = "dynamic" in names
    names.discard("dynamic")
    if len(names) == 1 and not names <= _PRIMITIVES:
        if any_dynamic:
            return DYNAMIC
        return _SAME_KIND[names.pop()](distinct)
    if "map" in names and names == {"map", "object"}:
        made = _through(distinct, "object", _objects_as_map)
        if made is not None and made.name == "map":
            return made
    if "list" in names and names == {"list", "tuple"}:
        made = _through(distinct, "tuple", _tuples_as_list)
        if made is not None and made.name == "list":
            return made
    if names >= {"object", "tuple"}:
        return None
    for wanted in _preferred(distinct):
        if all(t == wanted or convertible(t, wanted) for t in distinct):
            return wanted
    return None


_PRIMITIVES = frozenset({"string", "number", "bool"})


def _through(types: list[Type], structural: str, merge: Callable[[list[Type]], Type | None]) -> Type | None:
    """The structural types merged into one collection first, then unified with the rest."""
    merged = merge([t for t in types if t.name == structural])
    if merged is None:
        return None
    return unify([merged if t.name == structural else t for t in types])


def _collections(types: list[Type]) -> Type | None:
    element = unify([t.element for t in types if t.element is not None])
    if element is None:
        return None
    made = _CONSTRUCTORS[types[0].name](element)
    return made if all(t == made or convertible(t, made) for t in types) else None


def _objects(types: list[Type]) -> Type | None:
    names = [n for n, _ in types[0].fields]
    if any([n for n, _ in t.fields] != names for t in types):
        return _objects_as_map(types)
    fields: dict[str, Type] = {}
    for position, name in enumerate(names):
        field = unify([t.fields[position][1] for t in types])
        if field is None:
            return None
        fields[name] = field
    made = object_of(fields)
    return made if all(t == made or convertible(t, made) for t in types) else _objects_as_map(types)


def _objects_as_map(types: list[Type]) -> Type | None:
    return _as_collection(types, (f for t in types for _, f in t.fields), map_of)


def _tuples(types: list[Type]) -> Type | None:
    if len({len(t.items) for t in types}) > 1:
        return _tuples_as_list(types)
    items: list[Type] = []
    for across in zip(*(t.items for t in types), strict=True):
        item = unify(across)
        if item is None:
            return None
        items.append(item)
    made = tuple_of(items)
    return made if all(t == made or convertible(t, made) for t in types) else _tuples_as_list(types)


def _tuples_as_list(types: list[Type]) -> Type | None:
    return _as_collection(types, (i for t in types for i in t.items), list_of)


def _as_collection(types: list[Type], inner: Iterable[Type], make: Callable[[Type], Type]) -> Type | None:
    """A list or map of what all that is inside shares; none for nothing inside."""
    parts = list(inner)
    element = unify(parts) if parts else None
    if element is None:
        return None
    made = make(element)
    return made if all(t == made or convertible(t, made) for t in types) else None


_CONSTRUCTORS = {"list": list_of, "set": set_of, "map": map_of}
_SAME_KIND = {
    "list": _collections, "set": _collections, "map": _collections, "object": _objects, "tuple": _tuples
}  # fmt: skip


# -- which conversions there are --------------------------------------------------------------------------------


def convertible(have: Type, wanted: Type) -> bool:
    """Whether values of one type may be converted to another, different one.

    That a value converts in the end may depend on it: "12" is a number, "a" is not.
    """
    if wanted.name == "dynamic":
        return True
    if have.name == "dynamic":
        return True
    if wanted.is_primitive:
        if wanted.name == "string":
            return have.name in ("number", "bool")
        return have.name == "string"
    return _STRUCTURAL[wanted.name](have, wanted)


def _fits(have: Type, wanted: Type) -> bool:
    return have == wanted or convertible(have, wanted)


def _to_list(have: Type, wanted: Type) -> bool:
    element = wanted.element or DYNAMIC
    if have.name in ("list", "set"):
        return _fits(have.element or DYNAMIC, element)
    return have.name == "tuple" and _all_fit(have.items, element)


def _to_map(have: Type, wanted: Type) -> bool:
    element = wanted.element or DYNAMIC
    if have.name == "map":
        return _fits(have.element or DYNAMIC, element)
    return have.name == "object" and _all_fit([t for _, t in have.fields], element, mapping=True)


def _all_fit(parts: Sequence[Type], element: Type, mapping: bool = False) -> bool:
    if not parts:
        return True
    if element.name == "dynamic":
        shared = unify(parts)
        if shared is None:
            return False
        if shared.name == "dynamic" and not mapping:
            return all(p.name == "dynamic" for p in parts)
        element = shared
    return all(_fits(p, element) for p in parts)


def _to_tuple(have: Type, wanted: Type) -> bool:
    if have.name != "tuple" or len(have.items) != len(wanted.items):
        return False
    return all(_fits(h, w) for h, w in zip(have.items, wanted.items, strict=True))


def _to_object(have: Type, wanted: Type) -> bool:
    if have.name == "map":
        element = have.element or DYNAMIC
        return all(_fits(element, t) or n in wanted.optional for n, t in wanted.fields)
    if have.name != "object":
        return False
    own = dict(have.fields)
    return all(_fits(own[n], t) if n in own else n in wanted.optional for n, t in wanted.fields)


_STRUCTURAL = {"list": _to_list, "set": _to_list, "map": _to_map, "tuple": _to_tuple, "object": _to_object}


# -- which of several types to prefer ---------------------------------------------------------------------------


def _preferred(types: list[Type]) -> list[Type]:
    """The types so that the more general ones come first (a topological order, stable otherwise)."""
    size = len(types)
    after: list[list[int]] = [[] for _ in range(size)]
    before = [0] * size
    for i in range(size):
        for j in range(i + 1, size):
            verdict = _compare(types[i], types[j])
            if verdict:
                first, second = (i, j) if verdict < 0 else (j, i)
                after[first].append(second)
                before[second] += 1
    queue = [i for i in range(size) if not before[i]]
    for i in queue:
        for j in after[i]:
            before[j] -= 1
            if not before[j]:
                queue.append(j)
    return [types[i] for i in queue]


def _compare(a: Type, b: Type) -> int:
    """Negative when the first type is the more general one, positive when the second is, 0 when neither."""
    if "dynamic" in (a.name, b.name):
        return (a.name == "dynamic") - (b.name == "dynamic")
    if a.is_primitive and b.is_primitive:
        return (b == STRING) - (a == STRING)
    if a.name == b.name and a.element is not None and b.element is not None:
        return _compare(a.element, b.element)
    if a.name == b.name == "object":
        if [n for n, _ in a.fields] != [n for n, _ in b.fields]:
            return 0
        return _compare_parts([t for _, t in a.fields], [t for _, t in b.fields])
    if a.name == b.name == "tuple":
        return _compare_parts(a.items, b.items) if len(a.items) == len(b.items) else 0
    return _GENERALITY.get((a.name, b.name), 0) - _GENERALITY.get((b.name, a.name), 0)


_GENERALITY = {("tuple", "set"): -1, ("list", "set"): -1, ("list", "tuple"): -1, ("map", "object"): -1}
"""Lists before tuples before sets; maps before objects."""


def _compare_parts(ours: Sequence[Type], theirs: Sequence[Type]) -> int:
    verdicts = {_compare(a, b) for a, b in zip(ours, theirs, strict=True)}
    more, less = any(v < 0 for v in verdicts), any(v > 0 for v in verdicts)
    return 0 if more == less else -1 if more else 1
