"""What every format's reader works with: the document, the catalog, and how facts are added."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlsplit

from archdoc.catalog import Catalog, Program
from archdoc.model.document import Document
from archdoc.model.facts import Category, Edge, EdgeKind, Json, Node, NodeKind, Provenance, Source
from archdoc.model.graph import Graph
from archdoc.model.problem import Problem, Severity
from archdoc.readers import yamldoor
from archdoc.readers.formats.included import Inclusions
from archdoc.readers.formats.rules import PARTIAL
from archdoc.readers.loose import loose_toml, loose_yaml
from archdoc.readers.secrets import MASK, mask
from archdoc.readers.yamldoor import Mapping, plain

_ADDRESS = re.compile(
    r"^(?:(?P<scheme>[a-z][a-z0-9+.-]*)://)?(?:[^/@\s]*@)?(?P<host>[A-Za-z0-9_.-]+)(?::(?P<port>\d{1,5}))?(?:[/?].*)?$"
)
_OPEN_ADDRESS = re.compile(
    r"^(?:(?P<scheme>[a-z][a-z0-9+.-]*)://)?(?:[^/@\s{]*@)?(?P<host>\{\{[^{}]*\}\})(?::(?P<port>\d{1,5}))?(?:[/?].*)?$"
)
_FILE_WORDS = frozenset({"yml", "yaml", "conf", "sh", "py", "json", "log", "txt", "env", "pem", "crt", "key", "sock"})


@dataclass(frozen=True, slots=True)
class Mount:
    """A file or directory that a container takes in from where it runs: what lies in it belongs to that service."""

    place: tuple[str, str]
    """The scope ("" for the repository itself) and the path."""
    service: str


@dataclass(slots=True)
class Around:
    """What is known beside the one document: where containers take files in, and what other documents hold."""

    mounts: list[Mount] = field(default_factory=list)
    texts: dict[tuple[str, str], Document] = field(default_factory=dict)
    projects: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    """The Compose projects that have a service, by its scope and name."""
    whole: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    """The scopes and Compose projects that say of a service what it runs, by its name."""
    inclusions: Inclusions = field(default_factory=Inclusions)
    """Which Compose files are one project."""
    called: set[tuple[str, str]] = field(default_factory=set)
    """The scripts that a timer or cron entry calls: their backups are jobs of these."""


@dataclass(slots=True)
class Facts:
    """One document being read into a graph."""

    document: Document
    catalog: Catalog
    graph: Graph
    around: Around = field(default_factory=Around)
    at: str = ""
    """The id of the service that the document is about, where its reader found out."""

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

    def key(self, path: str) -> tuple[str, str]:
        """A path on the machine (or in the repository, for a file that nothing places), to be found again."""
        return (self.scope if self.document.placed_by else "", posixpath.normpath(path))

    # -- reading --------------------------------------------------------------------------------------------------

    def yaml(self) -> Any:
        """The document as YAML, as far as it can be read; what cannot is a Problem."""
        content, cut = loose_yaml(self.document.text, self.document.name)
        for line in cut:
            message = (
                f"what begins here is no valid YAML of {self.document.name}, as far as it can be known; it is left out"
            )
            hint = "correct the file, or give archdoc the variables that the template needs"
            self.graph.add_problem(Problem(Severity.WARNING, "CFG001", message, self.line(line), hint))
        return content

    def lines(self) -> Iterator[tuple[int, str]]:
        """The lines of the text, numbered from 1."""
        return enumerate(self.document.text.split("\n"), 1)

    def data(self) -> Any:
        """The document as TOML where its name says that it is, else as YAML."""
        return loose_toml(self.document.text) if self.document.name.endswith(".toml") else self.yaml()

    def place(self, value: Any, default: int = 1) -> Source:
        """Where a value of the parsed document was written."""
        line = yamldoor.line_of(value, default)
        return self.document.source(line, getattr(value, "end_line", line))

    def line(self, number: int) -> Source:
        """Where a line of the document was written."""
        return self.document.source(number)

    def line_with(self, text: str) -> Source:
        """Where the first line that has a text in it was written; the document's first line when none has."""
        return self.line(next((number for number, line in self.lines() if text and text in line), 1))

    def beside(self, path: str) -> Document | None:
        """Another text that lies at a path of the same machine, from the directory of this one."""
        at = posixpath.join(posixpath.dirname(self.document.name), path)
        return self.around.texts.get(self.key(at))

    def matching(self, pattern: str) -> list[Document]:
        """The texts of the same machine whose paths fit a pattern, in the order of their paths."""
        scope, wanted = self.key(pattern)
        known = {path: text for (where, path), text in self.around.texts.items() if where == scope}
        return [known[path] for path in sorted(known) if _fits(path, wanted)]

    # -- adding ---------------------------------------------------------------------------------------------------

    def service(
        self,
        name: str,
        program: Program | None,
        source: Source,
        more: dict[str, Json] | None = None,
        starts: bool = False,
    ) -> Node:
        """Add a service of the document's scope, or add to the one whose container takes the document in.

        ``starts``: the document does not configure a program but says what is to be started (a job of Nomad): that is
        a service of its own, also where a container (the command line's) takes the document in."""
        mounted = None if starts else self._mounted_in()
        node_id = self.at or mounted or f"service:{self.scope}:{name}"
        attributes: dict[str, Json] = {
            "hosts": list(self.document.hosts),
            "owners": list(self.document.owners),
            "scope": self.scope,
            "configured_by": [self.document.name],
            **_hidden(more or {}),
        }
        if self.document.partial:
            attributes["partial"] = True
        category = Category.COMPUTE
        if program is not None:
            attributes |= {"program": program.name, "kind": program.kind, "tier": program.tier}
            if program.icon:
                attributes["icon"] = program.icon
            category = program.category
        type_name = program.name if program else name
        node = Node(node_id, NodeKind.SERVICE, type_name, name, source, "", category, attributes)
        known = self.graph.find(node_id)
        if known is None:
            return self.graph.add_node(node)
        united = replace(
            known,
            attributes=_united(known.attributes, attributes),
            evidence=tuple(dict.fromkeys((*known.evidence, *([source] if source != known.source else [])))),
        )
        self.graph.replace_node(united)
        return united

    @property
    def is_mounted(self) -> bool:
        """Whether a container takes the document in."""
        return self._mounted_in() is not None

    def _mounted_in(self) -> str | None:
        scope, path = self.key(self.document.name)
        found = [m for m in self.around.mounts if m.place[0] == scope and _is_inside(path, m.place[1])]
        longest = max((len(m.place[1]) for m in found), default=0)
        services = {m.service for m in found if len(m.place[1]) == longest}
        return next(iter(services)) if len(services) == 1 else None

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
        """Add a job, store or endpoint; of one that is there already the lists are united."""
        given: dict[str, Json] = {"partial": True} if self.document.partial and kind is NodeKind.JOB else {}
        known = self.graph.find(node_id)
        made = Node(node_id, kind, type_name, name, source, "", category, {**given, **_hidden(attributes or {})})
        node = self.graph.add_node(made)
        if known is not None:
            node = replace(node, attributes=_united(known.attributes, dict(made.attributes)))
            self.graph.replace_node(node)
        return node

    def edge(
        self, source: Node, target: Node, kind: EdgeKind, place: Source, attributes: dict[str, Json] | None = None
    ) -> None:
        """Add an edge between two nodes of the document; a template that did not render whole makes it inferred."""
        if source.id == target.id:
            return
        provenance, rule = (Provenance.DERIVED if self.document.placed_by else Provenance.DECLARED), ""
        if self.document.partial:
            provenance, rule = Provenance.INFERRED, PARTIAL
        self.graph.add_edge(Edge(source.id, target.id, kind, (place,), provenance, rule, _hidden(attributes or {})))

    def connection(self, text: str, via: str, source: Source) -> dict[str, Json] | None:
        """An address in a text, as an unresolved connection; None where there is none."""
        found = address(text)
        if found is None:
            return None
        scheme, host, port = found
        return {"to": host, "port": port, "scheme": scheme, "via": via, "path": source.path, "line": source.line}


