"""GitLab CI: stages, needs, environments, includes, templates and child pipelines."""

from __future__ import annotations

from collections.abc import Callable

from archdoc.model.facts import EdgeKind, NodeKind
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
PATH = ".gitlab-ci.yml"
ROOT = {"infra/main.tf": 'resource "terraform_data" "x" {}\n'}


def targets(graph: Graph, kind: EdgeKind, source: str) -> set[str]:
    return {e.target for e in graph.edges_from(f"ci:{PATH}:{source}" if source else f"ci:{PATH}", kind)}


def test_jobs_stages_and_needs(graph_of: GraphOf) -> None:
    text = """
        stages: [check, ship]
        variables: {TF_DIR: infra}
        .base: {stage: ship, image: hashicorp/terraform:1.9}
        lint: {stage: check, script: [tflint]}
        plan:
          extends: .base
          needs: [lint]
          before_script: [cd $TF_DIR]
          script:
            - terraform init
            - terraform plan
        apply:
          extends: .base
          needs: [{job: plan, artifacts: true}, {job: gone, optional: true}]
          script: [!reference [.scripts, go]]
          when: manual
          environment: {name: production, url: https://example.org, on_stop: destroy}
        .scripts: {go: [terraform -chdir=infra apply]}
    """
    graph = graph_of(ROOT | {PATH: text})
    jobs = {n.name: n for n in graph.nodes(NodeKind.CI_JOB)}
    assert {name: job.attributes["stage"] for name, job in jobs.items()} == {
        "lint": "check",
        "plan": "ship",
        "apply": "ship",
    }
    assert graph.node(f"ci:{PATH}").attributes["stages"] == ["check", "ship"]
    assert targets(graph, EdgeKind.NEEDS, "plan") == {f"ci:{PATH}:lint"}
    assert targets(graph, EdgeKind.NEEDS, "apply") == {f"ci:{PATH}:plan"}
    assert targets(graph, EdgeKind.RUNS, "plan") == targets(graph, EdgeKind.RUNS, "apply") == {"tf:infra:"}
    edge = next(graph.edges(EdgeKind.DEPLOYS_TO))
    assert (edge.target, edge.attributes["on_stop"]) == ("ci:environment:production", "destroy")
    assert jobs["plan"].source.line == 5
    assert jobs["apply"].attributes["when"] == "manual"
    assert not list(graph.problems())


def test_what_stands_in_other_files(graph_of: GraphOf) -> None:
    files = {
        PATH: """
            include:
              - local: /ci/jobs.yml
              - 'ci/more/*.yml'
              - project: acme/templates
                file: /deploy.yml
              - template: Terraform.gitlab-ci.yml
              - local: ci/none.yml
            child: {trigger: {include: services/a/.gitlab-ci.yml, strategy: depend}}
            other: {trigger: acme/downstream}
        """,
        "ci/jobs.yml": "one: {script: [make]}\n",
        "ci/more/x.yml": "two: {script: ['true']}\n",
        "services/a/.gitlab-ci.yml": "inner: {script: ['true']}\n",
    }
    graph = graph_of(files)
    jobs = {n.id: n.source.path for n in graph.nodes(NodeKind.CI_JOB)}
    assert jobs[f"ci:{PATH}:one"] == "ci/jobs.yml"
    assert f"ci:{PATH}:two" in jobs
    assert "ci:services/a/.gitlab-ci.yml:inner" in jobs
    assert targets(graph, EdgeKind.CALLS, "child") == {"ci:services/a/.gitlab-ci.yml"}
    assert targets(graph, EdgeKind.CALLS, "other") == {"external:workflow:acme/downstream"}
    assert targets(graph, EdgeKind.CALLS, "") == {
        "external:workflow:acme/templates:deploy.yml",
        "external:workflow:Terraform.gitlab-ci.yml",
    }
    assert [p.code for p in graph.problems()] == ["CI003"]


def test_triggers_come_out_of_rules(graph_of: GraphOf) -> None:
    text = """
        a: {script: [x], rules: [{if: $CI_PIPELINE_SOURCE == "schedule"}, {if: $CI_COMMIT_TAG, when: never}]}
        b: {script: [x], only: [merge_requests]}
        c: {script: [x], rules: [{if: '$CI_COMMIT_BRANCH == "main"'}]}
    """
    graph = graph_of({PATH: text})
    assert {t.type for t in graph.nodes(NodeKind.TRIGGER)} == {"schedule", "merge_request", "push"}


