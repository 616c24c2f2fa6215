"""Prometheus, Alertmanager, Grafana, OpenTelemetry and Jaeger: what is watched, and who is told."""

from __future__ import annotations

from format_files import addresses, attributes, edges, placed, read

from archdoc.model.facts import EdgeKind, NodeKind

PROMETHEUS = """
    global: {scrape_interval: 15s}
    rule_files: [rules/*.yml]
    alerting:
      alertmanagers:
        - static_configs:
            - targets:
                - alerts.internal:9093
    remote_write:
      - url: https://mimir.example.com/api/v1/push
    scrape_configs:
      - job_name: node
        metrics_path: /metrics
        static_configs:
          - targets: ["web-1:9100", "web-2:9100"]
            labels: {env: production}
          - targets: ["db-1:9100"]
      - job_name: blackbox
        params: {module: [http_2xx]}
        static_configs:
          - targets: ["https://example.com"]
        relabel_configs:
          - {source_labels: [__address__], target_label: __param_target}
          - {target_label: __address__, replacement: "blackbox:9115"}
      - job_name: swarm
        dns_sd_configs:
          - {names: [tasks.app], type: A, port: 8080}
        file_sd_configs:
          - files: [targets/*.json]
    """


def test_scrape_jobs_with_targets_labels_and_discovery() -> None:
    graph = read(placed("/etc/prometheus/prometheus.yml", PROMETHEUS))
    jobs = attributes(graph, "service:web:prometheus")["scrape_jobs"]
    assert [(j["job"], j["targets"], j["line"]) for j in jobs] == [
        ("node", ["web-1:9100", "web-2:9100", "db-1:9100"], 11),
        ("blackbox", ["blackbox:9115"], 17),
        ("swarm", [], 24),
    ]
    assert jobs[0]["labels"] == {"env": "production"}
    assert jobs[2]["discovery"] == ["dns: tasks.app, 8080", "file: targets/*.json"]


def test_the_password_in_front_of_a_target_is_in_no_job_and_no_node() -> None:
    text = PROMETHEUS.replace("db-1:9100", "ann:S3cr3t@db-1.internal:9100")
    graph = read(placed("/etc/prometheus/prometheus.yml", text))
    jobs = attributes(graph, "service:web:prometheus")["scrape_jobs"]
    assert jobs[0]["targets"][-1] == "ann:<secret>@db-1.internal:9100"
    assert "S3cr3t" not in repr([*graph.nodes(), *graph.edges()])


def test_what_relabelling_sends_to_an_exporter_is_probed_not_scraped() -> None:
    jobs = attributes(read(placed("/etc/prometheus/prometheus.yml", PROMETHEUS)), "service:web:prometheus")[
        "scrape_jobs"
    ]
    assert (jobs[1]["probes"], jobs[1]["module"]) == (["https://example.com"], "http_2xx")
    assert "probes" not in jobs[0]


def test_where_alerts_and_samples_go() -> None:
    found = attributes(read(placed("/etc/prometheus/prometheus.yml", PROMETHEUS)), "service:web:prometheus")
    assert addresses(found["alertmanagers"]) == [("alerts.internal", 9093, "alerting", 7)]
    assert addresses(found["connections"]) == [("mimir.example.com", None, "remote_write", 9)]
    assert found["rule_files"] == ["rules/*.yml"]


RULES = """
    groups:
      - name: hosts
        rules:
          - alert: HostDown
            expr: up == 0
            labels: {severity: critical}
            annotations: {summary: "{{ $labels.instance }} is down"}
          - record: job:up:sum
            expr: sum by (job) (up)
    """


def test_rules_belong_to_the_prometheus_of_their_scope() -> None:
    graph = read(placed("/etc/prometheus/prometheus.yml", PROMETHEUS), placed("/etc/prometheus/rules/hosts.yml", RULES))
    assert [n.id for n in graph.nodes(NodeKind.SERVICE)] == ["service:web:prometheus"]
    rules = attributes(graph, "service:web:prometheus")["rules"]
    assert [(r.get("alert"), r.get("record"), r.get("severity"), r["path"], r["line"]) for r in rules] == [
        ("HostDown", None, "critical", "templates/hosts.yml", 4),
        (None, "job:up:sum", None, "templates/hosts.yml", 8),
    ]


def test_rules_of_no_known_prometheus_make_no_box() -> None:
    graph = read(placed("/etc/prometheus/rules/hosts.yml", RULES))
    assert list(graph.nodes()) == []
    assert [p.code for p in graph.problems()] == ["CFG002"]


ALERTMANAGER = """
    route:
      receiver: ops
      routes:
        - matchers: ['severity="critical"']
          receiver: pager
          routes:
            - match: {team: db}
              receiver: dba
        - match_re: {service: ^(a|b)$}
          receiver: quiet
    receivers:
      - name: ops
        slack_configs:
          - {channel: "#ops"}
        email_configs:
          - to: ops@example.com
      - name: pager
        pagerduty_configs:
          - routing_key: <secret>
        webhook_configs:
          - url: https://hooks.example.com:8443/x?y=1
      - name: dba
        slack_configs:
          - {channel: "#ops"}
      - name: quiet
    """


