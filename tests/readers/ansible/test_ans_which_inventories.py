"""Which files of a repository are inventories, and what is said of one that Ansible cannot read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archdoc.model.facts import EdgeKind, NodeKind
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
PLAY = "- hosts: all\n  tasks: [{ping: }]\n"


def hosts(graph: Graph) -> list[str]:
    return sorted(n.name for n in graph.nodes(NodeKind.HOST))


def said(graph: Graph) -> list[tuple[str, str, int]]:
    return [(p.code, p.source.path, p.source.line) for p in graph.problems()]


def test_the_configuration_of_an_inventory_script_names_no_hosts(graph_of: GraphOf) -> None:
    script = {"inventory/cloud/ec2.py": "#!/usr/bin/python\n", "inventory/cloud/ec2.ini": "[ec2]\ncache=yes\n"}
    for settings in ({}, {"ansible.cfg": "[defaults]\ninventory = inventory/cloud\n"}):
        graph = graph_of({"site.yml": PLAY, **script, "inventory/cloud/static": "w1\n", **settings})
        assert hosts(graph) == ["w1"]


def test_an_ini_file_beside_a_script_of_another_name_is_an_inventory(graph_of: GraphOf) -> None:
    files = {"inventory/cloud/ec2.py": "#!/usr/bin/python\n", "inventory/cloud/more.ini": "[web]\nw1\n"}
    assert hosts(graph_of({"site.yml": PLAY, **files})) == ["w1"]


def test_constructed_may_be_configured_in_a_file_called_config(graph_of: GraphOf) -> None:
    keyed = "plugin: constructed\nkeyed_groups:\n  - {key: kind, prefix: kind}\n"
    cfg = "[defaults]\ninventory = inventory/hosts, inventory/keyed.config\n"
    graph = graph_of(
        {"ansible.cfg": cfg, "inventory/hosts": "w1 kind=web\n", "inventory/keyed.config": keyed, "site.yml": PLAY}
    )
    assert said(graph) == []
    assert [n.name for n in graph.nodes(NodeKind.INVENTORY)] == ["inventory/hosts"]
    assert "kind_web" in {n.name for n in graph.nodes(NodeKind.GROUP)}


def test_an_inventory_that_ansible_cannot_read_is_named_with_its_line(graph_of: GraphOf) -> None:
    graph = graph_of({"site.yml": PLAY, "inventories/prod/hosts": "w1\n[ web ]\nw2\n"})
    assert said(graph) == [("ANS010", "inventories/prod/hosts", 2)]


def test_a_hosts_file_of_a_machine_is_no_broken_inventory(graph_of: GraphOf) -> None:
    graph = graph_of({"site.yml": PLAY, "etc/hosts": "127.0.0.1 localhost ip6-loopback\n"})
    assert said(graph) == []


TESTED = {"tasks/main.yml": "- ping:\n", "meta/main.yml": "dependencies: []\n", "tests/inventory": "box1\n"}


def test_the_inventory_that_a_role_is_tested_with_is_not_that_of_the_project(graph_of: GraphOf) -> None:
    role = {f"own/app/{name}": text for name, text in TESTED.items()}
    assert hosts(graph_of({"ansible.cfg": "[defaults]\n", "site.yml": PLAY, "hosts": "[web]\nw1\n", **role})) == ["w1"]


def test_the_inventory_that_a_role_is_tested_with_is_its_own_where_the_repository_is_the_role(
    graph_of: GraphOf,
) -> None:
    assert hosts(graph_of({**TESTED, "tests/test.yml": PLAY})) == ["box1"]


def test_a_host_that_a_task_adds_though_an_inventory_lists_it_is_a_listed_one(graph_of: GraphOf) -> None:
    play = "- hosts: localhost\n  tasks:\n    - add_host: {name: w1, groups: made}\n"
    graph = graph_of({"site.yml": play, "hosts": "[web]\nw1\n"})
    assert [n.attributes.get("unlisted", False) for n in graph.nodes(NodeKind.HOST) if n.name == "w1"] == [False]


THREE = "".join(f"- hosts: {name}\n  tasks: []\n" for name in ("web", "db", "cache"))
LISTS = "[web]\nw1\n[db]\nd1\n[cache]\nc1\n"
APART = {
    "deploy/ansible/ansible.cfg": "[defaults]\n",
    "deploy/ansible/site.yml": THREE,
    "environments/prod/hosts": LISTS,
}


def test_an_inventory_outside_of_every_project_is_that_of_the_plays_that_name_its_groups(graph_of: GraphOf) -> None:
    graph = graph_of(APART)
    assert [n.id for n in graph.nodes(NodeKind.HOST)] == [
        f"ansible:deploy/ansible:host:{n}" for n in ("c1", "d1", "w1")
    ]
    assert {e.rule for e in graph.edges(EdgeKind.CONTAINS) if ":inventory:" in e.source} == {
        "ansible.inventory-elsewhere"
    }
    assert said(graph) == []


ITS_OWN = {"deploy/ansible/hosts": "[web]\nw1\n"}
ANOTHER = {"other/ansible.cfg": "[defaults]\n", "other/site.yml": THREE}
FEW = {"environments/prod/hosts": "[web]\nw9\n[db]\nw9\n[office]\nw9\n"}
OFF = {"archdoc.toml": 'rules_off = ["ansible.inventory-elsewhere"]\n'}


@pytest.mark.parametrize("change", [ITS_OWN, ANOTHER, FEW, OFF], ids=["its own", "another", "few", "off"])
def test_an_inventory_outside_of_every_project_that_may_be_anybodys_is_named(
    change: dict[str, str], graph_of: GraphOf
) -> None:
    graph = graph_of(APART | change)
    assert not [n for n in graph.nodes(NodeKind.INVENTORY) if "environments" in n.id]
    assert ("ANS005", "environments/prod/hosts", 1) in said(graph)


def test_an_inventory_of_tests_is_nobodys(graph_of: GraphOf) -> None:
    graph = graph_of({k.replace("environments", "tests/environments"): v for k, v in APART.items()})
    assert (hosts(graph), "ANS005" in {code for code, _, _ in said(graph)}) == ([], False)


def test_a_script_that_does_not_answer_ansible_is_no_inventory(graph_of: GraphOf) -> None:
    shells = {
        "scripts/inventory/ssh": '#!/bin/sh\nexec ssh "$@"\n',
        "scripts/inventory/hosts.sh": "#!/bin/sh\ncat $2\n",
    }
    answers = {"inventory/list": "#!/bin/sh\ncase $1 in --list) cat hosts.json ;; esac\n"}
    graph = graph_of({"site.yml": PLAY, **shells, **answers})
    assert [n.name for n in graph.nodes(NodeKind.INVENTORY)] == ["inventory/list"]
