"""What drawings say is missing: never what is there and was not read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archdoc import views
from archdoc.catalog import load_catalog
from archdoc.config import Config
from archdoc.lint import lint
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
INVENTORY = {"ansible.cfg": "[defaults]\ninventory = hosts\n", "hosts": "[web]\nweb-1\nweb-2\n[db]\ndb-1\n"}
SCRAPES = """
global:
  scrape_interval: 15s
scrape_configs:
  - job_name: node
    consul_sd_configs:
      - server: localhost:8500
"""


def notes(graph: Graph, view: str) -> list[str]:
    return list(views.draw(view, graph, Config())[0].notes)


def about(graph: Graph, view: str, words: str) -> list[str]:
    return [note for note in notes(graph, view) if words in note]


def plays(*tasks: str, hosts: str = "web") -> dict[str, str]:
    return {**INVENTORY, "site.yml": f"- hosts: {hosts}\n  tasks:\n" + "".join(f"    - {t}\n" for t in tasks)}


def test_machines_of_a_role_from_elsewhere_may_have_the_firewall_that_it_is_named_after(graph_of: GraphOf) -> None:
    graph = graph_of({**INVENTORY, "site.yml": "- hosts: web\n  roles: [somebody.ufw, somebody.shop]\n"})
    assert about(graph, "security", "No firewall") == ["No firewall was found for: db-1."]
    assert about(graph, "security", "could not be read") == ["Rules of firewalls that could not be read: site.yml:2."]
    assert about(graph, "security", "Not read") == [
        "Not read, so that what is in it may be missing here: roles from elsewhere (somebody.shop, somebody.ufw)."
    ]


@pytest.mark.parametrize("role", ["somebody.firewall", "somebody.network.iptables"])
def test_a_role_from_elsewhere_is_known_by_its_name(role: str, graph_of: GraphOf) -> None:
    graph = graph_of({**INVENTORY, "site.yml": f"- hosts: all\n  roles: [{role}]\n"})
    assert about(graph, "security", "No firewall") == []


def test_rules_that_could_not_be_read_are_named_and_their_machines_are_not_bare(graph_of: GraphOf) -> None:
    task = "copy: {dest: /etc/pf.conf, content: 'pass in proto tcp to port 22'}"
    graph = graph_of(plays(task, hosts="all"))
    assert about(graph, "security", "No firewall") == []
    assert about(graph, "security", "could not be read") == ["Rules of firewalls that could not be read: site.yml:3."]


@pytest.mark.parametrize(
    ("path", "kind", "view"),
    [
        ("charts/web/Chart.yaml", "Helm charts (charts/web/Chart.yaml)", "monitoring"),
        ("live/terragrunt.hcl", "Terragrunt configurations (live/terragrunt.hcl)", "terraform"),
        ("Jenkinsfile", "Jenkins pipelines (Jenkinsfile)", "pipeline"),
        (".circleci/config.yml", "CircleCI pipelines (.circleci/config.yml)", "pipeline"),
    ],
)
def test_files_without_a_reader_are_named_where_something_is_missing(
    path: str, kind: str, view: str, graph_of: GraphOf
) -> None:
    found = about(graph_of({path: "anything {}\n"}), view, "Not read")
    assert found == [f"Not read, so that what is in it may be missing here: {kind}."]


def test_files_that_cannot_have_what_is_missing_are_not_named(graph_of: GraphOf) -> None:
    graph = graph_of({"charts/Chart.yaml": "name: web\n", "Jenkinsfile": "node {}\n"})
    assert about(graph, "pipeline", "Helm") == []
    assert about(graph, "services", "Jenkins") == []


def test_nothing_is_said_of_unread_files_where_nothing_is_missing(graph_of: GraphOf) -> None:
    graph = graph_of({"main.tf": 'resource "hcloud_server" "web" {}\n', "Chart.yaml": "name: web\n"})
    assert notes(graph, "terraform") == []


def test_a_discovery_may_find_the_machines_that_no_job_names(graph_of: GraphOf) -> None:
    graph = graph_of({**INVENTORY, "site.yml": "- hosts: web\n", "monitoring/prometheus.yml": SCRAPES})
    assert about(graph, "monitoring", "discovery") == [
        "A discovery finds its targets while it runs, and may find machines that no job names: "
        "consul at monitoring/prometheus.yml:4."
    ]


def test_machines_with_an_agent_are_told_from_those_without(graph_of: GraphOf) -> None:
    graph = graph_of({**plays("apt: {name: telegraf}"), "monitoring/prometheus.yml": SCRAPES})
    assert about(graph, "monitoring", "telegraf") == ["telegraf on these, and no scrape job names them: web-1, web-2."]
    assert about(graph, "monitoring", "Nothing that was read") == ["Nothing that was read watches: db-1."]


def test_an_agent_on_all_hosts_is_on_each(graph_of: GraphOf) -> None:
    graph = graph_of({**INVENTORY, "site.yml": "- hosts: all\n  roles: [somebody.telegraf]\n"})
    assert about(graph, "monitoring", "Nothing that was read") == []


def test_lint_finds_no_unwatched_machine_where_a_discovery_may_find_it(graph_of: GraphOf) -> None:
    static = "scrape_configs:\n  - job_name: node\n    static_configs:\n      - targets: ['web-1:9100']\n"
    config = Config()
    for text, expected in ((static, {"web-2", "db-1"}), (static + SCRAPES.split("scrape_configs:\n")[1], set())):
        graph = graph_of({**INVENTORY, "site.yml": "- hosts: web\n", "monitoring/prometheus.yml": text})
        found = lint(graph, load_catalog(()), config.lint)
        assert {f.subject.rsplit(":", 1)[1] for f in found if f.code == "LI001"} == expected


def test_who_is_told_is_not_known_where_something_raises_alerts(graph_of: GraphOf) -> None:
    alarm = """
        variable "topic" {}
        resource "aws_cloudwatch_metric_alarm" "cpu" {
          alarm_name    = "cpu"
          alarm_actions = [var.topic]
        }
    """
    assert about(graph_of({"main.tf": alarm}), "monitoring", "alert") == [
        "Who is told of alerts was not found; they are raised by: aws_cloudwatch_metric_alarm.cpu."
    ]


def test_a_group_of_machines_is_machines(graph_of: GraphOf) -> None:
    graph = graph_of({"main.tf": 'resource "aws_autoscaling_group" "web" {\n  name = "web"\n}\n'})
    for view in ("network", "infrastructure"):
        assert about(graph, view, "No server") == []
        (drawn,) = views.draw(view, graph, Config())
        assert [box.label[:2] for box in drawn.boxes] == [("web", "autoscaling group")]


def test_a_group_that_gathers_servers_of_the_code_is_no_second_machine(graph_of: GraphOf) -> None:
    main = """
        resource "google_compute_instance" "web" { name = "web" }
        resource "google_compute_instance_group" "web" { instances = [google_compute_instance.web.id] }
    """
    (drawn,) = views.draw("network", graph_of({"main.tf": main}), Config())
    assert [box.id for box in drawn.boxes] == ["tf:.:google_compute_instance.web"]


def test_openings_of_a_group_of_hosts_lead_to_its_machines(graph_of: GraphOf) -> None:
    graph = graph_of(plays("community.general.ufw: {rule: allow, port: 443, proto: tcp}"))
    (drawn,) = views.draw("network", graph, Config())
    found = {(a.source, a.target, a.label) for a in drawn.arrows}
    assert found == {
        ("external:internet", "ansible:.:host:web-1", "443/tcp"),
        ("external:internet", "ansible:.:host:web-2", "443/tcp"),
    }


def test_openings_of_all_hosts_lead_to_the_frame_around_them(graph_of: GraphOf) -> None:
    graph = graph_of(plays("community.general.ufw: {rule: allow, port: 22, proto: tcp}", hosts="all"))
    (drawn,) = views.draw("network", graph, Config())
    (arrow,) = drawn.arrows
    assert arrow.target in {cluster.id for cluster in drawn.clusters}


AZURE = """
    data "azurerm_subnet" "agents" {
      name                 = "agents"
      virtual_network_name = "common"
      resource_group_name  = "common"
    }
    resource "azurerm_network_interface" "agent" {
      name = "agent"
      ip_configuration {
        name      = "internal"
        subnet_id = data.azurerm_subnet.agents.id
      }
    }
    resource "azurerm_linux_virtual_machine" "agent" {
      name                  = "agent-1"
      network_interface_ids = [azurerm_network_interface.agent.id]
    }
