"""Two graphs of one repository, compared thing by thing and leaf by leaf.

Where something stands in a file is no difference. What a ``moved`` block names is the same thing under another
address (https://developer.hashicorp.com/terraform/language/modules/develop/refactoring).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from archdoc.catalog import Catalog
from archdoc.drift.attributes import attribute_changes
from archdoc.drift.settled import Settling, settled_text, without_places
from archdoc.model.change import AttributeChange, Change, EdgeChange, GraphDiff, NodeChange, ProblemChange
from archdoc.model.facts import Edge, EdgeKind, Json, Node, NodeKind, Provenance
from archdoc.model.graph import Graph
from archdoc.model.naming import title
from archdoc.model.problem import Problem
from archdoc.render.text import short_value

_RELATION = Settling()
_TITLED = (NodeKind.PLAY, NodeKind.HANDLER)
"""Kinds whose ids are made of the words that they are called by."""
MAX_MOVES = 20
"""Steps of a chain of moved blocks that are followed."""


def compare_graphs(before: Graph, after: Graph, catalog: Catalog) -> GraphDiff:
    """What is added, removed and changed from one graph to the other; ``views`` is left empty."""
    moved = moves(before, after)
    same = _same_elsewhere(before, after, moved)
    return GraphDiff(
        tuple(_nodes(before, after, moved, same, catalog)),
        tuple(_edges(before, after, same)),
        problems=tuple(_problems(before, after)),
    )


def moves(before: Graph, after: Graph) -> dict[str, str]:
    """The id before of each node that ``moved`` blocks give another address now: id after → id before."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    blocks = _moved_blocks(after)
    if not blocks:
        return found
    for node in after.nodes():
        if node.id in before or node.terraform is None or not node.address:
            continue
        prefix = node.id.removesuffix(node.address)
        for address in _earlier(node.address, blocks.get(prefix, ())):
            old = prefix + address
            if old in before and old not in after and old not in taken:
                found[node.id] = old
                taken.add(old)
                break
    return found


def _moved_blocks(graph: Graph) -> dict[str, list[tuple[str, str]]]:
    """(from, to) in full addresses, by what the ids of their root begin with."""
    blocks: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for node in graph.nodes(NodeKind.ROOT, NodeKind.MODULE):
        listed = node.attributes.get("moved")
        if not isinstance(listed, list):
            continue
        prefix = node.id.removesuffix(node.address) if node.address else node.id
        above = f"{node.address}." if node.address else ""
        for block in listed:
            if isinstance(block, dict):
                blocks[prefix].append((f"{above}{block.get('from')}", f"{above}{block.get('to')}"))
    return blocks


def _earlier(address: str, blocks: Sequence[tuple[str, str]]) -> Iterator[str]:
    """The addresses that moved blocks give a thing before, the nearest first."""
    waiting, seen = [address], {address}
    for _ in range(MAX_MOVES):
        following = []
        for current in waiting:
            for origin, target in blocks:
                rest = current.removeprefix(target)
                if current.startswith(target) and (not rest or rest[0] in ".[") and origin + rest not in seen:
                    seen.add(origin + rest)
                    following.append(origin + rest)
        yield from following
        if not following:
            return
        waiting = following


def _same_elsewhere(before: Graph, after: Graph, moved: Mapping[str, str]) -> dict[str, str]:
    """What kept its name, its address and its file, and has another id only because what is around it has: the
    directory that an Ansible project begins in, the place that a service is counted to. Id after → id before."""
    same = dict(moved)
    for with_name in (True, False):
        taken = set(same.values())
        gone = _by_look((n for n in before.nodes() if n.id not in after and n.id not in taken), with_name)
        come = _by_look((n for n in after.nodes() if n.id not in before and n.id not in same), with_name)
        for look, ids in gone.items():
            if len(ids) == 1 and len(come.get(look, ())) == 1:
                same[come[look][0]] = ids[0]
    return same | _titled_otherwise(before, after, same)


def _titled_otherwise(before: Graph, after: Graph, same: Mapping[str, str]) -> dict[str, str]:
    """Plays and handlers that are called otherwise: of those of a file the only one with just these relations."""
    taken = set(same.values())
    gone = _by_relations(before, [n for n in before.nodes(*_TITLED) if n.id not in after and n.id not in taken])
    come = _by_relations(after, [n for n in after.nodes(*_TITLED) if n.id not in before and n.id not in same])
    return {
        come[what][0]: ids[0]
        for what, ids in gone.items()
        if len(ids) == 1 and len(come.get(what, ())) == 1 and what[2]
    }


