"""Configuration files that programs read: Compose, Prometheus, nginx and the like.

Each document is told apart by its path and its content, and gives facts: ``service`` nodes (``service:<scope>:<name>``,
``service:<scope>/<project>:<name>`` where two Compose projects of a scope have a service of one name), ``job``,
``store`` and ``endpoint`` nodes, and edges between what stands in the same document. A file that a Compose service
mounts gives its facts to that service. What leads out of a document is left as an attribute that linking resolves:

- ``hosts`` and ``owners``: node ids of where the document lands and of who puts it there; ``scope``: who runs it;
- ``connections``: ``[{"to", "port", "scheme", "via", "path", "line"}]``, addresses that the service talks to
  (``upstream`` beside, of a proxy);
- ``scrape_jobs``: ``[{"job", "targets", "path", "line"}]`` of a Prometheus or a collector, with ``probes`` (what an
  exporter probes), ``discovery``, ``metrics_path``, ``scheme``, ``labels``;
- ``alertmanagers``, ``datasources``, ``outputs``: addresses, in the same form as connections;
- ``rules``: ``[{"group", "alert" or "record", "severity", "path", "line"}]``; ``routes`` of an Alertmanager:
  ``[{"receiver", "match", "path", "line"}]``; ``inputs`` of what ships logs; ``storage`` of Loki;
- ``server_names``, ``listens``, ``tls``, ``roots`` of a proxy; ``jails`` of fail2ban;
- of jobs ``schedule``, ``tool``, ``sources``, ``retention``, ``databases``, ``command``, ``user``.

``partial`` says that a template did not render whole; edges of such a document are inferred (rules.py).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from archdoc.catalog import Catalog
from archdoc.model.document import Document
from archdoc.model.graph import Graph
from archdoc.readers.formats import compose
from archdoc.readers.formats.find import kind_of, plain_documents
from archdoc.readers.formats.passedover import passed_over
from archdoc.readers.formats.readers import ORDER, READERS
from archdoc.readers.formats.rules import PARTIAL
from archdoc.readers.formats.scope import Around, Facts


def read(documents: Iterable[Document], catalog: Catalog, rules_off: Iterable[str] = ()) -> Graph:
    """The facts of all documents that archdoc knows how to read."""
    graph, around = Graph(), Around()
    skip_partial = PARTIAL in frozenset(rules_off)
    read_as: list[tuple[str, Document]] = []
    for document in _placed_once(sorted(documents, key=lambda d: (d.origin, d.name, d.owners, d.hosts))):
        facts = Facts(document, catalog, graph, around)
        around.texts.setdefault(facts.key(document.name), document)
        kind = kind_of(document)
        if kind is not None and not (skip_partial and document.partial):
            read_as.append((kind, document))
            if kind == "compose":
                compose.scan_includes(facts)
    for kind, document in read_as:
        if kind == "compose":
            compose.scan(Facts(document, catalog, graph, around))
    for kind, document in sorted(read_as, key=lambda pair: ORDER.index(pair[0])):
        READERS[kind](Facts(document, catalog, graph, around))
    return graph


def _placed_once(documents: list[Document]) -> list[Document]:
    """The documents without those of which one play knows where they go and another does not: it is one file."""
    known: dict[tuple[str, str], set[str]] = {}
    for document in documents:
        if "{{" not in document.name:
            known.setdefault((document.origin.path, posixpath.basename(document.name)), set()).update(document.hosts)
    return [
        d
        for d in documents
        if "{{" not in d.name
        or not d.hosts
        or not set(d.hosts) <= known.get((d.origin.path, posixpath.basename(d.name)), set())
    ]


__all__ = ["passed_over", "plain_documents", "read"]
