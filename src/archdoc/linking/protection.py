"""Backup: which databases and directories a job saves, and what restores and verifies it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from archdoc.catalog import Catalog
from archdoc.linking.finder import SELF, Finder, entries, place_in, some_of
from archdoc.linking.placement import SIGNAL_KINDS, Placement, place_of, signals, strings
from archdoc.linking.rules import Context, Fact, rule
from archdoc.linking.terraform_facts import first_text, is_live
from archdoc.model.facts import Category, Edge, EdgeKind, Json, Node, NodeKind, Provenance, Source
from archdoc.model.graph import Graph
from archdoc.readers.backupcommands import DUMPS
from archdoc.readers.secrets import mask_text

_DUMPS = {**DUMPS, "influxd": "influxdb", "gitlab-backup": "gitlab"}
"""Commands that write out what a program keeps."""
_SAVES = re.compile(r"backup|\bdumps?\b|\bsnapshots?\b", re.IGNORECASE)
_LOOKS = re.compile(
    r"\b(status|check|checks|monitor|monitoring|verify|test|clean|cleanup|prune|rotate)\b", re.IGNORECASE
)
_REMOTE_SOURCE = re.compile(r"\b(?:copy|sync|move)\b.*\s[A-Za-z][\w-]+:\S*\s+\S+$")
"""``rclone copy storage:borg archive:bucket``: what is saved is not on the machine that runs it."""
_BUCKET = ("bucket", "name", "bucket_name")


@rule("backup.commands")
def commands(context: Context) -> Iterable[Fact]:
    """A cron entry or timer whose command runs a backup tool or writes out a database is a backup job.

    So is a cron entry that is called one, or whose script is (inferred). What a dump command writes out is the
    database of its program on the same machines, or on the one that its ``--host`` names (``attributes.machines``,
    where it runs on more); of other jobs it is said that they save their hosts. Example:
    ``cron: name="db backup" job="pg_dump app | gzip > /srv/app.gz" hour=3``.
    """
    finder, placement = Finder(context), Placement(context.graph)
    for owner in context.graph.nodes(*SIGNAL_KINDS):
        for signal in signals(owner, "cron"):
            if signal.get("state") in ("absent", "disabled"):
                continue
            command, name = str(signal.get("job") or ""), str(signal.get("name") or "")
            tool, dumped = _tool(context.catalog, command)
            if not tool and (not _SAVES.search(f"{name} {command}") or _LOOKS.search(name)):
                continue
            attributes: dict[str, Json] = {
                "owners": [owner.id],
                "hosts": [*strings(signal.get("hosts"))],
                "schedule": str(signal.get("schedule") or ""),
                "command": command,
                "scope": str(signal.get("scope") or ""),
                **({"tool": tool} if tool else {}),
            }
            node_id = f"job:{signal.get('scope') or owner.name}:{name or tool}"
            job = Node(
                node_id, NodeKind.JOB, tool or "cron", name or tool, place_of(signal), "", Category.BACKUP, attributes
            )
            yield job
            yield from _saved(finder, placement, job, dumped, bool(tool))
            yield from _kept_in(context, job)
    for job in list(context.graph.nodes(NodeKind.JOB)):
        tool, dumped = _tool(context.catalog, str(job.attributes.get("command") or ""))
        if not tool or job.attributes.get("sources") or job.attributes.get("databases"):
            continue
        described = replace(job, category=Category.BACKUP, attributes={**job.attributes, "tool": tool})
        context.graph.replace_node(described)
        if not re.search(r"\b(check|verify|prune|forget|list)\b", str(job.attributes.get("command"))):
            if not _REMOTE_SOURCE.search(str(job.attributes.get("command"))):
                yield from _saved(finder, placement, described, dumped, True)
            yield from _kept_in(context, described)


def _saved(finder: Finder, placement: Placement, job: Node, dumped: str, certain: bool) -> Iterator[Edge]:
    """What a job of a command saves: a database, else the hosts it runs on."""
    provenance = Provenance.DERIVED if certain else Provenance.INFERRED
    elsewhere = _ELSEWHERE.search(str(job.attributes.get("command") or "")) if dumped else None
    if elsewhere is not None and elsewhere[1] not in SELF:
        machine = finder.machine(elsewhere[1])
        for saved in (finder.running(machine, dumped) or [machine]) if machine is not None else ():
            some = _of_machines(placement.graph, saved, {machine.id} if machine is not None else None)
            yield Edge(job.id, saved.id, EdgeKind.BACKS_UP, (job.source,), provenance, "backup.commands", some)
        return
    services = finder.running(job, dumped) if dumped else []
    hosts = _hosts(placement, job)
    for service in services:
        some = _of_machines(placement.graph, service, set(hosts))
        yield Edge(job.id, service.id, EdgeKind.BACKS_UP, (job.source,), provenance, "backup.commands", some)
    for host in hosts if not services else ():
        yield Edge(host, job.id, EdgeKind.BACKS_UP, (job.source,), provenance, "backup.commands")


def _hosts(placement: Placement, job: Node) -> list[str]:
    """The hosts that a job runs on, or the groups of them that are not known."""
    return [h for p in placement.places(job) for h in placement.hosts_of(placement.graph.node(p)) or [p]]


def _of_machines(graph: Graph, saved: Node, named: set[str] | None) -> dict[str, Json]:
    """Of a service on several machines of which a job saves only some, ``machines`` are these."""
    some = some_of(graph, saved, named) if saved.kind is NodeKind.SERVICE else []
    return {"machines": [*some]} if some else {}


_ELSEWHERE = re.compile(r"\s(?:-h|--host)[ =]?['\"]?([\w.:{}$-]+)")
"""The machine whose database a dump command writes out."""


def _kept_in(context: Context, job: Node) -> Iterator[Fact]:
    """Where a command stores: the repository of restic or borg, the target of a copy; where that is a bucket of the
    repository, the bucket."""
    buckets: dict[str, list[Node]] = {}
    for node in context.graph.nodes(NodeKind.RESOURCE):
        keeps = node.category is Category.STORAGE and is_live(node) and not node.attributes.get("plumbing")
        if keeps and (name := first_text(node, _BUCKET)):
            buckets.setdefault(name, []).append(node)
    for address in _addresses(str(job.attributes.get("command") or "")):
        parts = [p for p in re.split(r"[:/]+", address) if p]
        named = [n for p in parts for n in buckets.get(p, [])]
        if len(named) == 1:
            evidence = (job.source, named[0].source)
            yield Edge(job.id, named[0].id, EdgeKind.STORES_IN, evidence, Provenance.DERIVED, "backup.commands")
        else:
            attributes: dict[str, Json] = {"address": address, "remote": _host(address) != ""}
            title = _host(address) or address
            store = Node(
                f"store:{address}", NodeKind.STORE, "repository", title, job.source, "", Category.BACKUP, attributes
            )
            yield store
            yield Edge(job.id, store.id, EdgeKind.STORES_IN, (job.source,), Provenance.DERIVED, "backup.commands")


def _addresses(command: str) -> list[str]:
    """The repositories and targets that a command line names."""
    words = re.split(r"[\s'\"]+", command)
    found: list[str] = []
    for index, word in enumerate(words):
        option, equals, value = word.partition("=")
        following = words[index + 1] if index + 1 < len(words) else ""
        if option in ("-r", "--repo", "--repository", "--repository-file"):
            found.append(value if equals else following)
        elif word.startswith("-r") and ":" in word:
            found.append(word[2:])
        elif "::" in word and not word.startswith("::"):
            found.append(word.partition("::")[0])
        elif word.startswith("s3://"):
            found.append(word)
    if not found and re.search(r"\b(?:rclone|rsync|scp)\b", command):
        remotes = [w for w in words if re.match(r"^[\w.@-]+:[^:]", w) and "://" not in w]
        found += remotes[-1:]
    return [mask_text(a) for a in dict.fromkeys(found) if a and "{" not in a and "$" not in a]


def _host(address: str) -> str:
    """The host of a repository's address (``sftp:u@host:/x``, ``ssh://u@host/x``, ``s3:host/bucket``), or ""."""
    bare = re.sub(r"^(?:sftp|s3|b2|rest|swift|azure|gs|rclone|ssh|https?):(?://)?", "", address)
    bare = re.sub(r"^https?://", "", bare).rpartition("@")[2]
    host = re.split(r"[:/]", bare, maxsplit=1)[0]
    return host if "." in host and not address.startswith(("/", ".")) else ""


