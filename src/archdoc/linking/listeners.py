"""On which ports load balancers listen, and reach what is behind them."""

from __future__ import annotations

from archdoc.catalog import ListenerShape
from archdoc.linking.rules import Context
from archdoc.linking.terraform_facts import at_path, follow, is_live, role_of, values_at
from archdoc.model.facts import Json, Node, NodeKind, Source

Described = list[tuple[dict[str, Json], tuple[Source, ...]]]


class Ports:
    """What the listeners of each load balancer, and the target groups, say of ports: one entry per listener, as
    attributes of an edge (``ports``: ``443/tcp``, ``target_port``, ``protocol``, ``tls``) with the place that says
    so."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._known: dict[str, Described] = {}
        for node in context.graph.nodes(NodeKind.RESOURCE):
            if not is_live(node):
                continue
            for shape in context.catalog.shapes.listeners(node.type):
                for owner in self._owners(node, shape):
                    for block in self._blocks(node, shape):
                        attributes = _attributes(shape, block)
                        if attributes:
                            self._known.setdefault(owner.id, []).append((attributes, (node.source,)))

    def of(self, node: Node) -> Described:
        """The listeners of a balancer, or what a target group says."""
        return self._known.get(node.id, [])

    def _owners(self, node: Node, shape: ListenerShape) -> list[Node]:
        if shape.balancer:
            return [t for path in shape.balancer for t, _ in follow(self._context.graph, node, path)]
        return [node] if role_of(node) in ("load_balancer", "target_group") else []

    @staticmethod
    def _blocks(node: Node, shape: ListenerShape) -> list[Json]:
        return values_at(node, shape.block) if shape.block else [node.attributes.get("values")]


def _attributes(shape: ListenerShape, block: Json) -> dict[str, Json]:
    port, target = (_first(block, paths) for paths in (shape.port, shape.target_port))
    protocol = str(_first(block, shape.protocol) or "").lower()
    found: dict[str, Json] = {}
    if port is not None:
        found["ports"] = f"{_number(port)}/{protocol}" if protocol else str(_number(port))
    if target is not None:
        found["target_port"] = _number(target)
    if protocol and found:
        found["protocol"] = protocol
    if shape.certificate and any(list(at_path(block, p)) for p in shape.certificate):
        found["tls"] = True
    return found


def _first(block: Json, paths: tuple[str, ...]) -> Json:
    for path in paths:
        for value in at_path(block, path):
            if isinstance(value, int | float | str) and not isinstance(value, bool):
                return value
    return None


def _number(value: Json) -> Json:
    return int(value) if isinstance(value, float) and value.is_integer() else value
