"""ansible: from the control node over inventories and playbooks to roles and the hosts that they reach."""

from __future__ import annotations

from collections import defaultdict

from archdoc.model.diagram import Direction, Shape
from archdoc.model.facts import Edge, EdgeKind, Node, NodeKind
from archdoc.model.graph import Graph
from archdoc.views.machines import listed
from archdoc.views.sketch import Sketch
from archdoc.views.words import first_of

_ROLE_EDGES = (EdgeKind.APPLIES, EdgeKind.INCLUDES)
_PARTS = {"playbooks": "Playbooks", "inventories": "Control node", "roles": "Roles", "hosts": "Hosts and groups"} | {
    "whole": "Whole inventories"
}
_TOGETHER = 3
"""So many playbooks for the same hosts, or roles of the same playbooks, stand in a frame of their own."""


def draw(graph: Graph, sketch: Sketch) -> None:
    """Playbooks with the roles that their plays apply, groups with the hosts that are in them."""
    sketch.direction = Direction.RIGHT
    playbooks = list(graph.nodes(NodeKind.PLAYBOOK))
    if not playbooks:
        sketch.missing("No Ansible playbook was found.")
    applied = {p.id: _edges_of_plays(graph, p, *_ROLE_EDGES) for p in playbooks}
    targeted = {p.id: _edges_of_plays(graph, p, EdgeKind.TARGETS) for p in playbooks}
    _draw_playbooks(graph, sketch, playbooks, targeted)
    _draw_roles(graph, sketch, applied)
    _draw_targets(graph, sketch, targeted)
    _draw_inventories(graph, sketch)
    _draw_control(graph, sketch)
    for edge in graph.edges(EdgeKind.CALLS):
        if sketch.has(edge.source) and sketch.has(edge.target):
            sketch.arrow(edge.source, edge.target, edge, kind="calls")
    idle = [n for n in graph.nodes(NodeKind.ROLE) if not graph.sources(n.id, *_ROLE_EDGES, EdgeKind.DEPENDS_ON)]
    if idle:
        sketch.missing(f"No play was found that applies these roles: {listed(n.name for n in idle)}.")


def _edges_of_plays(graph: Graph, playbook: Node, *kinds: EdgeKind) -> dict[str, list[Edge]]:
    """What the plays of a playbook apply or are for, by its id."""
    found: dict[str, list[Edge]] = defaultdict(list)
    for play in graph.targets(playbook.id, EdgeKind.CONTAINS):
        if play.kind is NodeKind.PLAY:
            for edge in graph.edges_from(play.id, *kinds):
                found[edge.target].append(edge)
    return found


def _draw_playbooks(
    graph: Graph, sketch: Sketch, playbooks: list[Node], targeted: dict[str, dict[str, list[Edge]]]
) -> None:
    together: dict[tuple[str, tuple[str, ...]], list[Node]] = defaultdict(list)
    for playbook in playbooks:
        together[(_project(playbook), tuple(sorted(targeted[playbook.id])))].append(playbook)
    for (_, targets), same in sorted(together.items()):
        frame = _frame(sketch, same[0], "playbooks")
        if targets and len(same) >= _TOGETHER and len(same) < len(playbooks):
            names = first_of(graph.node(i).name for i in targets)
            frame = sketch.frame(f"{frame}:for:{'+'.join(targets)}", f"For {names}", frame)
        for playbook in same:
            sketch.box(playbook, playbook.source.path.rsplit("/", 1)[-1], cluster=frame, shape=Shape.STEP)


def _draw_roles(graph: Graph, sketch: Sketch, applied: dict[str, dict[str, list[Edge]]]) -> None:
    """Roles that the same playbooks apply stand together; then what roles need of one another."""
    users: dict[str, list[str]] = defaultdict(list)
    for playbook_id, roles in applied.items():
        for role_id in roles:
            if graph.node(role_id).kind in (NodeKind.ROLE, NodeKind.EXTERNAL):
                users[role_id].append(playbook_id)
    together: dict[tuple[str, ...], list[Node]] = defaultdict(list)
    for role_id, playbooks in users.items():
        together[tuple(sorted(playbooks))].append(graph.node(role_id))
    for owners, same in sorted(together.items()):
        frame = _frame(sketch, same[0], "roles")
        if len(same) >= _TOGETHER and len(same) < len(users):
            names = first_of(graph.node(i).source.path.rsplit("/", 1)[-1] for i in owners)
            frame = sketch.frame(f"{frame}:by:{'+'.join(owners)}", f"Applied by {names}", frame)
        for role in same:
            _draw_role(graph, sketch, role, frame)
    for playbook_id, roles in applied.items():
        for role_id, edges in roles.items():
            if sketch.has(role_id):
                sketch.arrow(playbook_id, role_id, edges, kind="applies")


