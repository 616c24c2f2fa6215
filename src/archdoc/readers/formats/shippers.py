"""Vector, the Beats, Logstash and rsyslog: what they read, and where they send it; and Kibana, that shows it."""

from __future__ import annotations

import posixpath
import re
from typing import Any

from archdoc.model.facts import Json, Source
from archdoc.readers.formats.scope import Facts, found, items, mappings, one_or_more, within, word
from archdoc.readers.yamldoor import Mapping, line_of

_ADDRESSES = ("endpoint", "endpoints", "address", "uri", "hosts", "bootstrap_servers")
_NO_LOGS = re.compile(r"prometheus_remote_write|.*_metrics")
_LISTENS = re.compile(r"prometheus_exporter|websocket_server")


def vector(facts: Facts) -> None:
    """What each source of Vector reads, and where each sink sends it.

    https://vector.dev/docs/reference/configuration/
    """
    content = facts.data()
    sinks = within(content, "sinks")
    attributes: dict[str, Json] = {}
    for name, sink in sinks.items() if isinstance(sinks, dict) else ():
        kind = word(within(sink, "type"))
        key = "connections" if _NO_LOGS.fullmatch(kind) else "outputs"
        for option in _ADDRESSES if not _LISTENS.fullmatch(kind) else ():
            for value in one_or_more(within(sink, option)):
                place = _place(facts, value, f"sinks.{name}")
                made = [_of(kind, c) for c in found(facts.connection(word(value), f"sink {name}", place))]
                attributes[key] = [*items(attributes.get(key)), *made]
    sources = within(content, "sources")
    inputs: list[Json] = []
    for name, source in sources.items() if isinstance(sources, dict) else ():
        kind = word(within(source, "type"))
        read = [word(v) for v in one_or_more(within(source, "include"))] or [kind]
        place = _place(facts, within(source, "type"), f"sources.{name}")
        inputs.append({"name": str(name), "source": ", ".join(read), "path": place.path, "line": place.line})
    if attributes or inputs:
        program = facts.catalog.software.named("vector")
        facts.service("vector", program, facts.line(1), {**attributes, "inputs": inputs})


def _place(facts: Facts, value: Any, name: str) -> Source:
    """Where a value was written: by its line in YAML, by its text (or the name of its table) in TOML."""
    if line_of(value, 0):
        return facts.place(value)
    found_line = facts.line_with(word(value))
    return found_line if found_line.line > 1 else facts.line_with(name)


def _of(kind: str, connection: Json) -> Json:
    """A connection with the kind of store that is sent to in the place of the scheme."""
    return {**connection, "scheme": kind} if isinstance(connection, dict) and kind else connection


_BEATS = ("filebeat", "journalbeat", "auditbeat", "packetbeat", "winlogbeat", "metricbeat", "heartbeat")
_MEASURING = ("metricbeat", "heartbeat")
_PORTS = {"elasticsearch": 9200, "logstash": 5044, "redis": 6379, "kafka": 9092}


def beat(facts: Facts) -> None:
    """What Filebeat (or another Beat) reads, and the store that it sends to.

    https://www.elastic.co/docs/reference/beats/filebeat/configuring-output
    """
    content = facts.yaml()
    if not isinstance(content, Mapping):
        return
    name = next((b for b in _BEATS if b in posixpath.basename(facts.document.name)), "filebeat")
    outputs: list[Json] = []
    for kind, config in _outputs(content):
        for value in one_or_more(within(config, "hosts")):
            place = facts.place(value) if line_of(value, 0) else facts.place(config)
            text = word(value)
            made = facts.connection(text, f"output.{kind}", place)
            if made is None and "." not in text:
                made = facts.connection(f"{text}:{_PORTS.get(kind, 9200)}", f"output.{kind}", place)
            outputs += [_of(kind, c) for c in found(made)]
    inputs: list[Json] = []
    for entry in mappings(content.get(f"{name}.inputs")) or mappings(within(content, name, "inputs")):
        read = [word(p) for p in one_or_more(entry.get("paths"))] or [word(entry.get("type"))]
        place = facts.place(entry)
        inputs.append(
            {"name": word(entry.get("id")), "source": ", ".join(read), "path": place.path, "line": place.line}
        )
    program = facts.catalog.software.named(name)
    key = "connections" if name in _MEASURING else "outputs"
    facts.service(name, program, facts.line(1), {key: outputs, "inputs": inputs})


