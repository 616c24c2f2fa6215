"""Addresses of the hosts of a group by ``map('extract', hostvars, …)``: in scrape jobs, upstreams and environments."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archdoc.model.facts import EdgeKind
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
FILES = {
    "ansible.cfg": "[defaults]\ninventory = hosts.ini\n",
    "hosts.ini": "[db]\ndb-1 ansible_host=10.0.0.1\ndb-2 ansible_host=10.0.0.2\n[mon]\nmon-1\n",
}
SITE = """
- hosts: db
  tasks:
    - service: {name: node_exporter, state: started}
    - service: {name: postgresql, state: started}
- hosts: mon
  tasks:
    - template: {src: made.j2, dest: %s}
"""
GIVEN = "groups['db'] | map('extract', hostvars, 'ansible_host')"
LISTED = "groups['db'] | map('extract', hostvars, ['ansible_default_ipv4', 'address'])"
OF_FACTS = "groups['db'] | map('extract', hostvars, ['ansible_facts', 'eth0', 'ipv4', 'address'])"
NOT_KNOWN = "groups['db'] | map('extract', hostvars, 'address_of_the_vpn')"
EXPRESSIONS = [GIVEN, LISTED, OF_FACTS, NOT_KNOWN]


def ends(graph: Graph, kind: EdgeKind) -> set[str]:
    return {graph.node(e.target).name for e in graph.edges(kind)}


@pytest.mark.parametrize("addresses", EXPRESSIONS)
@pytest.mark.parametrize(
    "targets",
    [
        "{{ %s | map('regex_replace', '$', ':9100') | list | to_json }}",
        "['{{ %s | join(\":9100','\") }}:9100']",
        "[{%% for a in %s %%}'{{ a }}:9100',{%% endfor %%}]",
    ],
)
def test_a_scrape_job(targets: str, addresses: str, graph_of: GraphOf) -> None:
    text = "scrape_configs:\n  - job_name: node\n    static_configs:\n      - targets: " + targets % addresses + "\n"
    graph = graph_of({**FILES, "site.yml": SITE % "/etc/prometheus/prometheus.yml", "templates/made.j2": text})
    known = {"node-exporter"} if "regex_replace" not in targets or addresses is not NOT_KNOWN else {"db-1", "db-2"}
    assert ends(graph, EdgeKind.SCRAPES) == known
    assert [p.message for p in graph.problems() if p.code == "LN010"] == []


@pytest.mark.parametrize("addresses", EXPRESSIONS)
def test_an_upstream(addresses: str, graph_of: GraphOf) -> None:
    text = "upstream db {\n{% for a in " + addresses + " %}\n  server {{ a }}:5432;\n{% endfor %}\n}\n"
    text += "server {\n  listen 80;\n  location / { proxy_pass http://db; }\n}\n"
    graph = graph_of({**FILES, "site.yml": SITE % "/etc/nginx/nginx.conf", "templates/made.j2": text})
    assert ends(graph, EdgeKind.CONNECTS_TO) == {"postgresql"}


@pytest.mark.parametrize("addresses", [GIVEN, LISTED, OF_FACTS])
def test_an_environment(addresses: str, graph_of: GraphOf) -> None:
    text = "services:\n  app:\n    image: example/app\n    environment:\n"
    text += f"      DATABASE_HOSTS: \"{{{{ {addresses} | join(',') }}}}\"\n"
    graph = graph_of({**FILES, "site.yml": SITE % "/srv/app/compose.yml", "templates/made.j2": text})
    assert ends(graph, EdgeKind.CONNECTS_TO) == {"postgresql"}
