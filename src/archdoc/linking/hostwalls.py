"""Protection that Ansible puts on hosts: firewalls with their rules, fail2ban, hardening; and what both layers, that
of the cloud and that of the host, let through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from archdoc.linking.finder import Finder
from archdoc.linking.hostrules import Chains, is_local, is_open, is_wall, lets_in, origins, ports_of
from archdoc.linking.outside import INTERNET, anyone
from archdoc.linking.placement import Placement, signals
from archdoc.linking.ranges import Ranges
from archdoc.linking.rules import Context, Fact, rule
from archdoc.linking.terraform_facts import is_server, role_of
from archdoc.linking.wallsources import Said, in_files, in_tasks
from archdoc.model.facts import Category, Edge, EdgeKind, Json, Node, NodeKind, Provenance, Source, scope_of
from archdoc.model.problem import Problem, Severity

_HOST_RULES = ("security.host-firewall", "security.firewall-files")


@rule("security.host-firewall")
def host_firewall(context: Context) -> Iterable[Fact]:
    """A task that opens a port with ufw, firewalld, iptables or nftables allows it on the hosts it is run on.

    The source is what the task names: a machine by its address; a network or load balancer of the configuration that
    makes the hosts, by its range or address; else the range; the interface or zone that the rule is bound to; the
    internet when it names none, or whoever reaches the host where that is known by a private address alone. What comes
    from the machine itself or answers it opens nothing. A rule in a chain of its own counts where another one leads
    from the input to it. The role, play or task file that holds such a task protects those hosts. A port that is known
    only when the play runs, and a rule that cannot be read, are
    Problems. Example: ``ufw: rule=allow port=22 proto=tcp from_ip=10.0.0.0/8``.
    """
    placement = Placement(context.graph)
    found = list(in_tasks(context, placement))
    in_chains = any(said.rule.get("chain") for said in found)
    every = [*found, *in_files(context, placement)] if in_chains else found
    return _walls(context, placement, found, every, "security.host-firewall")


@rule("security.firewall-files")
def firewall_files(context: Context) -> Iterable[Fact]:
    """A file of rules that a task puts on hosts is a firewall of theirs, and what its rules let in is allowed.

    Read are what ``iptables-save`` and ``nft -f`` take, scripts and lists of commands of iptables, nft, ufw and
    firewall-cmd, rules of ufw, zones of firewalld, as templates, copies, blocks or single lines; from user data of
    Terraform too. Of other files of firewalls (pf, shorewall) it is known that they are there, which is a Problem.
    Sources as for ``security.host-firewall``. Example: ``lineinfile`` with
    ``path: /etc/iptables.d/web.rules`` and ``line: -A INPUT -p tcp --dport 80 -j ACCEPT``.
    """
    placement = Placement(context.graph)
    found = list(in_files(context, placement))
    every = [*found, *in_tasks(context, placement)] if found else []
    return _walls(context, placement, found, every, "security.firewall-files")


def _walls(context: Context, placement: Placement, found: list[Said], every: list[Said], name: str) -> Iterator[Fact]:
    """The edges of some rules; ``every`` are all, whose chains they may stand in."""
    finder, chains, inside = Finder(context), Chains(), _Inside(context, placement)
    for said in every:
        chains.add(said.rule, said.machines)
    for said in found:
        if not is_wall(said.rule):
            continue
        unread, unknown, ports = False, False, []
        for way in chains.ways(said.rule, said.machines) if lets_in(said.rule) else ():
            if is_local(way):
                continue
            if way.get("unread"):
                unread = True
            elif is_open(ports_of(way)["ports"]):
                message = f"the firewall opens {ports_of(way)['ports']}, which is known only when the play runs"
                hint = "set its variables in [ansible] variables of archdoc.toml"
                yield Problem(Severity.NOTE, "LN011", message, said.place, hint)
                unknown = True
            else:
                ports += [(origin, ports_of(way)) for origin in origins(way, said.place, finder)]
        if said.rule.get("unread") and "rule" not in said.rule:
            unread = True
        if unread:
            yield _unread(said)
        yield from _edges(context, said, unread or unknown, ports, name, inside)


def _unread(said: Said) -> Problem:
    message = "this rule of a firewall is not read; what it lets in is in no drawing"
    return Problem(Severity.NOTE, "LN012", message, said.place, "declare what it lets in, in archdoc.toml")


def _edges(
    context: Context,
    said: Said,
    unread: bool,
    ports: list[tuple[Node, dict[str, Json]]],
    name: str,
    inside: _Inside,
) -> Iterator[Fact]:
    provenance = Provenance.INFERRED if said.guess else Provenance.DERIVED
    attributes: dict[str, Json] = {"unread": True} if unread else {}
    for target, evidence in said.reached:
        places = tuple(dict.fromkeys((said.place, *evidence)))
        if target != said.owner.id:
            yield Edge(said.owner.id, target, EdgeKind.PROTECTS, places, Provenance.DERIVED, name, attributes)
        else:
            current = context.graph.node(target)
            walls: dict[str, Json] = {"own_firewall": "unread" if unread else "read"}
            kept = current.attributes.get("own_firewall") == "unread"
            if not kept:
                context.graph.replace_node(replace(current, attributes={**current.attributes, **walls}))
        for named, opening in ports:
            origin = inside.known(named, target)
            if origin.id not in context.graph:
                yield origin
            if origin.id != target:
                given: dict[str, Json] = {"range": named.name} if named.id not in (origin.id, INTERNET) else {}
                yield Edge(origin.id, target, EdgeKind.ALLOWS, places, provenance, name, {**opening, **given})


class _Inside:
    """What a range of a rule is among what the configuration has that makes the machines of the rule."""

    def __init__(self, context: Context, placement: Placement) -> None:
        self._catalog = context.catalog
        self._graph = placement.graph
        self._ranges = Ranges(placement.graph)
        self._placement = placement

    def known(self, origin: Node, target: str) -> Node:
        """The network or load balancer that has the range of an origin, else the origin itself; who everybody is."""
        if origin.type not in ("range", "internet"):
            return origin
        machines = [self._graph.node(i) for i in self._placement.machines(target)]
        if origin.id == INTERNET:
            return anyone(self._graph, self._catalog, machines, origin.source)
        servers = [s for m in machines for s in (m, *self._graph.targets(m.id, EdgeKind.SAME_AS))]
        owner = self._ranges.owner(origin.name, (scope_of(s) for s in servers if s.kind is NodeKind.RESOURCE))
        return self._graph.node(owner) if owner is not None else origin


@rule("security.firewall-service")
def firewall_services(context: Context) -> Iterable[Fact]:
    """A firewall's program that runs on a host protects it, where no rule of it was read: its rules are elsewhere, in
    a role that is not in the repository, or made by hand. So does such a role that is named after a firewall.

    Example: ``roles: [somebody.ufw]`` of a play for ``web``, and no role of that name in the repository.
    """
    graph, placement = context.graph, Placement(context.graph)
    walled = {
        machine
        for edge in graph.edges(EdgeKind.PROTECTS)
        if edge.rule in _HOST_RULES
        for machine in placement.machines(edge.target)
    }
    unread: dict[str, Json] = {"unread": True}
    for source, place, edge in (*_programs(context), *_outside_roles(context, placement)):
        if not placement.machines(edge.target) <= walled:
            places = tuple(dict.fromkeys((place, *edge.evidence)))
            name = "security.firewall-service"
            yield Edge(source, edge.target, EdgeKind.PROTECTS, places, Provenance.INFERRED, name, unread)


def _programs(context: Context) -> Iterator[tuple[str, Source, Edge]]:
    """The programs of firewalls, with where they run."""
    for service in context.graph.nodes(NodeKind.SERVICE):
        if service.attributes.get("kind") == "firewall":
            for edge in context.graph.edges_from(service.id, EdgeKind.RUNS_ON):
                yield service.id, service.source, edge


def _outside_roles(context: Context, placement: Placement) -> Iterator[tuple[str, Source, Edge]]:
    """Roles from elsewhere that are named after a firewall, with what their plays are for."""
    for role in context.graph.nodes(NodeKind.EXTERNAL):
        if role.type != "role":
            continue
        program = context.catalog.software.in_name(role.name)
        drawn = program is not None and not program.background
        if not drawn and ("firewall" in role.name.lower() or (program is not None and program.kind == "firewall")):
            for edge in placement.targets(role.id):
                yield role.id, role.source, edge


@rule("security.layers")
def layers(context: Context) -> Iterable[Fact]:
    """A role or service of a security program (fail2ban, a host firewall, TLS, a secret store) belongs to a layer of
    the security drawing, by the catalog's category of the program that it is named after or sets up.

    A role that sets up another program and opens its ports on the way (a web server) protects nothing. Makes no edge.
    Example: the role ``fail2ban``, or a service of it, is in the host layer.
    """
    for node in list(context.graph.nodes(NodeKind.ROLE, NodeKind.SERVICE)):
        if node.attributes.get("security_layer"):
            continue
        layer = _layer(context, node)
        if layer:
            context.graph.replace_node(replace(node, attributes={**node.attributes, "security_layer": layer}))
    return ()


@rule("exposure.effective")
def effective(context: Context) -> Iterable[Fact]:
    """What the internet reaches on a machine is what both its firewalls let through, where both are known: that of the
    cloud (rules from ``exposure.firewall-rules``) and that of the host (``security.host-firewall``,
    ``security.firewall-files``); one whose rules could not all be read is known only where the cloud lets nothing in.

    Put on the machine as ``attributes.exposed`` (``["22/tcp", "443/tcp"]``); a machine of which one layer is not known
    has none. Makes no edge. Example: a security group that opens 22 and 443, and ``ufw`` that opens 443 and 8080,
    expose 443 alone.
    """
    graph = context.graph
    placement = Placement(graph)
    walls: dict[str, set[str]] = {}
    unread: set[str] = set()
    for edge in graph.edges(EdgeKind.PROTECTS):
        if edge.rule in _HOST_RULES:
            for machine in placement.machines(edge.target):
                walls.setdefault(machine, set())
                unread |= {machine} if edge.attributes.get("unread") else set()
    for edge in graph.edges_from(INTERNET, EdgeKind.ALLOWS) if INTERNET in graph else ():
        if edge.rule in _HOST_RULES:
            for machine in placement.machines(edge.target):
                walls.setdefault(machine, set()).add(str(edge.attributes.get("ports") or ""))
    for node in list(graph.nodes(NodeKind.RESOURCE)):
        guards = [graph.node(e.source) for e in graph.edges_to(node.id, EdgeKind.PROTECTS)]
        firewalls = [g for g in guards if role_of(g) == "firewall"]
        if not is_server(node) or not firewalls or node.id not in walls:
            continue
        cloud = {
            str(e.attributes.get("ports") or "")
            for e in graph.edges_to(node.id, EdgeKind.ALLOWS)
            if e.source == INTERNET and e.rule == "exposure.firewall-rules"
        }
        if cloud and node.id in unread:
            continue
        both = sorted(_both(cloud, walls[node.id]), key=lambda p: (p.first, p.protocol))
        shown: list[Json] = [*dict.fromkeys(str(p) for p in both)]
        for joined in (node, *graph.sources(node.id, EdgeKind.SAME_AS)):
            current = graph.node(joined.id)
            graph.replace_node(replace(current, attributes={**current.attributes, "exposed": [*shown]}))
    return ()


RULES = (host_firewall, firewall_files, firewall_services, layers, effective)


@dataclass(frozen=True, slots=True)
class _Ports:
    """A range of ports of a protocol; ``any`` protocol fits all."""

    first: int
    last: int
    protocol: str

    def __str__(self) -> str:
        if (self.first, self.last) == (0, 65535):
            return self.protocol
        ports = str(self.first) if self.first == self.last else f"{self.first}-{self.last}"
        return f"{ports}/{self.protocol}" if self.protocol != "any" else ports


def _both(one: set[str], other: set[str]) -> Iterator[_Ports]:
    for here in (p for label in one for p in _parsed(label)):
        for there in (p for label in other for p in _parsed(label)):
            first, last = max(here.first, there.first), min(here.last, there.last)
            if first <= last and (here.protocol == there.protocol or "any" in (here.protocol, there.protocol)):
                yield _Ports(first, last, here.protocol if there.protocol == "any" else there.protocol)


def _parsed(label: str) -> Iterator[_Ports]:
    """The ranges of a label: ``22/tcp``, ``8000-8100,9000/udp``, ``tcp``, ``any``."""
    listed, slash, protocol = label.partition("/")
    if not slash and not listed[:1].isdigit():
        listed, protocol = "", listed
    for part in listed.split(",") if listed else [""]:
        first, _, last = part.strip().replace(":", "-").partition("-")
        if not first:
            yield _Ports(0, 65535, protocol or "any")
        elif first.isdigit() and (last or first).isdigit():
            yield _Ports(int(first), int(last or first), protocol or "any")


_LAYER_OF_KIND = {"certificate": "application", "secret_store": "data", "disk_encryption": "data"}


def _layer(context: Context, node: Node) -> str:
    program = (
        context.catalog.software.named(str(node.attributes.get("program") or ""))
        if node.attributes.get("program")
        else None
    )
    if program is not None and program.category is Category.SECURITY:
        return _LAYER_OF_KIND.get(program.kind, "host")
    if program is not None and program.category is Category.IDENTITY:
        return "application"
    if node.kind is NodeKind.ROLE:
        found = {str(s.get("signal")) for s in signals(node) if s.get("signal") != "firewall" or is_wall(s)}
        used = [context.catalog.software.named(str(s.get("program"))) for s in signals(node) if s.get("program")]
        if any(program.kind == "disk_encryption" for program in used if program is not None):
            return "data"
        if "certificate" in found:
            return "application"
        if "kernel" in found and "user" in found:
            return "host"
        if found & {"firewall", "ssh"} and not _serves(context, node):
            return "host"
    return ""


def _serves(context: Context, role: Node) -> bool:
    """Whether a role sets up programs, and none of them is there for security."""
    programs = context.graph.targets(role.id, EdgeKind.DEPLOYS)
    return bool(programs) and all(p.category is not Category.SECURITY for p in programs)
