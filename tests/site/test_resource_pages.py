"""Pages of single things: what terraform-docs and docsible print, with values, and what is said of each machine."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from repositories import Write

from archdoc import api
from archdoc.config import load_config
from archdoc.site import graphpages
from archdoc.site.paths import Paths

REPOSITORY = {
    "infra/main.tf": """
        terraform {
          required_version = ">= 1.9"
          required_providers {
            hcloud = { source = "hetznercloud/hcloud", version = "~> 1.60" }
          }
          backend "s3" {
            bucket = "state-bucket"
          }
        }
        module "web" {
          source = "./modules/web"
          size   = "cx${20 + 2}"
        }
        resource "hcloud_volume" "data" {
          name      = "data-${module.web.name}"
          size      = 10 * 4
          server_id = module.web.id
        }
        resource "hcloud_server" "off" {
          count       = 0
          name        = "off"
          server_type = "cx22"
        }
        output "volume" {
          description = "Name of the volume."
          value       = hcloud_volume.data.name
        }
        """,
    "infra/variables.tf": """
        variable "token" {
          description = "Where | the token <b>is</b>."
          type        = string
          sensitive   = true
          default     = "hunter2hunter2"
        }
        """,
    "infra/modules/web/main.tf": """
        variable "size" {
          description = "Server type."
          type        = string
        }
        resource "hcloud_server" "main" {
          name        = "web-1"
          server_type = var.size
          password    = "correct-horse-battery"
        }
        output "name" { value = hcloud_server.main.name }
        output "id" { value = hcloud_server.main.id }
        """,
    "ansible/ansible.cfg": "[defaults]\ninventory = hosts.ini\n",
    "ansible/hosts.ini": "[web]\nweb-1 ansible_host=10.0.0.5\n\n[db]\ndb-1\n",
    "ansible/site.yml": """
        - name: Set up the web servers
          hosts: web
          become: true
          tags: [web]
          roles: [nginx]
        """,
    "ansible/roles/nginx/defaults/main.yml": "nginx_workers: 4\n",
    "ansible/roles/nginx/meta/main.yml": "galaxy_info:\n  description: Serves pages\ndependencies: [common]\n",
    "ansible/roles/nginx/handlers/main.yml": """
        - name: Reload nginx
          ansible.builtin.service: {name: nginx, state: reloaded}
        """,
    "ansible/roles/nginx/tasks/main.yml": """
        - name: Install nginx
          ansible.builtin.apt: {name: nginx}
          notify: Reload nginx
        """,
    "ansible/roles/common/tasks/main.yml": """
        - name: Install tools
          ansible.builtin.apt: {name: curl}
        """,
}


@pytest.fixture
def docs(write: Write) -> Path:
    root = write(REPOSITORY)
    api.build(root, load_config(root))
    return root / "docs"


def rows(page: str, section: str) -> list[list[str]]:
    """The cells of the table under a heading."""
    body = page.split(f"\n## {section} (", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in body.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


def test_a_root_module_has_a_page_with_what_its_code_evaluates_to(docs: Path) -> None:
    page = (docs / "infrastructure/terraform/infra.md").read_text()
    assert "# Terraform: infra" in page
    assert "- Terraform version: <code>&#62;= 1.9</code>" in page
    assert "`bucket` = `state-bucket`" in page
    assert rows(page, "Required providers")[0][:2] == ["`hcloud`", "`hetznercloud/hcloud`"]
    resources = {row[0]: row for row in rows(page, "Resources")}
    volume = resources["`hcloud_volume.data`"]
    assert "`name` = `data-web-1`" in volume[2]
    assert "`size` = `40`" in volume[2]
    assert "known when applied: `server_id`" in volume[2]
    assert "infra/main.tf:14" in volume[3]
    assert "no instance" in resources["`hcloud_server.off`"][1]
    assert "`server_type` = `cx22`" in resources["`module.web.hcloud_server.main`"][2]
    assert rows(page, "Outputs")[0][:3] == ["`volume`", "Name of the volume.", "`data-web-1`"]
    call = rows(page, "Module calls")[0]
    assert call[:2] == ["`module.web`", "[`./modules/web`](modules/infra-modules-web.md)"]


def test_a_module_has_a_page_with_its_inputs_outputs_and_calls(docs: Path) -> None:
    page = (docs / "infrastructure/terraform/modules/infra-modules-web.md").read_text()
    assert rows(page, "Calls")[0][:2] == ["`module.web`", "[`infra`](../infra.md)"]
    assert rows(page, "Inputs")[0][:5] == ["`size`", "Server type.", "`string`", "yes", "`cx22`"]
    assert [row[0] for row in rows(page, "Outputs")] == ["`id`", "`name`"]
    assert rows(page, "Resources")[0][:3] == ["`hcloud_server.main`", "compute", "1"]


def test_a_playbook_has_a_page_with_plays_tasks_and_hosts(docs: Path) -> None:
    page = (docs / "automation/playbooks/site.md").read_text()
    play = rows(page, "Plays")[0]
    assert play[:2] == ["`Set up the web servers`", "`web`"]
    assert play[2] == "[`web-1`](../../infrastructure/hosts/web-1.md)"
    assert "[`nginx`](../roles/nginx.md)" in play[3]
    assert "become: `true`" in play[4]
    assert ["nginx : Install nginx", "`ansible.builtin.apt`", "ansible/roles/nginx/tasks/main.yml:1"] in rows(
        page, "Tasks of Set up the web servers"
    )


def test_a_role_has_a_page_with_defaults_tasks_handlers_and_users(docs: Path) -> None:
    page = (docs / "automation/roles/nginx.md").read_text()
    assert "Serves pages. [All playbooks and roles](../ansible.md)" in page
    assert "- Depends on: [`common`](common.md)" in page
    assert rows(page, "Defaults")[0][0] == "`nginx_workers`"
    assert [row[0] for row in rows(page, "Tasks")] == ["Install nginx"]
    assert [row[0] for row in rows(page, "Handlers")] == ["`Reload nginx`"]
    assert rows(page, "Applied by")[0][:3] == [
        "`Set up the web servers`",
        "[`site.yml`](../playbooks/site.md)",
        "`web`",
    ]
    assert rows(page, "Deploys")[0][1] == "nginx"
    assert "- Needed by: [`nginx`](nginx.md)" in (docs / "automation/roles/common.md").read_text()


def test_a_machine_has_a_page_that_joins_server_and_inventory_host(docs: Path) -> None:
    page = (docs / "infrastructure/hosts/web-1.md").read_text()
    assert "`module.web.hcloud_server.main (hcloud_server)`" in page
    assert "- Inventory host: `web-1`" in page
    assert "- Groups: `web`" in page
    assert "[`site.yml`](../../automation/playbooks/site.md)" in page
    assert [row[1] for row in rows(page, "What is on it")] == ["nginx"]
    assert "Nothing was found in the code that watches this machine." in page
    assert "Nothing was found in the code that backs this machine up." in page
    alone = (docs / "infrastructure/hosts/db-1.md").read_text()
    assert "Who may reach this machine was not found in the code." in alone
    assert "Nothing was found in the code that runs on this machine." in alone
    assert "What is on it" not in alone


def test_no_secret_is_on_any_page(docs: Path) -> None:
    for page in docs.rglob("*.md"):
        assert "hunter2hunter2" not in page.read_text(), page
        assert "correct-horse-battery" not in page.read_text(), page
    assert "(sensitive)" in (docs / "infrastructure/terraform/infra.md").read_text()


def test_every_link_between_pages_leads_to_a_page(docs: Path) -> None:
    pages = list(docs.rglob("*.md"))
    assert len(pages) > 20
    for page in pages:
        for target in re.findall(r"\]\(([^)#:]+\.md)", page.read_text()):
            assert (page.parent / target).is_file(), (page, target)


def test_pages_go_with_the_things_that_they_are_about_and_check_knows(docs: Path) -> None:
    root = docs.parent
    assert not api.check(root, load_config(root)).is_drift
    mine = docs / "infrastructure/hosts/notes.md"
    mine.write_text("# My notes\n")
    (root / "ansible/hosts.ini").write_text("[web]\nweb-1 ansible_host=10.0.0.5\n")
    result = api.build(root, load_config(root))
    assert "docs/infrastructure/hosts/db-1.md" in result.deleted
    assert mine.read_text() == "# My notes\n"
    (docs / "infrastructure/hosts/web-1.md").write_text("edited by hand\n")
    assert api.check(root, load_config(root)).is_drift


def test_things_of_one_name_get_paths_that_do_not_depend_on_their_order(write: Write) -> None:
    server = 'resource "hcloud_server" "main" {\n  name = "web"\n  server_type = "cx22"\n}\n'
    root = write({"one/main.tf": server, "two/main.tf": server})
    api.build(root, load_config(root))
    found = sorted(p.name for p in (root / "docs/infrastructure/hosts").glob("*.md"))
    assert found == ["web-one.md", "web-two.md"]


def test_a_thousand_hosts_are_rows_and_not_pages(write: Write) -> None:
    hosts = "".join(f"web-{number:04d}\n" for number in range(1000))
    root = write(
        {
            "ansible/hosts.ini": f"[web]\n{hosts}",
            "ansible/ansible.cfg": "[defaults]\ninventory = hosts.ini\n",
            "ansible/site.yml": "- hosts: web\n  tasks: []\n",
        }
    )
    graph = api.published(api.load_graph(root, load_config(root))).graph()
    started = time.process_time()
    pages = graphpages.pages(graph, lambda _s: None, Paths("docs", {}), [])
    assert time.process_time() - started < 3
    assert not [path for path in pages if "/hosts/" in path]
    page = pages["docs/infrastructure/hosts.md"].decode()
    assert "## Machines (1000)" in page
    assert "500 of 1000 rows are shown" in page
