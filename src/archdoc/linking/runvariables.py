"""Plays whose hosts a command line decides: ``hosts: "{{ target }}"`` and ``ansible-playbook -e target=web``."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from archdoc.linking.rules import Context, Fact, rule
from archdoc.model.facts import Edge, EdgeKind, Json, Node, NodeKind, Provenance, Source
from archdoc.model.graph import Graph
from archdoc.readers.ansible.inventories.model import Group, Host, Inventory
from archdoc.readers.ansible.jinja import Renderer
from archdoc.readers.ansible.patterns import match
from archdoc.readers.ansible.variables import VariableScope
from archdoc.readers.ansible.walk.runs import extra_variables

_EXTRA = ("-e", "--extra-vars")
_LIMIT = ("-l", "--limit")


@rule("delivery.extra-vars")
def extra_vars(context: Context) -> Iterable[Fact]:
    """A play whose ``hosts`` is an expression may be for the groups and hosts that the expression comes to with the
    ``--extra-vars`` of a CI job that runs the playbook, or one that imports it; ``--limit`` counts.

    Also through a script or a Makefile that the job runs. Example: ``hosts: "{{ target }}"`` and a step
    ``ansible-playbook site.yml -e target=web`` give the group ``web``.
    """
    playbooks = {n.source.path: n for n in context.graph.nodes(NodeKind.PLAYBOOK)}
    inventories: dict[str, Inventory] = {}
    for job in context.graph.nodes(NodeKind.CI_JOB):
        runs = job.attributes.get("runs")
        for run in runs if isinstance(runs, list) else ():
            if isinstance(run, dict) and run.get("tool") == "ansible-playbook":
                yield from _targets(context.graph, job, run, playbooks, inventories)


RULES = (extra_vars,)


def _targets(
    graph: Graph, job: Node, run: dict[str, Json], playbooks: Mapping[str, Node], inventories: dict[str, Inventory]
) -> Iterator[Edge]:
    words = [str(w) for w in _list(run.get("arguments"))]
    variables: dict[str, Any] = {}
    for text in _options(words, _EXTRA):
        variables.update(extra_variables(text))
    if not variables:
        return
    limit = ":".join(t for t in _options(words, _LIMIT) if "$" not in t)
    renderer = Renderer(VariableScope().with_magic(variables))
    line = run.get("line")
    place = Source(str(run.get("path") or job.source.path), line if isinstance(line, int) and line > 0 else 1)
    directory = str(run.get("working_directory") or ".")
    for subject in _list(run.get("subjects")):
        playbook = playbooks.get(posixpath.normpath(posixpath.join(directory, str(subject))))
        for play in _plays(graph, playbook) if playbook is not None else ():
            pattern = str(play.attributes.get("pattern") or "")
            value = renderer.evaluate(pattern) if "{{" in pattern else None
            if value is None or not value.known or not value.value:
                continue
            project = play.id.split(":", 2)[1]
            if project not in inventories:
                inventories[project] = _inventory(graph, project)
            for node_id in _meant(inventories[project], project, value.value, limit):
                if not any(e.target == node_id for e in graph.edges_from(play.id, EdgeKind.TARGETS)):
                    attributes: dict[str, Json] = {"pattern": pattern}
                    evidence = (place, play.source)
                    yield Edge(
                        play.id,
                        node_id,
                        EdgeKind.TARGETS,
                        evidence,
                        Provenance.INFERRED,
                        "delivery.extra-vars",
                        attributes,
                    )


def _meant(inventory: Inventory, project: str, pattern: Any, limit: str) -> list[str]:
    """The ids of what a pattern means: its groups, and the hosts that it names themselves; where it or the limit takes
    something away, the hosts that are left."""
    found = match(inventory, pattern if isinstance(pattern, list) else str(pattern))
    cut = limit or any(t.operator or "[" in t.text for t in found.terms)
    if cut:
        kept = match(inventory, limit).hosts if limit else found.hosts
        return [f"ansible:{project}:host:{h}" for h in found.hosts if h in kept and h in inventory.hosts]
    hosts = [h for t in found.terms if not t.groups for h in t.hosts if h in inventory.hosts]
    return [*(f"ansible:{project}:group:{g}" for g in found.groups), *(f"ansible:{project}:host:{h}" for h in hosts)]


def _inventory(graph: Graph, project: str) -> Inventory:
    """The hosts and groups of a project's graph, whichever inventory, plugin or rule they are from."""
    start = f"ansible:{project}:"
    hosts = {n.name: Host(n.name, n.source) for n in graph.nodes(NodeKind.HOST) if n.id.startswith(start)}
    groups: dict[str, Group] = {}
    for node in graph.nodes(NodeKind.GROUP):
        if node.id.startswith(start):
            members = [graph.node(e.source) for e in graph.edges_to(node.id, EdgeKind.MEMBER_OF)]
            groups[node.name] = Group(
                node.name,
                node.source,
                hosts=tuple(m.name for m in members if m.kind is NodeKind.HOST),
                children=tuple(m.name for m in members if m.kind is NodeKind.GROUP),
            )
    if "all" not in groups and hosts:
        first = next(iter(hosts.values())).source
        groups["all"] = Group("all", first, hosts=tuple(hosts))
    return Inventory(project, (), hosts, groups)


def _plays(graph: Graph, playbook: Node) -> list[Node]:
    """The plays of a playbook and of those that it imports."""
    found: list[Node] = []
    seen, waiting = {playbook.id}, [playbook.id]
    while waiting:
        current = waiting.pop(0)
        found += [graph.node(e.target) for e in graph.edges_from(current, EdgeKind.CONTAINS)]
        for edge in graph.edges_from(current, EdgeKind.CALLS):
            if edge.attributes.get("how") == "import_playbook" and edge.target not in seen:
                seen.add(edge.target)
                waiting.append(edge.target)
    return [n for n in found if n.kind is NodeKind.PLAY]


def _options(words: list[str], names: tuple[str, ...]) -> Iterator[str]:
    """The values that an option is given, in each of its spellings: ``-e x``, ``-ex``, ``--extra-vars=x``."""
    short, long = names
    for number, word in enumerate(words):
        if word in names and number + 1 < len(words):
            yield words[number + 1]
        elif word.startswith(f"{long}="):
            yield word[len(long) + 1 :]
        elif word.startswith(short) and not word.startswith("--") and len(word) > len(short):
            yield word[len(short) :].lstrip("=")


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
