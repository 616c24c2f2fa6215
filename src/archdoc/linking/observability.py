"""Observability: what is scraped, who alerts whom, which dashboard shows what, where logs and traces go."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from archdoc.linking.finder import LOOPBACK, SELF, Finder, entries, has_own_network, place_in, some_of
from archdoc.linking.placement import strings
from archdoc.linking.rules import Context, Fact, rule
from archdoc.linking.terraform_facts import follow, is_live, role_of, texts, value_of, values_at
from archdoc.model.facts import Category, Edge, EdgeKind, Json, Node, NodeKind, Provenance, Source
from archdoc.model.problem import Problem, Severity
from archdoc.readers.urls import host_and_port, host_of


@rule("monitoring.scrape")
def scrape(context: Context) -> Iterable[Fact]:
    """A scrape job of Prometheus scrapes each of its targets, also those in files of the repository that it names.

    A target is the service that listens on its port, else the host it names; targets made of ``groups['web']`` are
    the group where its hosts are not known. An address of the internet, or one that nothing in the repository has, is
    a target of its own; a Prometheus that scrapes its own port watches itself. Of a service on several machines of
    which the targets name only some, ``attributes.machines`` are these. What is known only when the play runs is a
    Problem. Example: ``targets: ['web-1:9100']`` scrapes the node exporter of web-1.
    """
    finder = Finder(context)
    for node in context.graph.nodes(NodeKind.SERVICE):
        for job in entries(node.attributes.get("scrape_jobs")):
            place = place_in(job, node)
            targets = strings(job.get("targets"))
            led = {target: list(_targets(context, finder, node, target, place)) for target in targets}
            for target, answers in led.items():
                for found in answers:
                    if isinstance(found, Problem):
                        yield found
                        continue
                    if found.id not in context.graph:
                        yield found
                    provenance = Provenance.INFERRED if "{{" in target else Provenance.DERIVED
                    attributes: dict[str, Json] = {"job": str(job.get("job") or "")}
                    if found.kind is NodeKind.SERVICE:
                        named = _named(finder, [t for t, others in led.items() if found in others])
                        if some := some_of(context.graph, found, named):
                            attributes["machines"] = [*some]
                    yield Edge(
                        node.id, found.id, EdgeKind.SCRAPES, (place,), provenance, "monitoring.scrape", attributes
                    )


def _named(finder: Finder, targets: list[str]) -> set[str] | None:
    """The machines that targets name; None where one of them may be any machine."""
    found = [None if "{{" in t else finder.machine(_split(t)[0]) for t in targets]
    return {m.id for m in found if m is not None} if all(found) else None


def _targets(context: Context, finder: Finder, node: Node, target: str, place: Source) -> Iterator[Node | Problem]:
    """What a target of a scrape job is."""
    name, port = _split(target)
    if "{{" in target:
        found, host = finder.groups_in(node, target), finder.host_in(target)
        if host is not None:
            yield (finder.on(host, port) if port else None) or host
        elif found:
            yield from (finder.on_group(group, port) or group for group in found)
        else:
            message = f"the scrape target {target} is known only when the play runs"
            hint = "set its variables in [ansible] variables of archdoc.toml"
            yield Problem(Severity.NOTE, "LN010", message, place, hint)
        return
    connection: dict[str, Json] = {"to": name, "port": port, "scheme": ""}
    if name in LOOPBACK and port in _ports(context, node):
        yield node
        return
    known = finder.find(node, connection) or (finder.machine(name) if name not in SELF else None)
    if known is not None and known.kind is not NodeKind.EXTERNAL:
        yield known
    elif name not in SELF:
        yield Node(f"external:target:{target}", NodeKind.EXTERNAL, "target", target, place, "", Category.MONITORING)
    elif name not in LOOPBACK or not has_own_network(node):
        yield from context.graph.targets(node.id, EdgeKind.RUNS_ON)[:1]


def _split(target: str) -> tuple[str, int | None]:
    if "://" in target:
        host, number = host_and_port(target)
        return host or target, number
    name, colon, port = target.rpartition(":")
    return (name.strip("[]"), int(port)) if colon and port.isdigit() and len(port) < 6 else (target.strip("[]"), None)


def _ports(context: Context, node: Node) -> tuple[int, ...]:
    program = context.catalog.software.named(str(node.attributes.get("program") or ""))
    return program.ports if program else ()


@rule("monitoring.alerting")
def alerting(context: Context) -> Iterable[Fact]:
    """Prometheus sends its alerts to the alert managers that its configuration names.

    By address as for connections; where that is known only when the play runs, or a name without a domain leads
    nowhere, to the one alert manager on the same machines. Another domain or address that nothing in the repository
    has is drawn as it is named. Example: ``alertmanagers: [{static_configs: [{targets: ['alertmanager:9093']}]}]``.
    """
    yield from _led(context, "alertmanagers", EdgeKind.ALERTS, "monitoring.alerting", ("alertmanager",))


@rule("monitoring.datasources")
def datasources(context: Context) -> Iterable[Fact]:
    """A provisioned data source of Grafana shows what the service behind it keeps.

    By address as for connections; where that leads nowhere, the one service on the same machines whose program the
    source's type names. Example: ``datasources: [{type: prometheus, url: 'http://prometheus:9090'}]``.
    """
    yield from _led(context, "datasources", EdgeKind.VISUALIZES, "monitoring.datasources", ())


def _led(context: Context, key: str, kind: EdgeKind, name: str, programs: tuple[str, ...]) -> Iterable[Fact]:
    finder = Finder(context)
    for node in context.graph.nodes(NodeKind.SERVICE):
        for entry in entries(node.attributes.get(key)):
            target = finder.find(node, entry)
            place = finder.place(node, entry)
            if target is None and place is None and kind is EdgeKind.ALERTS:
                target = _elsewhere(entry, node)
            if target is None and (place is None or finder.is_at(node, place)):
                known = context.catalog.software.named(str(entry.get("via") or ""))
                wanted = programs or ((known.name,) if known else ())
                target = finder.of_program(node, *wanted) if wanted else None
            if target is not None and target.id != node.id:
                if target.id not in context.graph:
                    yield target
                yield Edge(node.id, target.id, kind, (place_in(entry, node),), Provenance.DERIVED, name)


def _elsewhere(entry: dict[str, Json], node: Node) -> Node | None:
    """Whoever is told at a domain or address that nothing in the repository has."""
    name, port = str(entry.get("to") or ""), entry.get("port")
    if name in SELF or "{" in name or not ("." in name or ":" in name):
        return None
    address = f"{name}:{port}" if port else name
    place = place_in(entry, node)
    return Node(
        f"endpoint:alertmanager:{address}", NodeKind.ENDPOINT, "alertmanager", address, place, "", Category.MONITORING
    )


@rule("monitoring.dashboards")
def dashboards(context: Context) -> Iterable[Fact]:
    """A dashboard or log viewer that connects to a store of logs, metrics or traces shows what it keeps.

    Example: Kibana with ``ELASTICSEARCH_HOSTS=http://elasticsearch:9200``; Grafana that ``depends_on`` Loki.
    """
    for edge in list(context.graph.edges(EdgeKind.CONNECTS_TO)):
        source, target = context.graph.node(edge.source), context.graph.node(edge.target)
        shows = source.attributes.get("kind") in ("dashboard", "log_view")
        keeps = target.attributes.get("kind") in ("metrics", "time_series", "log_store", "search", "tracer")
        if shows and keeps and target.kind is NodeKind.SERVICE:
            yield Edge(
                source.id, target.id, EdgeKind.VISUALIZES, edge.evidence, Provenance.DERIVED, "monitoring.dashboards"
            )


@rule("monitoring.agents")
def agents(context: Context) -> Iterable[Fact]:
    """An exporter or agent that Terraform's cloud monitor or a provider's own monitoring is switched on for watches
    the server: ``monitoring = true``, ``monitoring { enabled = true }``, a detailed monitoring of the provider.

    The provider is drawn as who scrapes. Example: ``resource "digitalocean_droplet" "web" { monitoring = true }``.
    """
    for node in context.graph.nodes(NodeKind.RESOURCE):
        if role_of(node) not in ("server", "server_group") or not is_live(node):
            continue
        on = value_of(node, "monitoring") is True or True in values_at(node, "monitoring.enabled")
        if on:
            title = context.catalog.provider(node.type.split("_", 1)[0]).title
            watcher = Node(
                f"external:monitoring:{title}",
                NodeKind.EXTERNAL,
                "saas",
                f"{title} monitoring",
                node.source,
                "",
                Category.MONITORING,
            )
            yield watcher
            attributes: dict[str, Json] = {"job": "monitoring"}
            yield Edge(
                watcher.id,
                node.id,
                EdgeKind.SCRAPES,
                (node.source,),
                Provenance.DERIVED,
                "monitoring.agents",
                attributes,
            )


@rule("monitoring.monitors")
def monitors(context: Context) -> Iterable[Fact]:
    """A monitor of a provider (uptime check, health check, alarm) that names an address watches what has it.

    The address is a DNS record, a host or a server of the repository. References between resources are
    ``network.arguments``. Example: ``uptimerobot_monitor`` with ``url = "https://www.example.org"`` and a record of
    that name.
    """
    finder = Finder(context)
    for node in context.graph.nodes(NodeKind.RESOURCE):
        shape = context.catalog.shapes.monitor(node.type)
        if shape is None or not is_live(node):
            continue
        for path in shape.watches:
            for text in values_at(node, path):
                if not isinstance(text, str):
                    continue
                name, port = _split(text)
                target = finder.find(node, {"to": name.split("/")[0], "port": port}) or finder.machine(name)
                if target is not None and target.kind is not NodeKind.EXTERNAL and target.id != node.id:
                    attributes: dict[str, Json] = {"job": node.name}
                    yield Edge(
                        node.id,
                        target.id,
                        EdgeKind.SCRAPES,
                        (node.source,),
                        Provenance.DERIVED,
                        "monitoring.monitors",
                        attributes,
                    )


@rule("monitoring.receivers")
def receivers(context: Context) -> Iterable[Fact]:
    """What a monitor or topic of a provider tells people by: an address of mail, a webhook, a number.

    Example: ``aws_sns_topic_subscription`` with ``protocol = "email"`` of the topic that an alarm names; a monitor with
    ``alerts { email = ["ops@example.org"] }``.
    """
    for node in context.graph.nodes(NodeKind.RESOURCE):
        shape = context.catalog.shapes.monitor(node.type)
        if shape is None or not is_live(node):
            continue
        topics = [t for t, _ in follow(context.graph, node, "topic_arn") if is_live(t)]
        for text in (t for path in shape.notifies for v in values_at(node, path) for t in texts(v)):
            kind, shown = _receiver(text)
            if not kind:
                continue
            endpoint = Node(
                f"endpoint:{kind}:{shown}", NodeKind.ENDPOINT, kind, shown, node.source, "", Category.MESSAGING
            )
            yield endpoint
            for told in topics or [node]:
                yield Edge(
                    told.id, endpoint.id, EdgeKind.ALERTS, (node.source,), Provenance.DERIVED, "monitoring.receivers"
                )


def _receiver(text: str) -> tuple[str, str]:
    """What sort of receiver a text is, and what may be shown of it: of a webhook its host alone."""
    if re.fullmatch(r"[\w.+-]+@[\w.-]+\.\w+", text):
        return "email", text
    if "://" in text:
        return "webhook", host_of(text) or "webhook"
    return ("sms", text) if re.fullmatch(r"\+\d{6,15}", text) else ("", "")


RULES = (scrape, alerting, datasources, dashboards, agents, monitors, receivers)
