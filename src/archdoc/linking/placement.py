"""Where a play or role takes effect: questions that several linking rules ask of the graph."""

from __future__ import annotations

from archdoc.model.facts import Edge, EdgeKind, Json, Node, NodeKind, Source
from archdoc.model.graph import Graph

_DOWN = (EdgeKind.APPLIES, EdgeKind.INCLUDES, EdgeKind.DEPENDS_ON)


class Placement:
    """The groups and hosts that each play, role and task file reaches."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._known: dict[str, list[Edge]] = {}

    def targets(self, node_id: str) -> list[Edge]:
        """The ``targets`` edges of the plays that a node belongs to, each target once."""
        if node_id not in self._known:
            plays, waiting, seen = [], [node_id], {node_id}
            while waiting:
                current = waiting.pop()
                node = self._graph.find(current)
                if node is None:
                    continue
                if node.kind is NodeKind.PLAY:
                    plays.append(current)
                for edge in self._graph.edges_to(current, *_DOWN):
                    if edge.source not in seen:
                        seen.add(edge.source)
                        waiting.append(edge.source)
            found: dict[str, Edge] = {}
            for play in sorted(plays):
                for edge in self._graph.edges_from(play, EdgeKind.TARGETS):
                    found.setdefault(edge.target, edge)
            self._known[node_id] = [found[t] for t in sorted(found)]
        return self._known[node_id]

    def hosts_of(self, node: Node) -> list[str]:
        """The ids of the hosts below a group, or of the host itself."""
        if node.kind is not NodeKind.GROUP:
            return [node.id]
        hosts, waiting, seen = [], [node.id], {node.id}
        while waiting:
            for member in self._graph.sources(waiting.pop(), EdgeKind.MEMBER_OF):
                if member.kind is NodeKind.HOST:
                    hosts.append(member.id)
                elif member.id not in seen:
                    seen.add(member.id)
                    waiting.append(member.id)
        return sorted(set(hosts))


def signals(node: Node, *kinds: str) -> list[dict[str, Json]]:
    """The signals of a node, of some kinds or all."""
    found = node.attributes.get("signals")
    listed = [s for s in found if isinstance(s, dict)] if isinstance(found, list) else []
    return [s for s in listed if not kinds or s.get("signal") in kinds]


def place_of(signal: dict[str, Json]) -> Source:
    """Where the task of a signal stands."""
    line = signal.get("line")
    return Source(str(signal.get("path") or "?"), line if isinstance(line, int) and line > 0 else 1)


def strings(value: Json) -> list[str]:
    """The texts of a list, or the one text."""
    if isinstance(value, str):
        return [value]
    return [str(v) for v in value if isinstance(v, str | int)] if isinstance(value, list) else []


SIGNAL_KINDS = (NodeKind.ROLE, NodeKind.PLAY, NodeKind.TASK_FILE)
