"""What selects by a tag that is a resource, whose value is known only when it is applied."""

from __future__ import annotations

from collections.abc import Callable

from archdoc.model.facts import EdgeKind
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
_TAGGED = """
resource "digitalocean_tag" "front" { name = "front" }
resource "digitalocean_tag" "back" { name = "back" }
resource "digitalocean_droplet" "web" {
  name = "web"
  tags = ["shop", digitalocean_tag.front.id]
}
resource "digitalocean_droplet" "db" {
  name      = "db"
  tags      = [digitalocean_tag.back.id]
  user_data = digitalocean_tag.front.id
}
resource "digitalocean_firewall" "front" {
  name = "front"
  tags = [digitalocean_tag.front.id]
}
resource "digitalocean_loadbalancer" "front" {
  name        = "front"
  droplet_tag = digitalocean_tag.front.id
}
"""


def test_what_names_a_tag_is_for_the_servers_that_are_given_it(graph_of: GraphOf) -> None:
    graph = graph_of({"main.tf": _TAGGED})
    led = {(e.kind, graph.node(e.source).type, graph.node(e.target).name) for e in graph.edges()}
    assert {(k, t, n) for k, t, n in led if k in (EdgeKind.PROTECTS, EdgeKind.ROUTES_TO)} == {
        (EdgeKind.PROTECTS, "digitalocean_firewall", "web"),
        (EdgeKind.ROUTES_TO, "digitalocean_loadbalancer", "web"),
    }
