"""Loki, promtail and Fluent Bit: where logs come from, and where they go."""

from __future__ import annotations

from format_files import addresses, attributes, placed, read


def test_loki_keeps_logs_in_a_bucket_and_tells_an_alert_manager() -> None:
    text = """
        server: {http_listen_port: 3100}
        common:
          storage:
            s3: {endpoint: minio:9000, bucketnames: logs}
        schema_config: {configs: [{store: tsdb, object_store: s3}]}
        ruler:
          alertmanager_url: http://alertmanager:9093
        """
    found = attributes(read(placed("/etc/loki/config.yml", text)), "service:web:loki")
    assert [(s["kind"], s["bucket"], s["endpoint"], s["line"]) for s in found["storage"]] == [
        ("s3", "logs", "minio:9000", 4)
    ]
    assert addresses(found["alertmanagers"]) == [("alertmanager", 9093, "ruler", 7)]


def test_promtail_is_no_prometheus() -> None:
    text = """
        clients:
          - url: http://loki.internal:3100/loki/api/v1/push
        scrape_configs:
          - job_name: system
            static_configs:
              - {targets: [localhost], labels: {__path__: /var/log/*.log}}
          - job_name: journal
            journal: {}
        """
    graph = read(placed("/etc/promtail/config.yml", text))
    assert [n.id for n in graph.nodes()] == ["service:web:promtail"]
    found = attributes(graph, "service:web:promtail")
    assert addresses(found["outputs"]) == [("loki.internal", 3100, "clients", 2)]
    assert [(i["name"], i["source"], i["line"]) for i in found["inputs"]] == [
        ("system", "/var/log/*.log", 4),
        ("journal", "journal", 7),
    ]


CLASSIC = """
    @SET home=logs.internal
    [SERVICE]
        Flush 1
    [INPUT]
        Name tail
        Tag  app.*
        Path /var/log/app/*.log
    # [OUTPUT]
    #     Name es
    #     Host old.internal
    [OUTPUT]
        Name  es
        Match *
        Host  ${home}
        Port  9200
    [OUTPUT]
        Name s3
        bucket archive
    [OUTPUT]
        Name stdout
    """


def test_fluent_bit_in_the_classic_format() -> None:
    found = attributes(read(placed("/etc/fluent-bit/fluent-bit.conf", CLASSIC)), "service:web:fluent-bit")
    assert addresses(found["outputs"]) == [("logs.internal", 9200, "output", 11), ("", None, "output", 16)]
    assert found["outputs"][1]["subject"] == "archive"
    assert [(i["name"], i["tag"], i["source"], i["line"]) for i in found["inputs"]] == [
        ("tail", "app.*", "/var/log/app/*.log", 4)
    ]


def test_fluent_bit_in_yaml() -> None:
    text = """
        pipeline:
          inputs:
            - {name: systemd, tag: host.*, systemd_filter: _SYSTEMD_UNIT=docker.service}
          outputs:
            - name: loki
              host: loki
              port: 3100
        """
    found = attributes(read(placed("/etc/fluent-bit/fluent-bit.yaml", text)), "service:web:fluent-bit")
    assert addresses(found["outputs"]) == [("loki", 3100, "output", 5)]
    assert [(i["source"], i["line"]) for i in found["inputs"]] == [("_SYSTEMD_UNIT=docker.service", 3)]


def test_an_expression_that_stands_for_whole_lines_leaves_the_rest_readable() -> None:
    text = """
        clients:
          - url: http://loki:3100/loki/api/v1/push
        scrape_configs:
          - job_name: system
            static_configs:
              - targets: [localhost]
        {{ more | indent(2) }}
        """
    graph = read(placed("/etc/promtail/config.yml", text, partial=True))
    assert [str(p.message) for p in graph.problems()] == []
    assert [a[:2] for a in addresses(attributes(graph, "service:web:promtail")["outputs"])] == [("loki", 3100)]


VECTOR = """
    [sources.app]
    type = "file"
    include = ["/var/log/app/*.log"]
    [sinks.kept]
    type = "loki"
    inputs = ["app"]
    endpoint = "http://loki.internal:3100"
    [sinks.measured]
    type = "prometheus_remote_write"
    endpoint = "http://metrics.internal:9090/api/v1/write"
    [sinks.asked]
    type = "prometheus_exporter"
    address = "0.0.0.0:9598"
    """


def test_vector_sends_logs_and_measurements_and_is_asked_for_its_own() -> None:
    found = attributes(read(placed("/etc/vector/vector.toml", VECTOR)), "service:web:vector")
    assert addresses(found["outputs"]) == [("loki.internal", 3100, "sink kept", 7)]
    assert addresses(found["connections"]) == [("metrics.internal", 9090, "sink measured", 10)]
    assert [(i["name"], i["source"]) for i in found["inputs"]] == [("app", "/var/log/app/*.log")]


def test_filebeat_sends_to_what_its_output_names() -> None:
    text = """
        filebeat.inputs:
          - type: filestream
            paths: [/var/log/*.log]
        output.logstash:
          hosts: ["elk", "{{ groups['elk'][0] }}:5044"]
        output.elasticsearch:
          enabled: false
          hosts: ["old.internal:9200"]
        """
    found = attributes(read(placed("/etc/filebeat/filebeat.yml", text)), "service:web:filebeat")
    assert [a[:2] for a in addresses(found["outputs"])] == [("elk", 5044), ("{{ groups['elk'][0] }}", 5044)]
    assert [i["source"] for i in found["inputs"]] == ["/var/log/*.log"]


def test_rsyslog_forwards_by_line_and_by_action() -> None:
    text = """
        # *.* @@old.internal:514
        *.* @@(o)logs.internal:6514
        auth.info action(type="omfwd"
          target="audit.internal" port="10514" protocol="tcp")
        mail.* -/var/log/mail.log
        """
    found = attributes(read(placed("/etc/rsyslog.d/50-remote.conf", text)), "service:web:rsyslog")
    assert addresses(found["outputs"]) == [
        ("logs.internal", 6514, "forward", 2),
        ("audit.internal", 10514, "forward", 4),
    ]


def test_logstash_sends_what_its_outputs_name() -> None:
    text = """
        input {
          beats { port => 5044 }
          http_poller { urls => { old => "http://asked.internal:80" } }
        }
        output {
          if [type] == "audit" {
            elasticsearch {
              hosts => ["https://es-1.internal:9200",
                        "https://lost.internal:9200"]
            }
          }
          # redis { host => "off.internal:6379" }
          kafka { bootstrap_servers => "q-1.internal:9092,q-2.internal:9092" }
        }
        """
    found = attributes(read(placed("/etc/logstash/conf.d/main.conf", text)), "service:web:logstash")
    assert [(*a[:2], a[3]) for a in addresses(found["outputs"])] == [
        ("es-1.internal", 9200, 8),
        ("lost.internal", 9200, 8),
        ("q-1.internal", 9092, 13),
        ("q-2.internal", 9092, 13),
    ]


def test_kibana_shows_the_store_that_it_names() -> None:
    text = "server.host: 0.0.0.0\nelasticsearch.hosts:\n  - https://es-1.internal:9200\n"
    found = attributes(read(placed("/etc/kibana/kibana.yml", text)), "service:web:kibana")
    assert addresses(found["connections"]) == [("es-1.internal", 9200, "elasticsearch.hosts", 3)]
