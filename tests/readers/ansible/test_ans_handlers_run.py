"""Handlers do what they do on the machines where a task notifies them that may run there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archdoc.model.facts import EdgeKind
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
INVENTORY = {"hosts.ini": "[all]\nweb1 live=True\nweb2 live=False\n"}
PLAY = "- hosts: all\n  roles: [app]\n"
HANDLER = "- name: start\n  ansible.builtin.service: {name: nginx, state: restarted}\n"


def running(graph: Graph) -> list[str]:
    return sorted(e.target.rsplit(":", 1)[-1] for e in graph.edges(EdgeKind.RUNS_ON))


@pytest.mark.parametrize(
    ("task", "machines"),
    [
        ("- debug: {msg: x}\n  notify: start\n", ["web1", "web2"]),
        ("- debug: {msg: x}\n  notify: start\n  when: live\n", ["web1"]),
        ("- debug: {msg: x}\n  notify: start\n  when: false\n", []),
        ("- debug: {msg: x}\n", []),
        ("- debug: {msg: x}\n  notify: 'app : start'\n  when: live\n", ["web1"]),
        ("- debug: {msg: x}\n  notify: '{{ what }}'\n  when: live\n", ["web1"]),
        ("- block:\n    - debug: {msg: x}\n      notify: start\n  when: not live\n", ["web2"]),
        ("- include_tasks: more.yml\n  when: live\n", ["web1"]),
    ],
)
def test_a_handler_runs_where_it_is_notified(task: str, machines: list[str], graph_of: GraphOf) -> None:
    files = {**INVENTORY, "site.yml": PLAY, "roles/app/tasks/main.yml": task, "roles/app/handlers/main.yml": HANDLER}
    files["roles/app/tasks/more.yml"] = "- debug: {msg: x}\n  notify: start\n"
    assert running(graph_of(files)) == machines


@pytest.mark.parametrize(
    "handlers",
    [
        "- name: other\n  listen: topic\n  ansible.builtin.service: {name: nginx, state: restarted}\n",
        "- name: topic\n  include_tasks: more.yml\n",
        "- name: topic\n  include_role: {name: served}\n",
        "- import_tasks: named.yml\n",
        "- include: named.yml\n",
        f"- name: topic\n  debug: {{msg: x}}\n  notify: start\n{HANDLER}",
    ],
    ids=["a topic", "an included file", "a role", "an imported file", "a file included as of old", "another handler"],
)
def test_what_a_notified_handler_leads_to_runs_too(handlers: str, graph_of: GraphOf) -> None:
    service = "ansible.builtin.service: {name: nginx, state: restarted}\n"
    files = {**INVENTORY, "site.yml": PLAY, "roles/app/handlers/main.yml": handlers}
    files["roles/app/tasks/main.yml"] = "- debug: {msg: x}\n  notify: topic\n"
    files |= {"roles/app/handlers/more.yml": f"- {service}", "roles/served/tasks/main.yml": f"- {service}"}
    files["roles/app/handlers/named.yml"] = f"- name: topic\n  {service}"
    assert running(graph_of(files)) == ["web1", "web2"]


def test_a_role_from_elsewhere_may_notify_any_handler(graph_of: GraphOf) -> None:
    play = "- hosts: all\n  roles: [somebody.proxy]\n  handlers:\n    - name: start\n      service: {name: nginx, state: restarted}\n"
    assert running(graph_of({**INVENTORY, "site.yml": play})) == ["web1", "web2"]


def test_a_role_from_elsewhere_is_not_asked_where_a_task_is_known_to_notify(graph_of: GraphOf) -> None:
    play = (
        "- hosts: all\n  roles: [somebody.proxy]\n"
        "  tasks:\n    - debug: {msg: x}\n      notify: start\n      when: live\n"
        "  handlers:\n    - name: start\n      service: {name: nginx, state: restarted}\n"
    )
    assert running(graph_of({**INVENTORY, "site.yml": play})) == ["web1"]
