"""A configuration of any size, of the kind that people write: networks, machines that refer to them, a module, YAML."""

from __future__ import annotations

from pathlib import Path

PER_FILE = 200
"""Resources in one file."""
_IN_SUBNET = 10
_ZONES = ("a", "b", "c")


def write_configuration(directory: Path, resources: int) -> None:
    """A root module with about ``resources`` resource instances, in files of ``PER_FILE`` of them each."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "main.tf").write_text(_MAIN, encoding="utf-8")
    for start in range(0, resources, PER_FILE):
        blocks = [_resource(number) for number in range(start, min(start + PER_FILE, resources))]
        (directory / f"part{start // PER_FILE:04}.tf").write_text("\n".join(blocks), encoding="utf-8")


_MAIN = """\
variable "environment" {
  type    = string
  default = "production"
}

locals {
  prefix = "${var.environment}-bench"
  zones  = ["a", "b", "c"]
  tags   = { environment = var.environment, managed = true }
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/8"
  tags       = merge(local.tags, { Name = local.prefix })
}
"""


def _resource(number: int) -> str:
    if number % _IN_SUBNET == 0:
        return f"""\
resource "aws_subnet" "s{number // _IN_SUBNET}" {{
  vpc_id            = aws_vpc.main.id
  cidr_block        = cidrsubnet(aws_vpc.main.cidr_block, 16, {number // _IN_SUBNET})
  availability_zone = "eu-west-1${{local.zones[{number % len(_ZONES)}]}}"
}}
"""
    return f"""\
resource "aws_instance" "n{number}" {{
  ami           = "ami-{number:08x}"
  instance_type = var.environment == "production" ? "t3.large" : "t3.small"
  subnet_id     = aws_subnet.s{number // _IN_SUBNET}.id
  tags          = merge(local.tags, {{ Name = "${{local.prefix}}-{number}" }})

  root_block_device {{
    volume_size = {20 + number % 80}
  }}
}}
"""
