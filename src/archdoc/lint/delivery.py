"""Delivery: who may change what is running, and where Terraform remembers it."""

from __future__ import annotations

from collections.abc import Iterator

from archdoc.lint.registry import Context, Hit, rule
from archdoc.model.facts import EdgeKind, NodeKind
from archdoc.model.problem import Severity


@rule("LI050", "change without an environment", Severity.NOTE, "give the job an environment with a reviewer")
def ungated(context: Context) -> Iterator[Hit]:
    """A CI job changes infrastructure and belongs to no environment, so that nobody can be asked before it runs and
    its secrets are open to every other job."""
    graph = context.graph
    for job in graph.nodes(NodeKind.CI_JOB):
        runs = [e for e in graph.edges_from(job.id, EdgeKind.RUNS) if e.attributes.get("does") == "change"]
        if runs and not any(True for _ in graph.edges_from(job.id, EdgeKind.DEPLOYS_TO)):
            what = graph.node(runs[0].target)
            words = f"changes {what.address or what.name or what.id} and belongs to no environment"
            yield Hit(job, words, runs[0].evidence[0])


@rule("LI051", "state on somebody's disk", Severity.WARNING, "add a backend block")
def local_state(context: Context) -> Iterator[Hit]:
    """The root module has resources and no remote backend: its state, with every secret in it, lies where somebody ran
    Terraform last, and nobody else can continue. Found only where other roots of the repository have a backend."""
    roots = list(context.graph.nodes(NodeKind.ROOT))
    if not any(isinstance(r.attributes.get("backend"), dict) for r in roots):
        return
    for root in roots:
        backend = root.attributes.get("backend")
        kind = backend.get("type") if isinstance(backend, dict) else None
        prefix = root.id if root.id.endswith(":") else f"{root.id}:"
        has_resources = any(n.id.startswith(prefix) for n in context.graph.nodes(NodeKind.RESOURCE))
        if kind in (None, "local") and has_resources:
            yield Hit(root, "keeps its state on the disk of whoever runs it")
