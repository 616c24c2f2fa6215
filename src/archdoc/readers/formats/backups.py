"""borgmatic: sources, repositories, retention, databases. https://torsion.org/borgmatic/docs/reference/configuration/"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from archdoc.model.facts import Category, EdgeKind, Json, NodeKind
from archdoc.readers.formats.scope import Facts
from archdoc.readers.yamldoor import Mapping, plain

_DATABASES = {
    "postgresql_databases": "postgresql",
    "mysql_databases": "mysql",
    "mariadb_databases": "mariadb",
    "mongodb_databases": "mongodb",
    "sqlite_databases": "sqlite",
}


def borgmatic(facts: Facts) -> None:
    """One job with its sources, and a store per repository. Old files keep the options in sections."""
    content = facts.yaml()
    if not isinstance(content, Mapping):
        return
    options: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for key, value in content.items():
        inner = (
            value
            if key in ("location", "storage", "retention", "hooks", "consistency") and isinstance(value, Mapping)
            else None
        )
        for name, item in inner.items() if inner is not None else ((key, value),):
            options[str(name)] = item
            lines[str(name)] = (inner if inner is not None else content).line_of(name)
    retention = {k: str(plain(v)) for k, v in options.items() if str(k).startswith("keep_")}
    attributes: dict[str, Json] = {
        "tool": "borgmatic",
        "hosts": list(facts.document.hosts),
        "owners": list(facts.document.owners),
        "retention": dict(retention),
        "sources": [str(plain(s)) for s in _list(options.get("source_directories"))],
    }
    if options.get("compression"):
        attributes["compression"] = str(plain(options["compression"]))
    if "encryption_passphrase" in options or "encryption_passcommand" in options:
        attributes["encryption"] = "encrypted"
    job = facts.add(
        NodeKind.JOB,
        f"job:{facts.scope}:borgmatic",
        "borgmatic",
        "borgmatic",
        facts.place(content),
        Category.BACKUP,
        attributes,
    )
    for item in _list(options.get("repositories")):
        path = str(plain(item.get("path") or "")) if isinstance(item, dict) else str(plain(item))
        place = facts.place(item, lines.get("repositories", 1))
        label = str(plain(item.get("label") or "")) if isinstance(item, dict) else ""
        store = facts.add(
            NodeKind.STORE,
            f"store:{path}",
            "borg repository",
            _title(path, label),
            place,
            Category.BACKUP,
            {"address": path, "remote": _is_remote(path)},
        )
        facts.edge(job, store, EdgeKind.STORES_IN, place)
    for item in _list(options.get("source_directories")):
        path = str(plain(item))
        place = facts.place(item, lines.get("source_directories", 1))
        source = facts.add(
            NodeKind.STORE,
            f"store:{facts.scope}:{path}",
            "directory",
            path,
            place,
            Category.STORAGE,
            {"hosts": list(facts.document.hosts)},
        )
        facts.edge(job, source, EdgeKind.BACKS_UP, place)
    databases: list[Json] = []
    for option, program in _DATABASES.items():
        for item in _list(options.get(option)):
            place = facts.place(item, lines.get(option, 1))
            name = str(plain(item.get("name") or "all")) if isinstance(item, dict) else "all"
            host = str(plain(item.get("hostname") or "localhost")) if isinstance(item, dict) else "localhost"
            databases.append({"program": program, "name": name, "to": host, "path": place.path, "line": place.line})
    if databases:
        facts.add(NodeKind.JOB, job.id, "borgmatic", "borgmatic", job.source, Category.BACKUP, {"databases": databases})


def _title(path: str, label: str) -> str:
    host = (
        urlsplit(path).hostname
        if "://" in path
        else (path.partition(":")[0].rpartition("@")[2] if _is_remote(path) else "")
    )
    where = host or path
    return f"{label} ({where})" if label and label != where else where


def _is_remote(path: str) -> bool:
    return path.startswith("ssh://") or (":" in path and not path.startswith("/"))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
