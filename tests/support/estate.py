"""A large estate of the kind that people have: teams with a module each, machines in groups, one role per team."""

from __future__ import annotations

from pathlib import Path

MODULE = """
variable "team" {
  type = string
}

resource "aws_vpc" "main" {
  cidr_block = "10.NUMBER.0.0/16"
  tags       = { Name = var.team }
}

resource "aws_subnet" "main" {
  count      = 4
  vpc_id     = aws_vpc.main.id
  cidr_block = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
}

resource "aws_security_group" "web" {
  vpc_id = aws_vpc.main.id
  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "data" {
  vpc_id = aws_vpc.main.id
}

resource "aws_instance" "web" {
  count                  = 5
  ami                    = "ami-1"
  subnet_id              = aws_subnet.main[count.index % 4].id
  vpc_security_group_ids = [aws_security_group.web.id]
  tags                   = { Name = "${var.team}-web-${count.index}" }
}

resource "aws_lb" "front" {
  name    = "${var.team}-front"
  subnets = aws_subnet.main[*].id
}

resource "aws_lb_target_group" "web" {
  vpc_id = aws_vpc.main.id
}

resource "aws_lb_target_group_attachment" "web" {
  count            = 5
  target_group_arn = aws_lb_target_group.web.arn
  target_id        = aws_instance.web[count.index].id
}

resource "random_password" "database" {
  length = 24
}

resource "aws_db_instance" "main" {
  identifier             = "${var.team}-db"
  password               = random_password.database.result
  vpc_security_group_ids = [aws_security_group.data.id]
}

resource "aws_s3_bucket" "data" {
  for_each = toset(["assets", "backups", "logs", "reports", "uploads"])
  bucket   = "${var.team}-${each.key}"
}

resource "aws_s3_bucket_policy" "data" {
  for_each = aws_s3_bucket.data
  bucket   = each.value.id
  policy   = "{}"
}

resource "aws_s3_bucket_public_access_block" "data" {
  for_each = aws_s3_bucket.data
  bucket   = each.value.id
}

resource "aws_iam_role" "service" {
  count = 8
  name  = "${var.team}-${count.index}"
}

resource "aws_iam_role_policy_attachment" "service" {
  count      = 8
  role       = aws_iam_role.service[count.index].name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}

resource "aws_route53_record" "front" {
  zone_id = "Z1"
  name    = "${var.team}.example.org"
  type    = "A"
  alias {
    name                   = aws_lb.front.dns_name
    zone_id                = aws_lb.front.zone_id
    evaluate_target_health = true
  }
}
"""
"""53 resources; NUMBER is the team's."""


def write_estate(root: Path, teams: int, hosts_per_team: int) -> None:
    """``teams`` modules in one root module, and an inventory of ``hosts_per_team`` hosts for each."""
    files = {"terraform/main.tf": "", "ansible/ansible.cfg": "[defaults]\ninventory = hosts.ini\n"}
    inventory, plays = [], []
    for number in range(teams):
        team = f"team-{number:02}"
        files["terraform/main.tf"] += f'module "{team}" {{\n  source = "./modules/{team}"\n  team   = "{team}"\n}}\n'
        files[f"terraform/modules/{team}/main.tf"] = MODULE.replace("NUMBER", str(number))
        group = team.replace("-", "_")
        inventory += [f"[{group}]", *(f"{team}-host-{i}" for i in range(hosts_per_team)), ""]
        plays.append(f"- hosts: {group}\n  roles: [{group}]\n")
        files[f"ansible/roles/{group}/tasks/main.yml"] = (
            "- ansible.builtin.template: {src: compose.yml.j2, dest: /opt/" + team + "/compose.yml}\n"
        )
        files[f"ansible/roles/{group}/templates/compose.yml.j2"] = (
            f"services:\n  app:\n    image: example/{team}:1\n    environment:\n"
            "      DATABASE_URL: postgresql://db:5432/app\n  db:\n    image: postgres:17\n"
        )
    files["ansible/hosts.ini"] = "\n".join(inventory)
    files["ansible/site.yml"] = "".join(plays)
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
