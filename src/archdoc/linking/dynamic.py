"""Inventories that are made from the cloud: resources of the ansible provider, inventory plugins, programs."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from archdoc.catalog import InventoryPlugin
from archdoc.linking.hosts import undecided
from archdoc.linking.rules import Context, Fact, rule
from archdoc.linking.terraform_facts import first_text, follow, is_live, is_server, servers, texts, value_of, values_at
from archdoc.model.facts import Category, Edge, EdgeKind, Json, Node, NodeKind, Provenance, Source
from archdoc.model.graph import Graph
from archdoc.readers.ansible.inventories import Constructed, construct_from

_NOT_WORD = re.compile(r"[^a-z0-9]+")


@rule("hosts.ansible-provider")
def ansible_provider(context: Context) -> Iterable[Fact]:
    """An ``ansible_host`` resource is an inventory host: the server that its name or its variables come from.

    Its ``groups``, and the ``children`` of an ``ansible_group``, are groups of the inventory. The server whose name or
    address an ``ansible_playbook`` has for its own is a host of that playbook's project. Example:
    ``resource "ansible_host" "web" { name = hcloud_server.web.name  groups = ["web"] }``.
    """
    project = _project(context.graph)
    yield from _of_playbooks(context)
    for node in context.graph.nodes(NodeKind.RESOURCE):
        if node.type == "ansible_group" and is_live(node) and (name := first_text(node, ("name",))):
            yield from _group(project, name, node.source)
            for child in texts(value_of(node, "children")):
                yield from _group(project, child, node.source)
                yield _member(_id(project, "group", child), _id(project, "group", name), node.source, ANSIBLE)
        elif node.type == "ansible_host" and is_live(node):
            found = {s.id: s for s, _ in follow(context.graph, node, "") if is_server(s)}
            name = first_text(node, ("name",)) or (_called(context, next(iter(found.values()))) if found else "")
            if not name:
                continue
            host = _host(project, name, node.source, {"provider": True})
            yield host
            for group in texts(value_of(node, "groups")):
                yield from _group(project, group, node.source)
                yield _member(host.id, _id(project, "group", group), node.source, ANSIBLE)
            if len(found) == 1:
                server = next(iter(found.values()))
                yield _same(host, server, (node.source, server.source), ANSIBLE)
            elif found:
                yield undecided(name, list(found.values()), node.source)


ANSIBLE = "hosts.ansible-provider"


def _of_playbooks(context: Context) -> Iterator[Fact]:
    """Servers on which Terraform runs a playbook, where their names are known.

    https://registry.terraform.io/providers/ansible/ansible/latest/docs/resources/playbook
    """
    playbooks = {n.source.path: n for n in context.graph.nodes(NodeKind.PLAYBOOK)}
    named: dict[tuple[str, str], dict[str, tuple[Node, list[Source]]]] = {}
    for node in context.graph.nodes(NodeKind.RESOURCE):
        if node.type != "ansible_playbook" or not is_live(node) or node.terraform is None:
            continue
        written = first_text(node, ("playbook",)) or ""
        playbook = playbooks.get(posixpath.normpath(posixpath.join(node.terraform.root, written)))
        found = {s.id: s for s, _ in follow(context.graph, node, "name") if is_server(s)}
        server = next(iter(found.values())) if len(found) == 1 else None
        if playbook is not None and server is not None and _called(context, server) != server.address:
            same = named.setdefault((playbook.id.split(":", 2)[1], _called(context, server)), {})
            same.setdefault(server.id, (server, []))[1].append(node.source)
    for (project, name), servers_of in named.items():
        for server, places in servers_of.values():
            host = _host(project, name if len(servers_of) == 1 else server.id, places[0], {"provider": True})
            yield host
            yield _same(host, server, (*places, server.source), ANSIBLE)


@rule("hosts.plugin")
def plugins(context: Context) -> Iterable[Fact]:
    """An inventory plugin (hcloud, aws_ec2, linode …) lists the servers of its provider as hosts.

    Where only the provider knows a host's name it is called as the server is. Which groups a server is in follows from
    the plugin's ``groups`` and ``keyed_groups``, evaluated with the labels, tags and names that Terraform sets; all are
    in the plugin's own group (``hcloud``, ``aws_ec2``). Servers that a filter leaves out are no hosts. Example:
    ``plugin: hcloud`` with ``keyed_groups: [{key: labels.role}]`` puts
    ``hcloud_server.web`` with ``labels = { role = "web" }`` into ``_web``.
    """
    for inventory in context.graph.nodes(NodeKind.INVENTORY):
        project = inventory.id.split(":", 2)[1]
        for listing in _listings(context, inventory):
            by_name: dict[str, list[Node]] = {}
            listed = listing.servers(context.graph)
            guesses = Counter(_called(context, server) for server in listed)
            for server in listed:
                guess = _called(context, server)
                name = listing.name(server) or (guess if guesses[guess] == 1 else server.address)
                by_name.setdefault(name, []).append(server)
            for name, found in by_name.items():
                if len(found) > 1:
                    yield undecided(name, found, listing.source)
                    continue
                yield from _listed(project, inventory, listing, name, found[0])


@rule("hosts.group-key")
def group_keys(context: Context) -> Iterable[Fact]:
    """Where an inventory is a program (which is never run), a group that plays are for and that no inventory lists has
    the server whose ``for_each`` key is the group's name.

    Only where exactly one server has that key, and the program is in the same Ansible project. Example:
    ``hosts: chat`` and ``hcloud_server.main["chat"]`` beside ``inventories/dynamic.py``.
    """
    scripts = {n.id.split(":", 2)[1]: n for n in context.graph.nodes(NodeKind.INVENTORY) if n.attributes.get("scripts")}
    by_key: dict[str, list[Node]] = {}
    for server in servers(context.graph):
        key = server.terraform.instance_key if server.terraform else None
        if isinstance(key, str) and not context.graph.sources(server.id, EdgeKind.SAME_AS):
            by_key.setdefault(_NOT_WORD.sub("_", key.lower()), []).append(server)
    for group in context.graph.nodes(NodeKind.GROUP):
        script = scripts.get(group.id.split(":", 2)[1])
        found = by_key.get(_NOT_WORD.sub("_", group.name.lower()), [])
        if script is not None and group.attributes.get("unlisted") and len(found) == 1:
            evidence = (script.source, group.source, found[0].source)
            yield Edge(found[0].id, group.id, EdgeKind.MEMBER_OF, evidence, Provenance.INFERRED, "hosts.group-key")


FIRST = (ansible_provider, plugins)
AFTER = (group_keys,)


# -- plugins ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Listing:
    """One plugin's configuration, and what is known of the plugin."""

    plugin: InventoryPlugin
    settings: Mapping[str, Json]
    source: Source

    def servers(self, graph: Graph) -> list[Node]:
        """The servers that the plugin lists: those of its types that no filter leaves out. Instances whose keys are
        not known are none that could be told apart."""
        found = [s for s in servers(graph) if s.type in self.plugin.types]
        counted = [s for s in found if s.terraform is None or s.terraform.instance_key not in ("?", "*")]
        return [s for s in counted if not s.id.endswith("[?]") and self._lists(s)]

    def _lists(self, server: Node) -> bool:
        filters, options = self.settings.get("filters"), self.settings.get("options")
        for item in (*(filters if isinstance(filters, list) else [filters]), options):
            for name, wanted in item.items() if isinstance(item, dict) else ():
                path = _path(self.plugin.filters, str(name))
                known = [str(v) for v in values_at(server, path)] if path else []
                choices = [str(w) for w in (wanted if isinstance(wanted, list) else [wanted])]
                if known and choices and not any(fnmatchcase(k, c) for k in known for c in choices):
                    return False
        selector = str(options.get("label_selector") or "") if isinstance(options, dict) else ""
        labels = value_of(server, "labels")
        return not isinstance(labels, dict) or all(
            _selects(t.strip(), labels) for t in selector.split(",") if t.strip()
        )

    @property
    def group(self) -> str:
        """The group that every server of the plugin is in, or ""."""
        options = self.settings.get("options")
        set_to = options.get(self.plugin.group_option) if isinstance(options, dict) else None
        return str(set_to or "") if isinstance(set_to, str) else self.plugin.group

    def name(self, server: Node) -> str:
        """What the inventory calls the server, or "" where only the provider knows."""
        wanted = [str(h) for h in texts(self.settings.get("hostnames"))]
        for word in wanted:
            path = _path({**self.plugin.hostnames, self.plugin.hostname or "\0": self.plugin.hostname}, word)
            if path and (name := first_text(server, (path,))):
                return name
        if not wanted and self.plugin.hostname and (name := first_text(server, (self.plugin.hostname,))):
            return name
        return ""

    def variables(self, server: Node) -> dict[str, Any]:
        """The host variables that Terraform's arguments tell."""
        found: dict[str, Any] = {}
        options = self.settings.get("options")
        set_to = options.get(self.plugin.prefix_option) if isinstance(options, dict) else None
        prefix = str(set_to) if isinstance(set_to, str) else self.plugin.prefix
        for name, path in self.plugin.variables.items():
            value = value_of(server, path)
            if value is None and path in ("tags", "labels", "metadata"):
                value = {} if server.type not in _LISTS else []
            if value is None:
                continue
            if isinstance(value, list):
                value = [v for v in value if v is not None]
            first, _, rest = name.partition(".")
            target = found.setdefault(prefix + first, {}) if rest else found
            target[rest or prefix + first] = value
        return found


