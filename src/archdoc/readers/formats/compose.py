"""Docker Compose files: https://docs.docker.com/reference/compose-file/."""

from __future__ import annotations

import posixpath
import re
from typing import Any

from archdoc.model.document import Document
from archdoc.model.facts import Category, EdgeKind, Json, Node, NodeKind, Source
from archdoc.model.problem import Problem, Severity
from archdoc.readers.formats import containerbackups, included, overlaid
from archdoc.readers.formats.dockerfile import Built, built
from archdoc.readers.formats.environment import is_own, told, variables_in
from archdoc.readers.formats.scope import Facts, Mount, items, masked, one_or_more, within, word
from archdoc.readers.formats.traefik import asked_login, hosts_of_rule
from archdoc.readers.yamldoor import Mapping, Sequence, plain

_NAMING = ("HOST", "SERVER", "ADDR")
_LOCAL = frozenset({"localhost", "127.0.0.1", "0.0.0.0"})
_CONFIGURATION = ("/etc", "/config", "/docker-entrypoint-initdb.d", "/run", "/var/run", "/dev", "/proc", "/sys", "/tmp")
_SYSTEM = ("/var/run", "/run", "/proc", "/sys", "/etc", "/dev", "$", "{")


def scan_includes(facts: Facts) -> None:
    """Before anything else: which files a project is made of."""
    if not included.includes(facts.document.text):
        return
    content, name = facts.yaml(), facts.document.name
    here = facts.key(name)
    facts.around.inclusions.projects[here] = (_own_project(facts, content), posixpath.dirname(name) or ".")
    for path in included.paths(content, name):
        facts.around.inclusions.by.setdefault(facts.key(path), set()).add(here)


def scan(facts: Facts) -> None:
    """Before anything is read: which services a project has, and which files their containers take in."""
    content = facts.yaml()
    facts.around.inclusions.declare(facts.key(facts.document.name), within(content, "networks"))
    services = within(content, "services")
    for name in services if isinstance(services, Mapping) else ():
        facts.around.projects.setdefault((facts.scope, str(name)), set()).add(_project(facts, content))
    for name, service in services.items() if isinstance(services, Mapping) else ():
        node_id = _node_id(facts, content, str(name))
        if overlaid.runs(service):
            facts.around.whole.setdefault(str(name), set()).add((facts.scope, _project(facts, content)))
        for volume in items(within(service, "volumes")):
            source, _, _ = _volume_parts(volume)
            if source.startswith((".", "/")):
                path = posixpath.join(posixpath.dirname(facts.document.name), source)
                facts.around.mounts.append(Mount(facts.key(path), node_id))


def read(facts: Facts) -> None:
    """Services with images, ports, volumes and networks; ``depends_on``, links, labels, and addresses in the
    environment and the command."""
    content = facts.yaml()
    services = content.get("services") if isinstance(content, dict) else None
    if not isinstance(services, Mapping):
        return
    nodes: dict[str, Node] = {}
    for name in [n for n in services if "{{" in str(n)]:
        message = f"which services {name} are, is known only when the template is rendered"
        hint = "set its variables in [ansible] variables of archdoc.toml"
        place = facts.line(services.line_of(name))
        facts.graph.add_problem(Problem(Severity.NOTE, "CFG004", message, place, hint))
        del services[name]
    overlaid.leave_out(facts, (facts.scope, _project(facts, content)), services)
    for name, service in services.items():
        if isinstance(service, Mapping):
            facts.at = _node_id(facts, content, str(name))
            nodes[str(name)] = _service(facts, content, str(name), service, services.line_of(name))
    for name, service in services.items():
        if isinstance(service, Mapping):
            facts.at = nodes[str(name)].id
            _relations(facts, nodes, str(name), service)
            row = facts.catalog.backup_containers.of_image(_text(service.get("image")))
            if row is not None:
                containerbackups.read(facts, nodes, str(name), row, _environment(facts, service))
    _route(facts, nodes)


def _project(facts: Facts, content: Any) -> str:
    """The name of the project that a file belongs to: that of the file that includes it, else its own."""
    name, _ = facts.around.inclusions.project(facts.key(facts.document.name))
    return name or _own_project(facts, content)


def _own_project(facts: Facts, content: Any) -> str:
    """The name of the project: its own, else its directory's. https://docs.docker.com/compose/how-tos/project-name/"""
    return _text(within(content, "name")) or posixpath.basename(posixpath.dirname(facts.document.name)) or "."


def _node_id(facts: Facts, content: Any, name: str) -> str:
    """Two projects of one scope may both have a service ``db``: those are two."""
    project = _project(facts, content)
    alike = facts.around.projects.get((facts.scope, name), set())
    scope = f"{facts.scope}/{project}" if len(alike) > 1 else facts.scope
    return f"service:{scope}:{name}"


