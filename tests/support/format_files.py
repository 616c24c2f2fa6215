"""Reading configuration texts as they lie on a host, and asking the graph for facts with their lines."""

from __future__ import annotations

import textwrap
from typing import Any

from archdoc.catalog import load_catalog
from archdoc.model.document import Document
from archdoc.model.facts import EdgeKind, Json, Source
from archdoc.model.graph import Graph
from archdoc.readers import formats

CATALOG = load_catalog()


def placed(name: str, text: str, partial: bool = False, scope: str = "web") -> Document:
    """A text that a task puts at a path on the hosts of a group; its lines are those of ``templates/<file name>``."""
    origin = Source("templates/" + name.rsplit("/", 1)[-1])
    hosts, owners = (f"ansible:.:group:{scope}",), ("ansible:.:role:app",)
    body = textwrap.dedent(text).lstrip("\n")
    return Document(name, body, origin, (), hosts, owners, Source("tasks/main.yml", 3), partial, scope=scope)


def read(*documents: Document) -> Graph:
    """The facts of some documents."""
    return formats.read(documents, CATALOG)


def attributes(graph: Graph, node_id: str) -> dict[str, Any]:
    """The attributes of a node, as plain data."""
    return dict(graph.node(node_id).attributes)


def edges(graph: Graph, kind: EdgeKind) -> list[tuple[str, str, int]]:
    """The edges of a kind: the two names, and the line of the evidence."""
    return [(graph.node(e.source).name, graph.node(e.target).name, e.evidence[0].line) for e in graph.edges(kind)]


def addresses(listed: Json) -> list[tuple[Json, Json, Json, Json]]:
    """Connections as (to, port, via, line)."""
    assert isinstance(listed, list)
    return [(c["to"], c["port"], c["via"], c["line"]) for c in listed if isinstance(c, dict)]
