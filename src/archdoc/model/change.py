"""What is different between two graphs of one repository, in the words of infrastructure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from archdoc.model.facts import Edge, Json, Node, Source
from archdoc.model.problem import Problem


class Change(StrEnum):
    """What happened to a thing between the two."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class AttributeChange:
    """One leaf that differs. ``path`` is ``server_type``, ``subnets[]`` for an item of a list without order,
    ``rule[ssh].port`` for one of a list of named things; None stands for what is not there."""

    path: str
    before: Json
    after: Json


@dataclass(frozen=True, slots=True)
class NodeChange:
    """A node that came, went or changed; ``title`` is what a person calls it.

    ``before`` and ``after`` are None where it is not there; ``moved_from`` is the address that it had, where a
    ``moved`` block says that it is the same thing; ``views`` are those that it stands in, or stood in last.
    """

    change: Change
    title: str
    before: Node | None
    after: Node | None
    attributes: tuple[AttributeChange, ...] = ()
    moved_from: str = ""
    views: tuple[str, ...] = ()

    @property
    def node(self) -> Node:
        """The node as it is now, or was last."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def source(self) -> Source:
        """Where it stands now, or stood last."""
        return self.node.source


@dataclass(frozen=True, slots=True)
class EdgeChange:
    """A relation that came, went or changed; ``said`` is its sentence without the verb of the change."""

    change: Change
    before: Edge | None
    after: Edge | None
    said: str
    attributes: tuple[AttributeChange, ...] = ()
    views: tuple[str, ...] = ()

    @property
    def edge(self) -> Edge:
        """The edge as it is now, or was last."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def source(self) -> Source:
        """The first place that says it."""
        return self.edge.evidence[0]


@dataclass(frozen=True, slots=True)
class ProblemChange:
    """Something that could not be worked out, and could be on the other side."""

    change: Change
    problem: Problem


@dataclass(frozen=True, slots=True)
class ViewChange:
    """How much of one view's drawing is different, counted before anything is folded."""

    view: str
    boxes: Mapping[Change, int] = field(default_factory=dict)
    arrows: Mapping[Change, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything is different."""
        return any(self.boxes.values()) or any(self.arrows.values())


@dataclass(frozen=True, slots=True)
class GraphDiff:
    """Everything that differs, each list in the order of ids; ``views`` those that differ, in their own order."""

    nodes: tuple[NodeChange, ...] = ()
    edges: tuple[EdgeChange, ...] = ()
    views: tuple[ViewChange, ...] = ()
    problems: tuple[ProblemChange, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything differs of what there is; problems alone are none of it."""
        return bool(self.nodes or self.edges)
