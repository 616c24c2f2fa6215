"""Tables about the graph: what was found, resource by resource and play by play."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from archdoc.model.facts import EdgeKind, Node, NodeKind
from archdoc.model.graph import Graph
from archdoc.model.problem import Problem
from archdoc.site.drawings import ROWS, Row, Table, place_of
from archdoc.site.links import SourceLink
from archdoc.site.markdown import Markdown, code, joined, link, text

_KINDS: tuple[tuple[str, tuple[NodeKind, ...]], ...] = (
    (
        "Terraform",
        (
            NodeKind.ROOT,
            NodeKind.MODULE,
            NodeKind.RESOURCE,
            NodeKind.DATA_SOURCE,
            NodeKind.PROVIDER,
            NodeKind.VARIABLE,
            NodeKind.LOCAL,
            NodeKind.OUTPUT,
        ),
    ),
    (
        "Ansible",
        (
            NodeKind.INVENTORY,
            NodeKind.GROUP,
            NodeKind.HOST,
            NodeKind.PLAYBOOK,
            NodeKind.PLAY,
            NodeKind.ROLE,
            NodeKind.TASK_FILE,
            NodeKind.HANDLER,
            NodeKind.COLLECTION,
        ),
    ),
    ("Software", (NodeKind.SERVICE, NodeKind.JOB, NodeKind.STORE, NodeKind.ENDPOINT)),
    ("CI", (NodeKind.WORKFLOW, NodeKind.TRIGGER, NodeKind.CI_JOB, NodeKind.ENVIRONMENT)),
    ("Around", (NodeKind.EXTERNAL,)),
)


PageOf: TypeAlias = Callable[[str], str | None]
"""From the id of a node to the address of the page about it, as the page with the table has to write it."""


def _no_page(_node_id: str) -> str | None:
    return None


def counts(graph: Graph) -> Table:
    """How many things of each kind, by where they come from."""
    found = Counter(node.kind for node in graph.nodes())
    rows = [
        Row((text(part), text(kind.value.replace("_", " ")), text(found[kind])))
        for part, kinds in _KINDS
        for kind in kinds
        if found[kind]
    ]
    return Table(("From", "What", "How many"), tuple(rows), len(rows))


def types(nodes: Sequence[Node]) -> Table:
    """How many of each resource type."""
    found = Counter(node.type for node in nodes)
    rows = [Row((code(kind), text(number))) for kind, number in sorted(found.items(), key=lambda i: (-i[1], i[0]))]
    return Table(("Type", "How many"), tuple(rows[:ROWS]), len(rows))


def resources(nodes: Sequence[Node], link_to: SourceLink) -> Table:
    """Resources or data sources: address, what it is for, place; a block without instances says why."""
    rows = [
        Row((code(n.address or n.name, 160), text(n.category.value.replace("_", " ")), state(n), _place(n, link_to)))
        for n in nodes[:ROWS]
    ]
    return Table(("Address", "Category", "State", "Written in"), tuple(rows), len(nodes))


def values(nodes: Sequence[Node], link_to: SourceLink) -> Table:
    """Variables, locals or outputs with what they evaluate to."""
    rows = [
        Row((code(n.name, 120), value_of(n), text(n.attributes.get("description") or ""), _place(n, link_to)))
        for n in nodes[:ROWS]
    ]
    return Table(("Name", "Value", "Description", "Written in"), tuple(rows), len(nodes))


def named(nodes: Sequence[Node], link_to: SourceLink, page_of: PageOf = _no_page) -> Table:
    """Anything that has a name, a type and a place."""
    rows = [Row((_name(n, page_of), code(n.type, 120), _place(n, link_to))) for n in nodes[:ROWS]]
    return Table(("Name", "Type", "Written in"), tuple(rows), len(nodes))


def related(
    graph: Graph,
    nodes: Sequence[Node],
    columns: Sequence[tuple[str, Iterable[EdgeKind], bool]],
    link_to: SourceLink,
    first: str,
    page_of: PageOf = _no_page,
) -> Table:
    """Nodes with their neighbours: each column has a heading, edge kinds, and whether the edges leave the node."""
    rows = []
    for node in nodes[:ROWS]:
        cells = [_name(node, page_of)]
        for _, kinds, leaving in columns:
            near = graph.targets(node.id, *kinds) if leaving else graph.sources(node.id, *kinds)
            cells.append(_names(near))
        rows.append(Row((*cells, _place(node, link_to))))
    return Table((first, *(c[0] for c in columns), "Written in"), tuple(rows), len(nodes))


def problems(found: Sequence[Problem], link_to: SourceLink, most: int) -> Table:
    """Problems with place and what to do."""
    rows = [
        Row((code(p.code), text(p.message, 600), place_of(p.source, link_to), text(p.hint, 400))) for p in found[:most]
    ]
    return Table(("Code", "What", "Where", "What to do"), tuple(rows), len(found))


def _names(nodes: Sequence[Node]) -> Markdown:
    shown = [code(n.name, 80) for n in nodes[:8]]
    if len(nodes) > 8:
        shown.append(text(f"and {len(nodes) - 8} more"))
    return joined(shown)


def _name(node: Node, page_of: PageOf) -> Markdown:
    name = code(node.name, 120)
    address = page_of(node.id)
    return name if address is None else link(name, address)


def _place(node: Node, link_to: SourceLink) -> Markdown:
    return place_of(node.source, link_to)


def state(node: Node) -> Markdown:
    """Why a block has no instances, or none that are known."""
    if node.attributes.get("disabled"):
        reason = node.attributes.get("disabled_reason") or node.attributes.get("reason") or ""
        return text(f"no instance: {reason}" if reason else "no instance")
    if node.attributes.get("unknown_keys"):
        return text("instances are known only when applied")
    return text("")


def value_of(node: Node) -> Markdown:
    """What a variable, local or output evaluates to, or why that is not shown."""
    if node.attributes.get("sensitive"):
        return text("(sensitive)")
    if "value" in node.attributes:
        return code(shown(node.attributes["value"]), 200)
    unknown = node.attributes.get("unknown")
    said = text(f"unknown: {unknown}" if unknown else "")
    partial = node.attributes.get("partial")
    return Markdown(f"{code(shown(partial), 200)}<br>{said}") if partial else said


def shown(value: object) -> str:
    """A value as text: texts as they are, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)
