"""The part of the code that a diagram is about: ``<!-- archdoc:scope terraform/production view=network -->``."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TypeAlias

from archdoc.model.facts import Node
from archdoc.model.graph import Graph

ViewNodes: TypeAlias = Callable[[str], frozenset[str] | None]
"""The ids of the nodes that a view shows, by its name; None where no view has the name."""

_PART = re.compile(r"(?:(?P<key>[a-z]+)=)?(?:\"(?P<quoted>[^\"]*)\"|(?P<plain>\S+))")
KEYS = ("path", "view", "kind", "type", "category", "environment")


class ScopeError(ValueError):
    """The comment is not one that archdoc understands; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Conditions by key; of the values of one key, one is enough."""

    conditions: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def nodes(self, graph: Graph, views: ViewNodes) -> frozenset[str] | None:
        """The nodes that are in scope; None without any condition. ScopeError for a view that there is not."""
        if not self.conditions:
            return None
        shown: set[str] | None = None
        for key, values in self.conditions:
            if key == "view":
                shown = shown or set()
                for value in values:
                    found = views(value)
                    if found is None:
                        raise ScopeError(f"no view is called {value!r}")
                    shown |= found
        rest = [(k, v) for k, v in self.conditions if k != "view"]
        return frozenset(
            n.id for n in graph.nodes() if (shown is None or n.id in shown) and all(_holds(n, k, v) for k, v in rest)
        )


def parse_scope(text: str) -> Scope:
    """``path`` may stand alone: ``terraform/production`` is ``path=terraform/production``. Raises ScopeError."""
    conditions: dict[str, list[str]] = {}
    for part in _PART.finditer(text):
        key = part["key"] or "path"
        if key not in KEYS:
            raise ScopeError(f"{key}= is none of {', '.join(f'{k}=' for k in KEYS)}")
        value = part["quoted"] if part["quoted"] is not None else part["plain"]
        conditions.setdefault(key, []).extend(v for v in value.split(",") if v)
    return Scope(tuple((k, tuple(v)) for k, v in conditions.items() if v))


def _holds(node: Node, key: str, values: tuple[str, ...]) -> bool:
    if key == "path":
        places = [node.source.path, *(e.path for e in node.evidence)]
        if node.terraform is not None:
            places.append(node.terraform.root)
        return any(_under(place, value) for place in places for value in values)
    if key == "environment":
        named = {str(node.attributes.get("environment") or ""), node.name if node.kind.value == "environment" else ""}
        return bool(named & set(values))
    held = {"kind": node.kind.value, "type": node.type, "category": node.category.value}[key]
    return any(fnmatchcase(held, value) for value in values)


def _under(path: str, place: str) -> bool:
    place = place.rstrip("/")
    return place in (".", "") or path == place or path.startswith(place + "/") or fnmatchcase(path, place)
