"""Observability: what is scraped, who alerts whom, which dashboard shows what."""

from __future__ import annotations

from collections.abc import Iterable

from archdoc.linking.rules import Context, Fact, rule
from archdoc.linking.services import _entries, _Finder, _place
from archdoc.linking.terraform_facts import texts
from archdoc.model.facts import Category, Edge, EdgeKind, Json, Node, NodeKind, Provenance


@rule("monitoring.scrape")
def scrape(context: Context) -> Iterable[Fact]:
    """A scrape job of Prometheus scrapes each of its targets.

    A target is a service (by name, or by host and port), else the host it names; what is neither is a target of its
    own, named as written. Example: ``targets: ['web-1:9100']`` scrapes the node exporter of web-1.
    """
    finder = _Finder(context)
    hosts = _machines(context)
    for node in context.graph.nodes(NodeKind.SERVICE):
        for job in _entries(node.attributes.get("scrape_jobs")):
            place = _place(job, node)
            targets = job.get("targets")
            attributes: dict[str, Json] = {"job": str(job.get("job") or "")}
            for target in targets if isinstance(targets, list) else []:
                found = _target(finder, hosts, node, str(target), job)
                if found.id not in context.graph:
                    yield found
                partial = "{{" in str(target)
                provenance = Provenance.INFERRED if partial else Provenance.DERIVED
                if found.id != node.id:
                    yield Edge(
                        node.id, found.id, EdgeKind.SCRAPES, (place,), provenance, "monitoring.scrape", attributes
                    )


def _target(finder: _Finder, hosts: dict[str, Node], node: Node, target: str, job: dict[str, Json]) -> Node:
    name, _, port = target.rpartition(":") if ":" in target else (target, "", "")
    number = int(port) if port.isdigit() else None
    service = finder.find(node, {"to": name, "port": number, "scheme": ""})
    if service is not None and service.kind is NodeKind.SERVICE:
        return service
    if name in hosts:
        return hosts[name]
    place = _place(job, node)
    return Node(f"external:target:{target}", NodeKind.EXTERNAL, "target", target, place, "", Category.MONITORING)


def _machines(context: Context) -> dict[str, Node]:
    """Hosts and servers by their names and by the addresses that one of them alone has."""
    found: dict[str, dict[str, Node]] = {}
    for server in context.graph.nodes(NodeKind.RESOURCE):
        if server.attributes.get("network_role") != "server" or server.attributes.get("disabled"):
            continue
        joined = context.graph.sources(server.id, EdgeKind.SAME_AS)
        machine = joined[0] if joined else server
        for address in texts(server.attributes.get("addresses")):
            found.setdefault(address, {})[machine.id] = machine
    for host in context.graph.nodes(NodeKind.HOST):
        for name in (host.name, str(host.attributes.get("ansible_host") or host.name)):
            found.setdefault(name, {})[host.id] = host
    return {name: next(iter(nodes.values())) for name, nodes in found.items() if len(nodes) == 1}


@rule("monitoring.alerting")
def alerting(context: Context) -> Iterable[Fact]:
    """Prometheus sends its alerts to the alert managers that its configuration names."""
    finder = _Finder(context)
    for node in context.graph.nodes(NodeKind.SERVICE):
        for manager in _entries(node.attributes.get("alertmanagers")):
            target = finder.find(node, manager)
            if target is None:
                found = [
                    s
                    for s in context.graph.nodes(NodeKind.SERVICE)
                    if s.attributes.get("program") == "alertmanager" and not s.attributes.get("same_as")
                ]
                target = found[0] if len(found) == 1 else None
            if target is not None and target.id in context.graph and target.id != node.id:
                yield Edge(
                    node.id,
                    target.id,
                    EdgeKind.ALERTS,
                    (_place(manager, node),),
                    Provenance.DERIVED,
                    "monitoring.alerting",
                )


@rule("monitoring.datasources")
def datasources(context: Context) -> Iterable[Fact]:
    """A provisioned data source of Grafana shows what the service behind it keeps."""
    finder = _Finder(context)
    for node in context.graph.nodes(NodeKind.SERVICE):
        for source in _entries(node.attributes.get("datasources")):
            target = finder.find(node, source)
            if target is None:
                program = context.catalog.software.named(str(source.get("via") or ""))
                found = [
                    s
                    for s in context.graph.nodes(NodeKind.SERVICE)
                    if program and s.attributes.get("program") == program.name and not s.attributes.get("same_as")
                ]
                target = found[0] if len(found) == 1 else None
            if target is not None and target.id in context.graph and target.id != node.id:
                yield Edge(
                    node.id,
                    target.id,
                    EdgeKind.VISUALIZES,
                    (_place(source, node),),
                    Provenance.DERIVED,
                    "monitoring.datasources",
                )


@rule("monitoring.elastic")
def kibana(context: Context) -> Iterable[Fact]:
    """Kibana that connects to Elasticsearch shows what it keeps; Jaeger's interface shows its own store."""
    for edge in list(context.graph.edges(EdgeKind.CONNECTS_TO)):
        source, target = context.graph.node(edge.source), context.graph.node(edge.target)
        if (
            source.attributes.get("kind") in ("dashboard", "log_view")
            and target.category in (Category.LOGGING, Category.DATABASE, Category.MONITORING)
            and target.kind is NodeKind.SERVICE
        ):
            yield Edge(
                source.id, target.id, EdgeKind.VISUALIZES, edge.evidence, Provenance.DERIVED, "monitoring.elastic"
            )


RULES = (scrape, alerting, datasources, kibana)
