"""What labels and tags select: firewalls, load balancers and rules that name servers by them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from archdoc.catalog import Catalog
from archdoc.catalog.relations import bare_path
from archdoc.linking.listeners import Ports
from archdoc.linking.rules import Context, Fact, rule
from archdoc.linking.terraform_facts import at_path, is_in_force, is_live, role_of, texts, value_of, values_at
from archdoc.model.facts import Category, Edge, EdgeKind, Json, Node, NodeKind, Provenance, scope_of
from archdoc.model.graph import Graph

_TERM = re.compile(r"\s*(!?)\s*([^=!\s,]+)\s*(==|!=|=)?\s*([^\s,]*)\s*")
_MACHINES = ("server",)
_BY = (
    ("hcloud_firewall", "apply_to.label_selector", EdgeKind.PROTECTS, _MACHINES),
    ("hcloud_firewall_attachment", "label_selectors", EdgeKind.PROTECTS, _MACHINES),
    ("hcloud_load_balancer_target", "label_selector", EdgeKind.ROUTES_TO, _MACHINES),
    ("hcloud_load_balancer", "target.label_selector", EdgeKind.ROUTES_TO, _MACHINES),
    ("digitalocean_firewall", "tags", EdgeKind.PROTECTS, _MACHINES),
    ("digitalocean_loadbalancer", "droplet_tag", EdgeKind.ROUTES_TO, _MACHINES),
    ("google_compute_firewall", "target_tags", EdgeKind.PROTECTS, _MACHINES),
    ("aws_dlm_lifecycle_policy", "policy_details.target_tags", EdgeKind.BACKS_UP, ("server", "volume")),
    ("aws_backup_selection", "selection_tag", EdgeKind.BACKS_UP, ("server", "volume", "database", "storage")),
)
"""Resource type, argument that selects, what the selected are to it, and their roles or categories."""


_NAME = "network.selectors"
_DERIVED = Provenance.DERIVED


@rule(_NAME)
def selected(context: Context) -> Iterable[Fact]:
    """A firewall or load balancer that names servers by a label or tag is for each server of the same root module
    that has it.

    Example: ``hcloud_firewall`` with ``apply_to { label_selector = "role=web" }`` and a server with
    ``labels = { role = "web" }``; ``google_compute_firewall`` with ``target_tags = ["web"]``. Or both name one tag that
    is a resource: ``tags = [digitalocean_tag.web.id]``.
    """
    graph = context.graph
    ports = Ports(context)
    for node in graph.nodes(NodeKind.RESOURCE):
        if not is_in_force(node):
            continue
        for type_name, path, kind, sorts in _BY:
            if node.type != type_name:
                continue
            subjects = _subjects(context, node)
            found = {server.id: server for server in _of_tag(context, node, path, sorts)}
            for selector in [t for v in values_at(node, path) for t in _wanted(v)]:
                for server in _servers(context, node, sorts):
                    if selects(selector, labels(context.catalog, server)):
                        found[server.id] = server
            for server in found.values():
                evidence = (node.source, server.source)
                for subject in subjects:
                    described = ports.of(subject) if kind is EdgeKind.ROUTES_TO else []
                    for attributes, places in described or [({}, ())]:
                        yield Edge(subject.id, server.id, kind, (*evidence, *places), _DERIVED, _NAME, attributes)


@rule("network.everything")
def everything(context: Context) -> Iterable[Fact]:
    """A firewall of a Google network that names no target protects every instance in that network.

    Example: ``google_compute_firewall`` with ``network`` and ``allow`` and without ``target_tags``.
    """
    graph = context.graph
    for node in graph.nodes(NodeKind.RESOURCE):
        if node.type != "google_compute_firewall" or not is_in_force(node):
            continue
        if value_of(node, "target_tags") or value_of(node, "target_service_accounts"):
            continue
        for server in _of_network(context, node):
            evidence = (node.source, server.source)
            yield Edge(node.id, server.id, EdgeKind.PROTECTS, evidence, Provenance.DERIVED, "network.everything")


RULES = (selected, everything)


def labels(catalog: Catalog, server: Node) -> dict[str, str]:
    """The labels, and the tags as labels without a value, of a server."""
    shape = catalog.shapes.server(server.type)
    found: dict[str, str] = {}
    for path in (*(shape.labels if shape else ()), "labels", "tags"):
        for value in at_path(server.attributes.get("values"), path):
            if isinstance(value, dict):
                found |= {str(k): str(v) for k, v in value.items() if isinstance(v, str | int | float | bool)}
            elif isinstance(value, str):
                found.setdefault(value, "")
    for path in shape.label_lists if shape else ():
        for value in values_at(server, path):
            for text in texts(value):
                found.setdefault(text, "")
    return found


def selects(selector: str, found: Mapping[str, str]) -> bool:
    """Whether a label selector (``role=web,env!=staging``, ``web``, ``!old``) selects what has these labels.

    https://docs.hetzner.cloud/reference/cloud#label-selector; sets (``in``) select nothing here.
    """
    terms = [t for t in selector.split(",") if t.strip()]
    return bool(terms) and all(_holds(t, found) for t in terms)


def _holds(term: str, found: Mapping[str, str]) -> bool:
    match = _TERM.fullmatch(term)
    if match is None:
        return False
    negated, name, operator, value = match.groups()
    if negated:
        return name not in found
    if operator == "!=":
        return found.get(name) != value
    return name in found and (operator is None or found[name] == value)


def _wanted(value: Json) -> Iterator[str]:
    if isinstance(value, dict) and {"type", "key", "value"} <= set(value):  # of AWS Backup: one tag by its name
        if value["type"] == "STRINGEQUALS":
            yield f"{value['key']}={value['value']}"
    elif isinstance(value, dict):
        yield ",".join(f"{k}={v}" for k, v in value.items())
    else:
        yield from texts(value)


def _subjects(context: Context, node: Node) -> list[Node]:
    """The firewall or balancer itself, or the one that a joining resource is of."""
    if role_of(node) in ("firewall", "load_balancer") or node.category is Category.BACKUP:
        return [node]
    near = (context.graph.node(e.target) for e in context.graph.edges_from(node.id, EdgeKind.REFERENCES))
    return [n for n in near if role_of(n) in ("firewall", "load_balancer")]


def _servers(context: Context, node: Node, sorts: tuple[str, ...] = _MACHINES) -> list[Node]:
    if node.type == "google_compute_firewall":
        return _of_network(context, node)
    provider = node.type.split("_", 1)[0] + "_"
    near = (n for n in context.graph.nodes(NodeKind.RESOURCE) if n.type.startswith(provider) and is_live(n))
    return [n for n in near if scope_of(n) == scope_of(node) and (role_of(n) in sorts or n.category.value in sorts)]


def tagged(context: Context, node: Node, tags: set[str]) -> list[Node]:
    """The servers that a rule of a firewall names by their tags (``source_tags = ["web"]``)."""
    found: list[Node] = []
    for server in _servers(context, node) if tags else ():
        own = {t for t in _read(context.graph, server, ("tags",)) if context.graph.node(t).type.endswith("_tag")}
        if tags & (set(labels(context.catalog, server)) | _names(context.graph, own)):
            found.append(server)
    return found


def _of_tag(context: Context, node: Node, path: str, sorts: tuple[str, ...] = _MACHINES) -> list[Node]:
    """The servers that are given the very tag (a resource) that an argument names, whose value is known only when
    applied; the one may name it and the other read it."""
    graph = context.graph
    tags = {t for t in _read(graph, node, (path,)) if graph.node(t).type.endswith("_tag")}
    named = {t for value in values_at(node, path) for t in texts(value)}
    if not tags and not named:
        return []
    found: list[Node] = []
    for server in _servers(context, node, sorts):
        own = {t for t in _read(graph, server, ("tags", "labels")) if graph.node(t).type.endswith("_tag")}
        given = {t for value in values_at(server, "tags") for t in texts(value)}
        if tags & own or named & _names(graph, own) or _names(graph, tags) & given:
            found.append(server)
    return found


def _names(graph: Graph, tags: set[str]) -> set[str]:
    """The names of tags that are resources, by which others may speak of them."""
    return {t for tag in tags for t in texts(value_of(graph.node(tag), "name"))}


def _of_network(context: Context, node: Node) -> list[Node]:
    """The instances in the networks that a Google firewall is of, also through their subnets; where it says the name
    of its network (``default``), those of the same root that say it too."""
    graph = context.graph
    found: dict[str, Node] = {}
    waiting = [t for t in graph.targets(node.id, EdgeKind.REFERENCES) if role_of(t) == "container"]
    if not waiting and (names := _written(node, "network")):
        for other in graph.nodes(NodeKind.RESOURCE):
            if scope_of(other) != scope_of(node) or not is_live(other) or not other.type.startswith("google_"):
                continue
            if role_of(other) == "container" and names & _written(other, "name"):
                waiting.append(other)
            elif role_of(other) in ("server", "server_group") and names & _written(other, "network_interface.network"):
                found[other.id] = other
    seen = {n.id for n in waiting}
    while waiting:
        for inner in graph.targets(waiting.pop().id, EdgeKind.CONTAINS):
            if role_of(inner) in ("server", "server_group") and is_live(inner):
                found[inner.id] = inner
            elif role_of(inner) == "subnet" and inner.id not in seen:
                seen.add(inner.id)
                waiting.append(inner)
    return [found[i] for i in sorted(found)]


def _written(node: Node, path: str) -> set[str]:
    """The names that an argument says, of whatever project: ``default`` of ``projects/x/global/networks/default``."""
    return {t.rpartition("/")[2] for value in values_at(node, path) for t in texts(value)}


def _read(graph: Graph, node: Node, paths: tuple[str, ...]) -> set[str]:
    """The ids of what the value of an argument is made of."""
    edges = graph.edges_from(node.id, EdgeKind.REFERENCES)
    return {e.target for e in edges if bare_path(str(e.attributes.get("attribute"))) in paths}
