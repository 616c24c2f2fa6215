"""Finds what an address leads to: a service, a host, a resource, or a known service on the internet."""

from __future__ import annotations

import posixpath
import re
from functools import cached_property

from archdoc.linking.names import behind, record_names
from archdoc.linking.placement import Placement, strings
from archdoc.linking.rules import Context
from archdoc.linking.terraform_facts import is_live, role_of, texts
from archdoc.model.facts import EdgeKind, Json, Node, NodeKind, Source
from archdoc.model.graph import Graph

_GROUP = re.compile(r"groups(?:\[['\"]([\w-]+)['\"]\]|\.(?!get\()(\w+)|\.get\(['\"]([\w-]+)['\"])")
_HOST = re.compile(
    r"hostvars\[['\"]([\w.-]+)['\"]\](?:\.|\[['\"])(?=(?:\w*_)?(?:ip|ipv[46]|addr|address|host|fqdn)(?:_|\b))(?!\w*gateway)"
)
"""A variable of another host that is called an address of it."""
LOOPBACK = ("localhost", "127.0.0.1", "::1", "0.0.0.0")
"""What a machine calls itself; in a container with a network of its own, the container."""
_ASKED_BY_PORT = ("exporter", "agent", "log_shipper", "collector")
"""Kinds of programs that no application means that only names their machine (``DB_HOST=db-1``)."""
SELF = (*LOOPBACK, "host.docker.internal", "")