def _tool(catalog: Catalog, command: str) -> tuple[str, str]:
    """The backup tool that a command line runs, and the program whose data it writes out."""
    for word in re.split(r"[\s|;&()<>'\"`]+", command):
        name = word.rpartition("/")[2]
        if name in _DUMPS:
            return name, _DUMPS[name]
        program = catalog.software.named(name) if re.fullmatch(r"[a-z][\w-]+", name) else None
        if program is not None and program.kind == "backup_tool" and (program.name != "rsync" or "backup" in command):
            return program.name, ""
    return "", ""


@rule("backup.databases")
def databases(context: Context) -> Iterable[Fact]:
    """A database that a backup job names by its program is the service of that program on the host that it names, or
    on the machines of the job itself.

    Where several answer, each is drawn as inferred. Example: ``postgresql_databases`` of borgmatic and PostgreSQL on
    the same host.
    """
    finder, placement = Finder(context), Placement(context.graph)
    for job in context.graph.nodes(NodeKind.JOB):
        for entry in entries(job.attributes.get("databases")):
            program, to = str(entry.get("program") or ""), str(entry.get("to") or "")
            machine = finder.machine(to) if to not in SELF else None
            found = finder.running(machine or job, program)
            for service in found:
                provenance = Provenance.DERIVED if len(found) == 1 else Provenance.INFERRED
                evidence = (place_in(entry, job),)
                some = _of_machines(context.graph, service, {machine.id} if machine else set(_hosts(placement, job)))
                yield Edge(job.id, service.id, EdgeKind.BACKS_UP, evidence, provenance, "backup.databases", some)


