"""The rows of the catalog, typed."""

from __future__ import annotations

from dataclasses import dataclass

from archdoc.model.facts import Category


@dataclass(frozen=True, slots=True)
class ResourceType:
    """What a Terraform resource type is for.

    ``role`` is its part in a network: server, container (a network), subnet, gateway, load_balancer, listener,
    target, address, firewall, rule, attachment, record, zone, volume, or "". ``plumbing`` marks glue that a
    drawing folds into what it serves; ``layer`` is the security layer that it protects, or "".
    """

    prefix: str
    category: Category
    role: str = ""
    icon: str = ""
    plumbing: bool = False
    layer: str = ""


@dataclass(frozen=True, slots=True)
class Provider:
    """A Terraform provider as people call it."""

    name: str
    title: str
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """What an argument of a resource means.

    ``relation`` is inside, attached_to, protects, protected_by, routes_to, encrypted_by; ``path`` the argument
    (``network.network_id`` reaches into a block); ``prefix`` the types it holds for ("" for all).
    """

    prefix: str
    path: str
    relation: str


@dataclass(frozen=True, slots=True)
class Program:
    """A program that operations teams run.

    ``kind`` is what it is (database, proxy, exporter, …), ``tier`` where drawings put it (frontend, application,
    data, messaging, monitoring, …); ``images``, ``packages`` and ``units`` are the names it goes by.
    """

    name: str
    title: str
    kind: str
    tier: str
    category: Category
    names: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Module:
    """An Ansible module: the signal that a task of it gives, and the arguments that say of what.

    ``subject`` are the arguments that name the thing (package, unit, image), in order of preference.
    """

    name: str
    signal: str
    subject: tuple[str, ...] = ()
    program: str = ""
