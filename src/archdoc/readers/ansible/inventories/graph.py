"""Inventories as nodes and edges.

A name stands for one machine of a project: ``…:host:<name>`` and ``…:group:<name>`` are one node however many
inventories (staging, production) have it. ``attributes.inventories`` says which, on the node and on each
``member_of`` edge, so that the members of a group in one inventory alone can be told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from archdoc.model.facts import Category, Edge, EdgeKind, Json, Node, NodeKind, Provenance, Source
from archdoc.model.graph import Graph
from archdoc.model.problem import Problem, Severity
from archdoc.readers.ansible.inventories.model import DynamicInventory, Host, Inventory
from archdoc.readers.ansible.projects import Project
from archdoc.readers.secrets import MASK, is_secret, mask

CONNECTION_VARIABLES = ("ansible_host", "ansible_ssh_host", "ansible_port", "ansible_ssh_port", "ansible_connection")
"""Host variables that say how a machine is reached; they become attributes of the host's node."""
ADDRESS_VARIABLES = ("ansible_host", "ansible_ssh_host")
"""Those of them that name the machine, which count wherever they are set."""
Reached = Callable[[int, str, str], Json]
"""What such a variable comes to: by the position of the inventory, the host and the variable."""


def inventory_graph(project: Project, inventories: Sequence[Inventory], reached: Reached) -> Graph:
    """The inventories of a project: nodes ``…:inventory:<path>``, ``…:group:<name>``, ``…:host:<name>``; an
    inventory ``contains`` its hosts and groups, a host and a group are ``member_of`` groups."""
    graph = Graph(problems=(p for inventory in inventories for p in inventory.problems))
    for inventory in inventories:
        graph.add_node(_inventory_node(project, inventory))
    for name in sorted({name for i in inventories for name in i.hosts}):
        listed = {index: i for index, i in enumerate(inventories) if name in i.hosts}
        host = graph.add_node(_host_node(project, name, listed, reached))
        if problem := _several_machines(host):
            graph.add_problem(problem)
    for name in sorted({name for i in inventories for name in _groups(i)}):
        graph.add_node(_group_node(project, name, [i for i in inventories if name in i.groups]))
    for inventory in inventories:
        for kind, name, place in _members(inventory):
            provenance = Provenance.INFERRED if inventory.rule else Provenance.DECLARED
            node_id = project.id(kind, name)
            graph.add_edge(
                Edge(_id(project, inventory), node_id, EdgeKind.CONTAINS, (place,), provenance, inventory.rule)
            )
    _add_memberships(graph, project, inventories)
    return graph


def _id(project: Project, inventory: Inventory) -> str:
    return project.id("inventory", inventory.path)


def _groups(inventory: Inventory) -> list[str]:
    """The groups that somebody wrote: ``all`` and ``ungrouped`` only where the code names them."""
    return [g for g in inventory.groups if g not in ("all", "ungrouped")]


def _members(inventory: Inventory) -> list[tuple[str, str, Source]]:
    hosts = [("host", host.name, host.source) for host in inventory.hosts.values()]
    return hosts + [("group", name, inventory.groups[name].source) for name in _groups(inventory)]


def _inventory_node(project: Project, inventory: Inventory) -> Node:
    attributes: dict[str, Json] = {
        "sources": list(inventory.sources),
        "hosts": len(inventory.hosts),
        "groups": len(_groups(inventory)),
        "complete": inventory.complete,
    }
    evidence = []
    if inventory.dynamic:
        attributes["plugins"] = [_plugin(d) for d in inventory.dynamic]
        evidence += [d.source for d in inventory.dynamic]
    if inventory.scripts:
        attributes["not_run"] = True
        attributes["scripts"] = [
            {
                "path": script.source.path,
                "names": [{"path": path, "line": place.line} for path, place in script.names],
                "tools": [tool for tool, _ in script.tools],
                "outputs": [{"name": name, "line": place.line} for name, place in script.outputs],
            }
            for script in inventory.scripts
        ]
        evidence += [script.source for script in inventory.scripts]
    kind = "script" if inventory.scripts else "plugin" if inventory.dynamic else "static"
    source = evidence[0] if evidence else _first_place(inventory)
    return Node(
        id=_id(project, inventory),
        kind=NodeKind.INVENTORY,
        type=kind,
        name=project.relative(inventory.path),
        source=source,
        attributes=attributes,
        evidence=tuple(dict.fromkeys(evidence[1:])),
    )


def _first_place(inventory: Inventory) -> Source:
    places = [h.source for h in inventory.hosts.values()] + [inventory.groups[g].source for g in _groups(inventory)]
    return min(places, default=Source(inventory.path))


