"""Joins of servers and hosts."""

from linking_cases import PLAYBOOK, Case, inventory, server

_RECORD = """
    data "aws_route53_zone" "main" { name = "example.org" }
    resource "aws_instance" "web" { instance_type = "t3.small" }
    resource "aws_eip" "web" { instance = aws_instance.web.id }
    resource "aws_route53_record" "web" {
      zone_id = data.aws_route53_zone.main.zone_id
      name    = "www"
      type    = "A"
      records = [aws_eip.web.public_ip]
    }
    """
_PLUGIN = {
    "ansible.cfg": "[defaults]\ninventory = hcloud.yml\n",
    "site.yml": PLAYBOOK,
    "hcloud.yml": "plugin: hetzner.hcloud.hcloud\nkeyed_groups:\n  - key: labels.role\n    separator: ''\n",
    "main.tf": server("web-1", 'labels = { role = "frontend" }'),
}
_PROVIDER = """
    resource "hcloud_server" "web" { name = "web-1" }
    resource "ansible_host" "web" {
      name   = hcloud_server.web.name
      groups = ["frontend"]
    }
    """
_RENDERED = """
    resource "aws_instance" "web" { instance_type = "t3.small" }
    resource "aws_eip" "web" { instance = aws_instance.web.id }
    resource "local_file" "inventory" {
      filename = "../ansible/hosts.ini"
      content  = templatefile("inventory.tpl", { ip = aws_eip.web.public_ip })
    }
    """
_DATA_TEMPLATE = """
    resource "aws_instance" "web" {
      ami = "x"
    }
    data "template_file" "hosts" {
      template = file("${path.module}/hosts.tpl")
      vars     = { ip = aws_instance.web.public_ip }
    }
    resource "local_file" "hosts" {
      content  = data.template_file.hosts.rendered
      filename = "../two/hosts.yml"
    }
    """
_TEMPLATE = "[web]\nfront ansible_host=${ip}\n"
_PROGRAM = {
    "ansible.cfg": "[defaults]\ninventory = inventories\n",
    "inventories/dynamic.py": "#!/usr/bin/env python3\nprint('{}')\n",
    "site.yml": "- hosts: chat\n  tasks:\n    - ping:\n",
    "main.tf": 'resource "hcloud_server" "all" {\n  for_each = toset(["chat"])\n  name = "vm-${each.key}"\n}\n',
}

