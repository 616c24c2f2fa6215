"""``localhost`` of a container is the container."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archdoc.model.facts import EdgeKind
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
_COMPOSE = """
services:
  prometheus:
    image: prom/prometheus:v3
    volumes: ['./prometheus.yml:/etc/prometheus/prometheus.yml']
  front:
    image: caddy:2
    ports: ['9090:9090']
  nodes:
    image: prom/node-exporter:v1
    ports: ['9100:9100']
"""


def scraped(graph_of: GraphOf, compose: str, target: str) -> set[str]:
    prometheus = f"scrape_configs:\n  - job_name: one\n    static_configs: [{{targets: ['{target}']}}]\n"
    graph = graph_of({"docker-compose.yml": compose, "prometheus.yml": prometheus})
    return {graph.node(e.target).name for e in graph.edges(EdgeKind.SCRAPES)}


def test_a_prometheus_that_scrapes_its_own_port_scrapes_no_one_who_publishes_it(graph_of: GraphOf) -> None:
    assert scraped(graph_of, _COMPOSE, "localhost:9090") == {"prometheus"}


@pytest.mark.parametrize(("more", "reached"), [("", set()), ("    network_mode: host\n", {"nodes"})])
def test_localhost_of_a_container_leads_out_in_the_network_of_the_host_alone(
    more: str, reached: set[str], graph_of: GraphOf
) -> None:
    compose = _COMPOSE.replace("    image: prom/prometheus:v3\n", f"    image: prom/prometheus:v3\n{more}")
    assert scraped(graph_of, compose, "localhost:9100") == reached
    assert scraped(graph_of, compose, "nodes:9100") == {"nodes"}
