"""terraform_remote_state joins roots: the data source of one reads the outputs of the other.

https://developer.hashicorp.com/terraform/language/state/remote-state-data
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from archdoc.model.facts import Edge, EdgeKind, Json, Node, NodeKind, Provenance
from archdoc.model.graph import Graph
from archdoc.readers.terraform.errors import BudgetError, EvaluationError
from archdoc.readers.terraform.export import Exported
from archdoc.readers.terraform.instancevalues import secrecy_alone
from archdoc.readers.terraform.rules import REMOTE_STATE
from archdoc.readers.terraform.values import Value, open_object, unknown

DATA = "data.terraform_remote_state."
_IDENTIFYING = ("bucket", "key", "prefix", "path", "container_name", "storage_account_name", "organization", "address")
_ASKED = ("backend", "config", "workspace")


class RootModule(Protocol):
    """A root module that can tell its outputs."""

    def output(self, name: str) -> Value:
        """The value of an output."""
        ...

    def output_names(self) -> Iterable[str]:
        """The outputs that it declares."""
        ...


@dataclass(frozen=True, slots=True)
class StateRoot:
    """A root module in one environment, and the backend that its state lies in."""

    directory: str
    environment: str
    workspace: str
    backend: Mapping[str, Json] = field(compare=False)


@dataclass(slots=True)
class States:
    """The outputs of all roots of a repository, for those that read their states."""

    roots: tuple[StateRoot, ...]
    module_of: Callable[[StateRoot], RootModule]
    _modules: dict[StateRoot, RootModule] = field(default_factory=dict)
    _read: dict[str, dict[str, None]] = field(default_factory=dict)
    """The outputs that are read, by the node of the data source."""

    def told(
        self, directory: str, environment: str, node_id: str, thunks: Mapping[str, Callable[[], Value]]
    ) -> dict[str, Value]:
        """What a data source has beside its arguments: ``outputs``, where it is known whose state it reads."""
        shown, values = Exported(), dict[str, Json]()
        for name in _ASKED:
            if name in thunks:
                try:
                    values[name] = shown.add(name, thunks[name]())
                except EvaluationError:
                    return {}
        found = _read_by(values, directory, environment, self.roots)
        if len(found) != 1:
            return {}
        if found[0] not in self._modules:
            self._modules[found[0]] = self.module_of(found[0])
        module = self._modules[found[0]]
        thunk = partial(self._output, module, node_id, found[0].directory)

        def missing(name: str) -> Value:
            return unknown(f"the root {found[0].directory} declares no output {name}")

        return {"outputs": open_object({name: partial(thunk, name) for name in module.output_names()}, missing)}

    def _output(self, module: RootModule, node_id: str, directory: str, name: str) -> Value:
        self._read.setdefault(node_id, {})[name] = None
        try:
            value = secrecy_alone(module.output(name))
        except (EvaluationError, BudgetError, RecursionError) as error:
            return unknown(f"the output {name} of the root {directory} could not be evaluated: {error}")
        return value

    def join(self, graph: Graph) -> None:
        """Add an edge from each remote state data source to the one root whose backend has the same settings, and to
        the outputs of it that are read."""
        nodes = {_place(n): n for n in graph.nodes(NodeKind.ROOT)}
        for node in list(graph.nodes(NodeKind.DATA_SOURCE)):
            values = node.attributes.get("values")
            if node.type != "terraform_remote_state" or not isinstance(values, dict) or node.terraform is None:
                continue
            environment = str(node.attributes.get("environment") or "")
            for found in _read_by(values, node.terraform.root, environment, self.roots):
                root = nodes.get((found.directory, found.environment))
                if root is None:
                    continue
                _edge(graph, node, root, {})
                for name in sorted(self._read.get(node.id, ())):
                    output = graph.find(f"{root.id}output.{name}")
                    if output is not None:
                        _edge(graph, node, output, {"attribute": f"outputs.{name}"})


def _edge(graph: Graph, node: Node, target: Node, attributes: dict[str, Json]) -> None:
    evidence = (node.source, target.source)
    graph.add_edge(
        Edge(node.id, target.id, EdgeKind.REFERENCES, evidence, Provenance.DERIVED, REMOTE_STATE, attributes)
    )


def _place(root: Node) -> tuple[str, str]:
    directory = root.terraform.root if root.terraform else root.id
    return directory, str(root.attributes.get("environment") or "")


def _read_by(
    values: Mapping[str, Json], directory: str, environment: str, roots: Iterable[StateRoot]
) -> list[StateRoot]:
    """The root whose state a data source with these values reads, in as many environments as may be meant.

    Of the environments of that root, those in the workspace that is read, else the reader's own.
    """
    matching = [root for root in roots if _is_read(values, directory, root)]
    if len({root.directory for root in matching}) != 1:
        return []
    workspace = values.get("workspace", "default")
    meant = [root for root in matching if root.workspace == workspace]
    own = [root for root in matching if root.environment == environment]
    return (meant if "workspace" in values else own) or matching


def _is_read(values: Mapping[str, Json], directory: str, root: StateRoot) -> bool:
    """Whether a data source with these values reads a state that this root's backend writes. What is not known on one
    of the sides makes it another one: half an address fits many."""
    config = values.get("config")
    config = config[0] if isinstance(config, list) and config else config
    kind, backend = values.get("backend"), root.backend
    if not isinstance(config, dict) or backend.get("type") not in (kind, "cloud" if kind == "remote" else kind):
        return False
    wanted, has = ({k: side[k] for k in _IDENTIFYING if k in side} for side in (config, backend))
    if kind == "local":  # a path from where Terraform runs
        wanted, has = _local(wanted, directory), _local(has, root.directory)
        return bool(config.get("path")) and root.directory != directory and wanted == has
    return bool(wanted) and wanted == has and _same_workspaces(config.get("workspaces"), backend)


def _local(settings: Mapping[str, Json], directory: str) -> dict[str, Json]:
    """https://developer.hashicorp.com/terraform/language/backend/local"""
    path = str(settings.get("path") or "terraform.tfstate")
    return {"path": posixpath.normpath(posixpath.join(directory, path))}


def _same_workspaces(wanted: Json, backend: Mapping[str, Json]) -> bool:
    """https://developer.hashicorp.com/terraform/language/backend/remote#workspaces: one by name, or all by a prefix."""
    wanted = wanted[0] if isinstance(wanted, list) and wanted else wanted
    asked = wanted if isinstance(wanted, dict) else {}
    name, prefix = backend.get("workspaces.name"), backend.get("workspaces.prefix")
    if isinstance(prefix, str) and isinstance(asked.get("name"), str):
        return str(asked["name"]).startswith(prefix)
    return asked.get("name") == name and asked.get("prefix") == prefix
