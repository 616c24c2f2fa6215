"""What differs from another revision, as text for a terminal and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files

from archdoc.model.change import AttributeChange, Change, EdgeChange, GraphDiff, NodeChange, ViewChange
from archdoc.model.facts import EdgeKind, Json, NodeKind, Source
from archdoc.render import data
from archdoc.render.text import short_value
from archdoc.report.jsondoc import safe
from archdoc.report.plain import line, log

SCHEMA = "archdoc.diff/1"
SIGNS = {Change.ADDED: "+", Change.REMOVED: "-", Change.CHANGED: "~"}
_COLOURS = {Change.ADDED: "32", Change.REMOVED: "31", Change.CHANGED: "33"}
_CODE = frozenset(
    {NodeKind.ROOT, NodeKind.PLAYBOOK, NodeKind.PLAY, NodeKind.ROLE, NodeKind.TASK_FILE, NodeKind.HANDLER}
    | {NodeKind.COLLECTION, NodeKind.INVENTORY}
)
VALUES = frozenset({NodeKind.VARIABLE, NodeKind.LOCAL, NodeKind.OUTPUT})
"""Names for values: what they do to resources is said with the resources, so they come last."""
_PLUMBING = VALUES | {NodeKind.PROVIDER}
LEAVES = 8
"""Attributes of one thing that are shown in full; JSON has all."""
RELATIONS = 6
"""Relations of an added or removed thing that are shown with it."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Between what the comparison was: the revision as it was asked for, and the commit that it meant."""

    revision: str
    commit: str
    notes: tuple[str, ...] = ()
    """What could not be compared."""

    def __str__(self) -> str:
        short = self.commit[:12]
        return short if self.revision in (short, self.commit) else f"{self.revision} ({short})"


def of_view(diff: GraphDiff, view: str) -> GraphDiff:
    """What stands in one view."""
    return replace(
        diff,
        nodes=tuple(c for c in diff.nodes if view in c.views),
        edges=tuple(c for c in diff.edges if view in c.views),
        views=tuple(v for v in diff.views if v.view == view),
    )


def counted(changes: Iterable[NodeChange | EdgeChange]) -> dict[Change, int]:
    """How many of each, in the order added, removed, changed."""
    counts = Counter(c.change for c in changes)
    return {c: counts[c] for c in Change}


def said_counts(counts: dict[Change, int]) -> str:
    """``3 added, 1 changed``."""
    return ", ".join(f"{n} {c.value}" for c, n in counts.items() if n)


def said_view(view: ViewChange) -> str:
    """``network (1 box added, 2 arrows removed)``."""
    parts = []
    for counts, one, many in ((view.boxes, "box", "boxes"), (view.arrows, "arrow", "arrows")):
        parts += [f"{n} {one if n == 1 else many} {c.value}" for c, n in counts.items() if n]
    return f"{view.view} ({', '.join(parts)})"


def own_relations(diff: GraphDiff) -> dict[str, list[EdgeChange]]:
    """The relations that came and went with a thing, by its id; without those to values and providers."""
    kinds = {c.node.id: c for c in diff.nodes if c.change is not Change.CHANGED}
    found: dict[str, list[EdgeChange]] = {}
    for change in diff.edges:
        edge = change.edge
        if edge.kind is EdgeKind.CONTAINS:
            continue
        for end, other in ((edge.source, edge.target), (edge.target, edge.source)):
            if end in kinds and not is_plumbing(other):
                found.setdefault(end, []).append(change)
    return found


def between_others(diff: GraphDiff) -> list[EdgeChange]:
    """The relations between things that are there before and after."""
    told = {c.node.id for c in diff.nodes if c.change is not Change.CHANGED}
    return [c for c in diff.edges if c.edge.source not in told and c.edge.target not in told]


def is_plumbing(node_id: str) -> bool:
    """Whether an id is that of a variable, local, output or provider of Terraform."""
    if not node_id.startswith("tf:"):
        return False
    last = f".{node_id.split(':', 2)[-1]}"
    return any(f".{word}." in last for word in ("var", "local", "output", "provider"))


