"""What drawings have of openings and of the machines behind them: whose rules, which roles, under which names."""

from __future__ import annotations

from collections.abc import Callable

from archdoc import views
from archdoc.config import Config
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
_RULE = """
resource "azurerm_network_security_rule" "{name}" {{
  name                        = "{name}"
  priority                    = {port}
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  destination_port_range      = "{port}"
  source_address_prefix       = "Internet"
  network_security_group_name = data.azurerm_network_security_group.edge.name
}}
"""


def test_rules_of_a_firewall_from_elsewhere_are_one_box_that_is_called_as_the_firewall(graph_of: GraphOf) -> None:
    text = 'data "azurerm_network_security_group" "edge" {\n  name = "edge"\n  resource_group_name = "net"\n}\n'
    text += _RULE.format(name="puppet", port=8140) + _RULE.format(name="ssh", port=22)
    (made,) = views.draw("security", graph_of({"main.tf": text}), Config())
    inside = [b.label for b in made.boxes if b.label[0] != "Internet"]
    assert inside == [("edge", "data azurerm_network_security_group", "with 2 rules")]
    assert {(a.label, a.target) for a in made.arrows} == {("22/tcp, 8140/tcp", made.boxes[-1].id)}


ROLES = {
    "ansible.cfg": "[defaults]\ninventory = hosts\n",
    "hosts": "[web]\nweb-1\nweb-2\n",
    "site.yml": "- hosts: web\n  roles: [wall, jail, shop, stock]\n",
    "harden.yml": "- hosts: web\n  roles: [wall, jail]\n",
    "roles/wall/tasks/main.yml": "- ufw: {rule: allow, port: 22, proto: tcp}\n",
    "roles/jail/tasks/main.yml": "- package: {name: fail2ban}\n",
    "roles/shop/tasks/main.yml": "- package: {name: nginx}\n- ufw: {rule: allow, port: 443, proto: tcp}\n",
    "roles/stock/tasks/main.yml": "- package: {name: postgresql}\n",
}


def test_a_role_that_opens_the_ports_of_its_program_is_no_protection(graph_of: GraphOf) -> None:
    (made,) = views.draw("security", graph_of(ROLES), Config())
    assert {"wall", "fail2ban"} <= {b.label[0] for b in made.boxes}
    assert "shop" not in {b.label[0] for b in made.boxes}
    assert any("443/tcp" in a.label for a in made.arrows)


def test_a_playbook_is_a_protection_when_most_of_its_roles_are(graph_of: GraphOf) -> None:
    (made,) = views.draw("security", graph_of(ROLES), Config())
    assert {b.label[0] for b in made.boxes if b.kind == "playbook"} == {"harden.yml"}


def test_what_is_open_on_a_group_is_open_on_its_machines(graph_of: GraphOf) -> None:
    (made,) = views.draw("security", graph_of(ROLES), Config())
    assert "group" not in {b.kind for b in made.boxes}
    names = {b.id: b.label[0] for b in made.boxes}
    assert {names[a.target] for a in made.arrows if a.style == "allows"} == {"web-1", "web-2"}


def test_machines_behind_a_target_group_that_nothing_leads_to_do_not_lead_to_one_another(graph_of: GraphOf) -> None:
    text = """
    resource "aws_lb_target_group" "web" {
      port = 80
    }
    resource "aws_instance" "web" {
      count = 5
      ami   = "ami-1"
    }
    resource "aws_lb_target_group_attachment" "web" {
      count            = 5
      target_group_arn = aws_lb_target_group.web.arn
      target_id        = aws_instance.web[count.index].id
    }
    """
    (made,) = views.draw("network", graph_of({"main.tf": text}), Config())
    assert made.arrows == ()
    assert "mesh" not in {b.kind for b in made.boxes}


def test_machines_of_a_module_that_is_made_several_times_are_called_by_its_keys(graph_of: GraphOf) -> None:
    files = {
        "main.tf": 'module "agents" {\n  for_each = toset(["small", "large"])\n  source   = "./host"\n}\n',
        "host/main.tf": 'resource "hcloud_server" "server" {\n  image = "debian-12"\n}\n',
    }
    (made,) = views.draw("network", graph_of(files), Config())
    assert {b.label[0] for b in made.boxes} == {'agents["large"]', 'agents["small"]'}


def test_of_many_volumes_those_are_drawn_that_programs_share(graph_of: GraphOf) -> None:
    own = "".join(f"  app{n}: {{image: app, volumes: ['own{n}:/own:ro']}}\n" for n in range(6))
    shared = "  writer: {image: writer, volumes: ['shared:/data']}\n  reader: {image: reader, volumes: ['shared:/data:ro']}\n"
    volumes = "".join(f"  own{n}: {{}}\n" for n in range(6))
    text = f"services:\n{shared}{own}volumes:\n  shared: {{}}\n{volumes}"
    (made,) = views.draw("services", graph_of({"compose.yml": text}), Config())
    assert {b.label[0] for b in made.boxes if b.kind == "store"} == {"shared"}
    assert {(a.source.rpartition(":")[2], a.label) for a in made.arrows} == {
        ("writer", "keeps its data"),
        ("reader", ""),
    }


def test_what_only_a_backup_reads_is_not_drawn_among_the_services(graph_of: GraphOf) -> None:
    saver = "  saver: {image: offen/docker-volume-backup, volumes: ['data:/backup/data:ro']}\n"
    text = f"services:\n  wiki: {{image: wiki, volumes: ['data:/data']}}\n{saver}volumes: {{data: {{}}}}\n"
    (made,) = views.draw("services", graph_of({"compose.yml": text}), Config())
    assert [b.label[0] for b in made.boxes] == ["wiki"]


def test_what_a_whole_network_may_reach_in_it_leads_from_a_box_in_its_frame(graph_of: GraphOf) -> None:
    text = """
    resource "aws_vpc" "main" {
      cidr_block = "10.0.0.0/16"
    }
    resource "aws_subnet" "app" {
      vpc_id     = aws_vpc.main.id
      cidr_block = "10.0.1.0/24"
    }
    resource "aws_security_group" "db" {
      vpc_id = aws_vpc.main.id
      ingress {
        from_port   = 5432
        to_port     = 5432
        protocol    = "tcp"
        cidr_blocks = ["10.0.0.0/16"]
      }
    }
    resource "aws_instance" "db" {
      subnet_id              = aws_subnet.app.id
      vpc_security_group_ids = [aws_security_group.db.id]
    }
    """
    (made,) = views.draw("network", graph_of({"main.tf": text}), Config())
    (arrow,) = made.arrows
    origin = next(b for b in made.boxes if b.id == arrow.source)
    assert (origin.label, arrow.label) == (("all of the network", "10.0.0.0/16"), "5432/tcp")
    assert origin.cluster == "frame:tf:.:aws_vpc.main"
    assert arrow.target == "tf:.:aws_instance.db"