def _by_relations(graph: Graph, nodes: Iterable[Node]) -> dict[tuple[object, ...], list[str]]:
    found: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for node in nodes:
        out = {(e.kind, "to", e.target) for e in graph.edges_from(node.id) if e.target != node.id}
        into = {(e.kind, "from", e.source) for e in graph.edges_to(node.id) if e.source != node.id}
        found[node.kind, node.source.path, frozenset(out | into)].append(node.id)
    return found


def _by_look(nodes: Iterable[Node], with_name: bool) -> dict[tuple[str, ...], list[str]]:
    found: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for node in nodes:
        if with_name or node.address:
            found[node.kind, node.type, node.name if with_name else "", node.address, node.source.path].append(node.id)
    return found


def _nodes(
    before: Graph, after: Graph, moved: Mapping[str, str], same: Mapping[str, str], catalog: Catalog
) -> Iterator[NodeChange]:
    now_called = {old: new for new, old in same.items()}
    ids = {n.id for n in after.nodes()} | {n.id for n in before.nodes() if n.id not in now_called}
    for node_id in sorted(ids):
        new, old = after.find(node_id), before.find(same.get(node_id, node_id))
        if old is None or new is None:
            only = new or old
            assert only is not None
            yield NodeChange(Change.ADDED if old is None else Change.REMOVED, title(only), old, new)
            continue
        if now_called:
            old = replace(old, attributes={k: _renamed(v, now_called) for k, v in old.attributes.items()})
        changes = _node_changes(old, new, node_id in same, catalog)
        if changes or node_id in moved:
            changes = tuple(
                replace(c, before=_called(c.before, before, after), after=_called(c.after, before, after))
                for c in changes
            )
            yield NodeChange(Change.CHANGED, title(new), old, new, changes, old.address if node_id in moved else "")


def _node_changes(old: Node, new: Node, renamed: bool, catalog: Catalog) -> tuple[AttributeChange, ...]:
    one, other = _fields(old, renamed), _fields(new, renamed)
    changes = [AttributeChange(k, one[k], other[k]) for k in one if one[k] != other[k]]
    if old.attributes != new.attributes:
        settling = Settling(catalog.sequences.of(new.type), catalog.modules)
        changes += attribute_changes(_compared(old), _compared(new), settling)
    return tuple(changes)


def _renamed(value: Json, now_called: Mapping[str, str]) -> Json:
    """A value in which nodes are named by the ids that they have now."""
    if isinstance(value, str):
        return now_called.get(value, value)
    if isinstance(value, list):
        return [_renamed(v, now_called) for v in value]
    if isinstance(value, dict):
        return {k: _renamed(v, now_called) for k, v in value.items()}
    return value


def _called(value: Json, *graphs: Graph) -> Json:
    """A value in which nodes are named by what people call them."""
    if isinstance(value, str):
        node = next(filter(None, (graph.find(value) for graph in graphs)), None)
        return value if node is None else title(node)
    if isinstance(value, list):
        return [_called(v, *graphs) for v in value]
    if isinstance(value, dict):
        return {k: _called(v, *graphs) for k, v in value.items()}
    return value


def _compared(node: Node) -> Mapping[str, Json]:
    """Without the moved blocks, which say what a thing was called and make none, and the names of a module's files."""
    passed = ("moved", "files") if node.kind is NodeKind.ROOT else ("moved",)
    return {k: v for k, v in node.attributes.items() if k not in passed}


def _fields(node: Node, renamed: bool) -> dict[str, Json]:
    """What a node is, apart from its attributes."""
    fields: dict[str, Json] = {"kind": node.kind.value, "type": node.type, "category": node.category.value}
    if not renamed:
        return {**fields, "name": node.name, "address": node.address}
    return {**fields, "name": node.name} if node.kind in _TITLED else fields


def _problems(before: Graph, after: Graph) -> Iterator[ProblemChange]:
    """Problems that came and went. One that went from one file and came in another has moved with its code."""
    old = {_problem_key(p): p for p in before.problems()}
    new = {_problem_key(p): p for p in after.problems()}
    gone, come = (_by_words(p for key, p in one.items() if key not in other) for one, other in ((old, new), (new, old)))
    for words in sorted(gone.keys() | come.keys()):
        lost, found = gone.get(words, []), come.get(words, [])
        kept = min(len(lost), len(found))
        yield from (ProblemChange(Change.REMOVED, p) for p in lost[kept:])
        yield from (ProblemChange(Change.ADDED, p) for p in found[kept:])


