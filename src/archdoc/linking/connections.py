"""What services say to each other: addresses in their configuration lead to the service behind them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from archdoc.linking.finder import SELF, Finder, entries, has_own_network, place_in
from archdoc.linking.placement import strings
from archdoc.linking.rules import Context, Fact, rule
from archdoc.linking.terraform_facts import is_live, role_of
from archdoc.model.facts import Category, Edge, EdgeKind, Json, Node, NodeKind, Provenance, Source
from archdoc.model.problem import Problem, Severity


@rule("services.connections")
def connections(context: Context) -> Iterable[Fact]:
    """An address in a service's configuration leads to the service behind it.

    Tried in this order: a name of the same Compose project or of a container on the same machine, or, where nothing
    says which machine, in a network that several Compose files share (``external: true``); a host by its name,
    address or DNS name, and the service on it that listens on the port or is the program of the address's scheme
    (``postgres://``), or on every host of a group whose hosts are not known; a load balancer or managed database of the
    same repository by its DNS name; a known service on the internet (catalog). What answers to nothing, or to two, is
    drawn to nothing, nor is the address under which others reach the service itself (``PUBLIC_URL``, ``SHOP_HOST`` of
    the service ``shop``). Example:
    ``DATABASE_URL=postgres://db-1.internal/app`` and PostgreSQL on the host ``db-1.internal``.
    """
    finder = Finder(context)
    for node, kind, connection in _told(context):
        target = finder.find(node, connection)
        if target is None or _is_own(context, node, connection, target):
            continue
        if target.id not in context.graph:
            yield target
        guessed = "{{" in str(connection.get("to")) or finder.is_sharing(node, target)
        provenance = Provenance.INFERRED if guessed else Provenance.DERIVED
        yield _edge(node, target, kind, connection, provenance, "services.connections")


@rule("services.container-labels")
def container_labels(context: Context) -> Iterable[Fact]:
    """Traefik leads to the containers of its machine whose labels say under which names, from whichever Compose file.

    That is so for the one Traefik on the machines of the container; where nothing places the two, for the one in its
    directory, else in a network that their Compose files share; not for one whose file says that it does not ask
    Docker. Example: ``labels: ["traefik.http.routers.shop.rule=Host(`shop.example.com`)"]`` in ``shop.yml`` beside
    ``traefik.yml``.
    """
    finder = Finder(context)
    for node in context.graph.nodes(NodeKind.SERVICE):
        routed = node.attributes.get("routed")
        proxies = _proxies(finder.beside(node)) or _proxies(finder.sharing(node))
        if not isinstance(routed, dict) or len(proxies) != 1 or proxies[0].id == node.id:
            continue
        proxy = proxies[0]
        asks = strings(proxy.attributes.get("providers"))
        if node.id in {n.id for n in context.graph.targets(proxy.id, EdgeKind.CONNECTS_TO)} or (
            asks and not {"docker", "swarm", "podman"} & {*asks}
        ):
            continue
        attributes = {key: value for key, value in routed.items() if key not in ("path", "line")}
        place = (place_in(routed, node),)
        yield Edge(
            proxy.id,
            node.id,
            EdgeKind.CONNECTS_TO,
            place,
            Provenance.INFERRED,
            "services.container-labels",
            attributes,
        )


def _proxies(services: list[Node]) -> list[Node]:
    """Those that read the labels of containers."""
    return [s for s in services if s.attributes.get("program") == "traefik"]


@rule("services.to-host")
def to_host(context: Context) -> Iterable[Fact]:
    """An address leads to the host that it names, where none of the services known there can be meant.

    No service of the host is the program that the scheme or the variable speaks of, or listens on the port; or more
    than one may. An expression that names one group leads to the group. What listens on a port of the service's own
    machine, and is not known, is a Problem. Example: ``MYSQL_HOST=db-1`` where only PostgreSQL is known to run on the
    host ``db-1``.
    """
    finder = Finder(context)
    for node, kind, connection in _told(context):
        if finder.find(node, connection) is not None:
            continue
        place = finder.place(node, connection)
        to, local = str(connection.get("to") or ""), place is not None and finder.is_at(node, place)
        if local or (to in SELF and to and not has_own_network(node)):
            if connection.get("port") and not _is_own_address(context, node, connection):
                yield _unknown_listener(node, connection)
        elif place is not None and not _is_own_address(context, node, connection):
            yield _edge(
                node, place, kind, connection, Provenance.INFERRED, "services.to-host", finder.wanted(connection)
            )


@rule("monitoring.store-outside")
def store_outside(context: Context) -> Iterable[Fact]:
    """A log shipper that sends to a host that nothing in the repository has sends to a store outside of it.

    The store is drawn by the name of its host. Example: ``clients: [{url: 'https://logs.example.net/loki/api/v1/push'}]``
    of promtail.
    """
    finder = Finder(context)
    for node, kind, connection in _told(context):
        to = str(connection.get("to") or "").strip(".").lower()
        if kind is not EdgeKind.SHIPS_LOGS_TO or to in SELF or "{" in to or "$" in to or finder.is_beside(node, to):
            continue
        if finder.find(node, connection) is None and finder.place(node, connection) is None:
            place = place_in(connection, node)
            store = Node(f"external:logs:{to}", NodeKind.EXTERNAL, "log_store", to, place, "", Category.LOGGING)
            yield store
            yield _edge(node, store, kind, connection, Provenance.DERIVED, "monitoring.store-outside")


def _told(context: Context) -> Iterator[tuple[Node, EdgeKind, dict[str, Json]]]:
    """What services say that they connect to, and send logs to."""
    for node in context.graph.nodes(NodeKind.SERVICE):
        for key, kind in (("connections", EdgeKind.CONNECTS_TO), ("outputs", EdgeKind.SHIPS_LOGS_TO)):
            for connection in entries(node.attributes.get(key)):
                yield node, kind, connection


def _edge(
    node: Node,
    target: Node,
    kind: EdgeKind,
    connection: dict[str, Json],
    provenance: Provenance,
    name: str,
    program: str = "",
) -> Edge:
    attributes: dict[str, Json] = {k: connection[k] for k in ("scheme", "port", "via", "login") if connection.get(k)}
    if program:
        attributes["program"] = program
    return Edge(node.id, target.id, kind, (place_in(connection, node),), provenance, name, attributes)


def _unknown_listener(node: Node, connection: dict[str, Json]) -> Problem:
    via, port = str(connection.get("via") or "its configuration"), connection.get("port")
    message = f"{node.name} connects to port {port} of its own machine ({via}), and what listens there is not known"
    return Problem(Severity.NOTE, "LN013", message, place_in(connection, node))


@rule("services.reads-address")
def reads_address(context: Context) -> Iterable[Fact]:
    """A machine, container or function that is given the address of a managed database, cache, queue or search, or of
    other containers, connects to it.

    The argument must read an address (``endpoint``, ``host``, ``url`` …) and not only an id; by the ARN of a function
    others call it. Example:
    ``aws_lambda_function`` with ``DB_HOST = aws_db_instance.app.address`` in its environment.
    """
    for edge in list(context.graph.edges(EdgeKind.REFERENCES)):
        source, target = context.graph.node(edge.source), context.graph.node(edge.target)
        read = str(edge.attributes.get("reads") or "")
        calls = role_of(source) == role_of(target) == "workload" and read.endswith("arn")
        if not calls and not _ADDRESS.search(read):
            continue
        runs = source.category in (Category.COMPUTE, Category.CONTAINER, Category.SERVERLESS)
        answers = (
            target.category in (Category.DATABASE, Category.CACHE, Category.MESSAGING) or role_of(target) == "workload"
        )
        if (
            runs
            and answers
            and source.id != target.id
            and target.kind is NodeKind.RESOURCE
            and is_live(source)
            and is_live(target)
        ):
            attributes: dict[str, Json] = {"via": str(edge.attributes.get("attribute") or "")}
            yield Edge(
                source.id,
                target.id,
                EdgeKind.CONNECTS_TO,
                edge.evidence,
                Provenance.DERIVED,
                "services.reads-address",
                attributes,
            )


_ADDRESS = re.compile(
    r"address|endpoint|host|fqdn|\burl\b|\buri\b|_ur[il]\b|connection_string|brokers|dns_name|private_ip|"
    r"cache_nodes"
)


@rule("network.wireguard")
def wireguard(context: Context) -> Iterable[Fact]:
    """A peer in a host's WireGuard configuration is a tunnel from the host to the machine that the peer is.

    The machine is the one that the endpoint names, else the one whose own tunnel address is among the allowed ones. An
    endpoint that nothing in the repository has is drawn as it is named. Example:
    ``[Peer] Endpoint = vpn.example.org:51820`` on ``web-1`` and the host ``vpn.example.org``.
    """
    finder = Finder(context)
    inside: dict[str, set[str]] = {}
    for node in context.graph.nodes(NodeKind.SERVICE):
        for entry in entries(node.attributes.get("tunnel_addresses")):
            inside.setdefault(str(entry.get("address")), set()).update(strings(entry.get("hosts")))
    for node in context.graph.nodes(NodeKind.SERVICE):
        for peer in entries(node.attributes.get("peers")):
            place = place_in(peer, node)
            for target in _peers(context, finder, inside, peer, place):
                attributes: dict[str, Json] = {
                    "via": "wireguard",
                    **({"port": peer["port"]} if peer.get("port") else {}),
                }
                for host in strings(peer.get("hosts")):
                    if host in context.graph and host != target.id:
                        yield target
                        yield Edge(
                            host,
                            target.id,
                            EdgeKind.CONNECTS_TO,
                            (place,),
                            Provenance.DERIVED,
                            "network.wireguard",
                            attributes,
                        )


def _peers(
    context: Context, finder: Finder, inside: dict[str, set[str]], peer: dict[str, Json], place: Source
) -> list[Node]:
    to = str(peer.get("to") or "")
    machine = finder.machine(to) if to else None
    if machine is not None:
        return [machine]
    own = {h for a in strings(peer.get("allowed")) for h in inside.get(a.split("/")[0], ()) if h in context.graph}
    if len(own) == 1:
        return [context.graph.node(next(iter(own)))]
    if to and not own:
        return [Node(f"external:peer:{to}", NodeKind.EXTERNAL, "peer", to, place, "", Category.NETWORK)]
    return []


def _is_own(context: Context, node: Node, connection: dict[str, Json], target: Node) -> bool:
    """Whether an address is the one under which others reach the service itself: by the name of its variable, or as
    a load balancer that leads back to its machines."""
    if target.kind is NodeKind.SERVICE and target.id == node.id:
        return True
    if _is_own_address(context, node, connection, is_service=target.kind is NodeKind.SERVICE):
        return True
    machines = {m.id for m in context.graph.targets(node.id, EdgeKind.RUNS_ON)}
    machines |= {s.id for m in machines for s in context.graph.targets(m, EdgeKind.SAME_AS)}
    return target.kind is NodeKind.RESOURCE and any(
        n.id in machines for n in context.graph.targets(target.id, EdgeKind.ROUTES_TO)
    )


def _is_own_address(context: Context, node: Node, connection: dict[str, Json], is_service: bool = False) -> bool:
    """Whether the name of a variable says that its address is the service's own: it is called after the service
    (``SHOP_HOST`` of ``shop``); or, where another service does not answer there, it is one of those that are."""
    via = str(connection.get("via") or "")
    about = via.lower().split("_")[:-1] if via.isupper() else []  # an environment variable
    if about and "".join(about) in {re.sub(r"[^a-z0-9]", "", n.lower()) for n in (node.name, node.type)}:
        return True
    known = context.catalog.outside.variable(via)
    return not is_service and known is not None and known.holds == "own"


RULES = (connections, container_labels, to_host, store_outside, reads_address, wireguard)
