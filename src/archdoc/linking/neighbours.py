"""What is in the networks of another resource without saying so itself."""

from __future__ import annotations

from collections.abc import Iterable

from archdoc.linking.describe import CONTAINERS
from archdoc.linking.rules import Context, Fact, rule
from archdoc.linking.terraform_facts import follow, is_live, role_of
from archdoc.model.facts import Edge, EdgeKind, NodeKind, Provenance


@rule("network.neighbours")
def neighbours(context: Context) -> Iterable[Fact]:
    """What says of no network of its own is in those of the resource that it belongs to.

    The nodes of a pool are where their cluster is, a NAT where its router is (catalog). Example:
    ``google_container_node_pool`` with ``cluster = google_container_cluster.main.id``, and that with ``subnetwork``.
    """
    graph = context.graph
    for node in graph.nodes(NodeKind.RESOURCE):
        shape = context.catalog.shapes.neighbour(node.type)
        if shape is None or not is_live(node):
            continue
        if any(role_of(n) in CONTAINERS for n in graph.sources(node.id, EdgeKind.CONTAINS)):
            continue
        for owner, evidence in (end for path in shape.of for end in follow(graph, node, path)):
            for edge in graph.edges_to(owner.id, EdgeKind.CONTAINS):
                if role_of(graph.node(edge.source)) in CONTAINERS:
                    places = tuple(dict.fromkeys((*evidence, *edge.evidence)))
                    yield Edge(
                        edge.source, node.id, EdgeKind.CONTAINS, places, Provenance.DERIVED, "network.neighbours"
                    )


RULES = (neighbours,)
