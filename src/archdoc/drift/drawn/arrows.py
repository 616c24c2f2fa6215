"""Whether the code supports an arrow: a relation between what its two ends stand for, or a way along relations."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from archdoc.drift.drawn.codebook import Codebook
from archdoc.model.facts import Category, EdgeKind, Node, NodeKind

_PLACES = (EdgeKind.RUNS_ON, EdgeKind.SAME_AS, EdgeKind.MEMBER_OF)
"""Relations that say where a thing is. Two things in one place are not related by that alone."""
_STEPS = frozenset(EdgeKind) - frozenset(_PLACES)
_HUBS = frozenset({NodeKind.PROVIDER, NodeKind.ROOT, NodeKind.EXTERNAL, NodeKind.TRIGGER})
"""What nearly everything leads to or comes from: no way leads through it."""
_GRANTED = (
    (frozenset({NodeKind.TRIGGER}), frozenset({NodeKind.TRIGGER})),
    (frozenset({NodeKind.INVENTORY}), frozenset({NodeKind.HOST, NodeKind.GROUP, NodeKind.RESOURCE, NodeKind.PLAYBOOK})),
)
_NETWORKS = ("container", "subnet")
_WATCHING = (Category.MONITORING, Category.LOGGING)
_FACES = (Category.CDN, Category.LOAD_BALANCING, Category.DNS)
_WAITING = (Category.DATABASE, Category.CACHE, Category.STORAGE)
"""What programs for this do is to be asked: they ask nobody."""
_BOTH_WAYS = (*_GRANTED, *((b, a) for a, b in _GRANTED))
_TRAFFIC = (EdgeKind.ROUTES_TO, EdgeKind.ALLOWS, EdgeKind.CONNECTS_TO)
_LOOKING = (
    *(EdgeKind.SCRAPES, EdgeKind.VISUALIZES, EdgeKind.ALERTS, EdgeKind.SHIPS_LOGS_TO),
    *(EdgeKind.BACKS_UP, EdgeKind.STORES_IN, EdgeKind.RESTORES, EdgeKind.VERIFIES),
)
_TALK = (EdgeKind.CONNECTS_TO, EdgeKind.SCRAPES, EdgeKind.VISUALIZES, EdgeKind.ALERTS, EdgeKind.SHIPS_LOGS_TO)
_LONGEST = 4
"""Relations of one way. An arrow from a playbook to a program passes a play, a role and the program's service."""
_MOST = 20_000
"""Nodes that are looked at for one arrow."""


