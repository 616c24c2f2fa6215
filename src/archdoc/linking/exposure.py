"""Exposure: what firewalls of the cloud let through from where, read by the catalog's shapes of their rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from archdoc.catalog import RuleShape
from archdoc.catalog.relations import bare_path
from archdoc.linking.outside import INTERNET, anyone, internet, is_never_reached
from archdoc.linking.ranges import Ranges, between, normal_range
from archdoc.linking.rules import Context, Fact, rule
from archdoc.linking.selectors import tagged
from archdoc.linking.terraform_facts import at_path, follow, is_in_force, role_of, texts
from archdoc.model.facts import Category, Edge, EdgeKind, Json, Node, NodeKind, Provenance, Source, scope_of
from archdoc.model.graph import Graph

ANYWHERE = frozenset({"0.0.0.0/0", "::/0", "any", "*", "internet", "anywhere", "all", ""})
MAX_PAIRS = 200
"""More machines that a rule lets talk to each other are named by their firewalls."""


@dataclass(frozen=True, slots=True)
class Opening:
    """One thing that a firewall lets in: a protocol and ports, from address ranges or from what has other firewalls."""

    ports: str
    protocol: str
    ranges: tuple[str, ...]
    groups: tuple[Node, ...]
    place: Source
    evidence: tuple[Source, ...] = field(default=())


@rule("exposure.firewall-rules")
def firewall_rules(context: Context) -> Iterable[Fact]:
    """An inbound rule of a firewall allows its sources to reach what the firewall protects, on its ports.

    ``0.0.0.0/0`` is the internet, or whoever is near where what the firewall protects has no public address; what
    only calls others is reached by nobody. A range that a network or subnet of the same configuration has is that
    network; an address that one machine has is that machine; a security group is what it protects, a tag the machines
    that have it; any other range is named as it is. Rules that refuse, rules that are switched off, and rules whose
    sources are not known are not drawn. Example:
    ``rule { direction = "in" port = "443" source_ips = ["0.0.0.0/0"] }``.
    """
    ranges = Ranges(context.graph)
    for node in context.graph.nodes(NodeKind.RESOURCE):
        shapes = context.catalog.shapes.rules(node.type)
        if not shapes or not is_in_force(node):
            continue
        guarded = _guarded(context.graph, node, shapes)
        for shape in shapes:
            for opening in _openings(context, node, shape):
                yield from _allowed(context, ranges, node, opening, guarded)


RULES = (firewall_rules,)


def _guarded(graph: Graph, node: Node, shapes: tuple[RuleShape, ...]) -> list[tuple[Node, tuple[Source, ...]]]:
    """What the rules of a resource open: what its firewall protects, else the firewall, or the resource that a rule
    names directly (a database, a machine)."""
    firewalls: dict[str, tuple[Node, tuple[Source, ...]]] = {}
    for shape in shapes:
        for path in shape.firewall:
            for target, evidence in follow(graph, node, path):
                if role_of(target) != "container":
                    firewalls.setdefault(target.id, (target, evidence))
    if not firewalls:
        firewalls[node.id] = (node, ())
    found: list[tuple[Node, tuple[Source, ...]]] = []
    for firewall, evidence in firewalls.values():
        protected = [(graph.node(e.target), e.evidence) for e in graph.edges_from(firewall.id, EdgeKind.PROTECTS)]
        if role_of(firewall) in ("firewall", "rule") and protected:
            machines = [(n, p) for n, p in protected if role_of(n) not in ("interface", "container")]
            found += [(n, (*evidence, *places)) for n, places in machines or protected]
        else:
            found.append((firewall, evidence))
    return found


def _allowed(
    context: Context,
    ranges: Ranges,
    node: Node,
    opening: Opening,
    guarded: list[tuple[Node, tuple[Source, ...]]],
) -> Iterator[Fact]:
    graph, label = context.graph, _label(opening)
    base: dict[str, Json] = {"ports": label, "protocol": opening.protocol, "direction": "in"}
    origins: dict[str, tuple[tuple[Node, ...], list[str]]] = {}
    for text in opening.ranges:
        origin = _origin(ranges, text, node, opening.place)
        origins.setdefault(origin.id, (origin.nodes, []))[1].append(text)
    for group in opening.groups:
        members = [graph.node(e.target) for e in graph.edges_from(group.id, EdgeKind.PROTECTS)]
        machines = [m for m in members if role_of(m) != "interface"]
        few = len(machines) * len(guarded) <= MAX_PAIRS
        for member in machines if machines and few else [group]:
            origins.setdefault(member.id, ((), []))
    for origin_id, (nodes, given) in origins.items():
        yield from (n for n in nodes if n.id != INTERNET)
        attributes: dict[str, Json] = {**base, **({"range": ", ".join(sorted(given))} if given else {})}
        for target, evidence in guarded:
            if target.id != origin_id and not is_never_reached(context.catalog, target):
                found = tuple(dict.fromkeys((opening.place, *opening.evidence, *evidence)))
                who = origin_id
                if origin_id == INTERNET:
                    near = anyone(graph, context.catalog, [target], opening.place)
                    who = near.id
                    yield near
                yield Edge(
                    who,
                    target.id,
                    EdgeKind.ALLOWS,
                    found,
                    Provenance.DERIVED,
                    "exposure.firewall-rules",
                    attributes,
                )


# -- sources ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Origin:
    id: str
    nodes: tuple[Node, ...] = ()


def _origin(ranges: Ranges, text: str, near: Node, place: Source) -> _Origin:
    """What an address range of a rule is, by the names of the configuration it stands in."""
    if text.lower() in ANYWHERE:
        return _Origin(INTERNET, (internet(place),))
    owner = ranges.owner(text, (scope_of(near),))
    if owner is not None:
        return _Origin(owner)
    made = Node(f"external:range:{text}", NodeKind.EXTERNAL, "range", text, place, category=Category.NETWORK)
    return _Origin(made.id, (made,))


# -- rules ------------------------------------------------------------------------------------------------------


def _openings(context: Context, node: Node, shape: RuleShape) -> Iterator[Opening]:
    """What the rules of one shape let in."""
    values = node.attributes.get("values")
    blocks = list(at_path(values, shape.block)) if shape.block else [values]
    for index, block in enumerate(blocks):
        if not isinstance(block, dict) or not _lets_in(block, shape):
            continue
        ranges = _between(block, shape) if shape.sources_to else _listed(block, shape)
        groups, evidence = _groups(context.graph, node, shape, index)
        named = _tagged(context, node, block, shape)
        groups, evidence = (*groups, *named), (*evidence, *(n.source for n in named))
        open_to_all = shape.default_sources if not ranges and not groups and _no_sources(node, shape, block) else ()
        unknown = _unknown_paths(node, shape, index)
        for inner in at_path(block, shape.inner) if shape.inner else [block]:
            if isinstance(inner, dict) and (ranges or groups or open_to_all):
                protocol, ports = _protocol(inner, shape), _ports(inner, shape, unknown)
                yield Opening(ports, protocol, ranges or open_to_all, groups, node.source, evidence)


def _listed(block: dict[str, Json], shape: RuleShape) -> tuple[str, ...]:
    """The ranges that a rule lists."""
    found = dict.fromkeys(t for path in shape.sources for v in at_path(block, path) for t in texts(v))
    return tuple(r for r in found if _is_range(r))


def _between(block: dict[str, Json], shape: RuleShape) -> tuple[str, ...]:
    """The range between the two addresses of a rule, both of which must be known."""
    first, last = (
        next((t for path in paths for v in at_path(block, path) for t in texts(v)), "")
        for paths in (shape.sources, shape.sources_to)
    )
    found = between(first, last)
    return (shape.meanings.get(found, found),) if found is not None else ()


def _tagged(context: Context, node: Node, block: dict[str, Json], shape: RuleShape) -> list[Node]:
    """The machines that a rule names as its sources by their tags, where they are few."""
    paths = [p for p in shape.source_groups if p.endswith("tags")]
    found = tagged(context, node, {t for path in paths for v in at_path(block, path) for t in texts(v)})
    return found if len(found) ** 2 <= MAX_PAIRS else []


def _lets_in(block: dict[str, Json], shape: RuleShape) -> bool:
    if shape.direction not in ("in", "out"):
        said = next((str(v).lower() for v in at_path(block, shape.direction)), "")
        known = {k.lower(): v for k, v in shape.directions.items()}
        if known.get(said, "") != "in":
            return False
    elif shape.direction == "out":
        return False
    action = [str(v).lower() for v in at_path(block, shape.action)] if shape.action else []
    return not any(a == d.lower() for a in action for d in shape.denies)


def _is_range(text: str) -> bool:
    return text.lower() in ANYWHERE or normal_range(text) is not None or text in ("VirtualNetwork", "AzureLoadBalancer")


def _no_sources(node: Node, shape: RuleShape, block: dict[str, Json]) -> bool:
    """Whether the sources are really left out, and not only unknown."""
    unknown = " ".join([*texts(node.attributes.get("unknown")), *(str(u) for u in _keys(node))])
    names = [p.rpartition(".")[2] for p in (*shape.sources, *shape.source_groups)]
    return not any(name in block or name in unknown for name in names)


def _keys(node: Node) -> list[str]:
    unknown = node.attributes.get("unknown")
    return list(unknown) if isinstance(unknown, dict) else []


def _groups(graph: Graph, node: Node, shape: RuleShape, index: int) -> tuple[tuple[Node, ...], tuple[Source, ...]]:
    """The firewalls and machines that a rule names as its sources, by the references of its block."""
    found: dict[str, Node] = {}
    evidence: dict[Source, None] = {}
    for edge in graph.edges_from(node.id, EdgeKind.REFERENCES):
        attribute = str(edge.attributes.get("attribute") or "")
        if shape.block and attribute.startswith(f"{shape.block}["):
            inside, _, rest = attribute[len(shape.block) + 1 :].partition("].")
            if inside.isdigit() and int(inside) != index:
                continue
            bare = bare_path(rest)
        elif not shape.block:
            bare = bare_path(attribute)
        else:
            continue
        target = graph.node(edge.target)
        if bare in shape.source_groups and target.kind is NodeKind.RESOURCE and target.id != node.id:
            found[target.id] = target
            evidence.update(dict.fromkeys(edge.evidence))
    return tuple(found.values()), tuple(evidence)


def _protocol(block: dict[str, Json], shape: RuleShape) -> str:
    for path in shape.protocol:
        for value in at_path(block, path):
            text = str(int(value) if isinstance(value, float) else value).lower()
            return "any" if text in ("-1", "all", "*", "any") else _NUMBERS.get(text, text)
    return "any"


_NUMBERS = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}


_UNKNOWN = "?"


def _unknown_paths(node: Node, shape: RuleShape, index: int) -> set[str]:
    """The arguments of a rule whose values are not known, by their paths in it."""
    block = f"{shape.block}[{index}]." if shape.block else ""
    return {bare_path(key.removeprefix(block)) for key in _keys(node) if key.startswith(block)}


def _ports(block: dict[str, Json], shape: RuleShape, unknown: set[str]) -> str:
    """The ports of a rule: ``any`` where it names none, ``?`` for those that are not known."""
    listed = [_plain(v) for path in shape.ports for v in at_path(block, path) if not isinstance(v, dict | bool)]
    if listed:
        return ",".join(dict.fromkeys(listed))
    within = f"{shape.inner}." if shape.inner else ""
    if any(f"{within}{path}" in unknown for path in (*shape.ports, shape.from_port, shape.to_port) if path):
        return _UNKNOWN
    first, last = (next(at_path(block, p), None) if p else None for p in (shape.from_port, shape.to_port))
    if first is None or (first in (0, -1) and last in (0, -1, 65535, None)):
        return "any"
    return _plain(first) if first == last or last is None else f"{_plain(first)}-{_plain(last)}"


def _plain(port: Json) -> str:
    if port is None:
        return _UNKNOWN
    return str(int(port)) if isinstance(port, float) and port.is_integer() else str(port)


def _label(opening: Opening) -> str:
    if opening.protocol in ("icmp", "icmpv6", "esp", "gre", "ah"):
        return opening.protocol
    if opening.ports.lower() in ("any", "0", "*", "all", "1-65535", "0-65535"):
        return opening.protocol
    return f"{opening.ports}/{opening.protocol}" if opening.protocol != "any" else opening.ports
