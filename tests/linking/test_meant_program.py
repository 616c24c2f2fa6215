"""Which program an address is meant for, as its scheme or its variable says: no other one is drawn as its target."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archdoc.model.facts import EdgeKind
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
_PLACED = """
- hosts: web
  tasks:
    - copy:
        dest: /srv/app/compose.yml
        content: |
          services:
            app:
              image: example/app
              environment:
                {variable}: {value}
- hosts: db
  tasks:
    - service: {{name: "{{{{ item }}}}", state: started}}
      loop: [{units}]
"""


def led_to(graph_of: GraphOf, variable: str, value: str, units: str) -> set[str]:
    site = _PLACED.format(variable=variable, value=value, units=units)
    inventory = {"ansible.cfg": "[defaults]\ninventory = hosts.ini\n", "hosts.ini": "[web]\nweb-1\n[db]\ndb-1\n"}
    graph = graph_of({**inventory, "site.yml": site})
    return {graph.node(e.target).name for e in graph.edges(EdgeKind.CONNECTS_TO)}


@pytest.mark.parametrize(
    ("variable", "value", "units", "reached"),
    [
        ("MYSQL_HOST", "db-1", "postgresql", "db-1"),
        ("DATABASE_URL", "mysql://db-1:3306/app", "postgresql", "db-1"),
        ("DATABASE_URL", "mysql://db-1:3306/app", "mariadb", "mariadb"),
        ("REDIS_URL", "redis://db-1:6379", "valkey, postgresql", "valkey"),
        ("DB_HOST", "db-1", "postgresql", "postgresql"),
        ("DATABASE_URL", "postgres://db-1:6432/app", "postgresql, pgbouncer", "pgbouncer"),
        ("DATABASE_URL", "postgres://db-1/app", "postgresql, pgbouncer", "postgresql"),
        ("DB_HOST", "db-1", "postgresql, redis-server", "db-1"),
        ("SEARCH_URL", "http://db-1:9200", "postgresql", "db-1"),
    ],
)
def test_an_address_leads_to_the_program_that_is_meant_or_else_to_its_host(
    variable: str, value: str, units: str, reached: str, graph_of: GraphOf
) -> None:
    assert led_to(graph_of, variable, value, units) == {reached}


def test_a_port_of_the_own_machine_where_nothing_is_known_to_listen_is_a_problem(graph_of: GraphOf) -> None:
    graph = graph_of(
        {
            "ansible.cfg": "[defaults]\ninventory = hosts.ini\n",
            "hosts.ini": "[web]\nweb-1\n",
            "site.yml": """
- hosts: web
  tasks:
    - copy:
        dest: /srv/app/compose.yml
        content: |
          services:
            app:
              image: example/app
              network_mode: host
              environment:
                QUEUE_ADDR: http://127.0.0.1:9999
                BACKEND_URL: http://web-1:8500
""",
        }
    )
    assert sorted(p.message for p in graph.problems() if p.code == "LN013") == [
        "app connects to port 8500 of its own machine (BACKEND_URL), and what listens there is not known"
    ]


def test_a_data_source_on_another_machine_is_not_the_program_of_the_own_one(graph_of: GraphOf) -> None:
    site = """
- hosts: web
  tasks:
    - service: {name: prometheus, state: started}
    - copy:
        dest: /etc/grafana/provisioning/datasources/all.yml
        content: |
          datasources:
            - {name: metrics, type: prometheus, url: 'http://db-1:9090'}
"""
    inventory = {"ansible.cfg": "[defaults]\ninventory = hosts.ini\n", "hosts.ini": "[web]\nweb-1\n[db]\ndb-1\n"}
    graph = graph_of({**inventory, "site.yml": site})
    assert list(graph.edges(EdgeKind.VISUALIZES)) == []
