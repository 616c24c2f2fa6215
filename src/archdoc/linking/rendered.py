"""Inventories that Terraform writes: a file resource whose content is an inventory of its own servers."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from archdoc.linking.hosts import LOCAL, undecided
from archdoc.linking.names import holders
from archdoc.linking.rules import Context, Fact, rule
from archdoc.linking.terraform_facts import first_text, is_server, role_of
from archdoc.model.document import Document
from archdoc.model.facts import Category, Edge, EdgeKind, Json, Node, NodeKind, Provenance, Source
from archdoc.readers.ansible.inventories import Host, Inventory, inventory_of_text

_ADDRESSES = ("ansible_host", "ansible_ssh_host", "ip", "private_ip", "public_ip", "access_ip")


@rule("hosts.rendered-inventory")
def rendered(context: Context) -> Iterable[Fact]:
    """An inventory that Terraform writes with ``local_file`` lists hosts, and says by their addresses which servers
    they are.

    Its text is what ``templatefile``, ``yamlencode`` or an interpolated text give; addresses that are known only after
    apply are told by the attribute that they are. Where plays use the name of such a host (``hosts: front``), which
    the code alone could not tell from that of a group, that name is the host alone. Example: ``local_file`` with
    ``content = templatefile("inventory.tpl", { ip = aws_instance.web.public_ip })`` and a template with
    ``web ansible_host=${ip}``.
    """
    for document in context.documents:
        owner = context.graph.find(document.owners[0]) if document.owners else None
        if owner is None or owner.kind is not NodeKind.RESOURCE or "local" not in owner.type:
            continue
        inventory = inventory_of_text(document.text, document.origin.path)
        if inventory is not None:
            yield from _hosts(context, document, owner, inventory)


RULES = (rendered,)


def _hosts(context: Context, document: Document, owner: Node, inventory: Inventory) -> Iterator[Fact]:
    project = _project(context, document, owner)
    place = document.origin
    names: dict[str, str] = {}
    for host in inventory.hosts.values():
        said = _variables(inventory, host)
        found = _servers(context, document, host, said)
        name = host.name
        if name in document.variables:
            name = _called(found[0]) if len(found) == 1 else ""
        if not name or name in LOCAL:
            continue
        node = Node(
            _id(project, "host", name),
            NodeKind.HOST,
            "host",
            name,
            place,
            "",
            Category.COMPUTE,
            _attributes(document, owner, said),
            (owner.source,),
        )
        names[host.name] = node.id
        yield node
        if len(found) == 1:
            evidence = tuple(dict.fromkeys((place, owner.source, found[0].source)))
            yield Edge(node.id, found[0].id, EdgeKind.SAME_AS, evidence, Provenance.DERIVED, "hosts.rendered-inventory")
        elif found:
            yield undecided(name, found, place)
    yield from _groups(project, place, inventory, names)
    for host_name, node_id in names.items():
        named = context.graph.find(_id(project, "group", host_name))
        if named is not None and named.attributes.get("unlisted") and host_name not in inventory.groups:
            evidence = (named.source, place)
            yield Edge(node_id, named.id, EdgeKind.MEMBER_OF, evidence, Provenance.DERIVED, "hosts.rendered-inventory")


def _variables(inventory: Inventory, host: Host) -> dict[str, str]:
    """What the inventory says of a host, itself or by its groups: the nearest has the last word."""
    said = [*(group.variables for group in inventory.host_groups(host.name)), host.variables]
    return {name: str(variable.value) for variables in said for name, variable in variables.items()}


def _attributes(document: Document, owner: Node, said: dict[str, str]) -> dict[str, Json]:
    found: dict[str, Json] = {"inventories": [document.name], "rendered_by": owner.id}
    address = said.get("ansible_host")
    if address is not None and address not in document.variables:
        found["ansible_host"] = address
    return found


def _groups(project: str, place: Source, inventory: Inventory, names: dict[str, str]) -> Iterator[Fact]:
    for group in inventory.groups.values():
        if group.name in ("all", "ungrouped"):
            continue
        group_id = _id(project, "group", group.name)
        yield Node(group_id, NodeKind.GROUP, "group", group.name, place)
        members = [names[h] for h in group.hosts if h in names]
        members += [_id(project, "group", c) for c in group.children if c in inventory.groups]
        for member in members:
            if member != group_id:
                yield Edge(
                    member, group_id, EdgeKind.MEMBER_OF, (place,), Provenance.DERIVED, "hosts.rendered-inventory"
                )


def _servers(context: Context, document: Document, host: Host, said: dict[str, str]) -> list[Node]:
    """The servers behind a host's address, or its name, by the attributes that are to stand there."""
    for text in (*(said[n] for n in _ADDRESSES if n in said), host.name):
        token = document.variables.get(text)
        if not isinstance(token, list) or not token:
            continue
        node = context.graph.find(str(token[0]))
        if node is None:
            continue
        if is_server(node):
            return [node]
        if role_of(node) in ("address", "interface"):
            found = [n for n in holders(context.graph, node) if is_server(n)]
            if found:
                return found
    return []


def _project(context: Context, document: Document, owner: Node) -> str:
    """The Ansible project that the file is written into, else the only one."""
    root = owner.terraform.root if owner.terraform else "."
    path = posixpath.normpath(posixpath.join(root, document.name))
    every = sorted({n.id.split(":", 2)[1] for n in context.graph.nodes(NodeKind.PLAYBOOK)}, key=len, reverse=True)
    around = [p for p in every if p in (".", path) or path.startswith(f"{p}/")]
    return around[0] if around else every[0] if len(every) == 1 else "."


def _called(server: Node) -> str:
    return first_text(server, ("name", "label", "tags.Name", "hostname")) or server.address


def _id(project: str, kind: str, name: str) -> str:
    return f"ansible:{project}:{kind}:{name}"
