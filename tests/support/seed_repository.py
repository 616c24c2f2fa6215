"""A repository of the shape that hand-drawn pages go stale beside: eight servers by for_each over YAML, records at
Cloudflare, a load balancer that is switched off, playbooks, roles, Compose files; and the page of ten diagrams that
somebody once drew next to it, with a verdict on each box and arrow (data/seed_labels.tsv)."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

LABELS = Path(__file__).parents[1] / "drift/data/seed_labels.tsv"


@dataclass
class Judged:
    """What the list says: boxes and frames by (diagram, line of the page), arrows by their text."""

    page: str = ""
    boxes: dict[int, tuple[str, str, str]] = field(default_factory=dict)
    """Line → label without markup, verdict, why."""
    arrows: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Line → "from → to", verdict."""


def judged() -> Judged:
    """The page that the list describes, and its verdicts by line."""
    found = Judged()
    lines: list[str] = ["# Diagrams", ""]
    titles: dict[str, str] = {}
    is_open = False
    for row in LABELS.read_text().splitlines():
        kind, *cells = (row.split("\t") + [""] * 4)[:5]
        if kind == "drawing":
            if is_open:
                lines += ["```", ""]
            lines += [f"## {cells[0]}", "", "```mermaid", cells[1]]
            titles, is_open = {}, True
        elif kind == "frame":
            lines.append(f'subgraph "{cells[0]}"')
            found.boxes[len(lines)] = (cells[0], cells[1], cells[2])
        elif kind == "end":
            lines.append("end")
        elif kind == "box":
            lines.append(cells[0] + cells[2])
            titles[cells[0]] = cells[2].strip("[()]").replace("<br/>", " ")
            found.boxes[len(lines)] = (titles[cells[0]], cells[1], cells[3])
        else:
            lines.append(f"{cells[0]} --> {cells[1]}")
            found.arrows[len(lines)] = (f"{titles[cells[0]]} → {titles[cells[1]]}", cells[2])
    found.page = "\n".join([*lines, "```", ""])
    return found


DOMAINS = """
    domains:
      services: {enabled: true, domain: example.services, type: cx31, ip: 10.0.1.10, subdomains: [auth, metrics],
                 services: [nginx-proxy-manager, authentik, grafana, prometheus, alertmanager, loki, postfix]}
      dev: {enabled: true, domain: example.dev, type: cx31, services: [docker, code-server]}
      tools: {enabled: true, domain: example.tools, type: cx31, services: [nextcloud, gitea, vaultwarden, tux-bot]}
      chat: {enabled: true, domain: example.chat, type: cx21, services: [prosody, element-web]}
      wiki: {enabled: true, domain: example.wiki, type: cx31, services: [mediawiki, elasticsearch]}
      main: {enabled: false, domain: example.org, type: none, services: []}
    shared:
      database_cluster: {type: cx31, services: [postgresql, redis, pgbouncer]}
      backup: {type: cx21, services: [borg, rclone]}
      internal_dns: {type: cx21, services: [coredns]}
    global: {project: example, environment: production, proxy: true}
"""