_LISTS = ("linode_instance", "digitalocean_droplet", "vultr_instance", "scaleway_instance_server", "proxmox_vm_qemu")


def _listings(context: Context, inventory: Node) -> Iterator[_Listing]:
    listed = inventory.attributes.get("plugins")
    for settings in listed if isinstance(listed, list) else []:
        if isinstance(settings, dict):
            plugin = context.catalog.inventory_plugins.find(str(settings.get("plugin") or ""))
            line = settings.get("line")
            if plugin is not None:
                place = Source(str(settings.get("path")), line if isinstance(line, int) and line > 0 else 1)
                yield _Listing(plugin, settings, place)


def _listed(project: str, inventory: Node, listing: _Listing, name: str, server: Node) -> Iterator[Fact]:
    host = _host(project, name, listing.source, {"inventories": [inventory.name], "dynamic": True})
    yield host
    yield _same(host, server, (listing.source, server.source), "hosts.plugin")
    evidence = (listing.source, server.source)
    yield Edge(inventory.id, host.id, EdgeKind.CONTAINS, evidence, Provenance.DERIVED, "hosts.plugin")
    if group := listing.group:
        yield from _group(project, group, listing.source)
        yield _member(host.id, _id(project, "group", group), listing.source, "hosts.plugin", server.source)
    made: Constructed = construct_from(listing.settings, listing.source, listing.variables(server))
    for group, place in made.groups.items():
        yield from _group(project, group, place)
        yield _member(host.id, _id(project, "group", group), place, "hosts.plugin", server.source)
    for group, parent in made.parents.items():
        yield from _group(project, parent, made.groups[group])
        yield _member(_id(project, "group", group), _id(project, "group", parent), made.groups[group], "hosts.plugin")


