"""Terraform's built-in functions, one small definition each.

The evaluator calls ``call`` with evaluated arguments; ``...`` is already expanded. ``try``, ``can``,
``templatefile`` and ``templatestring`` take expressions or give evaluation a scope of its own, so the evaluator
has them; all else is here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from archdoc.readers.terraform import tree as t
from archdoc.readers.terraform.errors import EvaluationError
from archdoc.readers.terraform.values import Value


class FunctionContext(Protocol):
    """What functions may ask of the world: files of the repository, by the path that the configuration writes."""

    def read_bytes(self, path: str) -> bytes:
        """The bytes of a file (EvaluationError when there is none, or it lies outside of the repository)."""
        ...

    def template(self, path: str) -> t.Expression:
        """A file parsed as a template, for ``templatefile`` (EvaluationError like ``read_bytes``, or its syntax)."""
        ...


def call(name: str, arguments: Sequence[Value], context: FunctionContext) -> Value:
    """The result of a function (EvaluationError where Terraform would say an error)."""
    raise EvaluationError(f'there is no function named "{name}"')
