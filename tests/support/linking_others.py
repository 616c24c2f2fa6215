"""Networks, exposure, protection, recovery, delivery."""

from linking_cases import Case, inventory, server
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
CNAME = """
    resource "cloudflare_zone" "main" { name = "example.org" }
    resource "cloudflare_dns_record" "app" {
      zone_id = cloudflare_zone.main.id
      name    = "app"
      content = "192.0.2.7"
      type    = "A"
    }
    resource "cloudflare_dns_record" "www" {
      zone_id = cloudflare_zone.main.id
      name    = "www"
      content = "app.example.org"
      type    = "CNAME"
    }
    """
ROUTES = """
    resource "aws_vpc" "main" { cidr_block = "10.0.0.0/16" }
    resource "aws_internet_gateway" "main" { vpc_id = aws_vpc.main.id }
    resource "aws_subnet" "a" {
      vpc_id     = aws_vpc.main.id
      cidr_block = "10.0.1.0/24"
    }
    resource "aws_route_table" "public" {
      vpc_id = aws_vpc.main.id
      route {
        cidr_block = "0.0.0.0/0"
        gateway_id = aws_internet_gateway.main.id
      }
    }
    resource "aws_route_table" "private" { vpc_id = aws_vpc.main.id }
    resource "aws_route_table_association" "a" {
      subnet_id      = aws_subnet.a.id
      route_table_id = aws_route_table.public.id
    }
    """
PHASES = """
    resource "cloudflare_zone" "main" {
      name = "example.org"
    }
    resource "cloudflare_ruleset" "waf" {
      zone_id = cloudflare_zone.main.id
      phase   = "http_request_firewall_managed"
    }
    resource "cloudflare_ruleset" "ddos" {
      zone_id = cloudflare_zone.main.id
      phase   = "ddos_l7"
    }
    resource "cloudflare_dns_record" "www" {
      zone_id = cloudflare_zone.main.id
      name    = "www"
      type    = "A"
      content = "192.0.2.1"
      proxied = true
    }
"""
SELECTED = """
    resource "hcloud_server" "web" {
      name   = "web"
      labels = { role = "web" }
    }
    resource "hcloud_firewall" "web" {
      apply_to { label_selector = "role=web" }
    }
    """
GOOGLE = """
    resource "google_compute_network" "main" { name = "main" }
    resource "google_compute_instance" "web" {
      name = "web"
      tags = ["web"]
      network_interface { network = google_compute_network.main.id }
    }
    resource "google_compute_firewall" "ssh" {
      network       = google_compute_network.main.name
      source_ranges = ["10.0.0.0/8"]
      allow {
        protocol = "tcp"
        ports    = ["22"]
      }
    }
    """
BALANCED = """
    resource "hcloud_server" "web" { name = "web" }
    resource "cloudflare_load_balancer_pool" "web" {
      origins {
        name    = "web"
        address = hcloud_server.web.ipv4_address
      }
    }
    resource "cloudflare_load_balancer_pool" "old" {}
    resource "cloudflare_load_balancer" "main" { default_pool_ids = [cloudflare_load_balancer_pool.web.id] }
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


def _exposed(graph: Graph) -> bool:
    return graph.node("tf:.:hcloud_server.web").attributes.get("exposed") == ["443/tcp"]


def _has_layer(graph: Graph) -> bool:
    return any(n.attributes.get("security_layer") == "host" for n in graph.nodes(NodeKind.SERVICE))


def _is_scheduled(graph: Graph) -> bool:
    return any(n.attributes.get("schedule") for n in graph.nodes(NodeKind.JOB) if n.attributes.get("tool"))


_TRAEFIK = "services:\n  traefik:\n    image: traefik\n"
_JOINED = """
services:
  {0}: {{image: {1}, networks: [web], labels: ["traefik.http.routers.{0}.rule=Host(`{0}.example.com`)"]}}
networks: {{web: {{external: true}}}}
"""
"""A container in a network that is made elsewhere, and that another Compose file may share."""
_LABELLED = """
services:
  shop:
    image: shop
    labels:
      - traefik.http.routers.shop.rule=Host(`shop.example.com`)
      - traefik.http.services.shop.loadbalancer.server.port=8000
"""
_PROXIED = """
services:
  caddy:
    image: caddy
    volumes: ["./Caddyfile:/etc/caddy/Caddyfile"]
  shop:
    image: shop
