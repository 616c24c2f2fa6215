"""Arguments of Terraform resources that their providers call sensitive."""

from __future__ import annotations

from dataclasses import dataclass

from archdoc.catalog.tables import Tables


@dataclass(frozen=True, slots=True)
class Sensitive:
    """``arguments`` of a type are sensitive, at any depth; of a family (a key that ends in ``_``) in all of it."""

    arguments: tuple[str, ...]


class SensitiveArguments:
    """All of them, by the type or the family."""

    def __init__(self, tables: Tables) -> None:
        self._rows = tables.named("sensitive", Sensitive)
        self._known: dict[str, frozenset[str]] = {}

    def of(self, resource_type: str) -> frozenset[str]:
        """The names of a type's sensitive arguments and blocks: ``{"sensitive_vars"}`` for ``heroku_config``."""
        found = self._known.get(resource_type)
        if found is None:
            words = resource_type.split("_")
            families = ("_".join(words[:length]) + "_" for length in range(1, len(words) + 1))
            rows = (self._rows.get(name) for name in (resource_type, *families))
            found = self._known[resource_type] = frozenset(a for row in rows if row for a in row.arguments)
        return found
