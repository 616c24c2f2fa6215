"""Values of Terraform's language: known, unknown or null, and marked with what they were computed from.

They follow cty (https://github.com/zclconf/go-cty), the type system of Terraform's core, as far as a value can be
told without a provider. Marks (the references a value came from, and sensitivity) travel with a value as they do
in core: a mark of a collection is also a mark of all that is taken out of it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from archdoc.readers.terraform.marks import NO_REFS, Ref, Refs, Step
from archdoc.readers.terraform.setorder import order
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
from archdoc.readers.terraform.unknowns import NOT_NULL, UNKNOWN, Number, Unknown


class LazyObject(Mapping[str, "Value"]):
    """Attributes that are evaluated when first asked for.

    An *open* object has more attributes than are written (those that a provider computes): ``missing`` gives the
    value of one that is not written.
    """

    __slots__ = ("_done", "_thunks", "missing")

    def __init__(
        self, thunks: Mapping[str, Callable[[], Value]], missing: Callable[[str], Value] | None = None
    ) -> None:
        self._thunks = thunks
        self._done: dict[str, Value] = {}
        self.missing = missing

    def __getitem__(self, name: str) -> Value:
        done = self._done.get(name)
        if done is None:
            thunk = self._thunks.get(name)
            if thunk is None:
                if self.missing is None:
                    raise KeyError(name)
                done = self.missing(name)
            else:
                done = thunk()
            self._done[name] = done
        return done

    def __contains__(self, name: object) -> bool:
        return name in self._thunks

    def __iter__(self) -> Iterator[str]:
        return iter(self._thunks)

    def __len__(self) -> int:
        return len(self._thunks)


class Value:
    """One value. Immutable; ``raw`` depends on the type:

    string → str, number → ``Number``, bool → bool, list/set/tuple → tuple of Values (a set in its canonical
    order), map/object → a mapping of Values, null → None, unknown → ``UNKNOWN``.
    """

    __slots__ = ("_type", "_weight", "raw", "reason", "refs", "sensitive")

    def __init__(
        self, kind: Type | None, raw: Any, refs: Refs = NO_REFS, sensitive: bool = False, reason: str = ""
    ) -> None:
        self._type = kind
        self._weight = 0
        self.raw = raw
        self.refs = refs
        self.sensitive = sensitive
        self.reason = reason

    @property
    def type(self) -> Type:
        """The type; that of a tuple or object follows from its elements and is worked out when asked for.

        An open object's is ``DYNAMIC``: what it holds is not told.
        """
        if self._type is None:
            if isinstance(self.raw, tuple):
                self._type = tuple_of(v.type for v in self.raw)
            elif self.is_open:
                return DYNAMIC
            else:
                self._type = object_of({k: v.type for k, v in self.raw.items()})
        return self._type

    @property
    def weight(self) -> int:
        """How many parts it has, to any depth, each counted as often as it is there; lazy parts count as one."""
        if not self._weight:
            raw = self.raw
            if isinstance(raw, tuple):
                self._weight = 1 + sum([v.weight for v in raw])
            elif type(raw) is dict:
                self._weight = 1 + sum([v.weight for v in raw.values()])
            else:
                self._weight = 1
        return self._weight

    @property
    def kind(self) -> str:
        """The name of the type, without working out the types of elements."""
        if self._type is not None:
            return self._type.name
        return "tuple" if isinstance(self.raw, tuple) else "object"

    @property
    def is_null(self) -> bool:
        """Whether it is null."""
        return self.raw is None

    @property
    def is_unknown(self) -> bool:
        """Whether nothing of it is known but perhaps its type."""
        return type(self.raw) is Unknown

    @property
    def is_known(self) -> bool:
        """Whether it is known at its top; elements may still be unknown."""
        return type(self.raw) is not Unknown

    @property
    def is_open(self) -> bool:
        """Whether it is an object with more attributes than are written."""
        return isinstance(self.raw, LazyObject) and self.raw.missing is not None

    @property
    def is_sequence(self) -> bool:
        """list, set or tuple, known and not null."""
        return isinstance(self.raw, tuple)

    @property
    def is_mapping(self) -> bool:
        """map or object, known and not null."""
        return isinstance(self.raw, Mapping)

    def marked(self, refs: Refs = NO_REFS, sensitive: bool = False) -> Value:
        """The same value with more marks."""
        if (not refs or refs <= self.refs) and (not sensitive or self.sensitive):
            return self
        return Value(
            self._type, self.raw, self.refs | refs if refs else self.refs, self.sensitive or sensitive, self.reason
        )

    def like(self, *others: Value) -> Value:
        """The same value with the marks of the others at their top."""
        made = self
        for other in others:
            made = made.marked(other.refs, other.sensitive)
        return made

    def without_sensitivity(self) -> Value:
        """The same value, not sensitive at its top."""
        return Value(self._type, self.raw, self.refs, False, self.reason) if self.sensitive else self

    def __repr__(self) -> str:
        marks = f" refs={sorted(r.target for r in self.refs)}" if self.refs else ""
        return f"Value({self.type}, {self.raw!r}{marks}{' sensitive' if self.sensitive else ''})"


# -- making values ----------------------------------------------------------------------------------------------


def string(text: str) -> Value:
    """A known string, normalized as Terraform does (NFC)."""
    return Value(STRING, text if text.isascii() else unicodedata.normalize("NFC", text))


def number(amount: Number) -> Value:
    """A known number."""
    return Value(NUMBER, amount)


def boolean(truth: bool) -> Value:
    """true or false."""
    return TRUE if truth else FALSE


def null(kind: Type = DYNAMIC) -> Value:
    """null of a type."""
    return Value(kind, None)


def unknown(
    reason: str, kind: Type = DYNAMIC, refs: Refs = NO_REFS, sensitive: bool = False, not_null: bool = False
) -> Value:
    """A value that is not known; ``reason`` says why, for people. Of one without a type nothing more can be told."""
    told = NOT_NULL if not_null and kind.name != "dynamic" else UNKNOWN
    return Value(kind, told, refs, sensitive, reason)


def unknown_from(*values: Value, kind: Type = DYNAMIC, not_null: bool = False) -> Value:
    """Unknown because one of the values is, with the marks of all of them and the reason of the first unknown."""
    reason = next((r for v in values if (r := why_unknown(v))), "known after apply")
    return unknown(reason, kind, not_null=not_null).like(*values)


def refined(
    value: Value, *, not_null: bool = False, prefix: str = "", low: Number | None = None, high: Number | None = None
) -> Value:
    """An unknown value of which more can be told; known where that tells everything (cty's RefineWith).

    ``low`` and ``high`` bound a number, or how many elements a collection has. A value of no type stays as it is.
    """
    raw, kind = value.raw, value.type
    if type(raw) is not Unknown or kind.name == "dynamic":
        return value
    told = raw.narrowed(not_null, prefix, low, high)

    def as_known(content: Any) -> Value:
        return Value(kind, content, value.refs, value.sensitive)

    if told.not_null and told.low is not None and told.low == told.high:
        if kind.name == "number":
            return as_known(told.low)
        part = Value(kind.element, UNKNOWN, NO_REFS, False, value.reason)
        if kind.is_collection and told.low == 0:
            return as_known({} if kind.name == "map" else ())
        if kind.name == "list" and isinstance(told.low, int) and told.low <= MAX_PARTS:
            return as_known((part,) * told.low)
        if kind.name == "set" and told.low == 1:
            return as_known((part,))
    return Value(kind, told, value.refs, value.sensitive, value.reason)


MAX_PARTS = 1000
"""A list of unknown elements is not told apart from an unknown list beyond this many."""


def tuple_value(items: Iterable[Value]) -> Value:
    """A tuple."""
    return Value(None, tuple(items))


def object_value(fields: Mapping[str, Value]) -> Value:
    """An object; attributes in order of their names."""
    return Value(None, dict(sorted(fields.items())))


def list_value(items: Iterable[Value], element: Type) -> Value:
    """A list; the items must be of the element type already."""
    return Value(list_of(element), tuple(items))


def map_value(fields: Mapping[str, Value], element: Type) -> Value:
    """A map; the values must be of the element type already."""
    return Value(map_of(element), dict(sorted(fields.items())))


def set_value(items: Iterable[Value], element: Type) -> Value:
    """A set: without duplicates, in canonical order. Marks of elements become marks of the set.

    Unknown elements stay: how many there will be cannot be told (``length`` of such a set is unknown).
    """
    refs: Refs = NO_REFS
    sensitive = False
    known: dict[Any, Value] = {}
    open_items: list[Value] = []
    for item in items:
        more, hidden = deep_marks(item)
        refs, sensitive = refs | more, sensitive or hidden
        bare = unmarked(item)
        if is_wholly_known(bare):
            known.setdefault(identity(bare), bare)
        else:
            open_items.append(bare)
    ordered = sorted(known.values(), key=order)
    return Value(set_of(element), (*ordered, *open_items), refs, sensitive)


def open_object(
    thunks: Mapping[str, Callable[[], Value]], missing: Callable[[str], Value], refs: Refs = NO_REFS
) -> Value:
    """An object of which only some attributes are written: a resource instance. See ``LazyObject``."""
    return Value(None, LazyObject(thunks, missing), refs)


TRUE = Value(BOOL, True)
FALSE = Value(BOOL, False)


# -- asking -----------------------------------------------------------------------------------------------------


def is_wholly_known(value: Value) -> bool:
    """Whether nothing in it is unknown."""
    raw = value.raw
    if type(raw) is Unknown or value.is_open:
        return False
    if isinstance(raw, tuple):
        return all(is_wholly_known(v) for v in raw)
    if isinstance(raw, Mapping):
        return all(is_wholly_known(v) for v in raw.values())
    return True


def why_unknown(value: Value) -> str:
    """The reason of the first unknown in it, or ""."""
    raw = value.raw
    if type(raw) is Unknown:
        return value.reason or "known after apply"
    if value.is_open:
        return "has attributes that are known after apply"
    if isinstance(raw, tuple):
        return next((r for v in raw if (r := why_unknown(v))), "")
    if isinstance(raw, Mapping):
        return next((r for v in raw.values() if (r := why_unknown(v))), "")
    return ""


def never_null(value: Value) -> bool:
    """Whether it is certain that the value is not null, be it known or not."""
    return value.raw.not_null if type(value.raw) is Unknown else value.raw is not None


def length_bounds(value: Value) -> tuple[int, int | None]:
    """At least and at most how many elements a list, set, map, tuple or object has (None: no limit)."""
    raw = value.raw
    if type(raw) is Unknown:
        kind = value.type
        if kind.name in ("tuple", "object"):
            exact = len(kind.items) or len(kind.fields)
            return exact, exact
        return int(raw.low or 0), None if raw.high is None else int(raw.high)
    if raw is None:
        return 0, None
    count = len(raw)
    if value.kind == "set" and count > 1 and not is_wholly_known(value):
        return 1, count  # unknown elements may turn out to be the same as others
    return count, count


def deep_marks(value: Value) -> tuple[Refs, bool]:
    """The references and the sensitivity of a value and of all in it. An open object is not forced."""
    raw = value.raw
    refs, sensitive = value.refs, value.sensitive
    if isinstance(raw, tuple):
        inner: Iterable[Value] = raw
    elif isinstance(raw, Mapping) and not isinstance(raw, LazyObject):
        inner = raw.values()
    else:
        return refs, sensitive
    for item in inner:
        more, hidden = deep_marks(item)
        if more and not more <= refs:
            refs = refs | more
        sensitive = sensitive or hidden
    return refs, sensitive


def unmarked(value: Value) -> Value:
    """The value and all in it without marks."""
    raw = value.raw
    if isinstance(raw, tuple):
        raw = tuple(unmarked(v) for v in raw)
    elif isinstance(raw, Mapping) and not isinstance(raw, LazyObject):
        raw = {k: unmarked(v) for k, v in raw.items()}
    elif not value.refs and not value.sensitive:
        return value
    return Value(value._type, raw, NO_REFS, False, value.reason)


def identity(value: Value) -> Any:
    """A hashable that is equal for equal values of one type (known values only)."""
    raw = value.raw
    if isinstance(raw, tuple):
        return tuple(identity(v) for v in raw)
    if isinstance(raw, Mapping):
        return tuple((k, identity(raw[k])) for k in sorted(raw))
    return (isinstance(raw, bool), raw)


__all__ = [
    "FALSE", "NOT_NULL", "NO_REFS", "TRUE", "UNKNOWN", "LazyObject", "Number", "Ref", "Refs", "Step", "Unknown",
    "Value", "boolean", "deep_marks", "identity", "is_wholly_known", "length_bounds", "list_value", "map_value",
    "never_null", "null", "number", "object_value", "open_object", "refined", "set_value", "string", "tuple_value",
    "unknown", "unknown_from", "unmarked", "why_unknown",
]  # fmt: skip
