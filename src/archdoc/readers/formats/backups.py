"""Backups as jobs: what they save, where to, and how long they keep it.

borgmatic: https://torsion.org/borgmatic/docs/reference/configuration/,
resticprofile: https://creativeprojects.github.io/resticprofile/configuration/, autorestic: https://autorestic.vercel.app/config
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from archdoc.model.facts import Category, EdgeKind, Json, Node, NodeKind, Source
from archdoc.model.problem import Problem, Severity
from archdoc.readers.backupcommands import Backup, backups
from archdoc.readers.formats.environment import Variables, variables_in
from archdoc.readers.formats.scope import Facts, items, one_or_more, within, word
from archdoc.readers.secrets import mask_text
from archdoc.readers.urls import host_of
from archdoc.readers.yamldoor import Mapping

_DATABASES = {
    "postgresql_databases": "postgresql",
    "mysql_databases": "mysql",
    "mariadb_databases": "mariadb",
    "mongodb_databases": "mongodb",
    "sqlite_databases": "sqlite",
}
_SECTIONS = ("location", "storage", "retention", "hooks", "consistency", "output")
"""Files of before version 1.8 keep the options in sections."""
_WATCHERS = ("healthchecks", "cronitor", "cronhub", "ntfy", "pagerduty", "pushover", "zabbix", "uptime_kuma", "loki")


_GIVEN = re.compile(r"\$(?:\{?[\d@*#]|$)")
"""The arguments of a script or function: https://www.gnu.org/software/bash/manual/html_node/Positional-Parameters.html"""


def job(facts: Facts, name: str, tool: str, source: Source, attributes: dict[str, Json]) -> Node:
    """Add a job that makes backups."""
    given: dict[str, Json] = {
        "tool": tool,
        "hosts": list(facts.document.hosts),
        "owners": list(facts.document.owners),
        "scope": facts.scope,
        **attributes,
    }
    return facts.add(NodeKind.JOB, f"job:{facts.scope}:{name}", tool, name, source, Category.BACKUP, given)


def stored(facts: Facts, made: Node, places: Iterable[tuple[str, str, Source]], tool: str) -> None:
    """The repositories of a job, each with its label and place."""
    for address, label, place in places:
        shown = mask_text(address)
        attributes: dict[str, Json] = {"address": shown, "remote": _is_remote(shown)}
        if not _is_remote(shown):
            attributes |= {"hosts": list(facts.document.hosts), "scope": facts.scope}
        store_id = f"store:{shown}" if _is_remote(shown) or "{{" in shown else f"store:{facts.scope}:{shown}"
        store = facts.add(
            NodeKind.STORE, store_id, f"{tool} repository", _title(shown, label), place, Category.BACKUP, attributes
        )
        facts.edge(made, store, EdgeKind.STORES_IN, place)


def saved(facts: Facts, made: Node, places: Iterable[tuple[str, Source]]) -> None:
    """The directories that a job saves. What a function of a shell is given is none: ``$1`` may be any."""
    for path, place in places:
        if _GIVEN.match(path):
            message = f"what is saved here is given to the script, or to a function of it, when it runs ({path})"
            hint = "write the directories into the command, or into a variable of the script"
            facts.graph.add_problem(Problem(Severity.NOTE, "CFG007", message, place, hint))
            continue
        attributes: dict[str, Json] = {"hosts": list(facts.document.hosts), "scope": facts.scope}
        source = facts.add(
            NodeKind.STORE, f"store:{facts.scope}:{path}", "directory", path, place, Category.STORAGE, attributes
        )
        facts.edge(made, source, EdgeKind.BACKS_UP, place)


