"""Networks: what is inside what, what is attached to what, which way traffic is routed. All from the arguments of
Terraform resources, whose meaning is the catalog's."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from archdoc.catalog import Join, Verb
from archdoc.linking.describe import CONTAINERS, MACHINES, Interfaces, network_of
from archdoc.linking.listeners import Ports
from archdoc.linking.names import record_names
from archdoc.linking.outside import INTERNET, internet
from archdoc.linking.rules import Context, Fact, rule
from archdoc.linking.terraform_facts import follow, is_in_force, is_live, is_store, role_of, texts, values_at
from archdoc.model.facts import Edge, EdgeKind, Json, Node, NodeKind, Provenance, Source

_JOINING = ("attachment",)
_ROUTING = ("record", "load_balancer", "target_group", "listener", "gateway", "cdn", "route")
_REACHED = ("address", "interface", "subnet", "container", "cluster", "workload", "peering")
_ROUTED = (*MACHINES, *_ROUTING, *_REACHED)
_SERVING = ("record", "load_balancer", "target_group", "listener", "cdn")
"""What may have buckets of files behind it."""
_PLAIN = {
    Verb.STORES_IN: EdgeKind.STORES_IN,
    Verb.BACKS_UP: EdgeKind.BACKS_UP,
    Verb.ALERTS: EdgeKind.ALERTS,
    Verb.LOGS_TO: EdgeKind.SHIPS_LOGS_TO,
    Verb.WATCHES: EdgeKind.SCRAPES,
    Verb.PEERS_WITH: EdgeKind.CONNECTS_TO,
}
"""Relations that are edges whatever part their ends play."""
_EDGES = {
    Verb.INSIDE: EdgeKind.CONTAINS,
    Verb.ATTACHED_TO: EdgeKind.ATTACHED_TO,
    Verb.ROUTES_TO: EdgeKind.ROUTES_TO,
    Verb.PROTECTS: EdgeKind.PROTECTS,
    Verb.ENCRYPTS: EdgeKind.PROTECTS,
}
_HOW = {"key": "encryption", "certificate": "tls"}
"""How what is no firewall protects: ``attributes.how`` of the edge."""


@rule("network.arguments")
def arguments(context: Context) -> Iterable[Fact]:
    """An argument that names another resource says how the two belong together.

    ``network_id`` and ``subnet_id`` put a server inside a network, ``server_id`` attaches a volume to it,
    ``target_group_arns`` route to it. Which argument means what is in the catalog (relations.toml); that the
    argument leads to that resource is in the evaluated references. What is said of a network interface is said of its
    server as well. Networks and firewalls that a data source looks up are as good as those that are made here.
    Example: ``hcloud_server.web`` with ``network { network_id = hcloud_network.main.id }`` is inside
    ``hcloud_network.main``.
    """
    maker = _Maker(context, "network.arguments")
    for node in context.graph.nodes(NodeKind.RESOURCE, NodeKind.DATA_SOURCE):
        if not is_live(node) or role_of(node) in _JOINING or not _plays(node):
            continue
        for edge in context.graph.edges_from(node.id, EdgeKind.REFERENCES):
            target = context.graph.node(edge.target)
            if not _plays(target) or not is_live(target):
                continue
            part = context.catalog.resource_type(target.type).role
            relation = context.catalog.relations.find(node.type, str(edge.attributes.get("attribute") or ""), part)
            if relation is None:
                continue
            subject, object_ = (target, node) if relation.reverse else (node, target)
            yield from maker.facts(relation.verb, subject, object_, edge.evidence)


def _plays(node: Node) -> bool:
    """Whether a node is a resource, or something that a data source looks up and that has a part in the network."""
    return node.kind is NodeKind.RESOURCE or (node.kind is NodeKind.DATA_SOURCE and role_of(node) != "")


@rule("network.joins")
def joins(context: Context) -> Iterable[Fact]:
    """A resource that only joins two others is an edge between them, with itself as evidence.

    ``hcloud_server_network`` puts a server inside a network, ``hcloud_volume_attachment`` attaches a volume,
    ``hcloud_load_balancer_target`` routes from a load balancer to a server. Example: a target with
    ``load_balancer_id = hcloud_load_balancer.main.id`` and ``server_id = hcloud_server.web.id``.
    """
    maker = _Maker(context, "network.joins")
    for node in context.graph.nodes(NodeKind.RESOURCE):
        if not is_live(node):
            continue
        for join in context.catalog.relations.joins(node.type):
            more = _ports_of(node, join)
            for subject, evidence in _ends(context, node, join.subject):
                for object_, places in _ends(context, node, join.object):
                    found = tuple(dict.fromkeys((node.source, *evidence, *places)))
                    yield from maker.facts(join.verb, subject, object_, found, more)


def _ports_of(node: Node, join: Join) -> dict[str, Json]:
    """The port of the target that a join states."""
    for path in join.ports:
        for value in values_at(node, path):
            if isinstance(value, int | float) and not isinstance(value, bool):
                return {"target_port": int(value)}
    return {}


def _ends(context: Context, node: Node, paths: tuple[str, ...]) -> list[tuple[Node, tuple[Source, ...]]]:
    """The resources that the first of some arguments names."""
    for path in paths:
        found = [(t, e) for t, e in follow(context.graph, node, path) if is_live(t)]
        if found:
            return found
    return []


class _Maker:
    """Makes the edges of relations, where the parts of both ends allow it."""

    def __init__(self, context: Context, name: str) -> None:
        self._interfaces = Interfaces(context.graph)
        self._context = context
        self._ports = Ports(context)
        self._name = name

    def facts(
        self,
        verb: Verb,
        subject: Node,
        object_: Node,
        evidence: tuple[Source, ...],
        more: dict[str, Json] | None = None,
    ) -> Iterator[Edge]:
        """The edges of one relation: between its ends, and between the machines behind these where an end is an
        interface or a template."""
        if verb is Verb.PROTECTS and not is_in_force(subject):
            return
        for one in (subject, *self._interfaces.get(subject.id, ())):
            for other in (object_, *self._interfaces.get(object_.id, ()), *self._balancers(verb, object_)):
                if one.id != other.id and _fits(verb, one, other):
                    places = evidence
                    if one is not subject:
                        places = (*places, subject.source, one.source)
                    if other is not object_:
                        places = (*places, object_.source, other.source)
                    yield from self._edges(verb, one, other, tuple(dict.fromkeys(places)), more or {})

    def _balancers(self, verb: Verb, node: Node) -> list[Node]:
        """The load balancers of a listener: what protects the one protects the other."""
        if verb is not Verb.PROTECTS or role_of(node) != "listener":
            return []
        paths = [p for shape in self._context.catalog.shapes.listeners(node.type) for p in shape.balancer]
        return [n for p in paths for n, _ in follow(self._context.graph, node, p) if role_of(n) == "load_balancer"]

    def _edges(
        self, verb: Verb, subject: Node, object_: Node, evidence: tuple[Source, ...], more: dict[str, Json]
    ) -> Iterator[Edge]:
        kind = _EDGES.get(verb) or _PLAIN[verb]
        source, target = (object_, subject) if verb is Verb.INSIDE else (subject, object_)
        described = self._ports.of(subject) if verb is Verb.ROUTES_TO else []
        for attributes, places in described or [({}, ())]:
            found = tuple(dict.fromkeys((*evidence, *places)))
            shown: dict[str, Json] = {**attributes, **more}
            if verb is Verb.PEERS_WITH:
                shown["via"] = "peering"
            if kind is EdgeKind.PROTECTS and role_of(source) in _HOW:
                shown["how"] = _HOW[role_of(source)]
            yield Edge(source.id, target.id, kind, found, Provenance.DERIVED, self._name, shown)


def _fits(verb: Verb, subject: Node, object_: Node) -> bool:
    """Whether the parts that two resources play allow the relation."""
    one, other = role_of(subject), role_of(object_)
    if verb is Verb.INSIDE:
        if one == "firewall":  # one that stands in a subnet of its own; a security group is of a whole network
            return other == "subnet"
        return other in CONTAINERS and one not in ("route", "attachment", "rule", "peering", "record")
    if verb is Verb.ATTACHED_TO:
        if other in CONTAINERS:
            return one in ("gateway", "peering")
        return other in (*MACHINES, "gateway", "interface") and one not in ("attachment", "listener", "rule", "route")
    if verb is Verb.ROUTES_TO:
        reached = other in _ROUTED or (one in _SERVING and is_store(object_))
        return one in _ROUTING and reached and not (one == "route" and other in CONTAINERS)
    if verb is Verb.PROTECTS:
        joining = ("firewall", "rule", "attachment", "listener", "route")
        guards = one in ("firewall", "certificate") and other not in joining
        return guards and not (other == "" and object_.attributes.get("plumbing"))
    if verb is Verb.ENCRYPTS:
        return one == "key" and not object_.attributes.get("plumbing") and other not in ("key", "attachment", "rule")
    return verb in _PLAIN and not (verb is Verb.PEERS_WITH and other not in (*CONTAINERS, "gateway"))


@rule("network.subnet-address")
def subnet_of_address(context: Context) -> Iterable[Fact]:
    """A machine that is inside a network, with a known address inside the range of exactly one subnet of that
    network, is inside the subnet.

    Example: ``network { ip = "10.0.2.10" }`` and a subnet ``10.0.2.0/24``. Two subnets that overlap decide nothing.
    """
    graph = context.graph
    subnets: dict[str, list[tuple[Node, ipaddress.IPv4Network | ipaddress.IPv6Network]]] = {}
    for node in graph.nodes(NodeKind.RESOURCE):
        if role_of(node) == "subnet" and (network := network_of(node)):
            for around in graph.sources(node.id, EdgeKind.CONTAINS):
                subnets.setdefault(around.id, []).append((node, network))
    for machine in graph.nodes(NodeKind.RESOURCE):
        if role_of(machine) not in MACHINES or not is_live(machine):
            continue
        for around in graph.sources(machine.id, EdgeKind.CONTAINS):
            found: dict[str, Node] = {}
            for address in texts(machine.attributes.get("addresses")):
                for subnet, network in subnets.get(around.id, ()):
                    if ipaddress.ip_address(address) in network:
                        found[subnet.id] = subnet
            if len(found) == 1:
                subnet = next(iter(found.values()))
                evidence = (machine.source, subnet.source)
                yield Edge(
                    subnet.id, machine.id, EdgeKind.CONTAINS, evidence, Provenance.DERIVED, "network.subnet-address"
                )


@rule("network.record-address")
def record_of_address(context: Context) -> Iterable[Fact]:
    """A DNS record whose content is an address that exactly one machine or load balancer has leads there.

    Example: ``content = "10.0.1.10"`` and a load balancer with that address. The same address in two places
    decides nothing.
    """
    owners: dict[str, set[str]] = {}
    for machine in context.graph.nodes(NodeKind.RESOURCE):
        if role_of(machine) in (*MACHINES, "address") and is_live(machine):
            for address in texts(machine.attributes.get("addresses")):
                owners.setdefault(address, set()).add(machine.id)
    yield from _records(context, owners, "network.record-address")


@rule("network.record-name")
def record_of_name(context: Context) -> Iterable[Fact]:
    """A DNS record whose content is the full name of another record leads to that record.

    Example: ``CNAME www -> app.example.org`` and the record ``app`` of the zone ``example.org``.
    """
    owners: dict[str, set[str]] = {}
    for record in context.graph.nodes(NodeKind.RESOURCE):
        if role_of(record) == "record" and is_live(record):
            for name in record_names(context.graph, context.catalog, record):
                owners.setdefault(name, set()).add(record.id)
    yield from _records(context, owners, "network.record-name")


def _records(context: Context, owners: dict[str, set[str]], name: str) -> Iterator[Edge]:
    for record in context.graph.nodes(NodeKind.RESOURCE):
        shape = context.catalog.shapes.record(record.type)
        if shape is None or not is_live(record) or context.graph.targets(record.id, EdgeKind.ROUTES_TO):
            continue
        for path in shape.content:
            for value in values_at(record, path):
                for text in texts(value):
                    owned = owners.get(text.strip(".").lower(), set()) - {record.id}
                    if len(owned) == 1:
                        target = context.graph.node(next(iter(owned)))
                        evidence = (record.source, target.source)
                        yield Edge(record.id, target.id, EdgeKind.ROUTES_TO, evidence, Provenance.DERIVED, name)


@rule("network.proxied-record")
def proxied_records(context: Context) -> Iterable[Fact]:
    """A record that its provider proxies is where the internet comes in: the provider answers in its place.

    Example: ``cloudflare_dns_record`` with ``proxied = true``.
    """
    for record in context.graph.nodes(NodeKind.RESOURCE):
        if record.attributes.get("proxied") and is_live(record):
            yield internet(record.source)
            evidence = (record.source,)
            yield Edge(INTERNET, record.id, EdgeKind.ROUTES_TO, evidence, Provenance.DERIVED, "network.proxied-record")


@rule("network.through")
def through(context: Context) -> Iterable[Fact]:
    """A balancer, record or CDN leads to the machines and containers behind the listeners, target groups, addresses and
    other records that it leads to, with all of these as evidence.

    Example: ``aws_lb`` with a listener on 443 whose target group has ``aws_instance.web`` leads to the instance on
    ``443/https``.
    """
    graph = context.graph
    direct = {(e.source, e.target) for e in graph.edges(EdgeKind.ROUTES_TO)}
    for node in graph.nodes(NodeKind.RESOURCE):
        if role_of(node) not in ("load_balancer", "record", "cdn") or not is_live(node):
            continue
        waiting: list[tuple[str, dict[str, Json], tuple[Source, ...]]] = [(node.id, {}, ())]
        seen = {node.id}
        while waiting:
            current, attributes, evidence = waiting.pop()
            for edge in _onward(context, current):
                target = graph.node(edge.target if edge.source == current else edge.source)
                described = {**attributes, **{k: v for k, v in edge.attributes.items() if k not in attributes}}
                places = tuple(dict.fromkeys((*evidence, *edge.evidence)))
                if role_of(target) in ("server", "server_group", "load_balancer", "workload") or is_store(target):
                    if (node.id, target.id) not in direct and target.id != node.id:
                        yield Edge(
                            node.id,
                            target.id,
                            EdgeKind.ROUTES_TO,
                            places,
                            Provenance.DERIVED,
                            "network.through",
                            {k: described[k] for k in ("ports", "target_port", "protocol", "tls") if k in described},
                        )
                elif target.id not in seen and role_of(target) in _BETWEEN:
                    seen.add(target.id)
                    waiting.append((target.id, described, places))


_BETWEEN = ("listener", "target_group", "address", "record", "interface")


def _onward(context: Context, node_id: str) -> Iterator[Edge]:
    """The edges that traffic follows from a node: what it is routed to; from an address, what it is attached to."""
    yield from context.graph.edges_from(node_id, EdgeKind.ROUTES_TO)
    if role_of(context.graph.node(node_id)) == "address":
        yield from context.graph.edges_from(node_id, EdgeKind.ATTACHED_TO)


@rule("network.routes")
def routes(context: Context) -> Iterable[Fact]:
    """A subnet is routed to the gateways of the route table that it is associated with.

    The default route to an internet gateway makes the subnet public (``attributes.public``). Example:
    ``aws_route_table_association`` of ``aws_subnet.a`` and a table with
    ``route { cidr_block = "0.0.0.0/0" gateway_id = aws_internet_gateway.main.id }``.
    """
    tables = _Tables(context)
    for subnet, table, evidence in tables.associations():
        for way in tables.ways(table):
            places = tuple(dict.fromkeys((*evidence, *way.evidence)))
            attributes: dict[str, Json] = {"destination": way.destination} if way.destination else {}
            yield Edge(
                subnet.id, way.gateway.id, EdgeKind.ROUTES_TO, places, Provenance.DERIVED, "network.routes", attributes
            )
            if way.destination in _EVERYWHERE and "internet_gateway" in way.gateway.type:
                current = context.graph.node(subnet.id)
                context.graph.replace_node(replace(current, attributes={**current.attributes, "public": True}))


_EVERYWHERE = ("0.0.0.0/0", "::/0")


@dataclass(frozen=True, slots=True)
class _Way:
    gateway: Node
    destination: str
    evidence: tuple[Source, ...]


class _Tables:
    """Route tables: which subnets use them, and where they lead."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._graph = context.graph

    def associations(self) -> Iterator[tuple[Node, Node, tuple[Source, ...]]]:
        """Subnet, table, evidence: through a resource that joins them, or an argument of the subnet."""
        for node in self._graph.nodes(NodeKind.RESOURCE):
            if not is_live(node):
                continue
            if role_of(node) == "subnet":
                for table, evidence in follow(self._graph, node, ""):
                    if "route_table" in table.type and is_live(table):
                        yield node, table, evidence
            elif role_of(node) == "attachment" and "route_table" in node.type:
                ends = [(t, e) for t, e in follow(self._graph, node, "") if is_live(t)]
                for subnet, places in ends:
                    for table, more in ends:
                        if role_of(subnet) == "subnet" and "route_table" in table.type:
                            yield subnet, table, (node.source, *places, *more)

    def ways(self, table: Node) -> Iterator[_Way]:
        """The gateways that a table's own routes, or route resources of it, lead to."""
        for edge in self._graph.edges_from(table.id, EdgeKind.REFERENCES):
            gateway = self._graph.node(edge.target)
            attribute = str(edge.attributes.get("attribute") or "")
            if role_of(gateway) in ("gateway", "peering", "server", "interface") and attribute.startswith("route["):
                index = attribute[len("route[") :].partition("]")[0]
                block = values_at(table, "route")
                number = int(index) if index.isdigit() else -1
                values = block[number] if 0 <= number < len(block) else None
                yield _Way(gateway, _destination(values), (table.source, *edge.evidence))
        for edge in self._graph.edges_to(table.id, EdgeKind.REFERENCES):
            route = self._graph.node(edge.source)
            if role_of(route) == "route" and is_live(route):
                for gateway, evidence in follow(self._graph, route, ""):
                    if role_of(gateway) in ("gateway", "peering", "server", "interface"):
                        yield _Way(gateway, _destination(route.attributes.get("values")), (route.source, *evidence))


def _destination(values: Json) -> str:
    names = ("destination_cidr_block", "cidr_block", "destination_ipv6_cidr_block", "ipv6_cidr_block")
    more = ("address_prefix", "dest_range", "destination")
    found = [values.get(n) for n in (*names, *more)] if isinstance(values, dict) else []
    return next((f for f in found if isinstance(f, str) and f), "")


RULES = (arguments, joins, subnet_of_address, record_of_address, record_of_name, proxied_records, routes)
LAST = (through,)
