"""Telling somebody who waits which stage has begun."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[str], None]
"""Called with the name of each stage as it begins."""


def silent(_stage: str) -> None:
    """Progress that nobody asked for."""
