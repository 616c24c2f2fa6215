"""What an address or a range of addresses is, by what the code of one configuration gives them to."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from archdoc.linking.terraform_facts import is_live, role_of, texts
from archdoc.model.facts import NodeKind, scope_of
from archdoc.model.graph import Graph


class Ranges:
    """Networks and subnets by their ranges; machines, load balancers and whatever else has one by its address."""

    def __init__(self, graph: Graph) -> None:
        self._owners: dict[tuple[str, str], set[str]] = {}
        for node in graph.nodes(NodeKind.RESOURCE):
            if not is_live(node) or role_of(node) in ("interface", "address"):
                continue
            for text in (*texts(node.attributes.get("cidr")), *texts(node.attributes.get("addresses"))):
                if (known := normal_range(text)) is not None:
                    self._owners.setdefault((scope_of(node), known), set()).add(node.id)

    def owner(self, text: str, scopes: Iterable[str]) -> str | None:
        """The id of the one thing that has an address or a range in some configurations."""
        known = normal_range(text) or ""
        found = {i for scope in set(scopes) for i in self._owners.get((scope, known), ())}
        return found.pop() if len(found) == 1 else None


def normal_range(text: str) -> str | None:
    """An address or range in the one form of its network; None for what is neither."""
    try:
        return str(ipaddress.ip_network(text, strict=False))
    except ValueError:
        return None


def between(first: str, last: str) -> str | None:
    """The addresses from one to another: as a network where they are one, else by both ends; None for what is no such
    range."""
    try:
        ends = (ipaddress.ip_address(first), ipaddress.ip_address(last))
        networks = list(ipaddress.summarize_address_range(*ends))
    except (ValueError, TypeError):
        return None
    if len(networks) > 1:
        return f"{first}-{last}"
    return first if first == last else str(networks[0])