def _service(facts: Facts, content: Any, name: str, service: Mapping, line: int) -> Node:
    image = _text(service.get("image"))
    software = facts.catalog.software
    made, at = _built(facts, service)
    program = (software.of_image(image) if image else None) or software.named(name)
    if program is None and made is not None:
        program = software.of_image(made.base)
    source = facts.document.source(line, service.end_line)
    attributes: dict[str, Json] = {"compose": True, "project": _project(facts, content)}
    _, directory = facts.around.inclusions.project(facts.key(facts.document.name))
    if directory and directory != (posixpath.dirname(facts.document.name) or "."):
        attributes["project_directory"] = directory
    if image:
        attributes["image"] = image
    if service.get("build") is not None:
        attributes["build"] = _text(within(service, "build", "context")) or _text(service.get("build")) or True
    if made is not None and at is not None:
        attributes |= {"base_image": made.base, "dockerfile": at.origin.path}
    if _text(service.get("container_name")):
        attributes["container_name"] = _text(service.get("container_name"))
    ports = [_port(facts, service["ports"], number) for number in range(len(items(service.get("ports"))))]
    networks = _names(service.get("networks"))
    lists = {
        "ports": [port for port in ports if port],
        "expose": [_text(p) for p in items(service.get("expose"))] or [*(made.ports if made else ())],
        "networks": networks,
        "profiles": [_text(p) for p in items(service.get("profiles"))],
        "server_names": _server_names(facts, service),
        "mounts": [path for volume in items(service.get("volumes")) if (path := _mounted(facts, volume))],
    }
    attributes |= {key: [*values] for key, values in lists.items() if values}
    if _text(service.get("network_mode")):
        attributes["network_mode"] = _text(service.get("network_mode"))
    if routed := _routed(facts, service):
        attributes["routed"] = routed
    if options := _network_options(facts, content, service, networks or [_DEFAULT]):
        attributes["network_options"] = options
    replicas = within(service, "deploy", "replicas") or service.get("scale")
    if isinstance(replicas, int):
        attributes["replicas"] = replicas
    node = facts.service(name, program, source, attributes)
    volumes = service.get("volumes")
    for number, volume in enumerate(items(volumes)):
        place = facts.line(volumes.line_of(number)) if isinstance(volumes, Sequence) else source
        _volume(facts, content, node, volume, place)
    return node


_DEFAULT = "default"
"""The network that services are in which name no other."""


def _network_options(facts: Facts, content: Any, service: Mapping, names: list[str]) -> dict[str, Json]:
    """What the project says of the networks of a service: ranges, driver, whether it leads outside; and the address
    that the service has there. Another file of the project may say it.

    https://docs.docker.com/reference/compose-file/networks/
    """
    found: dict[str, Json] = {}
    for name in names:
        told: dict[str, Json] = {}
        declared = within(content, "networks", name)
        if declared is None:
            declared = facts.around.inclusions.network(facts.key(facts.document.name), name)
        if isinstance(declared, dict):
            ranges = [_text(within(c, "subnet")) for c in items(within(declared, "ipam", "config"))]
            kept = ("driver", "internal", "external", "name")
            told |= {key: plain(declared[key]) for key in kept if key in declared}
            if any(ranges):
                told["subnets"] = [r for r in ranges if r]
        if address := _text(within(service, "networks", name, "ipv4_address")):
            told["address"] = address
        if told:
            found[name] = told
    return found


def _built(facts: Facts, service: Mapping) -> tuple[Built | None, Document | None]:
    """What the Dockerfile of a service says, and the Dockerfile, where it is at hand.

    https://docs.docker.com/reference/compose-file/build/
    """
    build = service.get("build")
    context = _text(within(build, "context")) if isinstance(build, dict) else _text(build)
    if build is None or "://" in context:
        return None, None
    beside = posixpath.join(posixpath.dirname(facts.document.name), context)
    path = posixpath.join(beside, _text(within(build, "dockerfile")) or "Dockerfile")
    at = facts.around.texts.get(facts.key(path))
    return (built(at, _text(within(build, "target"))), at) if at is not None else (None, None)


def _port(facts: Facts, ports: Any, number: int) -> str:
    """A published port as text. ``22:22`` without quotes is a number in base 60 for YAML 1.1, and ports for Compose."""
    port = ports[number]
    if isinstance(port, Mapping):
        published, target = _text(port.get("published")), _text(port.get("target"))
        host = _text(port.get("host_ip"))
        protocol = _text(port.get("protocol"))
        text = ":".join(part for part in (host, published, target) if part)
        return f"{text}/{protocol}" if protocol and protocol != "tcp" else text
    if isinstance(port, int) and isinstance(ports, Sequence):
        line = facts.document.text.split("\n")[ports.line_of(number) - 1]
        written = re.match(r"\s*-\s*(\d+:\d+)\s*(?:#.*)?$", line)
        return written[1] if written else str(port)
    return _text(port)


