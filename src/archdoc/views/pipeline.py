"""pipeline: from a change over the checks and builds to the environments and what each job applies there."""

from __future__ import annotations

from archdoc.model.diagram import Direction
from archdoc.model.facts import EdgeKind, Node, NodeKind
from archdoc.model.graph import Graph
from archdoc.views.sketch import Sketch

_EDGES = (EdgeKind.TRIGGERS, EdgeKind.NEEDS, EdgeKind.DEPLOYS_TO, EdgeKind.RUNS, EdgeKind.CALLS)


def draw(graph: Graph, sketch: Sketch) -> None:
    """One frame per workflow with its jobs in order; triggers before it, environments and targets behind."""
    sketch.direction = Direction.RIGHT
    workflows = list(graph.nodes(NodeKind.WORKFLOW))
    if not workflows:
        sketch.note("The code has no CI workflow.")
    for workflow in workflows:
        _draw_workflow(graph, sketch, workflow)
    for edge in graph.edges(EdgeKind.RUNS, EdgeKind.DEPLOYS_TO):
        if not sketch.has(edge.source):
            continue
        target = graph.node(edge.target)
        if target.kind is NodeKind.ENVIRONMENT:
            sketch.box(target, target.name, "environment")
        else:
            kind = "Terraform root" if target.kind is NodeKind.ROOT else "playbook"
            sketch.box(
                target, target.source.path.rsplit("/", 1)[-1] if target.kind is NodeKind.PLAYBOOK else target.name, kind
            )
        sketch.arrow(edge.source, edge.target, edge, label=str(edge.attributes.get("command") or ""))
    if workflows and not any(True for _ in graph.edges(EdgeKind.RUNS, EdgeKind.DEPLOYS_TO)):
        sketch.note("No job applies Terraform or runs a playbook, and none names an environment.")


def _draw_workflow(graph: Graph, sketch: Sketch, workflow: Node) -> None:
    frame = sketch.frame(workflow.id, workflow.name, node=workflow)
    jobs = [n for n in graph.targets(workflow.id, EdgeKind.CONTAINS) if n.kind is NodeKind.CI_JOB]
    for job in jobs:
        sketch.box(job, str(job.attributes.get("title") or job.name), cluster=frame)
    for job in jobs:
        for edge in graph.edges_from(job.id, EdgeKind.NEEDS):
            # the arrow follows time: the job that is needed comes first
            sketch.arrow(edge.target, job.id, edge, kind="then")
        for edge in graph.edges_from(job.id, EdgeKind.CALLS):
            if not sketch.has(edge.target):
                called = graph.node(edge.target)
                sketch.box(called, called.name, "reusable workflow")
            sketch.arrow(job.id, edge.target, edge)
    for trigger in graph.sources(workflow.id, EdgeKind.TRIGGERS):
        sketch.box(trigger, trigger.name, *_filter(trigger))
        starts = [j for j in jobs if not list(graph.edges_from(j.id, EdgeKind.NEEDS))]
        for edge in graph.edges_from(trigger.id, EdgeKind.TRIGGERS):
            if edge.target == workflow.id:
                for job in starts:
                    sketch.arrow(trigger.id, job.id, edge)


def _filter(trigger: Node) -> tuple[str, ...]:
    branches = trigger.attributes.get("branches")
    return (", ".join(str(b) for b in branches),) if isinstance(branches, list) and branches else ()
