"""Prometheus: what it scrapes, its rules, and where alerts and samples go.

https://prometheus.io/docs/prometheus/latest/configuration/configuration/
"""

from __future__ import annotations

import posixpath
import re
from typing import Any

from archdoc.model.facts import Json
from archdoc.model.problem import Problem, Severity
from archdoc.readers.addresssecrets import MASK, mask_path
from archdoc.readers.formats.scope import Facts, found, items, mappings, one_or_more, within, word
from archdoc.readers.loose import loose_yaml
from archdoc.readers.yamldoor import Mapping

MAX_RULES = 400
_USER = re.compile(r"^([^/@:\s]+:)(?!\{\{)[^/@\s]+@")


def read(facts: Facts) -> None:
    """Scrape jobs with their targets, rule files, alert managers, remote storage."""
    content = facts.yaml()
    if not isinstance(content, Mapping):
        return
    attributes: dict[str, Json] = {
        "scrape_jobs": scrape_jobs(facts, content.get("scrape_configs")),
        "alertmanagers": _alertmanagers(facts, content.get("alerting")),
        "rule_files": [word(rule) for rule in one_or_more(content.get("rule_files"))],
    }
    remote: list[Json] = []
    for key in ("remote_write", "remote_read"):
        for entry in mappings(content.get(key)):
            remote += found(facts.connection(word(entry.get("url")), key, facts.place(entry)))
    if remote:
        attributes["connections"] = remote
    program = facts.catalog.software.named("prometheus")
    facts.service("prometheus", program, facts.place(content), attributes)


def scrape_jobs(facts: Facts, configured: Any) -> list[Json]:
    """The jobs of ``scrape_configs``: ``{job, targets, path, line}``, and ``probes``, ``discovery``, ``metrics_path``,
    ``scheme`` and ``labels`` where there are any.

    Where relabelling gives every target one fixed address, that is what is scraped (an exporter that probes for
    others), and what is configured as targets are its ``probes``.
    """
    jobs: list[Json] = []
    for job in mappings(configured):
        place = facts.place(job)
        groups = mappings(job.get("static_configs"))
        listed, unread = _listed(facts, job)
        targets = [_target(target) for group in (*groups, *listed) for target in items(group.get("targets"))]
        entry: dict[str, Json] = {
            "job": word(job.get("job_name")),
            "targets": [*targets],
            "path": place.path,
            "line": place.line,
        }
        exporter = _fixed_address(job)
        if exporter and targets:
            entry |= {"targets": [exporter], "probes": [*targets]}
            module = [word(m) for m in one_or_more(within(job, "params", "module"))]
            if module:
                entry["module"] = ", ".join(module)
        found = {str(k): job[k] for k in job if str(k).endswith("_sd_configs") and (k != "file_sd_configs" or unread)}
        discovery = [name for key, configs in found.items() for name in _discovered(key, configs)]
        if discovery:
            entry["discovery"] = [*dict.fromkeys(discovery)]
        for key in ("metrics_path", "scheme", "scrape_interval"):
            if word(job.get(key)):
                entry[key] = mask_path(word(job.get(key)))
        labels = {str(k): word(v) for group in groups for k, v in (within(group, "labels") or {}).items()}
        if labels:
            entry["labels"] = dict(labels)
        jobs.append(entry)
    return jobs


def _listed(facts: Facts, job: Mapping) -> tuple[list[Mapping], bool]:
    """The groups of targets in the files that ``file_sd_configs`` names, as far as they are put on the same machine;
    and whether a file was not found.

    https://prometheus.io/docs/prometheus/latest/configuration/configuration/#file_sd_config. A container sees its
    files under another path than the machine: the last directory and the name must then fit, below the configuration.
    """
    groups: list[Mapping] = []
    unread = False
    own = posixpath.dirname(facts.document.name)
    for config in mappings(job.get("file_sd_configs")):
        for pattern in map(word, one_or_more(config.get("files"))):
            at = posixpath.join(own, pattern)
            inside = posixpath.join(own, *pattern.split("/")[-2:])
            texts = facts.matching(at) or (facts.matching(inside) if pattern.startswith("/") else [])
            unread = unread or not texts
            for text in texts:
                content, _ = loose_yaml(text.text, text.name)
                groups += mappings(content)
    return groups, unread


def _fixed_address(job: Mapping) -> str:
    """The replacement of ``__address__`` that relabelling gives whatever the target is."""
    for rule in mappings(job.get("relabel_configs")):
        replacement = word(rule.get("replacement"))
        if word(rule.get("target_label")) == "__address__" and replacement and "$" not in replacement:
            return replacement
    return ""


def _discovered(key: str, configs: Any) -> list[str]:
    """A way of discovery, and what it asks for: ``dns: tasks.exporter``, ``file: targets/*.json``."""
    kind = key.removesuffix("_sd_configs")
    asked: list[str] = []
    for config in mappings(configs):
        for name in ("names", "files", "role", "roles", "services", "server", "host", "url", "datacenter", "port"):
            asked += [word(v) for v in one_or_more(config.get(name)) if word(v)][:5]
    return [f"{kind}: {', '.join(asked)}" if asked else kind]


def _target(value: Any) -> str:
    """A target of a job; an address without a scheme may have a user and a password in front all the same."""
    return _USER.sub(rf"\1{MASK}@", word(value))


def _alertmanagers(facts: Facts, alerting: Any) -> list[Json]:
    managers: list[Json] = []
    for manager in mappings(within(alerting, "alertmanagers")):
        for group in mappings(manager.get("static_configs")):
            for target in items(group.get("targets")):
                managers += found(facts.connection(word(target), "alerting", facts.place(target, manager.line)))
    return managers


def rules(facts: Facts) -> None:
    """Alerting and recording rules, on the Prometheus of the scope (or of a directory above it).

    https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/
    """
    content = facts.yaml()
    listed: list[Json] = []
    for group in mappings(within(content, "groups")):
        for rule in mappings(group.get("rules")):
            kind = "alert" if "alert" in rule else "record"
            place = facts.place(rule)
            entry: dict[str, Json] = {
                "group": word(group.get("name")),
                kind: word(rule.get(kind)),
                "path": place.path,
                "line": place.line,
            }
            severity = word(within(rule, "labels", "severity"))
            if severity:
                entry["severity"] = severity
            listed.append(entry)
    if not listed:
        return
    owner = _owner(facts)
    if owner is None:
        message = f"rules of {facts.document.name} belong to no Prometheus that archdoc knows"
        hint = "nothing to do where another repository configures the Prometheus"
        facts.graph.add_problem(Problem(Severity.NOTE, "CFG002", message, facts.line(1), hint))
        return
    program = facts.catalog.software.named("prometheus")
    facts.service(owner, program, facts.place(content), {"rules": listed[:MAX_RULES]})


def _owner(facts: Facts) -> str | None:
    """The name of the Prometheus that reads the rules: of their own scope, or of one around it."""
    for scope in _around(facts.scope):
        node = facts.graph.find(f"service:{scope}:prometheus")
        if node is not None:
            facts.at = node.id
            return node.name
    return "prometheus" if facts.is_mounted else None


def _around(scope: str) -> list[str]:
    """A scope, and where it is a directory those above it: ``a/b``, ``a``, ``.``."""
    parts = scope.split("/")
    return ["/".join(parts[:count]) for count in range(len(parts), 0, -1)] + ["."]
