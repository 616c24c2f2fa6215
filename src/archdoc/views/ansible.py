"""ansible: from the control node over inventories and playbooks to roles and the hosts that they reach."""

from __future__ import annotations

from archdoc.model.diagram import Direction, Shape
from archdoc.model.facts import EdgeKind, Node, NodeKind
from archdoc.model.graph import Graph
from archdoc.views.sketch import Sketch

_ROLE_EDGES = (EdgeKind.APPLIES, EdgeKind.INCLUDES)


def draw(graph: Graph, sketch: Sketch) -> None:
    """Playbooks with the roles that their plays apply, groups with the hosts that are in them."""
    sketch.direction = Direction.RIGHT
    playbooks = list(graph.nodes(NodeKind.PLAYBOOK))
    if not playbooks:
        sketch.note("The code has no Ansible playbook.")
    for playbook in playbooks:
        sketch.box(playbook, _file_name(playbook), cluster=_frame(sketch, playbook, "playbooks"), shape=Shape.STEP)
    for inventory in graph.nodes(NodeKind.INVENTORY):
        kind = "inventory" if inventory.type == "static" else "dynamic inventory"
        sketch.box(inventory, inventory.name, kind, cluster=_frame(sketch, inventory, "inventories"))
        if inventory.attributes.get("not_run"):
            sketch.note(f"{inventory.name} is a program; it was not run, so the hosts it would list are not drawn.")
    for playbook in playbooks:
        _draw_playbook(graph, sketch, playbook)
    _draw_groups(graph, sketch)
    for edge in graph.edges(EdgeKind.CALLS):
        if sketch.has(edge.source) and sketch.has(edge.target):
            sketch.arrow(edge.source, edge.target, edge, kind="calls")
    roles = [n for n in graph.nodes(NodeKind.ROLE) if not graph.sources(n.id, *_ROLE_EDGES, EdgeKind.DEPENDS_ON)]
    if roles:
        sketch.note(f"No play applies these roles: {', '.join(n.name for n in roles)}.")


def _draw_playbook(graph: Graph, sketch: Sketch, playbook: Node) -> None:
    for play in graph.targets(playbook.id, EdgeKind.CONTAINS):
        if play.kind is not NodeKind.PLAY:
            continue
        for edge in graph.edges_from(play.id, *_ROLE_EDGES):
            role = graph.node(edge.target)
            if role.kind in (NodeKind.ROLE, NodeKind.EXTERNAL):
                _draw_role(graph, sketch, role, set())
                sketch.arrow(playbook.id, role.id, edge, kind="applies")
        for edge in graph.edges_from(play.id, EdgeKind.TARGETS):
            target = graph.node(edge.target)
            if target.kind in (NodeKind.GROUP, NodeKind.HOST):
                sketch.box(target, target.name, _members(graph, target), cluster=_frame(sketch, target, "hosts"))
                sketch.arrow(playbook.id, target.id, edge, kind="targets")


def _draw_role(graph: Graph, sketch: Sketch, role: Node, seen: set[str]) -> None:
    if role.id in seen:
        return
    seen.add(role.id)
    outside = role.kind is NodeKind.EXTERNAL
    version = str(role.attributes.get("version") or "") if outside else ""
    sketch.box(
        role,
        role.name,
        f"external {version}".strip() if outside else "role",
        cluster=_frame(sketch, role, "roles"),
        shape=Shape.BOX,
    )
    for edge in graph.edges_from(role.id, EdgeKind.DEPENDS_ON, *_ROLE_EDGES):
        needed = graph.node(edge.target)
        if needed.kind in (NodeKind.ROLE, NodeKind.EXTERNAL) and needed.id != role.id:
            _draw_role(graph, sketch, needed, seen)
            sketch.arrow(role.id, needed.id, edge, kind="depends_on")


def _draw_groups(graph: Graph, sketch: Sketch) -> None:
    """Inventories lead to the groups that plays target; a group nobody targets stays in the table of hosts."""
    for inventory in graph.nodes(NodeKind.INVENTORY):
        for edge in graph.edges_from(inventory.id, EdgeKind.CONTAINS):
            if sketch.has(edge.target):
                sketch.arrow(inventory.id, edge.target, edge, kind="contains")


def _members(graph: Graph, target: Node) -> str:
    if target.kind is NodeKind.HOST:
        return "host"
    hosts: set[str] = set()
    waiting, seen = [target.id], {target.id}
    while waiting:
        for member in graph.sources(waiting.pop(), EdgeKind.MEMBER_OF):
            if member.kind is NodeKind.HOST:
                hosts.add(member.id)
            elif member.id not in seen:
                seen.add(member.id)
                waiting.append(member.id)
    return f"{len(hosts)} host{'s' if len(hosts) != 1 else ''}" if hosts else "group"


def _frame(sketch: Sketch, node: Node, part: str) -> str:
    """One frame per part, inside a frame per project when the repository has several."""
    project = node.id.split(":")[1] if node.id.startswith("ansible:") else ""
    titles = {"playbooks": "Playbooks", "inventories": "Control node", "roles": "Roles", "hosts": "Hosts and groups"}
    return sketch.frame(
        f"ansible:{project}:{part}", titles[part] if project in ("", ".", "ansible") else f"{project}: {titles[part]}"
    )


def _file_name(playbook: Node) -> str:
    return playbook.source.path.rsplit("/", 1)[-1]