def _by_words(problems: Iterable[Problem]) -> dict[tuple[str, ...], list[Problem]]:
    found: dict[tuple[str, ...], list[Problem]] = defaultdict(list)
    for problem in problems:
        found[_problem_key(problem)[1:]].append(problem)
    return found


def _problem_key(problem: Problem) -> tuple[str, str, str]:
    return (problem.source.path, problem.code, without_places(problem.message))


def _edges(before: Graph, after: Graph, same: Mapping[str, str]) -> Iterator[EdgeChange]:
    now_called = {old: new for new, old in same.items()}
    old_groups: dict[tuple[str, str, EdgeKind], list[Edge]] = defaultdict(list)
    new_groups: dict[tuple[str, str, EdgeKind], list[Edge]] = defaultdict(list)
    for edge in before.edges():
        one = replace(
            edge, source=now_called.get(edge.source, edge.source), target=now_called.get(edge.target, edge.target)
        )
        old_groups[one.source, one.target, one.kind].append(one)
    for own in after.edges():
        new_groups[own.source, own.target, own.kind].append(own)
    for key in sorted(old_groups.keys() | new_groups.keys()):
        for old, new, changes in _paired(old_groups.get(key, []), new_groups.get(key, [])):
            shown = new or old
            assert shown is not None
            said = _sentence(shown, after, before)
            kind = Change.CHANGED if old and new else Change.REMOVED if old else Change.ADDED
            if kind is not Change.CHANGED:
                said += _particulars(shown, (new_groups if kind is Change.REMOVED else old_groups).get(key, []))
            yield EdgeChange(kind, old, new, said, changes)


def _particulars(edge: Edge, staying: Iterable[Edge]) -> str:
    """What tells a relation from those of its kind between the same two that stay: its ports, say."""
    others = [_RELATION.attributes(other.attributes) for other in staying]
    told = [
        f"{key}: {short_value(value)}"
        for key, value in sorted(_RELATION.attributes(edge.attributes).items())
        if isinstance(value, str | int) and any(other.get(key) != value for other in others)
    ]
    return f", {', '.join(told)}" if told else ""


def _paired(old: list[Edge], new: list[Edge]) -> Iterator[tuple[Edge | None, Edge | None, tuple[AttributeChange, ...]]]:
    """The edges of one kind between two nodes: equal ones drop out, one left on each side is one that changed."""
    if len(old) == len(new) == 1 and old[0].attributes == new[0].attributes and _known(old[0]) == _known(new[0]):
        return
    left, come = _by_identity(old), _by_identity(new)
    for identity in left.keys() & come.keys():
        equal = min(len(left[identity]), len(come[identity]))
        del left[identity][:equal], come[identity][:equal]
    for rule in sorted({identity[0] for identity in (*left, *come)}):
        olds, news = ([e for i in sorted(each) if i[0] == rule for e in each[i]] for each in (left, come))
        while olds and news:
            one, other = olds.pop(0), news.pop(0)
            changes = attribute_changes(one.attributes, other.attributes, _RELATION)
            if _known(one) != _known(other):
                changes = (*changes, AttributeChange("provenance", one.provenance.value, other.provenance.value))
            if changes:
                yield one, other, changes
        for edge in olds:
            yield edge, None, ()
        for edge in news:
            yield None, edge, ()


def _known(edge: Edge) -> tuple[str, bool]:
    """How sure the relation is: that it follows by evaluation now and was literal before changes nothing."""
    return (edge.rule, edge.provenance is Provenance.INFERRED)


def _by_identity(edges: Iterable[Edge]) -> dict[tuple[str, bool, str], list[Edge]]:
    found: dict[tuple[str, bool, str], list[Edge]] = defaultdict(list)
    for edge in edges:
        found[_identity(edge)].append(edge)
    return found


def _identity(edge: Edge) -> tuple[str, bool, str]:
    return (*_known(edge), settled_text(_RELATION.attributes(edge.attributes)))


def _sentence(edge: Edge, after: Graph, before: Graph) -> str:
    ends = []
    for end in (edge.source, edge.target):
        node = after.find(end) or before.find(end)
        ends.append(title(node) if node else end)
    return f"{ends[0]} → {ends[1]} ({edge.kind.replace('_', ' ')})"
