"""An inventory whose groups are all empty is filled in elsewhere: who is in a group is not known, rather than no one."""

from __future__ import annotations

from collections.abc import Callable

from archdoc.model.facts import EdgeKind
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
FILES = {
    "ansible.cfg": "[defaults]\ninventory = hosts.ini\n",
    "hosts.ini": "[web]\n# web-1 ansible_host=10.0.0.1\n[mon]\n",
    "site.yml": """
- hosts: web
  tasks:
    - service: {name: node_exporter, state: started}
- hosts: mon
  tasks:
    - copy:
        dest: /etc/prometheus/prometheus.yml
        content: |
          scrape_configs:
            - job_name: node
              static_configs:
                - targets:
          {% for host in groups['web'] %}
                    - '{{ hostvars[host]["ansible_host"] }}:9100'
          {% endfor %}
""",
}


def scraped(graph: Graph) -> set[str]:
    return {graph.node(e.target).name for e in graph.edges(EdgeKind.SCRAPES)}


def test_targets_of_such_a_group_are_what_runs_on_the_group(graph_of: GraphOf) -> None:
    assert scraped(graph_of(FILES)) == {"node-exporter"}


def test_a_group_that_is_empty_beside_others_is_empty(graph_of: GraphOf) -> None:
    assert scraped(graph_of({**FILES, "hosts.ini": "[web]\n[mon]\nmon-1\n"})) == set()


def test_an_example_beside_an_inventory_with_hosts_says_nothing(graph_of: GraphOf) -> None:
    files = {k: v for k, v in FILES.items() if k == "site.yml"}
    graph = graph_of({**files, "prod/hosts.ini": "[web]\nweb-1\n[mon]\nmon-1\n", "example/hosts.ini": "[web]\n[mon]\n"})
    assert graph.node("ansible:.:inventory:example/hosts.ini").attributes["complete"] is True
    assert [n.id for n in graph.sources("ansible:.:host:web-1", EdgeKind.RUNS_ON)] == ["service:web-1:node-exporter"]


def test_what_runs_on_such_a_group_stays_beside_a_host_that_runs_the_same(graph_of: GraphOf) -> None:
    started = "\n  tasks: [{service: {name: nginx, state: started}}]\n"
    graph = graph_of({"a.yml": f"- hosts: web{started}", "b.yml": f"- hosts: idm.example.com{started}"})
    assert {e.target for e in graph.edges(EdgeKind.RUNS_ON)} == {
        "ansible:.:group:web",
        "ansible:.:host:idm.example.com",
    }
