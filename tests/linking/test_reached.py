"""A host is the server whose address it is reached at, wherever that address is set."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archdoc.model.facts import EdgeKind, NodeKind
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
SERVERS = """
resource "hcloud_server" "one" {
  name = "alpha"
  network { ip = "10.0.1.1" }
}
resource "hcloud_server" "ten" {
  name = "beta"
  network { ip = "10.0.1.10" }
}
"""
ONE, TEN = "tf:terraform:hcloud_server.one", "tf:terraform:hcloud_server.ten"


@pytest.mark.parametrize(
    ("files", "joined"),
    [
        pytest.param(
            {"inventory/hosts": "[web]\nweb1\nweb10\n", "inventory/host_vars/web1.yml": "ansible_host: 10.0.1.1\n"},
            {"web1": ONE},
            id="host_vars beside the inventory, and not those of a name that begins alike",
        ),
        pytest.param(
            {"inventory/hosts": "[web]\nweb1\n", "host_vars/web1.yml": "ansible_host: 10.0.1.1\n"},
            {"web1": ONE},
            id="host_vars beside the playbook",
        ),
        pytest.param(
            {"inventory/hosts": "[jenkins]\njenkins ansible_host=10.0.1.10\n"},
            {"jenkins": TEN},
            id="a host of the name of its group, whose line says the group's variables",
        ),
        pytest.param(
            {
                "inventory/hosts": '[web]\nweb1 ansible_host="{{ ip }}" ip=10.0.1.10\nweb2 ansible_host="{{ unknown }}"\n'
            },
            {"web1": TEN},
            id="an expression, and none that only run time knows",
        ),
        pytest.param(
            {
                "inventory/hosts": "[web]\nweb1 n=1\nweb3 n=3\n",
                "inventory/group_vars/web.yml": 'ansible_host: "10.0.1.{{ n }}"\n',
            },
            {"web1": ONE},
            id="a pattern of the group",
        ),
        pytest.param(
            {
                "inventory/hosts": "[web]\nweb1 ansible_host=10.0.1.1\n",
                "inventory/host_vars/web1.yml": "ansible_host: 10.0.1.10\n",
            },
            {"web1": TEN},
            id="host_vars come before the inventory's own line",
        ),
    ],
)
def test_the_address_counts_wherever_it_is_set(
    graph_of: GraphOf, files: dict[str, str], joined: dict[str, str]
) -> None:
    playbook = "- hosts: all\n  tasks:\n    - ansible.builtin.ping:\n"
    graph = graph_of({"terraform/main.tf": SERVERS, "site.yml": playbook, **files})
    found = {e.source.rpartition(":")[2]: e.target for e in graph.edges(EdgeKind.SAME_AS)}
    assert found == joined


def test_variables_that_lie_beside_nothing_can_be_left_out(graph_of: GraphOf) -> None:
    files = {
        "inventory/hosts": "[web]\nweb1\n",
        "site.yml": "- hosts: web\n  tasks:\n    - apt: {name: '{{ server }}'}\n",
        "elsewhere/group_vars/web.yml": "server: nginx\n",
    }
    assert [n.name for n in graph_of(files).nodes(NodeKind.SERVICE)] == ["nginx"]
    off = {"archdoc.toml": 'rules_off = ["ansible.stray-vars"]\n', **files}
    assert [n.name for n in graph_of(off).nodes(NodeKind.SERVICE)] == []
