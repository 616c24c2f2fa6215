"""Terraform resource types and providers: what a type is for, and the part that it plays in the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from archdoc.catalog.tables import Tables, shipped
from archdoc.model.facts import Category


class Role(StrEnum):
    """The part that a resource plays in the network."""

    NONE = ""
    CONTAINER = "container"
    """A network that others are in: VPC, network, virtual network."""
    SUBNET = "subnet"
    SERVER = "server"
    """A machine that one can log in to."""
    SERVER_GROUP = "server_group"
    """Makes servers of one kind: autoscaling group, scale set, managed instance group."""
    INTERFACE = "interface"
    GATEWAY = "gateway"
    """Where traffic leaves or enters a network: internet, NAT and VPN gateways, routers."""
    LOAD_BALANCER = "load_balancer"
    LISTENER = "listener"
    TARGET_GROUP = "target_group"
    ADDRESS = "address"
    FIREWALL = "firewall"
    """A set of rules: security group, firewall, network ACL, WAF."""
    RULE = "rule"
    ROUTE = "route"
    ZONE = "zone"
    RECORD = "record"
    ATTACHMENT = "attachment"
    """Joins two other resources and is nothing by itself."""
    PEERING = "peering"
    VOLUME = "volume"
    KEY = "key"
    CERTIFICATE = "certificate"
    CLUSTER = "cluster"
    WORKLOAD = "workload"
    """Runs without a machine of its own: a service of ECS, a container app, a deployment of Kubernetes, a web app, a
    function."""
    MONITOR = "monitor"
    CDN = "cdn"


class Layer(StrEnum):
    """Which layer of the security view a thing belongs to."""

    NONE = ""
    EDGE = "edge"
    NETWORK = "network"
    HOST = "host"
    APPLICATION = "application"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class ResourceType:
    """What is known about a resource type.

    ``icon`` is a class path of the ``diagrams`` package (``aws.compute.EC2``) or one of archdoc's own icons;
    ``plumbing`` marks what only configures or joins other things; ``layer`` is set on what protects; the role is played
    only where the argument at ``role_at`` has one of ``role_values``, if such is named;
    ``matched`` is the row that decided: a type, a family (``aws_iam_``), a word (``*_firewall``) or "".
    """

    category: Category = Category.OTHER
    role: Role = Role.NONE
    icon: str = ""
    plumbing: bool = False
    layer: Layer = Layer.NONE
    role_at: str = ""
    role_values: tuple[str, ...] = ()
    matched: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """What the end of a type's name says of it (``_attachment``), whatever it is an attachment of."""

    role: Role = Role.NONE
    category: Category = Category.OTHER
    """Set where the end of the name says more than the thing it belongs to (``_iam_member``)."""
    plumbing: bool = True


@dataclass(frozen=True, slots=True)
class Provider:
    """A Terraform provider: what people call it."""

    title: str = ""
    icon: str = ""
    category: Category = Category.OTHER


class ResourceTypes:
    """The types of all providers. One provider's file is read when its first type is asked for.

    A row names a type (``aws_instance``) or, with a ``_`` at its end, a family (``aws_iam_``). The longest row
    that the type begins with decides. A longer type than a row's own (``aws_lb_listener_rule`` for ``aws_lb``)
    takes its category, icon and layer, and counts as a part of it; the role is the row's own alone. Where no row
    fits, the type's words decide (``*_firewall``), whatever the provider.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._known: dict[str, ResourceType] = {}
        self._files: dict[str, Mapping[str, ResourceType]] = {}
        self._parts = tables.named("parts", Part, "types/_any")
        self._words = tables.named("words", ResourceType, "types/_any")

    def find(self, name: str) -> ResourceType:
        """What is known about a type; category ``other`` when nothing is."""
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = self._find(name)
        return found

    def rows(self, provider: str) -> Mapping[str, ResourceType]:
        """The rows that could match a provider's types."""
        if provider not in self._files:
            file = f"types/{provider}" if shipped(f"types/{provider}") else "types/_any"
            self._files[provider] = self._tables.named("types", ResourceType, file)
        return self._files[provider]

    def _find(self, name: str) -> ResourceType:
        rows = self.rows(name.partition("_")[0])
        exact = rows.get(name)
        if exact is not None:
            return replace(exact, matched=name)
        words = name.split("_")
        for length in range(len(words), 0, -1):
            stem = "_".join(words[:length])
            for key in (stem + "_", stem):
                row = rows.get(key)
                if row is not None:
                    return self._part_of(name, key, row)
        return self._by_words(name, words)

    def _part_of(self, name: str, key: str, row: ResourceType) -> ResourceType:
        """A type that is longer than its row."""
        part = self._part(name)
        if part is not None:
            return _joined(row, part, part.role, key)
        family = key.endswith("_")
        return replace(row, role=row.role if family else Role.NONE, plumbing=row.plumbing or not family, matched=key)

    def _part(self, name: str) -> Part | None:
        words = name.split("_")
        for start in range(1, len(words)):
            found = self._parts.get("_" + "_".join(words[start:]))
            if found is not None:
                return found
        return None

    def _by_words(self, name: str, words: list[str]) -> ResourceType:
        """No row fits: the longest run of words that is known decides, the last one of several."""
        part = self._part(name)
        for length in range(min(3, len(words) - 1), 0, -1):
            for start in range(len(words) - length, 0, -1):
                run = "_".join(words[start : start + length])
                row = self._words.get(run)
                if row is None:
                    continue
                at_end = start + length == len(words)
                if part is not None:
                    return _joined(row, part, row.role if at_end and row.role else part.role, f"*_{run}")
                return replace(
                    row, role=row.role if at_end else Role.NONE, plumbing=row.plumbing or not at_end, matched=f"*_{run}"
                )
        return _joined(ResourceType(), part, part.role, "") if part else ResourceType()


def _joined(row: ResourceType, part: Part, role: Role, matched: str) -> ResourceType:
    """What a row says of the whole and a part of the name says of its part."""
    category = part.category if part.category is not Category.OTHER else row.category
    return replace(row, category=category, role=role, plumbing=row.plumbing or part.plumbing, matched=matched)
