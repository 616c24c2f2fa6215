"""What the Terraform drawings share: blocks, the frames they stand in, and the roots worth drawing."""

from __future__ import annotations

from collections.abc import Iterable

from archdoc.model.facts import EdgeKind, Node, NodeKind, scope_of
from archdoc.model.graph import Graph
from archdoc.views.sketch import Sketch

_ENVIRONMENT = ("environment", "env", "stage")
"""Names of variables whose value is the environment that a root is applied for."""


def block_id(node: Node) -> str:
    """The id of the block that an instance belongs to, within its root and environment."""
    return node.id if node.terraform is None else f"{scope_of(node)}:{node.terraform.block}"


def root_path(scope: str) -> str:
    """The root of a scope, whatever the environment: ``tf:terraform@staging`` → ``tf:terraform``."""
    return scope.split("@", 1)[0]


def written_id(node: Node) -> str:
    """The id of a block as it is written: one for all environments of its root."""
    scope = scope_of(node)
    return root_path(scope) + block_id(node).removeprefix(scope)


def served(graph: Graph, node: Node) -> Node | None:
    """The resource that a plumbing one configures or joins to others: an attachment's, a policy's, a password's.

    Of what it refers to, the one whose type its own type begins with, else the only one; where it refers to none,
    the only one that refers to it. None when there is no telling.
    """
    if not node.attributes.get("plumbing"):
        return None
    needed = _resources(graph.targets(node.id, EdgeKind.ATTACHED_TO, EdgeKind.REFERENCES, EdgeKind.DEPENDS_ON), node)
    named = [n for n in needed.values() if node.type.startswith(n.type)]
    if named:
        return max(named, key=lambda n: (len(n.type), n.id))
    if not needed:
        needed = _resources(graph.sources(node.id, EdgeKind.REFERENCES, EdgeKind.DEPENDS_ON), node)
    return next(iter(needed.values())) if len(needed) == 1 else None


def _resources(nodes: Iterable[Node], near: Node) -> dict[str, Node]:
    """The resources among some nodes, one for each block, without the block of ``near`` itself."""
    found = {written_id(n): n for n in nodes if n.kind is NodeKind.RESOURCE}
    found.pop(written_id(near), None)
    return found


class Roots:
    """The root modules of a graph, by the scope of their nodes' ids."""

    def __init__(self, graph: Graph) -> None:
        self.all = {scope_of(node): node for node in graph.nodes(NodeKind.ROOT)}
        self._said: dict[str, str] = {}
        for node in graph.nodes(NodeKind.VARIABLE):
            known = node.attributes.get("value")
            at_top = node.terraform is not None and not node.terraform.module
            if at_top and node.name in _ENVIRONMENT and isinstance(known, str) and known:
                self._said[scope_of(node)] = known
        real = {scope for scope, node in self.all.items() if not node.attributes.get("purpose")}
        self.drawn = {scope: self.all[scope] for scope in sorted(real or self.all)}
        """Without examples and tests, unless there is nothing else."""

    def is_drawn(self, node: Node) -> bool:
        """Whether a Terraform node belongs to a root that is drawn."""
        scope = scope_of(node)
        return scope in self.drawn or scope not in self.all

    def label(self, scope: str) -> str:
        """The directory of a root, and its environment where it has one or says one in a variable."""
        root = self.all.get(scope)
        if root is None:
            return scope
        place = root.terraform.root if root.terraform else root.name
        name = "top directory" if place == "." else place
        environment = root.attributes.get("environment") or self._said.get(scope)
        return f"{name} ({environment})" if environment else name

    def environments(self, scope: str) -> list[str]:
        """The environments that the root of a scope is applied for, when there are several."""
        path = root_path(scope)
        found = [
            str(node.attributes.get("environment") or "")
            for other, node in self.all.items()
            if root_path(other) == path and other != path
        ]
        return sorted(found) if len(found) > 1 else []

    def written_label(self, scope: str) -> str:
        """The directory of a root, and all its environments."""
        path, environments = root_path(scope), self.environments(scope)
        name = self.label(path if path in self.all else scope)
        return f"{name.rsplit(' (', 1)[0]} ({', '.join(environments)})" if environments else name

    def counts(self, nodes: list[Node]) -> str:
        """How many instances a block has: ``×6``, or ``production ×6, staging ×5``; "" for the one that it is."""
        live = [n for n in nodes if not n.attributes.get("disabled")]
        environments = self.environments(scope_of(nodes[0]))
        repeated = any(n.terraform is not None and n.terraform.instance_key is not None for n in live)
        by_environment = dict.fromkeys(environments, 0)
        for node in live:
            root = self.all.get(scope_of(node))
            name = str(root.attributes.get("environment") or "") if root else ""
            by_environment[name] = by_environment.get(name, 0) + 1
        numbers = set(by_environment.values())
        if len(numbers) == 1:
            number = next(iter(numbers), 0)
            return f"×{number}" if repeated or number > 1 else ""
        return ", ".join(f"{name} ×{number}" for name, number in sorted(by_environment.items()))

    def frame(self, sketch: Sketch, node: Node, around: bool = False) -> str:
        """The frame of a block as it is written: its root, and inside it each module on the way to it. ``around``
        leaves out the module that the node itself is."""
        scope = root_path(scope_of(node))
        frame = sketch.frame(scope, self.written_label(scope_of(node)), node=self.all.get(scope_of(node)))
        names = modules_of(node.terraform.block if node.terraform else "")
        path = ""
        for name in names[:-1] if around else names:
            path = f"{path}.{name}" if path else name
            frame = sketch.frame(f"{scope}:{path}", f"module {name}", frame)
        return frame


def modules_of(block: str) -> list[str]:
    """``module.a.module.b.aws_x.y`` → ``["a", "b"]``."""
    parts, names = block.split("."), []
    while len(parts) >= 2 and parts[0] == "module":
        names.append(parts[1])
        parts = parts[2:]
    return names


def whole(graph: Graph, node: Node) -> Node:
    """The firewall that a rule belongs to; anything else is whole by itself."""
    if node.attributes.get("network_role") == "rule":
        for other in graph.targets(node.id, EdgeKind.REFERENCES, EdgeKind.ATTACHED_TO):
            if other.attributes.get("network_role") == "firewall":
                return other
    return node
