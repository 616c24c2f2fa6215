"""Bad and hostile configurations: one clear problem with file and line, and everything else still drawn."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import configuration_cases
import pytest
from expression_scope import module_of, value_of

from archdoc.model.facts import NodeKind
from archdoc.model.graph import Graph

MOST_SECONDS = 15.0
"""Processor time for one of them, on a busy machine."""


def doubled(count: int, text: str, last: str) -> str:
    lines = "".join(f"  l{i} = {text.replace('NEXT', f'local.l{i + 1}')}\n" for i in range(count))
    return f"locals {{\n{lines}  l{count} = {last}\n}}\n"


FINE = 'resource "aws_d" "fine" { v = "${1 + 1}" }\n'
"""Stands in each of them, and must be drawn with its value."""

BAD: dict[str, tuple[dict[str, str], str, str, int]] = {
    "a cycle of locals": (
        {"main.tf": "locals {\n  a = local.b\n  b = local.c\n  c = local.a\n  d = local.a\n}\n"},
        "cycle: local.a → local.b → local.c → local.a", "main.tf", 4,
    ),
    "a cycle of modules": (
        {
            "main.tf": 'module "a" {\n  source = "./m"\n  v = module.b.v\n}\nmodule "b" {\n  source = "./m"\n  v = module.a.v\n}\n',
            "m/main.tf": 'variable "v" {}\noutput "v" { value = var.v }\n',
        },
        "module.a.var.v → module.b.output.v → module.b.var.v", "m/main.tf", 2,
    ),
    "a cycle of resources": (
        {"main.tf": 'resource "aws_a" "a" {\n  x = aws_b.b.id\n}\nresource "aws_b" "b" {\n  y = aws_a.a.id\n}\n'},
        "cycle: aws_a.a → aws_b.b → aws_a.a", "main.tf", 2,
    ),
    "arguments that need one another": (
        {"main.tf": 'resource "aws_a" "a" {\n  x = aws_b.b.y\n}\nresource "aws_b" "b" {\n  y = aws_a.a.x\n}\n'},
        "cycle: aws_a.a → aws_b.b → aws_a.a", "main.tf", 2,
    ),
    "a resource that refers to itself": (
        {"main.tf": 'resource "aws_a" "a" {\n  count = 3\n  x     = aws_a.a[0].id\n}\n'},
        "cycle: aws_a.a → aws_a.a", "main.tf", 3,
    ),
    "a resource that refers to itself through a local and a module": (
        {
            "main.tf": 'locals { l = aws_a.a.id }\nmodule "m" {\n  source = "./m"\n  v = local.l\n}\nresource "aws_a" "a" { x = module.m.v }\n',
            "m/main.tf": 'variable "v" {}\noutput "v" { value = var.v }\n',
        },
        "cycle: aws_a.a → aws_a.a", "main.tf", 6,
    ),
    "a file that a build makes": (
        {"main.tf": 'resource "aws_f" "f" {\n  name = "f"\n  hash = filebase64sha256("dist/f.zip")\n}\n'},
        'no file exists at "dist/f.zip" (if a build makes it', "main.tf", 3,
    ),
    "an unknown function": (
        {"main.tf": 'resource "aws_c" "c" {\n  count = 50\n  a = uper("x")\n}\n'},
        'there is no function named "uper" (and in 49 more', "main.tf", 3,
    ),
    "a wrong type of argument": (
        {"main.tf": 'resource "aws_c" "c" {\n  a = upper(["x"])\n}\n'}, "a string is required", "main.tf", 2,
    ),
    "a missing module directory": (
        {"main.tf": 'module "a" {\n  source = "./nope"\n}\nresource "aws_c" "c" { v = module.a.out }\n'},
        'there is no module in "nope"', "main.tf", 1,
    ),
    "a module outside of the repository": (
        {"main.tf": 'module "a" { source = "../../elsewhere" }\n'}, "leads out of the repository", "main.tf", 1,
    ),
    "a missing variable": (
        {"main.tf": 'variable "needed" {}\nresource "aws_c" "c" { v = var.needed }\n'},
        "var.needed: no value is given", "main.tf", 1,
    ),
    "an undeclared variable": (
        {"main.tf": 'resource "aws_c" "c" {\n  v = var.nope\n}\n'}, 'no variable named "nope"', "main.tf", 2,
    ),
    "a file outside of the repository": (
        {"main.tf": 'resource "aws_c" "c" {\n  v = try(file("../../etc/passwd"), "")\n}\n'},
        'file("../../etc/passwd") is outside of the repository', "main.tf", 2,
    ),
    "a file of the machine": (
        {"main.tf": 'locals { v = file("/etc/passwd") }\n'}, "is outside of the repository", "main.tf", 1,
    ),
    "a module that calls itself": (
        {"main.tf": 'module "a" { source = "./m" }\n', "m/main.tf": 'module "again" { source = "../m" }\n'},
        "the module calls itself (m)", "m/main.tf", 1,
    ),
    "a range without end": (
        {"main.tf": "locals {\n  l = range(1000000000)\n}\n"}, "more than 1024 values", "main.tf", 2,
    ),
    "a count without end": (
        {"main.tf": 'resource "aws_c" "c" {\n  count = 1000000000\n}\n'}, "1,000,000,000 elements", "main.tf", 2,
    ),
    "a template that grows": (
        {"main.tf": doubled(40, '"${NEXT}${NEXT}${NEXT}${NEXT}"', '"xxxxxxxx"')}, "characters", "main.tf", 0,
    ),
    "lists that grow": ({"main.tf": doubled(40, "concat(NEXT, NEXT, NEXT)", '["x"]')}, "elements", "main.tf", 0),
    "a text made of very many": (
        {"main.tf": f'locals {{ l = join("", [for i in range(1000) : join("", [for j in range(1000) : "{"x" * 40}"])]) }}\n'},
        "evaluation steps", "main.tf", 1,
    ),
    "an interpolation of nothing": (
        {"broken.tf": 'locals {\n  x = "${}"\n}\n', "main.tf": ""}, "an expression is missing", "broken.tf", 2,
    ),
    "an interpolation of nothing in a heredoc": (
        {"broken.tf": "locals {\n  x = <<-EOT\n    ${ }\n  EOT\n}\n", "main.tf": ""}, "an expression is missing", "broken.tf", 3,
    ),
    "a number that is none": ({"n.tf": "locals {\n  é = 11e9.5\n}\n", "main.tf": ""}, "not valid HCL", "n.tf", 2),
    "an escape of templates outside of them": (
        {"broken.tf": "locals {\n  a = 1\n  b = $${ c = 1 }\n}\n", "main.tf": ""}, "not valid HCL", "broken.tf", 3,
    ),
    "a number of too many digits": ({"main.tf": 'locals { v = "${1e5000}" }\n'}, "a huge exponent", "main.tf", 1),
    "a number that grows": ({"main.tf": "locals { v = 1e3000 * 1e3000 }\n"}, "more than 4,000 digits", "main.tf", 1),
    "the logarithm of a number that is too large": (
        {"main.tf": "locals { v = log(1e400, 10) }\n"}, "no finite logarithm", "main.tf", 1,
    ),
    "a value of too many digits": (
        {"main.tf": 'variable "v" {}\n', "terraform.tfvars.json": '{"v": 1e5000}'}, "terraform.tfvars.json:1", "main.tf", 1,
    ),
    "a value nested very deeply": (
        {"main.tf": "", "terraform.tfvars.json": f'{{"v": {"[" * 9999}{"]" * 9999}}}'},
        "nested more than 200 levels", "terraform.tfvars.json", 1,
    ),
    "a list as the file of variable values": (
        {"x.auto.tfvars.json": "[1]", "main.tf": ""}, "an object of values is required", "x.auto.tfvars.json", 1,
    ),
    "a syntax error": (
        {"broken.tf": 'variable "v" { default = 1 }\nlocals {\n  x = [1, 2\n}\n', "main.tf": ""}, "not valid HCL", "broken.tf", 4,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_it_is_one_clear_problem_and_the_rest_is_drawn(name: str, tmp_path: Path) -> None:
    files, message, path, line = BAD[name]
    configuration_cases.write(files | {"main.tf": files["main.tf"] + FINE}, tmp_path)
    graph = within_time(lambda: configuration_cases.graph_of(tmp_path))
    problems = graph.problems()
    assert len(problems) == 1, problems
    assert message in problems[0].message
    assert problems[0].source.path == path
    assert line in (0, problems[0].source.line)
    assert graph.node("tf:.:aws_d.fine").attributes["values"] == {"v": 2}


@pytest.mark.parametrize(
    "text",
    [
        f'locals {{ r = regexall("(a+)+$", "{"a" * 5000}b") }}\n',
        f'locals {{ r = replace("{"a" * 5000}b", "/(a|aa)+$/", "") }}\n',
        'locals { r = regexall("((a{1,1000}){1,1000}){1,1000}", "a") }\n',
        'locals { r = format("%1000000000d", 5) }\n',
        "locals { r = pow(10, 10000000) }\n",
        "locals { r = 1e999999999 }\n",
        "locals { r = setproduct(range(1000), range(1000), range(1000)) }\n",
        "locals { r = [for i in range(1000) : [for j in range(1000) : [for k in range(100) : i * j]]] }\n",
        f"locals {{ y = {'[' * 3000}{']' * 3000} }}\n",
        doubled(1500, "NEXT", "1"),
        doubled(60, "[NEXT, NEXT]", '["x"]'),
        doubled(60, "{ a = NEXT, b = NEXT }", "1") + "locals { all = jsonencode(local.l0) }\n",
    ],
    ids=[
        "backtracking",
        "alternation",
        "repetition",
        "width",
        "power",
        "exponent",
        "product",
        "loops",
        "nesting",
        "chain",
        "lists in lists",
        "objects in objects",
    ],
)
def test_time_and_memory_are_bounded(text: str, tmp_path: Path) -> None:
    configuration_cases.write({"main.tf": FINE, "other.tf": text}, tmp_path)
    graph = within_time(lambda: configuration_cases.graph_of(tmp_path))
    assert graph.node("tf:.:aws_d.fine").attributes["values"] == {"v": 2}
    assert len(graph.problems()) <= 3


def test_instances_are_not_too_dear_because_one_expression_asks_for_all_of_them(tmp_path: Path) -> None:
    text = """
    resource "aws_a" "a" {
      for_each = toset([for i in range(50) : tostring(i)])
      v        = upper("${each.key}-${each.key}")
    }
    """
    module = module_of({"main.tf": text}, tmp_path)
    module.budget.steps = 300
    value = value_of('join(",", [for a in aws_a.a : a.v if a.v == "7-7"])', module)
    assert value.raw == "7-7"


def test_modules_that_multiply_at_each_level_come_to_an_end(tmp_path: Path) -> None:
    call = (
        'module "a" {\n  source   = "../mNEXT"\n  for_each = toset(["x", "y"])\n}\nmodule "b" { source = "../mNEXT" }\n'
    )
    levels = {f"m{i}/main.tf": FINE + call.replace("NEXT", str(i + 1)) for i in range(1, 17)}
    files = levels | {
        "m0/main.tf": call.replace("NEXT", "1") + 'module "z" { source = "../z" }\n',
        "m17/main.tf": FINE,
        "z/main.tf": FINE,
    }
    configuration_cases.write(files, tmp_path)
    root = configuration_cases.module_of(tmp_path, "m0")
    root.budget.nodes = 100
    modules = {m.path: m for m in root.descendants()}  # three to the power of 16, if nothing counts them
    assert len(modules) < 10_000
    assert modules["module.z"].expanded("aws_d.fine").instances
    assert {p.code for p in root.settings.problems} == {"TF036"}
    assert len(root.settings.problems) == len({p.source for p in root.settings.problems})


def test_a_condition_and_a_provisioner_may_refer_to_their_block(tmp_path: Path) -> None:
    text = """
    resource "aws_a" "a" {
      size = 1
      provisioner "local-exec" { command = "echo ${self.id}" }
      lifecycle {
        ignore_changes = [size]
        postcondition {
          condition     = self.size == 1 && aws_a.a.size == 1
          error_message = "no"
        }
      }
    }
    """
    configuration_cases.write({"main.tf": text}, tmp_path)
    assert configuration_cases.problems_of(tmp_path) == []


def test_a_type_that_no_file_can_be_called_by_ends_no_run(tmp_path: Path) -> None:
    names = ("te\x00st_a", f"{'x' * 300}_a", "../x_a")
    text = "".join(f'resource "{name}" "a" {{}}\n' for name in names)
    configuration_cases.write({"main.tf": FINE, "other.tf": text}, tmp_path)
    assert configuration_cases.graph_of(tmp_path).node("tf:.:aws_d.fine").attributes["values"] == {"v": 2}


def test_sets_of_different_kinds_end_no_run(tmp_path: Path) -> None:
    """Terraform's own core panics here."""
    text = 'output "o" { value = setunion([null], [[]], [1, 2]) }\n'
    configuration_cases.write({"main.tf": FINE + text}, tmp_path)
    assert configuration_cases.graph_of(tmp_path).node("tf:.:aws_d.fine").attributes["values"] == {"v": 2}


def test_a_file_of_80_megabytes_is_not_read(tmp_path: Path) -> None:
    configuration_cases.write({"main.tf": FINE}, tmp_path)
    with (tmp_path / "large.tf").open("wb") as large:
        large.truncate(80 * 1024 * 1024)
    graph = configuration_cases.graph_of(tmp_path)
    (problem,) = graph.problems()
    assert problem.source.path == "large.tf"
    assert "aws_d.fine" in {n.address for n in graph.nodes(NodeKind.RESOURCE)}


def within_time(read: Callable[[], Graph]) -> Graph:
    began = time.process_time()
    graph = read()
    assert time.process_time() - began < MOST_SECONDS
    return graph
