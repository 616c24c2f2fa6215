"""A drawing while it is being made: boxes, frames and arrows are added in any order, and come out sorted.

Every view draws on one of these. It keeps one box per id and one arrow per pair and kind, unites their
evidence, and leaves out what nobody asked for: an arrow to something that is not drawn.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from archdoc.model.diagram import Arrow, ArrowStyle, Box, Cluster, Diagram, Direction, Shape
from archdoc.model.facts import Category, Edge, EdgeKind, Node, NodeKind, Provenance, Source, scope_of
from archdoc.views.words import kind_of, openings, readable

_STORES = frozenset({Category.DATABASE, Category.CACHE, Category.STORAGE})
_DEPENDS = frozenset({EdgeKind.REFERENCES, EdgeKind.DEPENDS_ON, EdgeKind.NEEDS, EdgeKind.MEMBER_OF})


@dataclass(slots=True)
class Sketch:
    """The pieces so far; ``diagram`` gives the finished drawing."""

    view: str
    title: str
    question: str
    direction: Direction = Direction.DOWN
    name: str = ""
    expands: Callable[[Node], bool] = lambda _node: False
    """Whether the configuration wants a box for each instance of a block."""
    _boxes: dict[str, Box] = field(default_factory=dict)
    _clusters: dict[str, Cluster] = field(default_factory=dict)
    _arrows: dict[tuple[str, str, str], Arrow] = field(default_factory=dict)
    _notes: list[str] = field(default_factory=list)
    misses: bool = False
    """Whether a note says that something was not found, which is not to say that it is not there."""

    def frame(
        self, frame_id: str, label: str, parent: str = "", node: Node | None = None, category: Category = Category.OTHER
    ) -> str:
        """Add a frame, once; return its id in the drawing."""
        frame_id = f"frame:{frame_id}"
        if frame_id not in self._clusters:
            ids = (node.id,) if node else ()
            self._clusters[frame_id] = Cluster(frame_id, label, parent, node.source if node else None, ids, category)
        return frame_id

    def box(
        self,
        node: Node,
        *lines: str,
        cluster: str = "",
        box_id: str = "",
        shape: Shape | None = None,
        icon: str = "",
        more: Iterable[Node] = (),
        noun: str = "",
    ) -> str:
        """Add the box of a node (``lines``: its label, the node's name unless given), or unite it with the box
        of the same id; return the box's id."""
        box_id = box_id or node.id
        others = tuple(more)
        new = Box(
            id=box_id,
            kind=node.kind,
            label=tuple(readable(line) for line in lines if line) or (readable(node.name),),
            source=node.source,
            category=node.category,
            cluster=cluster,
            shape=shape or _shape(node),
            icon=icon or str(node.attributes.get("icon") or ""),
            node_ids=tuple(dict.fromkeys((node.id, *(n.id for n in others)))),
            evidence=tuple(dict.fromkeys((*node.evidence, *(n.source for n in others)))),
            alike=alike_of(node) if box_id == node.id else box_id,
            noun=noun or noun_of(node),
        )
        known = self._boxes.get(box_id)
        if known is not None:
            new = replace(
                known,
                node_ids=tuple(dict.fromkeys(known.node_ids + new.node_ids)),
                evidence=tuple(dict.fromkeys((*known.evidence, new.source, *new.evidence))),
            )
        self._boxes[box_id] = new
        return box_id

    def place(
        self,
        box_id: str,
        kind: str,
        label: tuple[str, ...],
        places: tuple[Source, ...],
        cluster: str = "",
        category: Category = Category.OTHER,
    ) -> None:
        """Add a box that follows from places in the code rather than from a node of the graph."""
        box = Box(box_id, kind, label, places[0], category, cluster, evidence=places[1:], noun=kind, alike=box_id)
        self._boxes.setdefault(box_id, box)

    def serve(self, box_id: str, other: str) -> None:
        """Say that a box only serves another, into which it may be folded when there is too much to draw."""
        if box_id != other:
            self._boxes[box_id] = replace(self._boxes[box_id], serves=other)

    def arrow(self, source: str, target: str, edges: Iterable[Edge] | Edge, label: str = "", kind: str = "") -> None:
        """Add an arrow that stands for one or more edges; both ends must be drawn by the time of ``diagram``."""
        known_edges = [edges] if isinstance(edges, Edge) else list(edges)
        if not known_edges or source == target:
            return
        first = known_edges[0]
        kind = kind or first.kind
        key = (source, target, kind)
        evidence = tuple(dict.fromkeys(e for edge in known_edges for e in edge.evidence))
        provenance = _weakest(edge.provenance for edge in known_edges)
        label = readable(label)
        if _style(first.kind) is ArrowStyle.ALLOWS:
            label = openings(label.split(", "))
        arrow = Arrow(source, target, kind, evidence, label, _style(first.kind), provenance, first.rule)
        known = self._arrows.get(key)
        if known is not None:
            labels = dict.fromkeys(part for text in (known.label, label) for part in text.split(", ") if part)
            said = openings(labels) if known.style is ArrowStyle.ALLOWS else ", ".join(labels)
            arrow = replace(
                known,
                evidence=tuple(dict.fromkeys(known.evidence + evidence)),
                label=said,
                provenance=_weakest((known.provenance, provenance)),
            )
        self._arrows[key] = arrow

    def link(self, source: str, target: str, evidence: tuple[Source, ...], kind: str, label: str = "") -> None:
        """Add an arrow that follows from places in the code rather than from one edge of the graph."""
        if evidence and source != target:
            arrow = Arrow(source, target, kind, evidence, label, ArrowStyle.FLOW, Provenance.DERIVED)
            self._arrows.setdefault((source, target, kind), arrow)

    def note(self, text: str) -> None:
        """Say what the code does not say."""
        if text not in self._notes:
            self._notes.append(text)

    def missing(self, text: str) -> None:
        """Say that something was not found in what was read; what was not read is said with it."""
        self.misses = True
        self.note(text)

    def has(self, box_id: str) -> bool:
        """Whether a box or frame of this id is drawn."""
        return box_id in self._boxes or box_id in self._clusters

    def joins(self, source: str, target: str) -> bool:
        """Whether an arrow of any kind leads from one to the other."""
        return any(key[0] == source and key[1] == target for key in self._arrows)

    def is_joined(self, box_id: str) -> bool:
        """Whether an arrow leads to or from a box."""
        return any(box_id in key[:2] for key in self._arrows)

    def boxes(self) -> tuple[Box, ...]:
        """The boxes so far, sorted by id."""
        return tuple(self._boxes[i] for i in sorted(self._boxes))

    def diagram(self) -> Diagram:
        """The drawing: sorted, without empty frames, without arrows that lead nowhere or from a frame to what
        stands in it."""
        clusters = self._used_clusters()
        drawn = {*self._boxes, *clusters}
        arrows = tuple(
            self._arrows[key]
            for key in sorted(self._arrows)
            if drawn.issuperset(key[:2]) and not self.is_inside(key[0], key[1]) and not self.is_inside(key[1], key[0])
        )
        return Diagram(
            name=self.name or self.view,
            view=self.view,
            title=self.title,
            question=self.question,
            direction=self.direction,
            clusters=tuple(clusters[i] for i in sorted(clusters)),
            boxes=self.boxes(),
            arrows=arrows,
            notes=tuple(self._notes),
        )

    def _used_clusters(self) -> dict[str, Cluster]:
        used: dict[str, Cluster] = {}
        for box in self._boxes.values():
            current = box.cluster
            while current and current not in used:
                used[current] = self._clusters[current]
                current = used[current].parent
        return used

    def is_inside(self, thing: str, frame: str) -> bool:
        """Whether a box or frame stands in a frame."""
        return frame in self._around(thing)

    def _around(self, thing: str) -> set[str]:
        around: set[str] = set()
        current = self._boxes[thing].cluster if thing in self._boxes else self._clusters[thing].parent
        while current:
            around.add(current)
            current = self._clusters[current].parent
        return around


def alike_of(node: Node) -> str:
    """What instances of one thing have in common: the block of a resource, the program of a service, the name of
    anything else without its numbers; machines of one block are alike only when their names are."""
    if node.kind is NodeKind.RESOURCE and node.terraform is not None:
        scope = scope_of(node)
        if node.attributes.get("network_role") == "server":
            key = node.terraform.instance_key
            return f"{scope}:{node.terraform.block}:{'' if key is None else _numberless(str(key))}"
        return f"{scope}:{node.terraform.block}"
    if node.kind in (NodeKind.SERVICE, NodeKind.JOB, NodeKind.STORE):
        return f"{node.kind}:{node.type}:{node.name}"
    if node.kind is NodeKind.HOST:
        return f"host:{_numberless(node.name)}"
    return node.id


def _numberless(name: str) -> str:
    """A name without its last number: ``team-01-web-3`` → ``team-01-web-#``."""
    return re.sub(r"\d+(?=\D*$)", "#", name)


_NOUNS = {
    NodeKind.CI_JOB: "job",
    NodeKind.TASK_FILE: "task file",
    NodeKind.EXTERNAL: "external address",
    NodeKind.DATA_SOURCE: "data source",
}


_COUNTED_AS = {
    **dict.fromkeys(("chat", "dhcp", "dns", "game", "mail", "media", "metrics", "ssh", "time"), "server"),
    **dict.fromkeys(("network", "search", "virtualization"), "service"),
    **dict.fromkeys(("analytics", "automation", "certificate", "ci", "system"), "tool"),
    **dict.fromkeys(("disk encryption", "intrusion detection", "intrusion prevention"), "tool"),
    "identity": "provider",
    "uptime": "monitor",
}
"""Kinds of programs that are no things one can count, with the word that makes them one: ``3 media servers``."""


def noun_of(node: Node) -> str:
    """What a node is, in the singular: ``hcloud_network_subnet`` → ``network subnet``, an exporter → ``exporter``."""
    if node.kind is NodeKind.RESOURCE:
        return kind_of(node.type)
    if node.kind is NodeKind.SERVICE:
        kind = str(node.attributes.get("kind") or "service").replace("_", " ")
        return f"{kind} {_COUNTED_AS[kind]}" if kind in _COUNTED_AS else kind
    return _NOUNS.get(node.kind, node.kind.value.replace("_", " "))


def _shape(node: Node) -> Shape:
    if node.kind is NodeKind.STORE or (node.category in _STORES and node.kind is not NodeKind.ROLE):
        return Shape.STORE
    if node.kind in (NodeKind.EXTERNAL, NodeKind.TRIGGER):
        return Shape.ACTOR
    if node.kind in (NodeKind.JOB, NodeKind.CI_JOB, NodeKind.PLAY, NodeKind.PLAYBOOK):
        return Shape.STEP
    return Shape.BOX


def _style(kind: EdgeKind) -> ArrowStyle:
    if kind in _DEPENDS:
        return ArrowStyle.DEPENDS
    return ArrowStyle.ALLOWS if kind is EdgeKind.ALLOWS else ArrowStyle.FLOW


_ORDER = (Provenance.DECLARED, Provenance.DERIVED, Provenance.INFERRED)


def _weakest(provenances: Iterable[Provenance]) -> Provenance:
    return max(provenances, key=_ORDER.index)
