"""What monitoring and security were not found to do: said in words under the drawing, with what is known instead."""

from __future__ import annotations

import re

from archdoc.model.facts import Category, EdgeKind, Node, NodeKind
from archdoc.model.graph import Graph
from archdoc.views.machines import Machines, is_internet, listed, role_of
from archdoc.views.sketch import Sketch
from archdoc.views.unread import unread_rules
from archdoc.views.watching import agents_on, discoveries, places_of, reached


def say_unwatched(graph: Graph, sketch: Sketch, machines: Machines) -> None:
    """The machines that nothing is found to watch, and alerts of which it is not found who is told."""
    if not sketch.boxes():
        sketch.missing("Nothing about monitoring was found.")
        return
    _say_who_is_unwatched(graph, sketch, machines)
    if not any(True for _ in graph.edges(EdgeKind.ALERTS)):
        raising = [n.address or n.name for n in graph.nodes(NodeKind.SERVICE, NodeKind.RESOURCE) if _raises(n)]
        if raising:
            sketch.missing(
                f"Who is told of alerts was not found; they are raised by: {listed(dict.fromkeys(raising))}."
            )
        else:
            sketch.missing("No alert receiver was found.")


def _say_who_is_unwatched(graph: Graph, sketch: Sketch, machines: Machines) -> None:
    """The machines that nothing names: those with an agent, of which it is not known who reads it, and the others."""
    alone: list[str] = []
    with_agent: list[str] = []
    agents: dict[str, Node] = {}
    for machine in machines.all:
        if reached(graph, machine, EdgeKind.SCRAPES):
            continue
        found = agents_on(graph, places_of(graph, machine))
        agents.update({n.name: n for n in found})
        (with_agent if found else alone).append(machines.name(machine))
    if with_agent:
        sketch.note(f"{', '.join(sorted(agents))} on these, and no scrape job names them: {listed(with_agent)}.")
    found_later = discoveries(graph)
    if found_later and (alone or with_agent):
        how = "; ".join(f"{d.how} at {d.place}" for d in found_later[:_DISCOVERIES])
        sketch.note(f"A discovery finds its targets while it runs, and may find machines that no job names: {how}.")
    if alone:
        sketch.missing(f"Nothing that was read watches: {listed(alone)}.")


_DISCOVERIES = 6
_RAISES = re.compile(r"alarm|alert|monitor(?!ing_|s?_group)|health_?check|uptime")


def _raises(node: Node) -> bool:
    """Whether something raises alerts: rules with alerts, an alert manager, an alarm of a provider."""
    if node.attributes.get("disabled"):
        return False
    if node.kind is NodeKind.RESOURCE:
        return node.category is Category.MONITORING and _RAISES.search(node.type) is not None
    rules = node.attributes.get("rules")
    alerting = isinstance(rules, list) and any(isinstance(r, dict) and r.get("alert") for r in rules)
    return alerting or node.attributes.get("kind") == "alert_manager" or bool(node.attributes.get("alertmanagers"))


