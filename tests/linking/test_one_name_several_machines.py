"""One name in two inventories, with another address in each: one node, and a Problem that says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archdoc.model.facts import EdgeKind
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
SITE = """
- hosts: mon
  tasks:
    - copy:
        dest: /etc/prometheus/prometheus.yml
        content: |
          scrape_configs:
            - job_name: node
              static_configs: [{targets: ['10.2.0.1:9100']}]
"""


def read(graph_of: GraphOf, *addresses: str) -> Graph:
    files = {"site.yml": SITE, "inventories/ops/hosts.ini": "[mon]\nmon-1\n"}
    for number, address in enumerate(addresses):
        files[f"inventories/region-{number}/hosts.ini"] = f"[web]\nweb-1 {address}\n"
    return graph_of(files)


@pytest.mark.parametrize(
    ("addresses", "said"),
    [
        (["ansible_host=10.1.0.1", "ansible_host=10.2.0.1"], 1),
        (["ansible_host=10.1.0.1", "ansible_host=10.1.0.1"], 0),
        (["ansible_host=10.1.0.1", ""], 0),
        (["ansible_host=10.1.0.1", "ansible_host='{{ address }}'"], 0),
    ],
)
def test_two_addresses_of_one_name_are_a_problem(addresses: list[str], said: int, graph_of: GraphOf) -> None:
    assert [p.code for p in read(graph_of, *addresses).problems()].count("ANS013") == said


def test_each_address_is_told_by_its_own_inventory_and_leads_to_the_host(graph_of: GraphOf) -> None:
    graph = read(graph_of, "", "ansible_host=10.1.0.1", "ansible_host=10.2.0.1")
    addresses = graph.node("ansible:.:host:web-1").attributes["ansible_host"]
    assert addresses == {f"inventories/region-{n}/hosts.ini": f"10.{n}.0.1" for n in (1, 2)}
    assert [e.target for e in graph.edges(EdgeKind.SCRAPES)] == ["ansible:.:host:web-1"]
