"""Prometheus, Alertmanager, Grafana data sources, Fluent Bit and promtail."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from archdoc.model.facts import Category, EdgeKind, Json, NodeKind
from archdoc.readers.formats.scope import Facts
from archdoc.readers.yamldoor import Mapping, plain


def prometheus(facts: Facts) -> None:
    """Scrape jobs with their targets, rule files, and the alert managers that alerts go to.

    https://prometheus.io/docs/prometheus/latest/configuration/configuration/
    """
    content = facts.yaml()
    if not isinstance(content, Mapping):
        return
    jobs: list[Json] = []
    for job in content.get("scrape_configs") or []:
        if not isinstance(job, Mapping):
            continue
        targets = [
            str(plain(t))
            for group in job.get("static_configs") or []
            if isinstance(group, dict)
            for t in group.get("targets") or []
        ]
        discovery = sorted(str(k) for k in job if str(k).endswith("_sd_configs"))
        place = facts.place(job)
        entry: dict[str, Json] = {
            "job": str(plain(job.get("job_name") or "")),
            "targets": list(targets),
            "path": place.path,
            "line": place.line,
        }
        if discovery:
            entry["discovery"] = list(discovery)
        jobs.append(entry)
    managers: list[Json] = []
    alerting = content.get("alerting")
    for manager in (alerting.get("alertmanagers") or []) if isinstance(alerting, dict) else []:
        for group in (manager.get("static_configs") or []) if isinstance(manager, dict) else []:
            for target in (group.get("targets") or []) if isinstance(group, dict) else []:
                if (
                    found := facts.connection(
                        str(plain(target)), "alerting", facts.place(target, getattr(manager, "line", 1))
                    )
                ) is not None:
                    managers.append(found)
    rules = [str(plain(r)) for r in content.get("rule_files") or []]
    attributes: dict[str, Json] = {"scrape_jobs": jobs, "alertmanagers": managers, "rule_files": list(rules)}
    facts.service("prometheus", facts.catalog.software.named("prometheus"), facts.place(content), attributes)


def alertmanager(facts: Facts) -> None:
    """Receivers as endpoints: Slack, e-mail, webhooks, PagerDuty and the like.

    https://prometheus.io/docs/alerting/latest/configuration/
    """
    content = facts.yaml()
    if not isinstance(content, Mapping):
        return
    node = facts.service("alertmanager", facts.catalog.software.named("alertmanager"), facts.place(content))
    for receiver in content.get("receivers") or []:
        if not isinstance(receiver, Mapping):
            continue
        name = str(plain(receiver.get("name") or ""))
        for key, configs in receiver.items():
            if not str(key).endswith("_configs") or not isinstance(configs, list):
                continue
            kind = str(key).removesuffix("_configs")
            for config in configs:
                target, title = _receiver(kind, config)
                place = facts.place(config, receiver.line_of(key))
                endpoint = facts.add(
                    NodeKind.ENDPOINT, f"endpoint:{kind}:{target}", kind, title, place, Category.MESSAGING
                )
                facts.edge(node, endpoint, EdgeKind.ALERTS, place, {"receiver": name})


_TITLES = {
    "slack": "Slack",
    "email": "E-mail",
    "webhook": "Webhook",
    "pagerduty": "PagerDuty",
    "opsgenie": "Opsgenie",
    "discord": "Discord",
    "telegram": "Telegram",
    "msteams": "Microsoft Teams",
    "pushover": "Pushover",
    "victorops": "VictorOps",
    "wechat": "WeChat",
    "sns": "Amazon SNS",
    "webex": "Webex",
}


def _receiver(kind: str, config: Any) -> tuple[str, str]:
    title = _TITLES.get(kind, kind.title())
    if not isinstance(config, dict):
        return "", title
    where = str(plain(config.get("channel") or config.get("to") or config.get("url") or config.get("room_id") or ""))
    if "://" in where:
        where = urlsplit(where).hostname or ""
    return where, f"{title} {where}".strip()


def datasources(facts: Facts) -> None:
    """Grafana's provisioned data sources: https://grafana.com/docs/grafana/latest/administration/provisioning/."""
    content = facts.yaml()
    if not isinstance(content, Mapping):
        return
    sources: list[Json] = []
    for source in content.get("datasources") or []:
        if isinstance(source, Mapping):
            found = facts.connection(
                str(plain(source.get("url") or "")), str(plain(source.get("type") or "")), facts.place(source)
            )
            if found is not None:
                sources.append(found)
    facts.service("grafana", facts.catalog.software.named("grafana"), facts.place(content), {"datasources": sources})


_SECTION = re.compile(r"^\s*\[(\w+)\]\s*$")
_PAIR = re.compile(r"^\s*(\w[\w.]*)\s+(.+?)\s*$")


def fluent_bit(facts: Facts) -> None:
    """Inputs and outputs of Fluent Bit's classic configuration.

    https://docs.fluentbit.io/manual/administration/configuring-fluent-bit/classic-mode/configuration-file
    """
    outputs: list[Json] = []
    inputs: list[Json] = []
    section, values, start = "", dict[str, str](), 1
    for number, line in enumerate([*facts.document.text.split("\n"), "[END]"], 1):
        header = _SECTION.match(line)
        if header:
            if section == "OUTPUT" and (host := values.get("host")):
                place = facts.line(start)
                port = values.get("port", "")
                outputs.append(
                    {
                        "to": host,
                        "port": int(port) if port.isdigit() else None,
                        "scheme": values.get("name", ""),
                        "via": "output",
                        "path": place.path,
                        "line": place.line,
                    }
                )
            elif section == "INPUT":
                place = facts.line(start)
                inputs.append(
                    {
                        "name": values.get("name", ""),
                        "tag": values.get("tag", ""),
                        "source": values.get("path") or values.get("systemd_filter") or values.get("name", ""),
                        "path": place.path,
                        "line": place.line,
                    }
                )
            section, values, start = header[1].upper(), {}, number
        elif (pair := _PAIR.match(line)) and section:
            values[pair[1].lower()] = pair[2]
    if outputs or inputs:
        facts.service(
            "fluent-bit",
            facts.catalog.software.named("fluent-bit"),
            facts.line(1),
            {"outputs": outputs, "inputs": inputs},
        )


def promtail(facts: Facts) -> None:
    """Clients of promtail: https://grafana.com/docs/loki/latest/send-data/promtail/configuration/."""
    content = facts.yaml()
    if not isinstance(content, Mapping):
        return
    outputs: list[Json] = []
    for client in content.get("clients") or []:
        if isinstance(client, Mapping) and (
            found := facts.connection(str(plain(client.get("url") or "")), "clients", facts.place(client))
        ):
            outputs.append(found)
    facts.service("promtail", facts.catalog.software.named("promtail"), facts.place(content), {"outputs": outputs})
