"""Every format that archdoc reads, by name."""

from __future__ import annotations

from archdoc.readers.formats import (
    alertmanager,
    backups,
    compose,
    dockerfile,
    grafana,
    logs,
    nomad,
    prometheus,
    shippers,
    system,
    telemetry,
    traefik,
    vpn,
    web,
)
from archdoc.readers.formats.scope import Reader

READERS: dict[str, Reader] = {
    "compose": compose.read,
    "nomad": nomad.read,
    "prometheus": prometheus.read,
    "prometheus-rules": prometheus.rules,
    "alertmanager": alertmanager.read,
    "grafana": grafana.read,
    "loki": logs.loki,
    "promtail": logs.promtail,
    "fluent-bit": logs.fluent_bit,
    "vector": shippers.vector,
    "beat": shippers.beat,
    "logstash": shippers.logstash,
    "kibana": shippers.kibana,
    "rsyslog": shippers.rsyslog,
    "otel-collector": telemetry.collector,
    "jaeger": telemetry.jaeger,
    "nginx": web.nginx,
    "caddy": web.caddy,
    "traefik": traefik.read,
    "borgmatic": backups.borgmatic,
    "resticprofile": backups.resticprofile,
    "autorestic": backups.autorestic,
    "cron": system.cron,
    "systemd-timer": system.timer,
    "systemd-unit": system.unit,
    "quadlet": system.quadlet,
    "fail2ban": system.jail,
    "wireguard": vpn.wireguard,
    "script": backups.script,
    "dockerfile": dockerfile.read,
}
ORDER = (*READERS,)
"""Compose first, since its containers take in the files of others; rules after the Prometheus that they belong to,
scripts after what calls them."""
