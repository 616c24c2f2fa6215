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


_BY_NAME = """
resource "digitalocean_tag" "front" { name = "front" }
resource "digitalocean_droplet" "web" {
  name = "web"
  tags = [digitalocean_tag.front.id]
}
resource "digitalocean_droplet" "job" {
  name = "job"
  tags = ["frontend"]
}
resource "digitalocean_firewall" "front" {
  name = "front"
  tags = ["front"]
  inbound_rule {
    protocol    = "tcp"
    port_range  = "9100"
    source_tags = ["frontend"]
  }
}
"""
_NETWORK = """
resource "google_compute_network" "main" {}
resource "google_compute_network" "other" {}
resource "google_compute_firewall" "db" {
  network     = google_compute_network.main.name
  source_tags = ["web"]
  target_tags = ["db"]
  allow {
    protocol = "tcp"
    ports    = ["5432"]
  }
}
"""
_SAVED = """
resource "aws_backup_plan" "daily" {
  rule {
    rule_name         = "daily"
    target_vault_name = "main"
    schedule          = "cron(0 3 * * ? *)"
  }
}
resource "aws_backup_selection" "daily" {
  plan_id = aws_backup_plan.daily.id
  selection_tag {
    type  = "STRINGEQUALS"
    key   = "backup"
    value = "daily"
  }
}
resource "aws_instance" "web" { tags = { backup = "daily" } }
resource "aws_db_instance" "shop" { tags = { backup = "daily" } }
resource "aws_instance" "near" { tags = { backup = "daily-not" } }
resource "aws_dlm_lifecycle_policy" "off" {
  state = "DISABLED"
  policy_details {
    target_tags = { backup = "daily" }
  }
}
"""


def instance(name: str, tag: str, network: str) -> str:
    inner = f"network_interface {{\n    network = google_compute_network.{network}.id\n  }}"
    return f'resource "google_compute_instance" "{name}" {{\n  name = "{name}"\n  tags = ["{tag}"]\n  {inner}\n}}\n'


def between(graph: Graph, kind: EdgeKind) -> set[tuple[str, str]]:
    return {(graph.node(e.source).address, graph.node(e.target).address) for e in graph.edges(kind)}


def test_a_tag_may_be_named_where_the_other_reads_the_resource(graph_of: GraphOf) -> None:
    graph = graph_of({"main.tf": _BY_NAME})
    assert between(graph, EdgeKind.PROTECTS) == {("digitalocean_firewall.front", "digitalocean_droplet.web")}
    assert between(graph, EdgeKind.ALLOWS) == {("digitalocean_droplet.job", "digitalocean_droplet.web")}


def test_a_rule_lets_in_the_machines_that_have_the_tag_of_its_source(graph_of: GraphOf) -> None:
    machines = instance("web", "web", "main") + instance("db", "db", "main")
    near = instance("webber", "webber", "main") + instance("far", "web", "other")
    graph = graph_of({"main.tf": _NETWORK + machines + near})
    assert between(graph, EdgeKind.ALLOWS) == {("google_compute_instance.web", "google_compute_instance.db")}


def test_a_backup_selects_by_a_tag_and_nothing_saves_the_plan_itself(graph_of: GraphOf) -> None:
    graph = graph_of({"main.tf": _SAVED})
    assert between(graph, EdgeKind.BACKS_UP) == {
        ("aws_backup_selection.daily", "aws_instance.web"),
        ("aws_backup_selection.daily", "aws_db_instance.shop"),
    }


def test_openstack_names_security_groups_of_both_kinds(graph_of: GraphOf) -> None:
    machine = """
resource "openstack_compute_instance_v2" "web" {
  name            = "web"
  security_groups = [openstack_compute_secgroup_v2.web.name]
}
resource "openstack_compute_secgroup_v2" "web" {
  name = "web"
  rule {
    from_port   = 443
    to_port     = 443
    ip_protocol = "tcp"
    cidr        = "0.0.0.0/0"
  }
}
"""
    graph = graph_of({"main.tf": machine})
    protected = {("openstack_compute_secgroup_v2.web", "openstack_compute_instance_v2.web")}
    assert between(graph, EdgeKind.PROTECTS) == protected
    assert [e.target for e in graph.edges(EdgeKind.ALLOWS)] == ["tf:.:openstack_compute_instance_v2.web"]
