"""A hand-drawn diagram as it was read: boxes, frames and arrows, each with its line, whatever syntax drew it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class DrawnBox:
    """A box, or (``is_frame``) a frame around boxes.

    ``id`` is its name in the drawing's own text, ``label`` the lines that a reader sees, without markup; ``parent``
    the id of the frame around it, or "". ``line`` counts from 1 in the page. ``is_joint`` marks a point where lines
    meet and that shows nothing, ``is_person`` somebody who uses or runs what is drawn.
    """

    id: str
    label: tuple[str, ...]
    line: int
    parent: str = ""
    is_frame: bool = False
    is_joint: bool = False
    is_person: bool = False

    @property
    def title(self) -> str:
        """The label on one line."""
        return " ".join(self.label)


@dataclass(frozen=True, slots=True)
class DrawnArrow:
    """A line between two boxes or frames, by their ids; ``has_heads`` is false for a line without a head."""

    source: str
    target: str
    line: int
    label: str = ""
    has_heads: bool = True


@dataclass(frozen=True, slots=True)
class Unread:
    """What of a drawing could not be read, and why."""

    line: int
    reason: str


@dataclass(frozen=True)
class Drawing:
    """One diagram. ``syntax`` is the word that it begins with (``flowchart``, ``architecture-beta``, ``C4Context``);
    ``line`` the line of that word."""

    syntax: str
    line: int
    boxes: tuple[DrawnBox, ...] = ()
    arrows: tuple[DrawnArrow, ...] = ()
    unread: tuple[Unread, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, DrawnBox]:
        """Boxes and frames by their ids."""
        return {box.id: box for box in self.boxes}

    def inside(self, frame: str) -> tuple[DrawnBox, ...]:
        """The boxes in a frame, at any depth, without the frames."""
        return tuple(b for b in self.boxes if not b.is_frame and frame in self.around(b))

    def around(self, box: DrawnBox) -> tuple[str, ...]:
        """The ids of the frames around a box, from the inside out."""
        found: list[str] = []
        at = box.parent
        while at and at not in found:
            found.append(at)
            at = self.by_id[at].parent if at in self.by_id else ""
        return tuple(found)
