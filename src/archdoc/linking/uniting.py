"""One service for each place and program, however many signals say that it is there."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from archdoc.linking.placement import Placement, strings
from archdoc.linking.rules import Context
from archdoc.model.facts import Category, Edge, EdgeKind, Json, Node, NodeKind, Provenance, Source
from archdoc.model.graph import Graph

_LISTS = ("owners", "hosts", "ports", "mounts", "configured_by")


@dataclass(slots=True)
class _Part:
    """One node that says a service is there."""

    node: Node
    machines: frozenset[str]
    files: tuple[str, ...]
    """Where its configuration lies on the machine."""
    mounts: tuple[str, ...]
    """What a container mounts from the machine."""
    scope: str = ""

    @property
    def program(self) -> str:
        return str(self.node.attributes.get("program") or "")

    @property
    def is_container(self) -> bool:
        return bool(self.node.attributes.get("compose") or self.node.attributes.get("container"))

    @property
    def is_general(self) -> bool:
        """Whether it is about groups as a whole: what is said of hosts that an inventory may still add."""
        hosts = strings(self.node.attributes.get("hosts"))
        return bool(hosts) and all(":group:" in h for h in hosts)


@dataclass(slots=True)
class _Service:
    """Parts that are one service. ``machines`` are the ones it is on; ``restricted`` where its parts are on more."""

    parts: list[_Part]
    machines: set[str] = field(default_factory=set)
    restricted: bool = False

    def __post_init__(self) -> None:
        if not self.machines:
            self.machines = {m for part in self.parts for m in part.machines}

    def take(self, other: _Service) -> None:
        """Become one with another."""
        self.parts += other.parts
        self.machines |= other.machines

    @property
    def is_container(self) -> bool:
        return any(p.is_container for p in self.parts)


def unite(context: Context) -> None:
    """Put for all service nodes the ones that they are: ``service:<scope>:<name>``."""
    graph = context.graph
    placement = Placement(graph)
    parts = [_part(placement, n) for n in graph.nodes(NodeKind.SERVICE)]
    inventories = _inventories(graph)
    every, parts = parts, _settled(graph, parts)
    containers = _declared([p for p in parts if p.is_container])
    rest = [_Service([p]) for p in parts if not p.is_container and not p.program]
    by_program: dict[str, list[_Part]] = {}
    for part in parts:
        if not part.is_container and part.program:
            by_program.setdefault(part.program, []).append(part)
    for same in by_program.values():
        plain = [p for p in same if not p.files]
        for service in (*_alike(same, plain), *_overlapping([p for p in same if not p.machines])):
            rest += _left(service, _home(service, containers))
    found = [one for service in (*containers, *rest) for one in _apart(service, inventories)]
    _name(graph, placement, found, every)
    _name_others(graph, placement)
    _clear(graph)


def _alike(parts: list[_Part], plain: list[_Part]) -> list[_Service]:
    """One service for the machines on which the same files configure a program; what says nothing but that it is
    there (``plain``: a package, a unit) is evidence of each of them, and makes services of its own elsewhere."""
    files = [p for p in parts if p.machines and p not in plain]
    placed = [p for p in plain if p.machines]
    alike: dict[tuple[str, ...], set[str]] = {}
    for machine in sorted({m for p in files for m in p.machines}):
        alike.setdefault(tuple(p.node.id for p in files if machine in p.machines), set()).add(machine)
    found: list[_Service] = []
    for ids, machines in _of_hosts(alike).items():
        own = _particular([p for p in files if p.node.id in ids]) + [p for p in placed if p.machines & machines]
        found.append(_Service(own, set(machines), any(not p.machines <= machines for p in own)))
    configured = {m for machines in alike.values() for m in machines}
    for service in _overlapping(placed):
        rest = service.machines - configured
        hosts = {m for m in rest if ":group:" not in m}
        if hosts or rest == service.machines:
            found.append(_Service(service.parts, rest, rest != service.machines))
    return found


def _of_hosts(alike: dict[tuple[str, ...], set[str]]) -> dict[tuple[str, ...], set[str]]:
    """Without what is left of a group (``all`` itself) where each of its parts is known on hosts."""
    hosts = {ids: machines for ids, machines in alike.items() if not all(":group:" in m for m in machines)}
    known = {i for ids in hosts for i in ids}
    return {ids: machines for ids, machines in alike.items() if ids in hosts or not set(ids) <= known}


def _particular(parts: list[_Part]) -> list[_Part]:
    """Without what is said of a group as a whole where the same file is known for the hosts themselves."""
    known = {(p.node.name, p.files) for p in parts if not p.is_general}
    return [p for p in parts if not p.is_general or (p.node.name, p.files) not in known]


def _settled(graph: Graph, parts: list[_Part]) -> list[_Part]:
    """What is said of a group as a whole is about the hosts that no inventory lists, where those that one lists are
    spoken of themselves by the same play or role: it is left out where there are no others."""
    listed = {h.id for h in graph.nodes(NodeKind.HOST) if "groups" in h.attributes}
    listed |= {s.id for h in list(listed) for s in graph.targets(h, EdgeKind.SAME_AS)}
    spoken: dict[tuple[str, tuple[str, ...]], set[str]] = {}
    for part in parts:
        if not part.is_general and part.machines:
            spoken.setdefault((part.node.name, part.files), set()).update(_owners_of(part))
    kept: list[_Part] = []
    for part in parts:
        speakers, owners = spoken.get((part.node.name, part.files)), _owners_of(part)
        if part.is_general and speakers is not None and (owners & speakers or not owners):
            machines = frozenset(m for m in part.machines if m not in listed and ":group:" not in m)
            if machines:
                kept.append(replace(part, machines=machines))
        else:
            kept.append(part)
    return kept


def _inventories(graph: Graph) -> dict[str, str]:
    """The inventory of each machine that is in one alone."""
    found: dict[str, str] = {}
    for host in graph.nodes(NodeKind.HOST):
        listed = strings(host.attributes.get("inventories"))
        if len(listed) == 1:
            found[host.id] = listed[0]
            found |= {server.id: listed[0] for server in graph.targets(host.id, EdgeKind.SAME_AS)}
    return found


def _apart(service: _Service, inventories: dict[str, str]) -> list[_Service]:
    """The service in each inventory by itself: staging and production are two."""
    found: dict[str, set[str]] = {}
    for machine in service.machines:
        found.setdefault(inventories.get(machine, ""), set()).add(machine)
    named = [k for k in found if k]
    if len(named) < 2:
        return [service]
    common = {m for m in found.get("", set()) if ":group:" not in m}
    apart = []
    for key in sorted(named):
        machines = found[key] | common
        apart.append(_Service([p for p in service.parts if p.machines & machines], machines, True))
    return apart


def _left(service: _Service, home: _Service | None) -> list[_Service]:
    """What is left of a service when the container that it is about has taken in what is said of its machines."""
    if home is None:
        return [service]
    home.parts += service.parts
    home.restricted = home.restricted or not service.machines <= home.machines
    rest = service.machines - home.machines
    return [_Service(service.parts, rest, True)] if rest else []


def _clear(graph: Graph) -> None:
    """Take out what a template says of hosts in general where it is known for each of them: stores whose name still
    has an expression beside others of the same lines, and guessed edges beside certain ones."""
    by_line: dict[tuple[str, str], list[Edge]] = {}
    for edge in graph.edges(EdgeKind.STORES_IN, EdgeKind.BACKS_UP):
        by_line.setdefault((edge.source, str(edge.evidence[0])), []).append(edge)
    for edges in by_line.values():
        open_ones = [e for e in edges if "{{" in e.target]
        if len(open_ones) < len(edges):
            graph.substitute({e.target: () for e in open_ones})
    for store in list(graph.nodes(NodeKind.STORE)):
        alone = not list(graph.edges_from(store.id)) and not list(graph.edges_to(store.id))
        if "{{" in store.id and alone:
            graph.substitute({store.id: ()})
    for edge in list(graph.edges()):
        if edge.provenance is Provenance.INFERRED and edge.rule.startswith("formats."):
            between = [e for e in graph.edges_from(edge.source, edge.kind) if e.target == edge.target]
            if any(e.provenance is not Provenance.INFERRED and e.attributes == edge.attributes for e in between):
                graph.remove_edge(edge)


def _part(placement: Placement, node: Node) -> _Part:
    machines: set[str] = set()
    for place in placement.places(node):
        machines |= placement.machines(place)
    files = strings(node.attributes.get("configured_by"))
    mounts = strings(node.attributes.get("mounts"))
    return _Part(node, frozenset(machines), tuple(files), tuple(mounts), _place(placement, node))


def _place(placement: Placement, node: Node) -> str:
    """The name of the place: what the reader says, where it knows the hosts."""
    said = node.attributes.get("scope")
    return str(said) if said and placement.places(node) else placement.scope(node)


def _declared(parts: list[_Part]) -> list[_Service]:
    """Containers of one name in one file are one service for the machines on which the file says the same."""
    by_key: dict[tuple[str, ...], list[_Part]] = {}
    for part in parts:
        by_key.setdefault((part.node.name, *part.files), []).append(part)
    found: list[_Service] = []
    for same in by_key.values():
        found += _alike(same, [])
        found += [_Service([p]) for p in same if not p.machines]
    return found


def _overlapping(parts: list[_Part]) -> list[_Service]:
    """Parts of one program that share a machine become one; so do those of one owner that nothing places."""
    found: list[_Service] = []
    for part in parts:
        service = _Service([part])
        near = [s for s in found if _together(s, service)]
        for other in near:
            service.take(other)
            found.remove(other)
        found.append(service)
    return found


def _together(one: _Service, other: _Service) -> bool:
    if one.machines or other.machines:
        return bool(one.machines & other.machines)
    return bool(_owners(one) & _owners(other)) or one.parts[0].scope == other.parts[0].scope


def _owners(service: _Service) -> set[str]:
    return {owner for part in service.parts for owner in _owners_of(part)}


def _owners_of(part: _Part) -> set[str]:
    return {_role_of(o) for o in strings(part.node.attributes.get("owners"))}


def _role_of(owner: str) -> str:
    """An owner; the role, of a file of its tasks."""
    prefix, is_file, path = owner.partition(":task_file:")
    role, is_inside, _ = path.partition("/tasks/")
    return f"{prefix}:role:{posixpath.basename(role)}" if is_file and is_inside else owner


def _home(service: _Service, containers: list[_Service]) -> _Service | None:
    """The one container that a package, a unit or a configuration file is about."""
    program = service.parts[0].program
    if program in _NOT_IN_CONTAINERS:
        return None
    near = [c for c in containers if c.parts[0].program == program and _near(service, c)]
    if len(near) > 1:
        near = [c for c in near if _mounts(c, service)]
    return near[0] if len(near) == 1 else None


_NOT_IN_CONTAINERS = frozenset({"docker", "containerd"})


def _near(service: _Service, container: _Service) -> bool:
    """Whether both are on one machine; of what nothing places, whether the container mounts the file."""
    if service.machines and container.machines:
        return bool(service.machines & container.machines)
    if service.machines or container.machines:
        return False
    return _mounts(container, service) or bool(_owners(service) & _owners(container))


def _mounts(container: _Service, service: _Service) -> bool:
    files = [f for p in service.parts for f in p.files]
    mounts = [m.rstrip("/") for p in container.parts for m in p.mounts]
    return any(f.removesuffix(".j2") == m or f.startswith(f"{m}/") for f in files for m in mounts)


# -- names ------------------------------------------------------------------------------------------------------


def _name(graph: Graph, placement: Placement, services: list[_Service], parts: list[_Part]) -> None:
    """Give each service its id, and put it in the place of its parts."""
    wanted = [(s, _scope(placement, s), _main(s).node.name) for s in services]
    taken = Counter((scope, name) for _, scope, name in wanted)
    renamed: dict[str, tuple[Node, ...]] = {part.node.id: () for part in parts}
    used: Counter[str] = Counter()
    for service, scope, name in sorted(wanted, key=lambda w: (w[1], w[2], _order(_main(w[0])), sorted(w[0].machines))):
        where = f"{scope}/{_project(service)}" if taken[scope, name] > 1 and _project(service) else scope
        node_id = f"service:{where}:{name}"
        used[node_id] += 1
        if used[node_id] > 1:
            node_id = f"{node_id}~{used[node_id]}"
        node = _united(service, node_id, scope)
        if service.restricted:
            node = replace(node, attributes={**node.attributes, "hosts": [*placement.hosts_on(service.machines)]})
        for part in service.parts:
            renamed[part.node.id] = (*renamed.get(part.node.id, ()), node)
    graph.substitute(renamed)


def _name_others(graph: Graph, placement: Placement) -> None:
    """Jobs, and directories of machines, are called after their place as services are."""
    parts: dict[tuple[str, str], list[_Part]] = {}
    for node in graph.nodes(NodeKind.JOB, NodeKind.STORE):
        if node.kind is NodeKind.STORE and not (node.name.startswith("/") and placement.places(node)):
            continue
        part = _part(placement, node)
        parts.setdefault((node.kind, node.name), []).append(part)
    every = [p for found in parts.values() for p in found]
    parts = {key: _settled(graph, found) for key, found in parts.items()}
    renamed: dict[str, tuple[Node, ...]] = {p.node.id: () for p in every}
    inventories = _inventories(graph)
    for (kind, name), found in parts.items():
        services = [_Service([p]) for p in found if not p.machines]
        services += [one for service in _alike(found, []) for one in _apart(service, inventories)]
        made: dict[str, list[_Service]] = {}
        for service in services:
            made.setdefault(f"{kind}:{_scope(placement, service)}:{name}", []).append(service)
        for node_id, same in made.items():
            one = _Service([p for s in same for p in s.parts], {m for s in same for m in s.machines})
            node = _united(one, node_id, _scope(placement, same[0]))
            if any(s.restricted for s in same):
                node = replace(node, attributes={**node.attributes, "hosts": [*placement.hosts_on(one.machines)]})
            for part in one.parts:
                renamed[part.node.id] = (*renamed[part.node.id], node)
    graph.substitute(renamed)


def _scope(placement: Placement, service: _Service) -> str:
    """The name of the place: that of a part which is on all of its machines, else that of the machines."""
    whole = [p for p in service.parts if p.machines == service.machines]
    if whole:
        return min(whole, key=_order).scope
    return placement.scope_of(placement.hosts_on(service.machines), _main(service).node)


def _project(service: _Service) -> str:
    """The Compose project, else the role or play that a service of a common name belongs to."""
    main = _main(service).node
    project = str(main.attributes.get("project") or "")
    files = strings(main.attributes.get("configured_by"))
    owner = next(iter(strings(main.attributes.get("owners"))), "").rpartition(":")[2]
    return project or (posixpath.basename(posixpath.dirname(files[0])) if files else "") or owner


def _main(service: _Service) -> _Part:
    """The part that says most: a container before a configuration file before a task."""
    return min(service.parts, key=_order)


def _order(part: _Part) -> tuple[bool, bool, bool, Source, str]:
    return (not part.is_container, not part.files, part.is_general, part.node.source, part.node.id)


def _united(service: _Service, node_id: str, scope: str) -> Node:
    main = _main(service)
    rest = sorted((p for p in service.parts if p is not main), key=_order)
    attributes: dict[str, Json] = {**main.node.attributes}
    for part in rest:
        for key, value in part.node.attributes.items():
            known = attributes.get(key)
            if isinstance(known, list) and isinstance(value, list):
                attributes[key] = [*known, *(v for v in value if v not in known)]
            else:
                attributes.setdefault(key, value)
    if not all(p.node.attributes.get("inferred") for p in service.parts):
        attributes.pop("inferred", None)
    attributes["scope"] = scope
    places = dict.fromkeys(p for part in (main, *rest) for p in (part.node.source, *part.node.evidence))
    places.pop(main.node.source, None)
    kind = str(attributes.get("program") or main.node.type)
    category = next((p.node.category for p in (main, *rest) if p.program), main.node.category)
    made = replace(main.node, id=node_id, type=kind, category=category or Category.COMPUTE)
    return replace(made, attributes=attributes, evidence=tuple(_sorted(places)))


def _sorted(places: Iterable[Source]) -> list[Source]:
    return sorted(places)
