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


def _jobs(value: Json) -> list[dict[str, Json]]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
