"""Each view on a small platform that is written for it: facts, not text."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archdoc import views
from archdoc.config import Config
from archdoc.model.diagram import Box, Diagram
from archdoc.model.graph import Graph
from archdoc.views.words import openings

GraphOf = Callable[[dict[str, str]], Graph]

PLATFORM = {
    "terraform/main.tf": """
        resource "hcloud_network" "main" {
          name     = "main"
          ip_range = "10.0.0.0/16"
        }
        resource "hcloud_network_subnet" "public" {
          network_id = hcloud_network.main.id
          ip_range   = "10.0.1.0/24"
        }
        resource "hcloud_network_subnet" "private" {
          network_id = hcloud_network.main.id
          ip_range   = "10.0.2.0/24"
        }
        resource "hcloud_firewall" "web" {
          rule {
            direction  = "in"
            protocol   = "tcp"
            port       = "443"
            source_ips = ["0.0.0.0/0"]
          }
        }
        resource "hcloud_server" "bastion" {
          name = "bastion"
          network {
            network_id = hcloud_network.main.id
            ip         = "10.0.1.20"
          }
        }
        resource "hcloud_server" "web" {
          for_each     = toset(["web-1", "web-2"])
          name         = each.key
          firewall_ids = [hcloud_firewall.web.id]
          network {
            network_id = hcloud_network.main.id
            ip         = each.key == "web-1" ? "10.0.2.10" : "10.0.2.11"
          }
        }
        resource "hcloud_load_balancer" "off" {
          count = 0
          name  = "off"
        }
        """,
    "ansible/ansible.cfg": "[defaults]\ninventory = hosts.ini\n",
    "ansible/hosts.ini": "[web]\nweb-1\nweb-2\n\n[backup]\nbackup-1\n",
    "ansible/site.yml": """
        - import_playbook: web.yml
        """,
    "ansible/web.yml": """
        - name: Web servers
          hosts: web
          roles:
            - app
        """,
    "ansible/roles/app/tasks/main.yml": """
        - name: Put the composition there
          ansible.builtin.template:
            src: compose.yml.j2
            dest: /opt/app/compose.yml
        - name: Let the web in
          community.general.ufw:
            rule: allow
            port: "443"
            proto: tcp
        """,
    "ansible/roles/app/templates/compose.yml.j2": """
        services:
          app:
            image: example/app:1
            environment:
              DATABASE_URL: postgresql://db:5432/app
          db:
            image: postgres:17
        """,
    ".github/workflows/deploy.yml": """
        on:
          push:
            branches: [main]
        jobs:
          test:
            runs-on: ubuntu-latest
            steps:
              - run: pytest
          deploy:
            needs: test
            environment: production
            runs-on: ubuntu-latest
            steps:
              - run: terraform apply
                working-directory: terraform
              - run: ansible-playbook ansible/site.yml
        """,
}


@pytest.fixture
def draw(graph_of: GraphOf) -> Callable[[str], Diagram]:
    graph = graph_of(PLATFORM)
    return lambda name: views.draw(name, graph, Config())[0]


def labelled(diagram: Diagram, name: str) -> Box:
    (found,) = [b for b in diagram.boxes if b.label[0] == name]
    return found


def frames(diagram: Diagram, box: Box) -> list[str]:
    clusters = {c.id: c for c in diagram.clusters}
    found, current = [], box.cluster
    while current:
        found.append(clusters[current].label)
        current = clusters[current].parent
    return found


def arrows(diagram: Diagram) -> set[tuple[str, str]]:
    names = {b.id: b.label[0] for b in diagram.boxes} | {c.id: c.label for c in diagram.clusters}
    return {(names[a.source], names[a.target]) for a in diagram.arrows}


def test_everything_drawn_has_a_place_in_the_code(graph_of: GraphOf) -> None:
    graph = graph_of(PLATFORM)
    for view in views.VIEWS:
        for diagram in views.draw(view.name, graph, Config()):
            assert all(b.source.path in PLATFORM for b in diagram.boxes), view.name
            assert all(a.evidence and all(s.path in PLATFORM for s in a.evidence) for a in diagram.arrows), view.name


def test_network_puts_the_bastion_in_the_public_subnet(draw: Callable[[str], Diagram]) -> None:
    network = draw("network")
    assert frames(network, labelled(network, "bastion"))[0] == "subnet public 10.0.1.0/24"
    assert frames(network, labelled(network, "web-1"))[:2] == ["subnet private 10.0.2.0/24", "network main 10.0.0.0/16"]
    assert "10.0.2.11" in labelled(network, "web-2").label


def test_network_lets_the_internet_reach_what_the_firewall_opens_and_nothing_else(
    draw: Callable[[str], Diagram],
) -> None:
    network = draw("network")
    assert ("Internet", "web-1") in arrows(network)
    assert ("Internet", "bastion") not in arrows(network)
    (allowed,) = [a for a in network.arrows if a.target.endswith('web["web-1"]') and a.source == "external:internet"]
    assert "443/tcp" in allowed.label


def test_network_says_that_the_load_balancer_creates_nothing(draw: Callable[[str], Diagram]) -> None:
    network = draw("network")
    assert not [b for b in network.boxes if b.label[0] == "off"]
    assert any("hcloud_load_balancer.off" in note for note in network.notes)


def test_a_server_and_its_inventory_host_are_one_box(draw: Callable[[str], Diagram]) -> None:
    network = draw("network")
    assert len([b for b in network.boxes if b.label[0] == "web-1"]) == 1
    assert any(i.endswith(":host:web-1") for i in labelled(network, "web-1").node_ids)


def test_terraform_counts_instances_and_marks_what_has_none(draw: Callable[[str], Diagram]) -> None:
    terraform = draw("terraform")
    assert labelled(terraform, "web ×2").label[1] == "hcloud_server"
    assert labelled(terraform, "off").label[-1] == "no instance"
    assert ("web ×2", "main") in arrows(terraform)


def test_dependencies_run_from_what_must_exist_first(draw: Callable[[str], Diagram]) -> None:
    assert ("network", "network subnet ×2") in arrows(draw("dependencies"))
    assert ("network subnet ×2", "network") not in arrows(draw("dependencies"))


def test_ansible_leads_from_playbook_over_playbook_to_role_and_group(draw: Callable[[str], Diagram]) -> None:
    drawn = arrows(draw("ansible"))
    assert {("site.yml", "web.yml"), ("web.yml", "app"), ("web.yml", "web")} <= drawn


def test_services_talk_as_the_composition_says(draw: Callable[[str], Diagram]) -> None:
    services = draw("services")
    assert ("app", "db") in arrows(services)
    assert frames(services, labelled(services, "db")) == ["Data layer"]
    assert "on web" in labelled(services, "db").label


def test_pipeline_follows_time_from_the_push_to_what_is_applied(draw: Callable[[str], Diagram]) -> None:
    drawn = arrows(draw("pipeline"))
    assert {
        ("push", "deploy.yml"),
        ("test", "deploy"),
        ("deploy", "production"),
        ("deploy", "terraform"),
        ("deploy", "site.yml"),
    } <= drawn


def test_security_shows_the_firewall_and_what_it_protects(draw: Callable[[str], Diagram]) -> None:
    security = draw("security")
    assert ("web", "web-1") in arrows(security)
    assert any("bastion" in note for note in security.notes)


def test_backup_says_that_there_is_none(draw: Callable[[str], Diagram]) -> None:
    assert "No backup job was found." in draw("backup").notes


def test_an_empty_repository_draws_nothing_and_says_so(graph_of: GraphOf) -> None:
    graph = graph_of({"README.md": "nothing here"})
    for view in views.VIEWS:
        (diagram,) = views.draw(view.name, graph, Config())
        assert not diagram.boxes
        assert diagram.notes, view.name


def test_counted_servers_are_instances_of_one_another_from_the_first_on(graph_of: GraphOf) -> None:
    graph = graph_of({"main.tf": 'resource "hcloud_server" "web" {\n  count = 12\n  name  = "web-${count.index}"\n}\n'})
    (network,) = views.draw("network", graph, Config())
    assert [b.label[0] for b in network.boxes] == ["web ×12"]


def stack(*services: str) -> str:
    """A Compose file in which each service asks the first."""
    lines = ["services:"]
    for name in services:
        lines += [f"  {name}:", f"    image: example/{name}:1"]
        lines += [f"    depends_on: [{services[0]}]"] if name != services[0] else []
    return "\n".join(lines) + "\n"


def test_programs_of_a_stack_that_no_host_is_named_for_stand_in_its_frame(graph_of: GraphOf) -> None:
    graph = graph_of(
        {"stacks/shop/compose.yml": stack("api", "cart", "till"), "stacks/blog/compose.yml": stack("posts", "tags")}
    )
    (services,) = views.draw("services", graph, Config())
    assert frames(services, labelled(services, "cart")) == ["In stacks/shop", "Application services"]
    assert labelled(services, "cart").label == ("cart",)
    assert frames(services, labelled(services, "tags")) == ["Application services"]
    assert labelled(services, "tags").label == ("tags", "in stacks/blog")


def test_folded_programs_are_counted_by_a_word_that_can_be_counted(graph_of: GraphOf) -> None:
    images = {"films": "jellyfin/jellyfin", "music": "deluan/navidrome", "shows": "plexinc/pms-docker"}
    text = "services:\n" + "".join(f"  {name}:\n    image: {image}\n" for name, image in images.items())
    (services,) = views.draw("services", graph_of({"compose.yml": text}), Config())
    assert {b.noun for b in services.boxes} == {"media server"}


FIREWALLED = """
resource "hcloud_network" "main" {
  name     = "main"
  ip_range = "10.0.0.0/16"
}
resource "hcloud_firewall" "all" {
  rule {
    direction  = "in"
    protocol   = "tcp"
    port       = "443"
    source_ips = ["0.0.0.0/0"]
  }
  rule {
    direction  = "in"
    protocol   = "tcp"
    port       = "22"
    source_ips = ["0.0.0.0/0"]
  }
}
resource "hcloud_firewall" "chat" {
  rule {
    direction  = "in"
    protocol   = "tcp"
    port       = "5222"
    source_ips = ["0.0.0.0/0"]
  }
}
resource "hcloud_server" "web" {
  for_each     = toset(["blog", "chat", "shop"])
  name         = each.key
  firewall_ids = each.key == "chat" ? [hcloud_firewall.all.id, hcloud_firewall.chat.id] : [hcloud_firewall.all.id]
  network {
    network_id = hcloud_network.main.id
  }
}
"""


def test_what_all_servers_of_a_network_let_in_is_one_arrow_and_what_one_lets_in_besides_another(
    graph_of: GraphOf,
) -> None:
    (network,) = views.draw("network", graph_of({"main.tf": FIREWALLED}), Config())
    names = {b.id: b.label[0] for b in network.boxes} | {c.id: c.label for c in network.clusters}
    let_in = {(names[a.target], a.label) for a in network.arrows if a.kind == "allows"}
    assert let_in == {("Hetzner Cloud", "22/tcp, 443/tcp"), ("chat", "5222/tcp")}


def test_ports_are_told_by_number_and_once() -> None:
    assert openings(["443/tcp", "22/tcp", "80/tcp", "22", "icmp", "443/udp"]) == "22, 80/tcp, 443/tcp, 443/udp, icmp"


def test_the_overview_counts_what_a_block_makes(graph_of: GraphOf) -> None:
    files = {
        "main.tf": """
        resource "aws_db_instance" "shop" {
          count      = 4
          identifier = "shop-${count.index}"
        }
        resource "aws_db_instance" "office" {}
        """
    }
    overview = views.draw("infrastructure", graph_of(files), Config())[0]
    assert {b.label[0] for b in overview.boxes} == {"shop ×4", "office"}


def test_boxes_of_the_same_words_say_which_module_they_are_of(graph_of: GraphOf) -> None:
    call = 'module "{}" {{\n  source = "./bucket"\n}}\n'
    bucket = 'resource "aws_s3_bucket" "files" {}\nresource "aws_sqs_queue" "jobs" {\n  name = uuid()\n}\n'
    once = graph_of({"main.tf": call.format("prod"), "bucket/main.tf": bucket})
    assert labels_of(once) == {("files", "aws_s3_bucket"), ("jobs", "aws_sqs_queue")}
    twice = graph_of({"main.tf": call.format("prod") + call.format("test"), "bucket/main.tf": bucket})
    assert labels_of(twice) == {
        (name, kind, f"in module {module}")
        for name, kind in (("files", "aws_s3_bucket"), ("jobs", "aws_sqs_queue"))
        for module in ("prod", "test")
    }


def labels_of(graph: Graph) -> set[tuple[str, ...]]:
    return {box.label for box in views.draw("infrastructure", graph, Config())[0].boxes}
