"""Ansible: what is applied, and what never is."""

from __future__ import annotations

from collections.abc import Iterator

from archdoc.lint.registry import Context, Hit, rule
from archdoc.model.facts import EdgeKind, Node, NodeKind
from archdoc.model.problem import Severity

_USED_BY = (EdgeKind.APPLIES, EdgeKind.INCLUDES, EdgeKind.DEPENDS_ON, EdgeKind.CALLS)


@rule(
    "LI030", "role that is nowhere", Severity.WARNING, "add it to requirements.yml, or to the roles of the repository"
)
def unresolved_role(context: Context) -> Iterator[Hit]:
    """A play applies a role that is neither in the repository nor in a requirements file: where it comes from depends
    on the machine that runs the play."""
    for node in context.graph.nodes(NodeKind.EXTERNAL):
        used = list(context.graph.edges_to(node.id, *_USED_BY))
        if node.type == "role" and used and "requirement" not in node.attributes:
            yield Hit(node, "is neither in the repository nor in a requirements file", used[0].evidence[0])


@rule("LI031", "role that nothing applies", Severity.NOTE, "apply it in a play, or delete it")
def unused_role(context: Context) -> Iterator[Hit]:
    """No play, role or task of the repository applies the role. In a repository that has plays it does nothing."""
    graph = context.graph
    plays = any(True for _ in graph.edges(EdgeKind.APPLIES))
    return (
        Hit(role, "is applied by nothing")
        for role in graph.nodes(NodeKind.ROLE)
        if plays and not any(True for _ in graph.edges_to(role.id, *_USED_BY))
    )


@rule("LI032", "play for nobody", Severity.NOTE, "add hosts to the group, or correct its name")
def idle_play(context: Context) -> Iterator[Hit]:
    """A play is for groups that have no host in any inventory that archdoc can read, so it does nothing there. An
    inventory that a plugin or a script makes may have some."""
    graph = context.graph
    if not any(True for _ in graph.nodes(NodeKind.HOST)):
        return
    for play in graph.nodes(NodeKind.PLAY):
        targets = graph.targets(play.id, EdgeKind.TARGETS)
        groups = [t for t in targets if t.kind is NodeKind.GROUP]
        if targets and len(groups) == len(targets) and not any(_has_hosts(context, g) for g in groups):
            names = ", ".join(g.name for g in groups[:3])
            yield Hit(play, f"is for {names}, which has no host")


def _has_hosts(context: Context, group: Node) -> bool:
    if group.name in ("all", "ungrouped"):
        return True
    seen, waiting = {group.id}, [group.id]
    while waiting:
        for member in context.graph.sources(waiting.pop(), EdgeKind.MEMBER_OF):
            if member.kind is NodeKind.HOST:
                return True
            if member.id not in seen:
                seen.add(member.id)
                waiting.append(member.id)
    return False
