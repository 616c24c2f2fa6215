"""A repository full of lists, and edits that give them another order, or files another name: what says nothing."""

from __future__ import annotations

from mutations import Mutation, both, move, sub, swap

ORDERS = {
    "infra/main.tf": """
variable "names" {
  default = ["api", "web", "jobs"]
}

variable "cidr" {}

locals {
  ports = [80, 443]
}

resource "aws_security_group" "web" {
  name = "web"

  dynamic "ingress" {
    for_each = local.ports
    content {
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = ["10.0.0.0/8", "192.168.0.0/16", var.cidr]
    }
  }
}

resource "aws_security_group" "ssh" {
  name = "ssh"

  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0", "203.0.113.0/24"]
  }
}

resource "aws_instance" "box" {
  for_each               = toset(var.names)
  ami                    = "ami-1"
  vpc_security_group_ids = [aws_security_group.web.id, aws_security_group.ssh.id]
}

resource "aws_iam_policy" "read" {
  policy = jsonencode({
    Statement = [{ Effect = "Allow", Action = ["s3:GetObject", "s3:ListBucket"], Resource = "*" }]
  })
}

output "names" {
  value = var.names
}
""".lstrip(),
    "ansible/hosts": """
[web]
web1.example.org
web2.example.org
web3.example.org

[db]
db1.example.org
db2.example.org

[production:children]
web
db
""".lstrip(),
    "ansible/site.yml": """
- hosts: web:db
  roles:
    - common

- hosts: web
  roles:
    - proxy
""".lstrip(),
    "ansible/roles/common/tasks/main.yml": """
- name: Install tools
  ansible.builtin.apt:
    name: [chrony, fail2ban, rsync]
- name: Make the user
  ansible.builtin.user:
    name: deploy
    groups: [adm, docker]
""".lstrip(),
    "ansible/roles/proxy/tasks/main.yml": """
- name: Configure nginx
  ansible.builtin.template:
    src: site.conf.j2
    dest: /etc/nginx/sites-enabled/site.conf
  notify: Restart nginx
- name: Start nginx
  ansible.builtin.service:
    name: nginx
    state: started
""".lstrip(),
    "ansible/roles/proxy/handlers/main.yml": """
- name: Restart nginx
  ansible.builtin.service:
    name: nginx
    state: restarted
""".lstrip(),
    "ansible/roles/proxy/templates/site.conf.j2": """
upstream databases {
{% for host in groups['db'] %}
  server {{ host }}:5432;
{% endfor %}
}
server {
  listen 80;
  server_name www.example.org example.org;
  location / {
    proxy_pass http://databases;
  }
}
""".lstrip(),
    "stack/docker-compose.yml": """
services:
  proxy:
    image: traefik:3
    ports: ["80:80", "443:443"]
    networks: [front, back]
    depends_on: [app, db]
  app:
    image: example/app:1
    environment:
      - DATABASE_URL=postgres://app@db:5432/app
      - REDIS_URL=redis://cache:6379/0
    networks: [back]
    volumes:
      - files:/files
      - logs:/logs
  db:
    image: postgres:17
  cache:
    image: redis:8
networks:
  front:
  back:
volumes:
  files:
  logs:
""".lstrip(),
    ".github/workflows/ci.yml": """
name: CI
on:
  push:
    branches: [main, next]
    paths: ["infra/**", "ansible/**"]
jobs:
  lint:
    runs-on: ubuntu-latest
    steps:
      - run: terraform -chdir=infra validate
  test:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        python: ["3.12", "3.13"]
    steps:
      - run: ansible-playbook -i ansible/hosts ansible/site.yml --check
  apply:
    needs: [lint, test]
    runs-on: ubuntu-latest
    steps:
      - run: terraform -chdir=infra init
      - run: terraform -chdir=infra apply
""".lstrip(),
}  # fmt: skip