def test_a_matrix_names_environments_and_directories(graph_of: GraphOf) -> None:
    roots = {f"live/{s}/main.tf": 'resource "terraform_data" "x" {}\n' for s in ("dev", "prod", "old")}
    text = """
        ship:
          parallel: {matrix: [{STAGE: [dev, prod]}]}
          script: [terraform -chdir=live/$STAGE apply]
          environment: $STAGE
    """
    graph = graph_of(roots | {PATH: text})
    assert targets(graph, EdgeKind.RUNS, "ship") == {"tf:live/dev:", "tf:live/prod:"}
    assert targets(graph, EdgeKind.DEPLOYS_TO, "ship") == {"ci:environment:dev", "ci:environment:prod"}


def test_templates_that_extend_each_other_come_to_an_end(graph_of: GraphOf) -> None:
    graph = graph_of(
        {PATH: ".a: {extends: .b}\n.b: {extends: .a}\nx: {extends: .a, script: [!reference [.b, script]]}\n"}
    )
    assert [n.name for n in graph.nodes(NodeKind.CI_JOB)] == ["x"]


def test_keywords_are_no_jobs(graph_of: GraphOf) -> None:
    graph = graph_of(
        {PATH: "default: {image: x}\ncache: {paths: [a]}\nworkflow: {name: W, rules: [{if: $X}]}\nj: {script: a}\n"}
    )
    assert [n.name for n in graph.nodes(NodeKind.CI_JOB)] == ["j"]
    assert graph.node(f"ci:{PATH}").name == "W"


def test_a_pipeline_elsewhere_in_the_tree_is_none(graph_of: GraphOf) -> None:
    assert not list(graph_of({"docs/example/.gitlab-ci.yml": "j: {script: a}\n"}).nodes(NodeKind.CI_JOB))


def test_a_job_without_needs_waits_for_the_stage_before(graph_of: GraphOf) -> None:
    text = """
        stages: [check, empty, plan, apply]
        lint: {stage: check, script: [tflint]}
        test: {stage: check, script: [make]}
        plan: {stage: plan, script: [terraform -chdir=infra plan]}
        early: {stage: plan, needs: [], script: [make]}
        apply: {stage: apply, needs: [early], script: [terraform -chdir=infra apply]}
        first: {stage: .pre, script: [make]}
    """
    graph = graph_of(ROOT | {PATH: text})
    assert targets(graph, EdgeKind.NEEDS, "plan") == {f"ci:{PATH}:lint", f"ci:{PATH}:test"}
    assert targets(graph, EdgeKind.NEEDS, "lint") == {f"ci:{PATH}:first"}
    assert targets(graph, EdgeKind.NEEDS, "early") == set()
    assert targets(graph, EdgeKind.NEEDS, "apply") == {f"ci:{PATH}:early"}


def test_what_has_no_rules_is_started_by_a_push(graph_of: GraphOf) -> None:
    free = "lint: {script: [make]}\n"
    ruled = "lint: {script: [make], rules: [{if: $CI_PIPELINE_SOURCE == 'schedule'}]}\n"
    for text, events in (
        (free, {"push"}),
        (ruled, {"schedule"}),
        (f"workflow: {{rules: [{{when: always}}]}}\n{free}", set()),
    ):
        graph = graph_of({PATH: text})
        assert {n.type for n in graph.nodes(NodeKind.TRIGGER)} == events


def test_the_templates_and_wrappers_that_gitlab_ships(graph_of: GraphOf) -> None:
    text = """
        include: [{template: Terraform/Base.gitlab-ci.yml}]
        variables: {TF_ROOT: "${CI_PROJECT_DIR}/infra"}
        deploy: {extends: .terraform:deploy, environment: production}
        check: {extends: .terraform:validate}
        own: {script: [gitlab-tofu plan], variables: {TF_ROOT: other}}
    """
    graph = graph_of(ROOT | {PATH: text, "other/main.tf": 'resource "terraform_data" "x" {}\n'})
    assert targets(graph, EdgeKind.RUNS, "deploy") == {"tf:infra:"}
    assert targets(graph, EdgeKind.RUNS, "check") == set()
    assert targets(graph, EdgeKind.RUNS, "own") == {"tf:other:"}
    assert graph.node(f"ci:{PATH}:deploy").attributes["stage"] == "deploy"
    assert not list(graph.problems())
