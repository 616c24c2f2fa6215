"""The network view of code that makes networks, and no machine in them."""

from __future__ import annotations

from collections.abc import Callable

from archdoc import views
from archdoc.config import Config
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
NETWORKS = """
resource "azurerm_virtual_network" "spoke" {
  name          = "spoke"
  address_space = ["10.1.0.0/16"]
}
resource "azurerm_subnet" "app" {
  name                 = "app"
  virtual_network_name = azurerm_virtual_network.spoke.name
  address_prefixes     = ["10.1.1.0/24"]
}
resource "azurerm_virtual_network" "alone" {
  name          = "alone"
  address_space = ["10.2.0.0/16"]
}
resource "azurerm_virtual_network" "off" {
  count         = 0
  name          = "off"
  address_space = ["10.3.0.0/16"]
}
data "azurerm_virtual_network" "hub" {
  name                = "hub"
  resource_group_name = "hub"
}
data "azurerm_virtual_network" "unused" {
  name                = "unused"
  resource_group_name = "hub"
}
resource "azurerm_virtual_network_peering" "there" {
  virtual_network_name      = azurerm_virtual_network.spoke.name
  remote_virtual_network_id = data.azurerm_virtual_network.hub.id
}
resource "azurerm_virtual_network_peering" "back" {
  virtual_network_name      = data.azurerm_virtual_network.hub.name
  remote_virtual_network_id = azurerm_virtual_network.spoke.id
}
resource "azurerm_virtual_network_peering" "open" {
  virtual_network_name      = var.network
  remote_virtual_network_id = azurerm_virtual_network.spoke.id
}
variable "network" {}
"""


def test_networks_that_no_machine_is_in_are_drawn_with_their_subnets_and_peers(graph_of: GraphOf) -> None:
    (made,) = views.draw("network", graph_of({"main.tf": NETWORKS}), Config())
    frames = {c.id: c.label for c in made.clusters}
    assert {(b.label, frames.get(b.cluster)) for b in made.boxes} == {
        (("subnet app", "10.1.1.0/24"), "network spoke 10.1.0.0/16"),
        (("network alone", "10.2.0.0/16"), "Azure"),
        (("network hub", "looked up"), "Azure"),
    }
    (peers,) = made.arrows
    assert (peers.label, {frames.get(end, "") for end in (peers.source, peers.target)}) == (
        "peers",
        {"network spoke 10.1.0.0/16", ""},
    )
    assert {place.line for place in peers.evidence} >= {27, 31}
    assert any(note.endswith("azurerm_virtual_network_peering.open.") for note in made.notes)
