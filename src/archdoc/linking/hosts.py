"""Hosts: which inventory host is which server. The rules are tried in the order of ``RULES``; a host that one of them
joins is not asked about again, and where two servers answer nothing is joined."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from archdoc.linking.names import behind, is_address, record_names
from archdoc.linking.rules import Context, Fact, rule
from archdoc.linking.terraform_facts import first_text, is_live, role_of, servers, texts
from archdoc.model.facts import Edge, EdgeKind, Node, NodeKind, Provenance, Source
from archdoc.model.graph import Graph
from archdoc.model.problem import Problem, Severity

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_Known = dict[str, dict[str, tuple[Node, tuple[Source, ...]]]]


@rule("hosts.alias")
def aliases(context: Context) -> Iterable[Fact]:
    """``[aliases]`` of archdoc.toml says which server a host is; this comes before everything that is worked out.

    An alias that names no host or no server of the repository is a Problem. Example:
    ``web1 = "hcloud_server.web[0]"``; where two root modules have that address, its node id ``tf:<root>:<address>``.
    """
    found = servers(context.graph)
    place = Source("archdoc.toml", 1)
    hosts = {n.name: n for n in context.graph.nodes(NodeKind.HOST)}
    for name, address in sorted(context.config.aliases.items()):
        host = hosts.get(name)
        named = [s for s in found if address in (s.address, s.id)]
        if host is not None and len(named) == 1:
            evidence = (place, host.source, named[0].source)
            yield Edge(host.id, named[0].id, EdgeKind.SAME_AS, evidence, Provenance.DECLARED, "hosts.alias")
        else:
            what = f"no host is called {name}" if host is None else f"{len(named)} servers have the address {address}"
            hint = "name a host of an inventory, and a server by its address or its id tf:<root>:<address>"
            yield Problem(Severity.WARNING, "LN004", f"[aliases] {name}: {what}", place, hint)


@rule("hosts.name")
def names(context: Context) -> Iterable[Fact]:
    """A host whose name is the evaluated name of exactly one server is that server.

    A name is what the provider calls one: ``name``, ``label``, ``hostname``, the tag ``Name``. Two servers of one name
    decide nothing and are a Problem. Example: the host ``web-1`` and ``hcloud_server.web["web-1"]`` with
    ``name = "web-1"``.
    """
    yield from _joined(context, _by_name(context), "hosts.name", lambda host: [host.name])


@rule("hosts.dns")
def dns_names(context: Context) -> Iterable[Fact]:
    """A host whose name, or ``ansible_host``, is a DNS record that leads to exactly one server is that server.

    The record may lead there through a floating or elastic address. Example: the host ``bastion.example.org`` and
    ``aws_route53_record`` of that name with ``records = [aws_eip.bastion.public_ip]``, where the address is attached
    to ``aws_instance.bastion``.
    """
    known: _Known = {}
    for record in context.graph.nodes(NodeKind.RESOURCE):
        if role_of(record) != "record" or not is_live(record):
            continue
        reached = [(m, way) for m, way in behind(context.graph, record) if role_of(m) == "server"]
        for name in record_names(context.graph, context.catalog, record) if reached else ():
            for machine, way in reached:
                evidence = (record.source, *(n.source for n in way), machine.source)
                known.setdefault(name, {}).setdefault(machine.id, (machine, evidence))
    yield from _joined(context, known, "hosts.dns", lambda host: [host.name, _address(host)])


@rule("hosts.address")
def addresses(context: Context) -> Iterable[Fact]:
    """A host whose address (``ansible_host``, however set, or its own name) exactly one server has is that server.

    Example: ``ansible_host=10.0.2.10`` and ``network { ip = "10.0.2.10" }``.
    """
    known: _Known = {}
    for server in servers(context.graph):
        for address in texts(server.attributes.get("addresses")):
            known.setdefault(address, {})[server.id] = (server, (server.source,))

    def asked(host: Node) -> list[str]:
        return [t for t in (_address(host), host.name) if is_address(t)]

    yield from _joined(context, known, "hosts.address", asked)


@rule("hosts.key")
def keys(context: Context) -> Iterable[Fact]:
    """A host whose name is the ``for_each`` key of exactly one server is that server.

    Example: the host ``db`` and ``hcloud_server.main["db"]``.
    """
    known: _Known = {}
    for server in servers(context.graph):
        key = server.terraform.instance_key if server.terraform else None
        if isinstance(key, str) and key not in ("?", "*"):
            known.setdefault(key.lower(), {})[server.id] = (server, (server.source,))
    yield from _joined(context, known, "hosts.key", lambda host: [host.name])


@rule("hosts.first-label")
def first_labels(context: Context) -> Iterable[Fact]:
    """A host whose name up to its first dot is the evaluated name of exactly one server is that server.

    Not where a DNS record of the configuration has the host's full name and leads elsewhere, and not where two hosts
    begin alike. Example: ``crater.example.org`` and ``aws_instance.crater`` with the tag ``Name = "crater"``.
    """
    labels: dict[str, set[str]] = {}
    for host in context.graph.nodes(NodeKind.HOST):
        labels.setdefault(host.name.split(".")[0].lower(), set()).add(host.name)
    elsewhere = {
        name
        for record in context.graph.nodes(NodeKind.RESOURCE)
        if role_of(record) == "record" and is_live(record)
        for name in record_names(context.graph, context.catalog, record)
    }

    def asked(host: Node) -> list[str]:
        label = host.name.split(".")[0].lower()
        dotted = "." in host.name and not is_address(host.name)
        return [label] if dotted and len(labels[label]) == 1 and host.name.lower() not in elsewhere else []

    yield from _joined(context, _by_name(context), "hosts.first-label", asked)


@rule("hosts.unjoined")
def unjoined(context: Context) -> Iterable[Fact]:
    """Where a repository has servers and an inventory, each host without a server and each server without a host is
    listed, with the reason. Makes no edge. Example: ``db-1`` of the inventory, and no server with its name or address.
    """
    graph = context.graph
    hosts = [n for n in graph.nodes(NodeKind.HOST) if n.name not in LOCAL]
    found = servers(graph)
    asked = {p.source for p in graph.problems() if p.code == "LN001"}
    inventories = list(graph.nodes(NodeKind.INVENTORY))
    if not found or not (hosts or inventories):
        return
    for host in hosts:
        if not graph.targets(host.id, EdgeKind.SAME_AS) and host.source not in asked:
            message = f"the host {host.name} is no server that the code makes: none has its name, address or DNS name"
            hint = f'if one is: [aliases] "{host.name}" = "<address of the resource>" in archdoc.toml'
            yield Problem(Severity.NOTE, "LN002", message, host.source, hint)
    closed = [i for i in inventories if i.attributes.get("complete") is False]
    for server in found:
        if graph.sources(server.id, EdgeKind.SAME_AS):
            continue
        hint = f'if one is: [aliases] "<host>" = "{server.id}" in archdoc.toml'
        message = f"no inventory host is known to be {server.address}: {_reason(graph, server, closed)}"
        yield Problem(Severity.NOTE, "LN003", message, server.source, hint)


RULES = (aliases, names, dns_names, addresses, keys, first_labels)
LAST = (unjoined,)


def _reason(graph: Graph, server: Node, closed: list[Node]) -> str:
    groups = [g.name for g in graph.targets(server.id, EdgeKind.MEMBER_OF)]
    if server.address.endswith(("[?]", "[*]")):
        return "how many there are, and their keys, is known only when Terraform runs"
    if not closed:
        return "none has its name, key, address or DNS name"
    listed = ", ".join(sorted({i.source.path for i in closed}))
    if not any(i.attributes.get("scripts") for i in closed):
        return f"{listed} lists none that it could be"
    reason = f"hosts are listed by {listed}, which is not run"
    return f"{reason}; by its key it is in the group {', '.join(groups)}" if groups else reason


def _by_name(context: Context) -> _Known:
    known: _Known = {}
    for server in servers(context.graph):
        shape = context.catalog.shapes.server(server.type)
        paths = (*(shape.name if shape else ()), "name", "hostname", "label", "tags.Name")
        for path in dict.fromkeys(paths):
            name = first_text(server, (path,))
            if name:
                known.setdefault(name.lower(), {})[server.id] = (server, (server.source,))
    return known


def _joined(context: Context, known: _Known, name: str, asked: Callable[[Node], list[str]]) -> Iterable[Fact]:
    """``same_as`` for hosts that are not joined yet, where one server answers that is not another host of the same
    inventory already."""
    provenance = Provenance.INFERRED if name in _GUESSES else Provenance.DERIVED
    for host in context.graph.nodes(NodeKind.HOST):
        if host.name in LOCAL or context.graph.targets(host.id, EdgeKind.SAME_AS):
            continue
        for question in asked(host):
            found = known.get(question.lower(), {}) if question else {}
            answers = _same_environment(host, [server for server, _ in found.values()])
            if len(answers) == 1:
                evidence = (host.source, *found[answers[0].id][1])
                yield Edge(host.id, answers[0].id, EdgeKind.SAME_AS, tuple(dict.fromkeys(evidence)), provenance, name)
                break
            if len(answers) > 1:
                yield undecided(host.name, answers, host.source)
                break


_GUESSES = frozenset({"hosts.key", "hosts.first-label"})


def undecided(name: str, answers: list[Node], place: Source) -> Problem:
    """Two candidates decide nothing."""
    roots = {s.terraform.root for s in answers if s.terraform}
    listed = ", ".join(s.address if len(roots) == 1 else s.id.removeprefix("tf:") for s in answers[:5])
    more = f" and {len(answers) - 5} more" if len(answers) > 5 else ""
    hint = "say which in [aliases] of archdoc.toml"
    return Problem(Severity.WARNING, "LN001", f"the host {name} may be any of {listed}{more}", place, hint)


def _same_environment(host: Node, found: list[Node]) -> list[Node]:
    """Of servers in several environments, those of the one that the host's inventory or groups name."""
    if len(found) < 2:
        return found
    words = " ".join([*texts(host.attributes.get("inventories")), *texts(host.attributes.get("groups"))]).lower()
    fitting = [s for s in found if str(s.attributes.get("environment") or "\0").lower() in words]
    return fitting or found


def _address(host: Node) -> str:
    found = host.attributes.get("ansible_host") or host.attributes.get("ansible_ssh_host")
    return found if isinstance(found, str) else ""
