"""Small repositories of the shapes that real ones have, and edits of them."""

from __future__ import annotations

from mutations import Mutation, add, both, delete, each_line, move, sub, swap

CLOUD = {
    "infra/main.tf": """
terraform {
  backend "s3" {
    bucket = "state"
    key    = "infra"
    region = "eu-west-1"
  }
}

provider "aws" {
  region = "eu-west-1"
}

variable "zones" {
  default = ["a", "b"]
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "app" {
  count             = length(var.zones)
  vpc_id            = aws_vpc.main.id
  cidr_block        = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
  availability_zone = "eu-west-1${var.zones[count.index]}"
}

resource "aws_security_group" "app" {
  vpc_id = aws_vpc.main.id

  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "app" {
  count                  = 2
  ami                    = "ami-1"
  instance_type          = "t3.small"
  subnet_id              = aws_subnet.app[count.index].id
  vpc_security_group_ids = [aws_security_group.app.id]
}

resource "aws_db_instance" "main" {
  identifier              = "main"
  engine                  = "postgres"
  instance_class          = "db.t3.small"
  allocated_storage       = 20
  backup_retention_period = 7
}
""".lstrip(),
    "infra/logs.tf": 'resource "aws_s3_bucket" "logs" {\n  bucket = "logs"\n}\n',
}
CLOUD_MUTATIONS = (
    Mutation("one more zone", sub("infra/main.tf", '["a", "b"]', '["a", "b", "c"]'), ("aws_subnet.app[2]", "is not in")),
    Mutation("one instance less", sub("infra/main.tf", "count                  = 2", "count                  = 1"), ("aws_instance.app[1]", "no longer in the code")),
    Mutation("an instance in the other subnet", sub("infra/main.tf", "aws_subnet.app[count.index].id", "aws_subnet.app[0].id"), ("aws_instance.app[1] → aws_subnet.app[1]", "no longer in the code")),
    Mutation("a port of the world", sub("infra/main.tf", "from_port   = 443\n    to_port     = 443", "from_port   = 22\n    to_port     = 22"), ("aws_security_group.app", "22")),
    Mutation("no backups of the database", sub("infra/main.tf", "backup_retention_period = 7", "backup_retention_period = 0"), ("aws_db_instance.main", "backup_retention_period: 7 → 0")),
    Mutation("a bucket less", delete("infra/logs.tf"), ("aws_s3_bucket.logs", "no longer in the code")),
    Mutation("a bucket that is not made", sub("infra/logs.tf", "{\n", "{\n  count  = 0\n"), ("aws_s3_bucket.logs",)),
    Mutation("another backend", sub("infra/main.tf", 'bucket = "state"', 'bucket = "states"'), ("root infra", "state → states")),
    Mutation("a file that cannot be read", add("infra/logs.tf", 'resource "aws_s3_bucket" {{{\n'), ("infra/logs.tf:4", "could not be worked out")),
    Mutation("a renamed block that moved", both(sub("infra/logs.tf", '"logs" {', '"log_files" {'), add("infra/logs.tf", "\nmoved {\n  from = aws_s3_bucket.logs\n  to   = aws_s3_bucket.log_files\n}\n")), ("aws_s3_bucket.log_files", "was called aws_s3_bucket.logs")),
    Mutation("the same count in another way", sub("infra/main.tf", "length(var.zones)", "length(concat(var.zones, []))")),
    Mutation("a file with another name", move("infra/logs.tf", "infra/buckets.tf")),
    Mutation("blocks in another order", swap("infra/main.tf", r'^resource "aws_\w+" "\w+" {\n.*?^}\n')),
    Mutation("a comment on every block", each_line("infra/main.tf", lambda line: f"# here\n{line}" if line.startswith("resource") else line)),
)  # fmt: skip

