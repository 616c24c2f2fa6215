"""Types of values, as Terraform has them: https://developer.hashicorp.com/terraform/language/expressions/types.

``any`` is ``DYNAMIC``: the type of a value of which nothing is known, and the wildcard of a constraint.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Type:
    """``name`` is string, number, bool, dynamic, list, set, map, tuple or object.

    ``element`` belongs to list, set and map; ``items`` to tuple; ``fields`` to object, sorted by name.
    ``optional`` names the optional attributes of an object constraint, ``defaults`` their default expressions'
    values (any hashable token; the evaluator puts values in).
    """

    name: str
    element: Type | None = None
    items: tuple[Type, ...] = ()
    fields: tuple[tuple[str, Type], ...] = ()
    optional: frozenset[str] = frozenset()
    defaults: tuple[tuple[str, Any], ...] = field(default=(), compare=False)

    @property
    def is_primitive(self) -> bool:
        """string, number or bool."""
        return self.name in _PRIMITIVES

    @property
    def is_collection(self) -> bool:
        """list, set or map: all elements of one type."""
        return self.name in _COLLECTIONS

    def attribute(self, name: str) -> Type | None:
        """The type of an object's attribute, or None."""
        return next((t for n, t in self.fields if n == name), None)

    def has_dynamic(self) -> bool:
        """Whether ``any`` stands anywhere in it."""
        if self.name == "dynamic":
            return True
        inner = (*self.items, *(t for _, t in self.fields))
        return (self.element is not None and self.element.has_dynamic()) or any(t.has_dynamic() for t in inner)

    def holds_defaults(self) -> bool:
        """Whether an object type anywhere in it gives defaults."""
        inner = (*self.items, *(t for _, t in self.fields), *((self.element,) if self.element else ()))
        return bool(self.defaults) or any(t.holds_defaults() for t in inner)

    def exact(self) -> Type:
        """A constraint as the type that a converted value has: without optional attributes and defaults."""
        if self.element is not None:
            return Type(self.name, self.element.exact())
        if self.fields:
            return Type(self.name, fields=tuple((n, t.exact()) for n, t in self.fields))
        return tuple_of(t.exact() for t in self.items) if self.items else self

    def __str__(self) -> str:
        if self.element is not None:
            return f"{self.name} of {self.element}"
        return self.name


_PRIMITIVES = frozenset({"string", "number", "bool"})
_COLLECTIONS = frozenset({"list", "set", "map"})

STRING = Type("string")
NUMBER = Type("number")
BOOL = Type("bool")
DYNAMIC = Type("dynamic")
EMPTY_TUPLE = Type("tuple")
EMPTY_OBJECT = Type("object")


def list_of(element: Type) -> Type:
    """``list(element)``."""
    return Type("list", element)


def set_of(element: Type) -> Type:
    """``set(element)``."""
    return Type("set", element)


def map_of(element: Type) -> Type:
    """``map(element)``."""
    return Type("map", element)


def tuple_of(items: Iterable[Type]) -> Type:
    """The type of a tuple."""
    return Type("tuple", items=tuple(items))


def object_of(fields: Mapping[str, Type]) -> Type:
    """The type of an object."""
    return Type("object", fields=tuple(sorted(fields.items())))