def grouped(changes: Sequence[EdgeChange]) -> list[tuple[EdgeChange, int]]:
    """Relations with one sentence are one, with their number."""
    counts = Counter((c.change, c.said) for c in changes)
    first = {(c.change, c.said): c for c in reversed(changes)}
    return [(first[key], n) for key, n in counts.items()]


def in_order(nodes: Iterable[NodeChange]) -> list[NodeChange]:
    """Added, removed, changed; machines before the code that runs on them, values last."""
    order = list(Change)
    return sorted(nodes, key=lambda c: (c.node.kind in VALUES, order.index(c.change), c.node.kind in _CODE, c.node.id))


def alike(nodes: Sequence[NodeChange]) -> list[tuple[NodeChange, int]]:
    """Instances of one block that changed alike as one, with the number of the others."""
    counts = Counter(_look(c) for c in nodes)
    first = {_look(c): c for c in reversed(nodes)}
    return [(first[look], n - 1) for look, n in counts.items()]


def _look(change: NodeChange) -> tuple[str, ...]:
    node = change.node
    if change.change is not Change.CHANGED or node.terraform is None:
        return (node.id,)
    place = node.terraform
    return (node.id.split(":", 2)[1], place.block, change.moved_from, repr(change.attributes), repr(change.views))


def verb_of(change: AttributeChange) -> str:
    """``added``, ``removed`` or ``changed`` for what is too large to be shown; "" for what can be."""
    if change.path.endswith(" (order)"):
        return "changed"
    if not any(isinstance(v, dict) or (isinstance(v, list) and dict in map(type, v)) for v in _sides(change)):
        return ""
    return "added" if change.before is None else "removed" if change.after is None else "changed"


def content_of(change: AttributeChange) -> str:
    """The beginning of what was added or removed; nothing of what is on both sides."""
    value = change.after if change.before is None else change.before
    return f": {short_value(value, 120)}" if None in _sides(change) else ""


def _sides(change: AttributeChange) -> tuple[Json, Json]:
    return (change.before, change.after)


def several(number: int, word: str) -> str:
    """``1 relation``, ``2 relations``."""
    return f"{number} {word}{'s' if number != 1 else ''}"


# -- text ---------------------------------------------------------------------------------------------------


def text(diff: GraphDiff, compared: Compared, colour: bool = False) -> str:
    """For a terminal."""
    return "".join(_painted(log(line), change, colour) for line, change in _lines(diff, compared))


def _lines(diff: GraphDiff, compared: Compared) -> Iterator[tuple[str, Change | None]]:
    """Each line, and what happened to the thing that it begins with."""
    for note in compared.notes:
        yield f"note: {line(note)}", None
    yield _headline(diff, compared), None
    relations_of = own_relations(diff)
    for change, more in alike(in_order(diff.nodes)):
        views = f"  [{', '.join(change.views)}]" if change.views else ""
        others_like_it = f" and {more} more of its block" if more else ""
        title = f"{line(change.title)}{others_like_it}"
        yield f"{SIGNS[change.change]} {title} ({line(str(change.source))}){views}", change.change
        yield from ((f"    {each}", None) for each in _details(change, relations_of.get(change.node.id, [])))
    others = grouped(between_others(diff))
    if others:
        yield "relations between things that stay:", None
    for edge, number in others:
        yield f"{SIGNS[edge.change]} {line(edge.said)}{times(number)} ({line(str(edge.source))})", edge.change
        yield from ((f"    {leaf(c)}", None) for c in edge.attributes[:LEAVES])
    if diff.views:
        yield f"views that differ: {'; '.join(said_view(v) for v in diff.views)}", None
    for problem in diff.problems:
        verb = "new problem" if problem.change is Change.ADDED else "problem that is gone"
        found = problem.problem
        yield f"{verb}: {line(str(found.source))}: {found.code} {line(found.message)}", None


