"""What is added elsewhere changes nothing of what was found before."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from linking_cases import Files, inventory
from linking_others import FIREWALL, NETWORK, RECORD
from linking_services import ALERTMANAGER, APP, BORG, GRAFANA, PROMETHEUS, play, put

from archdoc import api
from archdoc.config import load_config
from archdoc.model.graph import Graph

PLATFORM: Files = {
    **inventory("[web]\nweb-1\nweb-2\n[mon]\nmon-1\n[db]\ndb-1 ansible_host=10.0.1.5\n"),
    "site.yml": play("web", put(APP, "/srv/app/compose.yml"), "service: {name: node_exporter, state: started}")
    + play(
        "mon",
        put(PROMETHEUS, "/etc/prometheus/prometheus.yml"),
        put(ALERTMANAGER, "/etc/alertmanager/alertmanager.yml"),
        put(GRAFANA, "/etc/grafana/provisioning/datasources/all.yml"),
    )
    + play(
        "db",
        "service: {name: postgresql, state: started}",
        put(BORG, "/etc/borgmatic/config.yaml"),
        "community.general.ufw: {rule: allow, port: '5432', proto: tcp}",
    ),
    "terraform/net/main.tf": NETWORK,
    "terraform/edge/main.tf": RECORD.replace("10.0.1.5", "10.0.3.3")
    + FIREWALL.replace('"web"', '"edge"').replace("_server.web", "_server.edge"),
}
name = st.from_regex(r"[a-z]{3,8}[0-9]{2}", fullmatch=True)
port = st.integers(20000, 60000)


def server(name: str, number: int) -> Files:
    text = f'resource "hcloud_server" "{name}" {{\n  name = "{name}"\n  labels = {{ role = "{name}" }}\n}}\n'
    return {f"terraform/net/{name}.tf": text, f"terraform/{name}/main.tf": text.replace(name, f"{name}-{number}")}


def firewall(name: str, number: int) -> Files:
    text = (
        FIREWALL.replace('"web"', f'"{name}"').replace("_firewall.web", f"_firewall.{name}").replace("443", str(number))
    )
    return {f"terraform/edge/{name}.tf": text}


def record(name: str, number: int) -> Files:
    address = f"192.0.2.{number % 250}"
    return {
        f"terraform/edge/{name}.tf": f'resource "cloudflare_dns_record" "{name}" {{\n  name = "{name}"\n'
        f'  type = "A"\n  content = "{address}"\n}}\n'
    }


def host(name: str, number: int) -> Files:
    added = f"[{name}s]\n{name} ansible_host=10.9.0.{number % 250}\n"
    text = PLATFORM["hosts.ini"] + added
    exporter = "service: {name: node_exporter, state: started}"
    database = "service: {name: postgresql, state: started}"
    return {
        "hosts.ini": text,
        f"{name}.yml": play(f"{name}s", exporter, database, put(APP, f"/srv/{name}/compose.yml")),
    }


def compose(name: str, number: int) -> Files:
    text = f"services:\n  {name}:\n    image: grafana/grafana\n    ports: ['{number}:3000']\n  prometheus:\n    image: prom/prometheus\n"
    return {f"apps/{name}/compose.yml": text}


additions = st.builds(
    lambda make, n, p: make(n, p), st.sampled_from([server, firewall, record, host, compose]), name, port
)


def graph_of(root: Path, files: Files) -> Graph:
    shutil.rmtree(root, ignore_errors=True)
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return api.load_graph(root, load_config(root))


def edges(graph: Graph, among: set[str]) -> set[str]:
    return {repr(e) for e in graph.edges() if e.source in among and e.target in among}


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> tuple[set[str], set[str]]:
    graph = graph_of(tmp_path_factory.mktemp("before"), PLATFORM)
    nodes = {n.id for n in graph.nodes()}
    return nodes, edges(graph, nodes)


def test_the_platform_has_something_of_every_kind(before: tuple[set[str], set[str]]) -> None:
    rules = {rule for rule in RULES if any(f"rule='{rule}'" in e for e in before[1])}
    assert rules == set(RULES)


RULES = (
    "hosts.address",
    "services.run-on",
    "services.connections",
    "monitoring.scrape",
    "monitoring.alerting",
    "monitoring.datasources",
    "backup.databases",
    "network.arguments",
    "network.subnet-address",
    "network.record-address",
    "exposure.firewall-rules",
    "security.host-firewall",
)


@given(addition=additions)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_unrelated_changes_no_edge(addition: Files, before: tuple[set[str], set[str]], tmp_path: Path) -> None:
    nodes, known = before
    graph = graph_of(tmp_path / "after", {**PLATFORM, **addition})
    assert nodes <= {n.id for n in graph.nodes()}
    assert edges(graph, nodes) == known
