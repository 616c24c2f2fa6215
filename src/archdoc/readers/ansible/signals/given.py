"""Values of arguments as modules take them."""

from __future__ import annotations

from typing import Any


def is_on(value: Any) -> bool:
    """Whether a value says yes, as Ansible takes it."""
    return value is True or (isinstance(value, str) and value.lower() in ("yes", "true", "on", "1"))


def items(value: Any) -> list[Any]:
    """The items of an argument that takes one or a list of them."""
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]