def _headline(diff: GraphDiff, compared: Compared) -> str:
    if not diff:
        return f"nothing differs from {line(str(compared))}"
    parts = [f"things: {said_counts(counted(diff.nodes))}"] if diff.nodes else []
    parts += [f"relations: {said_counts(counted(diff.edges))}"] if diff.edges else []
    return f"compared with {line(str(compared))}: {'; '.join(parts)}"


def times(number: int) -> str:
    """`` ×3``, or nothing for one."""
    return f" ×{number}" if number > 1 else ""


def _details(change: NodeChange, relations: list[EdgeChange]) -> Iterator[str]:
    if change.moved_from:
        yield f"moved from {line(change.moved_from)}"
    yield from (leaf(c) for c in change.attributes[:LEAVES])
    if len(change.attributes) > LEAVES:
        yield f"… and {several(len(change.attributes) - LEAVES, 'attribute')} more"
    shown = grouped(relations)
    yield from (f"{line(edge.said)}{times(number)}" for edge, number in shown[:RELATIONS])
    if len(shown) > RELATIONS:
        yield f"… and {several(len(shown) - RELATIONS, 'relation')} more"


def leaf(change: AttributeChange) -> str:
    """``server_type: cx22 → cx32``."""
    if verb := verb_of(change):
        return f"{line(change.path)} {verb}{content_of(change)}"
    return f"{line(change.path)}: {short_value(change.before)} → {short_value(change.after)}"


def _painted(text: str, change: Change | None, colour: bool) -> str:
    return f"\033[{_COLOURS[change]}m{text[:-1]}\033[0m\n" if colour and change else text


# -- JSON ---------------------------------------------------------------------------------------------------


def json(diff: GraphDiff, compared: Compared) -> str:
    """For programs; ``schema/diff.schema.json`` describes it."""
    things, relations = counted(diff.nodes), counted(diff.edges)
    return safe(
        data.dumps(
            {
                "schema": SCHEMA,
                "base": {"revision": compared.revision, "commit": compared.commit},
                "summary": {
                    "nodes": {c.value: n for c, n in things.items()},
                    "edges": {c.value: n for c, n in relations.items()},
                },
                "nodes": [_node(c) for c in diff.nodes],
                "edges": [_edge(c) for c in diff.edges],
                "views": [_view(v) for v in diff.views],
                "problems": [{"change": p.change.value, **data.problem_object(p.problem)} for p in diff.problems],
                "notes": list(compared.notes),
            }
        )
    )


def schema_text() -> str:
    """The JSON Schema of the document."""
    return (files("archdoc.report") / "schema" / "diff.schema.json").read_text(encoding="utf-8")


def _node(change: NodeChange) -> dict[str, Json]:
    node = change.node
    return {
        "change": change.change.value,
        "id": node.id,
        "kind": node.kind.value,
        "type": node.type,
        "name": node.name,
        "address": node.address,
        "title": change.title,
        "before": _place(change.before.source) if change.before else None,
        "after": _place(change.after.source) if change.after else None,
        "moved_from": change.moved_from,
        "attributes": _leaves(change.attributes),
        "views": list(change.views),
    }


def _edge(change: EdgeChange) -> dict[str, Json]:
    edge = change.edge
    return {
        "change": change.change.value,
        "source": edge.source,
        "target": edge.target,
        "kind": edge.kind.value,
        "said": change.said,
        "provenance": edge.provenance.value,
        "rule": edge.rule,
        "evidence": [_place(e) for e in edge.evidence],
        "attributes": _leaves(change.attributes),
        "views": list(change.views),
    }


def _leaves(changes: Iterable[AttributeChange]) -> list[Json]:
    return [{"path": c.path, "before": c.before, "after": c.after} for c in changes]


def _view(view: ViewChange) -> dict[str, Json]:
    return {
        "view": view.view,
        "boxes": {c.value: n for c, n in view.boxes.items()},
        "arrows": {c.value: n for c, n in view.arrows.items()},
    }


def _place(source: Source) -> dict[str, Json]:
    return {"path": source.path, "line": source.line, "end_line": source.end_line}
