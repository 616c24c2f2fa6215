"""A drawing before it is drawn: what a view makes of a graph, and all that a renderer sees.

A renderer chooses shapes, colours and syntax; it never needs to know what stands behind a box.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from archdoc.model.change import Change
from archdoc.model.facts import Category, Provenance, Source


class Direction(StrEnum):
    """Which way the arrows flow, in the words that Mermaid and Graphviz share."""

    DOWN = "TB"
    RIGHT = "LR"


class Shape(StrEnum):
    """The outline of a box."""

    BOX = "box"
    STORE = "store"
    """A cylinder: it keeps data."""
    ACTOR = "actor"
    """A person or a machine outside: users, the internet."""
    STEP = "step"
    """A rounded box: something that happens."""


class ArrowStyle(StrEnum):
    """How an arrow is drawn."""

    FLOW = "flow"
    """Traffic or data: a solid line."""
    DEPENDS = "depends"
    """Needs to exist first: a dashed line."""
    ALLOWS = "allows"
    """Is let through: a thick line."""


@dataclass(frozen=True, slots=True)
class Box:
    """One box. ``label`` is one or more lines, the first its name; ``id`` is unique in the drawing.

    ``node_ids`` are all graph nodes that the box stands for (more than one when instances were folded into
    it); ``icon`` is the resource type or program whose icon it may carry; ``link`` is the address of a page of
    the site or of another drawing, relative to the pages' root, or "".
    """

    id: str
    kind: str
    label: tuple[str, ...]
    source: Source
    category: Category = Category.OTHER
    cluster: str = ""
    shape: Shape = Shape.BOX
    icon: str = ""
    node_ids: tuple[str, ...] = ()
    link: str = ""
    evidence: tuple[Source, ...] = ()
    provenance: Provenance = Provenance.DECLARED
    by_hand: bool = False
    """A person vouches for it in the configuration; no code says it."""
    alike: str = ""
    """Boxes of the same text here are instances of one thing, and may become one box with a count."""
    noun: str = ""
    """What it is, in the singular ("DNS record"), for a group of several."""
    serves: str = ""
    """The id of the box that it only configures or joins to others, and may be folded into."""
    change: Change | None = None
    """What happened to it, in a drawing of what differs."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A frame around boxes and other clusters. ``parent`` is the id of the frame around it, or ""."""

    id: str
    label: str
    parent: str = ""
    source: Source | None = None
    node_ids: tuple[str, ...] = ()
    category: Category = Category.OTHER


@dataclass(frozen=True, slots=True)
class Arrow:
    """An arrow between two boxes or clusters of the drawing, named by their ids."""

    source: str
    target: str
    kind: str
    evidence: tuple[Source, ...]
    label: str = ""
    style: ArrowStyle = ArrowStyle.FLOW
    provenance: Provenance = Provenance.DECLARED
    rule: str = ""
    by_hand: bool = False
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class Diagram:
    """One drawing of one view.

    ``name`` is the drawing's own, unique in the site (``network``, ``network-staging``); ``view`` the view's.
    ``question`` is the sentence that the drawing answers; ``notes`` say what the code does not say.
    """

    name: str
    view: str
    title: str
    question: str
    direction: Direction = Direction.DOWN
    clusters: tuple[Cluster, ...] = ()
    boxes: tuple[Box, ...] = ()
    arrows: tuple[Arrow, ...] = ()
    notes: tuple[str, ...] = field(default=())
    part_of: str = ""
    """The name of the overview that this drawing is a part of, or ""."""

    @property
    def shows_changes(self) -> bool:
        """Whether it is a drawing of what differs: colours say what happened, and no longer what a thing is for."""
        return any(b.change for b in self.boxes) or any(a.change for a in self.arrows)

    def __post_init__(self) -> None:
        """Refuse what no renderer could draw: two things of one id, a frame or an end that is not there."""
        frames = {c.id for c in self.clusters}
        ids = [c.id for c in self.clusters] + [b.id for b in self.boxes]
        known = set(ids)
        if len(known) != len(ids):
            twice = sorted(i for i in known if ids.count(i) > 1)
            raise ValueError(f"{self.name}: drawn twice: {', '.join(twice)}")
        for cluster in (*(c.parent for c in self.clusters), *(b.cluster for b in self.boxes)):
            if cluster and cluster not in frames:
                raise ValueError(f"{self.name}: no cluster {cluster!r}")
        for arrow in self.arrows:
            for end in (arrow.source, arrow.target):
                if end not in known:
                    raise ValueError(f"{self.name}: an arrow ends at {end!r}, which is not drawn")
