"""How labels put things: lists with an end, expressions that a person can read, places by their names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from archdoc.model.diagram import Box

_EXPRESSION = re.compile(r"\$?\{\{-?(.*?)-?\}\}")


def first_of(names: Iterable[str], most: int = 3) -> str:
    """The first names, and how many more there are: ``api, auth, nginx +3``."""
    found = list(dict.fromkeys(names))
    return ", ".join(found[:most]) + (f" +{len(found) - most}" if len(found) > most else "")


def number_of(box: Box) -> int:
    """How many things a box stands for, by the count that its name ends with: ``web ×12``."""
    found = re.search(r" ×(\d+)$", box.label[0])
    return int(found[1]) if found else 1


def readable(text: str) -> str:
    """An expression that the code leaves open, by its name alone: ``{{ host | lower }}:80`` → ``‹host›:80``."""
    return _EXPRESSION.sub(lambda m: f"‹{m[1].split('|', 1)[0].strip()}›", text)


def openings(ports: Iterable[str]) -> str:
    """Ports that are let through, by number: ``22, 80/tcp, 443/tcp``. A port of every protocol (``22``) tells more
    than one of a single protocol (``22/tcp``), which then goes unsaid; so does an address that the next has too
    (``80/tcp, 443/tcp on ${LAN_IP}``)."""
    by_address: dict[str, dict[str, None]] = {}
    for text in ports:
        port, _, address = text.partition(" on ")
        by_address.setdefault(address, {})[port] = None
    return ", ".join(
        _numbered(found) + (f" on {address}" if address else "") for address, found in sorted(by_address.items())
    )


def _numbered(found: dict[str, None]) -> str:
    return ", ".join(
        sorted((p for p in found if p.partition("/")[0] == p or p.partition("/")[0] not in found), key=_by_number)
    )


def _by_number(port: str) -> tuple[bool, int, str]:
    digits = re.match(r"\d+", port)
    return (digits is None, int(digits[0]) if digits else 0, port)


def plural(noun: str) -> str:
    """``policy`` → ``policies``, ``address`` → ``addresses``, ``server`` → ``servers``."""
    if noun.endswith("y") and noun[-2:-1] not in ("a", "e", "o", "u", ""):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "ch", "sh")) else f"{noun}s"


def on_hosts(names: Iterable[str]) -> tuple[str, ...]:
    """Where a program runs, as a line of its label; none when the code does not say."""
    found = list(dict.fromkeys(names))
    if not found:
        return ()
    return (f"on {', '.join(found)}",) if len(found) <= 2 else (f"on {len(found)} hosts",)


def kind_of(resource_type: str) -> str:
    """A type of resource without its provider: ``aws_db_instance`` is a ``db instance``. What says nothing without it
    keeps it: ``null_resource``, ``terraform_data``."""
    words = resource_type.split("_", 1)[-1]
    return (resource_type if words in ("resource", "data") else words).replace("_", " ")
