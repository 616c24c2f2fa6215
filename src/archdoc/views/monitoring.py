"""monitoring: sources, collection, storage, visualisation, alerting."""

from __future__ import annotations

from collections import defaultdict

from archdoc.model.diagram import Direction
from archdoc.model.facts import Category, Edge, EdgeKind, Node, NodeKind, Source
from archdoc.model.graph import Graph
from archdoc.views.gaps import say_unwatched
from archdoc.views.machines import WATCHING, Machines
from archdoc.views.sketch import Sketch
from archdoc.views.words import first_of, readable

_LAYERS = {
    "sources": "Data sources",
    "collection": "Collection layer",
    "storage": "Storage layer",
    "visualisation": "Visualisation",
    "alerting": "Alerting",
}
"""In the order in which data flow."""
_BY_KIND = {
    "metrics": "collection",
    "log_shipper": "collection",
    "tracer": "collection",
    "collector": "collection",
    "log_store": "storage",
    "search": "storage",
    "time_series": "storage",
    "dashboard": "visualisation",
    "log_view": "visualisation",
    "trace_view": "visualisation",
    "alert_manager": "alerting",
    "alarm": "alerting",
    "alert": "alerting",
    "exporter": "sources",
}
_KEEPING = (*WATCHING, Category.DATABASE, Category.STORAGE, Category.CACHE, Category.MESSAGING)
"""Programs that keep what a collector sends them; what else a collector connects to it reads."""
_FLOWS = (EdgeKind.SCRAPES, EdgeKind.SHIPS_LOGS_TO, EdgeKind.VISUALIZES, EdgeKind.ALERTS)
_AWAY = (EdgeKind.SCRAPES, EdgeKind.VISUALIZES)
"""Relations whose data flow against their direction: what is scraped sends, what is visualised is read."""
_SETTINGS = ("conf", "provision", "rules", "dashboards", "cert")
_HERE = ("127.0.0.1", "localhost", "::1")


def draw(graph: Graph, sketch: Sketch) -> None:
    """Every monitoring program in its layer; data flow from what is watched to the person who is told."""
    sketch.direction = Direction.RIGHT
    drawing = _Drawing(graph, sketch)
    drawing.programs()
    for edge in graph.edges(*_FLOWS):
        drawing.flow(edge)
    for edge in graph.edges(EdgeKind.CONNECTS_TO):
        drawing.connection(edge)
    say_unwatched(graph, sketch, drawing.machines)