def of_commands(
    facts: Facts,
    name: str,
    text: str,
    first: int,
    variables: Variables,
    more: dict[str, Json],
) -> Node | None:
    """The job of what command lines say; None when they are about no backup. ``first`` is their first line;
    ``variables`` are those of the surroundings, with their places; files that the lines source add to them."""
    made: Node | None = None
    around = {**variables}
    for path in _SOURCED.findall(text):
        document = facts.beside(path.strip("'\""))
        around |= {n: (v, place) for n, v, place in variables_in(document)} if document is not None else {}
    told = {value: place for n, (value, place) in around.items() if n in _REPOSITORIES}
    for found in backups(text, {n: value for n, (value, _) in around.items()}):
        attributes = {**more, **_of_command(facts, found, first)}
        made = job(facts, name, found.tool, facts.line(first + found.line - 1), attributes)
        repositories = [(a, "", told.get(a) or facts.line(first + n - 1)) for a, n in found.repositories.items()]
        stored(facts, made, repositories, found.tool)
        saved(facts, made, ((p, facts.line(first + n - 1)) for p, n in found.sources.items()))
    return made


_SOURCED = re.compile(r"(?:^|[;&(])[ \t]*(?:source|\.)[ \t]+(['\"]?[\w./-]+['\"]?)", re.MULTILINE)
_REPOSITORIES = ("RESTIC_REPOSITORY", "BORG_REPO")


def _of_command(facts: Facts, found: Backup, first: int) -> dict[str, Json]:
    attributes: dict[str, Json] = {"sources": [s for s in found.sources if not _GIVEN.match(s)]}
    if found.retention:
        attributes["retention"] = dict(found.retention)
    if found.tool == "restic":
        attributes["encryption"] = "encrypted"  # restic has no repositories without
    listed: list[Json] = []
    for program, name, host, line in found.databases:
        place = facts.line(first + line - 1)
        listed.append({"program": program, "name": name, "to": host, "path": place.path, "line": place.line})
    if listed:
        attributes["databases"] = listed
    return attributes


def script(facts: Facts) -> None:
    """A script that calls restic, borg or a program that dumps databases, and that nothing else here calls."""
    if facts.key(facts.document.name) in facts.around.called:
        return
    name = facts.document.name.rsplit("/", 1)[-1]
    of_commands(facts, name.removesuffix(".sh").removesuffix(".bash"), facts.document.text, 1, {}, {})


def borgmatic(facts: Facts) -> None:
    """One job with its sources, repositories, retention, databases, and who is told of it."""
    content = facts.yaml()
    if not isinstance(content, Mapping):
        return
    options: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for key, value in content.items():
        inner = value if key in _SECTIONS and isinstance(value, Mapping) else None
        for name, item in inner.items() if inner is not None else ((key, value),):
            options[str(name)] = item
            lines[str(name)] = (inner if inner is not None else content).line_of(name)
    sources = [
        (word(s), facts.place(s, lines.get("source_directories", 1))) for s in items(options.get("source_directories"))
    ]
    attributes: dict[str, Json] = {
        "retention": {k: word(v) for k, v in options.items() if k.startswith("keep_")},
        "sources": [path for path, _ in sources],
    }
    if options.get("compression"):
        attributes["compression"] = word(options["compression"])
    if "encryption_passphrase" in options or "encryption_passcommand" in options:
        attributes["encryption"] = "encrypted"
    databases = _databases(facts, options, lines)
    if databases:
        attributes["databases"] = databases
    made = job(facts, "borgmatic", "borgmatic", facts.place(content), attributes)
    places = []
    for item in items(options.get("repositories")):
        path = word(item.get("path")) if isinstance(item, dict) else word(item)
        if path:
            places.append((path, word(within(item, "label")), facts.place(item, lines.get("repositories", 1))))
    stored(facts, made, places, "borg")
    saved(facts, made, sources)
    for name in _WATCHERS:
        if options.get(name) is not None:
            _watched(facts, made, name, options[name], facts.line(lines[name]))


def _databases(facts: Facts, options: dict[str, Any], lines: dict[str, int]) -> list[Json]:
    databases: list[Json] = []
    for option, program in _DATABASES.items():
        for item in items(options.get(option)):
            place = facts.place(item, lines.get(option, 1))
            name, host = word(within(item, "name")) or "all", word(within(item, "hostname")) or "localhost"
            databases.append({"program": program, "name": name, "to": host, "path": place.path, "line": place.line})
    return databases


