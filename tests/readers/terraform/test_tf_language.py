"""What of Terraform's language is no expression: which files count, blocks of every kind, roots and how they join."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import configuration_cases
import oracle
import pytest

from archdoc.catalog import load_catalog
from archdoc.config import load_config
from archdoc.model.facts import EdgeKind, NodeKind
from archdoc.model.graph import Graph
from archdoc.readers import terraform
from archdoc.readers.files import Repository


def graph_of(directory: Path, files: dict[str, str]) -> Graph:
    configuration_cases.write(files, directory)
    return terraform.read(Repository(directory), load_config(directory), load_catalog()).graph


def values(graph: Graph, node_id: str) -> Any:
    return graph.node(node_id).attributes.get("values")


def addresses(graph: Graph) -> set[str]:
    return {n.address for n in graph.nodes(NodeKind.RESOURCE) if not n.attributes.get("disabled")}


def messages(graph: Graph) -> list[str]:
    return [f"{p.source}: {p.message}" for p in graph.problems()]


# -- files --------------------------------------------------------------------------------------------------------


def test_a_tofu_file_takes_the_place_of_the_terraform_file_of_its_name(tmp_path: Path) -> None:
    graph = graph_of(
        tmp_path,
        {
            "main.tf": 'resource "aws_a" "terraform" {}\n',
            "main.tofu": 'resource "aws_a" "tofu" { v = local.both }\n',
            "other.tf": 'locals { both = "yes" }\n',
            "data.tf.json": '{"resource": {"aws_a": {"tf_json": {}}}}',
            "data.tofu.json": '{"resource": {"aws_a": {"tofu_json": {}}}}',
            "x_override.tofu": 'resource "aws_a" "tofu" { w = 1 }\n',
        },
    )
    assert addresses(graph) == {"aws_a.tofu", "aws_a.tofu_json"}
    assert values(graph, "tf:.:aws_a.tofu") == {"v": "yes", "w": 1}
    assert messages(graph) == []


def test_override_files_merge_arguments_and_replace_blocks(tmp_path: Path) -> None:
    graph = graph_of(
        tmp_path,
        {
            "main.tf": """
                resource "aws_a" "a" {
                  kept = 1
                  both = 1
                  rule { port = 1 }
                  rule { port = 2 }
                  other { x = 1 }
                }
                variable "v" { default = "a" }
                output "o" { value = var.v }
                """,
            "a_override.tf": 'resource "aws_a" "a" {\n  both = 2\n  rule { port = 3 }\n}\n',
            "override.tf": 'variable "v" { default = "b" }\n',
        },
    )
    assert values(graph, "tf:.:aws_a.a") == {"kept": 1, "both": 2, "rule": [{"port": 3}], "other": [{"x": 1}]}
    assert graph.node("tf:.:output.o").attributes["value"] == "b"


def test_modules_that_init_downloaded_are_read_and_no_roots(tmp_path: Path) -> None:
    graph = graph_of(
        tmp_path,
        {
            "live/main.tf": 'module "net" {\n  source = "acme/net/aws"\n  version = "1.0.0"\n  size = 2\n}\n'
            'output "id" { value = module.net.id }\n',
            "live/.terraform/modules/modules.json": '{"Modules": ['
            '{"Key": "", "Source": "", "Dir": "."},'
            '{"Key": "net", "Source": "registry.terraform.io/acme/net/aws", "Dir": ".terraform/modules/net"},'
            '{"Key": "net.inner", "Source": "./inner", "Dir": ".terraform/modules/net/inner"}]}',
            "live/.terraform/modules/net/main.tf": 'variable "size" {}\nmodule "inner" {\n  source = "./inner"\n'
            '  size = var.size\n}\noutput "id" { value = "n${var.size}" }\n',
            "live/.terraform/modules/net/inner/main.tf": 'variable "size" {}\n'
            'resource "aws_subnet" "s" {\n  count = var.size\n}\n',
        },
    )
    assert addresses(graph) == {"module.net.module.inner.aws_subnet.s[0]", "module.net.module.inner.aws_subnet.s[1]"}
    assert [n.name for n in graph.nodes(NodeKind.ROOT)] == ["live"]
    assert graph.node("tf:live:output.id").attributes["value"] == "n2"
    assert not graph.node("tf:live:module.net").attributes.get("external")


def test_a_module_that_nobody_downloaded_is_external_with_its_inputs(tmp_path: Path) -> None:
    graph = graph_of(
        tmp_path,
        {
            "main.tf": 'module "net" {\n  source = "acme/net/aws"\n  size = 1 + 1\n  id = aws_a.a.id\n}\nresource "aws_a" "a" {}\n'
        },
    )
    attributes = graph.node("tf:.:module.net").attributes
    assert attributes["external"] is True
    assert attributes["inputs"] == {"size": 2, "id": None}
    assert attributes["unknown"] == {"id": "aws_a.a.id is known after apply"}


# -- roots --------------------------------------------------------------------------------------------------------


def test_what_terragrunt_runs_is_a_root_though_another_module_calls_it(tmp_path: Path) -> None:
    graph = graph_of(
        tmp_path,
        {
            "modules/net/main.tf": 'resource "aws_vpc" "v" {}\n',
            "modules/part/main.tf": 'resource "aws_subnet" "s" {}\n',
            "modules/all/main.tf": 'module "net" { source = "../net" }\nmodule "part" { source = "../part" }\n',
            "live/prod/net/terragrunt.hcl": 'terraform {\n  source = "../../../modules//net"\n}\n',
            "live/prod/x/terragrunt.hcl": 'terraform {\n  # source = "../../../modules/part"\n}\n',
        },
    )
    assert [n.name for n in graph.nodes(NodeKind.ROOT)] == ["modules/all", "modules/net"]


CALLED = 'module "m" { source = "../m" }\n'


@pytest.mark.parametrize(
    ("files", "roots"),
    [
        ({"a/main.tf": CALLED, "m/main.tf": 'resource "aws_a" "a" {}\n'}, {"a": None}),
        (
            {"examples/x/main.tf": 'module "m" { source = "../../" }\n', "main.tf": 'variable "v" {}\n'},
            {".": None, "examples/x": "example"},
        ),
        ({"tests/main.tf": 'resource "aws_a" "a" {}\n', "a/main.tf": "terraform {}\n"}, {"a": None, "tests": "test"}),
        ({"a/empty.tf": "", "b/main.tofu": 'resource "aws_a" "a" {}\n'}, {"b": None}),
    ],
    ids=["called", "example", "test", "empty"],
)
def test_roots_are_what_nobody_calls(tmp_path: Path, files: dict[str, str], roots: dict[str, str | None]) -> None:
    graph = graph_of(tmp_path, files)
    assert {n.name: n.attributes.get("purpose") for n in graph.nodes(NodeKind.ROOT)} == roots


def test_environments_by_variable_files_and_workspaces(tmp_path: Path) -> None:
    graph = graph_of(
        tmp_path,
        {
            "archdoc.toml": '[terraform.roots.live.environments.prod]\nvar_files = ["prod.tfvars"]\n'
            '[terraform.roots.live.environments.test]\nvariables = { size = 1 }\nworkspace = "testing"\n',
            "live/main.tf": 'variable "size" { type = number }\nvariable "name" { default = "x" }\n'
            'resource "aws_a" "a" {\n  count = var.size\n  name = "${var.name}-${terraform.workspace}"\n}\n',
            "live/prod.tfvars": "size = 2\n",
            "live/terraform.tfvars": 'name = "from the root"\nsize = 7\n',
        },
    )
    made = {n.id: n.attributes["values"] for n in graph.nodes(NodeKind.RESOURCE)}
    assert made == {
        "tf:live@prod:aws_a.a[0]": {"name": "from the root-default"},
        "tf:live@prod:aws_a.a[1]": {"name": "from the root-default"},
        "tf:live@test:aws_a.a[0]": {"name": "from the root-testing"},
    }


# -- states of other roots ----------------------------------------------------------------------------------------


def remote(backend: str, config: str, more: str = "") -> str:
    return f'data "terraform_remote_state" "r" {{\n  backend = "{backend}"\n  config = {{ {config} }}\n  {more}\n}}\n'


def own(backend: str, text: str) -> str:
    return f'terraform {{\n  backend "{backend}" {{\n{text}\n  }}\n}}\noutput "o" {{ value = 1 }}\n'


CLOUD = 'terraform {\n  cloud {\n    organization = "o"\n    workspaces { name = "net" }\n  }\n}\noutput "o" { value = 1 }\n'


@pytest.mark.parametrize(
    ("reads", "net", "joined"),
    [
        (remote("s3", 'bucket = "b"\n key = "net"'), own("s3", 'bucket = "b"\nkey = "net"'), True),
        (remote("s3", 'bucket = "b"\n key = "net"'), own("s3", 'bucket = "b"\nkey = "other"'), False),
        (remote("s3", 'bucket = "b"\n key = "net"'), own("gcs", 'bucket = "b"\nprefix = "net"'), False),
        (remote("s3", 'bucket = aws_s3_bucket.b.id\n key = "net"'), own("s3", 'bucket = "b"\nkey = "net"'), False),
        (remote("s3", 'bucket = "b"\n key = "net"'), own("s3", 'key = "net"'), False),
        (remote("gcs", 'bucket = "b"\n prefix = "n${1 + 1}"'), own("gcs", 'bucket = "b"\nprefix = "n2"'), True),
        (remote("remote", 'organization = "o"\n workspaces = { name = "net" }'), CLOUD, True),
        (remote("remote", 'organization = "o"\n workspaces = { name = "app" }'), CLOUD, False),
        (remote("remote", 'organization = "o"'), CLOUD, False),
        (
            remote("remote", 'organization = "o"\n workspaces = { name = "net-${terraform.workspace}" }'),
            own("remote", 'organization = "o"\nworkspaces { prefix = "net-" }'),
            True,
        ),
        (remote("local", 'path = "../net/s.tfstate"'), own("local", 'path = "../net/s.tfstate"'), True),
    ],
)  # fmt: skip
def test_a_remote_state_is_that_of_the_root_with_the_same_backend(
    tmp_path: Path, reads: str, net: str, joined: bool
) -> None:
    reads += 'resource "aws_s3_bucket" "b" {}\n'
    graph = graph_of(tmp_path, {"app/main.tf": reads, "net/main.tf": net})
    edges = graph.edges_from("tf:app:data.terraform_remote_state.r", EdgeKind.REFERENCES)
    assert [e.target for e in edges if e.target == "tf:net:"] == ["tf:net:"] * joined


@pytest.mark.parametrize(
    ("more", "joined"),
    [
        ("workspace = terraform.workspace", ["tf:net@prod:"]),
        ('workspace = "t"', ["tf:net@test:"]),
        ("", ["tf:net@prod:"]),
    ],
)
def test_a_remote_state_of_a_workspace_is_that_environment(tmp_path: Path, more: str, joined: list[str]) -> None:
    config = "".join(
        f'[terraform.roots.{root}.environments.{name}]\nworkspace = "{name[0]}"\n'
        for root in ("net", "app")
        for name in ("prod", "test")
    )
    files = {
        "archdoc.toml": config,
        "app/main.tf": remote("s3", 'bucket = "b"\n key = "net"', more),
        "net/main.tf": own("s3", 'bucket = "b"\nkey = "net"'),
    }
    graph = graph_of(tmp_path, files)
    edges = graph.edges_from("tf:app@prod:data.terraform_remote_state.r", EdgeKind.REFERENCES)
    assert [e.target for e in edges if e.rule == "terraform.remote-state"] == joined


def test_the_join_of_states_can_be_switched_off(tmp_path: Path) -> None:
    files = {
        "app/main.tf": remote("s3", 'bucket = "b"\n key = "net"', ""),
        "net/main.tf": own("s3", 'bucket = "b"\nkey = "net"'),
    }
    assert "terraform.remote-state" in {e.rule for e in graph_of(tmp_path / "on", files).edges()}
    off = {"archdoc.toml": 'rules_off = ["terraform.remote-state"]\n', **files}
    assert "terraform.remote-state" not in {e.rule for e in graph_of(tmp_path / "off", off).edges()}


NET = """
terraform {
  backend "s3" {
    bucket = "b"
    key    = "net"
  }
}
variable "zones" { default = ["a", "b"] }
resource "aws_vpc" "main" { cidr_block = "10.0.0.0/16" }
output "zones" { value = var.zones }
output "vpc_id" { value = aws_vpc.main.id }
output "secret" {
  value     = "hunter2-hunter2"
  sensitive = true
}
"""
APP = (
    remote("s3", 'bucket = "b"\n key = "net"')
    + """
