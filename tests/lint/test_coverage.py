"""``archdoc coverage``: what is counted, and the exit code, on repositories of known shares."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from gitrepo import Done, archdoc

from archdoc.config import METRIC_NAMES

Write = Callable[[dict[str, str]], Path]

FILES = {
    "terraform/main.tf": """
        resource "hcloud_server" "web" {
          for_each = toset(["web-1", "web-2"])
          name     = each.key
        }
        resource "hcloud_firewall" "web" {
          apply_to { server = hcloud_server.web["web-1"].id }
        }
        resource "aws_db_instance" "kept" {
          engine                  = "postgres"
          backup_retention_period = 7
        }
        resource "aws_db_instance" "lost" { engine = "postgres" }
        resource "made_up_thing" "x" { name = "x" }
        output "wrong" { value = hcloud_server.wbe }
        """,
    "ansible.cfg": "[defaults]\ninventory = hosts.ini\n",
    "hosts.ini": "[web]\nweb-1\nweb-2\n[mon]\nmon-1\n",
    "site.yml": """
        - hosts: web
          roles: [app, elsewhere.gone]
        - hosts: mon
          tasks:
            - copy:
                dest: /etc/prometheus/prometheus.yml
                content: |
                  scrape_configs:
                    - job_name: node
                      static_configs:
                        - targets: ['web-1:9100']
        """,
    "roles/app/tasks/main.yml": """
        - template: {src: there.j2, dest: /etc/there}
        - template: {src: missing.j2, dest: /etc/missing}
        """,
    "roles/app/templates/there.j2": "x\n",
}
SHARES = {
    "resources_classified": (5, 6),
    "roles_resolved": (1, 2),
    "templates_read": (1, 2),
    "hosts_joined": (2, 3),
    "machines_monitored": (1, 3),
    "machines_with_firewall": (1, 3),
    "data_backed_up": (1, 2),
}


def coverage(root: Path, *options: str) -> Done:
    return archdoc(root, "coverage", *options)


def test_what_is_counted(write: Write) -> None:
    printed = coverage(write(FILES), "--format", "json")
    assert printed.returncode == 0, printed.stderr
    found = json.loads(printed.stdout)
    assert tuple(found) == METRIC_NAMES
    assert {name: (found[name]["known"], found[name]["total"]) for name in SHARES} == SHARES
    assert found["references_resolved"]["known"] == found["references_resolved"]["total"] - 1
    assert found["hosts_joined"]["percent"] == 66.7


def test_the_text_says_the_same(write: Write) -> None:
    lines = coverage(write(FILES)).stdout.splitlines()
    assert len(lines) == len(METRIC_NAMES)
    assert any("inventory hosts joined" in line and "2 of 3" in line and "66.7 %" in line for line in lines)


@pytest.mark.parametrize(("least", "code"), [(66, 0), (67, 1)])
def test_a_threshold_sets_the_exit_code(least: int, code: int, write: Write) -> None:
    root = write({**FILES, "archdoc.toml": f"[coverage]\nhosts_joined = {least}\n"})
    printed = coverage(root, "--format", "json")
    assert printed.returncode == code
    assert json.loads(printed.stdout)["hosts_joined"]["below"] is (code == 1)


@pytest.mark.parametrize(
    ("line", "said"),
    [("host_joined = 5", "did you mean 'hosts_joined'?"), ("hosts_joined = 150", "must be a percentage")],
)
def test_a_threshold_that_is_none_is_an_error(line: str, said: str, write: Write) -> None:
    printed = coverage(write({**FILES, "archdoc.toml": f"[coverage]\n{line}\n"}))
    assert printed.returncode == 2
    assert said in printed.stderr


def test_nothing_to_count_is_no_shortage(write: Write) -> None:
    root = write({"README.md": "x\n", "archdoc.toml": "[coverage]\nhosts_joined = 100\ndata_backed_up = 100\n"})
    assert coverage(root).returncode == 0


LOOPED = {
    "ansible.cfg": "[defaults]\ninventory = hosts.ini\n",
    "hosts.ini": "[web]\nweb-1\nweb-2\n",
    "site.yml": "- hosts: web\n  roles: [app]\n",
    "roles/app/tasks/main.yml": """
        - template: {src: "{{ item }}.j2", dest: "/etc/{{ item }}"}
          loop: [known, open, missing]
        - template: {src: known.j2, dest: /etc/again}
        - template: {src: "{{ asked }}.j2", dest: /etc/asked}
        - template: {src: never.j2, dest: /etc/never}
          when: false
        """,
    "roles/app/templates/known.j2": "host {{ inventory_hostname }}\n",
    "roles/app/templates/open.j2": "address {{ not_set_anywhere }}\n",
}


def test_each_template_of_each_task_is_counted_as_far_as_it_was_read(write: Write) -> None:
    root = write(LOOPED)
    found = json.loads(coverage(root, "--format", "json").stdout)["templates_read"]
    assert (found["known"], found["total"], found["partly"]) == (3, 5, 1)
    (line,) = [x for x in coverage(root).stdout.splitlines() if x.startswith("templates")]
    assert "3 of 5" in line and "1 of them in part" in line


def test_a_template_that_is_not_found_on_one_host_is_not_read(write: Write) -> None:
    files = {
        **LOOPED,
        "roles/app/tasks/main.yml": '- template: {src: "{{ kind }}.j2", dest: /etc/kind}\n',
        "hosts.ini": "[web]\nweb-1 kind=known\nweb-2 kind=gone\n",
    }
    found = json.loads(coverage(write(files), "--format", "json").stdout)["templates_read"]
    assert (found["known"], found["total"], found["partly"]) == (1, 2, 0)


def test_an_exporter_on_two_machines_of_which_one_is_scraped_watches_that_one(write: Write) -> None:
    files = {**FILES, "roles/app/tasks/main.yml": "- service: {name: node_exporter, state: started}\n"}
    for targets, watched in (("'web-1:9100'", 1), ("'web-1:9100', 'web-2:9100'", 2)):
        text = FILES["site.yml"].replace("'web-1:9100'", targets)
        found = json.loads(coverage(write({**files, "site.yml": text}), "--format", "json").stdout)
        assert found["machines_monitored"]["known"] == watched
