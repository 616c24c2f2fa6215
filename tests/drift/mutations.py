"""Single edits of infrastructure code, and what each of them must make ``check`` say."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

Edit: TypeAlias = Callable[[Path], None]


@dataclass(frozen=True)
class Mutation:
    """``names`` are words that the findings must have, together; none where the edit changes no architecture."""

    name: str
    edit: Edit
    names: tuple[str, ...] = ()


def sub(path: str, old: str, new: str, count: int = 1) -> Edit:
    """Replace a text that stands ``count`` times in a file."""

    def edit(root: Path) -> None:
        text = (root / path).read_text()
        assert text.count(old) == count, f"{path} has {old!r} {text.count(old)} times"
        (root / path).write_text(text.replace(old, new))

    return edit


def add(path: str, text: str) -> Edit:
    """Append to a file, or make one."""

    def edit(root: Path) -> None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        with (root / path).open("a") as file:
            file.write(text)

    return edit


def cut(path: str, first: str, before: str) -> Edit:
    """Take out everything from one text up to another."""

    def edit(root: Path) -> None:
        text = (root / path).read_text()
        start = text.index(first)
        end = text.index(before, start + len(first)) if before else len(text)
        (root / path).write_text(text[:start] + text[end:])

    return edit


def delete(path: str) -> Edit:
    """Take away a file."""
    return lambda root: (root / path).unlink()


def move(path: str, to: str) -> Edit:
    """Give a file another name."""

    def edit(root: Path) -> None:
        (root / path).rename(root / to)

    return edit


def swap(path: str, pattern: str) -> Edit:
    """Put the first two matches of a pattern into each other's place."""

    def edit(root: Path) -> None:
        text = (root / path).read_text()
        one, other = list(re.finditer(pattern, text, re.M | re.S))[:2]
        between = text[one.end() : other.start()]
        (root / path).write_text(text[: one.start()] + other[0] + between + one[0] + text[other.end() :])

    return edit


def each_line(path: str, change: Callable[[str], str]) -> Edit:
    """Change every line."""

    def edit(root: Path) -> None:
        (root / path).write_text("".join(change(line) for line in (root / path).read_text().splitlines(keepends=True)))

    return edit


def both(*edits: Edit) -> Edit:
    """One after the other, for one change that stands in two files."""

    def edit(root: Path) -> None:
        for each in edits:
            each(root)

    return edit


PRODUCTION = "terraform/environments/production.tfvars"
LOCALS = "terraform/locals.tf"
SECURITY = "terraform/modules/security/locals.tf"
DNS = "terraform/modules/edge/dns.tf"
HOSTS = "ansible/inventories/production/hosts.yml"
SCRAPES = "ansible/roles/prometheus/templates/prometheus.yml.j2"
BORG = "ansible/roles/borgmatic/templates/config.yaml.j2"
DEPLOY = ".github/workflows/deploy.yml"