class Finder:
    """Answers for one graph. What it finds depends on the machines that are asked about alone: a service that is
    added elsewhere changes no answer."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._graph = context.graph
        self._placement = Placement(context.graph)
        self._on: dict[str, list[Node]] = {}
        self._machines: dict[str, frozenset[str]] = {}
        self._near: dict[str, list[Node]] = {}
        self._joined: dict[str, list[Node]] = {}
        for service in self._graph.nodes(NodeKind.SERVICE):
            machines = {m for p in self._placement.places(service) for m in self._placement.machines(p)}
            self._machines[service.id] = frozenset(machines)
            for machine in machines:
                self._on.setdefault(machine, []).append(service)
            if not machines:
                self._near.setdefault(_directory(service), []).append(service)
                for network in _shared_networks(service):
                    self._joined.setdefault(network, []).append(service)
        self._names = self._named_machines()

    # -- asking -------------------------------------------------------------------------------------------------

    def find(self, node: Node, connection: dict[str, Json]) -> Node | None:
        """What a connection (``to``, ``port``, ``scheme``) of a service leads to, or None."""
        to = str(connection.get("to") or "").strip(".").lower()
        port, program = connection.get("port"), self.wanted(connection)
        if "{{" in to:
            host = self.host_in(to)
            if host is not None:
                return self.on(host, port, program, connection.get("via"))
            found = [self.on_group(g, port, program) for g in self.groups_in(node, to)]
            return found[0] if len(found) == 1 else None
        beside = [s for s in self.beside(node) if to in _called(s)]
        own = [s for s in beside if _project(s) == _project(node)] or beside
        own = own or [s for s in self.sharing(node) if to in _called(s)]
        if len(own) == 1:
            return own[0]
        if own:
            return None
        if to in LOOPBACK and has_own_network(node):
            return None
        if to in SELF:
            return self._one([s for s in self.beside(node) if s.id != node.id], program, port)
        machine = self.machine(to)
        if machine is not None:
            return self.on(machine, port, program, connection.get("via"))
        return self._resource(to) or self._outside(to, place_in(connection, node))

    def place(self, node: Node, connection: dict[str, Json]) -> Node | None:
        """The machine or group that a connection of a service names, whatever answers there."""
        to = str(connection.get("to") or "").strip(".").lower()
        if "{{" in to:
            groups = self.groups_in(node, to)
            return self.host_in(to) or (groups[0] if len(groups) == 1 else None)
        return None if to in SELF or self.is_beside(node, to) else self.machine(to)

    def is_beside(self, node: Node, name: str) -> bool:
        """Whether a name is one by which a service reaches others on its machines, in its directory or networks."""
        return any(name in _called(s) for s in (*self.beside(node), *self.sharing(node)))

    def is_at(self, node: Node, machine: Node) -> bool:
        """Whether a service runs on a machine, or on one of a group."""
        return not self._placement.machines(machine.id).isdisjoint(self._machines.get(node.id, ()))

    def wanted(self, connection: dict[str, Json]) -> str:
        """The program that a connection is meant for, as its scheme or the name of its variable says."""
        scheme = str(connection.get("scheme") or "")
        known = self._context.catalog.outside.scheme(scheme)
        if known is not None and known.program:
            return known.program
        plugin = self._context.catalog.software.named(scheme) if known is None else None
        if plugin is not None:
            return plugin.name
        variable = self._context.catalog.outside.variable(str(connection.get("via") or ""))
        return variable.program if variable is not None else ""

    def machine(self, name: str) -> Node | None:
        """The host or server that a name or address stands for, where it stands for one."""
        found = self._names.get(name.lower(), {})
        return next(iter(found.values())) if len(found) == 1 else None

    def on(self, machine: Node, port: Json, program: str = "", via: Json = None) -> Node | None:
        """The one service of a machine that listens on a port, or is a program; ``via`` is the variable that asks."""
        key = next(iter(self._placement.machines(machine.id)), machine.id)
        there = self._on.get(key, [])
        if via and not port and not program:
            there = [s for s in there if s.attributes.get("kind") not in _ASKED_BY_PORT]
        return self._one(there, program, port)

    def on_group(self, group: Node, port: Json, program: str = "") -> Node | None:
        """The one service that listens on a port, or is a program, on every machine of a group."""
        wanted = self._placement.machines(group.id)
        candidates = [n for n in self._graph.nodes(NodeKind.SERVICE) if wanted <= self._machines[n.id]]
        return self._one(candidates, program, port) if port or program else None

    def host_in(self, text: str) -> Node | None:
        """The one host that an expression asks for the address of (``hostvars['db-1'].private_ip``)."""
        names = {m[1] for m in _HOST.finditer(text)}
        return self.machine(names.pop()) if len(names) == 1 else None

    def groups_in(self, node: Node, text: str) -> list[Node]:
        """The groups that an expression names (``groups['db'][0]``), of the projects that put a service there."""
        names = [g for m in _GROUP.finditer(text) for g in m.groups() if g]
        placed = (*strings(node.attributes.get("owners")), *strings(node.attributes.get("hosts")))
        projects = sorted({i.split(":", 2)[1] for i in placed if i.startswith("ansible:")})
        found = [self._graph.find(f"ansible:{p}:group:{name}") for name in dict.fromkeys(names) for p in projects]
        return [n for n in found if n is not None]

    def beside(self, node: Node) -> list[Node]:
        """The services on the machines of a service, itself among them; of one that nothing places, those of its own
        directory and the ones around it."""
        machines = self._machines.get(node.id, frozenset())
        if machines:
            found = {s.id: s for m in machines for s in self._on.get(m, ())}
        else:
            own = _directory(node)
            around = [d for d in self._near if _within(d, own) or _within(own, d)]
            found = {s.id: s for d in around for s in self._near[d]}
        return [found[i] for i in sorted(found)]

    def sharing(self, node: Node) -> list[Node]:
        """The containers in a network of a service by its own name, where nothing places them or it: the Compose files
        of one repository that share a network are taken to be for one machine."""
        if self._machines.get(node.id):
            return []
        found = {s.id: s for network in _shared_networks(node) for s in self._joined.get(network, ())}
        return [found[i] for i in sorted(found)]

    def is_sharing(self, node: Node, other: Node) -> bool:
        """Whether a network of a shared name is all that brings two services together."""
        return other.id in {s.id for s in self.sharing(node)} - {s.id for s in self.beside(node)}

    def running(self, where: Node, program: str) -> list[Node]:
        """The services of a program on a machine, or on the machines of a service or job."""
        if where.kind in (NodeKind.SERVICE, NodeKind.JOB):
            machines = {m for p in self._placement.places(where) for m in self._placement.machines(p)}
        else:
            machines = set(self._placement.machines(where.id))
        found = {s.id: s for m in machines for s in self._on.get(m, ()) if s.attributes.get("program") == program}
        return [found[i] for i in sorted(found)]

    def of_program(self, node: Node, *programs: str) -> Node | None:
        """The one service of a program on the machines of a service."""
        return self._one([s for s in self.beside(node) if s.attributes.get("program") in programs], "", None)

    # -- looking ------------------------------------------------------------------------------------------------

    def _one(self, candidates: list[Node], program: str, port: Json) -> Node | None:
        """The one that is meant: of the program, else in front of it; else at the port, or the only one there is."""
        found = {s.id: s for s in candidates}
        if program:
            answering = {i: s for i, s in found.items() if self._answers(s, program)}
            found = answering or {i: s for i, s in found.items() if self._may_lead_to(s, program, port)}
        if port and (len(found) > 1 or not program):
            published = {i: s for i, s in found.items() if _publishes(s, port)}
            found = published or {i: s for i, s in found.items() if self.listens(s, port)}
        if program and len(found) > 1:  # a pooler in front of it, say
            found = {i: s for i, s in found.items() if s.attributes.get("program") == program}
        return next(iter(found.values())) if len(found) == 1 else None

    def _answers(self, service: Node, program: str) -> bool:
        return self._context.catalog.software.answers(str(service.attributes.get("program") or ""), program)

    def _may_lead_to(self, service: Node, program: str, port: Json) -> bool:
        """Whether a service that is none of a program may be what its clients reach: a proxy, or one of which it is
        not known what it is, at their port."""
        known = self._context.catalog.software.named(str(service.attributes.get("program") or ""))
        wanted = self._context.catalog.software.named(program)
        ports = [port] if port else [*(wanted.ports[:1] if wanted else ())]
        return (known is None or known.kind == "proxy") and any(_publishes(service, p) for p in ports)

    def listens(self, service: Node, port: Json) -> bool:
        """Whether a service listens on a port: one that it publishes, else one of its program's."""
        if _publishes(service, port):
            return True
        program = self._context.catalog.software.named(str(service.attributes.get("program") or ""))
        return program is not None and port in (*program.ports, *program.metrics_ports)

    def _resource(self, name: str) -> Node | None:
        """The load balancer, database or cache whose DNS record has this name."""
        found = {n.id: n for record in self._records.get(name, ()) for n, _ in behind(self._graph, record)}
        return next(iter(found.values())) if len(found) == 1 else None

    @cached_property
    def _records(self) -> dict[str, list[Node]]:
        """The DNS records by their names."""
        found: dict[str, list[Node]] = {}
        for record in self._graph.nodes(NodeKind.RESOURCE):
            if role_of(record) == "record" and is_live(record):
                for name in record_names(self._graph, self._context.catalog, record):
                    found.setdefault(name, []).append(record)
        return found

    def _outside(self, name: str, place: Source) -> Node | None:
        known = self._context.catalog.outside.host(name)
        if known is None:
            return None
        attributes: dict[str, Json] = {"icon": known.icon} if known.icon else {}
        return Node(
            f"external:{known.name}", NodeKind.EXTERNAL, "saas", known.name, place, "", known.category, attributes
        )

    def _named_machines(self) -> dict[str, dict[str, Node]]:
        """Hosts and servers by their names, addresses and DNS names."""
        names: dict[str, dict[str, Node]] = {}
        joined: dict[str, Node] = {}
        for host in self._graph.nodes(NodeKind.HOST):
            address = host.attributes.get("ansible_host")
            known = address.values() if isinstance(address, dict) else [address]
            for name in {host.name, *(a for a in known if isinstance(a, str)), *_aliases(host)} - {""}:
                names.setdefault(name.lower(), {})[host.id] = host
            for server in self._graph.targets(host.id, EdgeKind.SAME_AS):
                joined[server.id] = host
        for server in self._graph.nodes(NodeKind.RESOURCE):
            if role_of(server) == "server" and is_live(server):
                machine = joined.get(server.id, server)
                for address in texts(server.attributes.get("addresses")):
                    names.setdefault(address, {})[machine.id] = machine
        for record in self._graph.nodes(NodeKind.RESOURCE):
            if role_of(record) == "record" and is_live(record):
                for machine, _ in behind(self._graph, record):
                    if role_of(machine) == "server":
                        for name in record_names(self._graph, self._context.catalog, record):
                            there = joined.get(machine.id, machine)
                            names.setdefault(name, {})[there.id] = there
        return names


