"""Which hosts and groups a play is for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from archdoc.model.facts import EdgeKind, Json
from archdoc.model.problem import Severity
from archdoc.readers.ansible.emit import Sheet
from archdoc.readers.ansible.inventories import Inventory
from archdoc.readers.ansible.patterns import LOCALHOST, Term, match, split_pattern
from archdoc.readers.ansible.plays.places import Place
from archdoc.readers.ansible.plays.playbooks import Play
from archdoc.readers.ansible.plays.tasks import text_of
from archdoc.readers.ansible.projects import Project, is_of_molecule
from archdoc.readers.ansible.rules import HOST_PATTERN
from archdoc.readers.ansible.walk.evaluation import Evaluator
from archdoc.readers.ansible.walk.frames import Frame
from archdoc.readers.ansible.walk.machines import Fleet, Machine
from archdoc.readers.yamldoor import Opaque

_EXPRESSION = re.compile(r"\{\{.{0,2000}?\}\}|\{%.{0,2000}?%\}", re.DOTALL)
_PLAIN = re.compile(r"[A-Za-z_][\w-]*")
_SUBSCRIPT = re.compile(r"\[(?:-?[0-9]+|[0-9]+[:-][0-9]*)\]$")
_HOST_NAME = re.compile(r"[A-Za-z0-9][\w-]*(\.[\w-]+)+|[0-9a-fA-F:]*:[0-9a-fA-F:]+")


@dataclass(slots=True)
class Targets:
    """What a pattern comes to. ``hosts`` and ``groups`` are ids of nodes."""

    pattern: tuple[str, ...]
    machines: list[Machine] = field(default_factory=list)
    hosts: dict[str, None] = field(default_factory=dict)
    groups: dict[str, None] = field(default_factory=dict)
    rule: str = ""


_NOBODY = frozenset({"null", "none", "undefined", "nobody", "nothing", "no_hosts", "nohosts"})
"""Names that a pattern's expression comes to where it means no host: ``{{ target | default('null') }}``."""


