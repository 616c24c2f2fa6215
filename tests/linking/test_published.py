"""Ports that containers publish, and logins that proxies ask for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archdoc import views
from archdoc.config import Config
from archdoc.model.facts import EdgeKind
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
NGINX = """
http {{
  server {{
    server_name shop.example.com;
    {server}
    location / {{
      {location}
      proxy_pass http://shop:80;
    }}
  }}
}}
"""
TRAEFIK = """
services:
  traefik:
    image: traefik
  shop:
    image: shop
    labels:
      - traefik.http.routers.shop.rule=Host(`shop.example.com`)
      - traefik.http.middlewares.door.{kind}=x
      - traefik.http.routers.shop.middlewares={used}
"""


def of_port(graph_of: GraphOf, port: str) -> set[str]:
    graph = graph_of({"compose.yml": f"services:\n  shop:\n    image: shop\n    ports: [{port}]\n"})
    return {str(e.attributes["ports"]) for e in graph.edges(EdgeKind.ALLOWS)}


@pytest.mark.parametrize(
    ("written", "opened"),
    [
        ('"8080:80"', {"8080/tcp"}),
        ('"53:53/udp"', {"53/udp"}),
        ('"0.0.0.0:8080:80"', {"8080/tcp"}),
        ('"192.0.2.7:8080:80"', {"8080/tcp"}),
        ('"8000-8010:8000-8010"', {"8000-8010/tcp"}),
        ('"${PORT:-8081}:80"', {"8081/tcp"}),
        ('"${LAN_IP}:53:53/udp"', {"53/udp on ${LAN_IP}"}),
        ('"$LAN_IP:80:80"', {"80/tcp on $LAN_IP"}),
        ('"${LAN_IP:?set it}:${WEB}:80"', {"${WEB}/tcp on ${LAN_IP:?set it}"}),
        ('"${BIND:-127.0.0.1}:80:80"', set()),
        ("{target: 80, published: 8080, protocol: tcp}", {"8080/tcp"}),
        ('"80"', {"a free port for 80"}),
        ('"[::1]:8080:80"', set()),
        ("{target: 80, published: 8080, host_ip: 127.0.0.1}", set()),
    ],
)
def test_a_published_port_is_open_unless_it_is_on_the_loopback(
    written: str, opened: set[str], graph_of: GraphOf
) -> None:
    assert of_port(graph_of, written) == opened


def logins(graph: Graph) -> set[tuple[str, str]]:
    return {(e.source.rpartition(":")[2], str(e.attributes.get("login"))) for e in graph.edges(EdgeKind.PROTECTS)}


@pytest.mark.parametrize(
    ("server", "location", "found"),
    [
        ("auth_basic closed;", "", {("nginx", "basic auth")}),
        ("", "auth_basic closed;", {("nginx", "basic auth")}),
        ("auth_basic closed;", "auth_basic off;", set()),
        ("", "", set()),
    ],
)
def test_nginx_asks_for_a_password_where_it_says_so(
    server: str, location: str, found: set[tuple[str, str]], graph_of: GraphOf
) -> None:
    compose = "services:\n  nginx:\n    image: nginx\n    volumes: ['./nginx.conf:/etc/nginx/nginx.conf']\n"
    files = {"nginx.conf": NGINX.format(server=server, location=location)}
    assert logins(graph_of({**files, "compose.yml": f"{compose}  shop:\n    image: shop\n"})) == found


@pytest.mark.parametrize(
    ("kind", "used", "found"),
    [
        ("basicauth.users", "door", {("traefik", "basic auth")}),
        ("forwardauth.address", "gzip@file,door@docker", {("traefik", "forward auth")}),
        ("basicauth.users", "gzip", set()),
        ("compress", "door", set()),
    ],
)
def test_a_middleware_of_traefik_asks_for_a_login_where_the_router_has_it(
    kind: str, used: str, found: set[tuple[str, str]], graph_of: GraphOf
) -> None:
    assert logins(graph_of({"compose.yml": TRAEFIK.format(kind=kind, used=used)})) == found


def test_the_drawing_of_security_has_published_ports_behind_one_box(graph_of: GraphOf) -> None:
    text = "services:\n" + "".join(f"  app{n}:\n    image: app\n    ports: ['80{n}0:80']\n" for n in range(4))
    graph = graph_of({"compose.yml": text})
    (made,) = views.draw("security", graph, Config())
    assert [(a.source, a.target) for a in made.arrows] == [("external:reaches-host", made.boxes[-1].id)]
    assert len(made.arrows[0].evidence) == 4
    assert made.boxes[-1].label == ("Containers", *(f"app{n} 80{n}0/tcp" for n in range(4)))
    assert made.notes == ()
    (network,) = views.draw("network", graph, Config())
    assert [a.label for a in network.arrows] == [f"80{n}0/tcp" for n in range(4)]


def test_files_that_one_compose_file_includes_share_its_project_and_its_networks(graph_of: GraphOf) -> None:
    """https://docs.docker.com/reference/compose-file/include/: the parent declares what the included files name."""
    proxy = """
    name: edge
    include:
      - path: traefik.yml
    networks: {front: {name: front}}
    """
    apps = """
    include: [shop/shop.yml]
    networks: {front: {external: true}}
    """
    shop = """
    services:
      shop:
        image: shop
        networks: [front]
        labels: ["traefik.http.routers.shop.rule=Host(`shop.example.com`)"]
    """
    traefik = """
    services:
      traefik:
        image: traefik
        networks: [front]
    """
    graph = graph_of(
        {
            "edge/compose.yml": proxy,
            "edge/traefik.yml": traefik,
            "apps/compose.yml": apps,
            "apps/shop/shop.yml": shop,
            "lab/traefik.yml": traefik.replace("[front]", "[lab]"),
        }
    )
    projects = {n.source.path: n.attributes.get("project") for n in graph.nodes() if n.attributes.get("compose")}
    assert projects == {"edge/traefik.yml": "edge", "apps/shop/shop.yml": "apps", "lab/traefik.yml": "lab"}
    leads = {(graph.node(e.source).source.path, graph.node(e.target).name) for e in graph.edges(EdgeKind.CONNECTS_TO)}
    assert leads == {("edge/traefik.yml", "shop")}
