"""security: edge, network, host, application and data layers; what is open to whom on which port."""

from __future__ import annotations

from collections import defaultdict

from archdoc.model.facts import Category, Edge, EdgeKind, Node, NodeKind, scope_of
from archdoc.model.graph import Graph
from archdoc.views.gaps import say_unprotected
from archdoc.views.machines import Machines, is_anyone, role_of
from archdoc.views.published import draw_published
from archdoc.views.quiet import gathered
from archdoc.views.sketch import Sketch
from archdoc.views.terraform_blocks import root_path, served, whole, written_id

_LAYERS = {
    "edge": "Edge security",
    "network": "Network security",
    "host": "Host security",
    "application": "Application security",
    "data": "Data security",
}
_PROTECTING = (NodeKind.RESOURCE, NodeKind.ROLE, NodeKind.SERVICE, NodeKind.JOB, NodeKind.STORE)
_TOGETHER = (EdgeKind.DEPENDS_ON, EdgeKind.REFERENCES, EdgeKind.APPLIES, EdgeKind.INCLUDES)


def draw(graph: Graph, sketch: Sketch) -> None:
    """What protects, by layer; what it protects behind it; what may be reached from outside."""
    drawing = _Drawing(graph, sketch)
    drawing.layers()
    drawing.protections()
    drawing.openings()
    draw_published(graph, sketch, drawing.machines, drawing.protecting)
    drawing.together()
    say_unprotected(graph, sketch, drawing.machines)