locals { net = data.terraform_remote_state.r.outputs }
resource "aws_subnet" "main" {
  for_each = toset(local.net.zones)
  vpc_id   = local.net.vpc_id
  tags     = { Name = "app-${each.key}", Secret = local.net.secret, Gone = try(local.net.gone, "none") }
}
"""
)


def test_the_outputs_of_a_root_are_what_another_reads_of_its_state(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, {"app/main.tf": APP, "net/main.tf": NET})
    subnets = [n for n in graph.nodes(NodeKind.RESOURCE) if n.type == "aws_subnet"]
    assert [n.address for n in subnets] == ['aws_subnet.main["a"]', 'aws_subnet.main["b"]']
    values = subnets[0].attributes["values"]
    assert isinstance(values, dict) and isinstance(values["tags"], dict)
    assert values["tags"]["Name"] == "app-a"
    assert "vpc_id" not in values and "vpc_id" in str(subnets[0].attributes["unknown"])
    assert "hunter2-hunter2" not in str(subnets[0].attributes)
    read = graph.edges_from("tf:app:data.terraform_remote_state.r", EdgeKind.REFERENCES)
    outputs = {e.target: e.attributes["attribute"] for e in read if e.target.startswith("tf:net:output")}
    assert outputs == {f"tf:net:output.{n}": f"outputs.{n}" for n in ("zones", "vpc_id", "secret")}
    used = graph.edges_from('tf:app:aws_subnet.main["a"]', EdgeKind.REFERENCES)
    assert "tf:app:data.terraform_remote_state.r" in {e.target for e in used}


def test_a_state_on_disk_is_that_of_the_root_in_whose_directory_it_lies(tmp_path: Path) -> None:
    reads = remote("local", 'path = "../net/terraform.tfstate"')
    reads += 'output "zone" { value = data.terraform_remote_state.r.outputs.zone }\n'
    files = {"app/main.tf": reads, "net/main.tf": 'output "zone" { value = "a" }\n', "other/main.tf": own("local", "")}
    graph = graph_of(tmp_path, files)
    assert graph.node("tf:app:output.zone").attributes["value"] == "a"


def test_roots_that_read_the_states_of_each_other_come_to_an_end(tmp_path: Path) -> None:
    def reads(own_key: str, other: str) -> str:
        value = 'output "o" { value = data.terraform_remote_state.r.outputs.o }\n'
        return (
            own("s3", f'bucket = "b"\nkey = "{own_key}"').partition("output")[0]
            + remote("s3", f'bucket = "b"\n key = "{other}"')
            + value
        )

    graph = graph_of(tmp_path, {"app/main.tf": reads("app", "net"), "net/main.tf": reads("net", "app")})
    assert "value" not in graph.node("tf:app:output.o").attributes


# -- blocks -------------------------------------------------------------------------------------------------------


def test_providers_are_passed_to_modules_by_their_aliases(tmp_path: Path) -> None:
    graph = graph_of(
        tmp_path,
        {
            "main.tf": """
                provider "aws" { region = "eu-west-1" }
                provider "aws" {
                  alias  = "us"
                  region = "us-east-1"
                }
                module "m" {
                  source    = "./m"
                  providers = { aws.there = aws.us, aws = aws }
                }
                """,
            "m/main.tf": """
                terraform {
                  required_providers {
                    aws = {
                      source                = "hashicorp/aws"
                      configuration_aliases = [aws.there]
                    }
                  }
                }
                resource "aws_a" "here" {}
                resource "aws_a" "there" { provider = aws.there }
                """,
        },
    )
    used = {n.address: n.attributes["provider"] for n in graph.nodes(NodeKind.RESOURCE)}
    assert used == {"module.m.aws_a.here": "tf:.:provider.aws", "module.m.aws_a.there": "tf:.:provider.aws.us"}
    assert graph.node("tf:.:provider.aws.us").attributes["region"] == "us-east-1"
    assert messages(graph) == []


def test_blocks_that_make_nothing_are_understood(tmp_path: Path) -> None:
    text = """
        moved {
          from = aws_a.old
          to   = aws_a.new
        }
        import {
          to = aws_a.new
          id = "i-1"
        }
        removed {
          from = aws_a.gone
          lifecycle { destroy = false }
        }
        check "health" {
          data "http" "page" { url = "https://example.com/${aws_a.new.id}" }
          assert {
            condition     = data.http.page.status_code == 200
            error_message = "down"
          }
        }
        resource "aws_a" "new" {}
        """
    graph = graph_of(tmp_path, {"main.tf": text})
    assert addresses(graph) == {"aws_a.new"}
    assert graph.node("tf:.:").attributes["moved"] == [{"from": "aws_a.old", "to": "aws_a.new", "line": 2}]
    assert [e.source for e in graph.edges_to("tf:.:aws_a.new", EdgeKind.REFERENCES)] == ["tf:.:data.http.page"]
    assert messages(graph) == []


def test_functions_of_providers_are_unknown_with_their_name(tmp_path: Path) -> None:
    text = 'resource "aws_a" "a" {\n  arn = provider::aws::arn_build("aws", "s3", "x")\n  n = 1\n}\n'
    graph = graph_of(tmp_path, {"main.tf": text})
    assert values(graph, "tf:.:aws_a.a") == {"n": 1}
    assert "provider::aws::arn_build" in str(graph.node("tf:.:aws_a.a").attributes["unknown"])


def test_what_is_ephemeral_or_only_written_is_never_shown(tmp_path: Path) -> None:
    text = """
        variable "token" {
          type      = string
          ephemeral = true
          default   = "plain-token"
        }
        ephemeral "random_password" "db" { length = 16 }
        resource "aws_db_instance" "db" {
          name                = "db"
          password_wo         = ephemeral.random_password.db.result
          password_wo_version = 1
        }
        resource "aws_secret" "s" { secret_string_wo = var.token }
        """
    graph = graph_of(tmp_path, {"main.tf": text})
    assert values(graph, "tf:.:aws_db_instance.db") == {"name": "db", "password_wo_version": 1}
    assert "plain-token" not in str([n.attributes for n in graph.nodes()])
    assert [
        e.target for e in graph.edges_from("tf:.:aws_db_instance.db", EdgeKind.REFERENCES) if "ephemeral" in e.target
    ]


def test_what_is_ephemeral_no_more_may_be_an_output(tmp_path: Path) -> None:
    text = """
    variable "token" {
      ephemeral = true
      default   = "plain-token"
    }
    output "o" { value = ephemeralasnull(var.token) }
    """
    graph = graph_of(tmp_path, {"main.tf": text})
    assert messages(graph) == []
    assert "plain-token" not in str([n.attributes for n in graph.nodes()])


def test_values_of_the_settings_that_terraform_has_no_type_for(tmp_path: Path) -> None:
    text = 'variable "day" {}\nvariable "most" {}\nresource "aws_a" "a" { day = var.day }\n'
    variables = "variables = { day = 2024-02-29, most = inf }\n"
    graph = graph_of(tmp_path, {"main.tf": text, "archdoc.toml": f'[terraform.roots."."]\n{variables}'})
    assert values(graph, "tf:.:aws_a.a") == {"day": "2024-02-29"}
    assert messages(graph) == ["main.tf:2: var.most: has a number that is not finite"]


# -- sources of modules -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    ['"."', "5", "var.at", "local.at", "local.const", '"${path.module}/m"', '""', '"m"', '"modules/m"', '"./m"'],
)
def test_a_source_that_is_none_is_said_once_where_terraform_says_it(tmp_path: Path, source: str) -> None:
    files = {
        "main.tf": 'variable "at" { default = "./m" }\nlocals {\n  at    = var.at\n  const = "./m"\n}\n'
        f'module "m" {{\n  source = {source}\n}}\n',
        "m/main.tf": 'output "o" { value = 1 }\n',
    }
    graph = graph_of(tmp_path, files)
    said = [p.source.line for p in graph.problems() if p.source.path == "main.tf"]
    assert said == [e.line for e in oracle.plan_directory(tmp_path).errors if e.file == "main.tf"]
