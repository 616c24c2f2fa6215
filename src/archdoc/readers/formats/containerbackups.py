"""Containers of a Compose project that back up: the volumes that are mounted into them, or a database beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from archdoc.catalog.backupcontainers import BackupContainer
from archdoc.model.facts import EdgeKind, Json, Node, NodeKind, Source
from archdoc.readers.formats import backups
from archdoc.readers.formats.scope import Facts

Setting = tuple[str, str, Source]
"""Name, value and place of an environment variable."""


def read(facts: Facts, nodes: Mapping[str, Node], name: str, row: BackupContainer, settings: Iterable[Setting]) -> None:
    """The job of a container that backs up; ``row`` is what the catalog knows of its image."""
    service = nodes[name]
    told = {variable: (value, place) for variable, value, place in settings}
    schedule = next((told[v][0] for v in row.schedule if v in told), row.default_schedule)
    retention = {counted or v: told[v][0] for v, counted in row.retention.items() if v in told}
    attributes: dict[str, Json] = {"owners": [service.id]}
    if schedule:
        attributes["schedule"] = schedule
    if retention:
        attributes["retention"] = {**retention}
    databases: list[Json] = []
    hosts = [(told[v][0], told[v][1]) for v in row.hosts if v in told]
    beside = [(nodes[host], place) for host, place in hosts if host in nodes]
    for host, place in hosts:
        if host not in nodes and row.program:
            databases.append({"program": row.program, "to": host, "path": place.path, "line": place.line})
    if databases:
        attributes["databases"] = databases
    made = backups.job(facts, name, str(service.attributes.get("program") or service.name), service.source, attributes)
    for database, place in beside:
        facts.edge(made, database, EdgeKind.BACKS_UP, place)
    for edge in list(facts.graph.edges_from(service.id, EdgeKind.CONNECTS_TO, EdgeKind.STORES_IN)):
        volume, at = facts.graph.node(edge.target), str(edge.attributes.get("at") or "")
        if volume.kind is not NodeKind.STORE:
            continue
        if _is_below(at, row.saves):
            facts.edge(made, volume, EdgeKind.BACKS_UP, edge.evidence[0])
        elif _is_below(at, row.keeps):
            facts.edge(made, volume, EdgeKind.STORES_IN, edge.evidence[0])
    places = [(sort + told[v][0], "", told[v][1]) for v, sort in row.places.items() if v in told and told[v][0]]
    backups.stored(facts, made, places, made.type)


def _is_below(path: str, directories: Iterable[str]) -> bool:
    return any(path == directory or path.startswith(directory + "/") for directory in directories)
