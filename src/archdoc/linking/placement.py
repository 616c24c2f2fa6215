"""Where plays, roles and services take effect: questions that several linking rules ask of the graph."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from functools import cached_property

from archdoc.model.facts import Edge, EdgeKind, Json, Node, NodeKind, Source
from archdoc.model.graph import Graph
from archdoc.readers.ansible.scopes import inventory_labels

_DOWN = (EdgeKind.APPLIES, EdgeKind.INCLUDES, EdgeKind.DEPENDS_ON)


class Placement:
    """The groups, hosts and servers that each play, role, task file and service reaches."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._known: dict[str, list[Edge]] = {}
        self._machines: dict[str, frozenset[str]] = {}
        self._hosts: dict[str, list[str]] = {}
        self._inside: dict[str, frozenset[str]] = {}

    def targets(self, node_id: str) -> list[Edge]:
        """The ``targets`` edges of the plays that a node belongs to, each target once."""
        if node_id not in self._known:
            plays, waiting, seen = [], [node_id], {node_id}
            while waiting:
                current = waiting.pop()
                node = self.graph.find(current)
                if node is None:
                    continue
                if node.kind is NodeKind.PLAY:
                    plays.append(current)
                for edge in self.graph.edges_to(current, *_DOWN):
                    if edge.source not in seen:
                        seen.add(edge.source)
                        waiting.append(edge.source)
            found: dict[str, Edge] = {}
            for play in sorted(plays):
                for edge in self.graph.edges_from(play, EdgeKind.TARGETS):
                    found.setdefault(edge.target, edge)
            self._known[node_id] = [found[t] for t in sorted(found)]
        return self._known[node_id]

    def hosts_of(self, node: Node) -> list[str]:
        """The ids of the hosts (and of servers that no host is known of) below a group, or of the node itself."""
        if node.kind is not NodeKind.GROUP:
            return [node.id]
        if node.id not in self._hosts:
            self._hosts[node.id] = self._members(node)
        return self._hosts[node.id]

    def is_in(self, host: str, node: Node) -> bool:
        """Whether a host (or such a server) is below a group, or the node itself."""
        if node.kind is not NodeKind.GROUP:
            return host == node.id
        if node.id not in self._inside:
            self._inside[node.id] = frozenset(self.hosts_of(node))
        return host in self._inside[node.id]

    def _members(self, node: Node) -> list[str]:
        hosts, waiting, seen = [], [node.id], {node.id}
        while waiting:
            for member in self.graph.sources(waiting.pop(), EdgeKind.MEMBER_OF):
                if member.kind in (NodeKind.HOST, NodeKind.RESOURCE):
                    hosts.append(member.id)
                elif member.id not in seen:
                    seen.add(member.id)
                    waiting.append(member.id)
        return sorted(set(hosts))

    def places(self, service: Node) -> list[str]:
        """The hosts and groups that a service or job is put on: what its configuration or its tasks say, else what
        the plays of its owners are for."""
        said = [i for i in strings(service.attributes.get("hosts")) if i in self.graph]
        if said:
            return list(dict.fromkeys(said))
        owners = [o for o in strings(service.attributes.get("owners")) if o in self.graph]
        resources = [o for o in owners if self.graph.node(o).kind is NodeKind.RESOURCE]
        return list(dict.fromkeys([*resources, *(e.target for o in owners for e in self.targets(o))]))

    def machines(self, place: str) -> frozenset[str]:
        """What a place comes to, so that two of them can be compared: the hosts of a group, the group itself where
        its hosts are not known. ``all`` is every host and every such group of the project."""
        if place not in self._machines:
            node = self.graph.node(place)
            found = set(self.hosts_of(node)) or {place}
            if node.kind is NodeKind.GROUP and node.name == "all":
                own = place.split(":", 2)[1]
                for other in self.graph.nodes(NodeKind.GROUP, NodeKind.HOST):
                    if other.id != place and other.id.split(":", 2)[1] == own:
                        found |= set(self.hosts_of(other)) or {other.id}
                found.add(place)
            self._machines[place] = frozenset(s.id if (s := self._server(i)) is not None else i for i in sorted(found))
        return self._machines[place]

    def scope(self, service: Node) -> str:
        """The name of the place of a service: its host, the group of exactly its hosts, else its role, play, file or
        directory. Names of projects that are not at the top of the repository have the project's path in front."""
        return self.scope_of(self.places(service), service)

    def scope_of(self, places: list[str], service: Node) -> str:
        """The name of some hosts and groups together; what a service's owner is called where they have none."""
        if len(places) == 1:
            place = self.graph.node(places[0])
            hosts = [n for n in map(self.graph.node, self.hosts_of(place)) if n.kind is NodeKind.HOST]
            return _name(hosts[0] if len(hosts) == 1 else place)
        found = frozenset(m for p in places for m in self.machines(p))
        fitting = [g for g in self.graph.nodes(NodeKind.GROUP) if found and self.machines(g.id) == found]
        if not fitting and (inventory := self._inventory_of(found)):
            label, within = self._labels.get(inventory, ""), self._in_inventory[inventory]
            inside = [g for g in self.graph.nodes(NodeKind.GROUP) if self.machines(g.id) & within == found]
            if inside:
                return _name(inside[0], label)
        fitting += [self.graph.node(p) for p in places if p.endswith(":group:all")]
        if fitting:
            return _name(fitting[0])
        owners = [o for o in strings(service.attributes.get("owners")) if o in self.graph]
        if owners:
            project = owners[0].split(":", 2)[1] if owners[0].startswith("ansible:") else "."
            inventory = self._labels.get(self._inventory_of(found), "") if places else ""
            label = inventory if len(self._in_inventory) > 1 else ""
            name = scope_of(self.graph.node(owners[0]))
            return "/".join(part for part in ("" if project == "." else project, label, name) if part)
        said = service.attributes.get("scope")
        return str(said) if said else posixpath.dirname(service.source.path) or "."

    def _inventory_of(self, machines: frozenset[str]) -> str:
        """The one inventory that all of some machines are in, or ""."""
        fitting = [i for i, within in self._in_inventory.items() if machines and machines <= within]
        return fitting[0] if len(fitting) == 1 else ""

    @cached_property
    def _in_inventory(self) -> dict[str, frozenset[str]]:
        """The machines of each inventory."""
        found: dict[str, set[str]] = {}
        for host in self.graph.nodes(NodeKind.HOST):
            for inventory in strings(host.attributes.get("inventories")):
                found.setdefault(inventory, set()).update(self.machines(host.id))
        return {i: frozenset(found[i]) for i in sorted(found)}

    @cached_property
    def _labels(self) -> dict[str, str]:
        return inventory_labels(list(self._in_inventory))

    def hosts_on(self, machines: Iterable[str]) -> list[str]:
        """The hosts that machines (of ``machines``) are: those that a server is the same as, else what they are."""
        found: dict[str, None] = {}
        for machine in sorted(machines):
            hosts = [h.id for h in self.graph.sources(machine, EdgeKind.SAME_AS)] if machine in self.graph else []
            found.update(dict.fromkeys(hosts or [machine]))
        return list(found)

    def _server(self, node_id: str) -> Node | None:
        found = self.graph.targets(node_id, EdgeKind.SAME_AS) if node_id in self.graph else []
        return found[0] if len(found) == 1 else None


