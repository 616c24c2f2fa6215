"""Travis CI: stages, jobs, what they inherit from the top of the file, and what they run."""

from __future__ import annotations

from collections.abc import Callable

from archdoc.model.facts import EdgeKind, NodeKind
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
ROOT = {"infra/main.tf": 'resource "terraform_data" "x" {}\n'}
PATH = ".travis.yml"


def test_jobs_of_stages_with_what_the_file_says_for_all(graph_of: GraphOf) -> None:
    text = """
        dist: noble
        branches: {only: [main]}
        stages: [check, ship]
        install: cd infra && terraform init
        env:
          global: [TF_VAR_zone=example.org, secure: abc]
        jobs:
          include:
            - stage: ship
              if: branch = main
              script: terraform apply
            - stage: check
              name: Validate
              script: [terraform validate]
            - script: terraform plan
    """
    graph = graph_of(ROOT | {PATH: text})
    assert {n.name for n in graph.nodes(NodeKind.CI_JOB)} == {"ship", "Validate", "check"}
    ship = graph.node(f"ci:{PATH}:ship")
    assert ship.source.line == 9
    assert ship.attributes["if"] == "branch = main"
    assert ship.attributes["runs_on"] == ["noble"]
    assert {e.target.rpartition(":")[2] for e in graph.edges_from(ship.id, EdgeKind.NEEDS)} == {"Validate", "check"}
    (apply,) = graph.edges_from(ship.id, EdgeKind.RUNS)
    assert (apply.target, apply.attributes["command"]) == ("tf:infra:", "terraform apply")
    (trigger,) = graph.nodes(NodeKind.TRIGGER)
    assert trigger.attributes["branches"] == ["main"]


def test_a_file_without_jobs_is_one_with_a_row_for_each_environment(graph_of: GraphOf) -> None:
    text = """
        env:
          - DIR=infra
          - DIR=other
        script: true
        deploy:
          provider: script
          script: terraform -chdir=$DIR apply
          on: {branch: main}
    """
    graph = graph_of(ROOT | {"other/main.tf": ROOT["infra/main.tf"], PATH: text})
    (job,) = graph.nodes(NodeKind.CI_JOB)
    assert job.attributes["matrix"] == ["DIR=infra", "DIR=other"]
    assert job.attributes["deploy"] == ["script"]
    assert {e.target for e in graph.edges_from(job.id, EdgeKind.RUNS)} == {"tf:infra:", "tf:other:"}


def test_a_file_that_is_no_build_is_a_problem(graph_of: GraphOf) -> None:
    graph = graph_of({PATH: "- script: true\n"})
    assert [(p.code, p.source.path) for p in graph.problems()] == [("CI001", PATH)]
