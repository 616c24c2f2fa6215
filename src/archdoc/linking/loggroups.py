"""Where what the cloud runs puts its logs: stores that its definition names, and stores that are named after it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archdoc.linking.rules import Context, Fact, rule
from archdoc.linking.terraform_facts import first_text, follow, is_live, role_of
from archdoc.model.facts import Category, Edge, EdgeKind, Node, NodeKind, Provenance, Source, scope_of
from archdoc.model.graph import Graph

_NAMES = ("name", "function_name")
_RUNS_NOTHING = (Category.LOGGING, Category.IDENTITY, Category.SECURITY, Category.PLUMBING, Category.OTHER)
_RULE = "monitoring.log-groups"


@rule("monitoring.log-groups")
def log_groups(context: Context) -> Iterable[Fact]:
    """Containers of ECS log to the group that their definitions name; a group that is called after something has the
    logs of that.

    What a service runs is its task definition, whose ``awslogs-group`` refers to the group. AWS calls the group of a
    function ``/aws/lambda/NAME``: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html, and
    those of other services after the same pattern. Example:
    ``name = "/aws/lambda/${aws_lambda_function.api.function_name}"``.
    """
    graph = context.graph
    groups = [n for n in graph.nodes(NodeKind.RESOURCE) if n.category is Category.LOGGING and is_live(n)]
    logging = {n.id for n in groups}
    known = {(e.source, e.target) for e in graph.edges(EdgeKind.SHIPS_LOGS_TO)}
    for node in graph.nodes(NodeKind.RESOURCE):
        if is_live(node) and not role_of(node):
            for group, evidence in follow(graph, node, "container_definitions"):
                for source, places in _running(graph, node) if group.id in logging else ():
                    if (source.id, group.id) not in known:
                        yield _edge(source, group, (*evidence, *places), Provenance.DERIVED)
    for group in groups:
        if not group.type.endswith("_log_group"):
            continue
        for source, evidence in _namesakes(graph, group):
            if (source.id, group.id) not in known:
                yield _edge(source, group, evidence, Provenance.INFERRED)


RULES = (log_groups,)


def _running(graph: Graph, definition: Node) -> list[tuple[Node, tuple[Source, ...]]]:
    """The services that run a task definition; else itself."""
    found = [
        (node, edge.evidence)
        for edge in graph.edges_to(definition.id, EdgeKind.REFERENCES)
        if role_of(node := graph.node(edge.source)) == "workload" and is_live(node)
    ]
    return list({node.id: (node, places) for node, places in found}.values()) or [(definition, ())]


def _namesakes(graph: Graph, group: Node) -> Iterator[tuple[Node, tuple[Source, ...]]]:
    """What a group is called after: what its name refers to; else what has the last word of its name, and a type that
    has the word before it (``/aws/lambda/NAME``)."""
    named = [
        (node, evidence)
        for path in ("name", "name_prefix")
        for node, evidence in follow(graph, group, path)
        if not node.attributes.get("plumbing") and node.category not in _RUNS_NOTHING and is_live(node)
    ]
    yield from named
    words = (first_text(group, ("name",)) or "").split("/")
    if named or len(words) != 4 or words[0] or words[1] != "aws":
        return
    same = [
        node
        for node in graph.nodes(NodeKind.RESOURCE)
        if words[2] in node.type.split("_")
        and is_live(node)
        and scope_of(node) == scope_of(group)
        and words[3] == first_text(node, _NAMES)
    ]
    if len(same) == 1:
        yield same[0], (same[0].source,)


def _edge(source: Node, group: Node, evidence: tuple[Source, ...], provenance: Provenance) -> Edge:
    places = tuple(dict.fromkeys((*evidence, group.source)))
    return Edge(source.id, group.id, EdgeKind.SHIPS_LOGS_TO, places, provenance, _RULE)
