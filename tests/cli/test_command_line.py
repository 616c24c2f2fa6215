"""The command line: what each command prints, writes and ends with."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import pytest
from gitrepo import archdoc

Write = Callable[[dict[str, str]], Path]
SAMPLE = Path(__file__).parents[2]

SERVERS = {
    "terraform/main.tf": """
        resource "hcloud_server" "web" {
          for_each = toset(["a", "b"])
          name     = each.key
        }
        """,
    "ansible/hosts.ini": "[web]\na\nb\n",
    "ansible/site.yml": "- hosts: web\n  roles: [app]\n",
    "ansible/roles/app/tasks/main.yml": "- name: Ping\n  ansible.builtin.ping:\n",
}


def test_build_then_check_is_clean_and_a_second_build_writes_nothing(write: Write) -> None:
    root = write(SERVERS)
    assert archdoc(root, "build").returncode == 0
    before = {p: p.read_bytes() for p in root.rglob("*") if p.is_file()}
    assert archdoc(root, "check").returncode == 0
    second = archdoc(root, "build")
    assert (second.returncode, second.stdout) == (0, "")
    assert {p: p.read_bytes() for p in root.rglob("*") if p.is_file()} == before


def test_a_deleted_server_is_named_with_file_and_line(write: Write) -> None:
    root = write(SERVERS)
    archdoc(root, "build")
    main = root / "terraform/main.tf"
    main.write_text(main.read_text().replace('["a", "b"]', '["a"]'))
    checked = archdoc(root, "check")
    assert checked.returncode == 1
    assert 'hcloud_server.web["b"] (terraform/main.tf:1) is drawn in infrastructure, network' in checked.stdout
    assert "and no longer in the code" in checked.stdout
    assert "network" in checked.stdout


def test_a_new_server_is_named_with_file_and_line(write: Write) -> None:
    root = write(SERVERS)
    archdoc(root, "build")
    (root / "terraform/more.tf").write_text('\nresource "hcloud_server" "extra" {\n  name = "extra"\n}\n')
    checked = archdoc(root, "check")
    assert checked.returncode == 1
    assert "hcloud_server.extra (terraform/more.tf:2) is not in terraform, infrastructure, network" in checked.stdout


def test_a_comment_that_moves_lines_is_no_drift(write: Write) -> None:
    root = write(SERVERS)
    archdoc(root, "build")
    main = root / "terraform/main.tf"
    main.write_text("# about the servers\n\n" + main.read_text())
    assert archdoc(root, "check").returncode == 0


def test_a_page_edited_by_hand_is_drift(write: Write) -> None:
    root = write(SERVERS)
    archdoc(root, "build")
    page = root / "docs/infrastructure/diagrams.md"
    page.write_text(page.read_text().replace("Network Architecture", "Our network"))
    checked = archdoc(root, "check")
    assert checked.returncode == 1
    assert "docs/infrastructure/diagrams.md was edited by hand" in checked.stdout


def test_check_before_any_build_says_that_pages_are_missing(write: Write) -> None:
    checked = archdoc(write(SERVERS), "check")
    assert checked.returncode == 1
    assert "docs/infrastructure/diagrams.md is missing" in checked.stdout


def test_graph_loads_in_networkx_and_every_edge_has_evidence(write: Write) -> None:
    printed = archdoc(write(SERVERS), "graph", "--format", "json")
    document = json.loads(printed.stdout)
    graph = nx.node_link_graph(document, edges="edges")
    assert graph.nodes['tf:terraform:hcloud_server.web["a"]']["root"] == "terraform"
    assert all(edge["evidence"] for edge in document["edges"])
    kinds = {(e["source"].split(":")[-1], e["kind"], e["target"].split(":")[-1]) for e in document["edges"]}
    assert ("a", "member_of", "web") in kinds
    assert ("web", "applies", "app") in kinds


@pytest.mark.parametrize("form", ["mermaid", "svg", "json", "dot"])
def test_view_prints_each_format(write: Write, form: str) -> None:
    printed = archdoc(write(SERVERS), "view", "network", "--format", form)
    assert printed.returncode == 0
    opening = {"mermaid": "flowchart", "svg": "<svg", "json": "{", "dot": "digraph"}[form]
    assert opening in printed.stdout[:200]


def test_explain_tells_where_and_why(write: Write) -> None:
    printed = archdoc(write(SERVERS), "explain", 'hcloud_server.web["a"]')
    assert "terraform/main.tf:1" in printed.stdout
    assert "same as a" in printed.stdout
    assert "by the rule hosts.name" in printed.stdout


def test_explain_of_something_unknown_names_what_is_near(write: Write) -> None:
    printed = archdoc(write(SERVERS), "explain", "hcloud_server.wbe")
    assert printed.returncode == 2
    assert "Nearest: " in printed.stderr


def test_coverage_fails_below_a_threshold(write: Write) -> None:
    root = write({**SERVERS, "archdoc.toml": "[coverage]\nmachines_with_firewall = 50"})
    printed = archdoc(root, "coverage")
    assert printed.returncode == 1
    assert "below its threshold" in printed.stdout


def test_init_writes_what_is_missing_and_nothing_else(write: Write) -> None:
    root = write({**SERVERS, "mkdocs.yml": "site_name: mine\n"})
    done = archdoc(root, "init")
    assert done.stdout == "wrote archdoc.toml\n"
    assert "add 'archdoc' to its plugins" in done.stderr
    assert (root / "mkdocs.yml").read_text() == "site_name: mine\n"
    (root / "mkdocs.yml").write_text("site_name: mine\nplugins:\n  - search\n  - archdoc\n")
    assert "its plugins" not in archdoc(root, "init").stderr
    assert archdoc(root, "build").returncode == 0


ROOM = 'variable "rooms" {\n  type = set(string)\n}\nresource "hcloud_network" "room" {\n  for_each = var.rooms\n}\n'


@pytest.mark.parametrize(
    ("files", "environments"),
    [
        (["env/prod/main.tfvars", "env/dev/main.tfvars"], {"prod": 1, "dev": 1}),
        (["env/prod/main.tfvars"], {"prod": 1}),
        (["prod.tfvars", "common.tfvars"], {"prod": 2}),
        (["terraform.tfvars", "x.auto.tfvars", "examples/prod.tfvars"], {}),
    ],
)
def test_init_names_the_variable_files_of_each_environment(
    write: Write, files: list[str], environments: dict[str, int]
) -> None:
    text = 'rooms = ["north", "south"]\n'
    backend = {"infra/env/prod/backend.tfvars": 'bucket = "state"\n'}
    root = write({"infra/main.tf": ROOM, **backend, **{f"infra/{path}": text for path in files}})
    archdoc(root, "init")
    written = tomllib.loads((root / "archdoc.toml").read_text()).get("terraform", {}).get("roots", {})
    found = written.get("infra", {}).get("environments", {})
    assert {name: len(options["var_files"]) for name, options in found.items()} == environments
    rooms = [n for n in json.loads(archdoc(root, "graph").stdout)["nodes"] if n["type"] == "hcloud_network"]
    assert len(rooms) == 2 * max(len(environments), 1)


@pytest.mark.parametrize(
    ("files", "code", "place"),
    [
        ({"main.tf": 'resource "a" "b" {\n  x = \n}\nresource "hcloud_server" "ok" {}\n'}, "TF001", "main.tf:2"),
        ({"site.yml": "- hosts: all\n  tasks: [\n"}, "YML001", "site.yml:3"),
        ({"site.yml": "- hosts: all\n", "roles/x/tasks/main.yml": "- a: : b\n"}, "YML001", "roles/x/tasks/main.yml:1"),
        ({".github/workflows/ci.yml": "on: push\njobs: [\n"}, "YML001", ".github/workflows/ci.yml:3"),
    ],
)
def test_a_broken_file_is_a_problem_with_its_place_and_the_build_goes_on(
    write: Write, files: dict[str, str], code: str, place: str
) -> None:
    root = write({**files, "other/main.tf": 'resource "hcloud_server" "fine" {}\n'})
    built = archdoc(root, "build")
    assert built.returncode == 0
    assert code in built.stderr
    assert place in built.stderr
    assert "hcloud_server.fine" in (root / "docs/assets/archdoc.json").read_text()
    assert archdoc(root, "build", "--strict").returncode == 2


@pytest.mark.parametrize(
    "files",
    [
        {"README.md": "hello"},
        {"main.tf": 'resource "hcloud_server" "web" {}\n'},
        {"site.yml": "- hosts: all\n  tasks:\n    - ansible.builtin.ping:\n"},
    ],
    ids=["empty", "only Terraform", "only Ansible"],
)
def test_a_repository_with_only_a_part_builds_all_ten_sections(write: Write, files: dict[str, str]) -> None:
    root = write(files)
    built = archdoc(root, "build")
    assert built.returncode == 0, built.stderr
    page = (root / "docs/infrastructure/diagrams.md").read_text()
    assert page.count("\n## ") == 11  # ten views and the related pages
    assert archdoc(root, "check").returncode == 0


def test_a_link_out_of_the_repository_is_a_problem(write: Write) -> None:
    root = write(SERVERS)
    (root / "terraform/evil.tf").symlink_to("/etc/passwd")
    built = archdoc(root, "build")
    assert built.returncode == 0
    assert "terraform/evil.tf is a link out of the repository" in built.stderr
    assert "root:" not in (root / "docs/assets/archdoc.json").read_text()


def test_bad_configuration_is_exit_code_two_and_names_the_key(write: Write) -> None:
    printed = archdoc(write({"archdoc.toml": "exlude = []"}), "build")
    assert printed.returncode == 2
    assert "did you mean 'exclude'" in printed.stderr


def test_bad_usage_is_exit_code_two() -> None:
    assert archdoc(Path(), "paint").returncode == 2
    assert archdoc(Path("/no/such/directory"), "build").returncode == 2


def test_help_loads_nothing_heavy() -> None:
    printed = archdoc(Path(), "--help")
    assert printed.returncode == 0
    assert all(
        f"\n  {name} " in printed.stdout
        for name in ("build", "check", "graph", "view", "explain", "lint", "coverage", "init")
    )
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, archdoc.cli; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert not {"hcl2", "networkx", "diagrams", "lark", "jinja2", "yaml"} & set(loaded)


def test_the_output_does_not_depend_on_where_or_who(write: Write, tmp_path_factory: pytest.TempPathFactory) -> None:
    root = write(SERVERS)
    other = tmp_path_factory.mktemp("elsewhere") / "copy"
    shutil.copytree(root, other)
    outputs = []
    for directory, seed, zone in ((root, "1", "UTC"), (other, "2", "Asia/Tokyo")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"}
        done = subprocess.run(
            [sys.executable, "-m", "archdoc", "-C", str(directory), "graph"],
            env=environment,
            capture_output=True,
            check=True,
        )
        outputs.append(done.stdout)
    assert outputs[0] == outputs[1]


def test_the_published_pages_of_this_repository_show_its_code() -> None:
    checked = archdoc(SAMPLE, "check")
    assert checked.returncode == 0, checked.stdout
