"""nginx and Caddy: server names, and what requests are passed on to."""

from __future__ import annotations

import re

from archdoc.model.facts import Json
from archdoc.readers.formats.scope import Facts

_UPSTREAM = re.compile(r"^\s*upstream\s+([\w.-]+)\s*\{")
_SERVER = re.compile(r"^\s*server\s+([\w.:\[\]-]+)[^;{]*;")
_NAMES = re.compile(r"^\s*server_name\s+([^;]+);")
_PASS = re.compile(r"^\s*(?:proxy_pass|fastcgi_pass|uwsgi_pass|grpc_pass)\s+([^;]+);")
_TLS = re.compile(r"^\s*(?:ssl_certificate\s|listen\s[^;]*\bssl\b)")
_ROOT = re.compile(r"^\s*root\s+([^;]+);")


def nginx(facts: Facts) -> None:
    """https://nginx.org/en/docs/http/ngx_http_proxy_module.html"""
    upstreams: dict[str, list[tuple[str, int]]] = {}
    names: dict[str, None] = {}
    roots: dict[str, None] = {}
    passed: list[tuple[str, int]] = []
    current, tls = "", False
    for number, line in enumerate(facts.document.text.split("\n"), 1):
        if opening := _UPSTREAM.match(line):
            current = opening[1]
            upstreams[current] = []
        elif current and line.strip() == "}":
            current = ""
        elif current and (server := _SERVER.match(line)):
            upstreams[current].append((server[1], number))
        elif found := _NAMES.match(line):
            names.update(dict.fromkeys(n for n in found[1].split() if n != "_"))
        elif found := _PASS.match(line):
            passed.append((found[1].strip(), number))
        elif found := _ROOT.match(line):
            roots[found[1].strip()] = None
        tls = tls or bool(_TLS.match(line))
    connections: list[Json] = []
    for target, number in passed:
        name = re.sub(r"^\w+://", "", target).split("/")[0].split(":")[0]
        for address, line_number in upstreams.get(name, [(target, number)]):
            connection = facts.connection(
                address, f"upstream {name}" if name in upstreams else "proxy_pass", facts.line(line_number)
            )
            if connection is not None and (made := {**connection, "upstream": name}) not in connections:
                connections.append(made)
    passed_names = {re.sub(r"^\w+://", "", target).split("/")[0].split(":")[0] for target, _ in passed}
    for name, servers in upstreams.items():
        for address, number in servers if name not in passed_names else ():
            if (connection := facts.connection(address, f"upstream {name}", facts.line(number))) is not None:
                connections.append({**connection, "upstream": name})
    if not (connections or names or roots):
        return
    attributes: dict[str, Json] = {"connections": connections, "server_names": list(names), "roots": list(roots)}
    if tls:
        attributes["tls"] = True
    facts.service("nginx", facts.catalog.software.named("nginx"), facts.line(1), attributes)


_CADDY_PASS = re.compile(r"^\s*reverse_proxy\s+(?:/\S*\s+)?(.+?)\s*\{?\s*$")
_CADDY_SITE = re.compile(r"^([\w.*:/,{} -]+?)\s*\{\s*$")


def caddy(facts: Facts) -> None:
    """https://caddyserver.com/docs/caddyfile"""
    connections: list[Json] = []
    names: list[Json] = []
    for number, line in enumerate(facts.document.text.split("\n"), 1):
        if found := _CADDY_PASS.match(line):
            for target in found[1].split():
                if (connection := facts.connection(target, "reverse_proxy", facts.line(number))) is not None:
                    connections.append(connection)
        elif (site := _CADDY_SITE.match(line)) and "." in site[1]:
            names += [n.strip() for n in site[1].split(",")]
    if connections or names:
        facts.service(
            "caddy",
            facts.catalog.software.named("caddy"),
            facts.line(1),
            {"connections": connections, "server_names": names},
        )
