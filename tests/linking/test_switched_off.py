"""What is written and does not count: firewalls that are switched off, addresses of others beside one's own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archdoc.model.facts import EdgeKind
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
GOOGLE = """
resource "google_compute_network" "main" {}
resource "google_compute_instance" "web" {
  name = "web"
  network_interface {
    network = google_compute_network.main.id
  }
}
resource "google_compute_firewall" "ssh" {
  network       = google_compute_network.main.name
  source_ranges = ["0.0.0.0/0"]
  disabled      = %s
  allow {
    protocol = "tcp"
    ports    = ["22"]
  }
}
"""


@pytest.mark.parametrize(("disabled", "openings"), [("true", 0), ("false", 1)])
def test_a_firewall_that_is_switched_off_lets_nothing_in(disabled: str, openings: int, graph_of: GraphOf) -> None:
    graph = graph_of({"main.tf": GOOGLE % disabled})
    assert len(list(graph.edges(EdgeKind.ALLOWS))) == openings
    assert bool(list(graph.edges_from("tf:.:google_compute_firewall.ssh", EdgeKind.PROTECTS))) is bool(openings)


@pytest.mark.parametrize(("address", "joined"), [("10.0.0.7", True), ("10.0.0.1", False)])
def test_the_gateway_beside_an_address_is_another_machine(address: str, joined: bool, graph_of: GraphOf) -> None:
    server = 'resource "proxmox_vm_qemu" "db" {\n  name      = "db"\n  ipconfig0 = "ip=10.0.0.7/24,gw=10.0.0.1"\n}\n'
    graph = graph_of({"main.tf": server, "hosts": f"[all]\nbox ansible_host={address}\n", "site.yml": "- hosts: all\n"})
    assert bool(list(graph.edges(EdgeKind.SAME_AS))) is joined
