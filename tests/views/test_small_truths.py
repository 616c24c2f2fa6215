"""Small things that an owner would object to in a drawing."""

from __future__ import annotations

from collections.abc import Callable

from archdoc import views
from archdoc.config import Config
from archdoc.model.diagram import Diagram
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
BUCKET = """
resource "google_storage_bucket" "{0}" {{
  name = "{0}"
  versioning {{ enabled = true }}
}}
resource "hcloud_firewall" "{0}" {{
  rule {{
    direction  = "in"
    protocol   = "tcp"
    port       = "22"
    source_ips = ["{1}"]
  }}
}}
resource "hcloud_server" "{0}" {{
  name         = "{0}"
  firewall_ids = [hcloud_firewall.{0}.id]
}}
"""


def drawn(name: str, graph: Graph) -> Diagram:
    (diagram,) = views.draw(name, graph, Config())
    return diagram


def labels(diagram: Diagram) -> set[str]:
    return {box.label[0] for box in diagram.boxes}


def test_roots_of_examples_and_tests_are_in_no_drawing_of_backups_and_leave_no_range_alone(graph_of: GraphOf) -> None:
    example = BUCKET.format("sample", "203.0.113.0/24") + 'terraform {\n  backend "gcs" {}\n}\n'
    graph = graph_of({"main.tf": BUCKET.format("real", "198.51.100.0/24"), "examples/one/main.tf": example})
    assert labels(drawn("backup", graph)) == {"real", "Google Cloud versions"}
    assert "203.0.113.0/24" not in labels(drawn("security", graph))
    assert "198.51.100.0/24" in labels(drawn("security", graph))


def test_dashboards_and_alarms_stand_in_their_layers(graph_of: GraphOf) -> None:
    text = """
    resource "grafana_dashboard" "load" { config_json = "{}" }
    resource "aws_cloudwatch_metric_alarm" "cpu" { alarm_name = "cpu" }
    """
    diagram = drawn("monitoring", graph_of({"main.tf": text}))
    frames = {c.id: c.label for c in diagram.clusters}
    assert {b.label[0]: frames.get(b.cluster) for b in diagram.boxes} == {"load": "Visualisation", "cpu": "Alerting"}


def test_a_target_that_is_the_address_of_a_container_is_that_container(graph_of: GraphOf) -> None:
    compose = """
    services:
      prometheus:
        image: prom/prometheus
        volumes: ["./prometheus.yml:/etc/prometheus/prometheus.yml:ro"]
      shop:
        image: shop
        networks: {inner: {ipv4_address: 172.20.0.9}}
    networks: {inner: {ipam: {config: [{subnet: 172.20.0.0/24}]}}}
    """
    prometheus = "scrape_configs:\n  - job_name: shop\n    static_configs: [{targets: ['172.20.0.9:8080']}]\n"
    diagram = drawn("monitoring", graph_of({"compose.yml": compose, "prometheus.yml": prometheus}))
    assert labels(diagram) == {"prometheus", "shop"}


def test_playbooks_of_one_name_are_told_apart_by_their_directories(graph_of: GraphOf) -> None:
    play = "- hosts: all\n  tasks: [{ansible.builtin.debug: {msg: x}}]\n"
    names = ("play/db/verify.yml", "play/web/verify.yml", "play/web/site.yml")
    graph = graph_of({"inventory.ini": "web-1\n", **dict.fromkeys(names, play)})
    found = {box.label for box in drawn("ansible", graph).boxes if box.label[0].endswith(".yml")}
    assert found == {("verify.yml", "in play/db"), ("verify.yml", "in play/web"), ("site.yml",)}


def test_a_firewall_with_a_subnet_of_its_own_stands_in_it(graph_of: GraphOf) -> None:
    text = """
    resource "azurerm_virtual_network" "hub" { name = "hub" }
    resource "azurerm_subnet" "firewall" {
      name                 = "AzureFirewallSubnet"
      virtual_network_name = azurerm_virtual_network.hub.name
    }
    resource "azurerm_firewall" "main" {
      name = "main"
      ip_configuration { subnet_id = azurerm_subnet.firewall.id }
    }
    resource "azurerm_network_security_group" "web" { name = "web" }
    """
    diagram = drawn("network", graph_of({"main.tf": text}))
    frames = {c.id: c.label for c in diagram.clusters}
    assert {box.label: frames.get(box.cluster) for box in diagram.boxes} == {
        ("main", "firewall"): "AzureFirewallSubnet"
    }
