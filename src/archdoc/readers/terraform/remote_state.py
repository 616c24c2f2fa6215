"""terraform_remote_state joins roots: the data source of one reads the outputs of the other.

https://developer.hashicorp.com/terraform/language/state/remote-state-data
"""

from __future__ import annotations

from collections.abc import Mapping

from archdoc.model.facts import Edge, EdgeKind, Json, Node, NodeKind, Provenance
from archdoc.model.graph import Graph

_IDENTIFYING = ("bucket", "key", "prefix", "path", "container_name", "storage_account_name", "organization", "address")


def join_remote_states(graph: Graph) -> None:
    """Add an edge from each remote state data source to the one root whose backend has the same settings.

    Of the environments of that root, to those in the workspace that is read, else to the reader's own.
    """
    roots = [(n, n.attributes.get("backend")) for n in graph.nodes(NodeKind.ROOT)]
    for node in list(graph.nodes(NodeKind.DATA_SOURCE)):
        values = node.attributes.get("values")
        if node.type != "terraform_remote_state" or not isinstance(values, dict):
            continue
        matching = [root for root, backend in roots if isinstance(backend, dict) and _is_read(values, backend)]
        if len({_place(m) for m in matching}) != 1:
            continue
        workspace = values.get("workspace", "default")
        meant = [m for m in matching if m.attributes.get("workspace", "default") == workspace]
        own = [m for m in matching if m.attributes.get("environment") == node.attributes.get("environment")]
        for root in (meant if "workspace" in values else own) or matching:
            evidence = (node.source, root.source)
            rule = "terraform.remote-state"
            graph.add_edge(Edge(node.id, root.id, EdgeKind.REFERENCES, evidence, Provenance.DERIVED, rule))


def _place(root: Node) -> str:
    return root.terraform.root if root.terraform else root.id


def _is_read(values: Mapping[str, Json], backend: Mapping[str, Json]) -> bool:
    """Whether a data source with these values reads a state that this backend writes. What is not known on one of
    the sides makes it another one: half an address fits many."""
    config = values.get("config")
    config = config[0] if isinstance(config, list) and config else config
    kind = values.get("backend")
    if not isinstance(config, dict) or backend.get("type") not in (kind, "cloud" if kind == "remote" else kind):
        return False
    wanted, has = ({k: side[k] for k in _IDENTIFYING if k in side} for side in (config, backend))
    return bool(wanted) and wanted == has and _same_workspaces(config.get("workspaces"), backend)


def _same_workspaces(wanted: Json, backend: Mapping[str, Json]) -> bool:
    """https://developer.hashicorp.com/terraform/language/backend/remote#workspaces: one by name, or all by a prefix."""
    wanted = wanted[0] if isinstance(wanted, list) and wanted else wanted
    asked = wanted if isinstance(wanted, dict) else {}
    name, prefix = backend.get("workspaces.name"), backend.get("workspaces.prefix")
    if isinstance(prefix, str) and isinstance(asked.get("name"), str):
        return str(asked["name"]).startswith(prefix)
    return asked.get("name") == name and asked.get("prefix") == prefix
