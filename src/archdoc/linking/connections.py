"""What services say to each other: addresses in their configuration lead to the service behind them."""

from __future__ import annotations

from collections.abc import Iterable

from archdoc.linking.finder import Finder, entries, place_in
from archdoc.linking.rules import Context, Fact, rule
from archdoc.model.facts import Edge, EdgeKind, Json, NodeKind, Provenance


@rule("services.connections")
def connections(context: Context) -> Iterable[Fact]:
    """An address in a service's configuration leads to the service behind it.

    Tried in this order: a name of the same Compose project or of a container on the same machine; a host by its name,
    address or DNS name, and the service on it that listens on the port or is the program of the address's scheme
    (``postgres://``); a load balancer or managed database of the same repository by its DNS name; a known service on
    the internet (catalog). What answers to nothing, or to two, is drawn to nothing. Example:
    ``DATABASE_URL=postgres://db-1.internal/app`` and PostgreSQL on the host ``db-1.internal``.
    """
    finder = Finder(context)
    for node in context.graph.nodes(NodeKind.SERVICE):
        for key in ("connections", "outputs"):
            for connection in entries(node.attributes.get(key)):
                target = finder.find(node, connection)
                if target is None or target.id == node.id:
                    continue
                if target.id not in context.graph:
                    yield target
                kind = EdgeKind.SHIPS_LOGS_TO if key == "outputs" else EdgeKind.CONNECTS_TO
                attributes: dict[str, Json] = {k: connection[k] for k in ("scheme", "port", "via") if connection.get(k)}
                evidence = (place_in(connection, node),)
                yield Edge(node.id, target.id, kind, evidence, Provenance.DERIVED, "services.connections", attributes)


RULES = (connections,)