@rule("backup.paths")
def paths(context: Context) -> Iterable[Fact]:
    """A job that saves a directory saves the volumes and directories below it on the same machines.

    Example: borgmatic with ``source_directories: [/srv]`` and a container that keeps its data in ``/srv/app/data``.
    """
    placement = Placement(context.graph)
    stores = [n for n in context.graph.nodes(NodeKind.STORE) if n.name.startswith("/")]
    where = {n.id: {m for p in placement.places(n) for m in placement.machines(p)} for n in stores}
    known = {(e.source, e.target) for e in context.graph.edges(EdgeKind.BACKS_UP)}
    for edge in list(context.graph.edges(EdgeKind.BACKS_UP)):
        saved = context.graph.node(edge.target)
        if saved.id not in where:
            continue
        for store in stores:
            below = store.name.startswith(saved.name.rstrip("/") + "/") or store.name == saved.name
            if (edge.source, store.id) not in known and below and where[store.id] & where[saved.id]:
                evidence = tuple(dict.fromkeys((*edge.evidence, store.source)))
                yield Edge(edge.source, store.id, EdgeKind.BACKS_UP, evidence, edge.provenance, "backup.paths")


@rule("backup.schedule")
def schedule(context: Context) -> Iterable[Fact]:
    """A timer or cron entry on the machines of a backup job, whose unit or command says the tool, is its schedule; so
    is the timer of the unit that starts the script of the job, or one that calls it.

    Makes no edge. Example: ``/etc/systemd/system/nightly.timer`` with ``Unit=borgmatic.service`` beside
    ``/etc/borgmatic/config.yaml``.
    """
    placement = Placement(context.graph)
    jobs = list(context.graph.nodes(NodeKind.JOB))
    where = {j.id: {m for p in placement.places(j) for m in placement.machines(p)} for j in jobs}
    timers: list[tuple[str, str, set[str], Source]] = [
        (
            str(j.attributes["schedule"]),
            f"{j.attributes.get('unit')} {j.attributes.get('command')}",
            where[j.id],
            j.source,
        )
        for j in jobs
        if j.attributes.get("schedule")
    ]
    for owner in context.graph.nodes(*SIGNAL_KINDS):
        for signal in signals(owner, "cron"):
            if signal.get("state") == "absent":
                continue
            machines = {m for i in strings(signal.get("hosts")) if i in context.graph for m in placement.machines(i)}
            timers.append((str(signal.get("schedule") or ""), str(signal.get("job") or ""), machines, place_of(signal)))
    for job in jobs:
        tool = str(job.attributes.get("tool") or "")
        if not tool or job.attributes.get("schedule"):
            continue
        unit = str(job.attributes.get("unit") or "").removesuffix(".service")
        for text, said, machines, place in timers:
            started = unit and re.match(rf"{re.escape(unit)}(?:\.service)?\s", said)
            if text and (started or re.search(rf"\b{re.escape(tool)}\b", said)) and machines & where[job.id]:
                attributes: dict[str, Json] = {**job.attributes, "schedule": text}
                context.graph.replace_node(replace(job, attributes=attributes, evidence=(*job.evidence, place)))
                break
    return ()


