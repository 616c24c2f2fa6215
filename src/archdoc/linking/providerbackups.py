"""Backups that a provider makes: of servers, databases and buckets, by their own arguments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from archdoc.catalog import ProtectionShape
from archdoc.catalog.relations import bare_path
from archdoc.linking.rules import Context, Fact, rule
from archdoc.linking.terraform_facts import follow, is_live, value_of, values_at
from archdoc.model.facts import Category, Edge, EdgeKind, Json, Node, NodeKind, Provenance

_ON = (True, "true", "Enabled", "ENABLED", "enabled", "Automatic", "DAILY")


@rule("backup.provider")
def provider(context: Context) -> Iterable[Fact]:
    """A server with its provider's backups switched on, a database with a retention, a bucket that keeps old versions
    or is replicated, is saved by its provider.

    Which argument says so is in the catalog (shapes/protections.toml), and which provider always makes backups, however
    long it keeps them. Of a retention that is known only when applied, ``attributes.backup`` says ``unknown``.
    Encryption at rest, retention, versions, deletion protection and access from the internet become attributes of the
    store. Example: ``backups = true`` of a Hetzner server, ``backup_retention_period = 7`` of an RDS instance,
    ``aws_s3_bucket_versioning``.
    """
    for node in context.graph.nodes(NodeKind.RESOURCE):
        if not is_live(node):
            continue
        shape = context.catalog.shapes.protection(node.type)
        for store in _stores(context, node, shape):
            if shape is not None:
                _describe(context, node, shape, store)
            for title, found in _kept(node, shape):
                name = f"{context.catalog.provider(node.type.split('_', 1)[0]).title} {title}"
                job_id = f"job:provider:{name.removesuffix(' backups')}"
                job = Node(
                    job_id, NodeKind.JOB, "provider backup", name, node.source, "", Category.BACKUP, {"tool": name}
                )
                yield job
                evidence = tuple(dict.fromkeys((node.source, store.source)))
                yield Edge(job_id, store.id, EdgeKind.BACKS_UP, evidence, Provenance.DERIVED, "backup.provider", found)


def _stores(context: Context, node: Node, shape: ProtectionShape | None) -> list[Node]:
    """The store that a resource is, or is a part of."""
    if shape is None or not shape.store:
        return [node]
    found = {t.id: t for path in shape.store for t, _ in follow(context.graph, node, path) if is_live(t)}
    return list(found.values())


def _kept(node: Node, shape: ProtectionShape | None) -> Iterator[tuple[str, dict[str, Json]]]:
    """How a provider keeps what a store holds: backups, versions, a replica."""
    plain = [value_of(node, n) for n in ("backups", "backup_enabled", "enable_backups", "backups_enabled")]
    paths = shape.backup if shape is not None else ()
    values = [v for path in paths for v in values_at(node, path)]
    by_default = shape.by_default if shape is not None and not values else ""
    if any(map(_is_on, plain)) or any(map(_is_told, values)) or (by_default and not _unknown(node, paths)):
        days = next((v for p in (shape.retention if shape else ()) for v in values_at(node, p)), None)
        kept = str(days) if isinstance(days, int | float | str) else f"{by_default}, the default" if by_default else ""
        yield "backups", {"retention": kept} if kept else {}
    if shape is not None and any(_is_on(v) for p in shape.versioning for v in values_at(node, p)):
        yield "versions", {}
    if shape is not None and _copies(node, shape):
        yield "replication", {}


def _copies(node: Node, shape: ProtectionShape) -> list[Json]:
    """Where a store of files is copied to; that a database stands in two zones is no copy of it."""
    found = [v for p in shape.replication for v in values_at(node, p)] if node.category is Category.STORAGE else []
    return [v for v in found if v not in ("LRS", "ZRS", False, "Disabled")]


def _is_on(value: Json) -> bool:
    if isinstance(value, bool | str):
        return value in _ON
    return isinstance(value, int | float) and value > 0


def _is_told(value: Json) -> bool:
    """Whether an argument for backups asks for some: a number of days, also as text, or a way to make them."""
    if isinstance(value, str):
        return value.strip().lower() not in ("", "0", "none", "no", "off", "false", "disabled")
    return value is not None and (isinstance(value, list | dict) or _is_on(value))


def _unknown(node: Node, paths: tuple[str, ...]) -> bool:
    """Whether an argument is there and known only when applied."""
    unknown = node.attributes.get("unknown")
    names = [bare_path(key) for key in unknown] if isinstance(unknown, dict) else []
    return any(name == path or path.startswith(f"{name}.") for name in names for path in paths)


def _describe(context: Context, node: Node, shape: ProtectionShape, store: Node) -> None:
    """Put on a store how it is protected, as far as its arguments say it."""
    current = context.graph.node(store.id)
    more: dict[str, Json] = {}
    for key, paths_of in (
        ("encrypted", shape.encryption),
        ("deletion_protection", shape.deletion_protection),
        ("tls_required", shape.tls),
        ("internet_access", shape.public),
    ):
        values = [v for p in paths_of for v in values_at(node, p)]
        if values:
            more[key] = any(_is_on(v) or (isinstance(v, str | dict) and key == "encrypted") for v in values)
    if node.id == store.id:
        if shape.inside:
            more["backup"] = "inside"
        elif any(values_at(node, p) for p in shape.copy_of) or _unknown(node, shape.copy_of):
            more["backup"] = "copy"
        elif _unknown(node, shape.backup):
            more["backup"] = "unknown"
    if any(True for p in shape.keys for _ in follow(context.graph, node, p)) and node.id == store.id:
        more["encrypted"] = True
    if more:
        context.graph.replace_node(replace(current, attributes={**current.attributes, **more}))


RULES = (provider,)
