"""What is a credential by the name it is taken by is shown nowhere, under whatever name it ends; nothing else is lost."""

from __future__ import annotations

from collections.abc import Callable

from archdoc.model.graph import Graph
from archdoc.render import data

GraphOf = Callable[[dict[str, str]], Graph]

ROOT = """
variable "db_password" { default = "Sommer2026x" }
variable "api_token" { type = string }
variable "users" {
  default = { ann = { role = "admin", password = "Fruehling7" }, bob = { role = "guest", password = "" } }
}
locals {
  passwords = ["Winter2025y"]
  settings  = { master = var.db_password, port = 5432 }
  named     = { for name, user in var.users : name => user.role if user.password != "" }
}
resource "aws_instance" "web" {
  count     = var.db_password == "" ? 0 : 2
  user_data = "join ${var.db_password} now"
  tags = {
    Name = "web-${count.index}"
    note = var.db_password
    list = local.passwords[0]
    from = var.api_token
    up   = upper(var.db_password)
    hash = sha256(var.db_password)
    user = var.users["ann"].password
    mode = var.db_password == "" ? "open" : "closed"
  }
}
resource "aws_instance" "user" {
  for_each      = local.named
  instance_type = each.value
  tags          = { Name = each.key }
}
resource "aws_instance" "none" {
  count = var.db_password == "other" ? 1 : 0
}
module "inner" {
  source = "./inner"
  given  = aws_instance.web[0].tags.note
}
output "info" { value = jsonencode(local.settings) }
output "port" { value = local.settings.port }
output "through" { value = module.inner.told }
"""
INNER = """
variable "given" {}
output "told" { value = "-${var.given}-" }
"""
FILES = {"main.tf": ROOT, "terraform.tfvars": 'api_token = "Herbst2024z"\n', "inner/main.tf": INNER}


def test_no_way_leads_a_credential_out(graph_of: GraphOf) -> None:
    text = data.graph_json(graph_of(FILES)).lower()
    assert [word for word in ("sommer", "winter", "herbst", "fruehling") if word in text] == []


def test_what_stands_around_it_and_hangs_on_it_is_shown(graph_of: GraphOf) -> None:
    graph = graph_of(FILES)
    web = graph.node("tf:.:aws_instance.web[1]").attributes
    values = web["values"]
    assert isinstance(values, dict)
    assert values["user_data"] == "join <secret> now"
    assert values["tags"] == {"Name": "web-1", "mode": "closed"}
    assert web["sensitive"] == [f"tags.{name}" for name in ("from", "hash", "list", "note", "up", "user")]
    assert graph.node('tf:.:aws_instance.user["ann"]').attributes["values"] == {
        "instance_type": "admin",
        "tags": {"Name": "ann"},
    }
    shown = {name: graph.node(f"tf:.:output.{name}").attributes.get("value") for name in ("info", "port", "through")}
    assert shown == {"info": '{"master":"<secret>","port":5432}', "port": 5432, "through": "-<secret>-"}


def test_what_a_mapping_of_credentials_holds_is_shown_by_no_other_name(graph_of: GraphOf) -> None:
    """Of what stands in it, that is shown whose key or form says what else it is."""
    root = """
        variable "creds" {
          type    = map(string)
          default = { alpha = "kibomulate", user = "ann", from = "arn:aws:ssm:eu-central-1:1:parameter/x" }
        }
        locals {
          secrets = { one = "zerupatovi", deep = { two = ["lanibokesu"] }, name_of = "DB_PASSWORD", host = "db.local" }
        }
        output "alpha" { value = "is ${var.creds.alpha}" }
        output "user" { value = var.creds["user"] }
        output "from" { value = var.creds.from }
        output "one" { value = local.secrets.one }
        output "deep" { value = local.secrets.deep.two[0] }
        output "rest" { value = "${local.secrets.host} ${local.secrets.name_of}" }
        output "all" { value = [for k, v in var.creds : v] }
        output "keys" { value = join(",", keys(var.creds)) }
        """
    text = data.graph_json(graph_of({"main.tf": root}))
    assert [hidden for hidden in ("kibomulate", "zerupatovi", "lanibokesu") if hidden in text] == []
    shown = ("ann", "arn:aws:ssm:eu-central-1:1:parameter/x", "db.local DB_PASSWORD", "alpha,from,user", "is <secret>")
    assert [told for told in shown if told not in text] == []
