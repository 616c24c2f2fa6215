"""Committed pages against the pages that the code gives, told in the language of infrastructure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archdoc.drift.finding import Finding, found
from archdoc.drift.snapshot import Snapshot, source_of

_QUIET = frozenset({"source", "evidence"})
"""Fields that say where a thing stands, not what it is: a moved line is no change of the architecture."""


def compare_snapshots(committed: Snapshot, current: Snapshot) -> list[Finding]:
    """What the code has and the pages lack, what the pages have and the code lacks, and what changed."""
    findings = []
    for node_id in sorted(current.nodes.keys() - committed.nodes.keys()):
        node = current.nodes[node_id]
        findings.append(
            found(
                "DR001",
                f"{_title(node)} ({source_of(node)}) is in the code and not in the published pages",
                source_of(node),
                subject=node_id,
            )
        )
    for node_id in sorted(committed.nodes.keys() - current.nodes.keys()):
        node = committed.nodes[node_id]
        findings.append(
            found(
                "DR002",
                f"{_title(node)} ({source_of(node)}) is published and no longer in the code",
                source_of(node),
                subject=node_id,
            )
        )
    for node_id in sorted(current.nodes.keys() & committed.nodes.keys()):
        changes = _changes(committed.nodes[node_id], current.nodes[node_id])
        if changes:
            node = current.nodes[node_id]
            findings.append(
                found(
                    "DR003",
                    f"{_title(node)} ({source_of(node)}) changed: {'; '.join(changes)}",
                    source_of(node),
                    subject=node_id,
                )
            )
    findings += _compare_edges(committed, current)
    return findings


def _compare_edges(committed: Snapshot, current: Snapshot) -> list[Finding]:
    findings = []
    gone = committed.nodes.keys() - current.nodes.keys()
    new = current.nodes.keys() - committed.nodes.keys()
    for key in sorted(current.edges.keys() - committed.edges.keys()):
        if key[0] in new or key[1] in new:
            continue  # said with the node
        edge = current.edges[key]
        findings.append(
            found(
                "DR004",
                f"{_arrow(edge, current)} ({source_of(edge)}) is in the code and not in the published pages",
                source_of(edge),
            )
        )
    for key in sorted(committed.edges.keys() - current.edges.keys()):
        if key[0] in gone or key[1] in gone:
            continue
        edge = committed.edges[key]
        findings.append(
            found(
                "DR005",
                f"{_arrow(edge, committed)} ({source_of(edge)}) is published and no longer in the code",
                source_of(edge),
            )
        )
    return findings


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    changes: list[str] = []
    for key in sorted((before.keys() | after.keys()) - _QUIET):
        changes += _describe(key, before.get(key), after.get(key))
    return changes


def _describe(path: str, before: Any, after: Any) -> list[str]:
    """Leaf by leaf; lines of code inside attributes are places, not content."""
    if before == after:
        return []
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        inner: list[str] = []
        for key in sorted(before.keys() | after.keys()):
            if key not in ("line", "end_line"):
                inner += _describe(f"{path}.{key}", before.get(key), after.get(key))
        return inner
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return [c for i, (b, a) in enumerate(zip(before, after, strict=True)) for c in _describe(f"{path}[{i}]", b, a)]
    label = path.removeprefix("attributes.").removeprefix("values.")
    return [f"{label}: {_short(before)} → {_short(after)}"]


def _short(value: Any) -> str:
    text = "(none)" if value is None else str(value).replace("\n", " ")
    return text if len(text) <= 60 else text[:57] + "…"


def _title(node: Mapping[str, Any]) -> str:
    name = str(node.get("address") or node.get("name") or node["id"])
    return (
        name
        if node["kind"] in ("resource", "data_source", "module")
        else f"{str(node['kind']).replace('_', ' ')} {name}"
    )


def _arrow(edge: Mapping[str, Any], snapshot: Snapshot) -> str:
    ends = [_title(snapshot.nodes[i]) if i in snapshot.nodes else i for i in (edge["source"], edge["target"])]
    return f"{ends[0]} → {ends[1]} ({str(edge['kind']).replace('_', ' ')})"
