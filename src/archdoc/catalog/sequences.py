"""Arguments whose lists say something by their order."""

from __future__ import annotations

from dataclasses import dataclass

from archdoc.catalog.relations import covers
from archdoc.catalog.tables import Tables


@dataclass(frozen=True, slots=True)
class Sequence:
    """``arguments`` of resources of these ``types`` (all, where none is named) are lists in which the order counts."""

    arguments: tuple[str, ...]
    types: tuple[str, ...] = ()


class Sequences:
    """All of them."""

    def __init__(self, tables: Tables) -> None:
        self._rows = tables.rows("sequences", Sequence)

    def of(self, resource_type: str) -> frozenset[str]:
        """The names of the arguments of a type, at any depth, whose lists are compared in their order."""
        fitting = (row.arguments for row in self._rows if covers(row.types, resource_type) >= 0)
        return frozenset(name for arguments in fitting for name in arguments)
