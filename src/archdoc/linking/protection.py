"""Backup: which databases a job saves, what restores and verifies it, and what providers keep themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from archdoc.linking.finder import entries, place_in
from archdoc.linking.placement import SIGNAL_KINDS, place_of, signals, strings
from archdoc.linking.rules import Context, Fact, rule
from archdoc.linking.terraform_facts import value_of
from archdoc.model.facts import Category, Edge, EdgeKind, Json, Node, NodeKind, Provenance


@rule("backup.databases")
def databases(context: Context) -> Iterable[Fact]:
    """A database that a backup job names by its program is the one service of that program.

    Example: ``postgresql_databases`` of borgmatic and a service of PostgreSQL.
    """
    for job in context.graph.nodes(NodeKind.JOB):
        for entry in entries(job.attributes.get("databases")):
            found = [
                s for s in context.graph.nodes(NodeKind.SERVICE) if s.attributes.get("program") == entry.get("program")
            ]
            for service in found:
                provenance = Provenance.DERIVED if len(found) == 1 else Provenance.INFERRED
                yield Edge(
                    job.id, service.id, EdgeKind.BACKS_UP, (place_in(entry, job),), provenance, "backup.databases"
                )


@rule("backup.schedule")
def schedule(context: Context) -> Iterable[Fact]:
    """A timer or cron entry of the same role or play as a backup job, whose name says the tool, is its schedule.

    Makes no edge. Example: ``/etc/systemd/system/nightly.timer`` with ``Unit=borgmatic.service`` beside
    ``/etc/borgmatic/config.yaml``.
    """
    jobs = [n for n in context.graph.nodes(NodeKind.JOB) if n.category is Category.BACKUP and n.attributes.get("tool")]
    for job in jobs:
        owners = set(strings(job.attributes.get("owners")))
        for timer in context.graph.nodes(NodeKind.JOB):
            if (
                timer.id != job.id
                and timer.attributes.get("schedule")
                and owners & set(strings(timer.attributes.get("owners")))
            ):
                context.graph.replace_node(
                    replace(
                        job,
                        attributes={**job.attributes, "schedule": timer.attributes["schedule"]},
                        evidence=(*job.evidence, timer.source),
                    )
                )
        for owner in owners:
            node = context.graph.find(owner)
            for signal in signals(node, "cron") if node is not None else ():
                if str(job.attributes.get("tool")) in str(signal.get("arguments")):
                    text = _cron(signal)
                    current = context.graph.node(job.id)
                    if text and not current.attributes.get("schedule"):
                        context.graph.replace_node(
                            replace(
                                current,
                                attributes={**current.attributes, "schedule": text},
                                evidence=(*current.evidence, place_of(signal)),
                            )
                        )
    return ()


@rule("backup.recovery")
def recovery(context: Context) -> Iterable[Fact]:
    """A playbook whose commands restore from or check the repositories of a backup tool restores or verifies them.

    Example: ``borgmatic extract`` in restore.yml, ``borg check`` in verify.yml. Inferred from the words of the command.
    """
    stores = [
        e.target
        for e in context.graph.edges(EdgeKind.STORES_IN)
        if context.graph.node(e.source).category is Category.BACKUP
    ]
    for owner in context.graph.nodes(*SIGNAL_KINDS):
        for signal in signals(owner, "command", "backup"):
            text = str(signal.get("free") or signal.get("arguments") or "")
            kind = EdgeKind.RESTORES if _RESTORE.search(text) else (EdgeKind.VERIFIES if _VERIFY.search(text) else None)
            if kind is None:
                continue
            holder = _playbook_of(context, owner)
            for store in dict.fromkeys(stores):
                if holder.id != store:
                    yield Edge(holder.id, store, kind, (place_of(signal),), Provenance.INFERRED, "backup.recovery")


_RESTORE = re.compile(r"\b(?:borg|borgmatic|restic)\b[^|;]*\b(?:extract|restore)\b|\bpg_restore\b")
_VERIFY = re.compile(r"\b(?:borg|borgmatic|restic)\b[^|;]*\b(?:check|list|info)\b")


@rule("backup.provider")
def provider(context: Context) -> Iterable[Fact]:
    """A server with its provider's backups switched on, and a database with a retention, is saved by its provider.

    Example: ``backups = true`` of a Hetzner server, ``backup_retention_period = 7`` of an RDS instance.
    """
    for node in context.graph.nodes(NodeKind.RESOURCE):
        for name in ("backups", "backup_retention_period", "backup_enabled", "enable_backups"):
            value = value_of(node, name)
            if value is True or (isinstance(value, int) and not isinstance(value, bool) and value > 0):
                title = str(node.attributes.get("provider_title") or "provider")
                job = Node(
                    f"job:provider:{title}",
                    NodeKind.JOB,
                    "provider backup",
                    f"{title} backups",
                    node.source,
                    "",
                    Category.BACKUP,
                )
                yield job
                yield Edge(job.id, node.id, EdgeKind.BACKS_UP, (node.source,), Provenance.DERIVED, "backup.provider")


RULES = (databases, schedule, recovery, provider)


def _cron(signal: dict[str, Json]) -> str:
    arguments = signal.get("arguments")
    if not isinstance(arguments, dict):
        return ""
    if arguments.get("special_time"):
        return str(arguments["special_time"])
    return " ".join(str(arguments.get(k, "*")) for k in ("minute", "hour", "day", "month", "weekday"))


def _playbook_of(context: Context, owner: Node) -> Node:
    """The playbook of a play, else the node itself."""
    around = [n for n in context.graph.sources(owner.id, EdgeKind.CONTAINS) if n.kind is NodeKind.PLAYBOOK]
    return around[0] if around else owner
