"""Environments that are not written beside the program: files that tasks make, and options of a command line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archdoc.model.facts import EdgeKind
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
INVENTORY = {
    "ansible.cfg": "[defaults]\ninventory = hosts.ini\n",
    "hosts.ini": "[web]\nweb-1\n[db]\ndb-1\n",
    "templates/app.env.j2": "# where the data is\nexport DATABASE_URL='postgres://{{ database_host }}/app'\n",
    "group_vars/all.yml": "database_host: db-1\n",
}
DATABASE = """
- hosts: db
  tasks:
    - service: {name: postgresql, state: started}
"""
ENV = "    - template: {src: app.env.j2, dest: %s}\n"
COMPOSE = """
    - copy:
        dest: /srv/app/compose.yml
        content: |
          services:
            app:
              image: example/app
              env_file: %s
"""
UNIT = """
    - copy:
        dest: /etc/systemd/system/app.service
        content: |
          [Service]
          EnvironmentFile=-/etc/default/app
          ExecStart=/opt/app/bin/app
"""
RUN = "    - command: docker run -d --name app %s example/app\n"
MODULE = "    - docker_container: {name: app, image: example/app, state: started, env_file: /srv/app/app.env}\n"


def ends(graph: Graph) -> set[tuple[str, str, str, int]]:
    return {
        (graph.node(e.source).name, graph.node(e.target).name, e.evidence[0].path, e.evidence[0].line)
        for e in graph.edges(EdgeKind.CONNECTS_TO)
    }


@pytest.mark.parametrize(
    "tasks",
    [
        ENV % "/srv/app/app.env" + COMPOSE % "./app.env",
        ENV % "/srv/app/conf/app.env" + COMPOSE % "[conf/app.env, {path: other.env, required: false}]",
        ENV % "/etc/default/app" + UNIT,
        ENV % "/srv/app/app.env" + RUN % "--env-file /srv/app/app.env",
        ENV % "/srv/app/app.env" + MODULE,
    ],
)
def test_a_variable_of_a_file_leads_where_the_same_beside_the_program_would(tasks: str, graph_of: GraphOf) -> None:
    graph = graph_of({**INVENTORY, "site.yml": "- hosts: web\n  tasks:\n" + tasks.lstrip("\n") + DATABASE})
    assert ends(graph) == {("app", "postgresql", "templates/app.env.j2", 2)}


def test_a_file_of_another_host_is_not_read(graph_of: GraphOf) -> None:
    elsewhere = f"- hosts: db\n  tasks:\n{ENV % '/etc/default/app'}"
    graph = graph_of({**INVENTORY, "site.yml": "- hosts: web\n  tasks:" + UNIT + elsewhere + DATABASE})
    assert ends(graph) == set()


def test_what_the_service_itself_sets_wins_over_the_file(graph_of: GraphOf) -> None:
    own = COMPOSE % "app.env" + "              environment: {DATABASE_URL: 'mysql://127.0.0.1/app'}\n"
    graph = graph_of({**INVENTORY, "site.yml": "- hosts: web\n  tasks:\n" + ENV % "/srv/app/app.env" + own + DATABASE})
    assert ends(graph) == set()


def test_an_option_of_docker_run_leads_to_the_service_behind_it(graph_of: GraphOf) -> None:
    run = RUN % "-e DB_HOST=db-1 --env API_PASSWORD=Zr8kQ2vX9w"
    graph = graph_of({**INVENTORY, "site.yml": "- hosts: web\n  tasks:\n" + run + DATABASE})
    assert [(a, b) for a, b, _, _ in ends(graph)] == [("app", "postgresql")]
    assert "Zr8kQ2vX9w" not in str([n.attributes for n in graph.nodes()])


BACKUP = """
    - copy:
        dest: /etc/restic.env
        content: |
          RESTIC_REPOSITORY=sftp:backup@vault.example.net:/srv/restic
    - copy:
        dest: /usr/local/bin/backup.sh
        content: |
          #!/bin/sh
          . /etc/restic.env
          restic backup /srv
    - copy:
        dest: /etc/systemd/system/save.service
        content: |
          [Service]
          Type=oneshot
          EnvironmentFile=/etc/restic.env
          ExecStart=/usr/bin/restic backup /var/lib
"""


def test_a_repository_that_an_environment_file_names_is_where_the_backup_goes(graph_of: GraphOf) -> None:
    graph = graph_of({**INVENTORY, "site.yml": "- hosts: db\n  tasks:" + BACKUP})
    kept = [(graph.node(e.source).name, graph.node(e.target).name) for e in graph.edges(EdgeKind.STORES_IN)]
    assert sorted((job, "vault.example.net" in store) for job, store in kept) == [("backup", True), ("save", True)]
    assert {e.evidence[0].line for e in graph.edges(EdgeKind.STORES_IN)} == {6}