def _path(known: Mapping[str, str], word: str) -> str:
    """The argument that a word of a plugin's options stands for, or ""."""
    if word in known:
        return known[word]
    for pattern, path in known.items():
        if pattern.endswith("*") and word.startswith(pattern[:-1]):
            return path.replace("*", word[len(pattern) - 1 :])
    return ""


def _selects(term: str, labels: Mapping[str, Json]) -> bool:
    """One term of a Hetzner label selector: https://docs.hetzner.cloud/#label-selector."""
    name, operator, value = re.match(r"\s*+!?\s*+([^=!\s]*+)\s*+(==|!=|=|)\s*+(.*)", term).groups()  # type: ignore[union-attr]
    if term.startswith("!"):
        return name not in labels
    if operator == "!=":
        return str(labels.get(name)) != value
    return name in labels and (not operator or str(labels[name]) == value)


# -- nodes and edges --------------------------------------------------------------------------------------------


def _project(graph: Graph) -> str:
    """The Ansible project that reads the resources of the ansible provider: the one whose inventory says so, else the
    only one."""
    using = {
        n.id.split(":", 2)[1]
        for n in graph.nodes(NodeKind.INVENTORY)
        if any("terraform" in str(p) for p in texts(n.attributes.get("plugins"), ("plugin",)))
    }
    every = {n.id.split(":", 2)[1] for n in graph.nodes(NodeKind.PLAYBOOK, NodeKind.INVENTORY)}
    chosen = using or every
    return next(iter(chosen)) if len(chosen) == 1 else "."


def _id(project: str, kind: str, name: str) -> str:
    return f"ansible:{project}:{kind}:{name}"


def _host(project: str, name: str, place: Source, attributes: dict[str, Json]) -> Node:
    return Node(_id(project, "host", name), NodeKind.HOST, "host", name, place, "", Category.COMPUTE, attributes)


def _group(project: str, name: str, place: Source) -> Iterator[Node]:
    yield Node(_id(project, "group", name), NodeKind.GROUP, "group", name, place)


def _member(member: str, group: str, place: Source, name: str, *more: Source) -> Edge:
    return Edge(member, group, EdgeKind.MEMBER_OF, (place, *more), Provenance.DERIVED, name)


def _same(host: Node, server: Node, evidence: tuple[Source, ...], name: str) -> Edge:
    return Edge(host.id, server.id, EdgeKind.SAME_AS, tuple(dict.fromkeys(evidence)), Provenance.DERIVED, name)


def _called(context: Context, server: Node) -> str:
    shape = context.catalog.shapes.server(server.type)
    return first_text(server, (*(shape.name if shape else ()), "name", "label", "tags.Name")) or server.address
