"""What a role outside of the repository sets up is concluded from its name, and is told to be."""

from __future__ import annotations

from collections.abc import Callable

from archdoc.model.facts import EdgeKind, Provenance
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
ROLE = "- hosts: db\n  roles: [geerlingguy.postgresql]\n"
TASK = "  tasks: [{service: {name: postgresql, state: started}}]\n"
HOSTS = {"hosts": "[db]\ndb1\n"}


def said(graph: Graph) -> set[tuple[EdgeKind, Provenance, str]]:
    edges = graph.edges(EdgeKind.RUNS_ON, EdgeKind.DEPLOYS)
    return {(e.kind, e.provenance, e.rule) for e in edges}


def test_a_program_that_only_the_name_of_a_role_speaks_of_is_inferred_to_run(graph_of: GraphOf) -> None:
    graph = graph_of({**HOSTS, "site.yml": ROLE})
    rule = (Provenance.INFERRED, "services.outside-role")
    assert said(graph) == {(EdgeKind.RUNS_ON, *rule), (EdgeKind.DEPLOYS, *rule)}


def test_a_task_that_starts_it_too_leaves_no_doubt(graph_of: GraphOf) -> None:
    graph = graph_of({**HOSTS, "site.yml": ROLE + TASK})
    rule = (Provenance.DERIVED, "services.run-on")
    assert said(graph) == {(EdgeKind.RUNS_ON, *rule), (EdgeKind.DEPLOYS, *rule)}