class Targeting:
    """Finds the targets of the plays of one project."""

    def __init__(self, project: Project, fleet: Fleet, sheet: Sheet, evaluator: Evaluator, dynamic: set[str]) -> None:
        """``dynamic`` are the groups that tasks make while they run (``add_host``, ``group_by``)."""
        self._project = project
        self._fleet = fleet
        self._sheet = sheet
        self._evaluator = evaluator
        self._dynamic = dynamic
        self._inventories = fleet.inventories

    def find(self, play: Play, playbook: str, frame: Frame) -> Targets:
        """The machines of a play. ``frame`` has the variables of the play alone."""
        written = play.hosts if isinstance(play.hosts, list) else [play.hosts]
        pattern = tuple(text_of(item) for item in written if not isinstance(item, Opaque) and text_of(item))
        targets = Targets(pattern)
        if is_of_molecule(playbook):
            targets.machines.append(self._fleet.nobody())
            return targets
        if any("{{" in term or "{%" in term for term in pattern):
            targets.rule = HOST_PATTERN
            pattern = self._evaluated(play, playbook, frame, pattern)
        if pattern:
            self._match(play, pattern, targets)
        elif targets.rule:
            targets.machines.append(self._fleet.nobody())  # what the play does is known, if not for whom
        return targets

    def connect(self, play_id: str, play: Play, targets: Targets) -> None:
        """The edges from a play to its targets."""
        attributes: dict[str, Json] = {"pattern": ",".join(targets.pattern)}
        covered = {
            self._project.id("host", host)
            for group in targets.groups
            for inventory in self._inventories
            for host in inventory.group_hosts(group.rsplit(":group:", 1)[-1])
        }
        for node_id in (*targets.groups, *(h for h in targets.hosts if h not in covered)):
            self._sheet.edge(play_id, node_id, EdgeKind.TARGETS, play.place("hosts"), attributes, targets.rule)

    def limited(self, play: Play, machines: list[Machine], limit: str) -> list[Machine]:
        """The machines that are left when only those of a pattern are meant. ``localhost`` always is."""
        if not limit:
            return machines
        names = tuple(t for t in split_pattern(limit) if _PLAIN.fullmatch(t))
        kept: list[Machine] = []
        for index, inventory in enumerate(self._inventories):
            hosts = match(inventory, limit).hosts
            of_inventory = [m for m in machines if m.inventory == index]
            kept += [m for m in of_inventory if m.name and (m.name in hosts or m.name in LOCALHOST)]
            if any(not m.name for m in of_inventory) and names and not hosts:
                for name in names:
                    self._group(play, name)
                kept.append(self._fleet.some_host(index, names))
        return list(dict.fromkeys(kept))

    # -- patterns with expressions --------------------------------------------------------------------------------

    def _evaluated(self, play: Play, playbook: str, frame: Frame, pattern: tuple[str, ...]) -> tuple[str, ...]:
        """The pattern with its expressions evaluated, or the names that fit it."""
        found: list[str] = []
        renderer = self._evaluator.renderer(self._fleet.nobody(), frame, Place(playbook, playbook))
        for term in pattern:
            value = renderer.evaluate(term)
            items = value.value if isinstance(value.value, list) else [value.value]
            texts = [str(item) for item in items if isinstance(item, str | int)]
            if any(text.strip().lower() in _NOBODY for text in texts):
                texts = []  # a default that keeps the play from running where nobody says the hosts
            if value.known and not texts and items:
                self._only_then(play, term)
                continue
            if value.known and not value.undefined and all(texts):
                found += texts
                continue
            fitting = [name for text in texts for part in _parts(text) for name in self._fitting(part)]
            if not fitting:
                self._only_then(play, term)
            found += fitting
        return tuple(dict.fromkeys(found))

    def _only_then(self, play: Play, term: str) -> None:
        message = f"the hosts of the play are known only when it runs: {term}"
        hint = "set its variables in [ansible] variables of archdoc.toml"
        self._sheet.problem(Severity.NOTE, "ANS040", message, play.place("hosts"), hint)

    def _fitting(self, part: str) -> list[str]:
        """The names of groups and hosts that a term with an expression in it can mean."""
        if not _EXPRESSION.search(part):
            return [part]
        operator = part[0] if part[0] in "&!" else ""
        pieces = _EXPRESSION.split(part[len(operator) :])
        if not re.search(r"\w", "".join(pieces)):
            return []
        pattern = re.compile(".+".join(map(re.escape, pieces)))
        names = dict.fromkeys(
            name for i in self._inventories for name in (*i.groups, *i.hosts) if name not in ("all", "ungrouped")
        )
        return [operator + name for name in names if pattern.fullmatch(name)]

    # -- matching -------------------------------------------------------------------------------------------------

    def _match(self, play: Play, pattern: tuple[str, ...], targets: Targets) -> None:
        matches = [match(inventory, pattern) for inventory in self._inventories]
        terms: dict[str, list[Term]] = {}
        for found in matches:
            for term in found.terms:
                if not term.operator:
                    terms.setdefault(term.text, []).append(term)
        for text, of_inventories in terms.items():
            self._term(play, text, of_inventories, targets)
        for index, found in enumerate(matches):
            for host in found.hosts:
                targets.hosts[self._host(play, host)] = None
                targets.machines.append(self._fleet.host(index, host))
        names = tuple(dict.fromkeys(g.rsplit(":group:", 1)[-1] for g in targets.groups))
        if names:
            self._unknown_hosts(names, [bool(found.hosts) for found in matches], targets)

    def _term(self, play: Play, text: str, found: list[Term], targets: Targets) -> None:
        if text in ("all", "*"):
            targets.groups[self._group(play, "all")] = None
            return
        groups = dict.fromkeys(g for term in found for g in term.groups if g not in ("all", "ungrouped"))
        hosts = [h for term in found for h in term.hosts]
        for group in groups:
            targets.groups[self._group(play, group)] = None
        if groups or hosts:
            return
        name = _SUBSCRIPT.sub("", text)
        if text == "ungrouped":
            targets.groups[self._group(play, text)] = None
        elif _PLAIN.fullmatch(name):
            members = self._fleet.members(name)
            for machine in members:
                targets.machines.append(machine)
                targets.hosts.update(dict.fromkeys(i for i in machine.ids if ":host:" in i))
            if not members and all(map(_is_complete, self._inventories)) and name not in self._dynamic:
                message = f"no inventory of the project has the group or host {name}"
                self._sheet.problem(Severity.NOTE, "ANS041", message, play.place("hosts"))
            targets.groups[self._group(play, name)] = None
        elif _HOST_NAME.fullmatch(text):
            targets.hosts[self._host(play, text)] = None
            targets.machines.append(self._fleet.host(0, text))
        else:
            message = f"the pattern {text} matches no group and no host of the repository's inventories"
            self._sheet.problem(Severity.NOTE, "ANS041", message, play.place("hosts"))

    def _unknown_hosts(self, names: tuple[str, ...], matched: list[bool], targets: Targets) -> None:
        """Machines for the hosts that no inventory lists."""
        for index, inventory in enumerate(self._inventories):
            if not _is_complete(inventory):
                targets.machines.append(self._fleet.some_host(index, names))
        if not targets.machines and not any(matched):
            targets.machines += [self._fleet.some_host(index, names) for index, _ in enumerate(self._inventories)]

    def _group(self, play: Play, name: str) -> str:
        if any(name in i.groups for i in self._inventories) and name not in ("all", "ungrouped"):
            return self._project.id("group", name)
        return self._sheet.unlisted(self._project, "group", name, play.place("hosts"))

    def _host(self, play: Play, name: str) -> str:
        if any(name in inventory.hosts for inventory in self._inventories):
            return self._project.id("host", name)
        return self._sheet.unlisted(self._project, "host", name, play.place("hosts"))


def _parts(text: str) -> list[str]:
    """The terms of a pattern that has expressions in it."""
    expressions: list[str] = []

    def hide(found: re.Match[str]) -> str:
        expressions.append(found[0])
        return f"ufdd{len(expressions) - 1}ufdd"

    hidden = split_pattern(_EXPRESSION.sub(hide, text))
    return [re.sub("ufdd([0-9]+)ufdd", lambda m: expressions[int(m[1])], part) for part in hidden]


def _is_complete(inventory: Inventory) -> bool:
    return bool(inventory.path) and inventory.complete
