"""The OpenTelemetry collector and Jaeger: what comes in, and where it is sent and kept."""

from __future__ import annotations

from typing import Any

from archdoc.model.facts import Json
from archdoc.readers.formats.prometheus import scrape_jobs
from archdoc.readers.formats.scope import Facts, found, items, one_or_more, within, word
from archdoc.readers.yamldoor import Mapping, Value, line_of

_ADDRESSES = (
    "endpoint",
    "endpoints",
    "traces_endpoint",
    "logs_endpoint",
    "metrics_endpoint",
    "brokers",
    "dsn",
    "addresses",
)
_LOCAL = frozenset({"debug", "logging", "file", "nop"})


def collector(facts: Facts) -> None:
    """The exporters and receivers that a pipeline uses; those that none uses are switched off.

    Exporters of pipelines of logs are ``outputs``, those of traces and metrics ``connections``.
    https://opentelemetry.io/docs/collector/configuration/
    """
    content = facts.yaml()
    if not isinstance(content, Mapping):
        return
    pipelines = within(content, "service", "pipelines")
    used: dict[str, dict[str, list[str]]] = {"receivers": {}, "exporters": {}}
    for name, pipeline in pipelines.items() if isinstance(pipelines, dict) else ():
        for part, known in used.items():
            for item in items(within(pipeline, part)):
                known.setdefault(word(item), []).append(str(name).partition("/")[0])
    attributes: dict[str, Json] = {}
    for name, signals in used["exporters"].items():
        config = within(content, "exporters", name)
        if name.partition("/")[0] in _LOCAL or name in (within(content, "connectors") or {}):
            continue
        made = _addresses(facts, name, config, _line(content, "exporters", name))
        if "logs" in signals:
            attributes["outputs"] = [*items(attributes.get("outputs")), *made]
        if set(signals) - {"logs"}:
            attributes["connections"] = [*items(attributes.get("connections")), *made]
    inputs: list[Json] = []
    for name, signals in used["receivers"].items():
        place = facts.line(_line(content, "receivers", name))
        listed: dict[str, Json] = {"name": name, "signals": [*dict.fromkeys(signals)]}
        inputs.append({**listed, "source": name, "path": place.path, "line": place.line})
        scraped = within(content, "receivers", name, "config", "scrape_configs")
        if scraped is not None:
            attributes["scrape_jobs"] = [*items(attributes.get("scrape_jobs")), *scrape_jobs(facts, scraped)]
    stores = _stores(facts, within(content, "extensions", "jaeger_storage", "backends"))
    if stores:
        attributes["connections"] = [*items(attributes.get("connections")), *stores]
    name = "jaeger" if stores else "opentelemetry-collector"
    program = facts.catalog.software.named(name)
    facts.service(name, program, facts.place(content), {**attributes, "inputs": inputs})


def _addresses(facts: Facts, via: str, config: Any, line: int) -> list[Json]:
    made: list[Json] = []
    for option in _ADDRESSES:
        for value in one_or_more(within(config, option)):
            made += found(facts.connection(word(value), via, facts.line(line_of(value, line))))
    return made


def _line(content: Mapping, part: str, name: str) -> int:
    inside = content.get(part)
    return inside.line_of(name) if isinstance(inside, Mapping) else content.line_of(part)


def _stores(facts: Facts, backends: Any) -> list[Json]:
    """Jaeger 2 is a collector whose storage is an extension: https://www.jaegertracing.io/docs/latest/storage/."""
    made: list[Json] = []
    for name, backend in backends.items() if isinstance(backends, Mapping) else ():
        for kind, config in backend.items() if isinstance(backend, Mapping) else ():
            servers = (
                within(config, "server_urls") or within(config, "connection", "servers") or within(config, "servers")
            )
            for server in one_or_more(servers):
                place = facts.line(line_of(server, backends.line_of(name)))
                made += found(facts.connection(word(server), str(kind), place))
    return made


_JAEGER_OPTIONS = {
    "es.server-urls": "elasticsearch",
    "opensearch.server-urls": "opensearch",
    "cassandra.servers": "cassandra",
    "kafka.producer.brokers": "kafka",
    "kafka.consumer.brokers": "kafka",
    "reporter.grpc.host-port": "jaeger",
    "grpc-storage.server": "grpc",
    "prometheus.server-url": "prometheus",
    "processor.jaeger-compact.server-host-port": "",
}


def jaeger(facts: Facts) -> None:
    """Jaeger 1's options in a file, with dots or nested: https://www.jaegertracing.io/docs/1.62/cli/."""
    options = dict(_flat(facts.yaml(), ""))
    connections: list[Json] = []
    for option, via in _JAEGER_OPTIONS.items():
        value = options.get(option)
        for address in word(value).split(",") if value is not None and via else ():
            connections += found(facts.connection(address, via, facts.place(value)))
    if connections or any(o.startswith(("collector.", "query.", "span-storage")) for o in options):
        program = facts.catalog.software.named("jaeger")
        facts.service("jaeger", program, facts.line(1), {"connections": connections} if connections else {})


def _flat(value: Value, prefix: str) -> list[tuple[str, Value]]:
    if not isinstance(value, dict):
        return [(prefix, value)] if prefix else []
    return [pair for key, inner in value.items() for pair in _flat(inner, f"{prefix}.{key}" if prefix else str(key))]
