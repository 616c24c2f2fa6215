"""What runs where, who talks to whom, who watches whom, what is saved."""

from linking_cases import Case, inventory

from archdoc.model.facts import NodeKind
from archdoc.model.graph import Graph

WEB = inventory("[web]\nweb-1\nweb-2\n[mon]\nmon-1\n[db]\ndb-1\n")


def play(hosts: str, *tasks: str) -> str:
    """A play in YAML."""
    return f"- hosts: {hosts}\n  tasks:\n" + "".join(f"    - {t}\n" for t in tasks)


def put(text: str, path: str) -> str:
    """A task that puts a text at a path."""
    lines = "".join(f"          {line}\n" for line in text.strip("\n").split("\n"))
    return f"copy:\n        dest: {path}\n        content: |\n{lines.rstrip()}"


PROMETHEUS = """
scrape_configs:
  - job_name: node
    static_configs:
      - targets: ['web-1:9100']
alerting:
  alertmanagers:
    - static_configs:
        - targets: ['alertmanager:9093']
"""
OWN_METRICS = """
scrape_configs:
  - job_name: prometheus
    static_configs:
      - targets: ['localhost:9090']
"""
ALERTMANAGER = """
route:
  receiver: chat
receivers:
  - name: chat
    slack_configs:
      - channel: '#ops'
"""
GRAFANA = """
datasources:
  - name: metrics
    type: prometheus
    url: http://prometheus:9090
"""
APP = """
services:
  app:
    image: example/app
    environment:
      DATABASE_URL: postgres://db-1/app
"""
MYSQL = """
services:
  app:
    image: example/app
    environment:
      MYSQL_HOST: db-1
"""
CONSUL = """
services:
  app:
    image: example/app
    environment:
      DISCOVERY_ADDR: http://db-1:8500
"""
SHIPPED = """
clients:
  - url: https://logs.example.net/loki/api/v1/push
scrape_configs:
  - job_name: journal
    journal: {}
"""
STORED = """
services:
  app:
    image: example/app
    volumes: ['/srv/app/data:/data']
"""
TUNNEL = """
[Interface]
Address = 10.8.0.2/24
[Peer]
AllowedIPs = 10.8.0.0/24
Endpoint = mon-1:51820
"""
SUBSCRIBED = """
    resource "aws_sns_topic" "ops" { name = "ops" }
    resource "aws_sns_topic_subscription" "mail" {
      topic_arn = aws_sns_topic.ops.arn
      protocol  = "email"
      endpoint  = "ops@example.org"
    }
    """
FUNCTION = """
    resource "aws_db_instance" "app" { engine = "postgres" }
    resource "aws_lambda_function" "api" {
      function_name = "api"
      environment {
        variables = { DB_HOST = aws_db_instance.app.address }
      }
    }
    """
KIBANA = """
services:
  kibana:
    image: docker.elastic.co/kibana/kibana:8
    environment:
      ELASTICSEARCH_HOSTS: http://elasticsearch:9200
  elasticsearch:
    image: docker.elastic.co/elasticsearch/elasticsearch:8
"""
BORG = """
source_directories:
  - /srv
repositories:
  - path: ssh://u1@u1.your-storagebox.de/./repo
postgresql_databases:
  - name: app
"""
_POSTGRES = "service: {name: postgresql, state: started}"
_MARIADB = "service: {name: mariadb, state: started}"
_CONFIGURED = put(PROMETHEUS, "/etc/prometheus/prometheus.yml")


def _one_prometheus(graph: Graph) -> bool:
    found = [n for n in graph.nodes(NodeKind.SERVICE) if n.type == "prometheus"]
    return len(found) == 1 and len({found[0].source, *found[0].evidence}) == 3


def _scheduled(graph: Graph) -> bool:
    return any(n.attributes.get("schedule") for n in graph.nodes(NodeKind.JOB) if n.type == "borgmatic")


