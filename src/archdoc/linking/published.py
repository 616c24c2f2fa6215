"""What containers publish on the ports of their host, and what a proxy asks a password for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from archdoc.linking.outside import whoever
from archdoc.linking.rules import Context, Fact, rule
from archdoc.model.facts import Edge, EdgeKind, Json, Node, NodeKind, Provenance

_OPEN = r"\$\{[^}]*\}|\$\w+|\{\{[^{}]*\}\}"
_PORT = re.compile(
    rf"(?:(?P<host>\[[^\]]*\]|[\d.]+|\*|{_OPEN}):)?(?P<published>{_OPEN}|[^:/\s]*):(?P<target>{_OPEN}|[^:/\s]+)"
    r"(?:/(?P<protocol>\w+))?$"
)
_LOOPBACK = re.compile(r"^(?:127\.|\[::1\]|localhost)")
_ALONE = re.compile(r"\d+(?:-\d+)?(?:/\w+)?$")


@rule("exposure.published-ports")
def published_ports(context: Context) -> Iterable[Fact]:
    """A port that a container publishes, and not on the loopback address, is open to whoever reaches its host.

    Who that is the rule does not say: it is the business of the firewalls in front of the host, and those of the host
    itself may not see the port, for the container engine writes rules of its own. An address that is not known is said
    beside the port. Example: ``ports: ["8080:80"]`` of a Compose service opens 8080; ``["127.0.0.1:8080:80"]`` opens
    nothing; ``["${LAN_IP}:53:53/udp"]`` opens ``53/udp on ${LAN_IP}``.
    """
    for node in context.graph.nodes(NodeKind.SERVICE):
        listed = node.attributes.get("ports")
        if node.attributes.get("same_as") or not isinstance(listed, list):
            continue
        found = dict.fromkeys(p for text in listed if (p := _published(str(text), node)))
        if found:
            origin = whoever(node.source)
            yield origin
            for port in found:
                attributes: dict[str, Json] = {"ports": port, "direction": "in", "how": "published"}
                yield Edge(
                    origin.id,
                    node.id,
                    EdgeKind.ALLOWS,
                    (node.source,),
                    Provenance.DERIVED,
                    "exposure.published-ports",
                    attributes,
                )


def _published(text: str, node: Node) -> str:
    """The port of the host that an entry of ``ports`` opens, with its protocol; "" for none.

    https://docs.docker.com/reference/compose-file/services/#ports
    """
    if node.attributes.get("compose") and _ALONE.match(text):
        return f"a free port for {text.partition('/')[0]}"
    if _LOOPBACK.match(text):
        return ""
    found = _PORT.match(text)
    if found is None:
        return ""
    port = found["published"] or f"a free port for {found['target']}"
    host = found["host"] or ""
    at = f" on {host}" if "$" in host or "{" in host else ""
    return f"{port}/{found['protocol'] or 'tcp'}{at}"


@rule("security.proxy-login")
def proxy_login(context: Context) -> Iterable[Fact]:
    """A proxy that asks for a login before it passes a request on protects the service behind it.

    Basic and digest authentication of the proxy itself, and requests that it first shows to another service. Example:
    ``basic_auth`` beside ``reverse_proxy grafana:3000`` in a Caddyfile; ``auth_basic`` around ``proxy_pass`` of nginx;
    the middlewares ``basicauth`` and ``forwardauth`` of Traefik.
    """
    for edge in list(context.graph.edges(EdgeKind.CONNECTS_TO)):
        login = str(edge.attributes.get("login") or "")
        target = context.graph.node(edge.target)
        if not login or target.kind is not NodeKind.SERVICE:
            continue
        proxy = context.graph.node(edge.source)
        if not proxy.attributes.get("security_layer"):
            more: dict[str, Json] = {**proxy.attributes, "security_layer": "application"}
            context.graph.replace_node(replace(proxy, attributes=more))
        attributes: dict[str, Json] = {"how": "login", "login": login}
        name = "security.proxy-login"
        yield Edge(proxy.id, target.id, EdgeKind.PROTECTS, edge.evidence, edge.provenance, name, attributes)


RULES = (published_ports, proxy_login)