def _watched(facts: Facts, made: Node, name: str, config: Any, place: Source) -> None:
    """A dead man's switch or messenger that hears how the job went."""
    options = ("ping_url", "url", "push_url", "server", "topic")
    url = next((word(within(config, o)) for o in options if word(within(config, o))), word(config))
    where = host_of(url) if "://" in url else ""
    external = facts.catalog.outside.host(where) if where else None
    title = external.name if external is not None else f"{name.replace('_', ' ').capitalize()} {where}".strip()
    end = facts.add(NodeKind.ENDPOINT, f"endpoint:{name}:{where}", name, title, place, Category.MONITORING)
    facts.edge(made, end, EdgeKind.ALERTS, place)


def resticprofile(facts: Facts) -> None:
    """A job for each profile that saves something."""
    content: Any = facts.data()
    for name, profile in content.items() if isinstance(content, dict) else ():
        sources = [word(s) for s in one_or_more(within(profile, "backup", "source"))]
        base = content.get(word(within(profile, "inherit")))
        repository = word(within(profile, "repository")) or word(within(base, "repository"))
        if not (sources and repository):
            continue
        kept = within(profile, "retention") or within(profile, "forget") or within(base, "retention")
        kept = (
            {str(k).replace("-", "_"): word(v) for k, v in kept.items() if str(k).startswith("keep-")} if kept else {}
        )
        attributes: dict[str, Json] = {"sources": [*sources], "retention": dict(kept), "encryption": "encrypted"}
        schedule = word(within(profile, "backup", "schedule")) or word(within(base, "backup", "schedule"))
        if schedule:
            attributes["schedule"] = schedule
        made = job(
            facts,
            str(name),
            "restic",
            facts.line_with(f"{name}:" if isinstance(content, Mapping) else f"[{name}"),
            attributes,
        )
        stored(facts, made, [(repository, "", facts.line_with(repository))], "restic")
        saved(facts, made, ((s, facts.line_with(s)) for s in sources))


def autorestic(facts: Facts) -> None:
    """A job for each location of autorestic, with its backends as repositories."""
    content = facts.yaml()
    backends = within(content, "backends") or {}
    locations = within(content, "locations")
    for name, location in locations.items() if isinstance(locations, Mapping) else ():
        sources = [(word(s), facts.place(s, locations.line_of(name))) for s in one_or_more(within(location, "from"))]
        kept = within(location, "options", "forget") or {}
        attributes: dict[str, Json] = {
            "sources": [path for path, _ in sources],
            "retention": {str(k).replace("-", "_"): word(v) for k, v in kept.items() if str(k).startswith("keep-")},
            "encryption": "encrypted",
        }
        if word(within(location, "cron")):
            attributes["schedule"] = word(within(location, "cron"))
        made = job(facts, str(name), "restic", facts.line(locations.line_of(name)), attributes)
        places = []
        for target in one_or_more(within(location, "to")):
            backend = backends.get(word(target)) if isinstance(backends, dict) else None
            kind, path = word(within(backend, "type")), word(within(backend, "path"))
            if path:
                address = path if kind in ("local", "") else f"{kind}:{path}"
                places.append((address, word(target), facts.place(backend)))
        stored(facts, made, places, "restic")
        saved(facts, made, sources)


def _title(path: str, label: str) -> str:
    where = path
    if "://" in path:
        behind = path.partition(":")[2] if path.count("://") == 1 and not path.startswith(_PLAIN) else path
        where = host_of(behind) or path
    elif _is_remote(path):
        parts = path.partition(":")
        where = parts[2].split("/")[0] if parts[0] in _BACKENDS else parts[0].rpartition("@")[2]
    return f"{label} ({where})" if label and label != where else where


_PLAIN = ("ssh://", "http://", "https://", "sftp://", "file://")
_BACKENDS = ("s3", "b2", "gs", "azure", "rest", "sftp", "rclone", "swift")


def _is_remote(path: str) -> bool:
    return path.startswith(("ssh://", "sftp://")) or (
        ":" in path.partition("{{")[0] and not path.startswith(("/", "{", "file:"))
    )
