"""What tasks say of hosts: the same for short names, full names and ``key=value`` arguments, and for command lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from archdoc.model.facts import EdgeKind
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
Row = tuple[str, dict[str, Any], str, dict[str, Any]]

MODULES: list[Row] = [
    # packages and services
    (
        "ansible.builtin.apt",
        {"name": "nginx", "state": "present"},
        "package",
        {"names": ["nginx"], "programs": ["nginx"]},
    ),
    ("ansible.builtin.yum", {"name": "redis,postgresql-server"}, "package", {"names": ["redis", "postgresql-server"]}),
    ("ansible.builtin.dnf", {"name": "haproxy"}, "package", {"programs": ["haproxy"]}),
    ("ansible.builtin.package", {"name": "borgbackup"}, "package", {"programs": ["borg"]}),
    ("ansible.builtin.pip", {"name": "borgmatic"}, "package", {"names": ["borgmatic"]}),
    (
        "ansible.builtin.service",
        {"name": "nginx", "state": "started"},
        "service",
        {"program": "nginx", "state": "started"},
    ),
    ("ansible.builtin.systemd", {"name": "redis-server.service", "enabled": "yes"}, "service", {"program": "redis"}),
    ("ansible.builtin.systemd", {"name": "save.timer", "enabled": "yes"}, "timer", {"name": "save.timer"}),
    # containers
    (
        "community.docker.docker_container",
        {"name": "db", "image": "postgres:16", "ports": "5432:5432"},
        "container",
        {"name": "db", "image": "postgres:16", "program": "postgresql", "ports": ["5432:5432"]},
    ),
    ("containers.podman.podman_container", {"name": "c", "image": "redis:7"}, "container", {"program": "redis"}),
    ("community.docker.docker_compose_v2", {"project_src": "/srv/app"}, "compose", {"directory": "/srv/app"}),
    # firewalls
    (
        "community.general.ufw",
        {"rule": "allow", "port": "22", "proto": "tcp", "from_ip": "10.0.0.0/8"},
        "firewall",
        {"program": "ufw", "rule": "allow", "port": "22", "proto": "tcp", "from": "10.0.0.0/8", "direction": "in"},
    ),
    (
        "ansible.posix.firewalld",
        {"port": "8080/tcp", "state": "enabled", "zone": "public"},
        "firewall",
        {"program": "firewalld", "rule": "allow", "port": "8080", "proto": "tcp", "zone": "public"},
    ),
    (
        "ansible.posix.firewalld",
        {"service": "https", "state": "enabled"},
        "firewall",
        {"rule": "allow", "port": "https"},
    ),
    (
        "ansible.builtin.iptables",
        {"chain": "INPUT", "protocol": "tcp", "destination_port": "443", "jump": "ACCEPT"},
        "firewall",
        {"program": "iptables", "rule": "allow", "port": "443", "proto": "tcp", "direction": "in"},
    ),
    # time
    (
        "ansible.builtin.cron",
        {"name": "save", "minute": "0", "hour": "3", "job": "/usr/bin/save"},
        "cron",
        {"name": "save", "schedule": "0 3 * * *", "job": "/usr/bin/save"},
    ),
    ("ansible.builtin.cron", {"name": "x", "special_time": "daily", "job": "y"}, "cron", {"schedule": "@daily"}),
    # users and SSH
    (
        "ansible.builtin.user",
        {"name": "ann", "groups": "wheel,www", "shell": "/bin/sh"},
        "user",
        {"groups": ["wheel", "www"]},
    ),
    ("ansible.posix.authorized_key", {"user": "ann", "key": "ssh-ed25519 AAAA"}, "ssh", {"subject": "ann"}),
    (
        "ansible.builtin.lineinfile",
        {"path": "/etc/ssh/sshd_config", "line": "PermitRootLogin no"},
        "ssh",
        {"file": "/etc/ssh/sshd_config", "text": "PermitRootLogin no"},
    ),
    ("ansible.posix.sysctl", {"name": "net.ipv4.ip_forward", "value": "1"}, "kernel", {"name": "net.ipv4.ip_forward"}),
    # certificates, databases, mounts
    ("community.crypto.acme_certificate", {"dest": "/etc/ssl/a.pem", "csr": "/etc/ssl/a.csr"}, "certificate", {}),
    ("community.postgresql.postgresql_db", {"name": "shop"}, "database", {"program": "postgresql", "subject": "shop"}),
    ("community.postgresql.postgresql_user", {"name": "app"}, "database", {"program": "postgresql", "subject": "app"}),
    ("community.mysql.mysql_db", {"name": "shop"}, "database", {"program": "mysql", "subject": "shop"}),
    ("community.mysql.mysql_user", {"name": "app"}, "database", {"program": "mysql", "subject": "app"}),
    (
        "ansible.posix.mount",
        {"path": "/srv", "src": "nfs:/srv", "fstype": "nfs", "state": "mounted"},
        "mount",
        {"target": "/srv", "source": "nfs:/srv", "type": "nfs"},
    ),
]
COMMANDS: list[tuple[str, str, dict[str, Any]]] = [
    (
        "docker run -d --name web -p 80:80 nginx:1.27",
        "container",
        {"name": "web", "program": "nginx", "ports": ["80:80"]},
    ),
    ("podman run --rm -d -e A=b docker.io/library/redis:7", "container", {"program": "redis"}),
    ("docker run -itd --rm --name redis redis redis-server -p 7000", "container", {"name": "redis"}),
    ("docker compose -f /srv/app/compose.yml up -d", "compose", {"files": ["/srv/app/compose.yml"]}),
    (
        "ufw allow from 10.0.0.0/8 to any port 22 proto tcp",
        "firewall",
        {"rule": "allow", "port": "22", "from": "10.0.0.0/8"},
    ),
    ("ufw default deny incoming", "firewall", {"policy": "deny", "direction": "in"}),
    ("firewall-cmd --permanent --add-service=http", "firewall", {"program": "firewalld", "port": "http"}),
    ("firewall-cmd --zone=public --add-port=8443/tcp", "firewall", {"port": "8443", "proto": "tcp"}),
    ("iptables -A INPUT -p tcp --dport 25 -j DROP", "firewall", {"rule": "deny", "port": "25"}),
    ("nft add rule inet filter input tcp dport 22 accept", "firewall", {"program": "nftables", "port": "22"}),
    ("systemctl enable --now nginx", "service", {"program": "nginx"}),
    ("systemctl enable save.timer", "timer", {"name": "save.timer"}),
    ("apt-get install -y postgresql", "package", {"programs": ["postgresql"]}),
    (
        "certbot certonly --nginx -d a.example.com -d b.example.com",
        "certificate",
        {"domains": ["a.example.com", "b.example.com"]},
    ),
    (
        "restic -r s3:s3.example.com/b backup /srv --tag x",
        "backup",
        {"program": "restic", "repositories": ["s3:s3.example.com/b"], "sources": ["/srv"]},
    ),
    ("borg create /var/borg::now /etc /srv", "backup", {"program": "borg", "sources": ["/etc", "/srv"]}),
    (
        "pg_dump -h db.internal shop",
        "backup",
        {"databases": [{"program": "postgresql", "name": "shop", "to": "db.internal"}]},
    ),
]


def _spellings(module: str, arguments: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """A task in each way to write it."""
    short = module.rsplit(".", 1)[-1]
    pairs = " ".join(f"{key}={json.dumps(value) if ' ' in value else value}" for key, value in arguments.items())
    yield "full", json.dumps({module: arguments})
    yield "short", json.dumps({short: arguments})
    yield "key=value", json.dumps({short: pairs})
    yield "action", json.dumps({"action": {"module": module, **arguments}})
    yield "local text", json.dumps({"action": f"{module} {pairs}"})


def _signals(graph_of: GraphOf, tasks: list[str]) -> list[dict[str, Any]]:
    play = "- hosts: web\n  gather_facts: false\n  tasks:\n" + "".join(f"    - {task}\n" for task in tasks)
    graph = graph_of({"hosts.ini": "[web]\nweb1\n", "site.yml": play})
    found = graph.node("ansible:.:play:site.yml:web").attributes["signals"]
    assert isinstance(found, list)
    return [dict(s) for s in found if isinstance(s, dict)]


@pytest.mark.parametrize("row", MODULES, ids=lambda row: f"{row[0]}-{row[2]}")
def test_a_module_in_every_spelling(row: Row, graph_of: GraphOf) -> None:
    module, arguments, signal, expected = row
    spellings = list(_spellings(module, arguments))
    found = _signals(graph_of, [task for _, task in spellings])
    assert [s["line"] for s in found] == [4 + n for n in range(len(spellings))]
    for (spelling, _), shown in zip(spellings, found, strict=True):
        assert shown["signal"] == signal, spelling
        assert {key: shown.get(key) for key in expected} == expected, spelling
        assert (shown["hosts"], shown["scope"], shown["path"]) == (["ansible:.:host:web1"], "web1", "site.yml")


@pytest.mark.parametrize(("line", "signal", "expected"), COMMANDS, ids=lambda v: v if isinstance(v, str) else "")
def test_a_command_line(line: str, signal: str, expected: dict[str, Any], graph_of: GraphOf) -> None:
    tasks = [
        json.dumps({"shell": line}),
        json.dumps({"ansible.builtin.command": {"cmd": line}}),
        json.dumps({"command": line}),
    ]
    found = [s for s in _signals(graph_of, tasks) if s["signal"] != "command"]
    assert [s["line"] for s in found] == [4, 5, 6]
    for shown in found:
        assert (shown["signal"], {key: shown.get(key) for key in expected}) == (signal, expected)


@pytest.mark.parametrize(
    "task",
    [
        "docker run --rm hello-world",
        "echo docker run nginx",
        "systemctl status nginx",
        "docker ps",
        "ufw status",
        "restic version",
        "iptables -L",
    ],
)
def test_commands_that_only_look_say_nothing_of_hosts(task: str, graph_of: GraphOf) -> None:
    found = _signals(graph_of, [json.dumps({"command": task})])
    assert [s["signal"] for s in found if s["signal"] != "backup" or s.get("sources")] == ["command"]


def test_of_a_text_with_a_password_in_it_the_rest_is_read(graph_of: GraphOf) -> None:
    play = """
        - hosts: web
          tasks:
            - copy:
                dest: /etc/alertmanager/alertmanager.yml
                content: |
                  route: {receiver: a}
                  receivers:
                    - name: a
                      webhook_configs: [{url: "https://ann:S3cr3t@hook.example.org/in"}]
        """
    graph = graph_of({"hosts.ini": "[web]\nweb1\n", "site.yml": play})
    told = [(e.target, str(e.evidence[0])) for e in graph.edges(EdgeKind.ALERTS)]
    assert told == [("endpoint:webhook:hook.example.org", "site.yml:9")]


def test_a_random_key_is_hidden_wherever_it_is_used(graph_of: GraphOf) -> None:
    play = """
        - name: Uses token=S3cr3t
          hosts: web
          vars: {app_key: b7d1f2c9e4a85361, port: 80, db: "postgres://ann:S3cr3t@db.example.org/app"}
          tasks:
            - lineinfile: {path: /etc/x, line: "{{ app_key }} {{ port }} {{ db }}"}
              notify: Reload token=S3cr3t
            - shell: run {{ [app_key, 1] | join('-') }}
          handlers: [{name: Reload token=S3cr3t, command: reload}]
        """
    graph = graph_of({"hosts.ini": "[web]\nweb1\n", "site.yml": play})
    shown = str([(n, n.attributes) for n in graph.nodes()]) + str([e.attributes for e in graph.edges()])
    assert "b7d1f2c9e4a85361" not in shown
    assert "S3cr3t" not in shown
    assert "<secret> 80 postgres://ann:<secret>@db.example.org/app" in shown
    assert [e.target for e in graph.edges(EdgeKind.NOTIFIES)] == ["ansible:.:handler:site.yml:Reload token=<secret>"]
