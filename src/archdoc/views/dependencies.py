"""dependencies: providers, then kinds of resource and modules in the order in which they must exist."""

from __future__ import annotations

from collections import defaultdict

from archdoc.model.diagram import Direction
from archdoc.model.facts import Category, Edge, EdgeKind, Node, NodeKind, scope_of
from archdoc.model.graph import Graph
from archdoc.views.sketch import Sketch
from archdoc.views.terraform_blocks import Roots, modules_of, root_path, served
from archdoc.views.words import first_of, kind_of


def draw(graph: Graph, sketch: Sketch) -> None:
    """One box per provider and per kind of resource in each root; arrows from what must exist first."""
    sketch.direction = Direction.DOWN
    roots = Roots(graph)
    kinds: dict[str, list[Node]] = defaultdict(list)
    for node in graph.nodes(NodeKind.RESOURCE):
        if roots.is_drawn(node) and not node.attributes.get("disabled"):
            kinds[_group(node)].append(node)
    home = _homes(graph, kinds)
    for box_id, nodes in sorted(kinds.items()):
        if home[box_id] == box_id:
            parts = [kind for kind in sorted(kinds) if kind != box_id and home[kind] == box_id]
            _draw_kind(sketch, roots, nodes, [kinds[kind] for kind in parts])
    before: dict[tuple[str, str], list[Edge]] = defaultdict(list)
    for edge in graph.edges(EdgeKind.REFERENCES, EdgeKind.DEPENDS_ON):
        then_id, first_id = (home.get(_group(graph.node(i))) for i in (edge.source, edge.target))
        if then_id and first_id and then_id != first_id:
            # what is referred to must exist first: the arrow follows the order of creation
            before[(first_id, then_id)].append(edge)
    drawn = set()
    for (first_id, then_id), edges in sorted(before.items()):
        against = before.get((then_id, first_id), [])
        if _is_direct(graph, edges, home) or not _is_direct(graph, against, home):
            sketch.arrow(first_id, then_id, edges, kind="before")
            drawn.add((first_id, then_id))
    _draw_providers(graph, sketch, roots, home, drawn)
    if not kinds:
        sketch.missing("No Terraform resource was found.")


def _homes(graph: Graph, kinds: dict[str, list[Node]]) -> dict[str, str]:
    """Where each kind is drawn: plumbing with the one kind that it serves, anything else by itself."""
    home = {kind: kind for kind in kinds}
    for kind, nodes in kinds.items():
        others = {_group(other) for node in nodes if (other := served(graph, node)) is not None}
        if len(others) == 1 and (only := others.pop()) in kinds and only != kind:
            home[kind] = only
    return {kind: _end(kind, home) for kind in kinds}


def _end(kind: str, home: dict[str, str]) -> str:
    seen = {kind}
    while (further := home[kind]) not in seen:
        seen.add(further)
        kind = further
    return kind if home[kind] == kind else min(seen)


def _is_direct(graph: Graph, edges: list[Edge], home: dict[str, str]) -> bool:
    """Whether a reference is between the kinds that are drawn, not between the plumbing in them."""
    groups = ((_group(graph.node(e.source)), _group(graph.node(e.target))) for e in edges)
    return any(home[one] == one and home[other] == other for one, other in groups)


def _draw_kind(sketch: Sketch, roots: Roots, nodes: list[Node], parts: list[list[Node]]) -> None:
    first, count = nodes[0], roots.counts(nodes)
    lines = [f"{_kind(first)} {count}"] if count.startswith("×") else [_kind(first), count]
    if parts:
        lines.append(f"with {first_of(_part_name(first, part[0]) for part in parts)}")
    more = [*nodes[1:], *(node for part in parts for node in part)]
    sketch.box(first, *lines, box_id=_group(first), cluster=_frame(sketch, roots, first), more=more)


def _part_name(whole: Node, part: Node) -> str:
    """``hcloud_load_balancer_target`` of a load balancer → ``target``."""
    return _kind(part).removeprefix(_kind(whole)).strip() or _kind(part)


def _draw_providers(
    graph: Graph, sketch: Sketch, roots: Roots, home: dict[str, str], before: set[tuple[str, str]]
) -> None:
    """Providers lead to the kinds that they create first; what follows from those is told by the other arrows."""
    for provider in graph.nodes(NodeKind.PROVIDER):
        provided: dict[str, list[Edge]] = defaultdict(list)
        for edge in graph.edges_to(provider.id):
            kind = home.get(_group(graph.node(edge.source)))
            if kind and graph.node(edge.source).kind is NodeKind.RESOURCE:
                provided[kind].append(edge)
        if not provided:
            continue
        label = str(provider.attributes.get("title") or provider.type or provider.name)
        box = root_path(scope_of(provider)) + provider.id.removeprefix(scope_of(provider))
        sketch.box(provider, label, "provider", box_id=box, cluster=_root_frame(sketch, roots, provider))
        later = {then_id for first_id, then_id in before if first_id in provided}
        for kind, edges in sorted(provided.items()):
            if kind not in later or len(later) == len(provided):
                sketch.arrow(box, kind, edges, kind="provides")


def _group(node: Node) -> str:
    module = modules_of(node.terraform.block if node.terraform else "")
    return f"{root_path(scope_of(node))}:{'/'.join(module[:1])}:{node.type}"


def _kind(node: Node) -> str:
    """The resource type in words: ``hcloud_network_subnet`` → ``network subnet``."""
    return kind_of(node.type)


def _frame(sketch: Sketch, roots: Roots, node: Node) -> str:
    frame = _root_frame(sketch, roots, node)
    if node.category is Category.DNS:
        return sketch.frame(f"{root_path(scope_of(node))}:dns", "DNS management", frame)
    modules = modules_of(node.terraform.block if node.terraform else "")
    if not modules:
        return frame
    return sketch.frame(f"{root_path(scope_of(node))}:{modules[0]}", f"module {modules[0]}", frame)


def _root_frame(sketch: Sketch, roots: Roots, node: Node) -> str:
    """The frame of the root, where there are several."""
    if len({root_path(s) for s in roots.drawn}) < 2:
        return ""
    scope = scope_of(node)
    return sketch.frame(root_path(scope), roots.written_label(scope), node=roots.all.get(scope))