def say_unprotected(graph: Graph, sketch: Sketch, machines: Machines) -> None:
    """The machines without a firewall, and the rules that could not be read."""
    walls = [e for e in graph.edges(EdgeKind.PROTECTS) if not e.attributes.get("how")]
    protected = {machines.id_of(e.target) for e in walls}
    for node_id in list(protected):
        protected |= {n.id for n in graph.targets(node_id, EdgeKind.ATTACHED_TO)}
    for group in {e.target for e in walls if graph.node(e.target).kind is NodeKind.GROUP}:
        protected.update(machines.members(graph.node(group)))
    for around in [i for i in protected if role_of(graph.node(i)) in ("subnet", "container")]:
        protected |= {machines.id_of(n.id) for n in graph.targets(around, EdgeKind.CONTAINS)}
    bare = [m for m in machines.all if m.id not in protected and not m.attributes.get("own_firewall")]
    later = [m for m in bare if is_guarded_elsewhere(graph, m)]
    if later:
        sketch.note(f"Firewalls of these are known only when applied, or made elsewhere: {_names(machines, later)}.")
    if len(bare) > len(later):
        sketch.missing(f"No firewall was found for: {_names(machines, [m for m in bare if m not in later])}.")
    idle = [n for n in graph.nodes(NodeKind.RESOURCE) if machines.roots.is_drawn(n) and _is_idle_wall(graph, n)]
    if idle:
        sketch.missing(f"What these firewalls are for was not found: {listed(n.address or n.name for n in idle)}.")
    rules = unread_rules(graph)
    if rules:
        sketch.note(f"Rules of firewalls that could not be read: {listed(map(str, rules))}.")
    exposed = [e for e in graph.edges(EdgeKind.ALLOWS) if is_internet(graph.node(e.source))]
    if machines.all and not exposed:
        sketch.missing("No rule that was read lets the internet in.")
    if not sketch.boxes() and not any(n.category is Category.SECURITY for n in graph.nodes()):
        sketch.missing("Nothing about security was found.")


def _is_idle_wall(graph: Graph, node: Node) -> bool:
    """Whether a firewall protects nothing, and nothing but its own rules names it."""
    if role_of(node) != "firewall" or node.attributes.get("disabled"):
        return False
    users = graph.sources(node.id, EdgeKind.REFERENCES, EdgeKind.ATTACHED_TO)
    used = any(n.kind is NodeKind.RESOURCE and role_of(n) not in ("rule", "firewall") for n in users)
    return not used and not any(True for _ in graph.edges_from(node.id, EdgeKind.PROTECTS))


def say_homeless(graph: Graph, sketch: Sketch, machines: Machines, homeless: list[Node]) -> None:
    """The machines that no network of the code is named for."""
    later = [m for m in homeless if _is_named(graph, m, _NETWORKS)]
    if later:
        sketch.note(f"Networks of these are known only when applied, or made elsewhere: {_names(machines, later)}.")
    if len(homeless) > len(later):
        sketch.missing(f"No network was found for: {_names(machines, [m for m in homeless if m not in later])}.")


_FIREWALLS = re.compile(r"security_?group|firewall|\bnsg", re.IGNORECASE)
_NETWORKS = re.compile(r"subnet|network|vpc|vlan|bridge", re.IGNORECASE)


def is_guarded_elsewhere(graph: Graph, machine: Node) -> bool:
    """Whether a machine has a firewall that is known only when applied, or made by other code."""
    return _is_named(graph, machine, _FIREWALLS) or _stands_elsewhere(graph, machine)


def _names(machines: Machines, found: list[Node]) -> str:
    return listed(machines.name(m) for m in found)


def _is_named(graph: Graph, machine: Node, pattern: re.Pattern[str]) -> bool:
    """Whether an argument of a machine, or of the template or interface that it is made with, names something of a
    kind that leads to nothing in the code."""
    made_with = [n for n in graph.targets(machine.id, EdgeKind.REFERENCES) if n.kind is NodeKind.RESOURCE]
    made_with = [n for n in made_with if role_of(n) == "interface" or re.search("template|launch|config", n.type)]
    return any(_names_one(node, pattern) for node in (machine, *made_with))


def _stands_elsewhere(graph: Graph, machine: Node) -> bool:
    """Whether a machine is in a network that is only looked up: what protects that one is made elsewhere."""
    return any(n.kind is NodeKind.DATA_SOURCE for n in graph.sources(machine.id, EdgeKind.CONTAINS))


def _names_one(node: Node, pattern: re.Pattern[str]) -> bool:
    unknown, values = node.attributes.get("unknown"), node.attributes.get("values")
    open_ones = list(unknown) if isinstance(unknown, dict) else []
    given = [k for k, v in values.items() if v not in (None, "", [], {})] if isinstance(values, dict) else []
    return any(pattern.search(name) for name in (*open_ones, *given) if not name.startswith("tags"))
