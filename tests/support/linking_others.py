"""Networks, exposure, protection, recovery, delivery."""

from linking_cases import Case, server
from linking_services import BORG, WEB, play, put

from archdoc.model.facts import NodeKind
from archdoc.model.graph import Graph

NETWORK = """
    resource "hcloud_network" "main" {
      name     = "main"
      ip_range = "10.0.0.0/16"
    }
    resource "hcloud_network_subnet" "web" {
      network_id = hcloud_network.main.id
      ip_range   = "10.0.1.0/24"
    }
    resource "hcloud_server" "web" {
      name = "web"
      network {
        network_id = hcloud_network.main.id
        ip         = "10.0.1.5"
      }
    }
    """
ATTACHED = """
    resource "hcloud_server" "web" { name = "web" }
    resource "hcloud_volume" "data" { size = 10 }
    resource "hcloud_volume_attachment" "data" {
      server_id = hcloud_server.web.id
      volume_id = hcloud_volume.data.id
    }
    """
RECORD = """
    resource "hcloud_server" "web" {
      name = "web"
      network {
        network_id = 1
        ip         = "10.0.1.5"
      }
    }
    resource "cloudflare_dns_record" "web" {
      name    = "web"
      content = "10.0.1.5"
      type    = "A"
      proxied = true
    }
    """
FIREWALL = """
    resource "hcloud_firewall" "web" {
      rule {
        direction  = "in"
        protocol   = "tcp"
        port       = "443"
        source_ips = ["0.0.0.0/0"]
      }
    }
    resource "hcloud_server" "web" {
      name         = "web"
      firewall_ids = [hcloud_firewall.web.id]
    }
    """
RDS = 'resource "aws_db_instance" "app" {\n  engine = "postgres"\n  backup_retention_period = 7\n}\n'
WORKFLOW = """
    on: push
    jobs:
      apply:
        runs-on: ubuntu-latest
        steps:
          - run: terraform apply
            working-directory: infra
    """


def _has_layer(graph: Graph) -> bool:
    return any(n.attributes.get("security_layer") == "host" for n in graph.nodes(NodeKind.SERVICE))


def _is_scheduled(graph: Graph) -> bool:
    return any(n.attributes.get("schedule") for n in graph.nodes(NodeKind.JOB) if n.attributes.get("tool"))


_TIMER = put("[Timer]\nOnCalendar=*-*-* 03:00:00\nUnit=borgmatic.service\n", "/etc/systemd/system/nightly.timer")
_BACKUP = put(BORG, "/etc/borgmatic/config.yaml")

CASES = (
    Case(
        rule="network.arguments",
        files={"main.tf": NETWORK},
        edge="tf:.:hcloud_network.main -contains-> tf:.:hcloud_server.web",
        miss={
            "main.tf": NETWORK.replace("network_id = hcloud_network.main.id\n        ip", "network_id = 7\n        ip")
        },
    ),
    Case(
        rule="network.joins",
        files={"main.tf": ATTACHED},
        edge="tf:.:hcloud_volume.data -attached_to-> tf:.:hcloud_server.web",
        miss={"main.tf": ATTACHED.replace("server_id = hcloud_server.web.id", "server_id = 7")},
    ),
    Case(
        rule="network.subnet-address",
        files={"main.tf": NETWORK},
        edge="tf:.:hcloud_network_subnet.web -contains-> tf:.:hcloud_server.web",
        miss={"main.tf": NETWORK.replace("10.0.1.5", "10.0.2.5")},
    ),
    Case(
        rule="network.record-address",
        files={"main.tf": RECORD},
        edge="tf:.:cloudflare_dns_record.web -routes_to-> tf:.:hcloud_server.web",
        miss={"main.tf": RECORD.replace('content = "10.0.1.5"', 'content = "10.0.1.50"')},
    ),
    Case(
        rule="network.proxied-record",
        files={"main.tf": RECORD},
        edge="external:internet -routes_to-> tf:.:cloudflare_dns_record.web",
        miss={"main.tf": RECORD.replace("proxied = true", "proxied = false")},
    ),
    Case(
        rule="exposure.firewall-rules",
        files={"main.tf": FIREWALL},
        edge="external:internet -allows-> tf:.:hcloud_server.web",
        attributes={"ports": "443/tcp"},
        miss={"main.tf": FIREWALL.replace('"in"', '"out"')},
    ),
    Case(
        rule="security.host-firewall",
        files={**WEB, "site.yml": play("web", "community.general.ufw: {rule: allow, port: '443', proto: tcp}")},
        edge="external:internet -allows-> ansible:.:group:web",
        attributes={"ports": "443/tcp"},
        miss={"site.yml": play("web", "community.general.ufw: {rule: deny, port: '443', proto: tcp}")},
    ),
    Case(
        rule="security.layers",
        files={**WEB, "site.yml": play("web", "apt: {name: fail2ban}")},
        check=_has_layer,
        miss={"site.yml": play("web", "apt: {name: nginx}")},
    ),
    Case(
        rule="backup.schedule",
        files={**WEB, "site.yml": play("db", _BACKUP, _TIMER)},
        check=_is_scheduled,
        miss={"site.yml": play("db", _BACKUP) + play("web", _TIMER)},
    ),
    Case(
        rule="backup.recovery",
        files={**WEB, "site.yml": play("db", _BACKUP), "restore.yml": play("db", "command: borg extract ::latest")},
        edge="ansible:.:playbook:restore.yml -restores-> store:ssh://u1@u1.your-storagebox.de/./repo",
        miss={"restore.yml": play("db", "command: tar -x -f borg.tar")},
    ),
    Case(
        rule="backup.provider",
        files={"main.tf": RDS},
        edge="job:provider:AWS -backs_up-> tf:.:aws_db_instance.app",
        miss={"main.tf": RDS.replace("= 7", "= 0")},
    ),
    Case(
        rule="delivery.commands",
        files={".github/workflows/ci.yml": WORKFLOW, "infra/main.tf": server()},
        edge="ci:.github/workflows/ci.yml:apply -runs-> tf:infra:",
        miss={".github/workflows/ci.yml": WORKFLOW.replace("terraform apply", "terraform fmt -check")},
    ),
)
