"""Which format a file has: by its path and content; a name alone may lie."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from format_files import CATALOG, placed, read

from archdoc.model.facts import NodeKind
from archdoc.model.graph import Graph
from archdoc.readers import formats
from archdoc.readers.files import Repository
from archdoc.readers.formats.find import kind_of
from archdoc.readers.formats.readers import READERS

SCRAPE = "scrape_configs:\n  - job_name: a\n"


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("/opt/app/stack.yml", "services:\n  a:\n    image: nginx\n", "compose"),
        ("/opt/app/docker-compose.yml", "services: {}\n", None),
        ("/a/b.yml", "x-deploy: &deploy\n  replicas: 2\nservices:\n  a:\n    <<: *deploy\n    image: a\n", "compose"),
        ("/a/values.yaml", "services:\n  a:\n    image:\n      repository: nginx\n", None),
        ("/a/values.yaml", "services:\n  a:\n    image: nginx\nreplicaCount: 1\n", None),
        ("/a/ci.yml", "steps:\n  - run: make\nservices:\n  db:\n    image: postgres\n", None),
        ("/a/.gitlab-ci.yml", "image: python\nservices:\n  - name: postgres\n    image: a\n", None),
        ("/a/services.yml", "services:\n  App\\Mailer:\n    class: App\\Mailer\n", None),
        ("/a/workflow.yml", "jobs:\n  a:\n    services:\n      db:\n        image: postgres\n", None),
        ("/etc/udev/rules.d/70-net.rules", 'SUBSYSTEM=="net", NAME="eth0"\n', None),
        ("/a/web.nomad.hcl", 'job "web" {\n}\n', "nomad"),
        ("/a/terragrunt.hcl", 'include "root" {\n}\n', None),
        ("/a/Dockerfile", "FROM nginx\n", "dockerfile"),
        ("/a/site", "a.example.com {\n  reverse_proxy b:80\n}\n", "caddy"),
        ("/a/map.yaml", "kind: ConfigMap\ndata:\n  site: |\n    reverse_proxy b:80\n", None),
        ("/opt/app/compose.yml", "services: {wiki: {image: wiki}}\n", "compose"),
        ("/opt/app/compose.yml", "# flow\nservices: # all\n\n  wiki: {ports: [80], image: wiki}\n", "compose"),
        ("/opt/app/compose.yml", "services: {\n  wiki: {build: .}\n}\n", "compose"),
        ("/opt/app/compose.yaml", '{"services": {"wiki": {"image": "wiki"}}}\n', "compose"),
        ("/opt/app/compose.yml", "services: {wiki: {picture: wiki}}\n", None),
        ("/opt/app/values.yml", "services: {wiki: {image: wiki}}\n", None),
        ("/opt/app/services.yml", "services:\n  a:\n    port: 80\n", None),
        ("/etc/prometheus/prometheus.yml", "groups:\n  - name: a\n    rules:\n      - alert: b\n", "prometheus-rules"),
        ("/etc/prometheus/alert.rules", "groups:\n- name: a\n  rules:\n  - alert: b\n", "prometheus-rules"),
        ("/etc/any/name.yml", SCRAPE, "prometheus"),
        ("/etc/any/name.yml", "clients:\n  - url: http://l\n" + SCRAPE, "promtail"),
        ("/etc/any/name.json", SCRAPE, None),
        ("/etc/nginx/nginx.conf", "worker_processes 2;\n", None),
        ("/etc/app/app.conf", "server {\n  listen 80;\n}\n", "nginx"),
        ("/etc/app/app.conf", "[server]\nlisten = 80\n", None),
        ("/etc/traefik/dynamic/app.yml", "http:\n  routers: {}\n", "traefik"),
        ("/etc/app/http.yml", "http:\n  port: 80\n", None),
        ("/etc/caddy/Caddyfile.j2", "a.example.com {\n  respond ok\n}\n", "caddy"),
        ("/etc/systemd/system/a.service", "[Service]\nExecStart=/a\n", "systemd-unit"),
        ("/etc/avahi/services/a.service", "<service-group/>\n", None),
        ("/root/backup.sh", "#!/bin/sh\nrestic backup /\n", "script"),
        ("/root/other.sh", "#!/bin/sh\necho restic\n", None),
    ],
)
def test_kinds(name: str, text: str, kind: str | None) -> None:
    assert kind_of(placed(name, text)) == kind


def test_files_that_nothing_places_are_found_in_the_repository(write: Callable[[dict[str, str]], Path]) -> None:
    root = write(
        {
            "monitoring/prometheus.yml": SCRAPE,
            "monitoring/README.md": SCRAPE,
            "docs/prometheus.yml": SCRAPE,
            "roles/x/templates/prometheus.yml": SCRAPE,
            "web/nginx.conf.j2": "server {\n  server_name a.example.com;\n}\n",
        }
    )
    found = formats.plain_documents(Repository(root), ())
    assert [(d.name, d.partial) for d in found] == [("monitoring/prometheus.yml", False), ("web/nginx.conf", True)]
    graph = formats.read(found, CATALOG)
    assert [n.id for n in graph.nodes(NodeKind.SERVICE)] == ["service:monitoring:prometheus", "service:web:nginx"]


def test_yaml_whose_content_is_a_stack_is_read_wherever_it_lies_but_not_variables(
    write: Callable[[dict[str, str]], Path],
) -> None:
    stack = "services:\n  web:\n    image: nginx:1\n"
    root = write(
        {
            "swarm/stacks/web/stack-web.yml": stack,
            "apps/shop.yaml": stack,
            "group_vars/all.yml": stack,
            "roles/x/defaults/main.yml": stack,
            ".config/tool.yml": stack,
        }
    )
    found = formats.plain_documents(Repository(root), ())
    assert [d.name for d in found] == ["apps/shop.yaml", "swarm/stacks/web/stack-web.yml"]


def test_a_rule_that_is_switched_off_leaves_partial_templates_alone() -> None:
    document = placed("/etc/prometheus/prometheus.yml", SCRAPE, partial=True)
    assert len(formats.read([document], CATALOG)) == 1
    assert len(formats.read([document], CATALOG, ["formats.partial-template"])) == 0


@pytest.mark.parametrize("kind", sorted(READERS))
def test_no_content_stops_a_reader(kind: str) -> None:
    """Whatever a file holds, its reader gives what it can: wrong types, emptiness, brackets without end."""
    from archdoc.readers.formats.scope import Around, Facts

    shapes = [
        "",
        "[]",
        "a",
        "{{ x }}",
        "{% if x %}",
        "a: &a [*a]",
        "{" * 500,
        "[a]\n" * 50,
        "server {\n" * 200,
        "a: {b: c}",
    ]
    keys: tuple[str, ...] = (
        "services",
        "scrape_configs",
        "receivers",
        "route",
        "alerting",
        "groups",
        "datasources",
        "pipeline",
        "http",
    )
    keys += ("repositories", "location", "clients", "service", "exporters", "storage_config", "locations", "es")
    for value in (
        "1",
        "[1]",
        "{a: 1}",
        "[{a: 1}]",
        "[[1]]",
        "null",
        "{a: {b: [1]}}",
        "[{static_configs: 1, rules: 2}]",
    ):
        shapes.append("\n".join(f"{key}: {value}" for key in keys))
    for text in shapes:
        READERS[kind](Facts(placed(f"/etc/{kind}/x.yml", text), CATALOG, Graph(), Around()))


def test_hostile_texts_take_no_time() -> None:
    started = time.process_time()
    texts = [
        "services: {" * 9_000,
        "services:\n" + " a:\n" * 9_000,
        "services:\n" + "\n" * 60_000,
        "services:\n" + "  \n" * 30_000,
        "{" * 60_000,
        "http:\n" + " #\n" * 30_000,
    ]
    for text in [*texts, "a " * 30_000 + "reverse_proxy", "x" * 60_000 + ":", "\\" * 60_000]:
        for name in ("/a/compose.yml", "/a/nginx.conf", "/a/b", "/a/Caddyfile", "/a/x.service", "/a/x.sh"):
            read(placed(name, text))
    assert time.process_time() - started < 30


def test_the_env_file_beside_a_compose_file_fills_its_variables_in_but_not_with_secrets(
    write: Callable[[dict[str, str]], Path],
) -> None:
    compose = """
        services:
          web:
            image: nginx:${TAG:-1}
            ports: ["$BIND:80", "${OTHER}:81"]
            command: serve $$BIND --token ${TOKEN}
        """
    root = write({"compose.yml": compose, ".env": "BIND=9000\nexport TAG='2'\nTOKEN=hunter2hunter2\nODD=a: b\n"})
    (found,) = formats.plain_documents(Repository(root), ())
    assert "image: nginx:2" in found.text
    assert '"9000:80", "${OTHER}:81"' in found.text
    assert "serve $$BIND" in found.text
    assert "hunter2" not in found.text
