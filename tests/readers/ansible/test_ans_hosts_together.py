"""Hosts on which a task comes to the same are evaluated at once; those on which it does not are told apart."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archdoc.model.facts import EdgeKind, NodeKind
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
PLAY = "- hosts: web\n  roles: [app]\n"
HOSTS = "[web]\na\nb\n"


def users(graph: Graph) -> dict[str, list[str]]:
    """The hosts on which each user is made, by the users' names."""
    found: dict[str, list[str]] = {}
    for node in graph.nodes():
        for signal in node.attributes.get("signals") or []:  # type: ignore[union-attr]
            if signal["module"] == "user":  # type: ignore[index,call-overload]
                hosts = [str(h).rpartition(":")[2] for h in signal["hosts"]]  # type: ignore[index,call-overload,union-attr]
                found.setdefault(str(signal["subject"]), []).extend(hosts)  # type: ignore[index,call-overload]
    return {name: sorted(hosts) for name, hosts in found.items()}


@pytest.mark.parametrize(
    ("one", "other", "name", "expected"),
    [
        ("x: true", "x: 1", "u{{ x }}", {"uTrue": ["a"], "u1": ["b"]}),
        ("x: 1", "x: 1.0", "u{{ x }}", {"u1": ["a"], "u1.0": ["b"]}),
        ("x: '1'", "x: 1", "u{{ x is string }}", {"uTrue": ["a"], "uFalse": ["b"]}),
        ("x: null", "y: 1", "u{{ x is defined }}", {"uTrue": ["a"], "uFalse": ["b"]}),
        ("x: [1]", "x: [true]", "u{{ x[0] }}", {"u1": ["a"], "uTrue": ["b"]}),
        ("x: {k: v}", "x: {k: v}", "u{{ x.k }}", {"uv": ["a", "b"]}),
        ("x: '{{ w }}'\nw: p", "x: '{{ w }}'\nw: q", "u{{ x }}", {"up": ["a"], "uq": ["b"]}),
    ],
)
def test_values_of_two_hosts(
    one: str, other: str, name: str, expected: dict[str, list[str]], graph_of: GraphOf
) -> None:
    files = {"site.yml": PLAY, "hosts": HOSTS, "host_vars/a.yml": one, "host_vars/b.yml": other}
    graph = graph_of({**files, "roles/app/tasks/main.yml": f'- user: {{name: "{name}"}}\n'})
    assert users(graph) == expected


def test_a_fact_of_one_host_counts_from_where_it_is_set(graph_of: GraphOf) -> None:
    tasks = """
        - user: {name: "before-{{ who }}"}
        - set_fact: {who: own}
          when: inventory_hostname == 'a'
        - user: {name: "after-{{ who }}"}
        """
    files = {"site.yml": PLAY, "hosts": HOSTS, "group_vars/web.yml": "who: shared\n"}
    found = users(graph_of({**files, "roles/app/tasks/main.yml": tasks}))
    assert found == {"before-shared": ["a", "b"], "after-own": ["a"], "after-shared": ["b"]}


def test_what_stands_behind_a_variable_of_a_group_is_that_of_the_role_that_uses_it(graph_of: GraphOf) -> None:
    files = {
        "site.yml": "- hosts: web\n  tasks:\n    - include_role: {name: one}\n    - include_role: {name: two}\n",
        "hosts": HOSTS,
        "group_vars/web.yml": "full: '{{ part }}-{{ inventory_hostname }}'\n",
        "host_vars/b.yml": "part: host\n",
    }
    for role in ("one", "two"):
        files[f"roles/{role}/defaults/main.yml"] = f"part: {role}\n"
        files[f"roles/{role}/tasks/main.yml"] = "- user: {name: '{{ full }}'}\n"
    assert users(graph_of(files)) == {"one-a": ["a"], "two-a": ["a"], "host-b": ["b", "b"]}


def test_a_variable_of_a_host_that_only_its_vaulted_file_may_define_is_not_that_of_its_group(graph_of: GraphOf) -> None:
    vault = "$ANSIBLE_VAULT;1.1;AES256\n3132\n"
    files = {"site.yml": PLAY, "hosts": HOSTS, "host_vars/b.yml": vault}
    tasks = "- user: {name: \"{{ vaulted_name | default('nobody') }}\"}\n"
    assert users(graph_of({**files, "roles/app/tasks/main.yml": tasks}))["nobody"] == ["a"]


def test_a_scenario_of_molecule_is_for_no_host_of_the_project(graph_of: GraphOf) -> None:
    files = {
        "site.yml": "- hosts: web\n  roles: [app]\n",
        "hosts": HOSTS,
        "roles/app/tasks/main.yml": "- user: {name: u}\n",
        "roles/app/molecule/default/converge.yml": "- name: Converge\n  hosts: all\n  roles: [app]\n",
        "molecule/all/converge.yml": "- import_playbook: ../../site.yml\n",
    }
    graph = graph_of(files)
    targets = [(e.source, e.target) for e in graph.edges(EdgeKind.TARGETS)]
    assert targets == [("ansible:.:play:site.yml:web", "ansible:.:group:web")]
    applied = [e.source for e in graph.edges(EdgeKind.APPLIES)]
    converge = "ansible:.:play:roles/app/molecule/default/converge.yml:Converge"
    assert sorted(applied) == sorted(["ansible:.:play:site.yml:web", converge])
    assert next(n for n in graph.nodes(NodeKind.PLAY) if n.id == converge).attributes["hosts"] == []
    called = [(e.source, e.target) for e in graph.edges(EdgeKind.CALLS)]
    assert called == [("ansible:.:playbook:molecule/all/converge.yml", "ansible:.:playbook:site.yml")]
