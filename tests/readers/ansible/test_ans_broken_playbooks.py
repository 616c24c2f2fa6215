"""A playbook that cannot be parsed is named, though nothing in it tells that it is one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
BROKEN = "# the site\n---\n- name: [broken\n"


def said(graph: Graph) -> list[tuple[str, str, int]]:
    return [(p.code, p.source.path, p.source.line) for p in graph.problems()]


@pytest.mark.parametrize(
    ("path", "beside"),
    [
        ("ansible/web.yml", {}),
        ("site.yml", {}),
        ("deploy/web.yml", {"deploy/ansible.cfg": "[defaults]\n"}),
        ("deploy/web.yml", {"deploy/roles/app/tasks/main.yml": "- ping:\n"}),
        ("deploy/web.yml", {"deploy/group_vars/all.yml": "a: 1\n"}),
        ("deploy/web.yml", {"deploy/db.yml": "- hosts: db\n  tasks: []\n"}),
    ],
)
def test_a_broken_file_where_playbooks_are_kept_is_named_with_its_line(
    path: str, beside: dict[str, str], graph_of: GraphOf
) -> None:
    assert ("YML001", path, 4) in said(graph_of({path: BROKEN, **beside}))


def test_a_broken_file_elsewhere_or_of_another_shape_is_not_taken_for_a_playbook(graph_of: GraphOf) -> None:
    files = {"ansible/values.yml": "{{ whole }}\n", "chart/list.yml": BROKEN, "site.yml": "- hosts: web\n"}
    assert said(graph_of(files)) == []