MACHINES = {
    "terraform/main.tf": """
locals {
  machines = yamldecode(file("${path.module}/../machines.yml")).machines
}

resource "hcloud_server" "machine" {
  for_each    = { for name, m in local.machines : name => m if m.enabled }
  name        = each.key
  server_type = each.value.type
  image       = "debian-13"
}
""".lstrip(),
    "machines.yml": """
# Every machine that we have.
machines:
  web:
    enabled: true
    type: cx23
  db:
    enabled: true
    type: cx33
  old:
    enabled: false
    type: cx23
""".lstrip(),
    "compose.yml": """
services:
  app:
    image: example/app:1
    environment:
      DATABASE_URL: postgres://app@db:5432/app
    depends_on: [db]
  db:
    image: postgres:17
    volumes:
      - data:/var/lib/postgresql/data
  prometheus:
    image: prom/prometheus:v3
    volumes:
      - ./prometheus.yml:/etc/prometheus/prometheus.yml
volumes:
  data:
""".lstrip(),
    "prometheus.yml": """
scrape_configs:
  - job_name: app
    static_configs:
      - targets: ["app:8000"]
""".lstrip(),
    "monitoring/docker-compose.yml.j2": """
services:
  grafana:
    image: grafana/grafana:{{ grafana_version }}
    ports: ["3000:3000"]
  {% if logs_enabled %}
  loki:
    image: grafana/loki:3
  {% endif %}
""".lstrip(),
    ".gitlab-ci.yml": """
stages: [test, deploy]

lint:
  stage: test
  script:
    - terraform -chdir=terraform validate

apply:
  stage: deploy
  script:
    - terraform -chdir=terraform apply -auto-approve
  environment: production
""".lstrip(),
}
MACHINES_MUTATIONS = (
    Mutation("a machine in the YAML file", add("machines.yml", "  extra_box:\n    enabled: true\n    type: cx23\n"), ('hcloud_server.machine["extra_box"] (terraform/main.tf:5, from machines.yml:12) is not in', "infrastructure")),
    Mutation("a machine that is switched on", sub("machines.yml", "enabled: false", "enabled: true"), ('hcloud_server.machine["old"]', "is not in")),
    Mutation("a machine that is switched off", sub("machines.yml", "  db:\n    enabled: true", "  db:\n    enabled: false"), ('hcloud_server.machine["db"]', "no longer in the code")),
    Mutation("a machine of another type", sub("machines.yml", "cx33", "cx43"), ('hcloud_server.machine["db"]', "server_type: cx33 → cx43")),
    Mutation("a service less", sub("compose.yml", "  prometheus:\n    image: prom/prometheus:v3\n    volumes:\n      - ./prometheus.yml:/etc/prometheus/prometheus.yml\n", ""), ("service prometheus", "image: prom/prometheus:v3 → (none)")),
    Mutation("one more service", sub("compose.yml", "  db:\n    image", "  redis:\n    image: redis:8\n  db:\n    image"), ("service redis", "is not in")),
    Mutation("another image", sub("compose.yml", "postgres:17", "postgres:18"), ("service db", "postgres:17 → postgres:18")),
    Mutation("a connection less", sub("compose.yml", "    environment:\n      DATABASE_URL: postgres://app@db:5432/app\n    depends_on: [db]\n", ""), ("service app → service db", "no longer in the code")),
    Mutation("a volume less", sub("compose.yml", "    volumes:\n      - data:/var/lib/postgresql/data\n", ""), ("store data", "no longer in the code")),
    Mutation("one more scrape job", add("prometheus.yml", "  - job_name: db\n    static_configs:\n      - targets: [\"db:9187\"]\n"), ("service prometheus → service db", "scrapes")),
    Mutation("one more job", add(".gitlab-ci.yml", "\nplan:\n  stage: test\n  script:\n    - terraform -chdir=terraform plan\n"), ("ci job plan", "is not in")),
    Mutation("a job of another stage", sub(".gitlab-ci.yml", "lint:\n  stage: test", "lint:\n  stage: deploy"), ("lint",)),
    Mutation("an environment less", sub(".gitlab-ci.yml", "  environment: production\n", ""), ("environment production", "no longer in the code")),
    Mutation("machines in another order", swap("machines.yml", r"^  (?:web|db):\n.*?type: \w+\n")),
    Mutation("services in another order", swap("compose.yml", r"^  (?:app|db):\n(?:    [^\n]*\n)+")),
    Mutation("jobs in another order", swap(".gitlab-ci.yml", r"^(?:lint|apply):\n(?:  [^\n]*\n)+\n?")),
    Mutation("a comment in each file", both(*(each_line(path, lambda line: "# here\n" + line if not line.startswith(" ") else line) for path in ("machines.yml", "compose.yml", "prometheus.yml", ".gitlab-ci.yml")))),
    Mutation("a data file in flow style", sub("machines.yml", "  web:\n    enabled: true\n    type: cx23\n", "  web: {type: cx23, enabled: true}\n")),
    Mutation("a service less in a template", sub("monitoring/docker-compose.yml.j2", "  loki:\n    image: grafana/loki:3\n", ""), ("service loki", "no longer in the code")),
    Mutation("a comment over several lines in a template", sub("monitoring/docker-compose.yml.j2", "services:\n", "{# what is\n   watched #}\nservices:\n")),
    Mutation("a condition over several lines", sub("monitoring/docker-compose.yml.j2", "  {% if logs_enabled %}\n", "  {% if\n       logs_enabled %}\n")),
    Mutation("an environment as a list", sub("compose.yml", "      DATABASE_URL: postgres://app@db:5432/app\n", "      - DATABASE_URL=postgres://app@db:5432/app\n")),
)  # fmt: skip
