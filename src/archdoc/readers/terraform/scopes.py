"""What the names of an expression mean."""

from __future__ import annotations

from typing import Protocol

from archdoc.readers.hcl import tree as t
from archdoc.readers.terraform.errors import Budget
from archdoc.readers.terraform.functions.registry import FunctionContext
from archdoc.readers.terraform.values import Value


class Scope(Protocol):
    """What a module, or an instance of a resource, offers to expressions."""

    budget: Budget
    context: FunctionContext

    def resolve(self, root: str, attributes: tuple[str, ...], span: t.Span) -> tuple[Value, int]:
        """The value of a name and the attributes that follow it, and how many of those were used up.

        ``resolve("var", ("a", "b"), …)`` gives the value of ``var.a`` and 1. Raises EvaluationError.
        """
        ...


class Bound:
    """A chain of local names: variables of ``for`` and of templates, iterators of dynamic blocks."""

    __slots__ = ("around", "names")

    def __init__(self, names: dict[str, Value], around: Bound | None = None) -> None:
        self.names = names
        self.around = around

    def find(self, name: str) -> Value | None:
        """The innermost value of a name."""
        here: Bound | None = self
        while here is not None:
            value = here.names.get(name)
            if value is not None:
                return value
            here = here.around
        return None


NOTHING_BOUND = Bound({})


class Evaluator(Protocol):
    """An evaluation under way."""

    scope: Scope
    items: list[Value]
    """What ``SplatItem`` stands for, innermost last."""

    def value(self, expression: t.Expression, bound: Bound) -> Value:
        """The value of an expression (EvaluationError, placed)."""
        ...
