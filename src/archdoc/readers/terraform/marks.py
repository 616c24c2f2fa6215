"""What a value carries besides its content: the references it was computed from, and the way they took."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from archdoc.model.facts import Source


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """One link of the chain that a reference took: through a local, a variable, an output or a data file."""

    kind: str
    name: str
    source: Source


@dataclass(frozen=True, slots=True)
class Ref:
    """A resource instance (by node id) and the attribute read of it; ``via`` is how the value came here."""

    target: str
    attribute: str = ""
    via: tuple[Step, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, repr=False)
class Credential(Ref):
    """No reference, but a text (``attribute``) that must not be shown, for it has the name of a credential."""


Refs: TypeAlias = frozenset[Ref]
NO_REFS: Refs = frozenset()
