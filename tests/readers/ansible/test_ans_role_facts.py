"""What a role says about itself: defaults with values and places, arguments by its specification; no secret of either."""

from __future__ import annotations

from collections.abc import Callable

from archdoc.model.facts import NodeKind
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]

ROLE = {
    "site.yml": "- hosts: all\n  roles: [web]\n",
    "roles/web/tasks/main.yml": "- ansible.builtin.ping:\n",
    "roles/web/defaults/main.yml": """
        web_port: 80
        web_names: [a, "{{ x }}"]
        web_password: hunter22
        web_key: !vault |
          $ANSIBLE_VAULT;1.1;AES256
          3132
        """,
    "roles/web/meta/argument_specs.yml": """
        argument_specs:
          main:
            options:
              web_port: {type: int, default: 80, description: [The port, to listen on]}
              web_names: {type: list, required: true, choices: [a, b]}
              web_token: {default: hunter22}
        """,
}


def test_defaults_have_values_and_places(graph_of: GraphOf) -> None:
    found = graph_of(ROLE).node("ansible:.:role:web").attributes["default_values"]
    assert isinstance(found, list)
    said = {d["name"]: (d["value"], d["path"], d["line"]) for d in found if isinstance(d, dict)}
    path = "roles/web/defaults/main.yml"
    assert said["web_port"] == (80, path, 1)
    assert said["web_names"] == (["a", "{{ x }}"], path, 2)
    assert said["web_password"] == ("<secret>", path, 3)
    assert said["web_key"][0] == "<secret>"


def test_arguments_are_those_of_the_specification(graph_of: GraphOf) -> None:
    found = graph_of(ROLE).node("ansible:.:role:web").attributes["arguments"]
    path = "roles/web/meta/argument_specs.yml"
    assert found == [
        {
            "name": "web_port",
            "type": "int",
            "default": 80,
            "description": "The port to listen on",
            "entry": "main",
            "path": path,
            "line": 4,
        },
        {
            "name": "web_names",
            "type": "list",
            "required": True,
            "choices": ["a", "b"],
            "entry": "main",
            "path": path,
            "line": 5,
        },
        {"name": "web_token", "type": "str", "default": "<secret>", "entry": "main", "path": path, "line": 6},
    ]


def test_a_vaulted_file_is_one_store_of_the_project_it_lies_in(graph_of: GraphOf) -> None:
    vaulted, play = "$ANSIBLE_VAULT;1.1;AES256\n3132\n", "- hosts: all\n  tasks: [ansible.builtin.ping: ]\n"
    graph = graph_of(
        {
            "ansible.cfg": "[defaults]\n",
            "site.yml": play,
            "group_vars/all.yml": vaulted,
            "inner/ansible.cfg": "[defaults]\n",
            "inner/site.yml": play,
            "inner/group_vars/all/vault.yml": vaulted,
        }
    )
    found = {n.id for n in graph.nodes(NodeKind.STORE)}
    assert found == {"ansible:.:vault:group_vars/all.yml", "ansible:inner:vault:group_vars/all/vault.yml"}