def _hidden(attributes: dict[str, Json]) -> dict[str, Json]:
    """What a reader found, credentials in it masked: the last door before the graph."""
    return {name: mask("", value) for name, value in attributes.items()}


def _united(known: Any, more: dict[str, Json]) -> dict[str, Json]:
    """Attributes of two signals of one service: what lists hold is united, else the first one stays."""
    merged: dict[str, Json] = dict(known)
    for key, value in more.items():
        old = merged.get(key)
        if isinstance(old, list) and isinstance(value, list):
            merged[key] = [*old, *(v for v in value if v not in old)]
        else:
            merged.setdefault(key, value)
    return merged


def _fits(path: str, pattern: str) -> bool:
    """Whether a path is one that a pattern of the shell means: ``*`` stands for no ``/``."""
    parts, wanted = path.split("/"), pattern.split("/")
    return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))


def _is_inside(path: str, directory: str) -> bool:
    return path == directory or path.startswith(directory.rstrip("/") + "/")


def address(text: str) -> tuple[str, str, int | None] | None:
    """Scheme, host and port of an address; None for a text that is none.

    A host that only run time knows stays as its expression (``{{ groups['db'] | first }}``).
    """
    text = text.strip().strip("'\"").removeprefix("jdbc:")
    opened = _OPEN_ADDRESS.match(text)
    if opened is not None and (opened["scheme"] or opened["port"]):
        return opened["scheme"] or "", opened["host"], int(opened["port"]) if opened["port"] else None
    if "://" in text:
        try:
            parts = urlsplit(text)
            host = parts.hostname or ""
            port = parts.port
        except ValueError:
            return None
        if not host or any(c in host for c in "{}$<> ") or MASK in host:
            return None
        return parts.scheme, host, port
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


# -- values of parsed documents -----------------------------------------------------------------------------------


def items(value: Any) -> list[Any]:
    """A list as it is; nothing for what is none."""
    return value if isinstance(value, list) else []


def one_or_more(value: Any) -> list[Any]:
    """A list as it is, one value as a list of one, nothing as an empty one."""
    return value if isinstance(value, list) else [] if value in (None, "") else [value]


def mappings(value: Any) -> list[Mapping]:
    """The mappings of a list."""
    return [item for item in items(value) if isinstance(item, Mapping)]


def within(value: Any, *keys: str) -> Any:
    """What stands below keys, one after the other; None where one of them is not there."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def word(value: Any) -> str:
    """A scalar as text; "" for nothing and for what is no scalar."""
    if value is None or isinstance(value, dict | list):
        return ""
    return str(plain(value)).lower() if isinstance(value, bool) else str(plain(value))


def found(*connections: dict[str, Json] | None) -> list[Json]:
    """The connections that there are."""
    return [c for c in connections if c is not None]


Reader = Callable[[Facts], None]
