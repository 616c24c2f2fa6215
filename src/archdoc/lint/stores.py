"""Data: backed up, somewhere else, and restored once."""

from __future__ import annotations

from collections.abc import Iterator

from archdoc.lint.registry import Context, Hit, rule
from archdoc.model.facts import Category, EdgeKind, Node, NodeKind
from archdoc.model.graph import Graph
from archdoc.model.problem import Severity


def data_stores(graph: Graph) -> list[Node]:
    """Databases, as programs and as services of a provider; each once."""
    services = (n for n in graph.nodes(NodeKind.SERVICE) if not n.attributes.get("same_as"))
    resources = (
        n
        for n in graph.nodes(NodeKind.RESOURCE)
        if not n.attributes.get("plumbing") and not n.attributes.get("disabled")
    )
    return [n for n in (*services, *resources) if n.category is Category.DATABASE]


def backup_jobs(graph: Graph) -> list[Node]:
    """Jobs that back something up."""
    return [j for j in graph.nodes(NodeKind.JOB) if any(True for _ in graph.edges_from(j.id, EdgeKind.BACKS_UP))]


@rule(
    "LI010",
    "database without a backup",
    Severity.WARNING,
    "name it in a backup job, or switch on the provider's backups",
)
def not_backed_up(context: Context) -> Iterator[Hit]:
    """No backup job names the database, no backup takes the whole machine, and the provider is not told to keep
    backups: what is lost with the machine is lost. Nothing is found of a copy of another database, and of one whose
    retention is known only when applied."""
    graph = context.graph
    return (
        Hit(store, "is in no backup")
        for store in data_stores(graph)
        if not store.attributes.get("backup") and not _is_backed_up(graph, store)
    )


@rule("LI011", "backup on the machine itself", Severity.WARNING, "add a repository on another machine")
def kept_at_home(context: Context) -> Iterator[Hit]:
    """Every repository of the backup job is a path on the machine that it backs up. Fire, theft and ransomware take
    both."""
    graph = context.graph
    for job in backup_jobs(graph):
        remote = [s.attributes.get("remote") for s in graph.targets(job.id, EdgeKind.STORES_IN)]
        if remote and all(r is False for r in remote):
            yield Hit(job, "keeps its backups on the machine itself")


@rule("LI012", "backup that nobody tries", Severity.NOTE, "add a job that restores or checks it")
def never_tried(context: Context) -> Iterator[Hit]:
    """The code has nothing that restores the backup, and nothing that checks it. A backup that was never restored is a
    hope."""
    graph = context.graph
    for job in backup_jobs(graph):
        ids = [job.id, *(s.id for s in graph.targets(job.id, EdgeKind.STORES_IN))]
        tried = (EdgeKind.RESTORES, EdgeKind.VERIFIES)
        if len(ids) > 1 and not any(True for i in ids for _ in graph.edges_to(i, *tried)):
            yield Hit(job, "is neither restored nor verified by anything")


def _is_backed_up(graph: Graph, store: Node) -> bool:
    if any(_has_backup(graph, n) for n in (store, *graph.targets(store.id, EdgeKind.STORES_IN))):
        return True
    around = [store, *graph.sources(store.id, EdgeKind.SAME_AS), *graph.targets(store.id, EdgeKind.SAME_AS)]
    on = [m for n in around for m in graph.targets(n.id, EdgeKind.RUNS_ON)]
    return bool(on) and all(
        _has_backup(graph, m) or any(_has_backup(graph, s) for s in graph.targets(m.id, EdgeKind.SAME_AS)) for m in on
    )


def _has_backup(graph: Graph, node: Node) -> bool:
    return any(True for _ in graph.edges_to(node.id, EdgeKind.BACKS_UP))
