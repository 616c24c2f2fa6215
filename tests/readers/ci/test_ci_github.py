"""GitHub Actions: what starts a workflow, what its jobs need, where they deploy, and what they run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from archdoc import api
from archdoc.config import load_config
from archdoc.model.facts import EdgeKind, NodeKind, Provenance
from archdoc.model.graph import Graph
from archdoc.readers.ci.expressions import matrix_rows

GraphOf = Callable[[dict[str, str]], Graph]
PATH = ".github/workflows/deploy.yml"
ROOT = {"infra/main.tf": 'resource "terraform_data" "x" {}\n'}
PLAYBOOK = {
    "ansible/site.yml": "- hosts: all\n  tasks:\n    - ansible.builtin.ping:\n",
    "ansible/inventory.ini": "[web]\nweb-1\n",
}


def job(steps: str, more: str = "") -> dict[str, str]:
    indented = "".join(f"      {line}\n" for line in steps.strip("\n").split("\n"))
    return {PATH: f"on: push\njobs:\n  go:\n    runs-on: x\n{more}    steps:\n{indented}"}


def targets(graph: Graph, kind: EdgeKind, source: str = f"ci:{PATH}:go") -> set[str]:
    return {e.target for e in graph.edges_from(source, kind)}


RUNS_ROOT = {
    "working-directory of the step": "- run: terraform apply\n  working-directory: infra",
    "cd": "- run: cd infra && terraform apply -auto-approve",
    "chdir": "- run: terraform -chdir=infra plan",
    "tofu": "- run: tofu -chdir=infra apply",
    "terragrunt": "- run: terragrunt apply --terragrunt-working-dir infra",
    "a variable of the step": "- run: terraform -chdir=$WHERE apply\n  env:\n    WHERE: infra",
    "an expression of the environment": "- run: terraform -chdir=${{ env.WHERE }} apply\n  env: {WHERE: infra}",
    "lines that go on": "- run: |\n    cd infra\n    terraform \\\n      apply",
    "the checkout's own path": '- run: cd "$GITHUB_WORKSPACE/infra" && terraform apply',
    "inside a condition": "- run: if terraform -chdir=infra plan; then echo ok; fi",
    "an action": "- uses: dflook/terraform-apply@v2\n  with:\n    path: infra",
    "a wrapper with a word of its own": "- run: timeout -k 5 600 terraform -chdir=infra apply",
    "back from another directory": "- run: cd infra && cd /tmp >/dev/null && cd - >/dev/null && terraform apply",
    "a shell's text": "- run: bash -c 'cd infra && terraform apply'",
    "a variable of a function": "- run: |\n    local where=infra\n    terraform -chdir=$where apply",
    "a loop over words": "- run: for d in other infra; do terraform -chdir=$d apply; done",
    "a loop over directories": '- run: |\n    for d in in*/; do\n      (cd "$d" && terraform apply)\n    done',
    "a wrapper": "- run: aws-vault exec prod -- terraform -chdir=infra apply",
}


@pytest.mark.parametrize("steps", RUNS_ROOT.values(), ids=RUNS_ROOT)
def test_a_job_runs_the_root_of_its_directory(graph_of: GraphOf, steps: str) -> None:
    assert targets(graph_of(ROOT | job(steps)), EdgeKind.RUNS) == {"tf:infra:"}


RUNS_NOTHING = {
    "a check of the format": "- run: terraform -chdir=infra fmt -check",
    "a validation": "- run: terraform -chdir=infra validate",
    "the preparation": "- run: terraform -chdir=infra init",
    "another directory": "- run: terraform apply",
    "a question whether it is there": "- run: cd infra && command -v terraform",
    "what follows a shell of its own": "- run: |\n    (cd infra && true)\n    terraform apply",
    "a loop over what is not known": "- run: for d in $(ls); do terraform -chdir=$d apply; done",
    "what follows a loop": "- run: for d in infra; do (cd $d; true); done; terraform apply",
    "a comment": "- run: '# terraform -chdir=infra apply'",
    "words of an echo": "- run: echo terraform -chdir=infra apply",
    "a here-document": "- run: |\n    cat <<EOF > x\n    terraform -chdir=infra apply\n    EOF",
    "the setup alone": "- uses: hashicorp/setup-terraform@v3",
}


@pytest.mark.parametrize("steps", RUNS_NOTHING.values(), ids=RUNS_NOTHING)
def test_looking_at_code_is_no_run(graph_of: GraphOf, steps: str) -> None:
    assert targets(graph_of(ROOT | job(steps)), EdgeKind.RUNS) == set()


def test_a_preview_and_a_change_are_told_apart(graph_of: GraphOf) -> None:
    graph = graph_of(ROOT | job("- run: terraform -chdir=infra plan\n- run: terraform -chdir=infra apply"))
    does = {(e.attributes["command"], e.attributes["does"]) for e in graph.edges(EdgeKind.RUNS)}
    assert does == {("terraform plan", "preview"), ("terraform apply", "change")}


def test_the_default_directory_of_job_and_workflow(graph_of: GraphOf) -> None:
    of_job = job("- run: terraform plan", "    defaults:\n      run:\n        working-directory: ./infra\n")
    assert targets(graph_of(ROOT | of_job), EdgeKind.RUNS) == {"tf:infra:"}


RUNS_PLAYBOOK = {
    "plain": "- run: ansible-playbook -i ansible/inventory.ini ansible/site.yml",
    "in a directory": "- run: cd ansible && ansible-playbook -i inventory.ini --limit web site.yml",
    "uv": "- run: uv run ansible-playbook ansible/site.yml",
    "an action": "- uses: dawidd6/action-ansible-playbook@v3\n  with:\n    playbook: site.yml\n    directory: ansible",
}


@pytest.mark.parametrize("steps", RUNS_PLAYBOOK.values(), ids=RUNS_PLAYBOOK)
def test_a_job_runs_a_playbook(graph_of: GraphOf, steps: str) -> None:
    graph = graph_of(PLAYBOOK | job(steps))
    assert {graph.node(t).source.path for t in targets(graph, EdgeKind.RUNS)} == {"ansible/site.yml"}


LOOKS_ONLY = ("--syntax-check", "--list-tasks", "-i hosts --list-hosts", "--version")


@pytest.mark.parametrize("options", LOOKS_ONLY)
def test_a_job_that_only_looks_at_a_playbook_does_not_run_it(graph_of: GraphOf, options: str) -> None:
    graph = graph_of(PLAYBOOK | job(f"- run: ansible-playbook {options} ansible/site.yml"))
    assert targets(graph, EdgeKind.RUNS) == set()


def test_a_dry_run_of_a_playbook_is_a_preview(graph_of: GraphOf) -> None:
    graph = graph_of(PLAYBOOK | job("- run: ansible-playbook --check --diff ansible/site.yml"))
    assert [e.attributes["does"] for e in graph.edges(EdgeKind.RUNS)] == ["preview"]


def test_an_action_is_the_tool_that_it_runs(graph_of: GraphOf) -> None:
    uses = ("github/codeql-action/analyze@v3", "anchore/scan-action@v7", "super-linter/super-linter@v8")
    graph = graph_of(job("\n".join(f"- uses: {name}" for name in uses)))
    runs: Any = next(iter(graph.nodes(NodeKind.CI_JOB))).attributes["runs"]
    assert [(run["tool"], run["does"]) for run in runs] == [
        ("codeql", "check"),
        ("grype", "check"),
        ("super-linter", "check"),
    ]


def test_an_alias_runs_nothing(graph_of: GraphOf) -> None:
    steps = """- run: |
          alias tofu="`which tofu` -chdir=infra"
          alias plan='terraform -chdir=infra plan'"""
    graph = graph_of(ROOT | job(steps))
    assert [n.attributes.get("runs", []) for n in graph.nodes(NodeKind.CI_JOB)] == [[]]


def test_a_script_of_the_repository_is_followed(graph_of: GraphOf) -> None:
    script = {"scripts/deploy.sh": "#!/usr/bin/env bash\nset -e\ncd infra\nterraform apply\n"}
    graph = graph_of(ROOT | script | job("- run: ./scripts/deploy.sh production"))
    edge = next(graph.edges(EdgeKind.RUNS))
    assert (edge.target, edge.attributes["through"], edge.evidence[0].line) == ("tf:infra:", ["scripts/deploy.sh"], 6)


def test_a_target_of_the_makefile_is_followed_with_what_it_needs(graph_of: GraphOf) -> None:
    makefile = {
        "Makefile": "TF := terraform\nall: check\ncheck:\n\ttrue\nship: plan\nplan:\n\t@cd infra && $(TF) plan\n"
    }
    assert targets(graph_of(ROOT | makefile | job("- run: make ship")), EdgeKind.RUNS) == {"tf:infra:"}
    assert targets(graph_of(ROOT | makefile | job("- run: make check")), EdgeKind.RUNS) == set()


def test_a_composite_action_of_the_repository_is_followed(graph_of: GraphOf) -> None:
    action = """
        inputs:
          dir: {default: nowhere}
        runs:
          using: composite
          steps:
            - run: terraform apply
              shell: bash
              working-directory: ${{ inputs.dir }}
    """
    graph = graph_of(
        ROOT | {".github/actions/tf/action.yml": action} | job("- uses: ./.github/actions/tf\n  with: {dir: infra}")
    )
    assert targets(graph, EdgeKind.RUNS) == {"tf:infra:"}


def test_scripts_that_call_each_other_come_to_an_end(graph_of: GraphOf) -> None:
    scripts = {"a.sh": "bash b.sh\n", "b.sh": "bash a.sh\ncd infra && terraform apply\n"}
    assert targets(graph_of(ROOT | scripts | job("- run: bash a.sh")), EdgeKind.RUNS) == {"tf:infra:"}


def test_environments_of_every_form(graph_of: GraphOf) -> None:
    text = """
        on: push
        jobs:
          plain: {runs-on: x, environment: staging}
          mapped:
            runs-on: x
            needs: plain
            environment:
              name: production
              url: https://example.org
          many:
            runs-on: x
            needs: [plain, mapped]
            strategy:
              matrix:
                stage: [alpha, beta]
                include: [{stage: gamma}]
                exclude: [{stage: beta}]
            environment: ${{ matrix.stage }}
          either:
            runs-on: x
            environment: ${{ github.ref == 'refs/heads/main' && 'production' || 'staging' }}
    """
    graph = graph_of({PATH: text})
    found = {
        (e.source.rsplit(":", 1)[1], graph.node(e.target).name, e.provenance) for e in graph.edges(EdgeKind.DEPLOYS_TO)
    }
    assert found == {
        ("plain", "staging", Provenance.DECLARED),
        ("mapped", "production", Provenance.DECLARED),
        ("many", "alpha", Provenance.DERIVED),
        ("many", "gamma", Provenance.DERIVED),
        ("either", "production", Provenance.INFERRED),
        ("either", "staging", Provenance.INFERRED),
    }
    needs = {(e.source.rsplit(":", 1)[1], e.target.rsplit(":", 1)[1]) for e in graph.edges(EdgeKind.NEEDS)}
    assert needs == {("mapped", "plain"), ("many", "plain"), ("many", "mapped")}


def test_a_matrix_chooses_the_directory(graph_of: GraphOf) -> None:
    roots = {f"live/{name}/main.tf": 'resource "terraform_data" "x" {}\n' for name in ("a", "b", "c")}
    steps = job(
        "- run: terraform plan\n  working-directory: live/${{ matrix.root }}",
        "    strategy: {matrix: {root: [a, b]}}\n",
    )
    assert targets(graph_of(roots | steps), EdgeKind.RUNS) == {"tf:live/a:", "tf:live/b:"}


def test_reusable_workflows_are_called_with_their_inputs(graph_of: GraphOf) -> None:
    files = {
        PATH: """
            on: push
            jobs:
              here: {uses: ./.github/workflows/reuse.yml, with: {stage: production}}
              there: {uses: acme/shared/.github/workflows/x.yml@v1}
              lost: {uses: ./.github/workflows/none.yml}
        """,
        ".github/workflows/reuse.yml": """
            on:
              workflow_call:
                inputs: {stage: {type: string}}
            jobs:
              go: {runs-on: x, environment: '${{ inputs.stage }}'}
        """,
    }
    graph = graph_of(files)
    calls = {(e.source.rsplit(":", 1)[1], e.target) for e in graph.edges(EdgeKind.CALLS)}
    assert calls == {
        ("here", "ci:.github/workflows/reuse.yml"),
        ("there", "external:workflow:acme/shared/.github/workflows/x.yml"),
    }
    assert targets(graph, EdgeKind.DEPLOYS_TO, "ci:.github/workflows/reuse.yml:go") == {"ci:environment:production"}
    assert [p.code for p in graph.problems()] == ["CI003"]


def test_each_call_of_a_reusable_workflow_runs_what_its_own_inputs_say(graph_of: GraphOf) -> None:
    files = {
        PATH: """
            on: push
            jobs:
              dns: {uses: ./.github/workflows/apply.yml, with: {dir: live/dns}}
              web: {uses: ./.github/workflows/apply.yml, with: {dir: './live/web', verb: plan}}
              each:
                strategy: {matrix: {dir: [live/a, live/b]}}
                uses: ./.github/workflows/apply.yml
                with: {dir: '${{ matrix.dir }}'}
        """,
        ".github/workflows/apply.yml": """
            on:
              workflow_call:
                inputs: {dir: {type: string}, verb: {type: string, default: apply}}
            jobs:
              go:
                runs-on: x
                environment: production
                defaults: {run: {working-directory: '${{ inputs.dir }}'}}
                steps:
                  - run: terraform ${{ inputs.verb }}
                  - {run: terraform plan, working-directory: live/all}
        """,
        **{f"live/{name}/main.tf": 'terraform { backend "s3" {} }' for name in ("dns", "web", "a", "b", "all")},
    }
    graph = graph_of(files)
    runs = {(e.source.rsplit(":", 1)[1], e.target, e.attributes["command"]) for e in graph.edges(EdgeKind.RUNS)}
    assert runs == {
        ("dns", "tf:live/dns:", "terraform apply"),
        ("web", "tf:live/web:", "terraform plan"),
        ("each", "tf:live/a:", "terraform apply"),
        ("each", "tf:live/b:", "terraform apply"),
        ("go", "tf:live/all:", "terraform plan"),
    }
    assert {e.evidence[0].path for e in graph.edges(EdgeKind.RUNS)} == {".github/workflows/apply.yml"}


@pytest.mark.parametrize("said_by", ["the git remote", "the configuration"])
def test_a_workflow_that_is_called_by_the_name_of_the_repository_is_the_one_here(tmp_path: Path, said_by: str) -> None:
    files = {
        PATH: """
            on: push
            jobs:
              own: {uses: Acme/infra/.github/workflows/reuse.yml@v1, with: {stage: production}}
              gone: {uses: acme/infra/.github/workflows/old.yml@v1}
              other: {uses: acme/infra-other/.github/workflows/reuse.yml@v1}
        """,
        ".github/workflows/reuse.yml": """
            on: {workflow_call: {inputs: {stage: {type: string}}}}
            jobs: {go: {runs-on: x, environment: '${{ inputs.stage }}'}}
        """,
    }
    if said_by == "the configuration":
        files["archdoc.toml"] = 'repository = "acme/infra"\n'
    else:
        files[".git/config"] = '[remote "origin"]\n\turl = git@github.com:acme/infra.git\n'
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    graph = api.load_graph(tmp_path, load_config(tmp_path))
    assert {(e.source.rsplit(":", 1)[1], e.target) for e in graph.edges(EdgeKind.CALLS)} == {
        ("own", "ci:.github/workflows/reuse.yml"),
        ("gone", "external:workflow:acme/infra/.github/workflows/old.yml"),
        ("other", "external:workflow:acme/infra-other/.github/workflows/reuse.yml"),
    }
    assert targets(graph, EdgeKind.DEPLOYS_TO, "ci:.github/workflows/reuse.yml:go") == {"ci:environment:production"}
    assert [p.code for p in graph.problems()] == []


def test_triggers_with_their_filters(graph_of: GraphOf) -> None:
    files = {
        PATH: """
            name: Deploy
            on:
              push: {branches: [main], paths: ['infra/**']}
              pull_request:
              schedule: [{cron: '0 3 * * *'}]
              workflow_dispatch: {inputs: {stage: {type: choice, options: [a, b]}}}
            jobs: {}
        """,
        ".github/workflows/after.yml": "on:\n  workflow_run: {workflows: [Deploy], types: [completed]}\njobs: {}\n",
    }
    graph = graph_of(files)
    triggers = {t.type: t for t in graph.nodes(NodeKind.TRIGGER)}
    assert triggers["push"].attributes["branches"] == ["main"]
    assert triggers["push"].attributes["paths"] == ["infra/**"]
    assert triggers["schedule"].attributes["cron"] == ["0 3 * * *"]
    assert triggers["workflow_dispatch"].attributes["inputs"] == ["stage"]
    assert triggers["push"].source.line == 3
    assert targets(graph, EdgeKind.TRIGGERS, f"ci:{PATH}") == {"ci:.github/workflows/after.yml:on:workflow_run"}


def test_gitea_has_the_same_syntax(graph_of: GraphOf) -> None:
    graph = graph_of(
        ROOT | {".gitea/workflows/x.yaml": "on: push\njobs:\n  a: {steps: [{run: terraform -chdir=infra apply}]}\n"}
    )
    assert targets(graph, EdgeKind.RUNS, "ci:.gitea/workflows/x.yaml:a") == {"tf:infra:"}


def test_a_job_that_is_not_there_and_a_broken_file_are_problems(graph_of: GraphOf) -> None:
    graph = graph_of(
        {
            PATH: "on: push\njobs:\n  a: {needs: b}\n",
            ".github/workflows/bad.yml": "on: [\n",
            ".github/workflows/list.yml": "- 1\n",
        }
    )
    assert sorted((p.code, p.source.path) for p in graph.problems() if p.source) == [
        ("CI001", ".github/workflows/list.yml"),
        ("CI002", PATH),
        ("YML001", ".github/workflows/bad.yml"),
    ]


def test_credentials_of_arguments_do_not_leave(graph_of: GraphOf) -> None:
    steps = "- run: terraform -chdir=infra apply -var db_password=hunter2canary\n- run: helm upgrade x --password swordfishcanary y\n- run: ansible-playbook x.yml -e token=$T\n  env: {API_TOKEN: othercanary, T: x}"
    text = str([n.attributes for n in graph_of(ROOT | job(steps)).nodes()])
    assert "canary" not in text


@pytest.mark.parametrize(
    ("matrix", "rows"),
    [
        ({"a": [1, 2], "b": ["x"]}, [{"a": 1, "b": "x"}, {"a": 2, "b": "x"}]),
        ({"a": [1, 2], "exclude": [{"a": 1}]}, [{"a": 2}]),
        ({"a": [1], "include": [{"a": 1, "c": 3}, {"a": 5}]}, [{"a": 1, "c": 3}, {"a": 5}]),
        ({"include": [{"a": 1}, {"a": 2}]}, [{"a": 1}, {"a": 2}]),
        ("${{ fromJSON(needs.x.outputs.y) }}", []),
    ],
)
def test_matrices_expand_as_documented(matrix: object, rows: list[dict[str, object]]) -> None:
    assert matrix_rows(matrix) == rows


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Unit tests", "Unit tests"),
        ("Test ${{ matrix.os }}", "Test ${{ matrix.os }}"),
        ("${{ matrix.os == 'arm' && 'unit tests (arm)' || 'unit tests' }}", "go"),
        ("${{ format('tests {0}', matrix.os) }}", "go"),
    ],
)
def test_a_job_whose_name_is_calculated_is_called_by_its_key(graph_of: GraphOf, written: str, title: str) -> None:
    graph = graph_of(job("- run: 'true'", f'    name: "{written}"\n'))
    assert graph.node(f"ci:{PATH}:go").attributes["title"] == title
