"""What follows a term: attributes, indexes and splats, from a flat list of steps to the tree.

A full splat (``[*]``) takes all steps after it into each element; an attribute-only one (``.*``) takes attributes
and legacy indexes, and what comes then applies to its result.
https://developer.hashicorp.com/terraform/language/expressions/splat#legacy-attribute-only-splat-expressions
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise

from archdoc.readers.hcl import tree as t
from archdoc.readers.hcl.parsed import HclError


class Kind(Enum):
    """What a step is."""

    ATTRIBUTE = auto()
    LEGACY = auto()
    INDEX = auto()
    SPLAT = auto()
    FULL_SPLAT = auto()


@dataclass(frozen=True, slots=True)
class Step:
    """One suffix: an attribute's name or an index' key, and where it stands."""

    kind: Kind
    span: t.Span
    name: str = ""
    key: t.Expression | None = None


def applied(on: t.Expression, steps: Sequence[Step]) -> t.Expression:
    """The steps applied to a term, in order (HclError for ``a.0.1``, which HCL does not allow)."""
    for first, second in pairwise(steps):
        if first.kind is second.kind is Kind.LEGACY:
            raise HclError("two indexes in a row must be written [0][1]", second.span)
    return _applied(on, steps)


def _applied(on: t.Expression, steps: Sequence[Step]) -> t.Expression:
    made = on
    for at, step in enumerate(steps):
        if step.kind is Kind.FULL_SPLAT:
            each = _applied(t.SplatItem(step.span), steps[at + 1 :])
            return t.Splat(made, each, True, _until(made, each.span))
        if step.kind is Kind.SPLAT:
            return _attribute_splat(made, steps, at)
        made = _single(made, step)
    return made


def _attribute_splat(on: t.Expression, steps: Sequence[Step], at: int) -> t.Expression:
    each: t.Expression = t.SplatItem(steps[at].span)
    at += 1
    while at < len(steps) and steps[at].kind in (Kind.ATTRIBUTE, Kind.LEGACY):
        each = _single(each, steps[at])
        at += 1
    return _applied(t.Splat(on, each, False, _until(on, each.span)), steps[at:])


def _single(on: t.Expression, step: Step) -> t.Expression:
    if step.key is None:
        return t.GetAttr(on, step.name, _until(on, step.span))
    return t.Index(on, step.key, _until(on, step.span))


def _until(on: t.Expression, end: t.Span) -> t.Span:
    return t.Span(on.span.line, on.span.column, end.end_line, end.end_column)