TERRAFORM = (
    Mutation(
        "one more web server",
        sub(PRODUCTION, "web_server_count = 2", "web_server_count = 3"),
        ('hcloud_server.main["web-3"]', "is not in", "infrastructure", "terraform/modules/compute/main.tf:"),
    ),
    Mutation(
        "one web server less",
        sub(PRODUCTION, "web_server_count = 2", "web_server_count = 1"),
        ('hcloud_server.main["web-2"]', "no longer in the code"),
    ),
    Mutation(
        "a server of its own",
        add("terraform/main.tf", '\nresource "hcloud_server" "extra_box" {\n  name        = "extra"\n  image       = "debian-13"\n  server_type = "cx23"\n}\n'),
        ("hcloud_server.extra_box in production", "hcloud_server.extra_box in staging", "is not in"),
    ),
    Mutation(
        "a server with another name",
        sub(LOCALS, "    cache-1 = {", "    redis-1 = {"),
        ('hcloud_server.main["redis-1"]', 'hcloud_server.main["cache-1"]'),
    ),
    Mutation("a larger server", sub(PRODUCTION, '"ccx23"', '"ccx33"'), ('hcloud_server.main["db-1"]', "server_type: ccx23 → ccx33")),
    Mutation("a server in the other subnet", sub(LOCALS, 'role    = "cache"\n      subnet  = "private"', 'role    = "cache"\n      subnet  = "public"'), ('hcloud_server.main["cache-1"]', 'subnet.main["public"]')),
    Mutation("a server with the provider's backups", sub(LOCALS, "ip      = cidrhost(var.subnet_cidrs.private, 21)\n      backups = false", "ip      = cidrhost(var.subnet_cidrs.private, 21)\n      backups = true"), ('hcloud_server.main["cache-1"]', "backups: false → true")),
    Mutation("one more volume", sub(LOCALS, 'role    = "cache"\n      subnet  = "private"\n      ip      = cidrhost(var.subnet_cidrs.private, 21)\n      backups = false\n      volumes = {}', 'role    = "cache"\n      subnet  = "private"\n      ip      = cidrhost(var.subnet_cidrs.private, 21)\n      backups = false\n      volumes = { redis = 10 }'), ('hcloud_volume.data["cache-1-redis"]', "is not in")),
    Mutation("a larger volume", sub(PRODUCTION, "postgres   = 100", "postgres   = 150"), ('hcloud_volume.data["db-1-postgres"]', "size: 100 → 150")),
    Mutation("another network", sub(PRODUCTION, '"10.0.0.0/16"', '"10.8.0.0/16"'), ("hcloud_network.main", "10.0.0.0/16 → 10.8.0.0/16")),
    Mutation("another subnet", sub(PRODUCTION, '"10.0.2.0/24"', '"10.0.3.0/24"'), ('hcloud_network_subnet.main["private"]', "10.0.2.0/24 → 10.0.3.0/24")),
    Mutation("one more subnet", both(sub(PRODUCTION, 'private = "10.0.2.0/24"', 'private = "10.0.2.0/24"\n  dmz     = "10.0.9.0/24"'), sub("terraform/variables.tf", "    private = string\n", "    private = string\n    dmz     = optional(string, \"10.1.9.0/24\")\n")), ('hcloud_network_subnet.main["dmz"]', "in production", "in staging")),
    Mutation("no route to the internet", cut("terraform/modules/network/main.tf", 'resource "hcloud_network_route"', ""), ("hcloud_network_route.egress", "no longer in the code")),
    Mutation("a new firewall rule", sub(SECURITY, "    db = [\n", '    db = [\n      { description = "Replication", protocol = "tcp", port = "5433", source_ips = local.hosts["web"] },\n'), ('hcloud_firewall.group["db"]', "5433")),
    Mutation("a firewall rule less", cut(SECURITY, '      { description = "Redis metrics"', "    ]"), ('hcloud_firewall.group["cache"]', "9121")),
    Mutation("another port in a rule", sub(SECURITY, 'port = "6379"', 'port = "6380"'), ('hcloud_firewall.group["cache"]', "6380")),
    Mutation("a rule for the whole internet", sub(PRODUCTION, '"203.0.113.17/32"', '"0.0.0.0/0"'), ('hcloud_firewall.group["bastion"]', "0.0.0.0/0")),
    Mutation("one more host name", sub(LOCALS, '"files", "tux"', '"files", "tux", "blog"'), ('cloudflare_dns_record.origin_ipv4["blog"]',)),
    Mutation("a host name less", sub(LOCALS, '"kibana", ', ""), ('cloudflare_dns_record.origin_ipv4["kibana"]', "no longer in the code")),
    Mutation("a record of another type", sub(DNS, 'type    = "AAAA"', 'type    = "CNAME"'), ('cloudflare_dns_record.origin_ipv6["www"]', "type: AAAA → CNAME")),
    Mutation("a record past the proxy", sub(DNS, "ttl     = 300\n  proxied = false", "ttl     = 300\n  proxied = true"), ("cloudflare_dns_record.bastion", "proxied: false → true")),
    Mutation("a module less", both(cut("terraform/main.tf", 'module "backup"', ""), cut("terraform/outputs.tf", 'output "backup_repository"', 'output "name_servers"')), ("module.backup", "no longer in the code")),
    Mutation("an output of another value", sub("terraform/outputs.tf", "value       = module.edge.name_servers", "value       = var.zone_name"), ("output output.name_servers", "example.org")),
    Mutation("another image everywhere", sub("terraform/variables.tf", '"debian-13"', '"debian-14"'), ("hcloud_server.main", "image: debian-13 → debian-14")),
    Mutation("one environment less", both(sub("archdoc.toml", '[terraform.roots."terraform".environments.staging]\nvar_files = ["environments/staging.tfvars"]\n', ""), delete("terraform/environments/staging.tfvars")), ("in staging", "no longer in the code")),
    # What changes no architecture
    Mutation("a comment in Terraform", sub("terraform/main.tf", 'module "network" {', '# What everything stands in.\n#\n# More words.\nmodule "network" {')),
    Mutation("a comment in variables", sub(PRODUCTION, "web_server_count = 2", "# Two are enough.\nweb_server_count = 2 # for now")),
    Mutation("other spaces in Terraform", each_line("terraform/main.tf", lambda line: re.sub(r" +=", "=", line))),
    Mutation("other indentation in Terraform", each_line("terraform/modules/compute/main.tf", lambda line: line.replace("  ", "\t", 1))),
    Mutation("empty lines in Terraform", each_line("terraform/modules/network/main.tf", lambda line: line + ("\n" if line == "}\n" else ""))),
    Mutation("blocks in another order", swap(DNS, r'^resource "cloudflare_dns_record" .*?^}\n')),
    Mutation("arguments in another order", swap("terraform/modules/network/main.tf", r"^  (?:name|ip_range) +=.*?\n")),
    Mutation("variables in another order", swap("terraform/variables.tf", r'^variable "\w+" {\n.*?^}\n')),
    Mutation("values in another order", swap(PRODUCTION, r"^(?:environment|location) .*?\n")),
    Mutation("a block in a file of its own", both(cut("terraform/modules/network/main.tf", 'resource "hcloud_network_route"', ""), add("terraform/modules/network/routes.tf", 'resource "hcloud_network_route" "egress" {\n  network_id  = hcloud_network.main.id\n  destination = "0.0.0.0/0"\n  gateway     = var.nat_gateway\n\n  depends_on = [hcloud_network_subnet.main]\n}\n'))),
    Mutation("a Terraform file with another name", move("terraform/modules/compute/volumes.tf", "terraform/modules/compute/disks.tf")),
    Mutation("an expression written in another way", sub(LOCALS, '"web-${index + 1}"', 'format("web-%d", index + 1)')),
    Mutation("line ends of another system", each_line("terraform/locals.tf", lambda line: line.replace("\n", "\r\n"))),
)  # fmt: skip