def signals(node: Node, *kinds: str) -> list[dict[str, Json]]:
    """The signals of a node, of some kinds or all."""
    found = node.attributes.get("signals")
    listed = [s for s in found if isinstance(s, dict)] if isinstance(found, list) else []
    return [s for s in listed if not kinds or s.get("signal") in kinds]


def place_of(signal: dict[str, Json]) -> Source:
    """Where the task of a signal stands."""
    line = signal.get("line")
    return Source(str(signal.get("path") or "?"), line if isinstance(line, int) and line > 0 else 1)


def scope_of(owner: Node) -> str:
    """What a role, play or task file calls a service of its own, where its hosts have no name together: a file of a
    role's tasks is that role."""
    return (
        owner.id.split(":", 3)[-1]
        .partition("/tasks/")[0]
        .rsplit("/", 1)[-1]
        .removesuffix(".yml")
        .split(":")[0]
        .removesuffix(".yml")
    )


def _name(place: Node, label: str = "") -> str:
    if place.kind is NodeKind.RESOURCE:
        return place.address or place.name
    project = place.id.split(":", 2)[1]
    return "/".join(part for part in ("" if project == "." else project, label, place.name) if part)


def strings(value: Json) -> list[str]:
    """The texts of a list, or the one text."""
    if isinstance(value, str):
        return [value]
    return [str(v) for v in value if isinstance(v, str | int)] if isinstance(value, list) else []


SIGNAL_KINDS = (NodeKind.ROLE, NodeKind.PLAY, NodeKind.TASK_FILE)