class Ways:
    """Answers for the nodes of a graph which way leads from one to another."""

    def __init__(self, book: Codebook) -> None:
        self._graph = book.graph
        self._book = book

    def support(self, sources: frozenset[str], targets: frozenset[str], drawn: frozenset[str] = frozenset()) -> bool:
        """Whether the code relates any source to any target, whichever way its own relation points.

        People draw an arrow from a network to its servers and from a server to its network. What counts is that a way
        of relations leads from one to the other without turning round: two programs on one machine, two playbooks for
        one host, are not related by that. Traffic that passes what the diagram shows as boxes of their own (``drawn``)
        is theirs: behind a load balancer and a server that are drawn, the internet does not lead to the database.
        """
        if not sources or not targets or sources & targets:
            return True
        if self._in_place(sources, targets) or self._in_place(targets, sources):
            return True
        near, far = self._widened(sources), self._widened(targets)
        behind = [frozenset(r for i in ids for r in self._behind(i)) | ids for ids in (sources, targets)]
        if behind[0] & behind[1]:
            return True
        if self._is_silent(sources, targets) or self._is_let_through(near, far):
            return True
        if self._is_admitted(sources, targets) or self._is_admitted(targets, sources):
            return True
        if self._is_applied(sources, targets) or self._is_applied(targets, sources):
            return True
        if self._share_targets(sources, targets) or self._share_network(sources, targets):
            return True
        if self._is_joined(near, far) or self._is_taken_for_granted(sources, targets):
            return True
        return (
            self._leads(sources, far, drawn)
            or self._leads(near, targets, drawn)
            or self._leads(far, sources, drawn)
            or self._leads(targets, near, drawn)
        )

    def _in_place(self, things: frozenset[str], places: frozenset[str]) -> bool:
        """Whether a thing runs on, or is a member of, a place."""
        seen = set(things)
        for _ in range(3):
            more = {e.target for i in seen for e in self._graph.edges_from(i, *_PLACES)}
            more |= {e.source for i in seen for e in self._graph.edges_to(i, EdgeKind.SAME_AS)}
            if more & places:
                return True
            if more <= seen:
                break
            seen |= more
        return False

    def _widened(self, ends: frozenset[str]) -> frozenset[str]:
        """The ends with the machines that they run on, what runs on them, the groups that they are in, the programs
        that they deploy, and the records of a zone that they stand before."""
        found = set(ends)
        for node_id in ends:
            found.update(e.target for e in self._graph.edges_from(node_id, EdgeKind.DEPLOYS))
            found.update(self._inside(self._graph.node(node_id)))
            found.update(self._behind(node_id))
            found.update(e.source for e in self._graph.edges_to(node_id, EdgeKind.PROTECTS))
            for edge in self._graph.edges_from(node_id, *_PLACES):
                found.add(edge.target)
            for edge in self._graph.edges_to(node_id, EdgeKind.RUNS_ON, EdgeKind.SAME_AS):
                found.add(edge.source)
        for node_id in list(found - ends):
            if self._graph.node(node_id).kind is NodeKind.HOST:
                found.update(e.target for e in self._graph.edges_from(node_id, EdgeKind.SAME_AS, EdgeKind.MEMBER_OF))
        return frozenset(found)

    def _inside(self, node: Node) -> Iterable[str]:
        """All that stands in a module, at any depth: what others refer to when they refer to the module."""
        if node.kind is NodeKind.MODULE and node.terraform is not None:
            yield from self._by_module.get((node.terraform.root, node.address), ())

    @cached_property
    def _by_module(self) -> dict[tuple[str, str], list[str]]:
        found: dict[tuple[str, str], list[str]] = {}
        for node in self._graph.nodes():
            if node.terraform is not None and node.terraform.module:
                parts = node.terraform.module.split(".module.")
                for depth in range(len(parts)):
                    path = ".module.".join(parts[: depth + 1])
                    found.setdefault((node.terraform.root, path), []).append(node.id)
        return found

    def _behind(self, node_id: str) -> Iterable[str]:
        """The records of the zone that a cache, a firewall or another setting of the zone stands before."""
        node = self._graph.node(node_id)
        if node.kind is NodeKind.RESOURCE and node.attributes.get("network_role") not in ("zone", "record"):
            for zone in self._graph.targets(node_id, EdgeKind.REFERENCES, EdgeKind.PROTECTS):
                if zone.attributes.get("network_role") == "zone":
                    for record in self._graph.sources(zone.id, EdgeKind.REFERENCES):
                        if record.attributes.get("network_role") == "record":
                            yield record.id

    def _leads(self, starts: Iterable[str], ends: frozenset[str], drawn: frozenset[str]) -> bool:
        """Whether a way of at most four relations leads from a start to an end."""
        layer: set[tuple[str, EdgeKind | None]] = {(node_id, None) for node_id in starts}
        seen = set(layer)
        for _ in range(_LONGEST):
            following: set[tuple[str, EdgeKind | None]] = set()
            for node_id, came in layer:
                for edge in self._graph.edges_from(node_id):
                    if edge.kind not in _STEPS or not _may_follow(came, edge.kind):
                        continue
                    if edge.target in ends:
                        return True
                    if edge.kind in _TRAFFIC and edge.target in drawn:
                        continue
                    step = (edge.target, edge.kind)
                    if step not in seen and self._graph.node(edge.target).kind not in _HUBS:
                        seen.add(step)
                        following.add(step)
                if len(seen) > _MOST:
                    return False
            layer = following
            if not layer:
                return False
        return False

    def _is_joined(self, sources: frozenset[str], targets: frozenset[str]) -> bool:
        """Whether a resource that only joins others (an attachment, a rule, an association) names both."""
        for node_id in sources:
            for edge in self._graph.edges_to(node_id, EdgeKind.REFERENCES):
                joint = self._graph.node(edge.source)
                if (
                    joint.kind is NodeKind.RESOURCE
                    and joint.attributes.get("plumbing")
                    and any(e.target in targets for e in self._graph.edges_from(joint.id, EdgeKind.REFERENCES))
                ):
                    return True
        return False

    def _is_silent(self, sources: frozenset[str], targets: frozenset[str]) -> bool:
        """Whether an end is programs, and the code says of one of them nothing of whom it talks to; or resources of
        types that nobody knows.

        What a program connects to may stand in its own code, which is not infrastructure; where the code of the
        infrastructure says some of it, it is taken to say all.
        """
        programs: list[str] = []
        for ids in (sources, targets):
            nodes = [self._graph.node(i) for i in sorted(ids)]
            if all(_is_unknown(n) for n in nodes):
                return True
            if all(n.kind is not NodeKind.RESOURCE for n in nodes):
                programs += [n.id for n in nodes if n.kind is NodeKind.SERVICE]
        return any(self._may_talk_unseen(i) for i in programs)

    def _may_talk_unseen(self, node_id: str) -> bool:
        node = self._graph.node(node_id)
        waits = node.category in _WAITING or node.attributes.get("kind") == "exporter"
        return not waits and next(iter(self._graph.edges_from(node_id, *_TALK)), None) is None

    def _is_let_through(self, near: frozenset[str], far: frozenset[str]) -> bool:
        """Whether a firewall of one end names a firewall of the other."""
        walls = [
            {i for i in ids if self._graph.node(i).attributes.get("network_role") == "firewall"} for ids in (near, far)
        ]
        edges = (e.target for i in walls[0] for e in self._graph.edges_from(i))
        back = (e.target for i in walls[1] for e in self._graph.edges_from(i))
        return any(t in walls[1] for t in edges) or any(t in walls[0] for t in back)

    def _is_admitted(self, callers: frozenset[str], walls: frozenset[str]) -> bool:
        """Whether a firewall lets someone in to what it protects, by a rule of its own."""
        for wall in walls:
            guarded = [e.target for e in self._graph.edges_from(wall, EdgeKind.PROTECTS)]
            allowed = [e for i in guarded for e in self._graph.edges_to(i, EdgeKind.ALLOWS) if e.source in callers]
            if allowed:
                rules = (r for r in self._graph.sources(wall, EdgeKind.REFERENCES) if _is_rule(r))
                written = {(n.source.path, n.source.line) for n in (self._graph.node(wall), *rules)}
                if any((place.path, place.line) in written for e in allowed for place in e.evidence):
                    return True
        return False

    def _is_applied(self, roles: frozenset[str], machines: frozenset[str]) -> bool:
        """Whether a play applies a role to a machine, or to a group that it is in."""
        seen = {i for i in roles if self._graph.node(i).kind is NodeKind.ROLE}
        for _ in range(3):  # a role may be a dependency of the role that a play applies
            seen |= {e.source for i in seen for e in self._graph.edges_to(i, EdgeKind.APPLIES, EdgeKind.DEPENDS_ON)}
        places = {e.target for i in seen for e in self._graph.edges_from(i, EdgeKind.TARGETS)}
        return bool(places & machines) or self._in_place(machines, frozenset(places))

    def _share_targets(self, sources: frozenset[str], targets: frozenset[str]) -> bool:
        """Whether one end routes to a target group that the other puts itself into."""
        found: list[set[str]] = []
        for ids in (sources, targets):
            seen = set(ids)
            for kinds in ((EdgeKind.ROUTES_TO, EdgeKind.REFERENCES), (EdgeKind.ROUTES_TO,), (EdgeKind.ROUTES_TO,)):
                seen |= {e.target for i in seen for e in self._graph.edges_from(i, *kinds)}
            found.append({i for i in seen if self._graph.node(i).attributes.get("network_role") == "target_group"})
        return bool(found[0] & found[1])

    def _share_network(self, sources: frozenset[str], targets: frozenset[str]) -> bool:
        """Whether one end is a way out of a network, or an endpoint in it, and the other is in the same network."""
        if not any(self._is_door(i) for i in sources | targets):
            return False
        around = [self._networks(ids) for ids in (sources, targets)]
        return bool(around[0] & around[1])

    def _is_door(self, node_id: str) -> bool:
        node = self._graph.node(node_id)
        return node.attributes.get("network_role") in ("gateway", "address") or "_endpoint" in node.type

    def _networks(self, ids: frozenset[str]) -> set[str]:
        """The networks around some resources, as the code puts them in or they name them."""
        seen = set(ids)
        for _ in range(3):
            around = {e.source for i in seen for e in self._graph.edges_to(i, EdgeKind.CONTAINS)}
            named = {e.target for i in seen for e in self._graph.edges_from(i, EdgeKind.REFERENCES)}
            seen |= {i for i in around | named if self._graph.node(i).attributes.get("network_role") in _NETWORKS}
        return {i for i in seen if self._graph.node(i).attributes.get("network_role") == "container"}

    def _is_taken_for_granted(self, sources: frozenset[str], targets: frozenset[str]) -> bool:
        """Relations that no code says: one event after the other, an inventory and the machines in it, the internet and
        what is there to face it."""
        kinds = [{self._graph.node(i).kind for i in ids} for ids in (sources, targets)]
        if any(one & kinds[0] and other & kinds[1] for one, other in _BOTH_WAYS):
            return True
        ends = [[self._graph.node(i) for i in ids] for ids in (sources, targets)]
        if all(n.kind is NodeKind.RESOURCE for n in (*ends[0], *ends[1])) and any(
            2 * sum(n.category in _WATCHING for n in end) > len(end) for end in ends
        ):
            return True  # a cloud's own services report without being told to
        return any(
            any(n.type == "internet" for n in one) and any(_faces_the_public(n) for n in other)
            for one, other in (ends, ends[::-1])
        )


