"""systemd, quadlets, cron and fail2ban: what a machine does by itself."""

from __future__ import annotations

import pytest
from format_files import addresses, attributes, edges, placed, read

from archdoc.model.facts import EdgeKind, NodeKind

UNIT = """
    [Unit]
    After=network.target postgresql.service
    [Service]
    User=app
    Environment="DATABASE_URL=postgres://db.internal/app" LOG_LEVEL=info
    Environment=PUBLIC_URL=https://app.example.com
    ExecStart=/usr/bin/grafana-server \\
      --cache=redis://cache.internal:6379
    [Install]
    WantedBy=multi-user.target
    """


def test_a_unit_is_a_service_with_what_it_is_told() -> None:
    graph = read(placed("/etc/systemd/system/dashboards.service", UNIT))
    node = graph.node("service:web:dashboards")
    assert (node.type, node.source.line) == ("grafana", 7)
    found = attributes(graph, node.id)
    assert addresses(found["connections"]) == [
        ("db.internal", None, "DATABASE_URL", 5),
        ("cache.internal", 6379, "cache", 7),
    ]
    assert (found["user"], found["after"]) == ("app", "network.target postgresql.service")


def test_a_unit_that_runs_a_container_is_its_image() -> None:
    text = "[Service]\nExecStart=/usr/bin/docker run --rm --name cache -p 6379:6379 redis:7 --save 60 1\n"
    node = read(placed("/etc/systemd/system/cache.service", text)).node("service:web:cache")
    assert (node.type, node.attributes["image"]) == ("redis", "redis:7")


def test_a_timer_and_its_unit_are_one_job() -> None:
    timer = "[Timer]\nOnCalendar=daily\nOnCalendar=Mon 03:00\n"
    unit = "[Service]\nType=oneshot\nExecStart=/usr/bin/restic -r s3:s3.example.com/web backup /srv\n"
    graph = read(placed("/etc/systemd/system/save.timer", timer), placed("/etc/systemd/system/save.service", unit))
    assert [n.id for n in graph.nodes(NodeKind.JOB, NodeKind.SERVICE)] == ["job:web:save"]
    job = attributes(graph, "job:web:save")
    assert (job["schedule"], job["tool"], job["sources"]) == ("daily, Mon 03:00", "restic", ["/srv"])
    assert edges(graph, EdgeKind.BACKS_UP) == [("save", "/srv", 3)]


def test_a_timer_alone_names_its_unit() -> None:
    graph = read(placed("/etc/systemd/system/tidy.timer", "[Timer]\nOnUnitActiveSec=1h\nUnit=clean.service\n"))
    assert attributes(graph, "job:web:tidy")["unit"] == "clean"
    assert attributes(graph, "job:web:tidy")["schedule"] == "OnUnitActiveSec=1h"


def test_a_quadlet() -> None:
    text = """
        [Container]
        Image=docker.io/library/postgres:16
        PublishPort=5432:5432
        Volume=data:/var/lib/postgresql/data
        Environment=PRIMARY_HOST=other.internal:5432
        """
    node = read(placed("/etc/containers/systemd/db.container", text)).node("service:web:db")
    assert (node.type, node.source.line, node.attributes["ports"]) == ("postgresql", 2, ["5432:5432"])
    assert addresses(node.attributes["connections"]) == [("other.internal", 5432, "PRIMARY_HOST", 5)]


CRONTAB = """
    MAILTO=ops@example.com
    # 0 1 * * * root not-this
    0 3 * * * root /usr/local/bin/save.sh
    */5 * * * * www-data php /srv/app/cron.php
    @daily root certbot renew --quiet
    """


def test_the_entries_of_a_crontab_and_the_script_that_one_calls() -> None:
    script = "#!/bin/sh\nborg create /var/backups/borg::now /srv\n"
    graph = read(placed("/etc/cron.d/app", CRONTAB), placed("/usr/local/bin/save.sh", script))
    found = {n.name: (n.attributes["schedule"], n.attributes.get("user"), n.type) for n in graph.nodes(NodeKind.JOB)}
    assert found == {
        "app save.sh": ("0 3 * * *", "root", "borg"),
        "app php": ("*/5 * * * *", "www-data", "cron"),
        "app certbot": ("@daily", "root", "certbot"),
    }
    assert ("app save.sh", "/srv", 2) in edges(graph, EdgeKind.BACKS_UP)


@pytest.mark.parametrize(
    ("name", "text", "job", "schedule"),
    [
        ("/etc/cron.daily/logs", "#!/bin/sh\nfind /var/log -delete\n", "logs", "@daily"),
        ("/var/spool/cron/crontabs/root", "15 2 * * 1-5 /usr/bin/report\n", "root", "15 2 * * 1-5"),
    ],
)
def test_other_places_of_cron(name: str, text: str, job: str, schedule: str) -> None:
    assert attributes(read(placed(name, text)), f"job:web:{job}")["schedule"] == schedule


JAIL = """
    [DEFAULT]
    bantime = 1h
    ignoreip = 127.0.0.1/8
        10.0.0.0/8
    [sshd]
    enabled = true
    port = 2222
    [nginx-http-auth]
    enabled = false
    [recidive]
    maxretry = 3
    enabled = yes
    """


def test_the_jails_that_are_switched_on() -> None:
    jails = attributes(read(placed("/etc/fail2ban/jail.local", JAIL)), "service:web:fail2ban")["jails"]
    assert [(j["name"], j["line"], j.get("port"), j["bantime"], j.get("maxretry")) for j in jails] == [
        ("sshd", 6, "2222", "1h", None),
        ("recidive", 12, None, "1h", "3"),
    ]


def test_jails_that_the_default_switches_on() -> None:
    text = "[DEFAULT]\nenabled = true\n[sshd]\nport = ssh\n[web]\nenabled = false\n"
    jails = attributes(read(placed("/etc/fail2ban/jail.d/all.conf", text)), "service:web:fail2ban")["jails"]
    assert [(j["name"], j["line"]) for j in jails] == [("sshd", 4)]
