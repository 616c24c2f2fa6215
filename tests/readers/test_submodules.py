"""What stands in a submodule that nobody checked out is named, not missed in silence."""

from __future__ import annotations

from collections.abc import Callable

from archdoc.model.facts import Source
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]

MODULES = """
[submodule "web server"]
\tpath = roles/web
\turl = https://bob:hunter2secret@git.example.org/roles/web.git
[submodule "there"]
\tpath = "roles/db"
\turl = ../db.git
"""
PLAY = "- hosts: all\n  roles: [web, db, lost]\n"


def read(graph_of: GraphOf) -> Graph:
    files = {".gitmodules": MODULES, "site.yml": PLAY, "hosts.ini": "[all]\na\n"}
    return graph_of({**files, "roles/db/tasks/main.yml": "- ping:\n"})


def test_an_absent_submodule_is_a_problem_with_its_line_and_without_its_password(graph_of: GraphOf) -> None:
    (problem,) = [p for p in read(graph_of).problems() if p.code == "FS007"]
    assert problem.source == Source(".gitmodules", 1, 3)
    assert "the submodule roles/web (https://" in problem.message
    assert "hunter2secret" not in problem.message
    assert problem.hint == "git submodule update --init roles/web"


def test_a_role_in_it_is_external_and_comes_from_where_the_submodule_does(graph_of: GraphOf) -> None:
    graph = read(graph_of)
    web = graph.node("ansible:.:role:web")
    assert web.attributes["external"]
    assert str(web.attributes["from"]).endswith("git.example.org/roles/web.git")
    assert web.attributes["required_by"] == {"path": ".gitmodules", "line": 1}
    assert [p.message.split(" is ")[0] for p in graph.problems() if p.code == "ANS044"] == ["the role lost"]


def test_paths_out_of_the_repository_are_none_of_its_submodules(graph_of: GraphOf) -> None:
    graph = graph_of({".gitmodules": '[submodule "x"]\npath = ../x\nurl = y\n[submodule "y"]\nurl = z\n', "a.tf": ""})
    assert not [p for p in graph.problems() if p.code == "FS007"]


def test_settings_before_the_first_section_belong_to_no_submodule(graph_of: GraphOf) -> None:
    graph = graph_of({".gitmodules": "path = roles/web\nurl = y\n" + MODULES, "a.tf": ""})
    assert [p.source.line for p in graph.problems() if p.code == "FS007"] == [4, 7]
