"""Traefik: entry points, routers with the names that they answer to, and the servers behind them.

https://doc.traefik.io/traefik/reference/dynamic-configuration/file/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from archdoc.model.facts import Json, Source
from archdoc.readers.formats.scope import Facts, items, one_or_more, within, word
from archdoc.readers.yamldoor import line_of

_RULE = re.compile(r"\b(?:Host|HostSNI|HostRegexp|HostHeader)\(([^)]*)\)")
_NAME = re.compile(r"[`'\"]([^`'\"]+)[`'\"]")


def read(facts: Facts) -> None:
    """A file of Traefik, static or dynamic, YAML or TOML."""
    content = facts.data()
    if not isinstance(content, dict):
        return
    names: dict[str, None] = {}
    connections: list[Json] = []
    tls = False
    for protocol in ("http", "tcp", "udp"):
        section = content.get(protocol)
        services = within(section, "services") or {}
        for name, router in _entries(within(section, "routers")):
            names.update(dict.fromkeys(hosts_of_rule(word(within(router, "rule")))))
            tls = tls or within(router, "tls") is not None
            service = word(within(router, "service")).partition("@")[0]
            connections += _servers(facts, services.get(service) if isinstance(services, dict) else None, name, service)
        routed = {word(within(r, "service")).partition("@")[0] for _, r in _entries(within(section, "routers"))}
        for name, service in _entries(services):
            if name not in routed:
                connections += _servers(facts, service, "", name)
    attributes: dict[str, Json] = {"connections": connections, "server_names": [*names]}
    points = {str(n): word(within(p, "address")) for n, p in _entries(content.get("entryPoints"))}
    if points:
        attributes["entry_points"] = dict(points)
        attributes["listens"] = [p for a in points.values() if (p := a.rpartition(":")[2].split("/")[0]).isdigit()]
    providers = [str(name) for name, _ in _entries(content.get("providers"))]
    if providers:
        attributes["providers"] = [*providers]
    if tls or content.get("certificatesResolvers"):
        attributes["tls"] = True
    facts.service("traefik", facts.catalog.software.named("traefik"), facts.line(1), attributes)


def hosts_of_rule(rule: str) -> list[str]:
    """The names of a router's rule: ``Host(`a.example.com`) || Host(`b.example.com`, `c.example.com`)``."""
    return [name for found in _RULE.findall(rule) for name in _NAME.findall(found) if name != "*"]


_LOGINS = {"basicauth": "basic auth", "digestauth": "digest auth", "forwardauth": "forward auth"}
_ROUTED = re.compile(r"traefik\.http\.routers\.[^.]+\.middlewares$", re.IGNORECASE)


def asked_login(labels: Iterable[tuple[str, str, Source]]) -> str:
    """How the routers of a container ask who is there, by a middleware that its own labels describe; "" where they do
    not. https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/overview/"""
    described: dict[str, str] = {}
    used: set[str] = set()
    for label, value, _ in labels:
        parts = label.lower().split(".")
        if parts[:3] == ["traefik", "http", "middlewares"] and len(parts) > 4:
            described.setdefault(parts[3], _LOGINS.get(parts[4], ""))
        elif _ROUTED.match(label):
            used |= {name.strip().partition("@")[0].lower() for name in value.split(",")}
    return next((login for name, login in described.items() if login and name in used), "")


def _entries(value: Any) -> list[tuple[str, Any]]:
    return [(str(k), v) for k, v in value.items()] if isinstance(value, Mapping) else []


def _servers(facts: Facts, service: Any, router: str, name: str) -> list[Json]:
    made: list[Json] = []
    for server in items(within(service, "loadBalancer", "servers")):
        for option in ("url", "address"):
            for value in one_or_more(within(server, option)):
                place: Source = facts.place(value) if line_of(value, 0) else facts.line_with(word(value))
                connection = facts.connection(word(value), f"router {router}" if router else f"service {name}", place)
                if connection is not None:
                    made.append({**connection, "upstream": name})
    return made
