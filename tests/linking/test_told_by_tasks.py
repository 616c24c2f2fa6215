"""What tasks say without a configuration file: the environment of containers, the addresses of other hosts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archdoc.model.facts import EdgeKind, NodeKind
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
INVENTORY = {
    "ansible.cfg": "[defaults]\ninventory = hosts\n",
    "hosts": "[web]\nweb-1\nweb-2\n[db]\ndb-1\n[mon]\nmon-1\n",
}
CONTAINER = """
- hosts: db
  tasks:
    - apt: {name: postgresql}
- hosts: web
  tasks:
    - community.docker.docker_container:
        name: shop
        image: example/shop
        env: {%s}
"""
SCRAPE = """
- hosts: mon
  tasks:
    - copy:
        dest: /etc/prometheus/prometheus.yml
        content: |
          scrape_configs:
            - job_name: node
              static_configs:
                - targets: [{%% for h in groups['web'] %%}'{{ %s }}:9100', {%% endfor %%}]
"""


def connected(graph_of: GraphOf, environment: str) -> list[tuple[str, str]]:
    graph = graph_of({**INVENTORY, "site.yml": CONTAINER % environment})
    return [(e.source, e.target) for e in graph.edges(EdgeKind.CONNECTS_TO)]


@pytest.mark.parametrize(
    "environment",
    [
        "DATABASE_URL: 'postgres://shop:{{ vaulted }}@db-1:5432/shop'",
        "DB: 'postgres://db-1/shop'",
        "DB_HOST: db-1",
        "DB_HOST: \"{{ groups['db'][0] }}\"",
        "SPRING_DATASOURCE_URL: 'jdbc:postgresql://db-1:5432/shop'",
    ],
)
def test_a_container_connects_to_what_its_environment_names(environment: str, graph_of: GraphOf) -> None:
    assert connected(graph_of, environment) == [("service:web:shop", "service:db-1:postgresql")]


@pytest.mark.parametrize(
    "environment", ["PUBLIC_HOST: db-1", "SHOP_HOST: db-1", "NOTE: db-1", "HOST: db-1", "DB_HOST: db-2"]
)
def test_a_name_that_is_no_address_of_another_connects_to_nothing(environment: str, graph_of: GraphOf) -> None:
    assert connected(graph_of, environment) == []


@pytest.mark.parametrize(
    "address",
    [
        "hostvars[h]['ansible_default_ipv4']['address']",
        "hostvars[h].ansible_facts.default_ipv4.address",
        "hostvars[h]['ansible_facts'].get('default_ipv4', {}).get('address', '')",
        "hostvars[h].ansible_eth1.ipv4.address",
        "hostvars[h].ansible_default_ipv4.address | default(h)",
    ],
)
def test_an_address_among_the_facts_of_a_host_is_that_host(address: str, graph_of: GraphOf) -> None:
    graph = graph_of({**INVENTORY, "site.yml": SCRAPE % address})
    assert {graph.node(e.target).name for e in graph.edges(EdgeKind.SCRAPES)} == {"web-1", "web-2"}


@pytest.mark.parametrize("address", ["hostvars[h].ansible_default_ipv4.gateway", "hostvars[h].ansible_hostname"])
def test_another_fact_of_a_host_is_not_its_address(address: str, graph_of: GraphOf) -> None:
    graph = graph_of({**INVENTORY, "site.yml": SCRAPE % address})
    assert not [e for e in graph.edges(EdgeKind.SCRAPES) if graph.node(e.target).name in ("web-1", "web-2")]


def saved(graph_of: GraphOf, cron: str) -> set[tuple[str, str]]:
    """What the cron entries of the web servers save, where each machine of the inventory has a PostgreSQL."""
    tasks = "  tasks:\n    - apt: {name: postgresql}\n"
    play = f"- hosts: web\n  tasks:\n    - cron: {cron}\n"
    graph = graph_of({**INVENTORY, "site.yml": f"- hosts: web\n{tasks}- hosts: db\n{tasks}{play}"})
    return {(graph.node(e.source).name, e.target) for e in graph.edges(EdgeKind.BACKS_UP)}


@pytest.mark.parametrize("option", ["-h db-1", "--host=db-1", "-U shop --host db-1"])
def test_a_dump_of_another_machines_database_saves_that_one(option: str, graph_of: GraphOf) -> None:
    found = saved(graph_of, f"{{name: nightly, job: 'pg_dump {option} shop > /x', hour: 3}}")
    assert found == {("nightly", "service:db-1:postgresql")}


@pytest.mark.parametrize("option", ["-h localhost", "-U shop"])
def test_a_dump_without_another_machine_saves_its_own_database(option: str, graph_of: GraphOf) -> None:
    found = saved(graph_of, f"{{name: nightly, job: 'pg_dump {option} shop > /x', hour: 3}}")
    assert found == {("nightly", "service:web:postgresql")}


@pytest.mark.parametrize(
    "entry", ["job: 'pg_dump -h far.example.net shop > /x'", "job: 'pg_dump shop', disabled: true"]
)
def test_a_dump_of_what_is_unknown_or_switched_off_saves_nothing(entry: str, graph_of: GraphOf) -> None:
    assert saved(graph_of, f"{{name: nightly, {entry}}}") == set()


def test_files_are_copied_by_a_pattern_below_the_directory_of_the_playbook(graph_of: GraphOf) -> None:
    copy = 'copy: {src: "{{ item }}", dest: "/srv/{{ item | basename }}"}\n      with_fileglob: "%s/stack/*.yml"\n'
    for where in ("{{ playbook_dir }}/files", "{{ playbook_dir }}/nothing"):
        files = {"files/stack/compose.yml": "services: {shop: {image: example/shop}}\n"}
        graph = graph_of({**INVENTORY, **files, "site.yml": f"- hosts: db\n  tasks:\n    - {copy % where}"})
        assert ("service:db-1:shop" in graph) is where.endswith("files")


def test_a_dump_that_the_script_of_a_timer_calls_is_made_at_its_time(graph_of: GraphOf) -> None:
    files = {
        "save.timer": "[Timer]\nOnCalendar=daily\n",
        "save.service": "[Service]\nType=oneshot\nExecStart=/usr/local/bin/save.sh\n",
        "save.sh": "#!/bin/sh\nif systemctl is-active mariadb; then\n  /usr/local/bin/dump.sh\nfi\nborg create b@h.org:r::x /srv\n",
        "dump.sh": "#!/bin/sh\nsudo mariabackup --backup --target-dir=/srv/dump\n",
    }
    tasks = ["    - package: {name: mariadb-server}"]
    for name in files:
        where = "/etc/systemd/system" if name.startswith("save.") and not name.endswith(".sh") else "/usr/local/bin"
        tasks.append(f"    - copy: {{src: {name}, dest: {where}/{name}}}")
    play = "- hosts: db\n  tasks:\n" + "\n".join(tasks) + "\n"
    inventory = {"ansible.cfg": "[defaults]\ninventory = hosts\n", "hosts": "[db]\ndb-1\n", "site.yml": play}
    graph = graph_of({**inventory, **{f"files/{name}": text for name, text in files.items()}})
    jobs = {n.name: n for n in graph.nodes(NodeKind.JOB)}
    assert jobs["save"].attributes["schedule"] == "daily"
    assert jobs["dump"].attributes["schedule"] == "daily"
    (saved,) = graph.targets(jobs["dump"].id, EdgeKind.BACKS_UP)
    assert saved.name == "mariadb"


LINES = """
- hosts: db
  tasks:
    - service: {name: elasticsearch, state: started}
- hosts: web
  tasks:
    - apt: {name: kibana}
    - service: {name: kibana, state: started}
    - lineinfile: {path: %s, regexp: '^elasticsearch', line: 'elasticsearch.hosts: ["http://db-1:9200"]'%s}
"""


@pytest.mark.parametrize(
    ("file", "more", "reached"),
    [
        ("/etc/kibana/kibana.yml", "", {"elasticsearch"}),
        ("/etc/kibana/kibana.yml", ", state: absent", set()),
        ("/etc/motd", "", set()),
    ],
)
def test_a_line_in_the_file_of_a_program_says_what_it_connects_to(
    file: str, more: str, reached: set[str], graph_of: GraphOf
) -> None:
    graph = graph_of({**INVENTORY, "site.yml": LINES % (file, more)})
    assert {graph.node(e.target).name for e in graph.edges(EdgeKind.CONNECTS_TO)} == reached


def test_a_container_that_nothing_names_is_called_after_its_image(graph_of: GraphOf) -> None:
    files = {
        **INVENTORY,
        "site.yml": "- hosts: web\n  tasks:\n    - command: docker run -d registry.example/team/shop:1\n",
    }
    assert [s.name for s in graph_of(files).nodes(NodeKind.SERVICE)] == ["shop"]
