"""borgmatic, restic and scripts around them: what is saved, where to, for how long."""

from __future__ import annotations

from typing import Any

import pytest
from format_files import attributes, edges, placed, read

from archdoc.model.facts import EdgeKind, NodeKind
from archdoc.readers.backupcommands import backups

BORGMATIC = """
    source_directories:
      - /etc
      - /srv/data
    repositories:
      - path: ssh://borg@backup.example.com/./web
        label: far
      - path: /var/backups/borg
    encryption_passphrase: <secret>
    keep_daily: 7
    keep_monthly: 6
    compression: zstd
    postgresql_databases:
      - {name: shop, hostname: db.internal}
    healthchecks:
      ping_url: https://hc-ping.com/<secret>
    """
SECTIONS = """
    location:
      source_directories: [/srv]
      repositories: ["borg@backup.example.com:web"]
    retention:
      keep_weekly: 4
    """


def test_borgmatic_with_sources_repositories_and_retention() -> None:
    graph = read(placed("/etc/borgmatic/config.yaml", BORGMATIC))
    job = attributes(graph, "job:web:borgmatic")
    assert job["retention"] == {"keep_daily": "7", "keep_monthly": "6"}
    assert (job["encryption"], job["compression"]) == ("encrypted", "zstd")
    assert edges(graph, EdgeKind.BACKS_UP) == [("borgmatic", "/etc", 2), ("borgmatic", "/srv/data", 3)]
    assert edges(graph, EdgeKind.STORES_IN) == [
        ("borgmatic", "far (backup.example.com)", 5),
        ("borgmatic", "/var/backups/borg", 7),
    ]
    assert [(d["program"], d["name"], d["to"], d["line"]) for d in job["databases"]] == [
        ("postgresql", "shop", "db.internal", 13)
    ]


def test_who_hears_of_a_backup() -> None:
    assert edges(read(placed("/etc/borgmatic/config.yaml", BORGMATIC)), EdgeKind.ALERTS) == [
        ("borgmatic", "Healthchecks.io", 14)
    ]


def test_borgmatic_before_1_8_keeps_its_options_in_sections() -> None:
    graph = read(placed("/etc/borgmatic/config.yaml", SECTIONS))
    assert attributes(graph, "job:web:borgmatic")["retention"] == {"keep_weekly": "4"}
    assert edges(graph, EdgeKind.BACKS_UP) == [("borgmatic", "/srv", 2)]
    assert edges(graph, EdgeKind.STORES_IN) == [("borgmatic", "backup.example.com", 3)]


SCRIPT = """
    #!/bin/sh
    # restic backup /not/this
    export RESTIC_REPOSITORY=s3:s3.example.com/web
    restic backup --exclude /srv/cache \\
      --tag nightly /srv /etc
    restic forget --keep-daily 7 --keep-weekly=4 --prune
    PGPASSWORD=x pg_dump -h db.internal -U app shop > /srv/shop.sql
    """


def _saved(graph: Any, job: str) -> tuple[Any, ...]:
    found = attributes(graph, job)
    return found["tool"], found["sources"], found["retention"]


def test_a_script_that_calls_restic() -> None:
    graph = read(placed("/usr/local/bin/backup.sh", SCRIPT))
    assert _saved(graph, "job:web:backup") == ("restic", ["/srv", "/etc"], {"keep_daily": "7", "keep_weekly": "4"})
    assert edges(graph, EdgeKind.STORES_IN) == [("backup", "s3.example.com", 4)]
    assert edges(graph, EdgeKind.BACKS_UP) == [("backup", "/etc", 4), ("backup", "/srv", 4)]
    databases = attributes(graph, "job:web:backup")["databases"]
    assert [(d["program"], d["name"], d["to"], d["line"]) for d in databases] == [
        ("postgresql", "shop", "db.internal", 7)
    ]


@pytest.mark.parametrize(
    "line",
    [
        "restic -r /srv/restic forget --keep-daily 7 --prune",
        "restic restore latest --target /srv",
        "restic check",
        "borg prune --keep-daily 3 /srv/borg",
        "borg list /srv/borg",
        "borgmatic check --verbosity 1",
        "borgmatic restore --archive latest",
    ],
)
def test_what_only_prunes_checks_or_brings_back_saves_nothing(line: str) -> None:
    graph = read(placed("/usr/local/bin/nightly.sh", f"#!/bin/sh\n{line}\n"))
    assert not list(graph.nodes(NodeKind.JOB))


def test_what_a_function_is_given_is_no_directory() -> None:
    """``$1`` may be any, and a box of that name says nothing."""
    script = """#!/bin/sh
    save() {
      path=$1
      restic -r /backup backup "$path" "${2}" /etc "/srv/$3"
    }
    """
    graph = read(placed("/usr/local/bin/save.sh", script))
    saved = {graph.node(e.target).name for e in graph.edges(EdgeKind.BACKS_UP)}
    assert saved == {"/etc", "/srv/$3"}
    assert [p.code for p in graph.problems()] == ["CFG007", "CFG007"]


def test_borg_by_itself() -> None:
    text = "#!/bin/bash\nborg create --stats -C lz4 ssh://b@far.example.com/./r::{now} /srv /home\nborg prune --keep-daily=3\n"
    graph = read(placed("/usr/local/sbin/save", text))
    assert _saved(graph, "job:web:save") == ("borg", ["/srv", "/home"], {"keep_daily": "3"})
    assert edges(graph, EdgeKind.STORES_IN) == [("save", "far.example.com", 2)]


