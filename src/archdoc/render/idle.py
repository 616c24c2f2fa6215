"""Boxes without any arrow: a layout engine puts them all into one endless row, unless it is told to stack them."""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Iterator, Mapping

from archdoc.model.diagram import Diagram

FROM = 4
"""From this many in one frame on, they are stacked."""


FRAMES_FROM = 3
"""From this many outermost frames that nothing joins on, they stand in rows."""


def rows(diagram: Diagram) -> list[tuple[str, str]]:
    """Pairs of ids, the second below the first, so that each frame's idle boxes fill a square of rows."""
    pairs: list[tuple[str, str]] = []
    for ids in _by_frame(diagram):
        columns = math.ceil(math.sqrt(len(ids)))
        pairs += zip(ids, ids[columns:], strict=False)
    return pairs


def stacks(diagram: Diagram) -> list[tuple[str, str]]:
    """Pairs of ids, the second below the first, in stacks of about four.

    Where a stack ends depends on the id of the box alone, so a new box changes the pairs next to it and no others.
    """
    pairs: list[tuple[str, str]] = []
    for ids in _by_frame(diagram):
        pairs += [(above, below) for above, below in itertools.pairwise(ids) if not _ends_stack(above)]
    return pairs


def frames(diagram: Diagram) -> list[tuple[str, str]]:
    """Pairs of boxes, the second in a frame below that of the first, so that outermost frames that no arrow joins to
    anything outside them stand in rows, in their order, instead of in one endless column."""
    parents = {c.id: c.parent for c in diagram.clusters} | {b.id: b.cluster for b in diagram.boxes}
    first: dict[str, str] = {}
    for box in diagram.boxes:
        first.setdefault(_outermost(box.id, parents), box.id)
    joined = set()
    for arrow in diagram.arrows:
        ends = {_outermost(arrow.source, parents), _outermost(arrow.target, parents)}
        joined |= ends if len(ends) > 1 else set()
    alone = [first[c.id] for c in diagram.clusters if not c.parent and c.id in first and c.id not in joined]
    if len(alone) < FRAMES_FROM:
        return []
    columns = math.ceil(math.sqrt(len(alone)))
    return list(zip(alone, alone[columns:], strict=False))


def _outermost(inner: str, parents: Mapping[str, str]) -> str:
    seen = {inner}
    while (outer := parents.get(inner, "")) and outer not in seen:
        inner = outer
        seen.add(outer)
    return inner


def _by_frame(diagram: Diagram) -> Iterator[list[str]]:
    busy = {end for a in diagram.arrows for end in (a.source, a.target)}
    idle: dict[str, list[str]] = {}
    for box in diagram.boxes:
        if box.id not in busy:
            idle.setdefault(box.cluster, []).append(box.id)
    yield from (ids for ids in idle.values() if len(ids) >= FROM)


def _ends_stack(box_id: str) -> bool:
    return hashlib.sha256(box_id.encode("utf-8", "surrogatepass")).digest()[0] % 4 == 0
