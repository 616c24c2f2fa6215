"""The drawing of what differs: each thing that came, went or changed, and what it is joined to.

Not one of the views: what a change is joined to matters here, whichever view it stands in. What never is a box of
its own (variables, locals, outputs, providers) is listed in the reports and not drawn.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from archdoc.drift.changedviews import marked, short_leaves
from archdoc.model.change import Change, GraphDiff, NodeChange
from archdoc.model.diagram import Box, Diagram, Direction
from archdoc.model.facts import Edge, EdgeKind, Node, NodeKind
from archdoc.model.graph import Graph
from archdoc.views.sketch import Sketch

_NEVER = frozenset(
    {NodeKind.VARIABLE, NodeKind.LOCAL, NodeKind.OUTPUT, NodeKind.PROVIDER, NodeKind.COLLECTION, NodeKind.ROOT}
)
_ONLY_CHANGED = frozenset(
    {NodeKind.TASK_FILE, NodeKind.HANDLER, NodeKind.INVENTORY, NodeKind.WORKFLOW, NodeKind.MODULE}
)
NEIGHBOURS = 6
"""Things that are as they were, drawn next to one that differs."""
_PLAIN = frozenset({EdgeKind.REFERENCES, EdgeKind.DEPENDS_ON, EdgeKind.CONTAINS})
QUESTION = "What does this change add, remove and change, and what is joined to it?"


def changes_drawing(diff: GraphDiff, before: Graph, after: Graph) -> Diagram:
    """The whole drawing, of any size; empty where nothing that differs is ever drawn."""
    return _Drawing(diff, before, after).diagram()


@dataclass(slots=True)
class _Drawing:
    diff: GraphDiff
    before: Graph
    after: Graph

    def diagram(self) -> Diagram:
        changes = {c.node.id: c for c in self.diff.nodes if c.node.kind not in _NEVER}
        arrows = self._arrows(changes)
        sketch = Sketch("changes", "What changes", QUESTION, Direction.RIGHT)
        ends = {end for key in arrows for end in key[:2]}
        for node_id in sorted(changes.keys() | ends):
            node = self._node(node_id)
            sketch.box(node, *_label(node, changes.get(node_id)), cluster=_frame(sketch, node))
        for (source, target, _), (edges, _change) in sorted(arrows.items()):
            sketch.arrow(source, target, edges, label=_words(edges))
        drawn = sketch.diagram()
        states = {key: change for key, (_, change) in arrows.items()}
        return replace(
            drawn,
            boxes=tuple(_with_change(b, changes) for b in drawn.boxes),
            arrows=tuple(replace(a, change=states.get((a.source, a.target, a.kind))) for a in drawn.arrows),
        )

    def _node(self, node_id: str) -> Node:
        return self.after.find(node_id) or self.before.node(node_id)

    def _arrows(
        self, changes: Mapping[str, NodeChange]
    ) -> dict[tuple[str, str, str], tuple[list[Edge], Change | None]]:
        """The arrows to draw, with the edges behind each: those that differ, and those of what differs."""
        found: dict[tuple[str, str, str], list[Edge]] = defaultdict(list)
        told: dict[tuple[str, str, str], set[Change | None]] = defaultdict(set)
        for change in self.diff.edges:
            edge = change.edge
            if self._is_drawn(edge, changes):
                key = (edge.source, edge.target, edge.kind.value)
                found[key].append(edge)
                told[key].add(change.change)
        for edge in self._unchanged(changes):
            key = (edge.source, edge.target, edge.kind.value)
            found[key].append(edge)
            told[key].add(None)
        return {
            key: (edges, next(iter(told[key])) if len(told[key]) == 1 else Change.CHANGED)
            for key, edges in found.items()
        }

    def _unchanged(self, changes: Mapping[str, NodeChange]) -> list[Edge]:
        """Edges of changed nodes that are as they were; to other changed nodes, and to a few neighbours."""
        new = {_identity(c.after) for c in self.diff.edges if c.after}
        found: dict[tuple[str, ...], Edge] = {}
        for node_id in sorted(changes):
            if node_id not in self.after:
                continue
            neighbours: set[str] = set()
            for edge in (*self.after.edges_from(node_id), *self.after.edges_to(node_id)):
                if _identity(edge) in new or not self._is_drawn(edge, changes):
                    continue
                other = edge.target if edge.source == node_id else edge.source
                if other not in changes and other not in neighbours and len(neighbours) >= NEIGHBOURS:
                    continue
                neighbours |= {other} - changes.keys()
                found[_identity(edge)] = edge
        return list(found.values())

    def _is_drawn(self, edge: Edge, changes: Mapping[str, NodeChange]) -> bool:
        return edge.source != edge.target and all(
            end in changes or self._node(end).kind not in _NEVER | _ONLY_CHANGED for end in (edge.source, edge.target)
        )


def _identity(edge: Edge) -> tuple[str, ...]:
    attributes = sorted((k, str(v)) for k, v in edge.attributes.items())
    return (edge.source, edge.target, edge.kind.value, edge.rule, str(attributes))


def _with_change(box: Box, changes: Mapping[str, NodeChange]) -> Box:
    found = changes.get(box.id)
    return replace(box, change=found.change, label=marked(box.label, found.change)) if found else box


def _label(node: Node, change: NodeChange | None) -> tuple[str, ...]:
    kind = node.type if node.kind in (NodeKind.RESOURCE, NodeKind.DATA_SOURCE) else node.kind.replace("_", " ")
    lines = [node.name, "" if kind == node.name else kind]
    if node.attributes.get("disabled"):
        lines.append("no instance")
    if change is not None and change.change is Change.CHANGED:
        if change.moved_from:
            lines.append(f"was {change.moved_from}")
        shown = short_leaves(change)
        lines += shown
        if len(change.attributes) > len(shown):
            number = len(change.attributes) - len(shown)
            lines.append(f"{number} more" if shown else f"{number} change{'s' if number > 1 else ''}")
    return tuple(line for line in lines if line)


def _words(edges: Iterable[Edge]) -> str:
    """What is said on an arrow: the ports that are let through, else the verb where the dashes do not say it."""
    said: dict[str, None] = {}
    for edge in edges:
        if edge.kind in _PLAIN:
            continue
        ports = edge.attributes.get("ports")
        said[str(ports) if ports else edge.kind.replace("_", " ")] = None
    return ", ".join(list(said)[:3])


def _frame(sketch: Sketch, node: Node) -> str:
    """The place that a thing belongs to: a root and its module, an Ansible project, a workflow."""
    place = node.terraform
    if place is not None:
        scope = node.id.split(":", 2)[1]
        name = "" if scope == "." else f" · {scope}"
        frame = sketch.frame(f"tf:{scope}", f"Terraform{name}")
        inside = place.module
        return sketch.frame(f"tf:{scope}:{inside}", inside, frame) if inside else frame
    head, _, rest = node.id.partition(":")
    scope = rest.partition(":")[0]
    if head == "ansible":
        return sketch.frame(f"ansible:{scope}", "Ansible" if scope == "." else f"Ansible · {scope}")
    if head == "ci":
        return sketch.frame(f"ci:{scope}", scope)
    return ""
