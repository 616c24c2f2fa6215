"""pipeline: from a change over the checks and builds to the environments and what each job applies there."""

from __future__ import annotations

from archdoc.model.diagram import Direction, Shape
from archdoc.model.facts import EdgeKind, Node, NodeKind, scope_of
from archdoc.model.graph import Graph
from archdoc.views.cloudpipelines import draw_cloud_pipelines
from archdoc.views.sketch import Sketch
from archdoc.views.terraform_blocks import Roots
from archdoc.views.words import first_of

_REACHES = (EdgeKind.RUNS, EdgeKind.DEPLOYS_TO)


def draw(graph: Graph, sketch: Sketch) -> None:
    """What starts each workflow, its jobs in order, and the environments, roots and playbooks that they reach."""
    sketch.direction = Direction.RIGHT
    workflows = list(graph.nodes(NodeKind.WORKFLOW))
    draw_cloud_pipelines(graph, sketch)
    if not any(not w.attributes.get("local") for w in workflows):
        sketch.missing("No workflow of GitHub or GitLab was found.")
    drawn = {workflow.id: _draw_workflow(graph, sketch, workflow) for workflow in workflows}
    for workflow in workflows:
        _draw_triggers(graph, sketch, workflow, drawn)
        for job in _jobs(graph, workflow):
            for edge in graph.edges_from(job.id, EdgeKind.CALLS):
                if edge.target in drawn:
                    sketch.arrow(job.id, drawn[edge.target], edge)
                else:
                    called = graph.node(edge.target)
                    sketch.box(called, called.name, "reusable workflow")
                    sketch.arrow(job.id, called.id, edge)
    _draw_targets(graph, sketch)
    reaching = any(True for _ in graph.edges(*_REACHES))
    if workflows and not reaching:
        sketch.missing("No job was found that applies Terraform or runs a playbook, and none names an environment.")


def _draw_workflow(graph: Graph, sketch: Sketch, workflow: Node) -> str:
    """The id of what stands for a workflow: the frame around its jobs, or the one box that is all of it."""
    jobs = _jobs(graph, workflow)
    if workflow.attributes.get("local"):
        names = first_of(_title(job) for job in jobs)
        place = "on the developer's machine"
        return sketch.box(workflow, workflow.name, names, place, shape=Shape.STEP, more=jobs)
    if not jobs:
        return sketch.box(workflow, workflow.name, "workflow", shape=Shape.STEP)
    if len(jobs) == 1:
        title = _title(jobs[0])
        return sketch.box(jobs[0], workflow.name, title if title != workflow.name else "workflow", more=(workflow,))
    frame = sketch.frame(workflow.id, workflow.name, node=workflow)
    for job in jobs:
        sketch.box(job, _title(job), cluster=frame)
    for job in jobs:
        for edge in graph.edges_from(job.id, EdgeKind.NEEDS):
            # the arrow follows time: the job that is needed comes first
            sketch.arrow(edge.target, job.id, edge, kind="then")
    return frame


def _jobs(graph: Graph, workflow: Node) -> list[Node]:
    return [n for n in graph.targets(workflow.id, EdgeKind.CONTAINS) if n.kind is NodeKind.CI_JOB]


def _title(job: Node) -> str:
    return str(job.attributes.get("title") or job.name)


def _draw_triggers(graph: Graph, sketch: Sketch, workflow: Node, drawn: dict[str, str]) -> None:
    """One box for each event and filter, whichever workflows it starts."""
    for edge in graph.edges_to(workflow.id, EdgeKind.TRIGGERS):
        trigger = graph.node(edge.source)
        lines = (trigger.name, _filter(trigger))
        before = [e for e in graph.edges_to(trigger.id, EdgeKind.TRIGGERS) if e.source in drawn]
        box = sketch.box(trigger, *lines, box_id=trigger.id if before else f"on:{' '.join(lines).strip()}")
        sketch.arrow(box, drawn[workflow.id], edge)
        for earlier in before:
            sketch.arrow(drawn[earlier.source], box, earlier)


def _filter(trigger: Node) -> str:
    for key, said in (("branches", ""), ("tags", "tags ")):
        values = trigger.attributes.get(key)
        if isinstance(values, list) and values:
            return said + first_of(str(v) for v in values)
    return ""


def _draw_targets(graph: Graph, sketch: Sketch) -> None:
    """Environments, Terraform roots and playbooks, behind the jobs that reach them."""
    roots = Roots(graph)
    for edge in graph.edges(*_REACHES):
        if not sketch.has(edge.source):
            continue
        target = graph.node(edge.target)
        if target.kind is NodeKind.ENVIRONMENT:
            sketch.box(target, target.name, "environment", cluster=sketch.frame("environments", "Environments"))
        elif target.kind is NodeKind.ROOT:
            frame = sketch.frame("roots", "Terraform")
            sketch.box(target, roots.label(scope_of(target)), "root module", cluster=frame)
        else:
            name = target.source.path.rsplit("/", 1)[-1] if target.kind is NodeKind.PLAYBOOK else target.name
            kind = target.kind.value.replace("_", " ")
            frame = sketch.frame("playbooks", "Ansible") if target.kind is NodeKind.PLAYBOOK else ""
            sketch.box(target, name, kind, cluster=frame)
        sketch.arrow(edge.source, edge.target, edge, label=str(edge.attributes.get("command") or ""))
