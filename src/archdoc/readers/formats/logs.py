"""Loki, promtail and Fluent Bit: where logs come from, and where they go."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from archdoc.model.facts import Json, Source
from archdoc.readers.formats.scope import Facts, found, mappings, one_or_more, within, word
from archdoc.readers.loose import Hidden
from archdoc.readers.secrets import mask_text
from archdoc.readers.yamldoor import Mapping

_STORES = {"s3": "s3", "aws": "s3", "gcs": "gcs", "azure": "azure", "swift": "swift", "filesystem": "filesystem"}


def loki(facts: Facts) -> None:
    """Loki: the object store that it keeps logs in, and the alert manager of its ruler.

    https://grafana.com/docs/loki/latest/configure/
    """
    content = facts.yaml()
    if not isinstance(content, Mapping):
        return
    stores: list[Json] = []
    for section in (within(content, "common", "storage"), content.get("storage_config")):
        for key, config in section.items() if isinstance(section, Mapping) else ():
            if key in _STORES and isinstance(config, Mapping):
                stores.append(_store(facts, _STORES[key], config))
    attributes: dict[str, Json] = {"storage": stores} if stores else {}
    ruler = within(content, "ruler", "alertmanager_url")
    managers = found(*(facts.connection(u, "ruler", facts.place(ruler)) for u in word(ruler).split(",") if u))
    if managers:
        attributes["alertmanagers"] = managers
    facts.service("loki", facts.catalog.software.named("loki"), facts.place(content), attributes)


def _store(facts: Facts, kind: str, config: Mapping) -> Json:
    place = facts.place(config)
    buckets = ("bucketnames", "bucket_name", "bucketname", "container_name", "chunks_directory", "directory")
    bucket = next((word(config.get(k)) for k in buckets if word(config.get(k))), "")
    endpoint = word(config.get("endpoint")) or mask_text(word(config.get("s3")))
    return {"kind": kind, "bucket": bucket, "endpoint": endpoint, "path": place.path, "line": place.line}


def promtail(facts: Facts) -> None:
    """What promtail reads, and the Loki that it sends to.

    https://grafana.com/docs/loki/latest/send-data/promtail/configuration/
    """
    content = facts.yaml()
    if not isinstance(content, Mapping):
        return
    clients = [*mappings(content.get("clients")), *mappings([content.get("client")])]
    outputs = [
        c
        for client in clients
        for c in found(facts.connection(word(client.get("url")), "clients", facts.place(client)))
    ]
    inputs: list[Json] = []
    for job in mappings(content.get("scrape_configs")):
        read = [word(within(g, "labels", "__path__")) for g in mappings(job.get("static_configs"))]
        kinds = [
            k for k in ("journal", "syslog", "docker_sd_configs", "kubernetes_sd_configs") if job.get(k) is not None
        ]
        inputs.append(_input(facts.place(job), word(job.get("job_name")), [*(r for r in read if r), *kinds]))
    program = facts.catalog.software.named("promtail")
    facts.service("promtail", program, facts.place(content), {"outputs": outputs, "inputs": inputs})


def _input(place: Source, name: str, read: list[str]) -> Json:
    return {"name": name, "source": ", ".join(read), "path": place.path, "line": place.line}


_SECTION = re.compile(r"^\s*\[(\w+)\]\s*$")
_PAIR = re.compile(r"^\s*([A-Za-z@][\w.]*)\s+(.+?)\s*$")


def fluent_bit(facts: Facts) -> None:
    """Inputs and outputs of Fluent Bit, in the classic format or in YAML.

    https://docs.fluentbit.io/manual/administration/configuring-fluent-bit
    """
    outputs: list[Json] = []
    inputs: list[Json] = []
    for section, values, place in (
        _of_yaml(facts) if facts.document.name.endswith((".yml", ".yaml")) else _classic(facts)
    ):
        name = values.get("name", "")
        if section == "output":
            outputs += _output(name, values, place)
        elif section == "input":
            source = values.get("path") or values.get("systemd_filter") or values.get("listen") or name
            inputs.append({"tag": values.get("tag", ""), **_as_dict(_input(place, name, [source]))})
    if outputs or inputs:
        program = facts.catalog.software.named("fluent-bit")
        facts.service("fluent-bit", program, facts.line(1), {"outputs": outputs, "inputs": inputs})


def _as_dict(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _output(name: str, values: dict[str, str], place: Source) -> list[Json]:
    """An output: a host (by default this one), or a service of a cloud by its plugin and bucket, group or stream."""
    made: dict[str, Json] = {"scheme": name, "via": "output", "path": place.path, "line": place.line}
    host = values.get("host", "")
    port = values.get("port", "")
    if host:
        return [{**made, "to": host, "port": int(port) if port.isdigit() else None}]
    subject = next(
        (values[k] for k in ("bucket", "log_group_name", "stream", "topics", "delivery_stream") if k in values), ""
    )
    if subject or name in _CLOUD:
        return [{**made, "to": "", "port": None, "subject": subject}]
    return []


_CLOUD = frozenset(
    {"s3", "cloudwatch_logs", "cloudwatch", "stackdriver", "azure", "datadog", "kinesis_streams", "bigquery"}
)


def _classic(facts: Facts) -> Iterator[tuple[str, dict[str, str], Source]]:
    section, values, start = "", dict[str, str](), 1
    variables: dict[str, str] = {}
    hidden = Hidden(facts.document.text)
    for number, line in enumerate([*hidden.text.split("\n"), "[END]"], 1):
        if line.lstrip().startswith("#"):
            continue
        header = _SECTION.match(line)
        if header:
            if section:
                yield section, values, facts.line(start)
            section, values, start = header[1].lower(), {}, number
        elif pair := _PAIR.match(line):
            value = re.sub(r"\$\{(\w+)\}", lambda m: variables.get(m[1], m[0]), hidden.shown(pair[2]))
            if pair[1].lower() == "@set":
                name, _, given = value.partition("=")
                variables[name.strip()] = given.strip()
            elif section:
                values[pair[1].lower()] = value


def _of_yaml(facts: Facts) -> Iterator[tuple[str, dict[str, str], Source]]:
    content: Any = facts.yaml()
    for section in ("input", "output"):
        for entry in mappings(within(content, "pipeline", f"{section}s")):
            values = {str(k).lower(): ", ".join(word(v) for v in one_or_more(value)) for k, value in entry.items()}
            yield section, values, facts.place(entry)
