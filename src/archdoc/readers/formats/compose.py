"""Docker Compose files: https://docs.docker.com/reference/compose-file/."""

from __future__ import annotations

import posixpath
from typing import Any

from archdoc.model.facts import Category, EdgeKind, Json, Node, NodeKind, Source
from archdoc.readers.formats.scope import Facts, address, masked
from archdoc.readers.yamldoor import Mapping, plain

_CONNECTING = ("URL", "URI", "HOST", "ADDR", "ADDRESS", "ENDPOINT", "SERVER", "UPSTREAM", "DSN", "BROKER", "BACKEND")


def read(facts: Facts) -> None:
    """Services with images, ports, volumes and networks; ``depends_on``, links, and addresses in the environment."""
    content = facts.yaml()
    services = content.get("services") if isinstance(content, dict) else None
    if not isinstance(services, Mapping):
        return
    nodes: dict[str, Node] = {}
    for name, service in services.items():
        if isinstance(service, Mapping):
            nodes[str(name)] = _service(facts, str(name), service, services.line_of(name))
    for name, service in services.items():
        if isinstance(service, Mapping):
            _relations(facts, nodes, str(name), service)


def _service(facts: Facts, name: str, service: Mapping, line: int) -> Node:
    image = str(plain(service.get("image") or ""))
    program = facts.catalog.software.of_image(image) if image else None
    program = program or facts.catalog.software.named(name)
    source = facts.document.source(line, service.end_line)
    attributes: dict[str, Json] = {"compose": True}
    if image:
        attributes["image"] = image
    if service.get("build") is not None:
        attributes["build"] = True
    ports = [
        str(plain(p)) if not isinstance(p, dict) else f"{p.get('published', '')}:{p.get('target', '')}"
        for p in _list(service.get("ports"))
    ]
    if ports:
        attributes["ports"] = list(ports)
    mounts = [path for volume in _list(service.get("volumes")) if (path := _mounted(facts, volume))]
    if mounts:
        attributes["mounts"] = list(mounts)
    node = facts.service(name, program, source, attributes)
    for volume in _list(service.get("volumes")):
        _volume(facts, node, volume, service)
    return node


def _mounted(facts: Facts, volume: Any) -> str:
    """The path of the machine that a volume mounts; "" for a named volume and for one that is not known."""
    text = str(plain(volume.get("source") or "")) if isinstance(volume, dict) else str(plain(volume)).split(":")[0]
    if not text.startswith((".", "/")) or "{" in text or "$" in text:
        return ""
    return posixpath.normpath(posixpath.join(posixpath.dirname(facts.document.name), text))


def _volume(facts: Facts, node: Node, volume: Any, service: Mapping) -> None:
    """A named volume keeps data; a bind mount of a data directory does too."""
    if isinstance(volume, dict):
        text, read_only = str(plain(volume.get("source") or "")), volume.get("read_only") is True
    else:
        parts = str(plain(volume)).split(":")
        text, read_only = parts[0], "ro" in parts[-1].split(",")
    if read_only or posixpath.splitext(text)[1]:
        return  # a configuration file or directory that the service reads
    if not text or text.startswith(("/var/run", "/run", "/proc", "/sys", "/etc", "/dev", ".", "$", "{")) or text == "/":
        return
    place = facts.line(service.line_of("volumes"))
    store = facts.add(
        NodeKind.STORE,
        f"store:{facts.scope}:{text}",
        "volume",
        text,
        place,
        Category.STORAGE,
        {"hosts": list(facts.document.hosts)},
    )
    facts.edge(node, store, EdgeKind.STORES_IN, place)


def _relations(facts: Facts, nodes: dict[str, Node], name: str, service: Mapping) -> None:
    node = nodes[name]
    for key in ("depends_on", "links"):
        for other in _names(service.get(key)):
            target = nodes.get(other.split(":")[0])
            if target is not None and target.id != node.id:
                facts.edge(node, target, EdgeKind.CONNECTS_TO, facts.line(service.line_of(key)), {"via": key})
    connections: list[Json] = []
    for variable, value, place in _environment(facts, service):
        found = address(value) if _connects(variable, value) else None
        if found is None and any(word in variable.upper() for word in ("HOST", "SERVER", "ADDR")) and value in nodes:
            found = ("", value, None)
        if found is None:
            continue
        scheme, host, port = found
        target = nodes.get(host)
        if target is not None and target.id != node.id:
            attributes: dict[str, Json] = {"via": variable}
            if scheme:
                attributes["scheme"] = scheme
            if port:
                attributes["port"] = port
            facts.edge(node, target, EdgeKind.CONNECTS_TO, place, attributes)
        elif host not in ("localhost", "127.0.0.1", "0.0.0.0", name):
            connections.append(
                {"to": host, "port": port, "scheme": scheme, "via": variable, "path": place.path, "line": place.line}
            )
    if connections:
        facts.service(name, None, node.source, {"connections": connections})


def _connects(variable: str, value: str) -> bool:
    return "://" in value or any(
        variable.upper().endswith(word) or f"_{word}_" in variable.upper() for word in _CONNECTING
    )


def _environment(facts: Facts, service: Mapping) -> list[tuple[str, str, Source]]:
    """Name, value and place of each environment variable."""
    environment = service.get("environment")
    if isinstance(environment, Mapping):
        return [
            (str(k), str(masked(str(k), v)), facts.line(environment.line_of(k)))
            for k, v in environment.items()
            if v is not None
        ]
    found = []
    for item in _list(environment):
        name, equals, value = str(plain(item)).partition("=")
        if equals:
            found.append((name, str(masked(name, value)), facts.place(item)))
    return found


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _names(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [str(k) for k in value]
    return [str(plain(v)) for v in _list(value)]
