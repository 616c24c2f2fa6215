"""archdoc's values against Terraform's own, asked at test time."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable
from pathlib import Path

import expression_scope
import oracle
import pytest

from archdoc.catalog import load_catalog
from archdoc.config import Config
from archdoc.model.facts import NodeKind
from archdoc.readers import terraform
from archdoc.readers.files import Repository

EXPRESSIONS = """
1 + 2 * 3
7 / 2
-7 % 3
0.1 + 0.2
1 / 3
"5" + 1
!true || false && true
1 == 1.0
"1" == 1
null == null
[1, 2] == [1, 2]
{a = 1} == {a = 1}
true ? "a" : 1
false ? [1] : [2, 3]
true ? null : 5
1 < 2 ? {a = 1} : {a = 2}
"a${1}b${true}"
"%{ if true }yes%{ else }no%{ endif }"
"%{ for i in [1, 2] }<${i}>%{ endfor }"
"x\\ty\\"z"
[for i, v in ["a", "b"] : "${i}${v}"]
{for k, v in {a = 1, b = 2} : upper(k) => v * 2}
{for v in ["a", "b", "a"] : v => 1...}
[for v in [1, 2, 3, 4] : v if v % 2 == 0]
[{a = 1}, {a = 2}][*].a
null[*]
"x"[*]
[[1, 2], [3]][1][0]
{a = {b = [5]}}.a.b[0]
{a = 1}["b"]
[1, 2][5]
"a".b
1 + "x"
null + 1
"${null}"
true ? [1] : "a"
length("héllo")
length([1, 2, 3])
length({a = 1})
abs(-3.5)
ceil(1.2)
floor(-1.2)
max(1, 5, 3)
min(1, 5, 3)
pow(2, 10)
log(8, 2)
signum(-4)
parseint("ff", 16)
parseint("zz", 10)
chomp("a\\n\\n")
format("%05.2f|%s|%q|%-4d|%v", 3.14159, "x", "y", 4, true)
format("%d", 1.5)
format("%s")
formatlist("%s-%d", ["a", "b"], [1, 2])
indent(2, "a\\nb")
join("-", ["a", "b"])
lower("ABC")
upper("abc")
title("hello world")
regex("([a-z]+)([0-9]+)", "abc123")
regex("(?P<name>[a-z]+)", "abc")
regex("x", "abc")
regexall("[a-z]", "a1b2")
replace("a.b.c", ".", "-")
replace("hello", "/l+/", "L")
split(",", "a,b,c")
strrev("abc")
substr("hello", 1, 3)
substr("hello", -3, -1)
trim("??x??", "?")
trimprefix("abc", "a")
trimsuffix("abc", "c")
trimspace("  a ")
startswith("abc", "ab")
endswith("abc", "bc")
strcontains("abc", "b")
chunklist([1, 2, 3], 2)
coalesce("", null, "x")
coalesce(null, null)
coalescelist([], [1])
compact(["a", "", null, "b"])
concat([1], ["a"])
contains(["a", "b"], "b")
distinct(["a", "b", "a"])
element(["a", "b"], 3)
element([], 0)
flatten([[1, [2]], [], 3])
index(["a", "b"], "b")
index(["a"], "z")
keys({b = 1, a = 2})
values({b = 1, a = 2})
lookup({a = 1}, "a", 5)
lookup({a = 1}, "z", 5)
matchkeys(["x", "y"], ["a", "b"], ["b"])
merge({a = 1}, {b = 2}, null)
merge({a = 1}, {a = "x"})
one([])
one([1])
one([1, 2])
range(3)
range(1, 10, 4)
reverse([1, 2, 3])
setintersection(["a", "b"], ["b", "c"])
setproduct(["a", "b"], [1, 2])
setsubtract(["a", "b"], ["b"])
setunion(["b"], ["a"])
slice(["a", "b", "c"], 1, 2)
sort(["b", "a", "C"])
sum([1, 2.5])
sum([])
transpose({a = ["x", "y"], b = ["x"]})
zipmap(["a", "b"], [1, 2])
alltrue([true, "true"])
anytrue([])
base64encode("hello")
base64decode("aGVsbG8=")
base64decode("!")
csvdecode("a,b\\n1,2\\n3,4")
jsonencode({b = [1, null, "<x>"], a = true})
jsondecode("{\\"a\\": [1, 2.5, null]}")
jsondecode("{")
urlencode("a b&c=d/é")
yamldecode("a: yes\\nb: 0x10\\nc: [1, ~, 'x']\\nd: 1.5")
yamldecode("y: on\\nYes: off\\nn: [no, True, y, N]")
yamldecode("a: [")
yamlencode({a = [1, "b"], c = {d = null}})
md5("x")
sha1("x")
sha256("x")
sha512("x")
base64sha256("x")
uuidv5("dns", "example.org")
cidrhost("10.0.0.0/16", 258)
cidrhost("10.0.0.0/30", 9)
cidrnetmask("172.16.0.0/12")
cidrsubnet("10.0.0.0/16", 8, 3)
cidrsubnet("fd00::/48", 16, 10)
cidrsubnets("10.0.0.0/16", 4, 8, 8)
formatdate("DD MMM YYYY hh:mm:ss ZZZ", "2024-01-02T03:04:05Z")
timeadd("2024-01-01T00:00:00Z", "36h")
timecmp("2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z")
tobool("true")
tobool("x")
tolist(["a", 1])
tomap({a = 1, b = "x"})
tonumber("1.50")
tonumber("x")
toset(["b", "a", "b"])
tostring(1.0)
can(1 + "x")
try(1 + "x", "fallback")
try({a = 1}.b, {a = 1}.a)
basename("/a/b.txt")
dirname("/a/b.txt")
no_such_function(1)
upper("a", "b")
terraform_data.source.output == "x"
"id-${terraform_data.source.id}"
[terraform_data.source.id, "known"]
length([terraform_data.source.id, "known"])
{a = terraform_data.source.id, b = 1}.b
terraform_data.source.id == "x" ? "a" : "b"
[for x in ["a", terraform_data.source.id] : "${x}!"]
false && terraform_data.source.id == "x"
try(terraform_data.source.id, "y")
keys({(terraform_data.source.id) = 1})
merge({a = 1}, {b = terraform_data.source.id})
""".strip().split("\n")
PREAMBLE = 'resource "terraform_data" "source" {\n  input = "x"\n}\n'

EXCEPTIONS: dict[str, str] = {}
"""Expressions on which archdoc and Terraform may differ, each with the reason."""


@pytest.fixture(scope="module")
def agreement() -> dict[str, tuple[oracle.Answer, oracle.Answer]]:
    texts = [line.replace("\\\\", "\\") for line in EXPRESSIONS]
    theirs = oracle.ask(texts, PREAMBLE)
    ours = expression_scope.answers(texts, expression_scope.ConfigurationScope(PREAMBLE))
    return dict(zip(texts, zip(ours, theirs, strict=True), strict=True))


def test_archdoc_evaluates_as_terraform_does(agreement: dict[str, tuple[oracle.Answer, oracle.Answer]]) -> None:
    differing = {text: pair for text, pair in agreement.items() if pair[0] != pair[1] and text not in EXCEPTIONS}
    assert not differing


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
