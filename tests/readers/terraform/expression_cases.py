"""The configuration that the expressions of cases/expressions.txt refer to, and where archdoc may differ."""

from __future__ import annotations

FILES: dict[str, str | bytes] = {
    "main.tf": """
resource "terraform_data" "source" {
  input = "x"
}
variable "secret" {
  default   = "s3"
  sensitive = true
}
resource "terraform_data" "none" {}
resource "terraform_data" "sens" { input = var.secret }
resource "terraform_data" "trig" { triggers_replace = [1, "a"] }
resource "terraform_data" "list" { input = ["a", "b"] }
resource "terraform_data" "obj" { input = { a = 1, b = "x" } }
resource "terraform_data" "many" {
  for_each = { a = 1, b = 2 }
  input    = "${each.key}${each.value}"
}
resource "terraform_data" "counted" {
  count = 3
  input = count.index
}
module "m" {
  source = "./m"
  given  = "g"
}
module "many" {
  for_each = toset(["x", "y"])
  source   = "./m"
  given    = each.key
}
module "counted" {
  count  = 2
  source = "./m"
  given  = count.index
}
locals {
  deep        = { a = { b = [{ c = "found" }] } }
  nothing     = null
  list        = [{ name = "a", on = true }, { name = "b", on = false }]
  unknown_map = { a = terraform_data.source.id, b = "known" }
  secret      = var.secret
  mixed       = { open = "o", closed = var.secret }
}
""",
    "m/main.tf": """
variable "given" { type = string }
resource "terraform_data" "r" { input = var.given }
output "out" { value = "<${terraform_data.r.input}>" }
output "res" { value = terraform_data.r }
output "secret" {
  value = var.given
  sensitive = true
}
""",
    "data/hello.txt": "hello\nworld\n",
    "data/t.tftpl": "%{ for i in items ~}\n- ${name}:${i}\n%{ endfor ~}\n",
    "data/loop.tftpl": '${templatefile("data/loop.tftpl", {})}',
    "data/fn.tftpl": '${jsonencode(v)} ${upper("x")} $${x}',
    "data/a.json": '{"name": "n", "list": [1, 2]}',
    "data/sub/b.json": '{"name": "m"}',
    "data/a.yaml": "servers:\n  web: {ip: 10.0.0.1, on: yes}\n",
    "data/a.csv": "name,size\nweb,2\n",
}

_INFINITE = "an infinite number is left unknown: no plan can hold it"
EXCEPTIONS: dict[str, str] = {
    'templatestring("x", {})': "a literal template is refused by its syntax; archdoc renders it",
    'base64gzip("")': "the bytes depend on the compressor of Terraform's build",
    'rsadecrypt("x", "y")': "keys are never read, so the ciphertext is not looked into",
    'try(terraform_data.source.id.x, "y")': "core checks references against the schema before it evaluates try",
    "path.cwd == path.root": "where Terraform runs is not told; reads as the root module's directory",
    'yamldecode("a: .Inf")': _INFINITE,
    'yamldecode("a: .inf").a > 5': _INFINITE,
    'yamldecode("{a: -.inf}").a < 5': _INFINITE,
    r'yamldecode("- 1\n- 0o17\n- 017\n- 0x1F\n- 1_000\n- 1.5e3\n- .inf")': _INFINITE,
}
"""Expressions on which archdoc and Terraform may differ, each with the reason."""