def _aliases(host: Node) -> list[str]:
    """The first part of a host's name, by which others in its network call it."""
    return [host.name.split(".")[0]] if "." in host.name and not host.name[0].isdigit() else []


def has_own_network(service: Node) -> bool:
    """Whether a service of a Compose file has an address of its own, and so a ``localhost`` that is no other's.

    https://docs.docker.com/reference/compose-file/services/#network_mode
    """
    return service.attributes.get("compose") is True and not service.attributes.get("network_mode")


def _publishes(service: Node, port: Json) -> bool:
    published = [p.split("/")[0].split(":") for p in strings(service.attributes.get("ports"))]
    return any(str(port) in parts[-2:] for parts in published)


def _called(service: Node) -> set[str]:
    """The names and addresses by which the services of the same machine or project reach it."""
    said = (service.attributes.get(key) for key in ("program", "hostname", "container_name"))
    options = service.attributes.get("network_options")
    told = options.values() if isinstance(options, dict) else ()
    addresses = (option.get("address") for option in told if isinstance(option, dict))
    return {str(name).lower() for name in (service.name, *said, *addresses) if name}


def _shared_networks(service: Node) -> list[str]:
    """The networks of a Compose service whose names are not made of its project's: they are the same in each file.

    https://docs.docker.com/reference/compose-file/networks/#name
    """
    options = service.attributes.get("network_options")
    found = []
    for key, said in options.items() if isinstance(options, dict) else ():
        if isinstance(said, dict) and (said.get("name") or said.get("external")):
            found.append(str(said.get("name") or key))
    return found


def _project(service: Node) -> tuple[str, ...]:
    return tuple(strings(service.attributes.get("configured_by"))[:1])


def _directory(service: Node) -> str:
    """Where the Compose project of a service begins, else where the service is written."""
    return str(service.attributes.get("project_directory") or posixpath.dirname(service.source.path) or ".")


def _within(inner: str, outer: str) -> bool:
    return outer in (".", inner) or inner.startswith(f"{outer}/")


def entries(value: Json) -> list[dict[str, Json]]:
    """The objects of a list."""
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def place_in(entry: dict[str, Json], node: Node) -> Source:
    """Where an object of a service's attributes was written."""
    line = entry.get("line")
    return Source(
        str(entry.get("path") or node.source.path), line if isinstance(line, int) and line > 0 else node.source.line
    )


def some_of(graph: Graph, service: Node, named: set[str] | None) -> list[str]:
    """Those machines of a service that are named, where others are not; none where all or none of them are."""
    runs = {n.id for n in graph.targets(service.id, EdgeKind.RUNS_ON)}
    return sorted(runs & named) if named is not None and runs - named else []
