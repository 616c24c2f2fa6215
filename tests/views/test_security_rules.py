"""Rules of a firewall that is only looked up."""

from __future__ import annotations

from collections.abc import Callable

from archdoc import views
from archdoc.config import Config
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
_RULE = """
resource "azurerm_network_security_rule" "{name}" {{
  name                        = "{name}"
  priority                    = {port}
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  destination_port_range      = "{port}"
  source_address_prefix       = "Internet"
  network_security_group_name = data.azurerm_network_security_group.edge.name
}}
"""


def test_rules_of_a_firewall_from_elsewhere_are_one_box_that_is_called_as_the_firewall(graph_of: GraphOf) -> None:
    text = 'data "azurerm_network_security_group" "edge" {\n  name = "edge"\n  resource_group_name = "net"\n}\n'
    text += _RULE.format(name="puppet", port=8140) + _RULE.format(name="ssh", port=22)
    (made,) = views.draw("security", graph_of({"main.tf": text}), Config())
    inside = [b.label for b in made.boxes if b.label[0] != "Internet"]
    assert inside == [("edge", "data azurerm_network_security_group", "with 2 rules")]
    assert {(a.label, a.target) for a in made.arrows} == {("22/tcp, 8140/tcp", made.boxes[-1].id)}
