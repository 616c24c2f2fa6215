"""What watches a machine, as far as the code says it: a scrape job, an agent on it, a discovery that may find it."""

from __future__ import annotations

from dataclasses import dataclass

from archdoc.model.facts import EdgeKind, Json, Node, NodeKind, Source
from archdoc.model.graph import Graph

_AGENTS = frozenset({"exporter", "agent", "collector", "metrics", "uptime", "monitoring"})
"""Kinds of programs that measure the machine they run on, for somebody."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """A scrape job whose targets are found while it runs: how, and where that is written."""

    how: str
    place: Source


def discoveries(graph: Graph) -> list[Discovery]:
    """The discoveries of all scrape jobs, in the order of their places."""
    found = {
        Discovery(str(how).partition(":")[0], Source(str(job["path"]), line if isinstance(line, int) else 1))
        for node in graph.nodes(NodeKind.SERVICE)
        for job in _jobs(node.attributes.get("scrape_jobs"))
        for how in _listed(job.get("discovery"))
        for line in [job.get("line")]
    }
    return sorted(found, key=lambda d: (d.place, d.how))


def is_agent(program: Node) -> bool:
    """Whether a program measures the machine that it runs on."""
    return program.kind is NodeKind.SERVICE and program.attributes.get("kind") in _AGENTS


def agents_on(graph: Graph, places: set[str]) -> list[Node]:
    """The agents on a machine, by the ids of its hosts, its server and their groups."""
    found = {s.id: s for place in places if place in graph for s in graph.sources(place, EdgeKind.RUNS_ON)}
    return [found[i] for i in sorted(found) if is_agent(found[i])]


def reached(graph: Graph, machine: Node, kind: EdgeKind) -> bool:
    """Whether an edge reaches the machine, its server, what runs on it, or a group that it is in. A key or certificate
    that protects it (``attributes.how``) is no firewall; an edge to a service may be for some machines alone."""
    ids = places_of(graph, machine)
    named = set(ids)
    ids |= {s.id for i in list(ids) for s in graph.sources(i, EdgeKind.RUNS_ON)}
    edges = (e for i in ids for e in graph.edges_to(i, kind) if not e.attributes.get("how"))
    return any(not isinstance(some := e.attributes.get("machines"), list) or not named.isdisjoint(some) for e in edges)


def selves(graph: Graph, machine: Node) -> list[Node]:
    """A machine, and its server or hosts."""
    return [machine, *graph.targets(machine.id, EdgeKind.SAME_AS), *graph.sources(machine.id, EdgeKind.SAME_AS)]


def places_of(graph: Graph, machine: Node) -> set[str]:
    """The ids of a machine, its server or hosts, and all groups that it is in."""
    ids = {n.id for n in selves(graph, machine)}
    waiting = list(ids)
    while waiting:
        for group in graph.targets(waiting.pop(), EdgeKind.MEMBER_OF):
            if group.id not in ids:
                ids.add(group.id)
                waiting.append(group.id)
    projects = {i.split(":", 2)[1] for i in ids if i.startswith("ansible:")}
    return ids | {i for p in projects if (i := f"ansible:{p}:group:all") in graph}


def _jobs(value: Json) -> list[dict[str, Json]]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