CASES = (
    Case(
        rule="services.signals",
        files={**WEB, "site.yml": play("db", _POSTGRES)},
        check=lambda graph: any(n.type == "postgresql" for n in graph.nodes(NodeKind.SERVICE)),
        miss={"site.yml": play("db", "service: {name: postgresql, state: stopped}")},
    ),
    Case(
        rule="services.outside-role",
        files={**WEB, "site.yml": "- hosts: db\n  roles: [geerlingguy.postgresql]\n"},
        check=lambda graph: "service:db-1:postgresql" in graph,
        miss={"site.yml": "- hosts: db\n  roles: [geerlingguy.postgresql_backup]\n"},
    ),
    Case(
        rule="services.run-on",
        files={**WEB, "site.yml": play("web", "service: {name: nginx, state: started}")},
        edge="service:web:nginx -runs_on-> ansible:.:host:web-2",
        miss={"site.yml": play("web:!web-2", "service: {name: nginx, state: started}")},
    ),
    Case(
        rule="services.same-program",
        files={
            **WEB,
            "site.yml": play(
                "mon", "apt: {name: prometheus}", "service: {name: prometheus, state: started}", _CONFIGURED
            ),
        },
        check=_one_prometheus,
        miss={"site.yml": play("mon", "apt: {name: prometheus}", _CONFIGURED) + play("db", "apt: {name: prometheus}")},
    ),
    Case(
        rule="services.connections",
        files={**WEB, "site.yml": play("web", put(APP, "/srv/app/compose.yml")) + play("db", _POSTGRES)},
        edge="service:web:app -connects_to-> service:db-1:postgresql",
        miss={"site.yml": play("web", put(APP, "/srv/app/compose.yml")) + play("mon", _POSTGRES)},
    ),
    Case(
        rule="services.to-host",
        files={**WEB, "site.yml": play("web", put(MYSQL, "/srv/app/compose.yml")) + play("db", _POSTGRES)},
        edge="service:web:app -connects_to-> ansible:.:host:db-1",
        attributes={"via": "MYSQL_HOST", "program": "mysql"},
        miss={"site.yml": play("web", put(MYSQL, "/srv/app/compose.yml")) + play("db", _MARIADB)},
    ),
    Case(
        rule="services.to-host",
        files={**WEB, "site.yml": play("web", put(CONSUL, "/srv/app/compose.yml")) + play("db", _POSTGRES)},
        edge="service:web:app -connects_to-> ansible:.:host:db-1",
        attributes={"via": "DISCOVERY_ADDR", "port": 8500},
        miss={"site.yml": play("db", put(CONSUL, "/srv/app/compose.yml"))},
    ),
    Case(
        rule="monitoring.store-outside",
        files={**WEB, "site.yml": play("web", put(SHIPPED, "/etc/promtail/config.yml"))},
        edge="service:web:promtail -ships_logs_to-> external:logs:logs.example.net",
        miss={"site.yml": play("web", put(SHIPPED.replace("logs.example.net", "mon-1"), "/etc/promtail/config.yml"))},
    ),
    Case(
        rule="services.reads-address",
        files={"main.tf": FUNCTION},
        edge="tf:.:aws_lambda_function.api -connects_to-> tf:.:aws_db_instance.app",
        miss={"main.tf": FUNCTION.replace("aws_db_instance.app.address", "aws_db_instance.app.resource_id")},
    ),
    Case(
        rule="network.wireguard",
        files={**WEB, "site.yml": play("web", put(TUNNEL, "/etc/wireguard/wg0.conf"))},
        edge="ansible:.:host:web-1 -connects_to-> ansible:.:host:mon-1",
        attributes={"via": "wireguard", "port": 51820},
        miss={"site.yml": play("db", put(TUNNEL, "/etc/wireguard/wg0.conf"))},
    ),
    Case(
        rule="monitoring.scrape",
        files={
            **WEB,
            "site.yml": play("web", "service: {name: node_exporter, state: started}") + play("mon", _CONFIGURED),
        },
        edge="service:mon-1:prometheus -scrapes-> service:web:node-exporter",
        attributes={"job": "node"},
        miss={"site.yml": play("db", "service: {name: node_exporter, state: started}") + play("mon", _CONFIGURED)},
    ),
    Case(
        rule="monitoring.scrape",
        files={**WEB, "site.yml": play("mon", put(OWN_METRICS, "/etc/prometheus/prometheus.yml"))},
        edge="service:mon-1:prometheus -scrapes-> service:mon-1:prometheus",
        attributes={"job": "prometheus"},
        miss={"site.yml": play("mon", put(OWN_METRICS.replace("9090", "9100"), "/etc/prometheus/prometheus.yml"))},
    ),
    Case(
        rule="monitoring.alerting",
        files={**WEB, "site.yml": play("mon", _CONFIGURED, put(ALERTMANAGER, "/etc/alertmanager/alertmanager.yml"))},
        edge="service:mon-1:prometheus -alerts-> service:mon-1:alertmanager",
        miss={
            "site.yml": play("mon", _CONFIGURED) + play("web", put(ALERTMANAGER, "/etc/alertmanager/alertmanager.yml"))
        },
    ),
    Case(
        rule="monitoring.alerting",
        files={
            **WEB,
            "site.yml": play(
                "mon",
                put(PROMETHEUS.replace("alertmanager:", "alerts.example.org:"), "/etc/prometheus/prometheus.yml"),
                put(ALERTMANAGER, "/etc/alertmanager/alertmanager.yml"),
            ),
        },
        edge="service:mon-1:prometheus -alerts-> endpoint:alertmanager:alerts.example.org:9093",
        miss={"site.yml": play("mon", _CONFIGURED, put(ALERTMANAGER, "/etc/alertmanager/alertmanager.yml"))},
    ),
    Case(
        rule="monitoring.datasources",
        files={
            **WEB,
            "site.yml": play("mon", _CONFIGURED, put(GRAFANA, "/etc/grafana/provisioning/datasources/all.yml")),
        },
        edge="service:mon-1:grafana -visualizes-> service:mon-1:prometheus",
        miss={
            "site.yml": play("mon", put(GRAFANA, "/etc/grafana/provisioning/datasources/all.yml"))
            + play("web", _CONFIGURED)
        },
    ),
    Case(
        rule="monitoring.dashboards",
        files={**WEB, "site.yml": play("mon", put(KIBANA, "/srv/logs/compose.yml"))},
        edge="service:mon-1:kibana -visualizes-> service:mon-1:elasticsearch",
        miss={
            "site.yml": play("mon", put(KIBANA.replace("kibana/kibana", "logstash/logstash"), "/srv/logs/compose.yml"))
        },
    ),
    Case(
        rule="monitoring.agents",
        files={"main.tf": 'resource "digitalocean_droplet" "web" {\n  name = "web"\n  monitoring = true\n}\n'},
        edge="external:monitoring:DigitalOcean -scrapes-> tf:.:digitalocean_droplet.web",
        miss={"main.tf": 'resource "digitalocean_droplet" "web" {\n  name = "web"\n  monitoring = false\n}\n'},
    ),
    Case(
        rule="monitoring.monitors",
        files={
            **inventory("www.example.org\n"),
            "main.tf": 'resource "uptimerobot_monitor" "www" {\n  url = "https://www.example.org/health"\n}\n',
        },
        edge="tf:.:uptimerobot_monitor.www -scrapes-> ansible:.:host:www.example.org",
        miss={"main.tf": 'resource "uptimerobot_monitor" "www" {\n  url = "https://example.org/www"\n}\n'},
    ),
    Case(
        rule="monitoring.receivers",
        files={"main.tf": SUBSCRIBED},
        edge="tf:.:aws_sns_topic.ops -alerts-> endpoint:email:ops@example.org",
        miss={"main.tf": SUBSCRIBED.replace("ops@example.org", "arn:aws:lambda:eu-west-1:1:function:ops")},
    ),
    Case(
        rule="backup.commands",
        files={**WEB, "site.yml": play("db", _POSTGRES, "cron: {name: nightly, hour: '3', job: pg_dump app}")},
        edge="job:db-1:nightly -backs_up-> service:db-1:postgresql",
        miss={"site.yml": play("db", _POSTGRES, "cron: {name: nightly, hour: '3', job: pg_restore app}")},
    ),
    Case(
        rule="backup.paths",
        files={
            **WEB,
            "site.yml": play("db", put(BORG, "/etc/borgmatic/config.yaml"), put(STORED, "/opt/app/compose.yml")),
        },
        edge="job:db-1:borgmatic -backs_up-> store:db-1:/srv/app/data",
        miss={
            "site.yml": play(
                "db",
                put(BORG, "/etc/borgmatic/config.yaml"),
                put(STORED.replace("/srv/app", "/srv2/app"), "/opt/app/compose.yml"),
            )
        },
    ),
    Case(
        rule="backup.databases",
        files={**WEB, "site.yml": play("db", _POSTGRES, put(BORG, "/etc/borgmatic/config.yaml"))},
        edge="job:db-1:borgmatic -backs_up-> service:db-1:postgresql",
        miss={"site.yml": play("db", put(BORG, "/etc/borgmatic/config.yaml")) + play("web", _POSTGRES)},
    ),
)
