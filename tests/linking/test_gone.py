"""What a task takes away or switches off does not run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archdoc.model.facts import NodeKind
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
INVENTORY = {"ansible.cfg": "[defaults]\ninventory = hosts\n", "hosts": "[web]\nweb-1\n"}


def programs(graph_of: GraphOf, *tasks: str) -> set[str]:
    """The programs that run after these tasks of one play."""
    lines = "".join(f"    - {task}\n" for task in tasks)
    graph = graph_of({**INVENTORY, "site.yml": f"- hosts: web\n  tasks:\n{lines}"})
    return {n.name for n in graph.nodes(NodeKind.SERVICE)}


GONE = [
    "apt: {name: nginx, state: absent}",
    "dnf: {name: [nginx, postgresql-server], state: removed}",
    "community.general.homebrew: {name: nginx, state: uninstalled}",
    "service: {name: nginx, state: stopped, enabled: false}",
    "service: {name: nginx, enabled: 'no'}",
    "systemd: {name: nginx, masked: true}",
    "community.docker.docker_container: {name: shop, image: nginx, state: absent}",
    "community.docker.docker_container: {name: shop, image: nginx, state: stopped}",
    "containers.podman.podman_container: {name: shop, image: nginx, state: absent}",
    "community.general.supervisorctl: {name: nginx, state: absent}",
    "shell: systemctl disable nginx",
    "shell: apt-get remove nginx",
]


@pytest.mark.parametrize("task", GONE)
def test_what_is_taken_away_does_not_run(task: str, graph_of: GraphOf) -> None:
    assert programs(graph_of, task) == set()


@pytest.mark.parametrize(
    "task",
    [
        "apt: {name: nginx, state: latest}",
        "apt: {name: nginx}",
        "service: {name: nginx, state: started, enabled: false}",
        "service: {name: nginx, enabled: 'yes'}",
        "community.docker.docker_container: {name: nginx, image: nginx}",
    ],
)
def test_what_is_there_runs(task: str, graph_of: GraphOf) -> None:
    assert programs(graph_of, task) == {"nginx"}


def test_a_package_whose_unit_is_switched_off_does_not_run(graph_of: GraphOf) -> None:
    assert programs(graph_of, "apt: {name: nginx}", "service: {name: nginx, state: stopped, enabled: false}") == set()


def test_a_unit_that_is_stopped_and_started_again_runs(graph_of: GraphOf) -> None:
    stop, start = (f"service: {{name: nginx, state: {state}}}" for state in ("stopped", "started"))
    assert programs(graph_of, "apt: {name: nginx}", stop, start) == {"nginx"}


def test_a_unit_that_is_switched_off_on_some_machines_only_runs_on_the_others(graph_of: GraphOf) -> None:
    off = "{service: {name: nginx, state: stopped}, when: inventory_hostname == other}"
    assert programs(graph_of, "apt: {name: nginx}", off) == {"nginx"}


def test_mariadb_answers_to_the_unit_of_mysql_where_it_is_installed(graph_of: GraphOf) -> None:
    assert programs(graph_of, "dnf: {name: mariadb-server}", "service: {name: mysqld, state: started}") == {"mariadb"}


def test_a_handler_of_a_role_is_of_the_program_that_the_role_installs(graph_of: GraphOf) -> None:
    files = {
        **INVENTORY,
        "site.yml": "- hosts: web\n  roles: [maria]\n",
        "roles/maria/tasks/main.yml": "- include_tasks: redhat.yml\n",
        "roles/maria/tasks/redhat.yml": "- dnf: {name: mariadb-server}\n  notify: restart\n",
        "roles/maria/handlers/main.yml": "- name: restart\n  service: {name: mysqld, state: restarted}\n",
    }
    assert {n.name for n in graph_of(files).nodes(NodeKind.SERVICE)} == {"mariadb"}


def test_a_unit_of_mysql_alone_is_mysql(graph_of: GraphOf) -> None:
    assert programs(graph_of, "service: {name: mysqld, state: started}") == {"mysql"}


def test_a_name_that_several_programs_have_says_nothing(graph_of: GraphOf) -> None:
    assert programs(graph_of, "service: {name: pulsar, state: started}") == set()