"""
GUARDED = """
    resource "azurerm_network_security_group" "agents" { name = "agents" }
    resource "azurerm_subnet_network_security_group_association" "agents" {
      subnet_id                 = data.azurerm_subnet.agents.id
      network_security_group_id = azurerm_network_security_group.agents.id
    }
"""


def test_a_machine_stands_in_a_network_that_is_looked_up(graph_of: GraphOf) -> None:
    graph = graph_of({"main.tf": AZURE})
    (drawn,) = views.draw("network", graph, Config())
    (machine,) = [b for b in drawn.boxes if b.label[0] == "agent-1"]
    assert [c.label for c in drawn.clusters if c.id == machine.cluster] == ["subnet agents"]
    assert about(graph, "network", "network") == []
    assert about(graph, "security", "Firewalls") == [
        "Firewalls of these are known only when applied, or made elsewhere: agent-1."
    ]


def test_what_protects_a_network_protects_the_machines_in_it(graph_of: GraphOf) -> None:
    graph = graph_of({"main.tf": AZURE + GUARDED})
    assert about(graph, "security", "irewall") == []


@pytest.mark.parametrize("given", ["var.groups", '["sg-12345678"]'])
def test_a_firewall_that_is_made_elsewhere_is_one(given: str, graph_of: GraphOf) -> None:
    main = f"""
        variable "groups" {{}}
        resource "aws_launch_template" "web" {{ vpc_security_group_ids = {given} }}
        resource "aws_autoscaling_group" "web" {{
          name                = "web"
          vpc_zone_identifier = ["subnet-12345678"]
          launch_template {{ id = aws_launch_template.web.id }}
        }}
        resource "hcloud_server" "bare" {{ name = "bare" }}
    """
    graph = graph_of({"main.tf": main})
    assert about(graph, "security", "irewall") == [
        "Firewalls of these are known only when applied, or made elsewhere: web.",
        "No firewall was found for: bare.",
    ]
    found = lint(graph, load_catalog(()), Config().lint)
    assert [f.subject for f in found if f.code == "LI002"] == ["tf:.:hcloud_server.bare"]
    assert about(graph, "network", "etwork") == [
        "Networks of these are known only when applied, or made elsewhere: web.",
        "No network was found for: bare.",
    ]


def test_lint_takes_a_firewall_that_is_known_later_for_one(graph_of: GraphOf) -> None:
    main = 'variable "groups" {}\nresource "aws_instance" "web" { vpc_security_group_ids = var.groups }\n'
    found = lint(graph_of({"main.tf": main}), load_catalog(()), Config().lint)
    assert [f.subject for f in found if f.code == "LI002"] == []


def test_a_firewall_that_is_attached_to_nothing_is_named(graph_of: GraphOf) -> None:
    rule = 'rule {\n direction = "in"\n protocol = "tcp"\n port = "22"\n source_ips = ["0.0.0.0/0"]\n}'
    walls = "".join(f'resource "hcloud_firewall" "{n}" {{\n name = "{n}"\n {rule}\n}}\n' for n in ("used", "idle"))
    server = 'resource "hcloud_server" "web" {\n name = "web"\n firewall_ids = [hcloud_firewall.used.id]\n}\n'
    notes = views.draw("security", graph_of({"main.tf": walls + server}), Config())[0].notes
    assert "What these firewalls are for was not found: hcloud_firewall.idle." in notes


def test_of_many_files_of_a_kind_it_says_how_many(graph_of: GraphOf) -> None:
    graph = graph_of({f"{top}/{name}/Chart.yaml": "name: x\n" for top in ("a", "b") for name in ("one", "two")})
    assert about(graph, "monitoring", "Not read") == [
        "Not read, so that what is in it may be missing here: Helm charts (4 files, as a/one/Chart.yaml)."
    ]


@pytest.mark.parametrize(
    ("image", "named"),
    [("postgres:16", True), ("adminer", False), ("pgbouncer/pgbouncer", False), ("zalando/spilo", True)],
)
def test_what_only_shows_or_pools_a_database_needs_no_backup(image: str, named: bool, graph_of: GraphOf) -> None:
    graph = graph_of({"compose.yaml": f"services:\n  it:\n    image: {image}\n"})
    assert bool(about(graph, "backup", "for these databases: it")) == named