def _plugin(dynamic: DynamicInventory) -> dict[str, Json]:
    """A plugin's configuration as an attribute: what linking needs to place Terraform's servers in groups."""
    return {
        "plugin": dynamic.plugin,
        "path": dynamic.source.path,
        "line": dynamic.source.line,
        "groups": {name: str(v.value) for name, v in sorted(dynamic.groups.items())},
        "keyed_groups": [
            {
                "key": k.key,
                "prefix": k.prefix,
                "separator": k.separator,
                "line": k.source.line,
                **({"default_value": k.default_value} if k.default_value is not None else {}),
                **({"parent_group": k.parent_group} if k.parent_group else {}),
                **({} if k.trailing_separator else {"trailing_separator": False}),
            }
            for k in dynamic.keyed_groups
        ],
        "compose": {name: str(v.value) for name, v in sorted(dynamic.compose.items())},
        "filters": mask("", dynamic.filters),
        "hostnames": list(dynamic.hostnames),
        "options": mask("", dict(dynamic.options)),
        **({} if dynamic.leading_separator else {"leading_separator": False}),
    }


def _host_node(project: Project, name: str, listed: Mapping[int, Inventory], reached: Reached) -> Node:
    inventories = list(listed.values())
    hosts = [i.hosts[name] for i in inventories]
    attributes: dict[str, Json] = {
        "inventories": [*(i.path for i in inventories)],
        "groups": [*sorted({group for i in inventories for group in i.group_names(name) if group != "ungrouped"})],
    }
    for variable in CONNECTION_VARIABLES:
        values = _values(hosts, variable)
        if variable in ADDRESS_VARIABLES:
            said = {place: reached(index, name, variable) for place, index in enumerate(listed)}
            values |= {place: value for place, value in said.items() if value is not None}
        if len(set(map(str, values.values()))) == 1:
            attributes[variable] = next(iter(values.values()))
        elif values:
            attributes[variable] = {inventories[index].path: value for index, value in values.items()}
    places = [place for host in hosts for place in (host.source, *host.evidence)]
    return Node(
        id=project.id("host", name),
        kind=NodeKind.HOST,
        type="host",
        name=name,
        source=places[0],
        category=Category.COMPUTE,
        attributes=attributes,
        evidence=tuple(p for p in dict.fromkeys(places) if p != places[0]),
    )


def _several_machines(host: Node) -> Problem | None:
    """A name is one node, also where inventories give it addresses of different machines: that must be said."""
    said = host.attributes.get("ansible_host") or host.attributes.get("ansible_ssh_host")
    known = {p: str(a) for p, a in said.items() if "{{" not in str(a)} if isinstance(said, dict) else {}
    if len(set(known.values())) < 2:
        return None
    listed = ", ".join(f"{address} in {path}" for path, address in known.items())
    message = f"the host {host.name} has an address of its own in each inventory ({listed}): if these are different "
    message += "machines, what runs on one is drawn as if it ran on all of them"
    return Problem(Severity.NOTE, "ANS013", message, host.source, "give each machine a name of its own")


def _values(hosts: Sequence[Host], variable: str) -> dict[int, Json]:
    found: dict[int, Json] = {}
    for index, host in enumerate(hosts):
        if variable in host.variables:
            value = host.variables[variable].value
            if isinstance(value, str):
                found[index] = MASK if is_secret(variable, value) else str.__str__(value)
            elif isinstance(value, int | float):
                found[index] = value
    return found


def _group_node(project: Project, name: str, inventories: Sequence[Inventory]) -> Node:
    places = [place for i in inventories for place in (i.groups[name].source, *i.groups[name].evidence)]
    return Node(
        id=project.id("group", name),
        kind=NodeKind.GROUP,
        type="group",
        name=name,
        source=places[0],
        attributes={
            "inventories": [i.path for i in inventories],
            "hosts": [*sorted({host for i in inventories for host in i.group_hosts(name)})],
        },
        evidence=tuple(p for p in dict.fromkeys(places) if p != places[0]),
    )


def _add_memberships(graph: Graph, project: Project, inventories: Sequence[Inventory]) -> None:
    """``member_of``: a host in each group that lists it, a group in each group that has it as a child."""
    found: dict[tuple[str, str], tuple[list[str], list[Source]]] = {}
    for inventory in inventories:
        for name in _groups(inventory):
            group = inventory.groups[name]
            members = [("host", h) for h in group.hosts] + [("group", c) for c in group.children]
            for kind, member in members:
                paths, places = found.setdefault((project.id(kind, member), project.id("group", name)), ([], []))
                paths.append(inventory.path)
                places += group.member_lines.get(member, (group.source,))
    for (member, group_id), (paths, places) in sorted(found.items()):
        graph.add_edge(
            Edge(
                member,
                group_id,
                EdgeKind.MEMBER_OF,
                tuple(dict.fromkeys(places)),
                attributes={"inventories": list(paths)},
            )
        )
