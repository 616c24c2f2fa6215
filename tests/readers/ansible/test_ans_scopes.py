"""Who runs a service: the host, the group of exactly the hosts that a task reaches, else the role that no play applies."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from archdoc.model.facts import EdgeKind, NodeKind
from archdoc.model.graph import Graph
from archdoc.readers.ansible.walk import evaluation

GraphOf = Callable[[dict[str, str]], Graph]

INVENTORY = "[web]\nweb1\nweb2\n\n[db]\ndb1\n\n[site:children]\nweb\ndb\n"
ROLE = {
    "roles/proxy/tasks/main.yml": """
        - ansible.builtin.template: {src: nginx.conf.j2, dest: /etc/nginx/nginx.conf}
        """,
    "roles/proxy/templates/nginx.conf.j2": """
        server {
          server_name {{ inventory_hostname }}.example.com;
        }
        """,
}


def services(graph: Graph) -> list[str]:
    return [n.id for n in graph.nodes(NodeKind.SERVICE)]


@pytest.mark.parametrize(
    ("hosts", "scope"),
    [
        ("web", "web"),
        ("web1", "web1"),
        ("web1,web2", "web"),
        ("all", "site"),
        ("web1,db1", "proxy"),
        ("site:!db", "web"),
    ],
)
def test_the_scope_is_the_group_of_exactly_the_hosts(graph_of: GraphOf, hosts: str, scope: str) -> None:
    graph = graph_of({"hosts.ini": INVENTORY, **ROLE, "site.yml": f"- hosts: {hosts}\n  roles: [proxy]\n"})
    assert services(graph) == [f"service:{scope}:nginx"]


def test_a_condition_leaves_the_hosts_that_it_holds_for(graph_of: GraphOf) -> None:
    play = """
        - hosts: all
          tasks:
            - ansible.builtin.apt: {name: redis-server}
              when: "'db' in group_names"
        """
    assert services(graph_of({"hosts.ini": INVENTORY, "site.yml": play})) == ["service:db1:redis"]


def test_two_projects_with_a_group_of_one_name_have_two_services(graph_of: GraphOf) -> None:
    play = "- hosts: web\n  tasks:\n    - ansible.builtin.service: {name: nginx, state: started}\n"
    files = {f"{p}/{name}": text for p in ("shop", "blog") for name, text in {"site.yml": play}.items()}
    files |= {f"{p}/ansible.cfg": "[defaults]\ninventory = hosts.ini\n" for p in ("shop", "blog")}
    files |= {f"{p}/hosts.ini": INVENTORY for p in ("shop", "blog")}
    assert services(graph_of(files)) == ["service:blog/web:nginx", "service:shop/web:nginx"]


def test_a_role_that_no_play_applies_is_a_scope_of_its_own(graph_of: GraphOf) -> None:
    graph = graph_of({**ROLE, "site.yml": "- hosts: web\n  tasks: []\n"})
    assert services(graph) == ["service:proxy:nginx"]


def test_what_is_delegated_lands_on_the_other_host(graph_of: GraphOf) -> None:
    play = """
        - hosts: web
          tasks:
            - ansible.builtin.apt: {name: redis-server}
              delegate_to: "{{ groups['db'][0] }}"
            - ansible.builtin.copy:
                dest: /etc/nginx/conf.d/status.conf
                content: |
                  server {
                    server_name status.example.com;
                  }
              run_once: true
        """
    assert services(graph_of({"hosts.ini": INVENTORY, "site.yml": play})) == ["service:db1:redis", "service:web1:nginx"]


def test_what_runs_once_lands_on_the_first_host_of_each_inventory(graph_of: GraphOf) -> None:
    play = """
        - hosts: web
          tasks:
            - ansible.builtin.copy: {content: "{{ inventory_hostname }}", dest: "/etc/{{ inventory_hostname }}"}
              run_once: true
        """
    inventories = {f"inventories/{name}": f"[web]\n{name}1\n{name}2\n" for name in ("blue", "green")}
    graph = graph_of({"site.yml": play, **inventories})
    attributes: Any = next(iter(graph.nodes(NodeKind.PLAY))).attributes
    hosts = {signal["file"]: signal["hosts"] for signal in attributes["signals"]}
    assert hosts == {f"/etc/{name}": [f"ansible:.:host:{name}"] for name in ("blue1", "green1")}


def test_one_host_of_a_group_that_only_a_script_knows_is_the_group(graph_of: GraphOf) -> None:
    play = """
        - hosts: all
          tasks:
            - ansible.builtin.apt: {name: redis-server}
              delegate_to: "{{ groups['cache'][0] }}"
        - hosts: cache
          tasks: []
        """
    assert services(graph_of({"site.yml": play})) == ["service:cache:redis"]


def test_a_loop_over_hosts_that_only_run_time_knows_says_which_group(graph_of: GraphOf) -> None:
    files = {
        "inventory.sh": "#!/bin/sh\necho '{}'\n",
        "site.yml": """
            - hosts: monitoring
              vars: {domains: [web]}
              tasks:
                - ansible.builtin.template: {src: prometheus.yml.j2, dest: /etc/prometheus/prometheus.yml}
            """,
        "prometheus.yml.j2": """
            scrape_configs:
            - job_name: all
              static_configs:
              - targets:
            {% for host in groups['all'] %}
                - '{{ host }}:9100'
            {% endfor %}
            {% for domain in domains %}
            - job_name: {{ domain }}
              static_configs:
              - targets:
            {% for host in groups[domain] | default([]) %}
                - "{{ hostvars[host].address }}:80"
            {% endfor %}
            {% endfor %}
            """,
    }
    jobs = graph_of(files).node("service:monitoring:prometheus").attributes["scrape_jobs"]
    assert isinstance(jobs, list)
    assert [job["targets"] for job in jobs if isinstance(job, dict)] == [
        ["{{ groups.all | first }}:9100"],
        ["{{ hostvars[groups.web | first].address }}:80"],
    ]


def test_a_task_file_that_nothing_includes_knows_its_role(graph_of: GraphOf) -> None:
    files = {
        "site.yml": "- hosts: web\n  roles: [app, extra/docker]\n",
        "requirements.yml": "- {src: https://example.com/docker.git, name: docker, version: 8.0.0}\n",
        "roles/app/tasks/main.yml": "- ansible.builtin.ping:\n",
        "roles/app/defaults/main.yml": "part: two\n",
        "roles/app/tasks/spare.yml": '- ansible.builtin.include_tasks: "{{ role_path }}/tasks/{{ part }}.yml"\n',
        "roles/app/tasks/two.yml": "- ansible.builtin.ping:\n",
    }
    graph = graph_of(files)
    spare, two = (f"ansible:.:task_file:roles/app/tasks/{name}.yml" for name in ("spare", "two"))
    assert two in {e.target for e in graph.edges_from(spare)}
    assert [p.code for p in graph.problems()] == []
    assert graph.node("ansible:.:role:extra/docker").attributes["version"] == "8.0.0"


def test_a_default_that_stands_for_nobody_is_no_group(graph_of: GraphOf) -> None:
    play = """
        - hosts: "{{ target | default('null') }}"
          tasks:
            - ansible.builtin.service: {name: nginx, state: started}
        """
    files = {"hosts.ini": INVENTORY, "ansible.cfg": "[defaults]\ninventory = hosts.ini\n", "site.yml": play}
    graph = graph_of(files)
    assert {n.name for n in graph.nodes(NodeKind.GROUP)} == {"web", "db", "site"}
    assert [p.code for p in graph.problems()] == ["ANS040"]
    assert [n.type for n in graph.nodes(NodeKind.SERVICE)] == ["nginx"], "what the play does is known all the same"
    assert not list(graph.edges(EdgeKind.RUNS_ON, EdgeKind.TARGETS))
    known = graph_of(files | {"site.yml": play.replace("null", "web")})
    assert services(known) == ["service:web:nginx"]


def test_the_task_files_of_a_role_for_hosts_that_are_not_known_make_one_service(graph_of: GraphOf) -> None:
    graph = graph_of(
        {
            "site.yml": "- hosts: '{{ target }}'\n  roles: [web]\n",
            "roles/web/tasks/main.yml": """
                - ansible.builtin.include_tasks: install.yml
                - ansible.builtin.include_tasks: run.yml
                """,
            "roles/web/tasks/install.yml": "- ansible.builtin.apt: {name: nginx}\n",
            "roles/web/tasks/run.yml": "- ansible.builtin.service: {name: nginx, state: started}\n",
        }
    )
    assert services(graph) == ["service:web:nginx"]


def test_a_lookup_of_a_variable_gives_each_host_its_own(graph_of: GraphOf) -> None:
    play = """
        - hosts: web
          tasks:
            - ansible.builtin.apt: {name: "{{ lookup('ansible.builtin.vars', 'program') }}"}
        """
    files = {"hosts.ini": INVENTORY, "site.yml": play}
    files |= {f"host_vars/web{n}.yml": f"program: {p}\n" for n, p in ((1, "nginx"), (2, "haproxy"))}
    runs = {(e.source, e.target) for e in graph_of(files).edges(EdgeKind.RUNS_ON)}
    on = "ansible:.:host:web"
    assert runs == {("service:web:nginx", f"{on}1"), ("service:web:haproxy", f"{on}2")}


def test_what_a_task_sets_for_one_host_is_seen_by_the_tasks_of_others_after_it(graph_of: GraphOf) -> None:
    play = """
        - hosts: db1
          tasks:
            - ansible.builtin.set_fact: {program: nginx}
        - hosts: web1
          tasks:
            - ansible.builtin.apt: {name: "{{ hostvars.db1.program }}"}
        - hosts: db1
          tasks:
            - ansible.builtin.set_fact: {program: haproxy}
        - hosts: web1
          tasks:
            - ansible.builtin.apt: {name: "{{ hostvars.db1.program }}"}
        """
    found = services(graph_of({"hosts.ini": INVENTORY, "site.yml": play}))
    assert found == ["service:web1:haproxy", "service:web1:nginx"]


def test_a_playbook_that_is_imported_twice_is_for_the_hosts_of_both_imports(graph_of: GraphOf) -> None:
    graph = graph_of(
        {
            "hosts.ini": INVENTORY,
            "site.yml": """
                - {import_playbook: patch.yml, vars: {where: web2}}
                - {import_playbook: patch.yml, vars: {where: db1}}
                """,
            "patch.yml": "- {hosts: '{{ where }}', tasks: [{command: reboot}]}",
        }
    )
    play = next(n for n in graph.nodes(NodeKind.PLAY) if n.source.path == "patch.yml")
    hosts = ["ansible:.:host:web2", "ansible:.:host:db1"]
    assert play.attributes["hosts"] == hosts
    assert {e.target for e in graph.edges_from(play.id, EdgeKind.TARGETS)} == {*hosts}


def test_a_variable_whose_name_is_put_together_gives_each_host_its_own(graph_of: GraphOf) -> None:
    """The names that may be meant are those of its form: of each host, and what tasks set later."""
    play = """
        - hosts: web
          vars: {part: front}
          tasks:
            - ansible.builtin.include_tasks: proxy.yml
            - ansible.builtin.include_vars: more.yml
              when: inventory_hostname == 'web2'
            - ansible.builtin.include_tasks: proxy.yml
        """
    files = {
        "hosts.ini": "[web]\nweb1 front_program=nginx\nweb2\n",
        "site.yml": play,
        "more.yml": "front_program: redis",
        "proxy.yml": "- apt: {name: \"{{ lookup('vars', part + '_program') }}\"}",
    }
    found = {
        (e.source.rsplit(":", 1)[-1], e.target.rsplit(":", 1)[-1]) for e in graph_of(files).edges(EdgeKind.RUNS_ON)
    }
    assert found == {("nginx", "web1"), ("redis", "web2")}


def test_a_long_name_of_a_variable_that_is_looked_up_is_read_once(graph_of: GraphOf) -> None:
    """In ``a_name | default(…)`` the name has no end that can be tried at each of its letters."""
    looked_up = "vars', 'size_of_' + the_name_of_the_service_that_is_installed | default('web')"
    playbook = f"""- {{hosts: web, tasks: [{{apt: {{name: nginx}}, when: "lookup('{looked_up}) == '{{{{ x }}}}'"}}]}}"""
    began = time.process_time()
    assert services(graph_of({"hosts.ini": "[web]\nweb1\n", "site.yml": playbook})) == ["service:web1:nginx"]
    assert time.process_time() - began < 10


def test_what_follows_a_playbook_of_two_names_knows_what_it_sets(graph_of: GraphOf) -> None:
    """A second name for a playbook is not walked through again; where a play comes after it, it is."""
    graph = graph_of(
        {
            "hosts.ini": INVENTORY,
            "a.yml": "- import_playbook: plays/main.yml",
            "b.yml": "- import_playbook: plays/main.yml",
            "c.yml": """
                - import_playbook: plays/main.yml
                - {hosts: web1, tasks: [{apt: {name: '{{ program }}'}}]}
                """,
            "d.yml": """
                - {hosts: web2, tasks: [{set_fact: {other: nginx}}]}
                - import_playbook: plays/main.yml
                """,
            "e.yml": """
                - {hosts: web2, tasks: [{set_fact: {other: postgresql}}]}
                - import_playbook: plays/main.yml
                """,
            "plays/main.yml": """
                - {hosts: web1, tasks: [{set_fact: {program: haproxy}}]}
                - {hosts: web2, tasks: [{apt: {name: "{{ other | default('redis') }}"}}]}
                """,
        }
    )
    assert services(graph) == [
        "service:web1:haproxy",
        "service:web2:nginx",
        "service:web2:postgresql",
        "service:web2:redis",
    ]
    calls = {(e.source.rsplit(":", 1)[-1], e.target.rsplit(":", 1)[-1]) for e in graph.edges(EdgeKind.CALLS)}
    assert calls == {(f"{name}.yml", "plays/main.yml") for name in "abcde"}


@pytest.mark.parametrize(
    ("keyword", "severity"),
    [
        ("", "warning"),
        (", failed_when: false", "note"),
        (", ignore_errors: true", "note"),
        (", become: true", "warning"),
    ],
)
def test_a_file_that_need_not_be_there_is_no_warning(keyword: str, severity: str, graph_of: GraphOf) -> None:
    play = f"- {{hosts: web1, tasks: [{{include_vars: {{file: own.yml}}{keyword}}}]}}"
    problems = graph_of({"hosts.ini": INVENTORY, "site.yml": play}).problems()
    assert [str(p.severity) for p in problems if p.code == "ANS042"] == [severity]


def test_what_is_behind_the_last_step_of_evaluation_stays_as_it_is_written(
    graph_of: GraphOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluation, "MAX_STEPS", 40)
    tasks = "".join(f"- apt: {{name: '{{{{ program }}}}', state: s{n}}}\n" for n in range(60))
    play = (
        "- hosts: web1\n  vars: {program: nginx}\n  tasks: [{import_tasks: many.yml}, {apt: {name: '{{ program }}'}}]\n"
    )
    graph = graph_of({"hosts.ini": INVENTORY, "site.yml": play, "many.yml": tasks})
    assert [p.code for p in graph.problems() if p.code == "ANS051"] == ["ANS051"]
    signals = [s for n in graph.nodes() for s in n.attributes.get("signals", ())]  # type: ignore[union-attr]
    assert {s["subject"] for s in signals} == {"nginx", "{{ program }}"}  # type: ignore[index,call-overload]
