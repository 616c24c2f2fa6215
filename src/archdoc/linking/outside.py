"""What lies outside of every repository."""

from __future__ import annotations

from archdoc.model.facts import Category, Node, NodeKind, Source

INTERNET = "external:internet"


def internet(place: Source) -> Node:
    """The internet, as far as a place in the code names it."""
    return Node(INTERNET, NodeKind.EXTERNAL, "internet", "Internet", place, category=Category.NETWORK)
