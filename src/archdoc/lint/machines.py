"""Machines: watched, protected, configured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archdoc.lint.coverage import has_firewall
from archdoc.lint.registry import Context, Hit, rule
from archdoc.model.facts import EdgeKind, Node, NodeKind
from archdoc.model.graph import Graph
from archdoc.model.problem import Severity
from archdoc.views.gaps import is_guarded_elsewhere
from archdoc.views.watching import agents_on, discoveries, places_of, reached, selves

_CONTROL_NODE = frozenset({"localhost", "127.0.0.1", "::1"})


def hosts(graph: Graph) -> list[Node]:
    """Inventory hosts other than the machine that Ansible runs on."""
    return [n for n in graph.nodes(NodeKind.HOST) if n.name not in _CONTROL_NODE]


def servers(graph: Graph) -> list[Node]:
    """Server resources that are made."""
    found = graph.nodes(NodeKind.RESOURCE)
    return [n for n in found if n.attributes.get("network_role") == "server" and not n.attributes.get("disabled")]


def machines(graph: Graph) -> list[Node]:
    """Every machine once: as an inventory host where it is one."""
    return hosts(graph) + [s for s in servers(graph) if not graph.sources(s.id, EdgeKind.SAME_AS)]


@rule("LI001", "machine that nothing watches", Severity.WARNING, "add it to a scrape job, or install an agent on it")
def unwatched(context: Context) -> Iterable[Hit]:
    """Monitoring scrapes other machines, and neither this one nor anything that runs on it, and no agent is on it:
    when it fails, nobody is told. Where the code has no monitoring at all, or a discovery of which the code does not
    say what it finds, nothing is found."""
    graph = context.graph
    found = machines(graph)
    watched = {m.id for m in found if reached(graph, m, EdgeKind.SCRAPES)}
    if not watched or discoveries(graph):
        return ()
    return (
        Hit(m, "is watched by nothing")
        for m in found
        if m.id not in watched and not agents_on(graph, places_of(graph, m))
    )


@rule("LI002", "machine without a firewall", Severity.WARNING, "attach a firewall to it, or apply one as a role")
def unprotected(context: Context) -> Iterator[Hit]:
    """Neither a firewall of the provider nor one on the host protects the machine, so that every port on which
    something listens can be reached. Nothing is found of a machine with a firewall that other code makes, or that is
    known only when applied."""
    graph = context.graph
    return (
        Hit(m, "has no firewall, neither the provider's nor its own")
        for m in machines(graph)
        if not has_firewall(graph, m) and not any(is_guarded_elsewhere(graph, n) for n in selves(graph, m))
    )


@rule("LI003", "server that nothing configures", Severity.NOTE, "put it into an inventory, or name it in [aliases]")
def unconfigured(context: Context) -> Iterator[Hit]:
    """Terraform makes the server, and no inventory has a host for it, while other servers have one. It is set up by
    hand, by its image, or under a name that archdoc does not recognise."""
    graph = context.graph
    joined = any(True for _ in graph.edges(EdgeKind.SAME_AS))
    return (
        Hit(s, "is in no inventory")
        for s in servers(graph)
        if joined and not any(n.kind is NodeKind.HOST for n in graph.sources(s.id, EdgeKind.SAME_AS))
    )


@rule("LI004", "host without a server", Severity.NOTE, "make it with Terraform, or name its server in [aliases]")
def unmade(context: Context) -> Iterator[Hit]:
    """An inventory has the host, and no Terraform code makes it, while it makes others: the machine exists by hand, or
    no more."""
    graph = context.graph
    joined = any(True for _ in graph.edges(EdgeKind.SAME_AS))
    return (
        Hit(h, "is made by no Terraform code")
        for h in hosts(graph)
        if joined and not graph.targets(h.id, EdgeKind.SAME_AS)
    )