def kibana(facts: Facts) -> None:
    """The Elasticsearch that Kibana shows: https://www.elastic.co/docs/reference/kibana/configuration-reference."""
    content = facts.yaml()
    if not isinstance(content, Mapping):
        return
    connections: list[Json] = []
    for name in ("hosts", "url"):
        for value in one_or_more(content.get(f"elasticsearch.{name}") or within(content, "elasticsearch", name)):
            place = facts.place(value) if line_of(value, 0) else facts.line_with("elasticsearch")
            connections += found(facts.connection(word(value), f"elasticsearch.{name}", place))
    facts.service("kibana", facts.catalog.software.named("kibana"), facts.line(1), {"connections": connections})


_SECTION = re.compile(r"^\s*(input|filter|output)\s*\{", re.MULTILINE)
_PLUGIN = re.compile(r"([a-z_]\w*)\s*\{")
_HOSTS = re.compile(r"\b(?:hosts?|bootstrap_servers|url)\s*=>\s*(\[[^\]]*\]|[\"'][^\"']*[\"'])")
_QUOTED = re.compile(r"[\"']([^\"']+)[\"']")


def logstash(facts: Facts) -> None:
    """The outputs of a pipeline: https://www.elastic.co/docs/reference/logstash/configuration-file-structure."""
    text = "\n".join(line.partition("#")[0] for _, line in facts.lines())
    sections = [*_SECTION.finditer(text)]
    outputs: list[Json] = []
    for number, section in enumerate(sections):
        end = sections[number + 1].start() if number + 1 < len(sections) else len(text)
        for hosts in _HOSTS.finditer(text, section.end(), end) if section[1] == "output" else ():
            plugin = [p[1] for p in _PLUGIN.finditer(text, section.end(), hosts.start())][-1:]
            place = facts.line(text.count("\n", 0, hosts.start()) + 1)
            for address in (a for quoted in _QUOTED.findall(hosts[1]) for a in quoted.split(",")):
                made = facts.connection(address, " ".join(("output", *plugin)), place)
                outputs += [_of("".join(plugin), c) for c in found(made)]
    facts.service("logstash", facts.catalog.software.named("logstash"), facts.line(1), {"outputs": outputs})


def _outputs(content: Mapping) -> list[tuple[str, Any]]:
    """The outputs by kind, whether written with dots or nested."""
    nested = content.get("output")
    written = [(str(k), v) for k, v in nested.items()] if isinstance(nested, Mapping) else []
    written += [(k.partition(".")[2], v) for k, v in content.items() if isinstance(k, str) and k.startswith("output.")]
    made = []
    for kind, config in written:
        if kind.endswith(".hosts"):
            made.append((kind.removesuffix(".hosts"), {"hosts": config}))
        elif isinstance(config, Mapping) and config.get("enabled") is not False:
            made.append((kind, config))
    return made


_FORWARD = re.compile(
    r"^\s*[\w.*;,!=:\"/$-]+\s+(@@?)(?:\([^)]*\))?(\[[\da-fA-F:]+\]|[\w.-]+|\{\{[^{}]+\}\})(?::(\d+))?"
)
_ACTION = re.compile(r"\b(target|port)\s*=\s*\"([^\"]+)\"", re.IGNORECASE)


def rsyslog(facts: Facts) -> None:
    """The hosts that rsyslog forwards to: ``*.* @@logs.example.net:514`` or ``action(type="omfwd" target=…)``.

    https://www.rsyslog.com/doc/configuration/modules/omfwd.html
    """
    outputs: list[Json] = []
    action = ""
    for number, line in facts.lines():
        if line.lstrip().startswith("#"):
            continue
        if "omfwd" in line or action:
            action += line
            if ")" not in line:
                continue
            given = {key.lower(): value for key, value in _ACTION.findall(action)}
            action = ""
            if given.get("target"):
                outputs.append(_forward(given["target"], given.get("port", ""), facts.line(number)))
        elif match := _FORWARD.match(line):
            outputs.append(_forward(match[2].strip("[]"), match[3] or "", facts.line(number)))
    if outputs:
        facts.service("rsyslog", facts.catalog.software.named("rsyslog"), facts.line(1), {"outputs": outputs})


def _forward(to: str, port: str, place: Source) -> Json:
    number = int(port) if port.isdigit() else 514
    return {"to": to, "port": number, "scheme": "syslog", "via": "forward", "path": place.path, "line": place.line}
