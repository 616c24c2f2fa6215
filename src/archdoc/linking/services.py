"""Services: which program runs on which host, and which one talks to which other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from archdoc.linking.placement import SIGNAL_KINDS, Placement, place_of, signals, strings
from archdoc.linking.rules import Context, Fact, rule
from archdoc.linking.terraform_facts import texts
from archdoc.model.facts import Edge, EdgeKind, Json, Node, NodeKind, Provenance, Source

_BACKGROUND = frozenset(
    {
        "cron",
        "logrotate",
        "docker",
        "containerd",
        "python",
        "nodejs",
        "java",
        "php-fpm",
        "sqlite",
        "iptables",
        "nftables",
        "openssh",
        "unattended-upgrades",
        "supervisor",
        "chrony",
        "ntp",
        "apparmor",
        "auditd",
        "rsyslog",
    }
)
"""Programs that nearly every machine has; a package of theirs is no service of its own."""


@rule("services.signals")
def from_signals(context: Context) -> Iterable[Fact]:
    """A task that starts a unit, runs a container or installs the package of a known program makes a service.

    A role or play that does several of these for one program gives one service, each task as evidence. Example:
    ``apt: name=postgresql`` and ``service: name=postgresql`` in the role ``postgres``.
    """
    software = context.catalog.software
    for owner in context.graph.nodes(*SIGNAL_KINDS):
        scope = _scope(owner)
        for signal in signals(owner, "package", "service", "container"):
            for name in strings(signal.get("subject")):
                program = software.of_package(name) if signal["signal"] == "package" else software.of_unit(name)
                if signal["signal"] == "container":
                    arguments = signal.get("arguments")
                    image = arguments.get("image") if isinstance(arguments, dict) else None
                    program = software.of_image(str(image)) if image else software.named(name)
                if (
                    program is None
                    or program.name in _BACKGROUND
                    or (signal["signal"] == "package" and program.tier not in _SERVING)
                ):
                    continue
                attributes: dict[str, Json] = {
                    "program": program.name,
                    "kind": program.kind,
                    "tier": program.tier,
                    "owners": [owner.id],
                    "hosts": signal.get("hosts") or [],
                    "scope": signal.get("scope") or scope,
                }
                if program.icon:
                    attributes["icon"] = program.icon
                yield Node(
                    f"service:{signal.get('scope') or scope}:{program.name}",
                    NodeKind.SERVICE,
                    program.name,
                    program.name,
                    place_of(signal),
                    "",
                    program.category,
                    attributes,
                )


_SERVING = frozenset({"frontend", "application", "data", "messaging", "monitoring", "logging", "backup", "security"})


def _scope(owner: Node) -> str:
    return owner.id.split(":", 3)[-1].rsplit("/", 1)[-1].removesuffix(".yml").split(":")[0].removesuffix(".yml")


@rule("services.run-on")
def run_on(context: Context) -> Iterable[Fact]:
    """A service runs on the hosts that its configuration is put on, or that the plays of its role are for.

    Example: the role ``nginx`` applied by a play with ``hosts: web`` runs nginx on the group ``web``.
    """
    placement = Placement(context.graph)
    for node in context.graph.nodes(NodeKind.SERVICE, NodeKind.JOB):
        owners = [o for o in strings(node.attributes.get("owners")) if o in context.graph]
        for owner in owners:
            for edge in placement.targets(owner):
                target = context.graph.node(edge.target)
                evidence = (node.source, *edge.evidence)
                for host in placement.hosts_of(target) or [target.id]:
                    yield Edge(node.id, host, EdgeKind.RUNS_ON, evidence, Provenance.DERIVED, "services.run-on")
            if context.graph.node(owner).kind in SIGNAL_KINDS:
                yield Edge(owner, node.id, EdgeKind.DEPLOYS, (node.source,), Provenance.DERIVED, "services.run-on")


@rule("services.same-program")
def same_program(context: Context) -> Iterable[Fact]:
    """A role's Compose service and its package or unit of the same program are one service.

    The signals are evidence of the service that the configuration describes; nothing is drawn twice.
    """
    by_owner: dict[tuple[str, str], list[Node]] = {}
    for node in context.graph.nodes(NodeKind.SERVICE):
        for owner in strings(node.attributes.get("owners")):
            by_owner.setdefault((owner, str(node.attributes.get("program") or node.name)), []).append(node)
    for nodes in by_owner.values():
        richest = max(nodes, key=lambda n: len(n.attributes))
        for other in nodes:
            if other.id != richest.id and other.attributes.get("same_as") is None:
                context.graph.replace_node(replace(other, attributes={**other.attributes, "same_as": richest.id}))
    return ()


@rule("services.connections")
def connections(context: Context) -> Iterable[Fact]:
    """An address in a service's configuration leads to the service behind it.

    Tried in this order: the name of a service in the same scope, a service's name or program anywhere, the program of
    the address's scheme, the one service on a host that the address names and on the port; else a known service on
    the internet (catalog). What answers to nothing is listed as a Problem. Example:
    ``DATABASE_URL=postgres://db.internal/app``.
    """
    finder = _Finder(context)
    for node in context.graph.nodes(NodeKind.SERVICE):
        for key in ("connections", "outputs"):
            for connection in _entries(node.attributes.get(key)):
                place = _place(connection, node)
                target = finder.find(node, connection)
                kind = EdgeKind.SHIPS_LOGS_TO if key == "outputs" else EdgeKind.CONNECTS_TO
                attributes: dict[str, Json] = {k: connection[k] for k in ("scheme", "port", "via") if connection.get(k)}
                if isinstance(target, Node):
                    if target.id not in context.graph:
                        yield target
                    if target.id != node.id:
                        yield Edge(
                            node.id, target.id, kind, (place,), Provenance.DERIVED, "services.connections", attributes
                        )


RULES = (from_signals, run_on, same_program, connections)


class _Finder:
    """Finds the service behind an address."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._services = [n for n in context.graph.nodes(NodeKind.SERVICE) if not n.attributes.get("same_as")]
        self._on_host: dict[str, list[Node]] = {}
        names: dict[str, set[str]] = {}
        for host in context.graph.nodes(NodeKind.HOST):
            for name in {host.name, host.name.split(".")[0], str(host.attributes.get("ansible_host") or "")} - {""}:
                names.setdefault(name, set()).add(host.id)
            for server in context.graph.targets(host.id, EdgeKind.SAME_AS):
                for address in texts(server.attributes.get("addresses")):
                    names.setdefault(address, set()).add(host.id)
        self._hosts = {name: next(iter(ids)) for name, ids in names.items() if len(ids) == 1}
        for service in self._services:
            for place in context.graph.targets(service.id, EdgeKind.RUNS_ON):
                self._on_host.setdefault(place.id, []).append(service)

    def find(self, node: Node, connection: dict[str, Json]) -> Node | None:
        """The node that an address leads to, or None."""
        to = str(connection.get("to") or "")
        scope = node.id.split(":")[1]
        same = self._context.graph.find(f"service:{scope}:{to}")
        if same is not None and same.id != node.id:
            return same
        scheme = self._context.catalog.outside.scheme(str(connection.get("scheme") or ""))
        program = scheme.program if scheme else ""
        host = self._hosts.get(to)
        if host is not None or to in ("localhost", "127.0.0.1"):
            places = [host] if host else [p.id for p in self._context.graph.targets(node.id, EdgeKind.RUNS_ON)]
            around = [s for p in places for s in self._on_host.get(p, []) if s.id != node.id]
            return self._one(around, program, connection.get("port"))
        named = [s for s in self._services if s.name == to or s.attributes.get("program") == to]
        if len({s.id for s in named}) == 1:
            return named[0]
        external = self._context.catalog.outside.host(to)
        if external is not None:
            place = _place(connection, node)
            return Node(
                f"external:{external.name}",
                NodeKind.EXTERNAL,
                "saas",
                external.name,
                place,
                "",
                external.category,
                {"icon": external.icon} if external.icon else {},
            )
        if program and "." not in to:
            return self._one([s for s in self._services if s.id != node.id], program, None)
        return None

    def _one(self, candidates: list[Node], program: str, port: Json) -> Node | None:
        distinct = {s.id: s for s in candidates}
        if program:
            distinct = {i: s for i, s in distinct.items() if s.attributes.get("program") == program}
        elif port:
            distinct = {i: s for i, s in distinct.items() if self._listens(s, port)}
        return next(iter(distinct.values())) if len(distinct) == 1 else None

    def _listens(self, service: Node, port: Json) -> bool:
        published = [p.split("/")[0].split(":") for p in strings(service.attributes.get("ports"))]
        if published:
            return any(str(port) in parts[-2:] for parts in published)
        program = self._context.catalog.software.named(str(service.attributes.get("program") or ""))
        return program is not None and port in program.ports


def _entries(value: Json) -> list[dict[str, Json]]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def _place(connection: dict[str, Json], node: Node) -> Source:
    line = connection.get("line")
    return Source(
        str(connection.get("path") or node.source.path),
        line if isinstance(line, int) and line > 0 else node.source.line,
    )