"""
_RULES = """
    rules: [{source: 10.0.0.0/8, ports: [9100]}]
    named: {metrics: {source: 10.0.0.0/8, port: 9100}}
    ports: [9100]
    sources: [10.0.0.0/8]
    """

_TIMER = put("[Timer]\nOnCalendar=*-*-* 03:00:00\nUnit=borgmatic.service\n", "/etc/systemd/system/nightly.timer")
_BACKUP = put(BORG, "/etc/borgmatic/config.yaml")

GRANT = """
resource "aws_s3_bucket" "files" { bucket = "files" }
resource "aws_iam_role" "app" { name = "app" }
resource "aws_iam_role_policy" "files" {
  role   = aws_iam_role.app.id
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*", Resource = aws_s3_bucket.files.arn }] })
}
"""
VARIABLE_HOSTS = {
    "ansible.cfg": "[defaults]\ninventory = hosts\n",
    "hosts": "[web]\nw1\nw2\n[db]\nd1\n",
    "site.yml": "- hosts: \"{{ target | default('none') }}\"\n  tasks: [{ping: }]\n",
    "all.yml": "- import_playbook: site.yml\n",
    "Makefile": "deploy:\n\tansible-playbook all.yml -e target=web\n",
    ".github/workflows/ci.yml": "on: push\njobs: {a: {runs-on: x, steps: [{run: make deploy}]}}\n",
}
LOGS = """
    resource "aws_cloudwatch_log_group" "shop" { name = "/ecs/shop" }
    resource "aws_ssm_parameter" "shop" { name = "shop" }
    resource "aws_ecs_task_definition" "shop" {
      family                = "shop"
      container_definitions = jsonencode([{
        name             = "shop"
        secrets          = [{ name = "KEY", valueFrom = aws_ssm_parameter.shop.arn }]
        logConfiguration = {
          logDriver = "awslogs"
          options   = { awslogs-group = aws_cloudwatch_log_group.shop.name }
        }
      }])
    }
    resource "aws_ecs_service" "shop" { task_definition = aws_ecs_task_definition.shop.arn }
"""
POOL = """
    resource "google_compute_network" "main" { name = "main" }
    resource "google_container_cluster" "main" { network = google_compute_network.main.id }
    resource "google_container_node_pool" "web" { cluster = google_container_cluster.main.id }
