"""How much of the code the graph understands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from archdoc.model.facts import Category, EdgeKind, Json, Node, NodeKind
from archdoc.model.graph import Graph
from archdoc.views.watching import reached, selves


@dataclass(frozen=True, slots=True)
class Metric:
    """``known`` of ``total`` things."""

    name: str
    title: str
    known: int
    total: int
    partly: int | None = None
    """Those of the known ones that are known in part, where there is such a thing."""

    @property
    def percent(self) -> float:
        """The share in percent; 100 where there is nothing to count."""
        return 100 * self.known / self.total if self.total else 100.0


def coverage(graph: Graph) -> tuple[Metric, ...]:
    """Every metric, in the order that the report shows."""
    resources = [n for n in graph.nodes(NodeKind.RESOURCE) if not n.attributes.get("disabled")]
    roles = list(graph.nodes(NodeKind.ROLE)) + [n for n in graph.nodes(NodeKind.EXTERNAL) if n.type == "role"]
    hosts = [n for n in graph.nodes(NodeKind.HOST) if n.name not in ("localhost", "127.0.0.1", "::1")]
    servers = [n for n in resources if n.attributes.get("network_role") == "server"]
    machines = hosts + [s for s in servers if not graph.sources(s.id, EdgeKind.SAME_AS)]
    return (
        _metric("resources_classified", "resources classified", resources, lambda n: n.category is not Category.OTHER),
        _references(graph),
        _metric("roles_resolved", "roles found in the repository", roles, lambda n: n.kind is NodeKind.ROLE),
        _templates(graph),
        _metric(
            "hosts_joined",
            "inventory hosts joined to a server",
            hosts,
            lambda n: _any(graph.edges_from(n.id, EdgeKind.SAME_AS)),
        ),
        _metric(
            "machines_monitored",
            "machines that something scrapes",
            machines,
            lambda n: reached(graph, n, EdgeKind.SCRAPES),
        ),
        _metric(
            "machines_with_firewall",
            "machines with a firewall",
            machines,
            lambda n: has_firewall(graph, n),
        ),
        _metric(
            "data_backed_up",
            "data stores that a backup saves",
            _data(graph, resources),
            lambda n: _saved(graph, n),
        ),
    )


_UNRESOLVED = frozenset({"TF010", "TF011", "TF012", "TF013", "TF020"})
"""Problems of Terraform that say that a reference or an expression leads nowhere."""


def _references(graph: Graph) -> Metric:
    """References of Terraform that lead to something in the code, of all: one that leads nowhere is a Problem."""
    known = len({(e.source, str(e.attributes.get("attribute"))) for e in graph.edges(EdgeKind.REFERENCES)})
    wrong = sum(1 for p in graph.problems() if p.code in _UNRESOLVED)
    return Metric("references_resolved", "references of Terraform resolved", known, known + wrong)


def _templates(graph: Graph) -> Metric:
    """Each template that a task renders, once for each task: read whole, in part (something in it is known at run time
    alone), or not at all. A task with a loop over three templates renders three."""
    found: dict[tuple[str, str, str], set[str]] = {}
    for node in graph.nodes(NodeKind.PLAY, NodeKind.ROLE, NodeKind.TASK_FILE):
        for entry in _listed(node.attributes.get("templates")):
            key = (str(entry.get("path")), str(entry.get("line")), str(entry.get("template")))
            found.setdefault(key, set()).add(str(entry.get("read")))
    read = [how for how in found.values() if "no" not in how]
    partly = sum(1 for how in read if "part" in how)
    return Metric("templates_read", "templates that tasks render, read", len(read), len(found), partly)


def _data(graph: Graph, resources: list[Node]) -> list[Node]:
    """What keeps data: databases, whether a service or a resource, and volumes that services write to."""
    services = [n for n in graph.nodes(NodeKind.SERVICE) if n.category is Category.DATABASE]
    managed = [n for n in resources if n.category is Category.DATABASE and not n.attributes.get("plumbing")]
    volumes = [n for n in graph.nodes(NodeKind.STORE) if n.type == "volume"]
    return services + managed + volumes


def _saved(graph: Graph, store: Node) -> bool:
    """Whether a job saves a data store: itself, what it keeps its data in, or the service that writes to it."""
    around = [store, *graph.targets(store.id, EdgeKind.STORES_IN)]
    around += [n for n in graph.sources(store.id, EdgeKind.STORES_IN) if n.kind is NodeKind.SERVICE]
    return any(_any(graph.edges_to(n.id, EdgeKind.BACKS_UP)) for n in around)


def _listed(value: Json) -> list[dict[str, Json]]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def below(measured: Sequence[Metric], thresholds: Mapping[str, float]) -> tuple[str, ...]:
    """The names of the metrics below their threshold."""
    return tuple(m.name for m in measured if m.percent < thresholds.get(m.name, 0))


def _metric(name: str, title: str, things: list[Node], holds: object) -> Metric:
    assert callable(holds)
    return Metric(name, title, sum(1 for n in things if holds(n)), len(things))


def _any(things: Iterable[object]) -> bool:
    return any(True for _ in things)


def has_firewall(graph: Graph, machine: Node) -> bool:
    """Whether a firewall protects the machine: the provider's, or its own, whether its rules could be read or not."""
    own = selves(graph, machine)
    around = {n.id for s in own for n in graph.sources(s.id, EdgeKind.CONTAINS)}
    if any(_any(graph.edges_to(network, EdgeKind.PROTECTS)) for network in around):
        return True
    return any(n.attributes.get("own_firewall") for n in own) or reached(graph, machine, EdgeKind.PROTECTS)
