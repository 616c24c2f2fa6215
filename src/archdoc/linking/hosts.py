"""Hosts: which inventory host is which server."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from archdoc.linking.rules import Context, Fact, rule
from archdoc.linking.terraform_facts import is_live, texts, value_of
from archdoc.model.facts import Edge, EdgeKind, Node, NodeKind, Provenance, Source
from archdoc.model.problem import Problem, Severity


@rule("hosts.alias")
def aliases(context: Context) -> Iterable[Fact]:
    """``[aliases]`` of archdoc.toml says which server a host is. Example: ``web1 = "hcloud_server.web[0]"``."""
    servers = {n.address: n for n in _servers(context)}
    for host in context.graph.nodes(NodeKind.HOST):
        address = context.config.aliases.get(host.name)
        if address in servers:
            place = Source("archdoc.toml", 1)
            yield Edge(
                host.id, servers[address].id, EdgeKind.SAME_AS, (place, host.source), Provenance.DECLARED, "hosts.alias"
            )


@rule("hosts.name")
def names(context: Context) -> Iterable[Fact]:
    """A host whose name is the evaluated name of exactly one server is that server.

    The part of the host's name before the first dot counts as well. Two servers of one name decide nothing and are a
    Problem. Example: the host ``web-1`` and ``hcloud_server.web["web-1"]`` with ``name = "web-1"``.
    """
    by_name: dict[str, list[Node]] = {}
    for server in _servers(context):
        for name in {
            str(n) for n in (value_of(server, "name"), value_of(server, "hostname"), _tag(server)) if isinstance(n, str)
        }:
            by_name.setdefault(name.lower(), []).append(server)
    yield from _joined(context, by_name, "hosts.name", lambda host: [host.name, host.name.split(".")[0]])


@rule("hosts.address")
def addresses(context: Context) -> Iterable[Fact]:
    """A host whose address (``ansible_host``, or its own name) exactly one server has is that server.

    Example: ``ansible_host=10.0.2.10`` and ``network { ip = "10.0.2.10" }``.
    """
    by_address: dict[str, list[Node]] = {}
    for server in _servers(context):
        for address in texts(server.attributes.get("addresses")):
            by_address.setdefault(address, []).append(server)
    yield from _joined(
        context, by_address, "hosts.address", lambda host: [str(host.attributes.get("ansible_host") or ""), host.name]
    )


@rule("hosts.key")
def keys(context: Context) -> Iterable[Fact]:
    """A host whose name is the ``for_each`` key of exactly one server is that server.

    Example: the host ``db`` and ``hcloud_server.main["db"]``.
    """
    by_key: dict[str, list[Node]] = {}
    for server in _servers(context):
        key = server.terraform.instance_key if server.terraform else None
        if isinstance(key, str):
            by_key.setdefault(key.lower(), []).append(server)
    yield from _joined(context, by_key, "hosts.key", lambda host: [host.name])


RULES = (aliases, names, addresses, keys)


def _joined(
    context: Context, known: dict[str, list[Node]], name: str, asked: Callable[[Node], list[str]]
) -> Iterable[Fact]:
    """``same_as`` for hosts that are not joined yet, where one server answers."""
    for host in context.graph.nodes(NodeKind.HOST):
        if any(True for _ in context.graph.edges_from(host.id, EdgeKind.SAME_AS)):
            continue
        for question in asked(host):
            servers = known.get(question.lower(), []) if question else []
            servers = _same_environment(host, servers)
            if len(servers) == 1:
                provenance = Provenance.DERIVED if name != "hosts.key" else Provenance.INFERRED
                yield Edge(host.id, servers[0].id, EdgeKind.SAME_AS, (host.source, servers[0].source), provenance, name)
                break
            if len(servers) > 1:
                listed = ", ".join(s.address for s in servers[:5])
                yield Problem(
                    Severity.WARNING,
                    "LN001",
                    f"the host {host.name} may be any of {listed}",
                    host.source,
                    "say which in [aliases] of archdoc.toml",
                )
                break


def _same_environment(host: Node, servers: list[Node]) -> list[Node]:
    """Of servers in several environments, those of the one that the host's inventory or groups name."""
    if len(servers) < 2:
        return servers
    words = " ".join([*texts(host.attributes.get("inventories")), *texts(host.attributes.get("groups"))]).lower()
    fitting = [s for s in servers if str(s.attributes.get("environment") or "\0").lower() in words]
    return fitting or servers


def _servers(context: Context) -> list[Node]:
    return [
        n for n in context.graph.nodes(NodeKind.RESOURCE) if n.attributes.get("network_role") == "server" and is_live(n)
    ]


def _tag(node: Node) -> object:
    tags = value_of(node, "tags")
    return tags.get("Name") if isinstance(tags, dict) else None