ORDERS_MUTATIONS = (
    Mutation("hosts", swap("ansible/hosts", r"^web\d.*?\n")),
    Mutation("hosts that a template lists", swap("ansible/hosts", r"^db\d.*?\n")),
    Mutation("groups", swap("ansible/hosts", r"^\[(?:web|db)\]\n.*?\n\n")),
    Mutation("groups of a group", sub("ansible/hosts", "web\ndb\n", "db\nweb\n")),
    Mutation("packages", sub("ansible/roles/common/tasks/main.yml", "[chrony, fail2ban, rsync]", "[rsync, chrony, fail2ban]")),
    Mutation("groups of a user", sub("ansible/roles/common/tasks/main.yml", "[adm, docker]", "[docker, adm]")),
    Mutation("plays that do not build on each other", swap("ansible/site.yml", r"^- hosts: [\w:]+\n  roles:\n    - \w+\n")),
    Mutation("names of a web server", sub("ansible/roles/proxy/templates/site.conf.j2", "www.example.org example.org", "example.org www.example.org")),
    Mutation("a set of names", sub("infra/main.tf", '["api", "web", "jobs"]', '["jobs", "api", "web"]')),
    Mutation("ports that make blocks", sub("infra/main.tf", "[80, 443]", "[443, 80]")),
    Mutation("ranges, one of them unknown", sub("infra/main.tf", '["10.0.0.0/8", "192.168.0.0/16", var.cidr]', '[var.cidr, "192.168.0.0/16", "10.0.0.0/8"]')),
    Mutation("ranges of a rule that is drawn", sub("infra/main.tf", '["0.0.0.0/0", "203.0.113.0/24"]', '["203.0.113.0/24", "0.0.0.0/0"]')),
    Mutation("security groups", sub("infra/main.tf", "[aws_security_group.web.id, aws_security_group.ssh.id]", "[aws_security_group.ssh.id, aws_security_group.web.id]")),
    Mutation("actions of a policy", sub("infra/main.tf", '["s3:GetObject", "s3:ListBucket"]', '["s3:ListBucket", "s3:GetObject"]')),
    Mutation("published ports", sub("stack/docker-compose.yml", '["80:80", "443:443"]', '["443:443", "80:80"]')),
    Mutation("networks of a service", sub("stack/docker-compose.yml", "[front, back]", "[back, front]")),
    Mutation("what a service waits for", sub("stack/docker-compose.yml", "[app, db]", "[db, app]")),
    Mutation("environment", swap("stack/docker-compose.yml", r"^      - \w+_URL=.*?\n")),
    Mutation("volumes", swap("stack/docker-compose.yml", r"^      - (?:files|logs):.*?\n")),
    Mutation("declared networks", sub("stack/docker-compose.yml", "  front:\n  back:\n", "  back:\n  front:\n")),
    Mutation("needs of a job", sub(".github/workflows/ci.yml", "[lint, test]", "[test, lint]")),
    Mutation("branches", sub(".github/workflows/ci.yml", "[main, next]", "[next, main]")),
    Mutation("paths", sub(".github/workflows/ci.yml", '["infra/**", "ansible/**"]', '["ansible/**", "infra/**"]')),
    Mutation("a matrix", sub(".github/workflows/ci.yml", '["3.12", "3.13"]', '["3.13", "3.12"]')),
    Mutation("a Compose file with its new name", move("stack/docker-compose.yml", "stack/compose.yaml")),
    Mutation("a Terraform file with another name", move("infra/main.tf", "infra/everything.tf")),
    Mutation("a task file with another ending", move("ansible/roles/common/tasks/main.yml", "ansible/roles/common/tasks/main.yaml")),
    # What does say something
    Mutation("steps of a job", swap(".github/workflows/ci.yml", r"^      - run: terraform -chdir=infra (?:init|apply)\n"), ("apply", "order")),
    Mutation("a host that changes its group", both(sub("ansible/hosts", "web3.example.org\n", ""), sub("ansible/hosts", "db2.example.org\n", "db2.example.org\nweb3.example.org\n")), ("host web3.example.org → group db", "host web3.example.org → group web")),
    Mutation("a port for another", sub("infra/main.tf", "[80, 443]", "[443, 81]"), ("aws_security_group.web", "81")),
    Mutation("a network less", sub("stack/docker-compose.yml", "[front, back]", "[front]"), ("service proxy", "networks")),
    Mutation("a Compose file in another directory", move("stack/docker-compose.yml", "docker-compose.yml"), ("service proxy", "no longer in the code")),
)  # fmt: skip
