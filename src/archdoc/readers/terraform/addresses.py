"""Addresses of instances, taken apart: https://developer.hashicorp.com/terraform/cli/state/resource-addressing."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator

Key = str | int


def keyless(address: str) -> tuple[str, str]:
    """The address without any instance keys, and the path of its module ("" in the root) without them."""
    block = "".join(text for text, _ in _pieces(address))
    parts = block.split(".")
    end = 0
    while end + 1 < len(parts) and parts[end] == "module":
        end += 2
    return block, ".".join(parts[:end])


def keys_of(addresses: Iterable[str]) -> dict[str, tuple[Key, ...]]:
    """The instance keys of each block and module call that has any, by its address up to them."""
    found: dict[str, set[Key]] = defaultdict(set)
    for address in addresses:
        end = 0
        for text, key in _pieces(address):
            end += len(text)
            if key:
                found[address[:end]].add(_key(key))
                end += len(key)
    return {prefix: tuple(sorted(keys, key=lambda k: (isinstance(k, str), k))) for prefix, keys in found.items()}


def _pieces(address: str) -> Iterator[tuple[str, str]]:
    """Texts without brackets, each with the key in brackets behind it or "". A key in quotes may hold anything."""
    start = position = 0
    while position < len(address):
        if address[position] != "[":
            position += 1
            continue
        opened = position
        position += 1
        if address[position : position + 1] == '"':
            position += 1
            while position < len(address) and address[position] != '"':
                position += 2 if address[position] == "\\" else 1
        while position < len(address) and address[position] != "]":
            position += 1
        position += 1
        yield address[start:opened], address[opened:position]
        start = position
    if start < len(address):
        yield address[start:], ""


def _key(written: str) -> Key:
    inner = written[1:-1]
    if not inner.startswith('"'):
        return int(inner) if inner.isdecimal() else inner
    try:
        return str(json.loads(inner)).replace("$${", "${").replace("%%{", "%{")
    except ValueError:
        return inner.strip('"')
