"""From a drawing to places: the best layout that can be had in the time there is."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from archdoc.model.diagram import Diagram, Direction
from archdoc.render.svg.dot import Ease, layout_dot
from archdoc.render.svg.labels import put_on_arrows
from archdoc.render.svg.layout import Layout, plain_layout, read_layout
from archdoc.render.svg.measure import Card, Tag, arrow_tag, card, frame_tag
from archdoc.render.svg.process import Engine, LayoutError

LARGE = 2000.0
"""Points: a drawing that is wider or higher is tried in the other direction too."""
_NO_TAG = Tag((), 0.0, 0.0)
_OTHER = {Direction.DOWN: Direction.RIGHT, Direction.RIGHT: Direction.DOWN}


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Places, and the sizes they were computed with. ``shortfall`` says what is simpler than it should be, and why
    ("" when nothing is)."""

    layout: Layout
    cards: Mapping[str, Card]
    frame_tags: Mapping[str, Tag]
    tags: Sequence[Tag]
    shortfall: str = ""


def arrange(diagram: Diagram, engine: Engine, seconds: float) -> Arrangement:
    """Graphviz's layout; without labels on arrows where that takes longer than ``seconds``; in plain rows where even
    that takes longer than half of it."""
    cards = {b.id: card(b) for b in diagram.boxes}
    frame_tags = {c.id: frame_tag(c) for c in diagram.clusters}
    tags = [arrow_tag(a) for a in diagram.arrows]
    none = [_NO_TAG] * len(tags)

    ease = Ease.of(diagram)

    def ask(
        direction: Direction, labels: Sequence[Tag], limit: float, *, quick: bool, ease: Ease | None = None
    ) -> Layout:
        dot = layout_dot(diagram, cards, frame_tags, labels, direction=direction, quick=quick, ease=ease)
        layout = read_layout(engine.ask(dot, limit), diagram, cards)
        put_on_arrows(layout, labels, frame_tags)
        return layout

    def best_of(direction: Direction) -> Layout:
        found = ask(direction, tags, seconds, quick=False)
        if ease:
            with contextlib.suppress(LayoutError):
                found = min(found, ask(direction, tags, seconds, quick=False, ease=ease), key=_unhandiness)
        return found

    try:
        best = best_of(diagram.direction)
    except LayoutError as error:
        reason = str(error)
    else:
        if max(best.width, best.height) > LARGE:
            with contextlib.suppress(LayoutError):
                best = min(best, best_of(_OTHER[diagram.direction]), key=_unhandiness)
        return Arrangement(best, cards, frame_tags, tags)
    try:
        best = ask(diagram.direction, none, seconds / 2, quick=True)
        return Arrangement(best, cards, frame_tags, none, f"{reason}; its arrows are straight and have no labels")
    except LayoutError:
        best = plain_layout(diagram, cards, frame_tags)
        return Arrangement(best, cards, frame_tags, none, f"{reason}; its boxes stand in plain rows")


def _unhandiness(layout: Layout) -> float:
    """How far a page has to be scaled down or scrolled, and how much of it is empty; pages are wider than they are
    high, and scroll down."""
    return max(layout.width, layout.height / 1.5) + math.sqrt(layout.width * layout.height) / 4
