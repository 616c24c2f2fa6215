"""Services: which program runs on which host. What they say to each other is in connections.py."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archdoc.catalog import Program
from archdoc.linking.placement import SIGNAL_KINDS, Placement, place_of, scope_of, signals, strings
from archdoc.linking.rules import Context, Fact, rule
from archdoc.linking.uniting import unite
from archdoc.model.facts import Category, Edge, EdgeKind, Json, Node, NodeKind, Provenance, Source
from archdoc.readers.formats.environment import addresses_in, variables_in

_GONE = frozenset(
    {
        *("absent", "removed", "uninstalled", "unmerged", "unlinked", "purged", "latest-absent"),
        *("stopped", "killed", "down", "unloaded", "masked", "disabled", "inactive", "created", "paused"),
    }
)
"""States of packages, units and containers, in the words of Ansible's modules, in which nothing runs."""
_OFF = ("no", "false", "off", "0")
_INTEREST = frozenset({"frontend", "application", "data", "messaging", "monitoring", "logging", "backup", "security"})
"""The tiers of programs whose package alone is worth a box; of the others (``platform``) a unit or container must say
that they run."""


@rule("services.signals")
def from_signals(context: Context) -> Iterable[Fact]:
    """A task that starts a unit, runs a container or installs the package of a known program makes a service.

    Not one that stops or removes it, one that only asks for its state, or one of a program that nearly every machine
    has (time, logs, container engines: the catalog's ``background``); and not a package whose unit is switched off
    for good by the same role, play or file. Example: ``apt: name=postgresql`` and
    ``service: name=postgresql state=started`` in the role ``postgres``.
    """
    every = [
        (owner, [(s, t) for s in signals(owner, "package", "service", "container") for t in _told(context, s)])
        for owner in context.graph.nodes(*SIGNAL_KINDS)
    ]
    packaged: dict[str, dict[str, Program]] = {}
    for owner, told in every:
        for signal, one in told:
            if signal["signal"] == "package" and one.program is not None:
                packaged.setdefault(_whole(owner, signal), {})[one.program.name] = one.program
    lines = _lines(context)
    for owner, told in every:
        off = _switched_off(context, owner) - {_name_of(t) for s, t in told if s["signal"] != "package"}
        for signal, one in told:
            if _name_of(one) not in off:
                whole = _whole(owner, signal)
                replaced = _in_its_place(signal, one, packaged.get(whole, {}))
                yield _service(context, owner, signal, replaced, lines.get((whole, _name_of(replaced)), []))


@rule("services.outside-role")
def outside_roles(context: Context) -> Iterable[Fact]:
    """A role whose code is not in the repository, and whose name speaks of one known program, sets that program up on
    the hosts of the plays that apply it.

    Inferred from the name alone. Example: ``roles: [geerlingguy.postgresql]`` of a play for ``db``.
    """
    for role in context.graph.nodes(NodeKind.EXTERNAL):
        program = context.catalog.software.in_name(role.name) if role.type == "role" else None
        if program is None or program.background:
            continue
        attributes: dict[str, Json] = {
            "owners": [role.id],
            "hosts": [],
            "program": program.name,
            "kind": program.kind,
            "tier": program.tier,
            "inferred": "services.outside-role",
            **({"icon": program.icon} if program.icon else {}),
        }
        node_id = f"service:{role.name}:{program.name}"
        yield Node(
            node_id,
            NodeKind.SERVICE,
            program.name,
            program.name,
            role.source,
            "",
            program.category,
            attributes,
            role.evidence,
        )


