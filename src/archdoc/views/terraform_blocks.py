"""What the Terraform drawings share: blocks, the frames they stand in, and the roots worth drawing."""

from __future__ import annotations

from archdoc.model.facts import Node, NodeKind
from archdoc.model.graph import Graph
from archdoc.views.sketch import Sketch


def scope_of(node: Node) -> str:
    """The part of a Terraform id that names root and environment: ``tf:terraform@staging``."""
    return ":".join(node.id.split(":", 2)[:2])


def block_id(node: Node) -> str:
    """The id of the block that an instance belongs to, within its root and environment."""
    return node.id if node.terraform is None else f"{scope_of(node)}:{node.terraform.block}"


class Roots:
    """The root modules of a graph, by the scope of their nodes' ids."""

    def __init__(self, graph: Graph) -> None:
        self.all = {scope_of(node): node for node in graph.nodes(NodeKind.ROOT)}
        real = {scope for scope, node in self.all.items() if not node.attributes.get("purpose")}
        self.drawn = {scope: self.all[scope] for scope in sorted(real or self.all)}
        """Without examples and tests, unless there is nothing else."""

    def is_drawn(self, node: Node) -> bool:
        """Whether a Terraform node belongs to a root that is drawn."""
        scope = scope_of(node)
        return scope in self.drawn or scope not in self.all

    def label(self, scope: str) -> str:
        """The directory of a root, and its environment where it has one."""
        root = self.all.get(scope)
        if root is None:
            return scope
        place = root.terraform.root if root.terraform else root.name
        name = "top directory" if place == "." else place
        environment = root.attributes.get("environment")
        return f"{name} ({environment})" if environment else name

    def frame(self, sketch: Sketch, node: Node, around: bool = False) -> str:
        """The frame of a node: its root, and inside it each module on the way to it. ``around`` leaves out the
        module that the node itself is."""
        scope = scope_of(node)
        frame = sketch.frame(scope, self.label(scope), node=self.all.get(scope))
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
