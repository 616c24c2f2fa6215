"""Rules that name the first and the last address of a range: those of Azure's databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archdoc.model.facts import EdgeKind
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
RULE = """
resource "azurerm_postgresql_flexible_server" "db" {{
  name = "db"
}}
resource "azurerm_postgresql_flexible_server_firewall_rule" "office" {{
  name             = "office"
  server_id        = azurerm_postgresql_flexible_server.db.id
  start_ip_address = {}
  end_ip_address   = {}
}}
variable "last" {{}}
"""


@pytest.mark.parametrize(
    ("first", "last", "who"),
    [
        ("0.0.0.0", "255.255.255.255", ["Internet"]),
        ("0.0.0.0", "0.0.0.0", ["Azure services"]),
        ("203.0.113.7", "203.0.113.7", ["203.0.113.7"]),
        ("203.0.113.0", "203.0.113.255", ["203.0.113.0/24"]),
        ("203.0.113.1", "203.0.113.9", ["203.0.113.1-203.0.113.9"]),
        ("203.0.113.9", "203.0.113.1", []),
    ],
)
def test_who_may_reach_a_database_is_the_whole_range(graph_of: GraphOf, first: str, last: str, who: list[str]) -> None:
    assert let_in(graph_of({"main.tf": RULE.format(f'"{first}"', f'"{last}"')})) == who


def test_a_range_whose_end_is_not_known_lets_nobody_in_that_could_be_named(graph_of: GraphOf) -> None:
    assert let_in(graph_of({"main.tf": RULE.format('"203.0.113.1"', "var.last")})) == []


def let_in(graph: Graph) -> list[str]:
    """Who is let in anywhere."""
    return [graph.node(edge.source).name for edge in graph.edges(EdgeKind.ALLOWS)]


@pytest.mark.parametrize(
    ("firewall", "port"),
    [
        (
            'resource "hcloud_firewall" "it" {{\n  rule {{\n    direction = "in"\n    protocol = "tcp"\n    {}\n{}  }}\n}}',
            "port",
        ),
        ('resource "google_compute_firewall" "it" {{\n  allow {{\n    protocol = "tcp"\n    {}\n  }}\n{}}}', "ports"),
        ('resource "aws_security_group" "it" {{\n  ingress {{\n    protocol = "tcp"\n    {}\n{}  }}\n}}', "from_port"),
    ],
    ids=["hcloud", "google", "aws"],
)
@pytest.mark.parametrize(("value", "label"), [("random_integer.port.result", "?/tcp"), ('"22"', "22/tcp"), ("", "tcp")])
def test_a_port_that_is_not_known_is_not_every_port(
    graph_of: GraphOf, firewall: str, port: str, value: str, label: str
) -> None:
    """``tcp`` alone says all ports of TCP, and lint calls it an error."""
    ranges = {"port": "source_ips", "ports": "source_ranges", "from_port": "cidr_blocks"}[port]
    listed = f"[{value}]" if port == "ports" else value
    text = firewall.format(f"{port} = {listed}" if value else "", f'    {ranges} = ["0.0.0.0/0"]\n')
    graph = graph_of({"main.tf": f'resource "random_integer" "port" {{}}\n{text}\n'})
    assert {e.attributes["ports"] for e in graph.edges(EdgeKind.ALLOWS)} == {label}
