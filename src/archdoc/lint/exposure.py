"""What the whole internet may reach."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from archdoc.catalog import Catalog
from archdoc.lint.registry import Context, Hit, rule
from archdoc.model.facts import Category, Edge, EdgeKind, NodeKind
from archdoc.model.problem import Severity

_INTERNET = "external:internet"
_DATA = frozenset({Category.DATABASE, Category.CACHE})
_SHELLS = frozenset({"ssh"})
_EVERYTHING = frozenset({"any", "tcp", "udp", "0-65535/tcp", "1-65535/tcp", "0-65535/udp", "1-65535/udp"})
_SPAN = re.compile(r"(\d+)(?:\s*[-:]\s*(\d+))?")
_MOST = 1_000
"""Ports of one opening beyond which it is said to be wide, and no port is named."""


@dataclass(frozen=True, slots=True)
class _Opening:
    """An edge from the internet, its ports, and whether they are all ports."""

    edge: Edge
    ports: frozenset[int]
    wide: bool


@rule("LI020", "database port open to the world", Severity.ERROR, "let in only the machines that use the database")
def open_database(context: Context) -> Iterator[Hit]:
    """A firewall lets the whole internet reach a port on which a database or a cache listens by default. Such ports
    are found within minutes, and what listens there is not made to be found."""
    known = {
        port: program.title or program.name
        for port in sorted({p for o in _openings(context) for p in o.ports})
        for program in context.catalog.software.on_port(port)[:1]
        if program.category in _DATA and program.ports[:1] == (port,)
    }
    return _reachable(context, known)


@rule("LI021", "shell open to the world", Severity.WARNING, "let in only a bastion or a VPN")
def open_shell(context: Context) -> Iterator[Hit]:
    """A firewall lets the whole internet try keys and passwords at a remote shell."""
    return _reachable(context, _shells(context.catalog))


@rule("LI022", "every port open to the world", Severity.ERROR, "open only the ports that are meant to be reached")
def open_wide(context: Context) -> Iterator[Hit]:
    """A firewall lets the whole internet reach all ports, as if there were none."""
    seen = set()
    for opening in _openings(context):
        if opening.wide and opening.edge.target not in seen:
            seen.add(opening.edge.target)
            words = f"can be reached from the internet at every port ({opening.edge.attributes.get('ports')})"
            yield Hit(context.graph.node(opening.edge.target), words, opening.edge.evidence[0])


@rule("LI023", "firewall that protects nothing", Severity.NOTE, "attach it, or delete it")
def idle_firewall(context: Context) -> Iterator[Hit]:
    """The firewall or security group is made and attached to nothing, so that its rules do nothing."""
    graph = context.graph
    for node in graph.nodes(NodeKind.RESOURCE):
        if node.attributes.get("network_role") != "firewall" or node.attributes.get("disabled"):
            continue
        used = [*graph.edges_from(node.id, EdgeKind.PROTECTS), *graph.edges_to(node.id, EdgeKind.REFERENCES)]
        if not used:
            yield Hit(node, "protects nothing")


def _openings(context: Context) -> list[_Opening]:
    if _INTERNET not in context.graph:
        return []
    found = []
    for edge in context.graph.edges_from(_INTERNET, EdgeKind.ALLOWS):
        label = str(edge.attributes.get("ports", ""))
        protocol = str(edge.attributes.get("protocol", ""))
        ports = _ports(label) if protocol in ("", "any", "tcp", "udp") else frozenset()
        wide = label in _EVERYTHING or len(ports) > 60_000
        found.append(_Opening(edge, frozenset() if len(ports) > _MOST else ports, wide))
    return found


def _ports(label: str) -> frozenset[int]:
    found: set[int] = set()
    for first, last in _SPAN.findall(label.partition("/")[0]):
        start, end = int(first), int(last or first)
        if 0 <= start <= end <= 65_535:
            found.update(range(start, end + 1))
    return frozenset(found)


def _shells(catalog: Catalog) -> dict[int, str]:
    found: dict[int, str] = {}
    for program in catalog.software.all:
        if program.kind in _SHELLS and program.ports:
            found.setdefault(program.ports[0], program.kind.upper())
    return found


def _reachable(context: Context, known: dict[int, str]) -> Iterator[Hit]:
    seen = set()
    for opening in _openings(context):
        for port in sorted(opening.ports & known.keys()):
            if (opening.edge.target, port) not in seen:
                seen.add((opening.edge.target, port))
                words = f"can be reached from the internet at port {port} ({known[port]})"
                yield Hit(context.graph.node(opening.edge.target), words, opening.edge.evidence[0])