class _Drawing:
    """The drawing while it is made, and which box stands for which node."""

    def __init__(self, graph: Graph, sketch: Sketch) -> None:
        self.graph, self.sketch, self.machines = graph, sketch, Machines(graph)
        self.protecting: dict[str, str] = {}
        """From the id of what protects to the id of its box."""

    def layers(self) -> None:
        """One box for each block, role and program that protects, in the frame of its layer."""
        groups: dict[tuple[str, str], list[Node]] = defaultdict(list)
        for node in self.graph.nodes(*_PROTECTING):
            layer = self._layer(node)
            if layer not in _LAYERS or node.attributes.get("disabled") or node.attributes.get("same_as"):
                continue
            if node.kind is NodeKind.RESOURCE and not self.machines.roots.is_drawn(node):
                continue
            groups[(layer, self._box_id(whole(self.graph, node)))].append(node)
        united, many = gathered(self.graph, groups)
        for (layer, box), nodes in sorted(united.items()):
            first = next((n for n in nodes if whole(self.graph, n) is n), whole(self.graph, nodes[0]))
            frame = self.sketch.frame(f"layer:{layer}", _LAYERS[layer])
            alike = [n for n in nodes if n.type == first.type]
            lines = (
                (many[box][0], self._place(first), many[box][1])
                if box in many
                else self._lines(first, alike or [first])
            )
            rules = len({written_id(n) for n in nodes if n not in alike and n.kind is NodeKind.RESOURCE})
            more = f"with {rules} {'rules' if rules > 1 else 'rule'}" if rules else ""
            others = [n for n in nodes if n.id != first.id]
            self.sketch.box(first, *lines, more, box_id=box, cluster=frame, more=others)
            self.protecting.update({n.id: box for n in (first, *nodes)})
        for node_id, box in list(self.protecting.items()):
            other = served(self.graph, self.graph.node(node_id))
            if other is not None and other.id in self.protecting:
                self.sketch.serve(box, self.protecting[other.id])

    def protections(self) -> None:
        """What protects leads to what it protects."""
        for edge in self.graph.edges(EdgeKind.PROTECTS):
            if edge.source in self.protecting:
                for target in self._shown(edge.target):
                    login = str(edge.attributes.get("login") or "")
                    self.sketch.arrow(self.protecting[edge.source], target, edge, label=login)

    def openings(self) -> None:
        """What comes from outside; what may flow between machines is the network's drawing."""
        for edge in self.graph.edges(EdgeKind.ALLOWS):
            origin = self.graph.node(edge.source)
            how = edge.attributes.get("how")
            if how == "iam":
                self._grant(edge, origin)
            if origin.kind is not NodeKind.EXTERNAL or how == "published":
                continue
            targets = self._shown(edge.target)
            if not targets:
                continue
            frame = self.sketch.frame("outside", "Outside")
            noun = "network" if is_anyone(origin) else "address range"
            self.sketch.box(origin, origin.name, cluster=frame, noun=noun)
            for target in targets:
                self.sketch.arrow(origin.id, target, edge, label=str(edge.attributes.get("ports") or ""))

    def _grant(self, edge: Edge, holder: Node) -> None:
        """What a policy lets an identity use; a machine or program that has a policy of its own is drawn itself."""
        targets = self._shown(edge.target) if self.machines.roots.is_drawn(holder) else []
        if not targets:
            return
        if holder.category is Category.IDENTITY and holder.id not in self.protecting:
            frame, lines = self.sketch.frame("identities", "Identities"), self._lines(holder, [holder])
            holders = [self.sketch.box(holder, *lines, box_id=written_id(holder), cluster=frame)]
        else:
            holders = self._shown(holder.id)
        for one in holders:
            for target in targets:
                label = str(edge.attributes.get("role") or "may use")
                self.sketch.arrow(one, target, edge, label=label, kind="grants")

    def together(self) -> None:
        """Protections that need or apply one another."""
        for playbook in self.graph.nodes(NodeKind.PLAYBOOK):
            self._applied_together(playbook)
        for edge in self.graph.edges(*_TOGETHER):
            one, other = (self.protecting.get(i, "") for i in (edge.source, edge.target))
            if one and other and one != other and not self.sketch.joins(one, other):
                self.sketch.arrow(one, other, edge, kind="with")

    def _applied_together(self, playbook: Node) -> None:
        """A playbook most of whose roles protect, and several do, is a protection itself: ``hardening.yml``. One that
        sets up a machine applies a few of them too, which says nothing of it."""
        applied: dict[str, list[Edge]] = defaultdict(list)
        roles: set[str] = set()
        every: set[str] = set()
        for play in self.graph.targets(playbook.id, EdgeKind.CONTAINS):
            for edge in self.graph.edges_from(play.id, EdgeKind.APPLIES, EdgeKind.INCLUDES):
                every.add(edge.target)
                programs = list(self.graph.edges_from(edge.target, EdgeKind.DEPLOYS))
                for target_id, edges in [(edge.target, [edge]), *((p.target, [edge, p]) for p in programs)]:
                    if target_id in self.protecting:
                        applied[self.protecting[target_id]] += edges
                        roles.add(edge.target)
        if len(roles) > 1 and 2 * len(roles) > len(every):
            frame = self.sketch.frame("layer:host", _LAYERS["host"])
            self.sketch.box(playbook, playbook.source.path.rsplit("/", 1)[-1], "playbook", cluster=frame)
            for role, edges in sorted(applied.items()):
                self.sketch.arrow(playbook.id, role, edges, kind="applies")

    def _layer(self, node: Node) -> str:
        """The layer that linking gives; networks with a firewall, and jobs that encrypt, protect too."""
        if node.kind is NodeKind.RESOURCE and role_of(node) == "container" and self._is_guarded(node):
            return "network"
        if node.kind is NodeKind.JOB and node.attributes.get("encryption"):
            return "data"
        return str(node.attributes.get("security_layer") or "")

    def _is_guarded(self, network: Node) -> bool:
        """Whether a firewall is written for a network."""
        return any(role_of(n) == "firewall" for n in self.graph.sources(network.id, EdgeKind.REFERENCES))

    def _box_id(self, node: Node) -> str:
        if node.kind is NodeKind.RESOURCE:
            return written_id(node)
        return f"program:{node.name}" if node.kind is NodeKind.SERVICE else node.id

    def _lines(self, first: Node, nodes: list[Node]) -> tuple[str, ...]:
        if first.kind in (NodeKind.RESOURCE, NodeKind.DATA_SOURCE):
            kind = first.type if first.kind is NodeKind.RESOURCE else f"data {first.type}"
            count = self.machines.roots.counts(nodes)
            name = first.terraform.block.rsplit(".", 1)[-1] if first.terraform else first.name
            lines = (f"{name} {count}", kind) if count.startswith("×") else (name, kind, count)
            return (*lines, self._place(first))
        if first.kind is NodeKind.SERVICE:
            kind = str(first.attributes.get("kind") or "").replace("_", " ")
            return (first.name, kind, *self.machines.where(*nodes))
        encryption = str(first.attributes.get("encryption") or "")
        kind = first.type if first.kind is NodeKind.STORE else first.kind.value
        return (first.name, kind.replace("_", " "), f"encryption: {encryption}" if encryption else "")

    def _place(self, node: Node) -> str:
        """The root module of a resource, where there are several."""
        several = len({root_path(s) for s in self.machines.roots.drawn}) > 1
        return self.machines.roots.written_label(scope_of(node)) if several else ""

    def _shown(self, node_id: str) -> list[str]:
        """The boxes of what is protected or reached: machines for their interfaces, else the thing itself."""
        if node_id in self.protecting:
            return [self.protecting[node_id]]
        node = self.graph.node(self.machines.id_of(node_id))
        attached = [n for n in self.graph.targets(node.id, EdgeKind.ATTACHED_TO) if n.kind is NodeKind.RESOURCE]
        if attached and role_of(node) in ("interface", "address"):
            return [box for other in attached for box in self._shown(other.id)]
        if node.kind is NodeKind.RESOURCE and not self.machines.roots.is_drawn(node):
            return []
        if node.kind is NodeKind.GROUP:
            members = self.machines.members(node)
            if members:
                return [box for member in members for box in self._shown(member)]
            return [self.sketch.box(node, node.name, "group", cluster=self.sketch.frame("groups", "Groups of hosts"))]
        if any(m.id == node.id for m in self.machines.all):
            of = f" of {self.machines.roots.label(scope_of(node))}" if node.kind is NodeKind.RESOURCE else ""
            frame = self.sketch.frame(f"protected:{self.machines.place(self.sketch, node)}", f"Hosts{of}")
            return [self.machines.box(self.sketch, node, cluster=frame)]
        frame = self.sketch.frame("protected", "What is protected")
        name = self.machines.name(node) if node.kind in (NodeKind.HOST, NodeKind.RESOURCE) else node.name
        kind = node.type if node.kind is NodeKind.RESOURCE else node.kind.value
        return [self.sketch.box(node, name, kind.replace("_", " "), cluster=frame)]