def test_a_script_that_only_speaks_of_restic_is_no_backup() -> None:
    assert list(read(placed("/usr/local/bin/x.sh", "#!/bin/sh\n# restic backup /srv\necho restic\n")).nodes()) == []


def test_resticprofile() -> None:
    text = """
        default:
          repository: rest:https://backup.example.com/web
          retention: {keep-daily: 7}
        web:
          inherit: default
          backup: {source: [/srv, /etc], schedule: "03:00"}
        """
    graph = read(placed("/etc/resticprofile/profiles.yaml", text))
    assert [n.id for n in graph.nodes(NodeKind.JOB)] == ["job:web:web"]
    assert _saved(graph, "job:web:web") == ("restic", ["/srv", "/etc"], {"keep_daily": "7"})
    assert attributes(graph, "job:web:web")["schedule"] == "03:00"
    assert edges(graph, EdgeKind.STORES_IN) == [("web", "backup.example.com", 2)]


def test_autorestic() -> None:
    text = """
        backends:
          far: {type: s3, path: s3.example.com/bucket}
        locations:
          home:
            from: /home
            to: [far]
            cron: "0 3 * * *"
            options: {forget: {keep-daily: 7}}
        """
    graph = read(placed("/root/.autorestic.yml", text))
    assert _saved(graph, "job:web:home") == ("restic", ["/home"], {"keep_daily": "7"})
    assert edges(graph, EdgeKind.STORES_IN) == [("home", "far (s3.example.com)", 2)]
    assert edges(graph, EdgeKind.BACKS_UP) == [("home", "/home", 5)]


@pytest.mark.parametrize(
    "line",
    [
        "pg_dump app > /srv/app.sql",
        "sudo -u postgres pg_dump app | gzip > /srv/app.gz",
        "nice -n 19 pg_dump app > /srv/app.sql",
        "PGPASSWORD=$PW pg_dump app > /srv/app.sql",
        "docker exec -i app-db pg_dump -U app app > /srv/app.sql",
        "docker compose exec -T db pg_dump -U app app > /srv/app.sql",
        "kubectl exec -n app db-0 -- pg_dump app > /srv/app.sql",
        'su - postgres -c "pg_dump app > /srv/app.sql"',
        "runuser -u postgres -- pg_dump app > /srv/app.sql",
        "bash -c 'pg_dump app > /srv/app.sql'",
        "timeout 600 pg_dump app > /srv/app.sql",
    ],
)
def test_a_dump_is_found_behind_what_runs_it(line: str) -> None:
    (found,) = backups(f"#!/bin/sh\n{line}\n")
    assert [(program, name) for program, name, _, _ in found.databases] == [("postgresql", "app")]


@pytest.mark.parametrize(
    "line", ["sudo -u postgres psql -c 'SELECT 1'", "docker exec db ls pg_dump", "sudo -i", "su -"]
)
def test_what_runs_no_dump_is_no_backup(line: str) -> None:
    assert backups(f"#!/bin/sh\n{line}\n") == []


CONTAINERS = """
    services:
      db:
        image: postgres:16
        volumes: ["db-data:/var/lib/postgresql/data"]
      volumes-saved:
        image: ghcr.io/offen/docker-volume-backup:v2
        environment:
          BACKUP_CRON_EXPRESSION: "0 4 * * *"
          BACKUP_RETENTION_DAYS: "14"
          AWS_S3_BUCKET_NAME: shop-backups
        volumes:
          - db-data:/backup/db:ro
          - /srv/archive:/archive
          - cache:/tmp/cache
      dumped:
        image: prodrigestivill/postgres-backup-local
        environment: [POSTGRES_HOST=db, BACKUP_KEEP_WEEKS=4]
        volumes: ["./dumps:/backups"]
      elsewhere:
        image: databack/mysql-backup:1
        environment: {DB_SERVER: mysql.internal, DB_DUMP_TARGET: "sftp://nas.internal/dumps"}
    """


def test_a_container_that_backs_up_is_a_job_of_what_is_mounted_into_it() -> None:
    graph = read(placed("/srv/compose.yml", CONTAINERS))
    saved = attributes(graph, "job:web:volumes-saved")
    assert (saved["tool"], saved["schedule"], saved["retention"]) == (
        "docker-volume-backup",
        "0 4 * * *",
        {"days": "14"},
    )
    dumped = attributes(graph, "job:web:dumped")
    assert (dumped["schedule"], dumped["retention"]) == ("@daily", {"weeks": "4"})
    listed = attributes(graph, "job:web:elsewhere")["databases"]
    assert [(d["program"], d["to"], d["line"]) for d in listed] == [("mysql", "mysql.internal", 21)]
    assert edges(graph, EdgeKind.BACKS_UP) == [("dumped", "db", 17), ("volumes-saved", "db-data", 12)]
    jobs = [e for e in graph.edges(EdgeKind.STORES_IN) if graph.node(e.source).kind is NodeKind.JOB]
    assert {(e.source.rsplit(":", 1)[-1], graph.node(e.target).name) for e in jobs} == {
        ("volumes-saved", "/srv/archive"),
        ("volumes-saved", "shop-backups"),
        ("dumped", "./dumps"),
        ("elsewhere", "nas.internal"),
    }
