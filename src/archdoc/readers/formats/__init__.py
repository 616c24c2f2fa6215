"""Configuration files that programs read: Compose, Prometheus, nginx and the like.

Each document is told apart by its path, then by its content, and gives facts: ``service`` nodes
(``service:<scope>:<name>``), ``job``, ``store`` and ``endpoint`` nodes, and edges between what stands in the same
document. What leads out of a document is left as an attribute that linking resolves:

- ``hosts`` and ``owners``: node ids of where the document lands and of who puts it there;
- ``connections``: ``[{"to", "port", "scheme", "via", "path", "line"}]``, addresses that the service talks to;
- ``scrape_jobs``: ``[{"job", "targets", "path", "line"}]`` of a Prometheus;
- ``alertmanagers``, ``datasources``, ``outputs``: addresses, in the same form as connections.
"""

from __future__ import annotations

from collections.abc import Iterable

from archdoc.catalog import Catalog
from archdoc.model.document import Document
from archdoc.model.graph import Graph
from archdoc.readers.formats.find import kind_of, plain_documents
from archdoc.readers.formats.readers import READERS
from archdoc.readers.formats.scope import Facts


def read(documents: Iterable[Document], catalog: Catalog) -> Graph:
    """The facts of all documents that archdoc knows how to read."""
    graph = Graph()
    for document in sorted(documents, key=lambda d: (d.origin, d.name, d.owners, d.hosts)):
        kind = kind_of(document)
        if kind is not None:
            READERS[kind](Facts(document, catalog, graph))
    return graph


__all__ = ["plain_documents", "read"]
