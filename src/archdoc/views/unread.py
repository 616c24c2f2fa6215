"""What was not read: code from elsewhere, files of kinds that archdoc has no reader for, rules that it cannot read.

Whatever a drawing says is missing may stand there, so that it is said beside it.
"""

from __future__ import annotations

import re

from archdoc.model.facts import EdgeKind, NodeKind, Source
from archdoc.model.graph import Graph
from archdoc.views.words import first_of

_NO_READER = "CFG003"
_SEVERAL = re.compile(r"(\d+) files \(")
_NOT_OPENED = frozenset({"FS001", "FS002", "FS005", "TF001", "ANS001", "CI001", "CFG001"})
"""Problems of files that are there and could not be read, whole or in part."""
_MOST = 6
_CI = re.compile("pipelines", re.IGNORECASE)
_LIKE_TERRAFORM = re.compile("Terragrunt|CloudFormation|Pulumi|CDK|Bicep|Serverless")
_ONLY = {
    "pipeline": _CI,
    "ansible": re.compile("Puppet|Salt|Chef"),
    "terraform": _LIKE_TERRAFORM,
    "dependencies": _LIKE_TERRAFORM,
}
"""The views that are about one sort of code, with the kinds of files that may stand for it."""
_NEVER = re.compile("pipelines|Docker", re.IGNORECASE)
"""Kinds of files in which nothing is that the other views may miss."""


def unread(graph: Graph, view: str) -> str:
    """A sentence that names what was not read and may have what a view misses, or "" where all was read."""
    parts: list[str] = []
    only = _ONLY.get(view)
    roles = sorted(n.name for n in graph.nodes(NodeKind.EXTERNAL) if n.type == "role")
    if roles and only is None:
        parts.append(f"roles from elsewhere ({first_of(roles, _MOST)})")
    modules = [n for n in graph.nodes(NodeKind.MODULE) if n.attributes.get("external")]
    sources = sorted({str(n.attributes.get("source") or n.name) for n in modules})
    if sources and only in (None, _LIKE_TERRAFORM):
        parts.append(f"modules from elsewhere ({first_of(sources, _MOST)})")
    problems = graph.problems()
    kinds: dict[str, tuple[str, int]] = {}
    for problem in problems:
        kind, _, listed = problem.message.partition(" are not read: ")
        if problem.code == _NO_READER and (only.search(kind) if only else not _NEVER.search(kind)):
            several = _SEVERAL.match(listed)
            path, many = kinds.get(kind, (problem.source.path, 0))
            kinds[kind] = path, many + (int(several[1]) if several else 1)
    parts += [
        f"{kind} ({path if many == 1 else f'{many} files, as {path}'})" for kind, (path, many) in sorted(kinds.items())
    ]
    files = sorted({p.source.path for p in problems if p.code in _NOT_OPENED})
    if files:
        parts.append(f"files with errors ({first_of(files, _MOST)})")
    return f"Not read, so that what is in it may be missing here: {'; '.join(parts)}." if parts else ""


def unread_rules(graph: Graph) -> list[Source]:
    """The places of rules of hosts' firewalls that could not be read."""
    edges = [e for e in graph.edges(EdgeKind.PROTECTS) if e.attributes.get("unread")]
    return sorted({e.evidence[0] for e in edges})