@rule("services.run-on")
def run_on(context: Context) -> Iterable[Fact]:
    """A service or job runs on the hosts that its tasks and its configuration reach; the role, play or task file that
    says so deploys it.

    Where the hosts of a group are not known it runs on the group. Example: the role ``nginx`` applied by a play with
    ``hosts: web`` runs nginx on each host of the group ``web``. What only another rule says is there (a role's name) is
    inferred, by that rule.
    """
    placement = Placement(context.graph)
    for node in context.graph.nodes(NodeKind.SERVICE, NodeKind.JOB):
        owners = [o for o in strings(node.attributes.get("owners")) if o in context.graph]
        aims = {e.target: e for o in owners for e in placement.targets(o)}
        guess = str(node.attributes.get("inferred") or "")
        how, by = (Provenance.INFERRED, guess) if guess else (Provenance.DERIVED, "services.run-on")
        for place in placement.places(node):
            for machine in placement.hosts_of(context.graph.node(place)) or [place]:
                evidence = (node.source, *_aimed(context, placement, aims, machine, place))
                yield Edge(node.id, machine, EdgeKind.RUNS_ON, tuple(dict.fromkeys(evidence)), how, by)
        for owner in owners:
            if context.graph.node(owner).kind in (*SIGNAL_KINDS, NodeKind.EXTERNAL):
                yield Edge(owner, node.id, EdgeKind.DEPLOYS, (node.source,), how, by)


@rule("services.same-program")
def same_program(context: Context) -> Iterable[Fact]:
    """What says on one machine that one program runs there is one service, with each of them as evidence.

    A package, a unit, a role and a configuration file of a program are one service with the container of that
    program on the same machine; two containers of one program (two databases of two Compose projects) stay two, and
    then a configuration file belongs to the one that mounts its directory. Example: a container of the image
    ``prom/prometheus`` and the template ``/opt/monitoring/prometheus.yml`` on the same host.
    """
    unite(context)
    return ()


FIRST = (from_signals, outside_roles)
UNITING = (same_program,)
RULES = (run_on,)


@dataclass(frozen=True, slots=True)
class _Told:
    """What one signal says runs: a program, under a name of its own where it is a container."""

    program: Program | None
    name: str
    container: bool = False


def _name_of(told: _Told) -> str:
    return told.program.name if told.program is not None else ""


def _whole(owner: Node, signal: dict[str, Json]) -> str:
    """The role that a signal is from, whichever of its files says it; else what holds it."""
    return f"{owner.id.split(':', 2)[1]}:{signal['role']}" if signal.get("role") else owner.id


def _in_its_place(signal: dict[str, Json], told: _Told, packaged: dict[str, Program]) -> _Told:
    """The unit of a program that another is installed in the place of is that one's."""
    name = _name_of(told)
    if signal["signal"] != "service" or name in packaged:
        return told
    instead = next((p for p in packaged.values() if p.replaces and p.replaces == name), None)
    return told if instead is None else _Told(instead, instead.name)


def _switched_off(context: Context, owner: Node) -> set[str]:
    """The programs whose units a role, play or file stops or disables whatever happens (a handler that stops one
    starts it again elsewhere)."""
    found: set[str] = set()
    for signal in signals(owner, "service"):
        if _is_gone(signal) and not signal.get("when") and not signal.get("handler"):
            units = strings(signal.get("name")) or strings(signal.get("subject"))
            programs = [context.catalog.software.of_unit(unit) for unit in units]
            found.update(program.name for program in programs if program is not None)
    return found


def _is_gone(signal: dict[str, Json]) -> bool:
    """Whether a signal says that something does not run: by its state, or a unit that is only disabled."""
    state = str(signal.get("state") or "").lower()
    return state in _GONE or (not state and "enabled" in signal and not _enabled(signal))


def _enabled(signal: dict[str, Json]) -> bool:
    return bool(signal.get("enabled")) and str(signal["enabled"]).lower() not in _OFF


def _told(context: Context, signal: dict[str, Json]) -> Iterator[_Told]:
    software = context.catalog.software
    if _is_gone(signal):
        return
    if signal["signal"] == "container":
        image, name = str(signal.get("image") or ""), str(signal.get("name") or "")
        program = software.of_image(image) if image else software.named(name)
        if (image or program) and not (program is not None and program.background):
            known = name if name and "{" not in name else program.name if program else _called_after(image)
            yield _Told(program, known, True)
        return
    names = strings(signal.get("names")) or strings(signal.get("name")) or strings(signal.get("subject"))
    for name in names:
        is_package = signal["signal"] == "package"
        if not is_package and not (signal.get("state") or _enabled(signal)):
            continue  # it only asks
        program = software.of_package(name) if is_package else software.of_unit(name)
        if program is not None and not program.background and (not is_package or program.tier in _INTEREST):
            yield _Told(program, program.name)


