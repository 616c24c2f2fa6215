"""``archdoc explain``: what is known of one thing, what is not, and along which way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from gitrepo import Done, archdoc
from repositories import write_files

FILES = {
    "app/main.tf": """
        variable "image" {}
        data "aws_ami" "latest" { name = "debian" }
        locals {
          ami   = var.image != "" ? var.image : data.aws_ami.latest.id
          both  = "${local.ami}-x"
          names = { "web \\"1\\"" = "x", plain = "y" }
          bare  = data.aws_ami.latest.arn
        }
        module "net" {
          source = "../net"
          cidr   = "10.0.0.0/8"
          image  = local.both
        }
        resource "aws_instance" "web" {
          for_each  = local.names
          ami       = local.both
          subnet_id = module.net.subnet
          name      = "n-${each.value}"
          password  = "hunter2hunter2"
          tags      = { arn = local.bare, fixed = "yes" }
        }
        resource "aws_eip" "ip" { instance = aws_instance.web["plain"].id }
        resource "aws_disk" "keys" { for_each = toset([local.ami]) }
        resource "aws_disk" "count" { count = var.image == "a" ? 1 : 2 }
        """,
    "net/main.tf": """
        variable "cidr" {}
        variable "image" {}
        resource "aws_vpc" "main" { cidr_block = var.cidr }
        resource "aws_subnet" "s" {
          vpc_id     = aws_vpc.main.id
          cidr_block = cidrsubnet(var.cidr, 8, 1)
          image      = var.image
        }
        output "subnet" { value = aws_subnet.s.id }
        """,
    "other/main.tf": 'resource "aws_eip" "ip" {}\n',
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("repository")
    write_files(made, FILES)
    return made


def explain(root: Path, *asked: str) -> Done:
    return archdoc(root, "explain", *asked)


def lines(root: Path, asked: str) -> list[str]:
    done = explain(root, asked)
    assert done.returncode == 0, done.stderr
    return [line.strip() for line in done.stdout.splitlines()]


def test_a_resource_with_what_is_known_and_what_it_has_to_do_with(root: Path) -> None:
    said = lines(root, 'aws_instance.web["plain"]')
    assert said[0] == 'aws_instance.web["plain"]  (resource, aws_instance, compute)'
    assert "written app/main.tf:14" in said
    assert "name = n-y" in said
    assert 'tags = {"fixed": "yes"}' in said
    assert "password is sensitive and not shown" in said
    assert "hunter2" not in "".join(said)
    before, _, after = "\n".join(said).partition("referred to and reached by:")
    assert "references local.names [derived] (attribute for_each): app/main.tf:15" in before
    assert "references aws_eip.ip [derived] (attribute instance, reads id): app/main.tf:22" in after


def test_why_something_is_unknown_with_every_step(root: Path) -> None:
    said = lines(root, 'aws_instance.web["plain"]')

    def way(name: str) -> str:
        return said[next(i for i, line in enumerate(said) if line.startswith(f"{name} is not known: ")) + 1]

    through_locals = "local.both (app/main.tf:16) → local.ami (app/main.tf:5) → var.image (app/main.tf:4)"
    assert way("ami") == f"by way of {through_locals}"
    through_an_output = "module.net.output.subnet (app/main.tf:17) → module.net.aws_subnet.s (net/main.tf:9)"
    assert way("subnet_id") == f"by way of {through_an_output}"
    assert way("tags.arn") == "by way of local.bare (app/main.tf:20) → data.aws_ami.latest (app/main.tf:7)"


def test_why_something_is_unknown_from_within_a_module(root: Path) -> None:
    said = lines(root, "module.net.aws_subnet.s")
    into = "module.net.var.image (net/main.tf:7) → local.both (app/main.tf:12)"
    assert f"by way of {into} → local.ami (app/main.tf:5) → var.image (app/main.tf:4)" in said


@pytest.mark.parametrize(
    ("asked", "way"),
    [
        ("local.both", "local.ami (app/main.tf:5) → var.image (app/main.tf:4)"),
        ("module.net.output.subnet", "module.net.aws_subnet.s (net/main.tf:9)"),
        ("aws_disk.keys", "local.ami (app/main.tf:23) → var.image (app/main.tf:4)"),
        ("aws_disk.count", "var.image (app/main.tf:24)"),
    ],
)
def test_why_all_of_it_or_its_keys_are_unknown(root: Path, asked: str, way: str) -> None:
    assert f"by way of {way}" in lines(root, asked)


def test_the_way_as_data(root: Path) -> None:
    (node,) = json.loads(explain(root, 'aws_instance.web["plain"]', "--format", "json").stdout)
    assert node["why_unknown"]["tags.arn"] == [
        {"id": "tf:app:local.bare", "place": "app/main.tf:20"},
        {"id": "tf:app:data.aws_ami.latest", "place": "app/main.tf:7"},
    ]
    (vpc,) = json.loads(explain(root, "module.net.aws_vpc.main", "--format", "json").stdout)
    assert vpc["why_unknown"] == {}


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        ('aws_instance.web["web \\"1\\""]', ['aws_instance.web["web \\"1\\""]']),
        ("aws_instance.web[plain]", ['aws_instance.web["plain"]']),  # what a shell leaves of the quotes
        ("aws_instance.web", ['aws_instance.web["plain"]', 'aws_instance.web["web \\"1\\""]']),
        ("tf:app:aws_eip.ip", ["aws_eip.ip"]),
        ("app:aws_eip.ip", ["aws_eip.ip"]),
    ],
)
def test_every_spelling_of_an_address(root: Path, asked: str, ids: list[str]) -> None:
    assert [line[len("id      tf:app:") :] for line in lines(root, asked) if line.startswith("id ")] == ids


def test_a_name_that_two_things_have_shows_both(root: Path) -> None:
    said = lines(root, "aws_eip.ip")
    assert [line for line in said if line.startswith("id ")] == [
        "id      tf:app:aws_eip.ip",
        "id      tf:other:aws_eip.ip",
    ]


@pytest.mark.parametrize("asked", ["aws_instance.wbe", 'aws_instance.web["plan"]', "module.nett", "\udcff", ""])
def test_a_wrong_name_is_bad_usage_and_names_what_is_near(root: Path, asked: str) -> None:
    done = explain(root, asked)
    assert done.returncode == 2
    assert done.stdout == ""
    if asked.startswith("aws"):
        assert 'Nearest: aws_instance.web["plain"]' in done.stderr
    if asked.startswith("module"):
        assert "module.net" in done.stderr
