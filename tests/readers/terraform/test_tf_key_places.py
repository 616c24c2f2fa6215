"""Where the keys of for_each stand in the data files that they come out of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from archdoc import api
from archdoc.config import Config

Write = Callable[[dict[str, str]], Path]

SERVERS = 'resource "hcloud_server" "a" {\n  for_each = %s\n  name     = each.key\n}\n'
YAML = """\
# web: not this one
web: nor this
servers:
  db: {size: 1}
  web:
    size: 2
"""


def places(root: Path) -> dict[str, list[str]]:
    graph = api.load_graph(root, Config())
    return {n.address: [str(e) for e in n.evidence] for n in graph.nodes() if n.terraform is not None and n.evidence}


@pytest.mark.parametrize(
    ("for_each", "name", "text", "expected"),
    [
        ('yamldecode(file("d.yml")).servers', "d.yml", YAML, {"web": "d.yml:5", "db": "d.yml:4"}),
        ('toset(yamldecode(file("d.yml")))', "d.yml", "- web\n# more\n- db\n", {"web": "d.yml:1", "db": "d.yml:3"}),
        (
            '{ for s in jsondecode(file("d.json")) : s.name => s }',
            "d.json",
            '[\n\t{"name": "web"},\n\t{"of": "web", "name": "db"}\n]\n',
            {"web": "d.json:2", "db": "d.json:3"},
        ),
        (
            '{ for r in csvdecode(file("d.csv")) : r.host => r }',
            "d.csv",
            'note,host\n"db\nor web",web\n-,db\n',
            {"web": "d.csv:3", "db": "d.csv:4"},
        ),
        ('{ for f in fileset("d", "*.yml") : trimsuffix(f, ".yml") => file("d/${f}") }', "d/web.yml", "", {"web": "d/web.yml:1"}),
        ('{ for k, v in yamldecode(file("d.yml")) : "x-${k}" => v }', "d.yml", "web: 1\n", {}),
        ('yamldecode(file("../d.yml"))', "d.yml", "web: 1\n", {}),
    ],
    ids=["mapping", "list", "json", "csv", "files", "a name that is made", "outside"],
)  # fmt: skip
def test_a_key_is_found_in_its_file(
    write: Write, for_each: str, name: str, text: str, expected: dict[str, str]
) -> None:
    found = places(write({"main.tf": SERVERS % for_each, name: text}))
    assert found == {f'hcloud_server.a["{key}"]': [place] for key, place in expected.items()}


def test_a_key_is_followed_through_locals_modules_and_outputs(write: Write) -> None:
    root = write(
        {
            "main.tf": 'locals {\n  all = module.data.all\n}\nmodule "data" {\n  source = "./data"\n}\n'
            'module "box" {\n  for_each = local.all\n  source   = "./box"\n  disks    = each.value.disks\n}\n',
            "data/main.tf": 'output "all" {\n  value = yamldecode(file("${path.module}/all.yml"))\n}\n',
            "data/all.yml": "web:\n  disks: [logs]\ndb:\n  disks:\n    - logs\n    - data\n",
            "box/main.tf": 'variable "disks" {}\nresource "hcloud_volume" "v" {\n  for_each = toset(var.disks)\n  size = 1\n}\n',
        }
    )
    assert places(root) == {
        'module.box["web"]': ["data/all.yml:1"],
        'module.box["db"]': ["data/all.yml:3"],
        'module.box["web"].hcloud_volume.v["logs"]': ["data/all.yml:2"],
        'module.box["db"].hcloud_volume.v["logs"]': ["data/all.yml:5"],
        'module.box["db"].hcloud_volume.v["data"]': ["data/all.yml:6"],
    }
