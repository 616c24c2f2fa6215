"""Where rules of hosts' firewalls are written: in tasks, and in files that tasks and resources put on machines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archdoc.linking.hostrules import Rule
from archdoc.linking.placement import SIGNAL_KINDS, Placement, place_of, signals, strings
from archdoc.linking.rules import Context
from archdoc.linking.terraform_facts import role_of
from archdoc.model.document import Document
from archdoc.model.facts import Json, Node, NodeKind, Source
from archdoc.readers.ansible.signals.firewalltexts import Ruled, is_firewall, rules_of_text

Reached = tuple[tuple[str, tuple[Source, ...]], ...]
_MACHINES = ("server", "server_group")


@dataclass(frozen=True, slots=True)
class Said:
    """A rule, who has it, where it is written, what it reaches, and the machines behind that. ``guess`` for one of a
    script, of which it is not known whether it gets there."""

    owner: Node
    rule: Rule
    place: Source
    reached: Reached
    machines: frozenset[str]
    guess: bool = False


def in_tasks(context: Context, placement: Placement) -> Iterator[Said]:
    """The rules of modules and commands."""
    for owner in context.graph.nodes(*SIGNAL_KINDS):
        for signal in signals(owner, "firewall"):
            yield _said(placement, owner, signal, place_of(signal), strings(signal.get("hosts")))


def in_files(context: Context, placement: Placement) -> Iterator[Said]:
    """The rules of files that are put on machines, whole or line by line."""
    for document in context.documents:
        owners = [o for o in map(context.graph.find, document.owners) if o is not None]
        if not owners or not is_firewall(document.name, document.text):
            continue
        owner = owners[0]
        if owner.kind is NodeKind.RESOURCE and role_of(owner) not in _MACHINES:
            continue
        for ruled in rules_of_text(document.name, document.text):
            yield _of_document(placement, owner, document, ruled)
    for owner in context.graph.nodes(*SIGNAL_KINDS):
        yield from _lines(placement, owner)


def _of_document(placement: Placement, owner: Node, document: Document, ruled: Ruled) -> Said:
    place = document.source(ruled.line)
    hosts = list(document.hosts)
    if owner.kind is NodeKind.RESOURCE:
        return Said(owner, ruled.rule, place, ((owner.id, ()),), frozenset({owner.id}), True)
    return _said(placement, owner, ruled.rule, place, hosts, document.placed_by)


def _lines(placement: Placement, owner: Node) -> Iterator[Said]:
    """Lines that tasks put into one file of a firewall."""
    files: dict[tuple[str, str], list[dict[str, Json]]] = {}
    for signal in signals(owner, "line"):
        if signal.get("file") and signal.get("text") and signal.get("state") != "absent":
            key = (str(signal["file"]), ",".join(strings(signal.get("hosts"))))
            files.setdefault(key, []).append(signal)
    for (name, _), found in files.items():
        by_line = [signal for signal in found for _ in str(signal["text"]).split("\n")]
        text = "\n".join(str(signal["text"]) for signal in found)
        if is_firewall(name, text):
            for ruled in rules_of_text(name, text):
                signal = by_line[ruled.line - 1]
                yield _said(placement, owner, ruled.rule, place_of(signal), strings(signal.get("hosts")))


def _said(
    placement: Placement, owner: Node, rule: Rule, place: Source, hosts: list[str], placed_by: Source | None = None
) -> Said:
    said = [i for i in hosts if i in placement.graph]
    reached = tuple(_reached(placement, owner, said))
    if placed_by is not None:
        reached = tuple((target, (placed_by, *evidence)) for target, evidence in reached)
    machines = frozenset(m for target, _ in reached for m in placement.machines(target))
    return Said(owner, rule, place, reached, machines)


def _reached(placement: Placement, owner: Node, said: list[str]) -> Iterator[tuple[str, tuple[Source, ...]]]:
    """What a task reaches, with the ``hosts:`` that say so: the targets of the plays where it is run on all of their
    machines, else the machines."""
    machines = {m for i in said for m in placement.machines(i)}
    left = dict.fromkeys(said)
    for edge in placement.targets(owner.id):
        if not said or placement.machines(edge.target) <= machines:
            yield edge.target, edge.evidence
            for known in [i for i in left if placement.machines(i) <= placement.machines(edge.target)]:
                left.pop(known)
    for place in left:
        yield place, ()
