"""nginx and Caddy: server names, and what requests are passed on to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archdoc.model.facts import Json
from archdoc.readers.formats.blocks import Directive, parse
from archdoc.readers.formats.scope import Facts, found
from archdoc.readers.secrets import mask_text

_PASSES = ("proxy_pass", "fastcgi_pass", "uwsgi_pass", "grpc_pass", "scgi_pass", "memcached_pass")
_VARIABLE = re.compile(r"\$\{?(\w+)\}?")


def nginx(facts: Facts) -> None:
    """Servers with their names, and where their locations pass requests, through upstreams and literal variables.

    https://nginx.org/en/docs/http/ngx_http_proxy_module.html, https://nginx.org/en/docs/http/ngx_http_upstream_module.html
    """
    root = parse(facts.document.text)
    upstreams = {
        block.arguments[0]: [(s.arguments[0], s.line) for s in block.own("server") if s.arguments]
        for block in root.all("upstream")
        if block.arguments
    }
    names: dict[str, None] = {}
    roots: dict[str, None] = {}
    connections: list[Json] = []
    servers = [d for d in root.all("server") if d.block is not None]
    ports: dict[str, None] = {}
    for server in servers:
        own = [n for d in server.own("server_name") for n in d.arguments if n not in ("_", "")]
        names.update(dict.fromkeys(own))
        listens = [d.arguments for d in server.own("listen") if d.arguments]
        ports.update(dict.fromkeys(p for a in listens if (p := a[0].rpartition(":")[2]).isdigit()))
    for directive in root.all("root"):
        roots.update(dict.fromkeys(directive.arguments[:1]))
    values = {d.arguments[0].lstrip("$"): d.arguments[1] for d in root.all("set") if len(d.arguments) == 2}
    used: set[str] = set()
    asked = {id(d) for d in _behind_password(root)}
    for server in servers or [root]:
        for passing in server.all(*_PASSES):
            login = {"login": "basic auth"} if id(passing) in asked else {}
            connections += [{**c, **login} for c in _as_dicts(_passed(facts, passing, upstreams, values, used))]
    for name, listed in upstreams.items():
        for address, line in listed if name not in used else ():
            connections += _upstream(facts, address, line, name)
    if not (connections or names or roots or servers):
        return
    attributes: dict[str, Json] = {
        "connections": list({str(c): c for c in connections}.values()),
        "server_names": [*names],
        "roots": [*roots],
    }
    if ports:
        attributes["listens"] = [*ports]
    if any(True for _ in root.all("ssl_certificate")) or any("ssl" in d.arguments for d in root.all("listen")):
        attributes["tls"] = True
    facts.service("nginx", facts.catalog.software.named("nginx"), facts.line(1), attributes)


def _behind_password(block: Directive, asks: bool = False) -> Iterator[Directive]:
    """What is passed on only to those who know a password: ``auth_basic`` holds for the blocks inside, until one says
    ``off``. https://nginx.org/en/docs/http/ngx_http_auth_basic_module.html"""
    said = [d.arguments[:1] for d in block.own("auth_basic")]
    asks = said[-1] != ["off"] if said else asks
    for inner in block.block or ():
        if inner.block is not None:
            yield from _behind_password(inner, asks)
        elif asks and inner.name in _PASSES:
            yield inner


def _passed(
    facts: Facts,
    passing: Directive,
    upstreams: dict[str, list[tuple[str, int]]],
    values: dict[str, str],
    used: set[str],
) -> list[Json]:
    target = _VARIABLE.sub(lambda m: values.get(m[1], m[0]), "".join(passing.arguments[:1]))
    name = re.sub(r"^\w+://", "", target).split("/")[0].split(":")[0]
    if name in upstreams:
        used.add(name)
        return [c for address, line in upstreams[name] for c in _upstream(facts, address, line, name)]
    return [
        {**c, "upstream": name}
        for c in _as_dicts(found(facts.connection(target, passing.name, facts.line(passing.line))))
    ]


def _upstream(facts: Facts, address: str, line: int, name: str) -> list[Json]:
    text = address if ":" in address or "." in address else f"{address}:80"  # a server without a port is at port 80
    made = facts.connection(mask_text(text), f"upstream {name}", facts.line(line))
    return [{**made, "upstream": name}] if made is not None else []


def _as_dicts(values: list[Json]) -> list[dict[str, Json]]:
    return [v for v in values if isinstance(v, dict)]


_CADDY_ADDRESS = re.compile(
    r"^(?:https?://)?(?:[\w*-]+\.)+[\w-]+(?::\d+)?(?:/\S*)?$|^(?:https?://)?localhost(?::\d+)?$"
)


def caddy(facts: Facts) -> None:
    """Sites with their addresses, and what they pass requests on to.

    https://caddyserver.com/docs/caddyfile/directives/reverse_proxy
    """
    root = parse(facts.document.text, line_ends=True)
    snippets = {d.name[1:-1]: d for d in root.own(*{d.name for d in root.block or () if d.name.startswith("(")})}
    connections: list[Json] = []
    names: dict[str, None] = {}
    roots: dict[str, None] = {}
    tls = False
    for site in root.block or []:
        if site.block is None or not site.words or site.name.startswith("("):
            continue
        addresses = [a for w in site.words for a in w.split(",") if a]
        own = [a for a in addresses if _CADDY_ADDRESS.match(a) or "{{" in a]
        names.update(dict.fromkeys(re.sub(r"^https?://|[:/].*$", "", a) if "{{" not in a else a for a in own))
        tls = tls or any(not a.startswith("http://") and "localhost" not in a for a in own)
        imported = [snippets[d.arguments[0]] for d in site.all("import") if d.arguments and d.arguments[0] in snippets]
        login = {"login": "basic auth"} if any(_asks_all(part) for part in (site, *imported)) else {}
        for part in (site, *imported):
            connections += [{**c, **login} for c in _as_dicts(_proxied(facts, part))]
            for directive in part.all("root"):
                roots.update(dict.fromkeys(a for a in directive.arguments[-1:] if a.startswith("/")))
    if not (connections or names):
        return
    attributes: dict[str, Json] = {"connections": connections, "server_names": [*names], "roots": [*roots]}
    if tls:
        attributes["tls"] = True  # every site with a name of its own has a certificate, unless it says http://
    facts.service("caddy", facts.catalog.software.named("caddy"), facts.line(1), attributes)


def _asks_all(site: Directive) -> bool:
    """Whether a site asks for a password at every path. https://caddyserver.com/docs/caddyfile/directives/basic_auth"""
    asking = site.own("basic_auth", "basicauth")
    return any(not d.arguments or d.arguments[0] in ("*", "/*", "bcrypt", "argon2id") for d in asking)


def _proxied(facts: Facts, part: Directive) -> list[Json]:
    made: list[Json] = []
    for directive in part.all("reverse_proxy", "php_fastcgi"):
        targets = [(a, directive.line) for a in directive.arguments if not a.startswith(("/", "@", "*"))]
        targets += [(a, to.line) for to in directive.own("to") for a in to.arguments]
        for address, line in targets:
            made += found(facts.connection(address, directive.name, facts.line(line)))
    return made