def _called_after(image: str) -> str:
    """The last part of an image's name, without tag and digest: a container that nothing names gets a random name."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0]


_SETTING = re.compile(r"^\s*([A-Za-z_][\w.-]*)\s*[:=]\s*(\S.*)$")


def _lines(context: Context) -> dict[tuple[str, str], list[tuple[str, str, Source]]]:
    """The settings that tasks put as single lines into files of programs (``/etc/kibana/kibana.yml``): by the role or
    play that does, and the program."""
    found: dict[tuple[str, str], list[tuple[str, str, Source]]] = {}
    for owner in context.graph.nodes(*SIGNAL_KINDS):
        for signal in signals(owner, "line"):
            setting = _SETTING.match(str(signal.get("text") or ""))
            if setting is None or _is_gone(signal):
                continue
            words = [part.partition(".")[0] for part in str(signal.get("file") or "").split("/")]
            programs = {p.name for w in words if (p := context.catalog.software.named(w)) is not None}
            for program in programs:
                said = (setting[1], setting[2].strip("[] "), place_of(signal))
                found.setdefault((_whole(owner, signal), program), []).append(said)
    return found


def _service(
    context: Context, owner: Node, signal: dict[str, Json], told: _Told, lines: list[tuple[str, str, Source]]
) -> Node:
    place = place_of(signal)
    attributes: dict[str, Json] = {"owners": [owner.id], "hosts": [*strings(signal.get("hosts"))]}
    if signal.get("scope"):
        attributes["scope"] = str(signal["scope"])
    if told.container:
        attributes |= {"container": True}
        for key in ("image", "ports"):
            if signal.get(key):
                attributes[key] = signal[key]
        connections = addresses_in((*_from_files(context, signal), *((n, v, place) for n, v in _environment(signal))))
        if connections:
            attributes["connections"] = [*connections]
    elif connections := addresses_in(lines):
        attributes["connections"] = [*connections]
    category = Category.COMPUTE
    if told.program is not None:
        program = told.program
        attributes |= {"program": program.name, "kind": program.kind, "tier": program.tier}
        category = program.category
        if program.icon:
            attributes["icon"] = program.icon
    kind = told.program.name if told.program else told.name
    hosts = "+".join(strings(signal.get("hosts")))
    node_id = f"service:{scope_of(owner)}@{owner.id}@{hosts}:{told.name}"
    return Node(node_id, NodeKind.SERVICE, kind, told.name, place, "", category, attributes)


def _environment(signal: dict[str, Json]) -> Iterator[tuple[str, str]]:
    """What a task's container module sets as environment of the container."""
    given = signal.get("arguments")
    given = (given.get("env") or given.get("environment")) if isinstance(given, dict) else None
    if isinstance(given, dict):
        yield from ((name, str(value)) for name, value in given.items() if value not in (None, ""))


def _from_files(context: Context, signal: dict[str, Json]) -> Iterator[tuple[str, str, Source]]:
    """What the files set that a container takes its environment from, where a task puts them on the same hosts."""
    given = signal.get("arguments")
    files = given.get("env_file") if isinstance(given, dict) else None
    hosts = set(strings(signal.get("hosts")))
    for path in [files] if isinstance(files, str) else strings(files):
        for document in context.documents:
            if document.name == path and hosts & set(document.hosts):
                yield from variables_in(document)


def _aimed(context: Context, placement: Placement, aims: dict[str, Edge], machine: str, place: str) -> Iterator[Source]:
    """The ``hosts:`` of the plays that a machine is reached by, and what makes it a member of the group."""
    for target, edge in aims.items():
        if target in (machine, place) or placement.is_in(machine, context.graph.node(target)):
            yield from edge.evidence
    if machine != place:
        for edge in context.graph.edges_from(machine, EdgeKind.MEMBER_OF):
            if edge.target == place:
                yield from edge.evidence[:1]
