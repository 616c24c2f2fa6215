"""Delivery: who may change what is running, and where Terraform remembers it."""

from __future__ import annotations

from collections.abc import Iterator

from archdoc.lint.registry import Context, Hit, rule
from archdoc.model.facts import EdgeKind, NodeKind
from archdoc.model.problem import Severity


@rule("LI050", "change without an environment", Severity.NOTE, "give the job an environment with a reviewer")
def ungated(context: Context) -> Iterator[Hit]:
    """A CI job changes infrastructure and belongs to no environment, so that nobody can be asked before it runs and
    its secrets are open to every other job. What a job does by calling a workflow is up to the jobs of that."""
    graph = context.graph
    for job in graph.nodes(NodeKind.CI_JOB):
        runs = [e for e in graph.edges_from(job.id, EdgeKind.RUNS) if e.attributes.get("does") == "change"]
        called = [n for w in graph.targets(job.id, EdgeKind.CALLS) for n in graph.targets(w.id, EdgeKind.CONTAINS)]
        if runs and not any(graph.targets(n.id, EdgeKind.DEPLOYS_TO) for n in (job, *called)):
            what = graph.node(runs[0].target)
            words = f"changes {what.address or what.name or what.id} and belongs to no environment"
            yield Hit(job, words, runs[0].evidence[0])


@rule("LI051", "state on somebody's disk", Severity.NOTE, "add a backend block")
def local_state(context: Context) -> Iterator[Hit]:
    """The root module configures providers and makes resources, and has no remote backend: its state, with every secret
    in it, lies where somebody ran Terraform last, and nobody else can continue. Found only where other roots of the
    repository have a backend."""
    graph = context.graph
    roots = list(graph.nodes(NodeKind.ROOT))
    if not any(isinstance(r.attributes.get("backend"), dict) for r in roots):
        return
    configured = {_root_of(p.id) for p in graph.nodes(NodeKind.PROVIDER) if not p.attributes.get("implicit")}
    making = {_root_of(r.id) for r in graph.nodes(NodeKind.RESOURCE)}
    for root in roots:
        backend = root.attributes.get("backend")
        kind = backend.get("type") if isinstance(backend, dict) else None
        if kind in (None, "local") and _root_of(root.id) in configured & making:
            yield Hit(root, "keeps its state on the disk of whoever runs it")


def _root_of(node_id: str) -> str:
    """``tf:terraform@production`` of ``tf:terraform@production:hcloud_server.web``."""
    return ":".join(node_id.split(":")[:2])