ANSIBLE = (
    Mutation("one more host", sub(HOSTS, "        cache-1:\n", "        cache-2:\n          ansible_host: 10.0.2.22\n          private_address: 10.0.2.22\n        cache-1:\n"), ("host cache-2", "is not in")),
    Mutation("a host less", cut(HOSTS, "        web-2:", "    db:"), ("host web-2", "no longer in the code")),
    Mutation("a group less", cut("ansible/inventories/staging/hosts.ini", "[subnet_public:children]", "[subnet_private:children]"), ("subnet_public",)),
    Mutation("a role applied to more machines", sub("ansible/monitoring.yml", "    - role: fluent_bit\n", "    - role: fluent_bit\n    - role: fail2ban\n"), ("role fail2ban",)),
    Mutation("a role less", sub("ansible/monitoring.yml", "    - role: grafana\n", ""), ("grafana", "no longer in the code")),
    Mutation("a play for other machines", sub("ansible/backup.yml", "hosts: web:db:cache:monitoring", "hosts: db"), ("borgmatic", "no longer in the code")),
    Mutation("a playbook less in the main one", cut("ansible/site.yml", "- name: Keep copies", ""), ("backup.yml", "no longer in the code")),
    Mutation("a new role", both(add("ansible/roles/varnish/tasks/main.yml", "---\n- name: Install Varnish\n  ansible.builtin.apt:\n    name: varnish\n"), sub("ansible/backup.yml", "    - role: archive\n", "    - role: archive\n    - role: varnish\n")), ("role varnish", "is not in")),
    Mutation("a new play", add("ansible/monitoring.yml", "\n- name: Watch the cache closely\n  hosts: cache\n  roles:\n    - role: redis\n"), ("play Watch the cache closely",)),
    Mutation("one more program", add("ansible/roles/redis/tasks/main.yml", "\n- name: Install memcached\n  ansible.builtin.apt:\n    name: memcached\n    state: present\n"), ("memcached",)),
    # What it puts onto machines
    Mutation("one more scrape job", sub(SCRAPES, "  - job_name: grafana\n", "  - job_name: kibana\n    static_configs:\n      - targets: [\"kibana:5601\"]\n\n  - job_name: grafana\n"), ("prometheus", "kibana", "scrapes")),
    Mutation("a scrape job less", cut(SCRAPES, "  - job_name: redis", "{% for job, port"), ("redis-exporter", "scrapes", "no longer in the code")),
    Mutation("a scrape job with another name", sub(SCRAPES, "job_name: postgres\n", "job_name: databases\n"), ("postgres-exporter", "job: postgres → databases")),
    Mutation("one more path in the backup", sub("ansible/group_vars/monitoring.yml", "  - /opt/monitoring\n", "  - /opt/monitoring\n  - /srv/dashboards\n"), ("/srv/dashboards", "borgmatic")),
    Mutation("a path less in the backup", sub("ansible/group_vars/web.yml", "  - /srv/files/uploads\n", "", 1), ("/srv/files/uploads",)),
    Mutation("no second copy", cut(BORG, "  - path: {{ borgmatic_remote_path }}", "\narchive_name_format"), ("your-storagebox.de", "no longer in the code")),
    Mutation("a database less in the backup", sub("ansible/group_vars/db.yml", "borgmatic_postgresql_databases: \"{{ postgres_databases | map(attribute='name') | list }}\"\n", ""), ("postgresql", "backs up")),
    Mutation("another schedule", sub("ansible/roles/archive/defaults/main.yml", '"*-*-01 08:00:00"', '"*-*-02 08:00:00"'), ("job backup-archive", "schedule: *-*-01 08:00:00 → *-*-02 08:00:00")),
    Mutation("one more receiver of alerts", sub("ansible/roles/alertmanager/templates/alertmanager.yml.j2", "  - name: email\n    email_configs:\n", "  - name: email\n    webhook_configs:\n      - url: https://hooks.pager.example/alerts\n    email_configs:\n"), ("alertmanager", "pager.example", "is not in")),
    Mutation("a data source less", cut("ansible/roles/grafana/templates/datasources.yml.j2", "  - name: Jaeger", ""), ("grafana", "jaeger", "visualizes")),
    Mutation("another port of a program", sub("ansible/group_vars/all/ports.yml", "redis_port: 6379", "redis_port: 6390"), ("6390",)),
    Mutation("a firewall rule on the hosts", add("ansible/group_vars/bastion.yml", "  - comment: Mosh\n    port: \"60001\"\n    sources: \"{{ admin_networks }}\"\n"), ("host bastion-1", "allows", "is not drawn in")),
    # What changes no architecture
    Mutation("a comment in Ansible", sub("ansible/monitoring.yml", "- name: Deploy the monitoring stack", "# The stack\n\n- name: Deploy the monitoring stack")),
    Mutation("a comment in an inventory", sub(HOSTS, "all:\n", "# machines\n\n\nall:\n")),
    Mutation("a comment in a template", sub(SCRAPES, "scrape_configs:\n", "{# what is watched #}\n# in turn\nscrape_configs:\n")),
    Mutation("an inventory in flow style", sub(HOSTS, "        cache-1:\n          ansible_host: 10.0.2.21\n          private_address: 10.0.2.21\n", "        cache-1: {private_address: 10.0.2.21, ansible_host: 10.0.2.21}\n")),
    Mutation("quotes in YAML", sub("ansible/backup.yml", "hosts: web:db:cache:monitoring", "hosts: 'web:db:cache:monitoring'")),
    Mutation("keys of a play in another order", sub("ansible/monitoring.yml", "  hosts: monitoring\n  tags: [monitoring]\n", "  tags: [monitoring]\n  hosts: monitoring\n")),
    Mutation("a file that is no infrastructure", add("NOTES.txt", "nothing\n")),
    Mutation("a hand-written page", add("docs/notes.md", "# Notes\n\nNothing is drawn here.\n")),
    Mutation("line ends of another system in Ansible", each_line("ansible/monitoring.yml", lambda line: line.replace("\n", "\r\n"))),
)  # fmt: skip

