"""What a person calls a thing of the graph."""

from __future__ import annotations

from archdoc.model.facts import Node, NodeKind

_ADDRESSED = frozenset({NodeKind.RESOURCE, NodeKind.DATA_SOURCE, NodeKind.MODULE})


def title(node: Node) -> str:
    """What a person calls the node: an address of Terraform's, else its kind and name."""
    if node.kind in _ADDRESSED and node.address:
        return node.address
    has_path = node.terraform is not None or node.kind in (NodeKind.PLAYBOOK, NodeKind.TASK_FILE)
    name = node.address or node.name if has_path else node.name or node.address
    if node.kind is NodeKind.PROVIDER:
        return name
    name = f"{name} of {node.address}" if node.kind is NodeKind.PLAY and node.address not in ("", name) else name
    return f"{node.kind.replace('_', ' ')} {name or node.id}"


def scope_of(node: Node) -> str:
    """`` in production``: the environment or the root module, where the place in the code alone would not say."""
    if node.terraform is None:
        return ""
    root, _, environment = node.id.removeprefix("tf:").partition(":")[0].partition("@")
    if environment:
        return f" in {environment}"
    inside = root in ("", ".") or node.source.path.startswith(f"{root}/")
    return "" if inside else f" in {root}"