TERRAFORM = """
    terraform {
      required_providers {
        hcloud     = { source = "hetznercloud/hcloud" }
        cloudflare = { source = "cloudflare/cloudflare" }
      }
    }
    provider "hcloud" {}
    provider "cloudflare" {}
    variable "load_balancer_enabled" { default = false }
    variable "account" { default = "0" }
    locals {
      config  = yamldecode(file("${path.root}/../configs/domains.yml"))
      enabled = { for n, c in local.config.domains : n => c if c.enabled }
      global  = local.config.global
    }
    resource "hcloud_network" "main" {
      name     = "${local.global.project}-network"
      ip_range = "10.0.0.0/16"
    }
    resource "hcloud_network_subnet" "main" {
      type         = "cloud"
      network_id   = hcloud_network.main.id
      network_zone = "eu-central"
      ip_range     = "10.0.1.0/24"
    }
    resource "hcloud_firewall" "main" {
      name = "${local.global.project}-firewall"
      rule {
        direction  = "in"
        port       = "22"
        protocol   = "tcp"
        source_ips = ["0.0.0.0/0"]
      }
      rule {
        direction  = "in"
        port       = "443"
        protocol   = "tcp"
        source_ips = ["0.0.0.0/0", "::/0"]
      }
    }
    resource "hcloud_server" "domains" {
      for_each     = local.enabled
      name         = "${local.global.project}-${each.key}-${local.global.environment}"
      server_type  = each.value.type
      image        = "debian-12"
      firewall_ids = [hcloud_firewall.main.id]
      labels = {
        environment = local.global.environment
        services    = join(",", each.value.services)
      }
      network { network_id = hcloud_network.main.id }
    }
    resource "hcloud_server" "shared" {
      for_each     = local.config.shared
      name         = "${local.global.project}-${each.key}-${local.global.environment}"
      server_type  = each.value.type
      image        = "debian-12"
      firewall_ids = [hcloud_firewall.main.id]
      labels = {
        environment = local.global.environment
        services    = join(",", each.value.services)
      }
      network {
        network_id = hcloud_network.main.id
        ip         = "10.0.7.10"
      }
    }
    resource "hcloud_load_balancer" "main" {
      count              = var.load_balancer_enabled ? 1 : 0
      name               = "lb"
      load_balancer_type = "lb11"
      location           = "nbg1"
    }
    resource "hcloud_load_balancer_target" "web" {
      for_each         = { for n, c in local.enabled : n => c if var.load_balancer_enabled }
      type             = "server"
      load_balancer_id = hcloud_load_balancer.main[0].id
      server_id        = hcloud_server.domains[each.key].id
    }
    resource "cloudflare_zone" "domains" {
      for_each = toset([for c in local.enabled : c.domain])
      name     = each.value
      account  = { id = var.account }
    }
    resource "cloudflare_dns_record" "main" {
      for_each = local.enabled
      zone_id  = cloudflare_zone.domains[each.value.domain].id
      name     = "@"
      type     = "A"
      content  = hcloud_server.domains[each.key].ipv4_address
      proxied  = local.global.proxy
    }
    resource "cloudflare_origin_ca_certificate" "main" {
      csr          = "csr"
      hostnames    = [for c in local.enabled : c.domain]
      request_type = "origin-rsa"
    }
"""

