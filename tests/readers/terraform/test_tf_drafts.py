"""Texts whose addresses are known only after apply are drafted, and nothing else is touched by it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from archdoc.catalog import load_catalog
from archdoc.config import Config
from archdoc.model.document import Document
from archdoc.readers import terraform
from archdoc.readers.files import Repository

Write = Callable[[dict[str, str]], Path]

SERVERS = """
    resource "hcloud_server" "web" {
      for_each = toset(["a", "b"])
      name     = each.key
    }
    """


def documents(root: Path) -> list[Document]:
    return list(terraform.read(Repository(root, ()), Config(), load_catalog()).documents)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (
            "<<EOT\n%{ for s in hcloud_server.web ~}\n${s.name} ansible_host=${s.ipv4_address}\n%{ endfor ~}\nEOT",
            "a ansible_host=unknown-1\nb ansible_host=unknown-2\n",
        ),
        (
            '"[web]\\n${join("\\n", values(hcloud_server.web)[*].ipv4_address)}\\n"',
            "[web]\nunknown-1\nunknown-2\n",
        ),
        (
            'join("\\n", [for s in hcloud_server.web : format("%s ansible_host=%s", s.name, s.ipv4_address)])',
            "a ansible_host=unknown-1\nb ansible_host=unknown-2",
        ),
        (
            'join("\\n", formatlist("%s ansible_host=%s", values(hcloud_server.web)[*].name, '
            "values(hcloud_server.web)[*].ipv4_address))",
            "a ansible_host=unknown-1\nb ansible_host=unknown-2",
        ),
        (
            "yamlencode({ all = { hosts = { for s in hcloud_server.web : s.name => { ansible_host = s.ipv4_address } } } })",
            '"all":\n  "hosts":\n    "a":\n      "ansible_host": "unknown-1"\n    "b":\n      "ansible_host": "unknown-2"\n',
        ),
    ],
)
def test_an_inventory_of_servers_to_come(content: str, text: str, write: Write) -> None:
    file = f'resource "local_file" "i" {{\n  filename = "../hosts"\n  content = {content}\n}}\n'
    root = write({"main.tf": SERVERS})
    (root / "inventory.tf").write_text(file)
    (made,) = documents(root)
    assert (made.name, made.text, made.partial) == ("../hosts", text, True)
    assert dict(made.variables) == {
        "unknown-1": ['tf:.:hcloud_server.web["a"]', "ipv4_address"],
        "unknown-2": ['tf:.:hcloud_server.web["b"]', "ipv4_address"],
    }


def test_what_is_not_known_stays_so_elsewhere(write: Write) -> None:
    more = """
        locals { line = "ip=${hcloud_server.web["a"].ipv4_address}" }
        resource "local_file" "i" {
          filename = "x"
          content  = local.line
        }
        resource "hcloud_rdns" "x" { dns_ptr = local.line }
        """
    root = write({"main.tf": SERVERS, "more.tf": more})
    graph = terraform.read(Repository(root, ()), Config(), load_catalog()).graph
    values = graph.node("tf:.:hcloud_rdns.x").attributes["values"]
    assert isinstance(values, dict) and "dns_ptr" not in values


def test_a_secret_is_not_drafted(write: Write) -> None:
    more = """
        variable "password" {
          default   = "hunter2"
          sensitive = true
        }
        resource "local_file" "i" {
          filename = "x"
          content  = "${hcloud_server.web["a"].ipv4_address} ${var.password}"
        }
        """
    assert documents(write({"main.tf": SERVERS, "more.tf": more})) == []


def test_a_template_file_is_worked_out_like_templatefile(write: Write) -> None:
    more = """
        data "template_file" "line" {
          for_each = hcloud_server.web
          template = "$${name} $${ip}"
          vars     = { name = each.value.name, ip = each.value.ipv4_address }
        }
        data "template_file" "all" {
          template = "[web]\\n$${lines}\\n"
          vars     = { lines = join("\\n", values(data.template_file.line)[*].rendered) }
        }
        data "template_file" "known" {
          template = "a $${b}"
          vars     = { b = "c" }
        }
        resource "local_file" "i" {
          filename = "hosts"
          content  = data.template_file.all.rendered
        }
        output "known" { value = data.template_file.known.rendered }
        """
    root = write({"main.tf": SERVERS, "more.tf": more})
    reading = terraform.read(Repository(root, ()), Config(), load_catalog())
    assert [d.text for d in reading.documents] == ["[web]\na unknown-1\nb unknown-2\n"]
    assert reading.graph.node("tf:.:output.known").attributes["value"] == "a c"
