"""How much of the code the graph understands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from archdoc.model.facts import Category, EdgeKind, Node, NodeKind
from archdoc.model.graph import Graph


@dataclass(frozen=True, slots=True)
class Metric:
    """``known`` of ``total`` things."""

    name: str
    title: str
    known: int
    total: int

    @property
    def percent(self) -> float:
        """The share in percent; 100 where there is nothing to count."""
        return 100 * self.known / self.total if self.total else 100.0


def coverage(graph: Graph) -> tuple[Metric, ...]:
    """Every metric, in the order that the report shows."""
    resources = [n for n in graph.nodes(NodeKind.RESOURCE) if not n.attributes.get("disabled")]
    values = list(graph.nodes(NodeKind.VARIABLE, NodeKind.LOCAL, NodeKind.OUTPUT))
    roles = list(graph.nodes(NodeKind.ROLE)) + [n for n in graph.nodes(NodeKind.EXTERNAL) if n.type == "role"]
    hosts = [n for n in graph.nodes(NodeKind.HOST) if n.name not in ("localhost", "127.0.0.1")]
    servers = [n for n in resources if n.attributes.get("network_role") == "server"]
    machines = hosts + [s for s in servers if not graph.sources(s.id, EdgeKind.SAME_AS)]
    data = [
        n for n in graph.nodes(NodeKind.SERVICE) if n.category is Category.DATABASE and not n.attributes.get("same_as")
    ]
    data += [n for n in resources if n.category is Category.DATABASE and not n.attributes.get("plumbing")]
    return (
        _metric("resources_classified", "resources classified", resources, lambda n: n.category is not Category.OTHER),
        _metric(
            "values_known",
            "variables, locals and outputs with a known value",
            values,
            lambda n: "value" in n.attributes,
        ),
        _metric("roles_resolved", "roles found in the repository", roles, lambda n: n.kind is NodeKind.ROLE),
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
            lambda n: _reached(graph, n, EdgeKind.SCRAPES),
        ),
        _metric(
            "machines_with_firewall",
            "machines with a firewall",
            machines,
            lambda n: _reached(graph, n, EdgeKind.PROTECTS),
        ),
        _metric(
            "data_backed_up",
            "databases that a backup names",
            data,
            lambda n: _any(graph.edges_to(n.id, EdgeKind.BACKS_UP)),
        ),
    )


def below(measured: Sequence[Metric], thresholds: Mapping[str, float]) -> tuple[str, ...]:
    """The names of the metrics below their threshold."""
    return tuple(m.name for m in measured if m.percent < thresholds.get(m.name, 0))


def _metric(name: str, title: str, things: list[Node], holds: object) -> Metric:
    assert callable(holds)
    return Metric(name, title, sum(1 for n in things if holds(n)), len(things))


def _any(things: Iterable[object]) -> bool:
    return any(True for _ in things)


def _reached(graph: Graph, machine: Node, kind: EdgeKind) -> bool:
    """Whether an edge reaches the machine, its server, what runs on it, or a group that it is in."""
    ids = {
        machine.id,
        *(n.id for n in graph.targets(machine.id, EdgeKind.SAME_AS)),
        *(n.id for n in graph.sources(machine.id, EdgeKind.SAME_AS)),
    }
    ids |= {s.id for i in list(ids) for s in graph.sources(i, EdgeKind.RUNS_ON)}
    waiting = [machine.id]
    while waiting:
        for group in graph.targets(waiting.pop(), EdgeKind.MEMBER_OF):
            if group.id not in ids:
                ids.add(group.id)
                waiting.append(group.id)
    return any(_any(graph.edges_to(i, kind)) for i in ids)
