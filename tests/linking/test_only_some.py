"""Of a service on several machines, what is said of some of them is said of these alone."""

from __future__ import annotations

from collections.abc import Callable

from linking_cases import inventory
from linking_services import play, put

from archdoc.model.facts import EdgeKind
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
HOSTS = inventory("[db]\ndb-1\ndb-10\n[mon]\nmon-1\n")
DATABASE = "apt: {name: postgresql}"


def machines(graph: Graph, kind: EdgeKind) -> dict[str, object]:
    """What edges of a kind lead to, with the machines that they say."""
    return {graph.node(e.target).type: e.attributes.get("machines") for e in graph.edges(kind)}


def test_a_dump_of_one_host_saves_the_database_of_that_host(graph_of: GraphOf) -> None:
    dump = "cron: {name: dump, hour: 3, job: pg_dump -h db-1 shop > /srv/shop.sql}"
    graph = graph_of({**HOSTS, "site.yml": play("db", DATABASE) + play("mon", dump)})
    assert machines(graph, EdgeKind.BACKS_UP) == {"postgresql": ["ansible:.:host:db-1"]}


def test_a_dump_on_one_host_saves_the_database_of_that_host(graph_of: GraphOf) -> None:
    dump = "cron: {name: dump, hour: 3, job: pg_dump shop > /srv/shop.sql}"
    graph = graph_of({**HOSTS, "site.yml": play("db", DATABASE) + play("db-10", dump)})
    assert machines(graph, EdgeKind.BACKS_UP) == {"postgresql": ["ansible:.:host:db-10"]}


def test_a_dump_on_every_host_saves_every_database(graph_of: GraphOf) -> None:
    dump = "cron: {name: dump, hour: 3, job: pg_dump shop > /srv/shop.sql}"
    graph = graph_of({**HOSTS, "site.yml": play("db", DATABASE, dump)})
    assert machines(graph, EdgeKind.BACKS_UP) == {"postgresql": None}


def test_a_target_at_another_port_does_not_name_the_service(graph_of: GraphOf) -> None:
    jobs = "scrape_configs:\n- job_name: db\n  static_configs:\n  - targets: ['db-1:9187', 'db-10:9999']\n"
    exporter = "apt: {name: prometheus-postgres-exporter}"
    site = play("db", exporter) + play("mon", put(jobs, "/etc/prometheus/prometheus.yml"))
    graph = graph_of({**HOSTS, "site.yml": site})
    assert machines(graph, EdgeKind.SCRAPES) == {"postgres-exporter": ["ansible:.:host:db-1"], "host": None}


def test_targets_in_files_beside_prometheus_are_targets(graph_of: GraphOf) -> None:
    jobs = "scrape_configs:\n- job_name: db\n  file_sd_configs:\n  - files: ['%s']\n"

    def site(pattern: str) -> Graph:
        exporter = "apt: {name: prometheus-postgres-exporter}"
        tasks = (
            put(jobs % pattern, "/etc/prometheus/prometheus.yml"),
            put("- targets: ['db-1:9187']\n", "/etc/prometheus/targets/db.yml"),
            put("- targets: ['db-10:9187']\n", "/etc/prometheus/old/db.yml"),
        )
        return graph_of({**HOSTS, "site.yml": play("db", exporter) + play("mon", *tasks)})

    for pattern in ("/etc/prometheus/targets/*.yml", "targets/*.yml", "/prometheus/targets/db.yml"):
        assert machines(site(pattern), EdgeKind.SCRAPES) == {"postgres-exporter": ["ansible:.:host:db-1"]}
    assert machines(site("/etc/prometheus/others/*.yml"), EdgeKind.SCRAPES) == {}
