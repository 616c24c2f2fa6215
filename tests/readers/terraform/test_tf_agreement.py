"""archdoc's values against Terraform's own, asked at test time."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable
from pathlib import Path

import expression_cases
import expression_scope
import oracle
import pytest

from archdoc.catalog import load_catalog
from archdoc.config import Config
from archdoc.model.facts import NodeKind
from archdoc.readers import terraform
from archdoc.readers.files import Repository

EXPRESSIONS = [
    line
    for line in (Path(__file__).parent / "cases/expressions.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.fixture(scope="module")
def agreement(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[oracle.Answer, oracle.Answer]]:
    """What archdoc and Terraform say of each expression."""
    main = str(expression_cases.FILES["main.tf"])
    theirs = oracle.ask(EXPRESSIONS, main, {k: v for k, v in expression_cases.FILES.items() if k != "main.tf"})
    module = expression_scope.module_of(expression_cases.FILES, tmp_path_factory.mktemp("expressions"))
    ours = expression_scope.answers(EXPRESSIONS, module)
    return dict(zip(EXPRESSIONS, zip(ours, theirs, strict=True), strict=True))


def test_archdoc_evaluates_as_terraform_does(agreement: dict[str, tuple[oracle.Answer, oracle.Answer]]) -> None:
    differing = {text for text, (ours, theirs) in agreement.items() if ours != theirs}
    assert {text: agreement[text] for text in differing - set(expression_cases.EXCEPTIONS)} == {}
    assert len(agreement) - len(differing) >= 0.99 * len(agreement)


def test_an_exception_that_agrees_is_none(agreement: dict[str, tuple[oracle.Answer, oracle.Answer]]) -> None:
    assert {text for text in expression_cases.EXCEPTIONS if agreement[text][0] == agreement[text][1]} == set()


CONFIGURATIONS: dict[str, dict[str, str]] = {
    "count": {
        "main.tf": """
            variable "n" { default = 2 }
            resource "terraform_data" "a" {
              count = var.n
              input = "item-${count.index}"
            }
            output "all" { value = terraform_data.a[*].input }
            """
    },
    "count of zero": {
        "main.tf": """
            resource "terraform_data" "a" { count = 0 }
            output "n" { value = length(terraform_data.a) }
            """
    },
    "for_each over YAML": {
        "hosts.yml": "web: {ip: 10.0.0.1, live: true}\ndb: {ip: 10.0.0.2, live: false}\n",
        "main.tf": """
            locals {
              hosts = yamldecode(file("${path.module}/hosts.yml"))
              on    = { for name, host in local.hosts : name => host if host.live }
            }
            resource "terraform_data" "host" {
              for_each = local.on
              input    = "${each.key}=${each.value.ip}"
            }
            output "hosts" { value = { for k, h in terraform_data.host : k => h.input } }
            """,
    },
    "for_each over a set": {
        "main.tf": """
            resource "terraform_data" "a" {
              for_each = toset(["x", "y", "x"])
              input    = each.value
            }
            """
    },
    "modules in modules with count": {
        "main.tf": """
            module "outer" {
              source = "./outer"
              count  = 2
              name   = "o${count.index}"
            }
            output "names" { value = module.outer[*].names }
            """,
        "outer/main.tf": """
            variable "name" { type = string }
            module "inner" {
              source   = "../inner"
              for_each = toset(["a", "b"])
              name     = "${var.name}-${each.key}"
            }
            output "names" { value = [for m in module.inner : m.name] }
            """,
        "inner/main.tf": """
            variable "name" {}
            resource "terraform_data" "it" { input = var.name }
            output "name" { value = terraform_data.it.input }
            """,
    },
    "optional attributes with defaults": {
        "main.tf": """
            variable "servers" {
              type = map(object({ size = optional(string, "small"), disks = optional(list(number), [10]) }))
              default = { a = {}, b = { size = "big", disks = [1, 2] } }
            }
            resource "terraform_data" "s" {
              for_each = var.servers
              input    = "${each.value.size}:${join(",", each.value.disks)}"
            }
            """
    },
    "variable files and their order": {
        "main.tf": """
            variable "a" {}
            variable "b" {}
            output "both" { value = "${var.a}${var.b}" }
            """,
        "terraform.tfvars": 'a = "1"\nb = "1"\n',
        "z.auto.tfvars": 'b = "2"\n',
    },
    "override files": {
        "main.tf": 'resource "terraform_data" "a" {\n  count = 1\n  input = "main"\n}\n',
        "main_override.tf": 'resource "terraform_data" "a" {\n  count = 2\n}\n',
    },
    "JSON syntax": {
        "main.tf.json": '{"resource": {"terraform_data": {"a": {"for_each": "${toset([\\"x\\"])}", "input": "v-${each.key}"}}}}',
    },
    "dependencies through locals": {
        "main.tf": """
            resource "terraform_data" "a" { input = "x" }
            locals { it = terraform_data.a.output }
            resource "terraform_data" "b" { input = local.it }
            """
    },
    "keys with odd characters": {
        "main.tf": """
            resource "terraform_data" "a" {
              for_each = { "a b" = 1, "q\\"q" = 2, "$${x}" = 3 }
              input    = each.value
            }
            """
    },
    "templates": {
        "t.tftpl": "%{ for n in names ~}\n- ${n}\n%{ endfor ~}\n",
        "main.tf": 'output "t" { value = templatefile("${path.module}/t.tftpl", { names = ["a", "b"] }) }\n',
    },
}


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_a_configuration_has_the_instances_and_outputs_that_terraform_plans(
    name: str, write: Callable[[dict[str, str]], Path]
) -> None:
    files = {path: textwrap.dedent(text).lstrip("\n") for path, text in CONFIGURATIONS[name].items()}
    planned = oracle.plan(dict(files))
    assert not planned.errors
    graph = terraform.read(Repository(write(files)), Config(cache=False), load_catalog()).graph
    live = [n for n in graph.nodes(NodeKind.RESOURCE) if not n.attributes.get("disabled")]
    assert sorted(n.address for n in live) == sorted(planned.resources)
    for node in live:
        values = node.attributes["values"]
        theirs = planned.resources[node.address].get("input")
        if isinstance(values, dict) and "input" in values:
            assert str(values["input"]) == str(theirs)
    for output in graph.nodes(NodeKind.OUTPUT):
        if output.address.startswith("output.") and "value" in output.attributes:
            ours = json.loads(json.dumps(output.attributes["value"]), parse_int=str, parse_float=str)
            assert ours == json.loads(json.dumps(planned.outputs[output.name].value))