def _draw_role(graph: Graph, sketch: Sketch, role: Node, frame: str) -> None:
    if sketch.has(role.id):
        return
    version = str(role.attributes.get("version") or "")
    kind = f"external {version}".strip() if role.kind is NodeKind.EXTERNAL else "role"
    sketch.box(role, role.name, kind, cluster=frame, shape=Shape.BOX)
    for edge in graph.edges_from(role.id, EdgeKind.DEPENDS_ON, *_ROLE_EDGES):
        needed = graph.node(edge.target)
        if needed.kind in (NodeKind.ROLE, NodeKind.EXTERNAL) and needed.id != role.id:
            _draw_role(graph, sketch, needed, _frame(sketch, needed, "roles"))
            sketch.arrow(role.id, needed.id, edge, kind="depends_on")


def _draw_targets(graph: Graph, sketch: Sketch, targeted: dict[str, dict[str, list[Edge]]]) -> None:
    for playbook_id, targets in targeted.items():
        for target_id, edges in targets.items():
            target = graph.node(target_id)
            if target.kind is NodeKind.GROUP and target.name == "all":
                # not one group among others: every host is in it
                sketch.box(target, "all hosts", "group all")
            elif target.kind in (NodeKind.GROUP, NodeKind.HOST):
                sketch.box(target, target.name, _members(graph, target), cluster=_frame(sketch, target, "hosts"))
            if sketch.has(target_id):
                sketch.arrow(playbook_id, target_id, edges, kind="targets")


def _draw_inventories(graph: Graph, sketch: Sketch) -> None:
    """Inventories with the groups that plays are for; a group nobody targets stays in the table of hosts."""
    for inventory in graph.nodes(NodeKind.INVENTORY):
        kind = "inventory" if inventory.type == "static" else "dynamic inventory"
        sketch.box(inventory, inventory.name, kind, cluster=_frame(sketch, inventory, "inventories"))
        if inventory.attributes.get("not_run"):
            sketch.note(f"{inventory.name} is a program; it was not run, so the hosts it would list are not drawn.")
        contained = list(graph.edges_from(inventory.id, EdgeKind.CONTAINS))
        hosts = {e.target for e in contained if graph.node(e.target).kind is NodeKind.HOST}
        for edge in contained:
            group = graph.node(edge.target)
            if group.kind is NodeKind.GROUP and group.name != "all" and hosts and _own(graph, group) == hosts:
                # the group of the whole inventory, whether plays name it or not
                sketch.box(group, group.name, f"{len(hosts)} hosts", cluster=_frame(sketch, group, "whole"))
            if sketch.has(edge.target):
                sketch.arrow(inventory.id, edge.target, edge, kind="contains")


def _draw_control(graph: Graph, sketch: Sketch) -> None:
    """The CI jobs that run playbooks are control nodes."""
    for edge in graph.edges(EdgeKind.RUNS):
        job, playbook = graph.node(edge.source), graph.node(edge.target)
        if playbook.kind is NodeKind.PLAYBOOK and sketch.has(playbook.id):
            system = str(job.attributes.get("system") or "CI")
            title = str(job.attributes.get("title") or job.name)
            workflows = [w for w in graph.sources(job.id, EdgeKind.CONTAINS) if w.kind is NodeKind.WORKFLOW]
            alone = workflows and len(graph.targets(workflows[0].id, EdgeKind.CONTAINS)) == 1
            name = workflows[0].name if alone else title
            sketch.box(job, name, system, cluster=_frame(sketch, playbook, "inventories"))
            sketch.arrow(job.id, playbook.id, edge, kind="runs")


def _members(graph: Graph, target: Node) -> str:
    if target.kind is NodeKind.HOST:
        return "host"
    hosts = _hosts(graph, target)
    return f"{len(hosts)} host{'s' if len(hosts) != 1 else ''}" if hosts else "group"


def _own(graph: Graph, group: Node) -> set[str]:
    """The hosts that a group has itself."""
    return {n.id for n in graph.sources(group.id, EdgeKind.MEMBER_OF) if n.kind is NodeKind.HOST}


def _hosts(graph: Graph, group: Node) -> set[str]:
    """The ids of the hosts and servers in a group, through groups in it too."""
    hosts: set[str] = set()
    waiting, seen = [group.id], {group.id}
    while waiting:
        for member in graph.sources(waiting.pop(), EdgeKind.MEMBER_OF):
            if member.kind is not NodeKind.GROUP:
                hosts.add(member.id)
            elif member.id not in seen:
                seen.add(member.id)
                waiting.append(member.id)
    return hosts


def _project(node: Node) -> str:
    return node.id.split(":")[1] if node.id.startswith("ansible:") else ""


def _frame(sketch: Sketch, node: Node, part: str) -> str:
    """One frame per part, by project when the repository has several."""
    project = _project(node)
    title = _PARTS[part] if project in ("", ".", "ansible") else f"{project}: {_PARTS[part]}"
    return sketch.frame(f"ansible:{project}:{part}", title)
