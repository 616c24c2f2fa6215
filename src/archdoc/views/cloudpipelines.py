"""Pipelines that a provider runs and Terraform describes: their stages in order, and what each of them uses.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/codepipeline
"""

from __future__ import annotations

from dataclasses import replace

from archdoc.model.diagram import Shape
from archdoc.model.facts import Category, Edge, EdgeKind, Json, Node, NodeKind, Provenance, scope_of
from archdoc.model.graph import Graph
from archdoc.views.machines import role_of, value
from archdoc.views.sketch import Sketch, noun_of
from archdoc.views.terraform_blocks import Roots
from archdoc.views.words import first_of

_RUNS = ("workload", "server_group", "server")
"""What a deployment puts a program on."""


def draw_cloud_pipelines(graph: Graph, sketch: Sketch) -> None:
    """Each pipeline as a frame of its stages, with arrows from a stage to the resources that its actions name; from
    these, where they are its source."""
    roots = Roots(graph)
    for node in graph.nodes(NodeKind.RESOURCE):
        stages = _blocks(node.attributes.get("values"), "stage") if node.category is Category.CI else []
        if not stages or node.attributes.get("disabled") or not roots.is_drawn(node):
            continue
        place = roots.label(scope_of(node)) if len(roots.drawn) > 1 else ""
        frame = sketch.frame(node.id, " · ".join(filter(None, (value(node, "name") or node.name, place))), node=node)
        before = ""
        for number, stage in enumerate(stages):
            box_id = f"{node.id}:stage:{number}"
            actions = _blocks(stage, "action")
            lines = (_text(stage, "name") or f"stage {number + 1}", first_of(map(_said, actions)))
            sketch.box(node, *lines, box_id=box_id, cluster=frame, shape=Shape.STEP, noun="stage")
            if before:
                then = Edge(node.id, node.id, EdgeKind.NEEDS, (node.source,), Provenance.DECLARED)
                sketch.arrow(before, box_id, then, kind="then")
            before = box_id
            _draw_used(graph, sketch, node, number, box_id, any(_text(a, "category") == "Source" for a in actions))


def _draw_used(graph: Graph, sketch: Sketch, pipeline: Node, number: int, stage: str, is_source: bool) -> None:
    """What the actions of a stage name: a build, a deployment and what that one deploys to, a repository."""
    used = {e.target: e for e in graph.edges_from(pipeline.id, EdgeKind.REFERENCES) if _is_of(e, number)}
    named = {i: graph.node(i) for i in used if _is_used(graph.node(i))}
    parts = {n.id for node in named.values() for n in graph.targets(node.id, EdgeKind.REFERENCES)}
    for node_id, node in named.items():
        if node_id in parts:
            continue  # an application of which the group is named as well
        box = sketch.box(node, value(node, "name") or node.name, noun_of(node))
        if is_source:
            sketch.arrow(box, stage, replace(used[node_id], kind=EdgeKind.TRIGGERS))
        else:
            sketch.arrow(stage, box, replace(used[node_id], kind=EdgeKind.RUNS))
        for edge in graph.edges_from(node_id, EdgeKind.REFERENCES):
            target = graph.node(edge.target)
            if target.kind is NodeKind.RESOURCE and role_of(target) in _RUNS:
                sketch.box(target, value(target, "name") or target.name, noun_of(target))
                sketch.arrow(box, target.id, replace(edge, kind=EdgeKind.DEPLOYS_TO))


def _is_of(edge: Edge, number: int) -> bool:
    return str(edge.attributes.get("attribute") or "").startswith(f"stage[{number}].")


def _is_used(node: Node) -> bool:
    """Whether something that a stage names is one of its means or ends, and not what it may or is told."""
    ours = node.category in (Category.CI, Category.CONTAINER, Category.SERVERLESS) or role_of(node) in _RUNS
    return node.kind is NodeKind.RESOURCE and ours and not node.attributes.get("plumbing")


def _said(action: Json) -> str:
    """An action: who runs it, and on which branch where it says so."""
    configuration = action.get("configuration") if isinstance(action, dict) else None
    given = configuration if isinstance(configuration, dict) else {}
    branch = next((v for k, v in given.items() if "branch" in k.lower() and isinstance(v, str)), "")
    runner = _text(action, "provider") or _text(action, "name")
    return f"{runner}, branch {branch}" if branch else runner


def _blocks(values: Json, name: str) -> list[Json]:
    """The blocks of a name, in their order."""
    found = values.get(name) if isinstance(values, dict) else None
    return [b for b in found if isinstance(b, dict)] if isinstance(found, list) else []


def _text(block: Json, name: str) -> str:
    found = block.get(name) if isinstance(block, dict) else None
    return found if isinstance(found, str) else ""
