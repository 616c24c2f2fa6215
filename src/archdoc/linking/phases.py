"""The way of a request through the rule sets of a zone, before it reaches what the zone's records lead to."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable

from archdoc.linking.outside import INTERNET, internet
from archdoc.linking.rules import Context, Fact, rule
from archdoc.linking.terraform_facts import first_text, is_live, role_of
from archdoc.model.facts import Edge, EdgeKind, Node, NodeKind, Provenance

_NAME = "network.phases"


@rule(_NAME)
def phases(context: Context) -> Iterable[Fact]:
    """A request to a proxied record goes through the rule sets of its zone in the order of the provider's phases.

    The internet leads to the first, each to the next, the last to the proxied records. The order is the provider's
    (catalog); which phase a rule set works in is its own argument. Example: ``cloudflare_ruleset`` with
    ``phase = "ddos_l7"`` comes before one with ``phase = "http_ratelimit"``.
    """
    graph = context.graph
    by_zone: dict[str, list[tuple[int, Node]]] = defaultdict(list)
    for node in graph.nodes(NodeKind.RESOURCE):
        shape = context.catalog.shapes.phase(node.type)
        phase = first_text(node, shape.phase) if shape is not None and is_live(node) else ""
        if shape is not None and phase in shape.order:
            for zone in graph.targets(node.id, EdgeKind.PROTECTS):
                by_zone[zone.id].append((shape.order.index(phase), node))
    for zone_id, found in by_zone.items():
        records = [
            n
            for n in graph.sources(zone_id, EdgeKind.REFERENCES)
            if role_of(n) == "record" and n.attributes.get("proxied") and is_live(n)
        ]
        if not records:
            continue
        way = [node for _, node in sorted(found, key=lambda step: (step[0], step[1].id))]
        yield internet(way[0].source)
        yield _edge(INTERNET, way[0].id, way[0], records[0])
        for one, other in itertools.pairwise(way):
            yield _edge(one.id, other.id, one, other)
        for record in records:
            yield _edge(way[-1].id, record.id, way[-1], record)


def _edge(source: str, target: str, *said: Node) -> Edge:
    evidence = tuple(dict.fromkeys(node.source for node in said))
    return Edge(source, target, EdgeKind.ROUTES_TO, evidence, Provenance.DERIVED, _NAME)


RULES = (phases,)
