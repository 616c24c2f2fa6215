"""DNS records in a drawing of the network: by what they lead to, under the names that people type."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from archdoc.model.facts import EdgeKind, Node
from archdoc.model.graph import Graph
from archdoc.views.machines import role_of, value
from archdoc.views.sketch import Sketch
from archdoc.views.words import first_of


def draw_records(graph: Graph, sketch: Sketch, records: list[Node], frame_of: Callable[[Node], str]) -> dict[str, str]:
    """One box for the records of one zone that lead to the same place; from each record's id to its box."""
    groups: dict[tuple[str, ...], list[Node]] = defaultdict(list)
    for record in records:
        targets = [n.id for n in graph.targets(record.id, EdgeKind.ROUTES_TO) if role_of(n) != "record"]
        if targets:
            proxied = "proxied" if record.attributes.get("proxied") else ""
            groups[(frame_of(record), proxied, *targets)].append(record)
    boxes = {}
    for (frame, proxied, *targets), same in groups.items():
        names = sorted({_full_name(graph, record) for record in same}, key=lambda n: (n.count("."), n))
        types = sorted({value(record, "type") for record in same} - {""})
        kind = " ".join(filter(None, (", ".join(types), "record" if len(same) == 1 else f"records ×{len(same)}")))
        lines = (first_of(names), " · ".join(filter(None, (kind, proxied))))
        box = sketch.box(same[0], *lines, cluster=frame, more=same[1:], noun="DNS record")
        if not proxied and len(targets) == 1 and sketch.has(targets[0]):
            sketch.serve(box, targets[0])
        boxes.update({record.id: box for record in same})
    return boxes


def _full_name(graph: Graph, record: Node) -> str:
    """The record's name with that of its zone: ``www.example.org``. One that ends with a dot is full."""
    name = value(record, "name") or record.name
    for edge in graph.edges_from(record.id, EdgeKind.REFERENCES) if not name.endswith(".") else ():
        zone = _domain(graph.node(edge.target)) if role_of(graph.node(edge.target)) == "zone" else ""
        if zone and not name.endswith(zone):
            return zone if name == "@" else f"{name}.{zone}"
    return name.removesuffix(".")


def _domain(zone: Node) -> str:
    """The domain of a zone, which may have another name beside it."""
    return (value(zone, "dns_name") or value(zone, "name")).removesuffix(".")
