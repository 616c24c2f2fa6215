"""terraform: every block of each root module, by module, with the number of its instances."""

from __future__ import annotations

from collections import defaultdict

from archdoc.model.diagram import Direction
from archdoc.model.facts import Edge, EdgeKind, Node, NodeKind, scope_of
from archdoc.model.graph import Graph
from archdoc.views.sketch import Sketch
from archdoc.views.terraform_blocks import Roots, root_path, served, written_id

_DRAWN = (NodeKind.RESOURCE, NodeKind.DATA_SOURCE)


def draw(graph: Graph, sketch: Sketch) -> None:
    """Blocks as boxes, modules as frames, references between blocks as arrows."""
    sketch.direction = Direction.RIGHT
    roots = Roots(graph)
    instances: dict[str, list[Node]] = defaultdict(list)
    for node in graph.nodes(*_DRAWN):
        if node.terraform is not None and roots.is_drawn(node):
            instances[_box_of(sketch, node)].append(node)
    for box_id, nodes in sorted(instances.items()):
        first = nodes[0]
        lines = _instance(roots, first) if sketch.expands(first) else _label(roots, first, nodes)
        sketch.box(first, *lines, box_id=box_id, cluster=roots.frame(sketch, first), more=nodes[1:])
        other = served(graph, first)
        if other is not None and _box_of(sketch, other) in instances:
            sketch.serve(box_id, _box_of(sketch, other))
    for module in graph.nodes(NodeKind.MODULE):
        if module.attributes.get("external") and roots.is_drawn(module):
            source = str(module.attributes.get("source", ""))
            frame = roots.frame(sketch, module, around=True)
            sketch.box(module, f"module {module.name}", source, box_id=_written_module(module), cluster=frame)
    for (source_id, target_id), edges in sorted(_between(graph, sketch).items()):
        sketch.arrow(source_id, target_id, edges, kind="references")
    _say_what_is_missing(sketch, roots, instances)


def _instance(roots: Roots, node: Node) -> tuple[str, ...]:
    """The label of one instance, with its environment where there are several."""
    root = roots.all.get(scope_of(node))
    several = roots.environments(scope_of(node))
    return (node.name, node.type, str(root.attributes.get("environment") or "") if root and several else "")


def _label(roots: Roots, first: Node, nodes: list[Node]) -> tuple[str, ...]:
    place = first.terraform
    name = place.block.rsplit(".", 1)[-1] if place else first.name
    kind = f"data {first.type}" if first.kind is NodeKind.DATA_SOURCE else first.type
    if all(n.attributes.get("disabled") for n in nodes):
        return (name, kind, "no instance")
    if any(n.attributes.get("unknown_keys") for n in nodes):
        return (f"{name} ×?", kind)
    count = roots.counts(nodes)
    return (f"{name} {count}", kind) if count.startswith("×") else (name, kind, count)


def _between(graph: Graph, sketch: Sketch) -> dict[tuple[str, str], list[Edge]]:
    """References between blocks that are drawn, by the pair of their boxes."""
    pairs: dict[tuple[str, str], list[Edge]] = defaultdict(list)
    for edge in graph.edges(EdgeKind.REFERENCES, EdgeKind.DEPENDS_ON):
        one, other = (_box_of(sketch, graph.node(i)) for i in (edge.source, edge.target))
        if one != other and sketch.has(one) and sketch.has(other):
            pairs[(one, other)].append(edge)
    return pairs


def _box_of(sketch: Sketch, node: Node) -> str:
    """The box of a node: its block's, or its own where the configuration expands it."""
    if node.kind not in _DRAWN:
        return _written_module(node)
    return node.id if sketch.expands(node) else written_id(node)


def _written_module(node: Node) -> str:
    """The box of a module that lives outside: one for all environments."""
    scope = scope_of(node)
    return root_path(scope) + node.id.removeprefix(scope)


def _say_what_is_missing(sketch: Sketch, roots: Roots, instances: dict[str, list[Node]]) -> None:
    if not roots.drawn:
        sketch.missing("No Terraform configuration was found.")
    left_out = len(roots.all) - len(roots.drawn)
    if left_out:
        sketch.note(f"{left_out} root modules that are examples or tests are not drawn; the graph has them.")
    for scope in roots.drawn:
        own = [nodes for nodes in instances.values() if scope_of(nodes[0]) == scope]
        disabled = sum(all(n.attributes.get("disabled") for n in nodes) for nodes in own)
        if disabled:
            sketch.note(f"{_blocks(disabled)} of {roots.label(scope)} without an instance, as configured.")
        open_keys = sum(any(n.attributes.get("unknown_keys") for n in nodes) for nodes in own)
        if open_keys:
            sketch.note(f"{_blocks(open_keys)} of {roots.label(scope)} with instances known only when applied.")


def _blocks(number: int) -> str:
    return "1 block" if number == 1 else f"{number} blocks"
