"""Repositories are laid out in many ways: what Ansible finds in them is found, and read once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_files import write_files

from archdoc.catalog import load_catalog
from archdoc.config import Config
from archdoc.model.facts import EdgeKind, NodeKind
from archdoc.model.graph import Graph
from archdoc.readers.ansible import read
from archdoc.readers.files import Repository

GraphOf = Callable[[dict[str, str]], Graph]
PLAY = "- hosts: web\n  roles: [app]\n"
DEBUG = "- name: said\n  debug: {msg: x}\n"


def listed(graph: Graph) -> list[object]:
    """The names of the tasks of all plays, as Ansible would list them."""
    plays = graph.nodes(NodeKind.PLAY)
    return [task["name"] for play in plays for task in play.attributes["task_list"]]  # type: ignore[union-attr,index,call-overload]


def test_a_playbook_that_is_called_as_an_inventory_is_makes_no_project_of_its_directory(graph_of: GraphOf) -> None:
    files = {f"playbooks/groups/{name}.yml": PLAY for name in ("web", "build-hosts")}
    graph = graph_of({**files, "inventory/all": "[web]\nw1\n", "roles/app/tasks/main.yml": DEBUG})
    applied = sorted((e.source, e.target) for e in graph.edges(EdgeKind.APPLIES))
    plays = [f"ansible:.:play:playbooks/groups/{name}.yml:web" for name in ("build-hosts", "web")]
    assert applied == [(play, "ansible:.:role:app") for play in plays]


def test_a_role_behind_a_link_is_the_role_that_the_link_leads_to(tmp_path: Path) -> None:
    write_files(tmp_path, {"playbooks/a/site.yml": PLAY, "playbooks/b/site.yml": PLAY})
    write_files(
        tmp_path, {"roles/app/tasks/main.yml": "- include_tasks: more.yml\n", "roles/app/tasks/more.yml": DEBUG}
    )
    for name in ("a", "b"):
        (tmp_path / "playbooks" / name / "roles").symlink_to("../../roles")
    graph = read(Repository(tmp_path), Config(), load_catalog()).graph
    assert [n.id for n in graph.nodes(NodeKind.ROLE)] == ["ansible:.:role:app"]
    assert [n.name for n in graph.nodes(NodeKind.TASK_FILE)] == ["roles/app/tasks/more.yml"]
    assert len(list(graph.edges(EdgeKind.APPLIES))) == 2


def test_an_import_is_walked_once_however_its_condition_differs_between_hosts(graph_of: GraphOf) -> None:
    imports = "- import_tasks: more.yml\n  when: os == 'a'\n- import_role: {name: other}\n  when: os != 'b'\n"
    files = {"site.yml": PLAY, "roles/app/tasks/main.yml": imports, "roles/app/tasks/more.yml": DEBUG}
    hosts = "[web]\nw1 os=a\nw2 os=b\nw3 os=a\nw4 os=c\n"
    graph = graph_of({**files, "hosts": hosts, "roles/other/tasks/main.yml": DEBUG})
    assert listed(graph) == ["app : said", "other : said"]


def test_an_included_file_finds_the_files_beside_it_when_it_was_named_by_a_whole_path(graph_of: GraphOf) -> None:
    first = """
        - include_tasks: "{{ which }}"
          loop_control: {loop_var: which}
          with_first_found:
            - files: ["{{ role_path }}/tasks/os/{{ os }}.yml"]
        - include_tasks: "{{ role_path }}/tasks/os/known.yml"
    """
    nested = {f"roles/app/tasks/os/{name}.yml": "- include_tasks: swap.yml\n" for name in ("debian", "known")}
    files = {"site.yml": PLAY, "roles/app/tasks/main.yml": first, "roles/app/tasks/os/swap.yml": DEBUG, **nested}
    graph = graph_of({**files, "hosts": "[web]\nw1 os=debian\n"})
    inner = {e.source.rsplit("/", 1)[-1] for e in graph.edges(EdgeKind.INCLUDES) if e.target.endswith("os/swap.yml")}
    assert inner == {"debian.yml", "known.yml"}
    assert [p.message for p in graph.problems()] == []


CHECKED_OUT = {
    "site.yml": "- import_playbook: /srv/web/infra/playbooks/web.yml\n",
    "playbooks/web.yml": """
        - hosts: web
          vars_files: [/srv/web/infra/vars/global.yml]
          roles: [/srv/web/infra/roles/app]
          tasks:
            - import_tasks: "{{ tasks_path }}/more.yml"
            - template: {src: /srv/web/infra/files/nginx.conf, dest: /etc/nginx/nginx.conf}
            - copy: {src: /srv/elsewhere/web.yml, dest: /etc/web.yml}
    """,
    "vars/global.yml": "tasks_path: /srv/web/infra/tasks\n",
    "roles/app/tasks/main.yml": DEBUG,
    "tasks/more.yml": DEBUG,
    "files/nginx.conf": "server { server_name example.com; }\n",
}


def test_an_absolute_path_into_the_checkout_of_the_repository_is_followed(graph_of: GraphOf) -> None:
    graph = graph_of(CHECKED_OUT)
    kinds = (EdgeKind.CALLS, EdgeKind.APPLIES, EdgeKind.INCLUDES)
    found = {(e.target.rsplit(":", 1)[-1], e.rule) for e in graph.edges(*kinds)}
    assert found == {(name, "ansible.checkout") for name in ("playbooks/web.yml", "app", "tasks/more.yml")}
    assert [n.name for n in graph.sources("ansible:.:group:web", EdgeKind.RUNS_ON)] == ["nginx"]
    assert [p.message for p in graph.problems()] == []


def test_a_path_of_the_machine_that_only_ends_in_the_same_name_is_no_file_of_the_repository(graph_of: GraphOf) -> None:
    files = {**CHECKED_OUT, "site.yml": "- import_playbook: /srv/elsewhere/web.yml\n", "web.yml": PLAY}
    graph = graph_of(files)
    assert [p.code for p in graph.problems()] == ["ANS039"]


@pytest.mark.parametrize("settings", ["", "[defaults]\ninventory = inventory\n"])
def test_the_password_that_a_lookup_wrote_beside_an_inventory_is_no_host(graph_of: GraphOf, settings: str) -> None:
    kept = {f"inventory/{path}": "S3cr3t\n" for path in ("secret/db", "credentials/web1/admin", "db_password")}
    graph = graph_of({**kept, "ansible.cfg": settings, "inventory/hosts": "[web]\nw1\n", "site.yml": PLAY})
    assert [host.name for host in graph.nodes(NodeKind.HOST)] == ["w1"]


def test_what_a_file_of_a_credential_holds_and_what_a_command_in_words_takes_is_not_shown(graph_of: GraphOf) -> None:
    tasks = """
        - cron: {name: a, job: "send {{ lookup('file', 'api_token.txt') }}"}
        - community.docker.docker_container:
            {name: db, image: "mysql:8", healthcheck: {test: [CMD, mysqladmin, ping, -pS3cr3t]}}
    """
    files = {"hosts": "[web]\nw1\n", "site.yml": PLAY, "roles/app/files/api_token.txt": "S3cr3t\n"}
    graph = graph_of({**files, "roles/app/tasks/main.yml": tasks})
    shown = repr([node.attributes for node in graph.nodes()])
    assert "mysqladmin" in shown
    assert "S3cr3t" not in shown


def test_a_role_may_be_included_as_an_entry_of_roles_names_it(graph_of: GraphOf) -> None:
    tasks = "- include_role: {name: {name: app, tags: x}, tasks_from: more}\n- import_role: {role: {role: app}}\n"
    play = f"- hosts: web\n  tasks:\n{tasks.replace('- ', '    - ')}"
    graph = graph_of({"site.yml": play, "roles/app/tasks/main.yml": DEBUG, "roles/app/tasks/more.yml": DEBUG})
    included = {
        (e.target, e.attributes.get("tasks_from")) for e in graph.edges(EdgeKind.INCLUDES) if ":role:" in e.target
    }
    assert included == {("ansible:.:role:app", "more"), ("ansible:.:role:app", None)}
    assert [p.message for p in graph.problems()] == []


CHOSEN = "{{ 'remove.yml' if gone else 'main.yml' }}"


def test_the_tasks_that_an_expression_chooses_between_are_all_possible(graph_of: GraphOf) -> None:
    play = f"""
        - hosts: web
          tasks:
            - include_role: {{name: app, tasks_from: "{CHOSEN}"}}
            - include_role: {{name: other, tasks_from: "set-{{{{ what }}}}"}}
            - include_tasks: "{CHOSEN}"
    """
    roles = {f"roles/app/tasks/{name}.yml": DEBUG for name in ("main", "remove", "third")}
    roles |= {f"roles/other/tasks/{name}.yml": DEBUG for name in ("set-a", "get-a")}
    graph = graph_of({"site.yml": play, **roles, "remove.yml": DEBUG})
    included = {
        (e.target.rsplit(":", 1)[-1], e.rule) for e in graph.edges(EdgeKind.INCLUDES) if "task_file" in e.target
    }
    paths = ("remove.yml", "roles/app/tasks/remove.yml", "roles/other/tasks/set-a.yml")
    assert included == {(path, "ansible.possible-tasks") for path in paths}
    assert [p.message for p in graph.problems()] == []


def test_tasks_of_a_role_that_only_run_time_names_are_said_to_be_unknown(graph_of: GraphOf) -> None:
    play = "- hosts: web\n  tasks:\n    - include_role: {name: app, tasks_from: '{{ what }}'}\n"
    graph = graph_of({"site.yml": play, "roles/app/tasks/main.yml": DEBUG})
    assert [(p.code, p.source.line) for p in graph.problems()] == [("ANS043", 3)]


def test_a_playbook_that_an_import_chooses_is_possible_and_the_rest_is_said_to_be_unknown(graph_of: GraphOf) -> None:
    chosen = "- import_playbook: \"{{ hook if hook is file else 'none.yml' }}\"\n"
    graph = graph_of({"site.yml": chosen, "none.yml": PLAY, "roles/app/tasks/main.yml": DEBUG})
    assert [(e.target, e.rule) for e in graph.edges(EdgeKind.CALLS)] == [
        ("ansible:.:playbook:none.yml", "ansible.possible-tasks")
    ]
    assert [p.code for p in graph.problems()] == ["ANS043"]


def test_tasks_that_no_play_reaches_find_files_from_beside_their_roles(graph_of: GraphOf) -> None:
    copies = "- copy: {src: roles/app/tasks/extra/check, dest: /usr/local/bin/check}\n"
    role = {
        "roles/app/tasks/main.yml": DEBUG,
        "roles/app/tasks/never.yml": copies,
        "roles/app/tasks/extra/check": "x\n",
    }
    graph = graph_of(
        {"deploy/ansible.cfg": "[defaults]\n", "deploy/site.yml": PLAY}
        | {f"deploy/{name}": text for name, text in role.items()}
    )
    assert [p.message for p in graph.problems()] == []


@pytest.mark.parametrize(
    "text",
    [
        "- hosts: web\n  roles: [app]\n",
        "---\n- hosts: web\n  roles: [app]\n",
        "--- # plays\n- hosts: web\n  roles: [app]\n",
        "# plays\n\n%YAML 1.1\n---\n\n  # more\n  - hosts: web\n    roles: [app]\n",
        "--- [{hosts: web, roles: [app]}]\n",
        "\ufeff[{hosts: web, roles: [app]}]\n",
        "&plays\n- hosts: web\n  roles: [app]\n",
        "\r\n---\r\n- hosts: web\r\n  roles: [app]\r\n",
    ],
)
def test_a_playbook_is_one_however_its_list_begins(text: str, graph_of: GraphOf) -> None:
    graph = graph_of({"deploy/web.yml": text, "roles/app/tasks/main.yml": DEBUG, "hosts": "[web]\nw1\n"})
    assert [e.target for e in graph.edges(EdgeKind.APPLIES)] == ["ansible:.:role:app"]
