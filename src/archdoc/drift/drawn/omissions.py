"""What the code has and a diagram lacks, by what the diagram itself sets out to show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from archdoc.drift.drawn.codebook import Codebook
from archdoc.drift.drawn.matching import Match
from archdoc.model.facts import EdgeKind, Node, NodeKind

_KINDS = (NodeKind.HOST, NodeKind.SERVICE, NodeKind.ROLE, NodeKind.PLAYBOOK, NodeKind.RESOURCE)
_IN_SCOPE = (*_KINDS, NodeKind.ENDPOINT, NodeKind.JOB, NodeKind.STORE, NodeKind.GROUP, NodeKind.CI_JOB)
_RANK = {
    NodeKind.RESOURCE: 0,
    NodeKind.HOST: 0,
    NodeKind.SERVICE: 0,
    NodeKind.ROLE: 1,
    NodeKind.PLAYBOOK: 1,
}
"""Of what one box stands for, the things come before the code that makes them."""
_HELPERS = frozenset({"exporter", "agent", "container_tool", "runtime", "system", "time", "ssh", "file_store"})
"""Kinds of programs that people leave out of diagrams with good reason."""
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_FEWEST = 2
"""Boxes that must name things of one sort before the diagram is taken to show that sort."""
_MOST_EACH = 4
"""Nodes that one box may stand for and still name a thing (a server, its host, in two environments)."""


@dataclass(frozen=True, slots=True)
class Omission:
    """``sort`` is what the things are, in people's words; ``shown`` how many of them the diagram has."""

    sort: str
    shown: int
    lacking: tuple[Node, ...]


def omissions(book: Codebook, matches: Iterable[Match], scoped: bool) -> list[Omission]:
    """Of each sort that the diagram names at least two of, and shows half of: those that it lacks.

    A diagram with a scope of its own is to show all that is in it.
    """
    matched = list(matches)
    shown = _with_twins(book, {i for m in matched for i in m.node_ids})
    named: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for number, match in enumerate(matched):
        if match.by_name and len(match.node_ids) <= _MOST_EACH:
            nodes = [book.nodes[i] for i in match.node_ids]
            rank = min((_RANK[n.kind] for n in nodes if n.kind in _RANK), default=0)
            for node in nodes:
                if _RANK.get(node.kind) == rank:  # Grafana is the program, not the role that installs it
                    named[_sort(node)].add(number)
    sorts: dict[tuple[str, ...], list[Node]] = defaultdict(list)
    for node in book.nodes.values():
        if node.kind in (_IN_SCOPE if scoped else _KINDS) and not _is_helper(node) and not _is_here(node):
            sorts[_sort(node)].append(node)
    found = []
    for sort, nodes in sorts.items():
        if not scoped and len(named.get(sort, ())) < _FEWEST:
            continue
        lacking = [n for n in nodes if n.id not in shown and not _is_shown_elsewhere(n, nodes, shown)]
        if lacking and (scoped or 2 * (len(nodes) - len(lacking)) >= len(nodes)):
            found.append(Omission(_words(sort), len(nodes) - len(lacking), tuple(_once(lacking))))
    ids = {n.id for o in found for n in o.lacking}
    told = (replace(o, lacking=tuple(n for n in o.lacking if not _is_twin(book, n, ids))) for o in found)
    return sorted((o for o in told if o.lacking), key=lambda o: o.sort)


def _sort(node: Node) -> tuple[str, ...]:
    """What is alike: resources of one type in one root, programs for one purpose, roles, playbooks."""
    if node.terraform is not None:
        return (node.kind.value, node.type, node.terraform.root, str(node.attributes.get("environment") or ""))
    if node.kind is NodeKind.SERVICE:
        return (node.kind.value, node.category.value)
    return (node.kind.value, "")


def _words(sort: tuple[str, ...]) -> str:
    kind, what = sort[0], sort[1]
    if kind == "resource":
        return what
    return f"{what} {kind}" if kind == "service" else kind.replace("_", " ")


def _is_helper(node: Node) -> bool:
    return bool(
        node.attributes.get("plumbing")
        or node.attributes.get("disabled")
        or node.attributes.get("kind") in _HELPERS
        or node.category.value == "plumbing"
    )


def _is_here(node: Node) -> bool:
    """Whether a host is the machine on which Ansible itself runs."""
    return node.kind is NodeKind.HOST and (node.name in _LOCAL or node.attributes.get("ansible_connection") == "local")


def _with_twins(book: Codebook, shown: set[str]) -> set[str]:
    """What is shown, with the other nodes of the same things, the machines of shown programs and groups, and what they
    make up."""
    graph = book.graph
    found = _with_members(book, shown)
    for node_id in shown:
        found.update(e.target for e in graph.edges_from(node_id, EdgeKind.SAME_AS, EdgeKind.RUNS_ON))
        found.update(e.source for e in graph.edges_to(node_id, EdgeKind.DEPLOYS))
        if graph.node(node_id).kind in (NodeKind.MODULE, NodeKind.ROLE, NodeKind.PLAYBOOK):
            found.update(e.target for e in graph.edges_from(node_id, EdgeKind.CONTAINS, EdgeKind.DEPLOYS))
    for node_id in list(found):
        found.update(e.target for e in graph.edges_from(node_id, EdgeKind.SAME_AS))
        found.update(e.source for e in graph.edges_to(node_id, EdgeKind.SAME_AS))
    return found


def _with_members(book: Codebook, shown: set[str]) -> set[str]:
    """What is shown, and the hosts of shown groups: who draws a group draws all that are in it."""
    found, waiting = set(shown), list(shown)
    while waiting:
        node = book.graph.node(waiting.pop())
        if node.kind is NodeKind.GROUP:
            members = {e.source for e in book.graph.edges_to(node.id, EdgeKind.MEMBER_OF)} - found
            found |= members
            waiting += sorted(members)
    return found


def _is_shown_elsewhere(node: Node, nodes: list[Node], shown: set[str]) -> bool:
    """Whether the same program is shown in another place."""
    return node.kind is NodeKind.SERVICE and any(o.id in shown and o.type == node.type for o in nodes)


def _is_twin(book: Codebook, node: Node, lacking: set[str]) -> bool:
    """Whether a host is a server that is lacking too: it is not said again."""
    return node.kind is NodeKind.HOST and any(
        e.target in lacking for e in book.graph.edges_from(node.id, EdgeKind.SAME_AS)
    )


def _once(lacking: list[Node]) -> Iterable[Node]:
    """Each program once."""
    told: set[str] = set()
    for node in lacking:
        if node.kind is not NodeKind.SERVICE or node.type not in told:
            told.add(node.type)
            yield node