def test_receivers_are_endpoints_and_one_place_is_one() -> None:
    graph = read(placed("/etc/alertmanager/alertmanager.yml", ALERTMANAGER))
    found = {
        (graph.node(e.target).name, e.attributes["receiver"], e.evidence[0].line) for e in graph.edges(EdgeKind.ALERTS)
    }
    assert found == {
        ("Slack #ops", "ops", 14),
        ("E-mail ops@example.com", "ops", 16),
        ("PagerDuty", "pager", 19),
        ("Webhook hooks.example.com:8443", "pager", 21),
        ("Slack #ops", "dba", 24),
    }
    assert len(list(graph.nodes(NodeKind.ENDPOINT))) == 4


def test_nested_routes_carry_the_matchers_above_them() -> None:
    routes = attributes(read(placed("/etc/alertmanager/alertmanager.yml", ALERTMANAGER)), "service:web:alertmanager")[
        "routes"
    ]
    assert [(r["receiver"], r["match"], r["line"]) for r in routes] == [
        ("ops", "", 2),
        ("pager", "severity=critical", 4),
        ("dba", "severity=critical, team=db", 7),
        ("quiet", "service=~^(a|b)$", 9),
    ]


def test_grafana_provisioning() -> None:
    text = """
        apiVersion: 1
        datasources:
          - name: Metrics
            type: prometheus
            url: http://prometheus:9090
          - {name: Cloud, type: cloudwatch}
        """
    points = """
        apiVersion: 1
        contactPoints:
          - name: ops
            receivers:
              - {uid: a, type: slack, settings: {recipient: "#ops"}}
        """
    folders = "apiVersion: 1\nproviders:\n  - {name: all, options: {path: /srv/dashboards}}\n"
    graph = read(
        placed("/etc/grafana/provisioning/datasources/all.yml", text),
        placed("/etc/grafana/provisioning/alerting/points.yml", points),
        placed("/etc/grafana/provisioning/dashboards/all.yml", folders),
    )
    found = attributes(graph, "service:web:grafana")
    assert addresses(found["datasources"]) == [("prometheus", 9090, "prometheus", 3), ("", None, "cloudwatch", 6)]
    assert [(d["name"], d["directory"], d["line"]) for d in found["dashboards"]] == [("all", "/srv/dashboards", 3)]
    assert edges(graph, EdgeKind.ALERTS) == [("grafana", "Slack #ops", 5)]


def test_a_collector_has_what_its_pipelines_use() -> None:
    text = """
        receivers:
          otlp: {protocols: {grpc: {}}}
          prometheus:
            config:
              scrape_configs:
                - job_name: apps
                  static_configs: [{targets: ["app:8080"]}]
          unused: {}
        exporters:
          otlp/tempo:
            endpoint: tempo:4317
          loki: {endpoint: "http://loki:3100/loki/api/v1/push"}
          otlphttp/unused: {endpoint: "https://unused.example.com"}
          debug: {}
        service:
          pipelines:
            traces: {receivers: [otlp], exporters: [otlp/tempo, debug]}
            metrics: {receivers: [prometheus], exporters: [otlp/tempo]}
            logs: {receivers: [otlp], exporters: [loki]}
        """
    found = attributes(read(placed("/etc/otelcol/config.yaml", text)), "service:web:opentelemetry-collector")
    assert addresses(found["connections"]) == [("tempo", 4317, "otlp/tempo", 11)]
    assert addresses(found["outputs"]) == [("loki", 3100, "loki", 12)]
    assert [(i["name"], i["signals"], i["line"]) for i in found["inputs"]] == [
        ("otlp", ["traces", "logs"], 2),
        ("prometheus", ["metrics"], 3),
    ]
    assert [(j["job"], j["targets"], j["line"]) for j in found["scrape_jobs"]] == [("apps", ["app:8080"], 6)]


def test_jaeger_and_where_it_keeps_traces() -> None:
    old = "es:\n  server-urls: http://es-1:9200,http://es-2:9200\ncollector.zipkin.host-port: :9411\n"
    graph = read(placed("/etc/jaeger/config.yaml", old))
    found = addresses(attributes(graph, "service:web:jaeger")["connections"])
    assert found == [("es-1", 9200, "elasticsearch", 2), ("es-2", 9200, "elasticsearch", 2)]
    new = """
        extensions:
          jaeger_storage:
            backends:
              main: {elasticsearch: {server_urls: ["http://es:9200"]}}
        receivers: {otlp: {}}
        exporters: {jaeger_storage_exporter: {trace_storage: main}}
        service: {pipelines: {traces: {receivers: [otlp], exporters: [jaeger_storage_exporter]}}}
        """
    found = addresses(attributes(read(placed("/etc/jaeger/config.yaml", new)), "service:web:jaeger")["connections"])
    assert found == [("es", 9200, "elasticsearch", 4)]


def test_a_receiver_that_no_route_leads_to_is_told_nothing() -> None:
    text = """
route:
  receiver: team
  routes:
    - receiver: pager
receivers:
  - name: team
    email_configs: [{to: ops@example.org}]
  - name: pager
    webhook_configs: [{url: "http://pager.example.org/"}]
  - name: left-over
    slack_configs: [{channel: "#old"}]
"""
    graph = read(placed("/etc/alertmanager/alertmanager.yml", text))
    told = {str(e.attributes["receiver"]) for e in graph.edges(EdgeKind.ALERTS)}
    assert told == {"team", "pager"}
    assert attributes(graph, "service:web:alertmanager")["unrouted"] == ["left-over"]