class _Drawing:
    """The drawing while it is made."""

    def __init__(self, graph: Graph, sketch: Sketch) -> None:
        self.graph, self.sketch, self.machines = graph, sketch, Machines(graph)

    def programs(self) -> None:
        """Services and managed resources that watch, and what they say they read."""
        for node in self.graph.nodes(NodeKind.SERVICE, NodeKind.RESOURCE):
            if node.category not in WATCHING or node.attributes.get("disabled") or node.attributes.get("same_as"):
                continue
            is_resource = node.kind is NodeKind.RESOURCE
            if is_resource and (node.attributes.get("plumbing") or not self.machines.roots.is_drawn(node)):
                continue
            self._box(node, _layer(node))
            self._inputs(node)

    def _box(self, node: Node, layer: str, *lines: str) -> str:
        if self.sketch.has(node.id):
            return node.id
        name = self.machines.name(node) if node.kind in (NodeKind.HOST, NodeKind.RESOURCE) else node.name
        if node.kind is NodeKind.GROUP:
            name, lines = ("all hosts" if name == "all" else name), ("group of hosts", *lines)
        stores = self._stores(node) if layer != "sources" else []
        keeps = f"keeps {first_of((s.name for s in stores), 1)}" if stores else ""
        where = self.machines.where(node)
        return self.sketch.box(node, name, *lines, *where, keeps, cluster=_frame(self.sketch, layer), more=stores)

    def _stores(self, node: Node) -> list[Node]:
        """Where a monitoring program keeps what it has: a line of its box; directories of settings last."""
        found = self.graph.targets(node.id, EdgeKind.STORES_IN)
        return sorted(found, key=lambda s: (any(w in s.name for w in _SETTINGS), s.name))

    def _inputs(self, node: Node) -> None:
        """What a collector's configuration says it reads: the journal, files; by the tag it gives them."""
        inputs = node.attributes.get("inputs") if node.category is Category.LOGGING else None
        tags: dict[str, list[dict[str, object]]] = defaultdict(list)
        for entry in inputs if isinstance(inputs, list) else []:
            if isinstance(entry, dict) and entry.get("path") and entry.get("source"):
                tag = str(entry.get("tag") or "").strip("*.") or str(entry.get("name") or "input")
                tags[tag].append(dict(entry))
        for tag, entries in sorted(tags.items()):
            lines = {int(str(e.get("line") or 1)) for e in entries}
            places = tuple(Source(str(entries[0]["path"]), line) for line in sorted(lines))
            box = f"{node.id}:input:{tag}"
            frame = _frame(self.sketch, "sources")
            said = first_of(str(e["source"]) for e in entries)
            self.sketch.place(box, "input", (f"{readable(tag)} logs", said), places, frame, node.category)
            self.sketch.link(box, node.id, places, "reads")

    def flow(self, edge: Edge) -> None:
        """One arrow in the direction of the data."""
        ends = (self.graph.node(edge.source), self.graph.node(edge.target))
        if any(n.kind is NodeKind.RESOURCE and not self.machines.roots.is_drawn(n) for n in ends):
            return  # of an example or a test
        source, target = self._end(edge, edge.source), self._end(edge, edge.target)
        label = str(edge.attributes.get("job") or edge.attributes.get("receiver") or "")
        if edge.kind in _AWAY:
            source, target = target, source
        self.sketch.arrow(source, target, edge, label=label)

    def connection(self, edge: Edge) -> None:
        """What applications send to a collector, and where a collector sends what it has."""
        source, target = self.graph.node(edge.source), self.graph.node(edge.target)
        if source.kind is not NodeKind.SERVICE or target.kind is not NodeKind.SERVICE:
            return
        if source.attributes.get("tier") == "frontend" or _layer(source) == "visualisation":
            return  # who looks at it, not what it collects
        if _collects(target):
            self._box(source, _layer(source) if source.category in WATCHING else "sources")
        elif _collects(source) and (target.category in _KEEPING or not target.attributes.get("program")):
            self._box(target, "storage")
        else:
            return
        self.sketch.arrow(source.id, target.id, edge, label=str(edge.attributes.get("scheme") or ""))

    def _end(self, edge: Edge, node_id: str) -> str:
        """The box of one end of a flow; made when the end is no monitoring program itself."""
        node = self.graph.node(self.machines.id_of(node_id))
        if node.kind is NodeKind.EXTERNAL and node.type == "target":
            return self._address(edge, node)
        if node.kind is NodeKind.ENDPOINT or (edge.kind is EdgeKind.ALERTS and node_id == edge.target):
            lines = ("on the same host",) if any(here in node.name for here in _HERE) else ()
            return self._box(node, "alerting", *lines)
        if edge.kind in (EdgeKind.SHIPS_LOGS_TO, EdgeKind.VISUALIZES) and node_id == edge.target:
            return self._box(node, "storage")
        return self._box(node, "sources")

    def _address(self, edge: Edge, node: Node) -> str:
        """Addresses that nothing in the repository has: one box for those that one job watches."""
        job = str(edge.attributes.get("job") or "")
        frame = _frame(self.sketch, "sources")
        same = [
            self.graph.node(e.target)
            for e in self.graph.edges_from(edge.source, edge.kind)
            if str(e.attributes.get("job") or "") == job
        ]
        addresses = [n for n in same if n.kind is NodeKind.EXTERNAL and n.type == "target"]
        if len(addresses) < 2 or not job:
            return self.sketch.box(node, node.name, "address", cluster=frame, noun="address")
        lines = (f"{len(addresses)} addresses of job {job}", first_of(n.name for n in addresses))
        box = f"{edge.source}:job:{job}"
        return self.sketch.box(addresses[0], *lines, box_id=box, cluster=frame, more=addresses[1:], noun="address")


def _frame(sketch: Sketch, layer: str) -> str:
    return sketch.frame(f"layer:{list(_LAYERS).index(layer)}:{layer}", _LAYERS[layer])


def _layer(node: Node) -> str:
    kind = str(node.attributes.get("kind") or "")
    if node.kind is NodeKind.RESOURCE and not kind:
        kind = next((word for word in node.type.split("_") if word in _BY_KIND), "")
    return _BY_KIND.get(kind, "storage" if node.category is Category.LOGGING else "collection")


def _collects(node: Node) -> bool:
    return node.category in WATCHING and _layer(node) == "collection"
