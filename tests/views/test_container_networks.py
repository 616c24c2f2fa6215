"""The networks of containers in a repository of Compose files, which name no machine."""

from __future__ import annotations

from collections.abc import Callable

from archdoc import views
from archdoc.config import Config
from archdoc.model.diagram import Diagram
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
STACK = """
name: shop
services:
  caddy:
    image: caddy
    ports: ["443:443", "127.0.0.1:2019:2019"]
    networks: [front]
    volumes: ["./Caddyfile:/etc/caddy/Caddyfile"]
  api:
    image: acme/api
    networks: {front: {}, back: {ipv4_address: 10.9.0.7}}
  db: {image: postgres, networks: [back]}
  metrics: {image: acme/metrics, network_mode: host}
  vpn: {image: acme/vpn, networks: [front]}
  fetcher: {image: acme/fetcher, network_mode: "service:vpn"}
  mailer: {image: acme/mailer}
  builder: {image: acme/builder, network_mode: none}
networks:
  front: {name: proxy, external: true}
  back: {internal: true, ipam: {config: [{subnet: 10.9.0.0/24}]}}
"""


def drawn(graph: Graph) -> Diagram:
    (made,) = views.draw("network", graph, Config())
    return made


def placed(made: Diagram) -> dict[tuple[str, ...], str]:
    frames = {c.id: c.label for c in made.clusters}
    return {box.label: frames.get(box.cluster, "") for box in made.boxes}


def test_each_container_stands_in_its_networks(graph_of: GraphOf) -> None:
    project = "Compose project shop (its machine is not named)"
    assert placed(
        drawn(graph_of({"compose.yml": STACK, "Caddyfile": "shop.example {\n  reverse_proxy api:8000\n}\n"}))
    ) == {
        ("Whoever reaches the host",): "",
        ("caddy", "shop.example"): "network proxy (made elsewhere)",
        ("api", "10.9.0.7"): "networks back and proxy",
        ("db",): "network back 10.9.0.0/24 (internal: no way out)",
        ("metrics",): "network of the machine",
        ("vpn",): "network proxy (made elsewhere)",
        ("fetcher", "in the network of vpn"): "network proxy (made elsewhere)",
        ("mailer",): project,
        ("builder", "without a network"): project,
    }


def test_traffic_comes_in_over_published_ports_and_through_a_proxy(graph_of: GraphOf) -> None:
    made = drawn(graph_of({"compose.yml": STACK, "Caddyfile": "shop.example {\n  reverse_proxy api:8000\n}\n"}))
    names = {b.id: b.label[0] for b in made.boxes}
    assert [(names[a.source], a.label, names[a.target]) for a in made.arrows] == [
        ("Whoever reaches the host", "443/tcp", "caddy"),
        ("caddy", "", "api"),
    ]


def test_projects_of_one_name_are_told_apart_by_their_directories(graph_of: GraphOf) -> None:
    files = {f"{d}/app/compose.yml": f"services:\n  {d}: {{image: acme/{d}}}\n" for d in ("one", "two")}
    assert placed(drawn(graph_of(files))) == {
        ("one",): "Compose project app in one/app",
        ("two",): "Compose project app in two/app",
    }


def test_a_default_network_that_is_shared_is_said(graph_of: GraphOf) -> None:
    text = "services:\n  wiki: {image: acme/wiki}\nnetworks: {default: {name: proxy, external: true}}\n"
    assert placed(drawn(graph_of({"wiki/compose.yml": text}))) == {("wiki",): "network proxy (made elsewhere)"}


def test_containers_on_a_known_machine_are_the_machines_business(graph_of: GraphOf) -> None:
    play = "- hosts: web\n  tasks:\n    - template: {src: compose.yml.j2, dest: /srv/compose.yml}\n"
    files = {"ansible.cfg": "[defaults]\ninventory = hosts\n", "hosts": "[web]\nweb-1\n", "site.yml": play}
    made = drawn(graph_of({**files, "templates/compose.yml.j2": "services:\n  wiki: {image: acme/wiki}\n"}))
    assert [b.label for b in made.boxes] == [("web-1",)]
