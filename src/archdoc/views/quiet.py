"""Protections that nothing is drawn between, by their number where there are many: the secrets of an application."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from archdoc.model.facts import EdgeKind, Node, NodeKind, scope_of
from archdoc.model.graph import Graph
from archdoc.views.words import first_of, kind_of, plural

_MANY = 8
"""So many of one type in one root module are one box."""
_DRAWN = (EdgeKind.PROTECTS, EdgeKind.ALLOWS)

Groups = Mapping[tuple[str, str], list[Node]]
"""The nodes of each box, by layer and the id of the box."""


def gathered(graph: Graph, groups: Groups) -> tuple[Groups, dict[str, tuple[str, str]]]:
    """The same, with those boxes united that are of one type in one root and have no arrow, where there are many; and
    by the ids of the united boxes how many of what each is, and the first names."""
    alike: dict[tuple[str, str, str], list[tuple[str, str]]] = defaultdict(list)
    for (layer, box), nodes in sorted(groups.items()):
        if all(n.kind is NodeKind.RESOURCE and n.type == nodes[0].type and _is_quiet(graph, n) for n in nodes):
            alike[layer, nodes[0].type, scope_of(nodes[0])].append((layer, box))
    found = dict(groups)
    lines: dict[str, tuple[str, str]] = {}
    for (layer, kind, _), keys in alike.items():
        if len(keys) >= _MANY:
            together = [node for key in keys for node in found.pop(key)]
            found[layer, keys[0][1]] = together
            names = first_of((n.name.partition("[")[0] for n in together), 2)
            lines[keys[0][1]] = (f"{len(together)} {plural(kind_of(kind))}", names)
    return found, lines


def _is_quiet(graph: Graph, node: Node) -> bool:
    return not any(True for edges in (graph.edges_from, graph.edges_to) for _ in edges(node.id, *_DRAWN))