def _volume_parts(volume: Any) -> tuple[str, str, bool]:
    """Source, target and whether it is only read."""
    if isinstance(volume, dict):
        kind = _text(volume.get("type"))
        source = _text(volume.get("source")) if kind != "tmpfs" else ""
        return source, _text(volume.get("target")), volume.get("read_only") is True
    parts = _text(volume).split(":")
    if len(parts) < 2:
        return "", parts[0], False
    return parts[0], parts[1], "ro" in parts[-1].split(",")


def _mounted(facts: Facts, volume: Any) -> str:
    """The path of the machine that a volume mounts; "" for a named volume and for one that is not known."""
    text, _, _ = _volume_parts(volume)
    if not text.startswith((".", "/")) or "{" in text or "$" in text:
        return ""
    return posixpath.normpath(posixpath.join(posixpath.dirname(facts.document.name), text))


def _volume(facts: Facts, content: Any, node: Node, volume: Any, place: Source) -> None:
    """A named volume keeps data; a directory of the machine that is mounted does too, if it is no configuration.

    A service that mounts a named volume read-only reads what another one keeps there.
    """
    text, target, read_only = _volume_parts(volume)
    if not text or posixpath.splitext(text)[1] or text == "/" or text.startswith(_SYSTEM):
        return
    if read_only and text.startswith(("/", ".", "~")):
        return
    relative = text.startswith(".")
    if (relative or text.startswith("~")) and target.startswith(_CONFIGURATION):
        return
    project = (
        f"{facts.scope}/{_project(facts, content)}" if node.id.startswith(f"service:{facts.scope}/") else facts.scope
    )
    declared = within(content, "volumes", text)
    attributes: dict[str, Json] = {"hosts": list(facts.document.hosts), "scope": facts.scope}
    if relative:
        attributes["directory"] = posixpath.normpath(posixpath.join(posixpath.dirname(facts.document.name), text))
    if isinstance(declared, dict) and declared.get("external"):
        attributes["external"] = True
    scope = facts.scope if text.startswith("/") else project
    store = facts.add(NodeKind.STORE, f"store:{scope}:{text}", "volume", text, place, Category.STORAGE, attributes)
    at: dict[str, Json] = {"at": target} if target else {}
    if read_only:
        facts.edge(node, store, EdgeKind.CONNECTS_TO, place, {"via": "volume", **at})
    else:
        facts.edge(node, store, EdgeKind.STORES_IN, place, at)


def _relations(facts: Facts, nodes: dict[str, Node], name: str, service: Mapping) -> None:
    node = nodes[name]
    for key in ("depends_on", "links"):
        written = service.get(key)
        for other in _names(written):
            target = nodes.get(other.split(":")[0])
            if target is not None:
                line = written.line_of(other) if isinstance(written, Mapping) else service.line_of(key)
                facts.edge(node, target, EdgeKind.CONNECTS_TO, facts.line(line), {"via": key})
    connections: list[Json] = []
    for variable, value, place in (*_environment(facts, service), *_command(facts, service)):
        found = told(variable, value)
        if not found and value in nodes and any(w in variable.upper() for w in _NAMING):
            found = [("", value, None)]
        for scheme, host, port in found:
            target = nodes.get(host) or _by_container_name(nodes, host)
            attributes: dict[str, Json] = {"via": variable}
            if scheme:
                attributes["scheme"] = scheme
            if port:
                attributes["port"] = port
            if target is not None:
                facts.edge(node, target, EdgeKind.CONNECTS_TO, place, attributes)
            elif host not in _LOCAL and host != name and not is_own(variable):
                connections.append(
                    {
                        "to": host,
                        "port": port,
                        "scheme": scheme,
                        "via": variable,
                        "path": place.path,
                        "line": place.line,
                    }
                )
    if connections:
        facts.service(name, None, node.source, {"connections": connections})


def _by_container_name(nodes: dict[str, Node], host: str) -> Node | None:
    return next((n for n in nodes.values() if n.attributes.get("container_name") == host), None)


