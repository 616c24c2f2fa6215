"""What every format's reader works with: the document, the catalog, and how facts are added."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from archdoc.catalog import Catalog, Program
from archdoc.model.document import Document
from archdoc.model.facts import Category, Edge, EdgeKind, Json, Node, NodeKind, Provenance, Source
from archdoc.model.graph import Graph
from archdoc.readers import yamldoor
from archdoc.readers.secrets import mask

_EXPRESSION = re.compile(r"\{\{.*?\}\}(?!\})|\{%.*?%\}")
_ADDRESS = re.compile(
    r"^(?:(?P<scheme>[a-z][a-z0-9+.-]*)://)?(?:[^/@\s]*@)?(?P<host>[A-Za-z0-9_.-]+)(?::(?P<port>\d{1,5}))?(?:[/?].*)?$"
)
_FILE_WORDS = frozenset({"yml", "yaml", "conf", "sh", "py", "json", "log", "txt", "env", "pem", "crt", "key", "sock"})


@dataclass(slots=True)
class Facts:
    """One document being read into a graph."""

    document: Document
    catalog: Catalog
    graph: Graph

    @property
    def scope(self) -> str:
        """Who runs what the document configures: the host or group it is put on, the resource that carries it, else
        the directory it lies in."""
        if self.document.scope:
            return self.document.scope
        if self.document.owners:
            _, root, address = self.document.owners[0].split(":", 2)
            return address if root == "." else f"{root}/{address}"
        return posixpath.dirname(self.document.origin.path) or "."

    @property
    def inferred(self) -> bool:
        """Whether something of the document had to be guessed."""
        return self.document.partial

    def yaml(self) -> Any:
        """The document as YAML; leftover expressions are made plain text, broken ends are cut off."""
        text = self.document.text
        parsed = yamldoor.parse(text, self.document.name)
        if parsed.problems:
            text = _EXPRESSION.sub(lambda m: "EXPR" + " " * max(0, len(m[0]) - 4) if "\n" not in m[0] else m[0], text)
            parsed = yamldoor.parse(text, self.document.name)
        if parsed.first is None and parsed.problems:
            lines = text.split("\n")
            cut = parsed.problems[0].source.line - 1
            while cut > 0 and lines[cut - 1][:1] in (" ", "\t", "#", "-", ""):
                cut -= 1
            parsed = yamldoor.parse("\n".join(lines[: max(cut - 1, 0)]), self.document.name)
        return parsed.first

    def place(self, value: Any, default: int = 1) -> Source:
        """Where a value of the parsed document was written."""
        line = yamldoor.line_of(value, default)
        return self.document.source(line, getattr(value, "end_line", line))

    def line(self, number: int) -> Source:
        """Where a line of the document was written."""
        return self.document.source(number)

    def service(self, name: str, program: Program | None, source: Source, more: dict[str, Json] | None = None) -> Node:
        """Add a service of the document's scope."""
        attributes: dict[str, Json] = {
            "hosts": list(self.document.hosts),
            "owners": list(self.document.owners),
            "scope": self.scope,
            "configured_by": [self.document.name],
            **(more or {}),
        }
        category = Category.COMPUTE
        if program is not None:
            attributes |= {"program": program.name, "kind": program.kind, "tier": program.tier}
            if program.icon:
                attributes["icon"] = program.icon
            category = program.category
        node = Node(
            f"service:{self.scope}:{name}",
            NodeKind.SERVICE,
            program.name if program else name,
            name,
            source,
            "",
            category,
            attributes,
        )
        known = self.graph.find(node.id)
        if known is not None:  # another signal of the same service: unite what lists hold
            merged: dict[str, Json] = dict(known.attributes)
            for key, value in attributes.items():
                old = merged.get(key)
                if isinstance(old, list) and isinstance(value, list):
                    merged[key] = [*old, *(v for v in value if v not in old)]
                else:
                    merged.setdefault(key, value)
            self.graph.add_node(node)
            node = Node(
                known.id,
                known.kind,
                known.type,
                known.name,
                known.source,
                "",
                known.category,
                merged,
                (*known.evidence, source),
            )
            self.graph.replace_node(node)
            return node
        return self.graph.add_node(node)

    def add(
        self,
        kind: NodeKind,
        node_id: str,
        type_name: str,
        name: str,
        source: Source,
        category: Category,
        attributes: dict[str, Json] | None = None,
    ) -> Node:
        """Add a job, store or endpoint."""
        return self.graph.add_node(Node(node_id, kind, type_name, name, source, "", category, attributes or {}))

    def edge(
        self, source: Node, target: Node, kind: EdgeKind, place: Source, attributes: dict[str, Json] | None = None
    ) -> None:
        """Add an edge between two nodes of the document."""
        provenance = Provenance.DERIVED if self.document.placed_by else Provenance.DECLARED
        self.graph.add_edge(Edge(source.id, target.id, kind, (place,), provenance, "", attributes or {}))

    def connection(self, text: str, via: str, source: Source) -> dict[str, Json] | None:
        """An address in a text, as an unresolved connection; None where there is none."""
        found = address(text)
        if found is None:
            return None
        scheme, host, port = found
        return {"to": host, "port": port, "scheme": scheme, "via": via, "path": source.path, "line": source.line}


def address(text: str) -> tuple[str, str, int | None] | None:
    """Scheme, host and port of an address; None for a text that is none."""
    text = text.strip().strip("'\"")
    if "://" in text:
        try:
            parts = urlsplit(text)
            host = parts.hostname or ""
            port = parts.port
        except ValueError:
            return None
        return (parts.scheme, host, port) if host and "{" not in host and "$" not in host else None
    match = _ADDRESS.match(text)
    if match is None or not match["host"] or match["host"].isdigit():
        return None
    host = match["host"]
    if match["port"] is None and ("." not in host or host.rsplit(".", 1)[-1].lower() in _FILE_WORDS):
        return None
    return "", host, int(match["port"]) if match["port"] else None


def masked(name: str, value: Any) -> Json:
    """A plain value with credentials in it hidden."""
    shown = mask(name, yamldoor.plain(value))
    return shown if isinstance(shown, str | int | float | bool | list | dict) or shown is None else str(shown)
