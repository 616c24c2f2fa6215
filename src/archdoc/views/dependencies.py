"""dependencies: providers, then kinds of resource and modules in the order in which they must exist."""

from __future__ import annotations

from collections import defaultdict

from archdoc.model.diagram import Direction
from archdoc.model.facts import Category, Edge, EdgeKind, Node, NodeKind
from archdoc.model.graph import Graph
from archdoc.views.sketch import Sketch
from archdoc.views.terraform_blocks import Roots, modules_of, root_path, scope_of


def draw(graph: Graph, sketch: Sketch) -> None:
    """One box per provider and per kind of resource in each root; arrows from what must exist first."""
    sketch.direction = Direction.DOWN
    roots = Roots(graph)
    groups: dict[str, list[Node]] = defaultdict(list)
    for node in graph.nodes(NodeKind.RESOURCE):
        if roots.is_drawn(node) and not node.attributes.get("disabled"):
            groups[_group(node)].append(node)
    for box_id, nodes in sorted(groups.items()):
        first, frame = nodes[0], _frame(sketch, roots, nodes[0])
        count = roots.counts(nodes)
        lines = (f"{_kind(first)} {count}",) if count.startswith("×") else (_kind(first), count)
        sketch.box(first, *lines, box_id=box_id, cluster=frame, more=nodes[1:])
    for provider in graph.nodes(NodeKind.PROVIDER):
        used = [e for e in graph.edges_to(provider.id) if _drawn(graph, sketch, e.source)]
        if used:
            label = str(provider.attributes.get("title") or provider.type or provider.name)
            box = root_path(scope_of(provider)) + provider.id.removeprefix(scope_of(provider))
            sketch.box(provider, label, "provider", box_id=box, cluster=_frame(sketch, roots, provider))
            for edge in used:
                sketch.arrow(box, _group(graph.node(edge.source)), edge, kind="provides")
    pairs: dict[tuple[str, str], list[Edge]] = defaultdict(list)
    for edge in graph.edges(EdgeKind.REFERENCES, EdgeKind.DEPENDS_ON):
        if _drawn(graph, sketch, edge.source) and _drawn(graph, sketch, edge.target):
            # what is referred to must exist first: the arrow follows the order of creation
            pairs[(_group(graph.node(edge.target)), _group(graph.node(edge.source)))].append(edge)
    for (first_id, then_id), edges in sorted(pairs.items()):
        if first_id != then_id:
            sketch.arrow(first_id, then_id, edges, kind="before")
    if not groups:
        sketch.note("The code has no Terraform resource.")


def _group(node: Node) -> str:
    module = modules_of(node.terraform.block if node.terraform else "")
    return f"{root_path(scope_of(node))}:{'/'.join(module[:1])}:{node.type}"


def _kind(node: Node) -> str:
    """The resource type in words: ``hcloud_network_subnet`` → ``network subnet``."""
    return node.type.split("_", 1)[-1].replace("_", " ")


def _frame(sketch: Sketch, roots: Roots, node: Node) -> str:
    scope = root_path(scope_of(node))
    several = len({root_path(s) for s in roots.drawn}) > 1
    frame = (
        sketch.frame(scope, roots.written_label(scope_of(node)), node=roots.all.get(scope_of(node))) if several else ""
    )
    if node.category is Category.DNS:
        return sketch.frame(f"{scope}:dns", "DNS management", frame)
    modules = modules_of(node.terraform.block if node.terraform else "")
    return sketch.frame(f"{scope}:{modules[0]}", f"module {modules[0]}", frame) if modules else frame


def _drawn(graph: Graph, sketch: Sketch, node_id: str) -> bool:
    node = graph.node(node_id)
    return node.kind is NodeKind.RESOURCE and sketch.has(_group(node))
