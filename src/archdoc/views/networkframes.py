"""The frames of a drawing of networks, and what a network is called there."""

from __future__ import annotations

from archdoc.model.facts import Category, EdgeKind, Node, NodeKind, scope_of
from archdoc.model.graph import Graph
from archdoc.views.machines import Machines, role_of, value
from archdoc.views.sketch import Sketch
from archdoc.views.words import first_of

CONTAINERS = ("container", "subnet")
"""The parts of what others are in."""
_MADE_OR_FOUND = (NodeKind.RESOURCE, NodeKind.DATA_SOURCE)


class Frames:
    """The frames of the drawing: a root and environment, its providers, networks in those, subnets in networks."""

    def __init__(self, graph: Graph, sketch: Sketch, machines: Machines) -> None:
        self._graph, self._sketch, self._machines = graph, sketch, machines
        self.shared: dict[str, str] = {}
        """Of subnets in the frame of several, that frame."""

    def of(self, node: Node) -> str:
        """The innermost network that a node is in, as a frame; else the provider's."""
        around = [
            n
            for n in self._graph.sources(node.id, EdgeKind.CONTAINS)
            if n.kind in _MADE_OR_FOUND and role_of(n) in CONTAINERS and n.id != node.id
        ]
        if not around:
            return self.provider(node) if node.kind in _MADE_OR_FOUND else self._machines.place(self._sketch, node)
        subnets = [n for n in around if role_of(n) == "subnet"]
        if len(subnets) > 1:
            return self._several(subnets)
        inner = (subnets or around)[0]
        label = " ".join(filter(None, network_label(inner)))
        return self._sketch.frame(inner.id, label, self.of(inner), node=inner, category=Category.NETWORK)

    def _several(self, subnets: list[Node]) -> str:
        """The frame of subnets that something is in all at once: it is in none of them alone."""
        names = [_network_name(n) for n in subnets]
        stems = {name.partition("[")[0] for name in names}
        said = f"{stems.pop()} ×{len(names)}" if len(stems) == 1 else first_of(names)
        label = f"{said} {first_of(cidr for n in subnets if (cidr := network_label(n)[1]))}".strip()
        together = " and ".join(n.id for n in subnets)
        frame = self._sketch.frame(together, label, self.of(subnets[0]), node=subnets[0], category=Category.NETWORK)
        for subnet in subnets:
            self.shared.setdefault(subnet.id, frame)
        return frame

    def provider(self, node: Node) -> str:
        """The frame of what one provider runs for one root and environment."""
        title = str(node.attributes.get("provider_title") or node.type.split("_", 1)[0])
        parent = self._machines.place(self._sketch, node) if len(self._machines.roots.drawn) > 1 else ""
        return self._sketch.frame(f"edge:{scope_of(node)}:{title}", title, parent)


def network_label(node: Node) -> tuple[str, str]:
    """The name of a network or subnet, and its range where that is known."""
    return _network_name(node), str(node.attributes.get("cidr") or "")


def _network_name(node: Node) -> str:
    """Its evaluated name, else its key among the instances of its block, else the block's own name."""
    key = node.terraform.instance_key if node.terraform else None
    kind = "subnet" if role_of(node) == "subnet" else "network"
    name = value(node, "name") or (key if isinstance(key, str) else "") or node.name
    return name if kind in name.lower() or "vpc" in name.lower() else f"{kind} {name}"
