"""What Terraform runs without a machine, in the drawing of services: services of ECS, container apps, deployments of
Kubernetes, web apps, functions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from archdoc.linking.terraform_facts import first_text
from archdoc.model.facts import Category, EdgeKind, Node, NodeKind
from archdoc.model.graph import Graph
from archdoc.views.machines import WATCHING, Machines, role_of
from archdoc.views.sketch import Sketch, noun_of

_NAMES = ("name", "metadata.name", "service_name")


def draw_workloads(
    graph: Graph, sketch: Sketch, machines: Machines, frame: Callable[[Node], str]
) -> dict[str, list[str]]:
    """One box for each, with the cluster that it runs in, and the load balancers and gateways that lead to it; from the
    id of each, and of what defines it (a task definition), to the boxes that it is about."""
    boxes: dict[str, list[str]] = defaultdict(list)
    for node in _workloads(graph, machines):
        if node.category in WATCHING:
            continue
        used = [n for n in graph.targets(node.id, EdgeKind.REFERENCES) if n.kind is NodeKind.RESOURCE]
        cluster = next((f"in {called(n)}" for n in used if role_of(n) == "cluster"), "")
        sketch.box(node, called(node), noun_of(node), cluster, cluster=frame(node))
        boxes[node.id].append(node.id)
        for definition in used:
            if definition.category is Category.CONTAINER and not role_of(definition):
                boxes[definition.id].append(node.id)
    for node_id in [i for i, about in boxes.items() if i in about]:
        for edge in graph.edges_to(node_id, EdgeKind.ROUTES_TO):
            origin = graph.node(edge.source)
            if role_of(origin) in ("load_balancer", "gateway"):
                sketch.box(origin, called(origin), noun_of(origin), cluster=frame(origin))
                sketch.arrow(origin.id, node_id, edge)
    return dict(boxes)


def drawn_by_monitoring(graph: Graph, machines: Machines) -> list[Node]:
    """The containers whose program watches others, which the drawing of monitoring has."""
    return [node for node in _workloads(graph, machines) if node.category in WATCHING]


def _workloads(graph: Graph, machines: Machines) -> list[Node]:
    found = (n for n in graph.nodes(NodeKind.RESOURCE) if role_of(n) == "workload" and not n.attributes.get("disabled"))
    return [n for n in found if machines.roots.is_drawn(n)]


def called(node: Node) -> str:
    """Its evaluated name, else that of its block."""
    return first_text(node, _NAMES) or node.name
