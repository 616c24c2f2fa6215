"""Playbooks that Terraform runs on the servers that it makes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archdoc.model.facts import EdgeKind
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
TERRAFORM = """
    resource "hcloud_server" "web" { name = "web-1" }
    resource "hcloud_server" "db" { name = "db-1" }
    resource "ansible_playbook" "web" {
      playbook = "${path.module}/../ansible/%s"
      name     = %s
    }
"""
PLAY = "- hosts: all\n  tasks:\n    - {ansible.builtin.apt: {name: nginx}}\n"


@pytest.mark.parametrize(
    ("playbook", "name", "joined"),
    [
        ("web.yml", "hcloud_server.web.ipv4_address", {("web-1", "hcloud_server.web")}),
        ("web.yml", '"192.0.2.7"', set()),
        ("gone.yml", "hcloud_server.web.ipv4_address", set()),
    ],
)
def test_a_server_is_a_host_of_the_playbook_that_terraform_runs_on_it(
    playbook: str, name: str, joined: set[tuple[str, str]], graph_of: GraphOf
) -> None:
    graph = graph_of({"terraform/main.tf": TERRAFORM % (playbook, name), "ansible/web.yml": PLAY})
    same = {(graph.node(e.source).name, graph.node(e.target).address) for e in graph.edges(EdgeKind.SAME_AS)}
    assert same == joined
