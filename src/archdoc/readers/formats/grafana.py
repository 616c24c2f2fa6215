"""Grafana's provisioning: data sources, dashboards, contact points.

https://grafana.com/docs/grafana/latest/administration/provisioning/
"""

from __future__ import annotations

from archdoc.model.facts import EdgeKind, Json
from archdoc.readers.formats.alertmanager import endpoint
from archdoc.readers.formats.scope import Facts, mappings, within, word
from archdoc.readers.yamldoor import Mapping


def read(facts: Facts) -> None:
    """What a file of provisioning gives Grafana; one file may hold several sorts."""
    content = facts.yaml()
    if not isinstance(content, Mapping):
        return
    program = facts.catalog.software.named("grafana")
    attributes: dict[str, Json] = {}
    sources: list[Json] = []
    for source in mappings(content.get("datasources")):
        kind = word(source.get("type"))
        place = facts.place(source)
        connection = facts.connection(word(source.get("url")), kind, place) or {
            "to": "",
            "port": None,
            "scheme": "",
            "via": kind,
            "path": place.path,
            "line": place.line,
        }
        sources.append({**connection, "name": word(source.get("name"))})
    if sources:
        attributes["datasources"] = sources
    folders: list[Json] = []
    for provider in mappings(content.get("providers")):
        place = facts.place(provider)
        where = word(within(provider, "options", "path"))
        folders.append({"name": word(provider.get("name")), "directory": where, "path": place.path, "line": place.line})
    if folders:
        attributes["dashboards"] = folders
    points = mappings(content.get("contactPoints"))
    if not (attributes or points):
        return
    node = facts.service("grafana", program, facts.place(content), attributes)
    for point in points:
        for receiver in mappings(point.get("receivers")):
            place = facts.place(receiver)
            end = endpoint(facts, word(receiver.get("type")), receiver.get("settings"), place)
            facts.edge(node, end, EdgeKind.ALERTS, place, {"receiver": word(point.get("name"))})
