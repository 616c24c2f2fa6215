"""terraform_remote_state joins roots: the data source of one reads the outputs of the other.

https://developer.hashicorp.com/terraform/language/state/remote-state-data
"""

from __future__ import annotations

from collections.abc import Mapping

from archdoc.model.facts import Edge, EdgeKind, Node, NodeKind, Provenance
from archdoc.model.graph import Graph

_IDENTIFYING = ("bucket", "key", "prefix", "path", "container_name", "storage_account_name", "organization", "address")


def join_remote_states(graph: Graph) -> None:
    """Add an edge from each remote state data source to the one root whose backend has the same settings."""
    roots = [(n, n.attributes.get("backend")) for n in graph.nodes(NodeKind.ROOT)]
    for node in list(graph.nodes(NodeKind.DATA_SOURCE)):
        if node.type != "terraform_remote_state":
            continue
        values = node.attributes.get("values")
        if not isinstance(values, dict):
            continue
        config = values.get("config")
        config = config[0] if isinstance(config, list) and config else config
        if not isinstance(config, dict):
            continue
        wanted = {k: config[k] for k in _IDENTIFYING if isinstance(config.get(k), str)}
        matching = [
            root
            for root, backend in roots
            if isinstance(backend, dict) and _same(values.get("backend"), wanted, backend)
        ]
        if len({_place(m) for m in matching}) == 1:
            for root in matching:
                graph.add_edge(
                    Edge(
                        node.id,
                        root.id,
                        EdgeKind.REFERENCES,
                        (node.source, root.source),
                        Provenance.DERIVED,
                        "terraform.remote-state",
                    )
                )


def _place(root: Node) -> str:
    return root.terraform.root if root.terraform else root.id


def _same(kind: object, wanted: Mapping[str, object], backend: Mapping[str, object]) -> bool:
    if not wanted or backend.get("type") not in (kind, "cloud" if kind == "remote" else kind):
        return False
    return all(backend.get(k) == v for k, v in wanted.items())