def _may_follow(came: EdgeKind | None, kind: EdgeKind) -> bool:
    """Whether a way goes on by a relation, after the one that it came by.

    Who looks at something has nothing to do with what that does next; traffic goes on as traffic; and what a thing
    refers to does not lead to all else that is in it.
    """
    if came in _LOOKING:
        return came is EdgeKind.ALERTS and kind is EdgeKind.ALERTS
    if came in _TRAFFIC:
        return kind in _TRAFFIC
    return not (came in (EdgeKind.REFERENCES, EdgeKind.DEPENDS_ON) and kind is EdgeKind.CONTAINS)


def _is_rule(node: Node) -> bool:
    return node.attributes.get("network_role") == "rule"


def _faces_the_public(node: Node) -> bool:
    role = node.attributes.get("network_role")
    return role in ("cdn", "load_balancer", "record", "address", "gateway") or node.category in _FACES


def _is_unknown(node: Node) -> bool:
    """Whether the infrastructure's code cannot say whom it talks to: its type is not known, it only joins others, or
    it is a cluster, in which other code runs."""
    if node.kind is not NodeKind.RESOURCE:
        return False
    unknown = node.category in (Category.OTHER, Category.PLUMBING) or bool(node.attributes.get("plumbing"))
    return unknown or node.attributes.get("network_role") == "cluster"
