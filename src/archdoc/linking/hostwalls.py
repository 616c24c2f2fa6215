"""Protection that Ansible puts on hosts: firewalls with their rules, fail2ban, hardening."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from archdoc.linking.outside import INTERNET, internet
from archdoc.linking.placement import SIGNAL_KINDS, Placement, place_of, signals
from archdoc.linking.rules import Context, Fact, rule
from archdoc.model.facts import Category, Edge, EdgeKind, Json, Node, NodeKind, Provenance

_ANY = frozenset({"", "any", "0.0.0.0/0", "::/0"})


@rule("security.host-firewall")
def host_firewall(context: Context) -> Iterable[Fact]:
    """A task that opens a port with ufw, firewalld or iptables allows it on the hosts of its play.

    The source is what the task names, the internet when it names none. The role or play that holds such a task
    protects those hosts. Example: ``ufw: rule=allow port=22 proto=tcp from_ip=10.0.0.0/8``.
    """
    placement = Placement(context.graph)
    for owner in context.graph.nodes(*SIGNAL_KINDS):
        for signal in signals(owner, "firewall"):
            place = place_of(signal)
            for edge in placement.targets(owner.id):
                yield Edge(
                    owner.id,
                    edge.target,
                    EdgeKind.PROTECTS,
                    (place, *edge.evidence),
                    Provenance.DERIVED,
                    "security.host-firewall",
                )
                opening = _opening(signal)
                if opening is None:
                    continue
                source, attributes = opening
                origin = (
                    internet(place)
                    if source in _ANY
                    else Node(
                        f"external:range:{source}", NodeKind.EXTERNAL, "range", source, place, category=Category.NETWORK
                    )
                )
                yield origin
                yield Edge(
                    INTERNET if source in _ANY else origin.id,
                    edge.target,
                    EdgeKind.ALLOWS,
                    (place,),
                    Provenance.DERIVED,
                    "security.host-firewall",
                    attributes,
                )


@rule("security.layers")
def layers(context: Context) -> Iterable[Fact]:
    """A role or service of a security program (fail2ban, a host firewall, TLS, a secret store) belongs to a layer of
    the security drawing, by the catalog's category of the program that it is named after or sets up.

    Makes no edge. Example: the role ``fail2ban``, or a service of it, is in the host layer.
    """
    for node in list(context.graph.nodes(NodeKind.ROLE, NodeKind.SERVICE)):
        if node.attributes.get("security_layer"):
            continue
        layer = _layer(context, node)
        if layer:
            context.graph.replace_node(replace(node, attributes={**node.attributes, "security_layer": layer}))
    return ()


RULES = (host_firewall, layers)


def _layer(context: Context, node: Node) -> str:
    program = (
        context.catalog.software.named(str(node.attributes.get("program") or ""))
        if node.attributes.get("program")
        else None
    )
    if program is not None and program.category is Category.SECURITY:
        return {"certificates": "application", "secret_store": "data"}.get(program.kind, "host")
    if program is not None and program.category is Category.IDENTITY:
        return "application"
    if node.kind is NodeKind.ROLE:
        found = {str(s.get("signal")) for s in signals(node)}
        if "certificate" in found:
            return "application"
        if found & {"firewall", "ssh"} or ("kernel" in found and "user" in found):
            return "host"
    return ""


def _opening(signal: dict[str, Json]) -> tuple[str, dict[str, Json]] | None:
    """The source and the ports of a task that lets something in; None for one that does not."""
    if signal.get("rule") not in ("allow", "limit") or signal.get("direction", "in") != "in" or signal.get("delete"):
        return None
    port, protocol = str(signal.get("port") or "any"), str(signal.get("proto") or "any")
    return str(signal.get("from") or ""), _ports(port, protocol)


def _ports(port: str, protocol: str) -> dict[str, Json]:
    label = port if protocol == "any" else f"{port}/{protocol}"
    return {"ports": label, "protocol": protocol, "direction": "in"}
