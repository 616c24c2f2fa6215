"""Who it is that a firewall lets in when it lets in everybody."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archdoc.model.facts import EdgeKind
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]

OPEN = """
    resource "aws_security_group" "open" {
      ingress {
        from_port   = 5432
        to_port     = 5432
        protocol    = "tcp"
        cidr_blocks = ["0.0.0.0/0"]
      }
    }
    variable "public" {}
"""
DATABASE = 'resource "aws_db_instance" "it" {{\n  vpc_security_group_ids = [aws_security_group.open.id]\n  {}\n}}'
BALANCER = 'resource "aws_lb" "it" {{\n  security_groups = [aws_security_group.open.id]\n  {}\n}}'
FUNCTION = """
    resource "aws_lambda_function" "it" {
      vpc_config { security_group_ids = [aws_security_group.open.id] }
    }
"""
MACHINE = """
    resource "google_compute_firewall" "open" {
      source_ranges = ["0.0.0.0/0"]
      target_tags   = ["it"]
      network       = "default"
      allow {
        protocol = "tcp"
        ports    = ["5432"]
      }
    }
    resource "google_compute_instance" "it" {
      tags = ["it"]
      network_interface {
        network = "default"
        %s
      }
    }
"""


def let_in(graph: Graph) -> set[str]:
    found = (e for e in graph.edges(EdgeKind.ALLOWS) if e.attributes.get("how") is None)
    return {graph.node(e.source).name for e in found}


NEAR, NETWORK, INTERNET = {"Whoever reaches the host"}, {"Whoever reaches the network"}, {"Internet"}


@pytest.mark.parametrize(
    ("text", "who"),
    [
        (OPEN + DATABASE.format("publicly_accessible = true"), INTERNET),
        (OPEN + DATABASE.format("publicly_accessible = false"), NETWORK),
        (OPEN + DATABASE.format(""), NETWORK),
        (OPEN + DATABASE.format("publicly_accessible = var.public"), INTERNET),
        (OPEN + BALANCER.format("internal = true"), NETWORK),
        (OPEN + BALANCER.format(""), INTERNET),
        (OPEN + FUNCTION, set()),
        (MACHINE % "access_config {}", INTERNET),
        (MACHINE % "", NEAR),
    ],
)
def test_who_is_let_in_by_a_firewall_of_the_cloud(text: str, who: set[str], graph_of: GraphOf) -> None:
    assert let_in(graph_of({"main.tf": text})) == who


PLAY = """
- hosts: all
  tasks:
    - community.general.ufw: {rule: allow, port: "22", proto: tcp}
"""
SERVER = """
resource "proxmox_virtual_environment_vm" "pi" {
  name = "pi"
  initialization {
    ip_config {
      ipv4 { address = "%s/24" }
    }
  }
}
"""


@pytest.mark.parametrize(
    ("address", "server", "who"),
    [
        ("ansible_host=192.168.1.5", "", NEAR),
        ("ansible_host=100.64.3.4", "", NEAR),
        ("ansible_host=198.51.100.5", "", INTERNET),
        ("ansible_host=pi.example.org", "", INTERNET),
        ("", "", INTERNET),
        ("", SERVER % "192.168.1.5", NEAR),
        ("ansible_host=10.0.0.5", 'resource "hcloud_server" "pi" { name = "pi" }', INTERNET),
    ],
)
def test_who_is_let_in_by_the_firewall_of_a_host(address: str, server: str, who: set[str], graph_of: GraphOf) -> None:
    """A machine of a provider that has a private address has a public one besides; one on a hypervisor has not."""
    graph = graph_of({"inventory.ini": f"pi {address}\n", "site.yml": PLAY, **({"main.tf": server} if server else {})})
    assert let_in(graph) == who
