"""IP addresses and ranges: of nodes, and in the labels of boxes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archdoc.model.facts import Node, NodeKind

_ADDRESS = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2})?(?![\w.])")


def addresses_of(node: Node) -> Iterator[str]:
    """The IP addresses and ranges of a node."""
    for key in ("addresses", "cidr", "ansible_host"):
        held = node.attributes.get(key)
        for value in held if isinstance(held, list) else [held]:
            if isinstance(value, str):
                yield from _ADDRESS.findall(value)
    if node.kind in (NodeKind.EXTERNAL, NodeKind.HOST):
        yield from _ADDRESS.findall(node.name)


def addresses_in(text: str) -> list[str]:
    """The IP addresses and ranges in a text."""
    return _ADDRESS.findall(text)


def without_addresses(text: str) -> str:
    """The text without its IP addresses and ranges."""
    return _ADDRESS.sub(" ", text)
