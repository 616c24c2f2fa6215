"""What is written about a node: its arguments, where they stand and what they refer to by their text."""

from __future__ import annotations

from dataclasses import dataclass, field

from archdoc.model.facts import Source
from archdoc.readers.hcl import tree as t
from archdoc.readers.terraform.modules import Module
from archdoc.readers.terraform.references import Reference, references
from archdoc.readers.terraform.source import Declared, source_of
from archdoc.readers.terraform.values import Ref

_NO_REFERENCES = frozenset({"ignore_changes"})
"""Arguments that name attributes of the block itself."""


@dataclass(frozen=True, slots=True)
class Written:
    """One argument (``path`` inside its block), its place, and what its text refers to."""

    path: str
    source: Source
    references: tuple[Reference, ...]


@dataclass(slots=True)
class Fed:
    """What feeds one node: by argument path, the references of its value; and what is written.

    ``evaluated``: the references are those of values, so that the text alone tells no flow of data but only order.
    """

    node_id: str
    module: Module
    static: tuple[Written, ...] = ()
    refs: dict[str, list[Ref]] = field(default_factory=dict)
    evaluated: bool = False


def written_in(declared: Declared) -> tuple[Written, ...]:
    """Every argument of a block that refers to something, nested blocks included."""
    return _written(declared.block.body, "", declared.path)


def written(path: str, expression: t.Expression, source: Source) -> tuple[Written, ...]:
    """One argument, if it refers to something."""
    found = references(expression)
    return (Written(path, source, found),) if found else ()


def _written(body: t.Body, path: str, file: str) -> tuple[Written, ...]:
    found: list[Written] = []
    for a in body.attributes:
        if a.name not in _NO_REFERENCES:
            found += written(f"{path}{a.name}", a.expression, source_of(file, a.span))
    for block in body.blocks:
        name = block.labels[0] if block.type == "dynamic" and block.labels else block.type
        found += _written(block.body, f"{path}{name}.", file)
    return tuple(found)