@rule("backup.recovery")
def recovery(context: Context) -> Iterable[Fact]:
    """A play or task whose commands restore from or check the repositories of a backup tool restores or verifies those
    of the jobs on its machines.

    Inferred from the words of the command. Example: ``borgmatic extract`` in restore.yml, ``borg check`` in verify.yml.
    """
    placement = Placement(context.graph)
    stores = _repositories(context, placement)
    for owner in context.graph.nodes(*SIGNAL_KINDS):
        for signal in signals(owner, "command", "backup"):
            text = str(signal.get("free") or signal.get("arguments") or "")
            kind = EdgeKind.RESTORES if _RESTORE.search(text) else (EdgeKind.VERIFIES if _VERIFY.search(text) else None)
            if kind is None:
                continue
            holder = _playbook_of(context, owner)
            machines = {m for i in strings(signal.get("hosts")) if i in context.graph for m in placement.machines(i)}
            for store in dict.fromkeys(s for s, there in stores if there & machines or not (there and machines)):
                if holder.id != store:
                    yield Edge(holder.id, store, kind, (place_of(signal),), Provenance.INFERRED, "backup.recovery")


_RESTORE = re.compile(r"\b(?:borg|borgmatic|restic|kopia|duplicity)\b[^|;]*\b(?:extract|restore)\b|\bpg_restore\b")
_VERIFY = re.compile(r"\b(?:borg|borgmatic|restic|kopia|duplicity)\b[^|;]*\b(?:check|verify)\b")
"""To list what is kept (``restic snapshots``, ``borg list``) is how one sees whether a repository is there at all."""


@rule("backup.playbooks")
def playbooks(context: Context) -> Iterable[Fact]:
    """A playbook whose file name speaks of restoring or verifying backups does so with the repositories of the backup
    jobs on the machines of its plays.

    Inferred from the name alone, and only where no command of it says more. Example: ``backup-verification.yml``,
    ``restore_backup.yml``.
    """
    graph, placement = context.graph, Placement(context.graph)
    for playbook in graph.nodes(NodeKind.PLAYBOOK):
        name = playbook.name.rpartition("/")[2]
        kind = next((k for k, words in _NAMED if words.search(name)), None) if "backup" in name.lower() else None
        if kind is None or graph.targets(playbook.id, EdgeKind.RESTORES, EdgeKind.VERIFIES):
            continue
        plays = [n for n in graph.targets(playbook.id, EdgeKind.CONTAINS) if n.kind is NodeKind.PLAY]
        aims = [e for play in plays for e in placement.targets(play.id)]
        machines = {m for e in aims for m in placement.machines(e.target)}
        for store, there in _repositories(context, placement):
            if there & machines:
                evidence = (playbook.source, *dict.fromkeys(p for e in aims for p in e.evidence))
                yield Edge(playbook.id, store, kind, evidence, Provenance.INFERRED, "backup.playbooks")


_NAMED = (
    (EdgeKind.RESTORES, re.compile(r"restor|recover", re.IGNORECASE)),
    (EdgeKind.VERIFIES, re.compile(r"verif|check|test|validat", re.IGNORECASE)),
)


def _repositories(context: Context, placement: Placement) -> list[tuple[str, set[str]]]:
    """Where backup jobs store, with the machines of the job."""
    found: list[tuple[str, set[str]]] = []
    for edge in context.graph.edges(EdgeKind.STORES_IN):
        job = context.graph.node(edge.source)
        if job.kind is NodeKind.JOB and job.category is Category.BACKUP:
            found.append((edge.target, {m for p in placement.places(job) for m in placement.machines(p)}))
    return found


RULES = (commands, databases, paths, schedule, recovery, playbooks)


def _playbook_of(context: Context, owner: Node) -> Node:
    """The playbook of a play, else the node itself."""
    around = [n for n in context.graph.sources(owner.id, EdgeKind.CONTAINS) if n.kind is NodeKind.PLAYBOOK]
    return around[0] if around else owner