"""

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
        rule="monitoring.log-groups",
        files={"main.tf": LOGS},
        edge="tf:.:aws_ecs_service.shop -ships_logs_to-> tf:.:aws_cloudwatch_log_group.shop",
        miss={"main.tf": LOGS.replace("aws_cloudwatch_log_group.shop.name", "aws_ssm_parameter.shop.name")},
    ),
    Case(
        rule="network.neighbours",
        files={"main.tf": POOL},
        edge="tf:.:google_compute_network.main -contains-> tf:.:google_container_node_pool.web",
        miss={"main.tf": POOL.replace("google_container_cluster.main.id", '"elsewhere"')},
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
        rule="network.record-name",
        files={"main.tf": CNAME},
        edge="tf:.:cloudflare_dns_record.www -routes_to-> tf:.:cloudflare_dns_record.app",
        miss={"main.tf": CNAME.replace('"app.example.org"', '"app.example.com"')},
    ),
    Case(
        rule="network.routes",
        files={"main.tf": ROUTES},
        edge="tf:.:aws_subnet.a -routes_to-> tf:.:aws_internet_gateway.main",
        attributes={"destination": "0.0.0.0/0"},
        miss={"main.tf": ROUTES.replace("aws_route_table.public.id", "aws_route_table.private.id")},
    ),
    Case(
        rule="network.proxied-record",
        files={"main.tf": RECORD},
        edge="external:internet -routes_to-> tf:.:cloudflare_dns_record.web",
        miss={"main.tf": RECORD.replace("proxied = true", "proxied = false")},
    ),
    Case(
        rule="network.through",
        files={"main.tf": BALANCED},
        edge="tf:.:cloudflare_load_balancer.main -routes_to-> tf:.:hcloud_server.web",
        miss={
            "main.tf": BALANCED.replace(
                "[cloudflare_load_balancer_pool.web.id]", "[cloudflare_load_balancer_pool.old.id]"
            )
        },
    ),
    Case(
        rule="network.phases",
        files={"main.tf": PHASES},
        edge="tf:.:cloudflare_ruleset.ddos -routes_to-> tf:.:cloudflare_ruleset.waf",
        miss={"main.tf": PHASES.replace("proxied = true", "proxied = false")},
    ),
    Case(
        rule="network.selectors",
        files={"main.tf": SELECTED},
        edge="tf:.:hcloud_firewall.web -protects-> tf:.:hcloud_server.web",
        miss={"main.tf": SELECTED.replace('"role=web"', '"role=website"')},
    ),
    Case(
        rule="network.everything",
        files={"main.tf": GOOGLE},
        edge="tf:.:google_compute_firewall.ssh -protects-> tf:.:google_compute_instance.web",
        miss={"main.tf": GOOGLE.replace("source_ranges", 'target_tags = ["db"]\n      source_ranges')},
    ),
    Case(
        rule="exposure.effective",
        files={
            **inventory("web\n"),
            "main.tf": FIREWALL.replace('"443"', '"440-450"'),
            "site.yml": play(
                "web",
                "community.general.ufw: {rule: allow, port: '443', proto: tcp}",
                "community.general.ufw: {rule: allow, port: '22', proto: tcp}",
            ),
        },
        check=_exposed,
        miss={"main.tf": FIREWALL.replace("[hcloud_firewall.web.id]", "[]")},
    ),
    Case(
        rule="exposure.firewall-rules",
        files={"main.tf": FIREWALL},
        edge="external:internet -allows-> tf:.:hcloud_server.web",
        attributes={"ports": "443/tcp"},
        miss={"main.tf": FIREWALL.replace('"in"', '"out"')},
    ),
    Case(
        rule="security.grants",
        files={"main.tf": GRANT},
        edge="tf:.:aws_iam_role.app -allows-> tf:.:aws_s3_bucket.files",
        attributes={"how": "iam"},
        miss={"main.tf": GRANT.replace("aws_s3_bucket.files.arn", '"arn:aws:s3:::files"')},
    ),
    Case(
        rule="security.host-firewall",
        files={**WEB, "site.yml": play("web", "community.general.ufw: {rule: allow, port: '443', proto: tcp}")},
        edge="external:internet -allows-> ansible:.:group:web",
        attributes={"ports": "443/tcp"},
        miss={"site.yml": play("web", "community.general.ufw: {rule: deny, port: '443', proto: tcp}")},
    ),
    Case(
        rule="security.host-firewall",
        files={**WEB, "site.yml": play("web", "iptables: {chain: INPUT, jump: ACCEPT, in_interface: eth1}")},
        edge="external:interface:eth1 -allows-> ansible:.:group:web",
        miss={"site.yml": play("web", "iptables: {chain: INPUT, jump: ACCEPT, ctstate: 'ESTABLISHED,RELATED'}")},
    ),
    Case(
        rule="security.firewall-files",
        files={
            **WEB,
            "site.yml": play("web", "copy: {src: web.rules, dest: /etc/iptables.d/web.rules}"),
            "files/web.rules": "*filter\n-A INPUT -p tcp --dport 443 -j ACCEPT\nCOMMIT\n",
        },
        edge="external:internet -allows-> ansible:.:group:web",
        attributes={"ports": "443/tcp"},
        miss={
            "files/web.rules": "*filter\n-A INPUT -i lo -j ACCEPT\n"
            "-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT\n-A INPUT -i wg0 -p tcp --dport 443 -j ACCEPT\n"
        },
    ),
    Case(
        rule="security.firewall-files",
        files={
            **WEB,
            "site.yml": play(
                "web",
                "lineinfile: {path: /etc/iptables.d/web.rules, line: '-A INPUT -p tcp --dport 80 -j ACCEPT'}",
            ),
        },
        edge="external:internet -allows-> ansible:.:group:web",
        attributes={"ports": "80/tcp"},
        miss={"site.yml": play("web", "lineinfile: {path: /etc/motd, line: 'iptables lets in port 80'}")},
    ),
    Case(
        rule="security.firewall-service",
        files={**WEB, "site.yml": "- hosts: web\n  roles: [somebody.ufw]\n"},
        edge="service:web:ufw -protects-> ansible:.:host:web-1",
        attributes={"unread": True},
        miss={
            "site.yml": "- hosts: web\n  roles: [somebody.ufw]\n  tasks:\n"
            "    - community.general.ufw: {rule: allow, port: 22}\n"
        },
    ),
    *(
        Case(  # rules that a group has, gone through by every kind of loop
            rule="security.host-firewall",
            files={
                **WEB,
                "group_vars/web.yml": _RULES,
                "site.yml": play("web", f"{{ufw: {{rule: allow, {given}}}, {loop}}}"),
            },
            edge="external:range:10.0.0.0/8 -allows-> ansible:.:group:web",
            attributes={"ports": "9100"},
            miss={"group_vars/web.yml": _RULES.replace("9100", "'{{ ansible_facts.port }}'")},
        )
        for given, loop in (
            ("port: '{{ item.1 }}', from: '{{ item.0.source }}'", "with_subelements: ['{{ rules }}', ports]"),
            ("port: '{{ item.1 }}', from: '{{ item.0.source }}'", "loop: \"{{ rules | subelements('ports') }}\""),
            ("port: '{{ item.value.port }}', from: '{{ item.value.source }}'", "loop: '{{ named | dict2items }}'"),
            ("port: '{{ item.value.port }}', from: '{{ item.value.source }}'", "with_dict: '{{ named }}'"),
            ("port: '{{ item.0 }}', from: '{{ item.1 }}'", "loop: '{{ ports | product(sources) }}'"),
            ("port: '{{ item.0 }}', from: '{{ item.1 }}'", "with_nested: ['{{ ports }}', '{{ sources }}']"),
        )
    ),
    Case(
        rule="exposure.published-ports",
        files={"compose.yml": 'services:\n  shop:\n    image: shop\n    ports: ["127.0.0.1:9000:9000", "8080:80"]\n'},
        edge="external:reaches-host -allows-> service:.:shop",
        attributes={"ports": "8080/tcp"},
        miss={"compose.yml": 'services:\n  shop:\n    image: shop\n    ports: ["127.0.0.1:8080:80"]\n'},
    ),
    Case(
        rule="services.container-labels",
        files={"traefik.yml": _TRAEFIK, "shop.yml": _LABELLED},
        edge="service:.:traefik -connects_to-> service:.:shop",
        attributes={"names": "shop.example.com", "port": 8000},
        miss={"shop.yml": "services:\n  shop:\n    image: shop\n    labels: [traefik.enable=false]\n"},
    ),
    Case(
        rule="services.container-labels",
        files={"traefik.yml": _TRAEFIK, "shop.yml": _LABELLED},
        edge="service:.:traefik -connects_to-> service:.:shop",
        miss={"traefik.yml": _TRAEFIK + "  other:\n    image: traefik\n"},
    ),
    Case(
        rule="services.container-labels",
        files={
            "edge/compose.yml": _JOINED.format("edge", "traefik"),
            "apps/compose.yml": _JOINED.format("shop", "shop"),
        },
        edge="service:edge:edge -connects_to-> service:apps:shop",
        attributes={"names": "shop.example.com"},
        miss={"apps/compose.yml": _JOINED.format("shop", "shop").replace("external: true", "driver: bridge")},
    ),
    Case(
        rule="services.connections",
        files={
            "data/compose.yml": _JOINED.format("db", "postgres, container_name: main-db"),
            "apps/compose.yml": _JOINED.format("shop", "shop, environment: {DB_HOST: main-db}"),
        },
        edge="service:apps:shop -connects_to-> service:data:db",
        attributes={"via": "DB_HOST"},
        miss={"data/compose.yml": _JOINED.format("db", "postgres, container_name: main-db").replace("web", "other")},
    ),
    Case(
        rule="security.proxy-login",
        files={
            "compose.yml": _PROXIED,
            "Caddyfile": "a.example.com {\n  basic_auth {\n  }\n  reverse_proxy shop:80\n}\n",
        },
        edge="service:.:caddy -protects-> service:.:shop",
        attributes={"login": "basic auth"},
        miss={"Caddyfile": "a.example.com {\n  basic_auth /admin {\n  }\n  reverse_proxy shop:80\n}\n"},
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
        miss={"restore.yml": play("db", "command: tar -x -f borg.tar", "command: borg list")},
    ),
    Case(
        rule="backup.playbooks",
        files={**WEB, "site.yml": play("db", _BACKUP), "backup-verify.yml": play("db", "ping:")},
        edge="ansible:.:playbook:backup-verify.yml -verifies-> store:ssh://u1@u1.your-storagebox.de/./repo",
        miss={"backup-verify.yml": play("web", "ping:")},
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
    Case(
        rule="delivery.extra-vars",
        files=VARIABLE_HOSTS,
        edge="ansible:.:play:site.yml:{{ target | default('none') }} -targets-> ansible:.:group:web",
        miss={"Makefile": "deploy:\n\tansible-playbook all.yml -e other=web\n"},
    ),
    Case(  # what is taken away leaves hosts
        rule="delivery.extra-vars",
        files={**VARIABLE_HOSTS, "Makefile": "deploy:\n\tansible-playbook site.yml --extra-vars target=web -l '!w2'\n"},
        edge="ansible:.:play:site.yml:{{ target | default('none') }} -targets-> ansible:.:host:w1",
        miss={"Makefile": "deploy:\n\tansible-playbook site.yml --extra-vars target=web -l w2\n"},
    ),
)