def _environment(facts: Facts, service: Mapping) -> list[tuple[str, str, Source]]:
    """Name, value and place of each environment variable: those of files, and over them those of the service.

    https://docs.docker.com/compose/how-tos/environment-variables/envvars-precedence/
    """
    found: dict[str, tuple[str, Source]] = {}
    for item in one_or_more(service.get("env_file")):
        path = word(within(item, "path")) if isinstance(item, Mapping) else word(item)
        document = facts.beside(path) if path else None
        for name, value, place in variables_in(document) if document is not None else ():
            found[name] = (str(masked(name, value)), place)
    environment = service.get("environment")
    if isinstance(environment, Mapping):
        for key, value in environment.items():
            if value is not None:
                text = str(masked(str(key), interpolated(word(value))))
                found[str(key)] = (text, facts.line(environment.line_of(key)))
    for item in items(environment):
        name, equals, value = word(item).partition("=")
        if equals:
            found[name] = (str(masked(name, interpolated(value))), facts.place(item))
    return [(name, value, place) for name, (value, place) in found.items()]


_OPTION = re.compile(r"^--?([A-Za-z][\w.-]*)=(.+)$")


def _command(facts: Facts, service: Mapping) -> list[tuple[str, str, Source]]:
    """Options of the command that have an address with a scheme."""
    found = []
    for key in ("command", "entrypoint"):
        given = service.get(key)
        words = [(w, facts.place(w, service.line_of(key))) for w in items(given)]
        if isinstance(given, str):
            words = [(w, facts.line(service.line_of(key))) for w in given.split()]
        for text, place in words:
            option = _OPTION.match(_text(text).strip("'\""))
            if option and "://" in option[2]:
                found.append((option[1], option[2], place))
    return found


def _labels(facts: Facts, service: Mapping) -> list[tuple[str, str, Source]]:
    """The labels of a service, and of its deployment in a swarm, with their places."""
    found = []
    for labels in (service.get("labels"), within(service, "deploy", "labels")):
        if isinstance(labels, Mapping):
            found += [(str(k), _text(v), facts.line(labels.line_of(k))) for k, v in labels.items()]
        for item in items(labels):
            name, _, value = _text(item).partition("=")
            found.append((name, value, facts.place(item)))
    return found


def _server_names(facts: Facts, service: Mapping) -> list[str]:
    """The names at which a proxy answers for a service: Traefik's rules, ``VIRTUAL_HOST`` of nginx-proxy."""
    names: dict[str, None] = {}
    for label, value, _ in _labels(facts, service):
        if label.startswith("traefik.") and label.endswith(".rule"):
            names.update(dict.fromkeys(hosts_of_rule(value)))
    for variable, value, _ in _environment(facts, service):
        if variable == "VIRTUAL_HOST":
            names.update(dict.fromkeys(v.strip() for v in value.split(",") if v.strip()))
    return [*names]


def _route(facts: Facts, nodes: dict[str, Node]) -> None:
    """Traefik reads labels from the containers around it: https://doc.traefik.io/traefik/providers/docker/."""
    proxies = [n for n in nodes.values() if n.attributes.get("program") == "traefik"]
    for node in nodes.values() if len(proxies) == 1 else ():
        routed = node.attributes.get("routed")
        if isinstance(routed, dict) and node.id != proxies[0].id:
            place = Source(str(routed["path"]), int(str(routed["line"])))
            attributes = {key: value for key, value in routed.items() if key not in ("path", "line")}
            facts.edge(proxies[0], node, EdgeKind.CONNECTS_TO, place, attributes)


def _routed(facts: Facts, service: Mapping) -> dict[str, Json]:
    """What the labels of a container ask Traefik for; empty where they ask for nothing."""
    labels = _labels(facts, service)
    for label, rule, place in labels:
        if not re.match(r"traefik\.\w+\.routers\.[^.]+\.rule$", label):
            continue
        routed: dict[str, Json] = {"via": "traefik", "names": ", ".join(hosts_of_rule(rule))}
        ports = [value for name, value, _ in labels if name.endswith(".loadbalancer.server.port")]
        if ports and ports[0].isdigit():
            routed["port"] = int(ports[0])
        if login := asked_login(labels):
            routed["login"] = login
        return {**routed, "path": place.path, "line": place.line}
    return {}


_INTERPOLATION = re.compile(r"\$\$|\$\{(\w+)(?::?([-+?])([^}]*))?\}")


def interpolated(text: str) -> str:
    """A text with the defaults of its variables: ``${TAG:-latest}`` is ``latest``; what has none stays.

    https://docs.docker.com/reference/compose-file/interpolation/
    """
    if "$" not in text:
        return text
    return _INTERPOLATION.sub(lambda m: "$" if m[0] == "$$" else m[3] if m[2] == "-" else m[0], text)


def _text(value: Any) -> str:
    return interpolated(word(value))


def _names(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [str(k) for k in value]
    return [str(plain(v)) for v in one_or_more(value)]
