"""What was not read: code from elsewhere, files of kinds that archdoc has no reader for, rules that it cannot read.

Whatever a drawing says is missing may stand there, so that it is said beside it.
"""

from __future__ import annotations

from archdoc.model.facts import EdgeKind, NodeKind, Source
from archdoc.model.graph import Graph
from archdoc.views.words import first_of

_NO_READER = "CFG003"
_NOT_OPENED = frozenset({"FS001", "FS002", "FS005", "TF001", "ANS001", "CI001", "CFG001"})
"""Problems of files that are there and could not be read, whole or in part."""
_MOST = 6


def unread(graph: Graph) -> str:
    """A sentence that names what was not read, or "" where all was."""
    parts: list[str] = []
    roles = sorted(n.name for n in graph.nodes(NodeKind.EXTERNAL) if n.type == "role")
    if roles:
        parts.append(f"roles from elsewhere ({first_of(roles, _MOST)})")
    modules = [n for n in graph.nodes(NodeKind.MODULE) if n.attributes.get("external")]
    sources = sorted({str(n.attributes.get("source") or n.name) for n in modules})
    if sources:
        parts.append(f"modules from elsewhere ({first_of(sources, _MOST)})")
    problems = graph.problems()
    parts += [p.message.partition(": ")[2] for p in problems if p.code == _NO_READER]
    files = sorted({p.source.path for p in problems if p.code in _NOT_OPENED})
    if files:
        parts.append(f"files with errors ({first_of(files, _MOST)})")
    return f"Not read, so that what is in it may be missing here: {'; '.join(parts)}." if parts else ""


def unread_rules(graph: Graph) -> list[Source]:
    """The places of rules of hosts' firewalls that could not be read."""
    edges = [e for e in graph.edges(EdgeKind.PROTECTS) if e.attributes.get("unread")]
    return sorted({e.evidence[0] for e in edges})
