"""Hooks that run before a commit leaves the developer's machine."""

from __future__ import annotations

from collections.abc import Callable

from archdoc.model.facts import EdgeKind, NodeKind
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]


def started_by(graph: Graph) -> dict[str, set[str]]:
    return {
        t.name: {j.name for w in graph.targets(t.id, EdgeKind.TRIGGERS) for j in graph.targets(w.id, EdgeKind.CONTAINS)}
        for t in graph.nodes(NodeKind.TRIGGER)
    }


def test_pre_commit_hooks_start_with_the_operation_of_their_stage(graph_of: GraphOf) -> None:
    graph = graph_of(
        {
            ".pre-commit-config.yaml": """
                repos:
                  - repo: https://github.com/astral-sh/ruff-pre-commit
                    rev: v0.14.3
                    hooks:
                      - id: ruff-check
                      - id: slow
                        name: the slow one
                        stages: [push]
                """
        }
    )
    jobs = {n.name: n for n in graph.nodes(NodeKind.CI_JOB)}
    assert jobs["slow"].attributes["title"] == "the slow one"
    assert jobs["slow"].attributes["stages"] == ["pre-push"]
    assert jobs["ruff-check"].source.line == 5
    assert set(started_by(graph)) == {"git commit", "git push"}


def test_lefthook_and_husky_are_read_too(graph_of: GraphOf) -> None:
    graph = graph_of(
        {
            "lefthook.yml": """
                pre-commit:
                  commands:
                    lint:
                      run: make lint
                pre-push:
                  jobs:
                    - run: make test
                output: [summary]
                """,
            ".husky/commit-msg": "npx commitlint --edit $1\n",
            ".husky/notes.txt": "nothing\n",
        }
    )
    assert {n.name for n in graph.nodes(NodeKind.CI_JOB)} == {"pre-commit.lint", "pre-push.make test", "commit-msg"}


def test_a_file_that_is_no_mapping_gives_nothing_and_stops_nothing(graph_of: GraphOf) -> None:
    graph = graph_of({".pre-commit-config.yaml": "- just\n- a list\n", "lefthook.yml": "pre-commit: 3\n"})
    assert not list(graph.nodes(NodeKind.WORKFLOW))