CASES = (
    Case(
        rule="hosts.alias",
        files={
            **inventory("db7\n"),
            "main.tf": server("web-1"),
            "archdoc.toml": '[aliases]\ndb7 = "hcloud_server.web"\n',
        },
        edge="ansible:.:host:db7 -same_as-> tf:.:hcloud_server.web",
        miss={"archdoc.toml": '[aliases]\ndb7 = "hcloud_server.wed"\n'},
    ),
    Case(
        rule="hosts.ansible-provider",
        files={"main.tf": _PROVIDER},
        edge="ansible:.:host:web-1 -same_as-> tf:.:hcloud_server.web",
        miss={"main.tf": server("web-1")},
    ),
    Case(
        rule="hosts.rendered-inventory",
        files={"ansible/site.yml": PLAYBOOK, "tf/main.tf": _RENDERED, "tf/inventory.tpl": _TEMPLATE},
        edge="ansible:ansible:host:front -same_as-> tf:tf:aws_instance.web",
        miss={"tf/inventory.tpl": "[web]\nfront ansible_host=192.0.2.1\n# ${ip}\n"},
    ),
    Case(  # a play for the host by its own name
        rule="hosts.rendered-inventory",
        files={
            "ansible/site.yml": "- hosts: front\n  tasks:\n    - service: {name: nginx, state: started}\n",
            "tf/main.tf": _RENDERED,
            "tf/inventory.tpl": _TEMPLATE,
        },
        edge="ansible:ansible:host:front -member_of-> ansible:ansible:group:front",
        miss={"tf/inventory.tpl": "[front]\nback ansible_host=${ip}\n"},
    ),
    Case(  # two projects, an address that a group has, and a text that a template_file makes
        rule="hosts.rendered-inventory",
        files={
            "one/site.yml": PLAYBOOK,
            "two/site.yml": PLAYBOOK,
            "two/hosts": "",
            "tf/main.tf": _DATA_TEMPLATE,
            "tf/hosts.tpl": "all:\n  vars:\n    ansible_host: ${ip}\n  hosts:\n    front:\n",
        },
        edge="ansible:two:host:front -same_as-> tf:tf:aws_instance.web",
        miss={"tf/hosts.tpl": "all:\n  vars:\n    ip_of: ${ip}\n  hosts:\n    front:\n"},
    ),
    Case(
        rule="hosts.plugin",
        files=_PLUGIN,
        edge="ansible:.:host:web-1 -member_of-> ansible:.:group:frontend",
        miss={"main.tf": 'resource "aws_instance" "web" {\n  tags = { Name = "web-1", role = "frontend" }\n}\n'},
    ),
    Case(  # a truth value in quotes is one
        rule="hosts.plugin",
        files={p: t.replace("separator: ''", "prefix: ''\nleading_separator: 'no'") for p, t in _PLUGIN.items()},
        edge="ansible:.:host:web-1 -member_of-> ansible:.:group:frontend",
        miss={"main.tf": 'resource "aws_instance" "web" {\n  tags = { Name = "web-1", role = "frontend" }\n}\n'},
    ),
    Case(  # every server is in the plugin's own group
        rule="hosts.plugin",
        files={**_PLUGIN, "hcloud.yml": "plugin: hcloud\n", "site.yml": "- hosts: hcloud\n  tasks: [{ping: }]\n"},
        edge="ansible:.:host:web-1 -member_of-> ansible:.:group:hcloud",
        miss={"hcloud.yml": "plugin: hcloud\ngroup: machines\n"},
    ),
    Case(  # an option names the group, another one leaves servers out
        rule="hosts.plugin",
        files={
            **_PLUGIN,
            "hcloud.yml": "plugin: hcloud\ngroup: machines\nlocations: [nbg1]\n",
            "main.tf": server("web-1", 'location = "nbg1"'),
        },
        edge="ansible:.:host:web-1 -member_of-> ansible:.:group:machines",
        miss={"main.tf": server("web-1", 'location = "fsn1"')},
    ),
    Case(
        rule="hosts.name",
        files={**inventory("web-1\n"), "main.tf": server("web-1")},
        edge="ansible:.:host:web-1 -same_as-> tf:.:hcloud_server.web",
        miss={"main.tf": server("web-1") + server("web-1", resource="other")},
    ),
    Case(
        rule="hosts.dns",
        files={**inventory("www.example.org\n"), "main.tf": _RECORD},
        edge="ansible:.:host:www.example.org -same_as-> tf:.:aws_instance.web",
        miss={"hosts.ini": "www.example.com\n"},
    ),
    Case(
        rule="hosts.address",
        files={
            **inventory("db ansible_host=10.0.2.10\n"),
            "main.tf": server("s1", 'network {\n  network_id = 1\n  ip = "10.0.2.10"\n}'),
        },
        edge="ansible:.:host:db -same_as-> tf:.:hcloud_server.web",
        miss={"hosts.ini": "db ansible_host=10.0.2.100\n"},
    ),
    Case(
        rule="hosts.key",
        files={
            **inventory("db\n"),
            "main.tf": 'resource "hcloud_server" "all" {\n  for_each = toset(["db"])\n  name = "vm-${each.key}"\n}\n',
        },
        edge='ansible:.:host:db -same_as-> tf:.:hcloud_server.all["db"]',
        miss={"hosts.ini": "db2\n"},
    ),
    Case(
        rule="hosts.first-label",
        files={**inventory("web-1.example.org\n"), "main.tf": server("web-1")},
        edge="ansible:.:host:web-1.example.org -same_as-> tf:.:hcloud_server.web",
        miss={"hosts.ini": "web-1.example.org\nweb-1.example.com\n"},
    ),
    Case(
        rule="hosts.group-key",
        files=_PROGRAM,
        edge='tf:.:hcloud_server.all["chat"] -member_of-> ansible:.:group:chat',
        miss={"site.yml": "- hosts: chats\n  tasks:\n    - ping:\n"},
    ),
    Case(
        rule="hosts.unjoined",
        files={**inventory("db\n"), "main.tf": server("web-1")},
        check=lambda graph: [p.code for p in graph.problems() if p.code.startswith("LN")] == ["LN002", "LN003"],
        miss={"hosts.ini": "web-1\n"},
    ),
)