PLAYBOOKS = {
    "ansible/playbooks/site.yml": """
        - name: Banner
          hosts: localhost
          tasks: [{ansible.builtin.debug: {msg: hello}}]
        - import_playbook: infrastructure/bootstrap.yml
        - import_playbook: infrastructure/database-cluster.yml
        - import_playbook: security/hardening.yml
        - import_playbook: infrastructure/backup-setup.yml
        - import_playbook: monitoring/deploy-stack.yml
        - import_playbook: validation/backup-verification.yml
    """,
    "ansible/playbooks/dynamic-deploy.yml": """
        - name: Show the deployment plan
          hosts: localhost
          tasks: [{ansible.builtin.debug: {msg: "run generic-domain.yml by hand"}}]
    """,
    "ansible/playbooks/infrastructure/bootstrap.yml": """
        - name: Bootstrap servers
          hosts: all
          roles: [{role: system}]
          tasks:
            - ansible.builtin.package: {name: fail2ban, state: present}
    """,
    "ansible/playbooks/infrastructure/database-cluster.yml": """
        - name: Deploy the shared database cluster
          hosts: database_servers
          roles: [{role: system}, {role: docker}]
    """,
    "ansible/playbooks/infrastructure/backup-setup.yml": """
        - name: Configure backups
          hosts: all
          tasks:
            - ansible.builtin.package: {name: [borgbackup, rsync], state: present}
            - ansible.builtin.template: {src: borgmatic.yaml.j2, dest: /etc/borgmatic/config.yaml}
            - ansible.builtin.cron: {name: Nightly backup, hour: "2", minute: "30", job: borgmatic}
    """,
    "ansible/playbooks/infrastructure/templates/borgmatic.yaml.j2": """
        repositories:
          - path: /var/backups/borg
            label: local
        source_directories: [/etc, /home, /opt]
        compression: lz4
        checks: [{name: repository}]
    """,
    "ansible/playbooks/security/hardening.yml": """
        - name: Apply hardening
          hosts: all
          tasks:
            - ansible.builtin.package: {name: [ufw, fail2ban, rkhunter], state: present}
            - community.general.ufw: {state: enabled, policy: deny}
            - ansible.builtin.service: {name: fail2ban, state: started, enabled: true}
    """,
    "ansible/playbooks/monitoring/deploy-stack.yml": """
        - name: Deploy the monitoring stack
          hosts: services
          tasks:
            - ansible.builtin.template: {src: prometheus.yml.j2, dest: /opt/monitoring/prometheus.yml}
            - ansible.builtin.template: {src: alertmanager.yml.j2, dest: /opt/monitoring/alertmanager.yml}
            - ansible.builtin.template: {src: compose.yml.j2, dest: /opt/monitoring/docker-compose.yml}
            - community.docker.docker_compose_v2: {project_src: /opt/monitoring}
    """,
    "ansible/playbooks/monitoring/templates/prometheus.yml.j2": """
        alerting:
          alertmanagers:
            - static_configs: [{targets: ["alertmanager:9093"]}]
        scrape_configs:
          - job_name: node
            static_configs: [{targets: ["node-exporter:9100"]}]
          - job_name: grafana
            static_configs: [{targets: ["grafana:3000"]}]
    """,
    "ansible/playbooks/monitoring/templates/alertmanager.yml.j2": """
        route: {receiver: mail}
        receivers:
          - name: mail
            email_configs: [{to: admin@example.services}]
    """,
    "ansible/playbooks/monitoring/templates/compose.yml.j2": """
        services:
          prometheus:
            image: prom/prometheus
            volumes: ["prometheus_data:/prometheus"]
          grafana: {image: grafana/grafana, depends_on: [prometheus]}
          alertmanager: {image: prom/alertmanager}
          node-exporter: {image: prom/node-exporter}
          loki: {image: grafana/loki}
          nginx-proxy-manager: {image: jc21/nginx-proxy-manager}
          authentik: {image: ghcr.io/goauthentik/server}
        volumes: {prometheus_data: {}}
    """,
    "ansible/playbooks/domains/wiki.yml": """
        - name: Deploy the wiki
          hosts: wiki
          tasks:
            - ansible.builtin.copy:
                dest: /opt/wiki/docker-compose.yml
                content: |
                  services:
                    mediawiki:
                      image: mediawiki
                    elasticsearch:
                      image: elasticsearch
            - community.docker.docker_compose_v2: {project_src: /opt/wiki}
    """,
    "ansible/playbooks/domains/tools.yml": """
        - name: Deploy the tools
          hosts: tools
          roles: [{role: tux}]
    """,
    "ansible/playbooks/validation/backup-verification.yml": """
        - name: Backup verification
          hosts: all
          tasks: [{ansible.builtin.command: "borgmatic check"}]
    """,
    "ansible/playbooks/maintenance/ssl-renewal.yml": """
        - name: Certificate management
          hosts: services
          tasks: [{ansible.builtin.command: "certbot renew"}]
    """,
    "ansible/roles/system/tasks/main.yml": "- ansible.builtin.package: {name: [rsync, htop], state: present}\n",
    "ansible/roles/docker/tasks/main.yml": "- ansible.builtin.package: {name: docker-ce, state: present}\n",
    "ansible/roles/tux/tasks/main.yml": """
        - ansible.builtin.template: {src: docker-compose.yml.j2, dest: /opt/tux/docker-compose.yml}
        - community.docker.docker_compose_v2: {project_src: /opt/tux}
    """,
    "ansible/roles/tux/templates/docker-compose.yml.j2": """
        services:
          tux-bot:
            image: ghcr.io/example/tux:latest
    """,
    "ansible/roles/tux/meta/main.yml": "dependencies: [{role: docker}]\n",
    "ansible/inventories/dynamic.py": "#!/usr/bin/env python3\nprint('{}')\n",
    "ansible.cfg": "[defaults]\ninventory = ansible/inventories/dynamic.py\nroles_path = ansible/roles\n",
}

WORKFLOW = """
    name: CI
    on:
      push: {branches: [main]}
      pull_request: {branches: [main]}
    jobs:
      python-tests:
        runs-on: ubuntu-latest
        steps: [{run: pytest}]
      docs-build:
        runs-on: ubuntu-latest
        steps: [{run: mkdocs build}]
"""


def seed_files(page: str) -> dict[str, str]:
    """The files of the repository, with the hand-drawn page as docs/diagrams.md."""
    return {
        "configs/domains.yml": DOMAINS,
        "terraform/main.tf": TERRAFORM,
        ".github/workflows/ci.yml": WORKFLOW,
        "archdoc.toml": '[drift]\ndrift = "off"\n',
        "docs/diagrams.md": page,
        **PLAYBOOKS,
    }