CI = (
    Mutation("one more CI job", add(DEPLOY, "\n  announce:\n    name: Announce\n    needs: verify\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo done\n"), ("announce", "is not in")),
    Mutation("a CI job less", cut(DEPLOY, "  verify:\n", ""), ("verify", "no longer in the code")),
    Mutation("jobs in another order", sub(DEPLOY, "    needs: [build, test]", "    needs: [build]"), ("test", "staging", "needs", "no longer in the code")),
    Mutation("another environment", sub(DEPLOY, "      name: production\n", "      name: live\n"), ("environment live",)),
    Mutation("another trigger", sub(DEPLOY, "  workflow_dispatch:\n", "  schedule:\n    - cron: \"0 4 * * 1\"\n"), ("trigger schedule", "trigger workflow dispatch", "no longer in the code")),
    Mutation("a job that applies no more", sub(DEPLOY, "          terraform apply -auto-approve -var-file=environments/production.tfvars\n", ""), ("ci job production → root terraform (runs)", "no longer in the code")),
    Mutation("a new workflow", add(".github/workflows/nightly.yml", "name: Nightly\non:\n  schedule:\n    - cron: \"0 3 * * *\"\njobs:\n  audit:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: ansible-playbook -i inventories/production verify.yml\n        working-directory: ansible\n"), ("nightly.yml", "audit")),
    # What changes no architecture
    Mutation("a comment in a workflow", sub(DEPLOY, "jobs:\n", "# In this order.\njobs:\n")),
    Mutation("keys of a workflow in another order", sub(DEPLOY, "    needs: lint\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v5\n      - uses: actions/setup-python@v6", "    runs-on: ubuntu-24.04\n    needs: lint\n    steps:\n      - uses: actions/checkout@v5\n      - uses: actions/setup-python@v6")),
)  # fmt: skip
