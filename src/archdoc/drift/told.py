"""What differs between the published graph and today's, as findings in the language of infrastructure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from archdoc.drift.finding import Finding, found
from archdoc.model.change import AttributeChange, Change, EdgeChange, GraphDiff, NodeChange, ProblemChange
from archdoc.model.facts import Node, NodeKind
from archdoc.model.naming import scope_of, title
from archdoc.render.text import short_value

LEAVES = 8
"""Attributes of one thing that are told; the others are counted."""

_VALUES = frozenset({NodeKind.VARIABLE, NodeKind.LOCAL, NodeKind.OUTPUT, NodeKind.PROVIDER})
"""What they do to other things is said with those, so they come last."""


def change_findings(diff: GraphDiff) -> list[Finding]:
    """One finding for each thing and relation; a relation of a thing that came or went is said with the thing."""
    told = {c.node.id for c in diff.nodes if c.change is not Change.CHANGED}
    nodes = sorted(diff.nodes, key=lambda c: (c.node.kind in _VALUES, _NODE_CODES[c.change], c.node.id))
    edges = (c for c in diff.edges if c.edge.source not in told and c.edge.target not in told)
    made = [_node(change) for change in nodes]
    made += sorted((_edge(change) for change in edges), key=Finding.sort_key)
    return [*_once(made), *(_problem(change) for change in diff.problems)]


_NODE_CODES = {Change.ADDED: "DR001", Change.REMOVED: "DR002", Change.CHANGED: "DR003"}
_EDGE_CODES = {Change.ADDED: "DR004", Change.REMOVED: "DR005", Change.CHANGED: "DR007"}


def _node(change: NodeChange) -> Finding:
    node = change.node
    name = f"{title(node)}{scope_of(node)} ({_places(node)})"
    shown = ", ".join(change.views)
    if change.change is Change.ADDED:
        words = f"is not in {shown}" if shown else "is in the code and not in the published pages"
    elif change.change is Change.REMOVED:
        drawn = f"is drawn in {shown}" if shown else "is published"
        words = f"{drawn} and no longer in the code"
    else:
        words = _changed(change.attributes, change.moved_from)
        words += f"; drawn in {shown}" if shown else ""
    return found(_NODE_CODES[change.change], f"{name} {words}", change.source, subject=node.id, views=change.views)


def _edge(change: EdgeChange) -> Finding:
    name = f"{change.said} ({change.source})"
    shown = ", ".join(change.views)
    if change.change is Change.ADDED:
        words = f"is not drawn in {shown}" if shown else "is in the code and not in the published pages"
    elif change.change is Change.REMOVED:
        drawn = f"is drawn in {shown}" if shown else "is published"
        words = f"{drawn} and no longer in the code"
    else:
        words = _changed(change.attributes, "")
        words += f"; drawn in {shown}" if shown else ""
    code = _EDGE_CODES[change.change]
    return found(code, f"{name} {words}", change.source, subject=change.edge.source, views=change.views)


def _problem(change: ProblemChange) -> Finding:
    problem = change.problem
    words = {
        Change.ADDED: "could not be worked out, and the published pages do not say so",
        Change.REMOVED: "is listed as not worked out, and is no longer so",
    }[change.change]
    return found("DR006", f"{problem.source} {words}: {problem.code} {problem.message}", problem.source)


def _changed(leaves: Sequence[AttributeChange], moved_from: str) -> str:
    parts = [f"was called {moved_from}"] if moved_from else []
    parts += [f"{c.path}: {short_value(c.before)} → {short_value(c.after)}" for c in leaves[:LEAVES]]
    if len(leaves) > LEAVES:
        parts.append(f"and {len(leaves) - LEAVES} more")
    return f"changed: {'; '.join(parts)}"


def _places(node: Node) -> str:
    """Where it is written, and for an instance of Terraform's where its key comes from."""
    if node.terraform is None or not node.evidence:
        return str(node.source)
    return f"{node.source}, from {node.evidence[0]}"


def _once(findings: Iterable[Finding]) -> Iterator[Finding]:
    return iter(dict.fromkeys(findings))
