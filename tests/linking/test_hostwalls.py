"""What firewalls of hosts let in, and from where: by modules, commands, and files of every kind."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

import pytest

from archdoc.model.facts import EdgeKind
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
INVENTORY = {"ansible.cfg": "[defaults]\ninventory = hosts\n", "hosts": "[web]\nweb-1\n"}


def of_tasks(graph_of: GraphOf, *tasks: str) -> Graph:
    lines = "".join(f"    - {task}\n" for task in tasks)
    return graph_of({**INVENTORY, "site.yml": f"- hosts: web\n  tasks:\n{lines}"})


def of_file(graph_of: GraphOf, path: str, text: str, **more: str) -> Graph:
    files = {"files/rules": textwrap.dedent(text).lstrip()} | {
        f"files/{k}": textwrap.dedent(v) for k, v in more.items()
    }
    tasks = f"    - copy: {{src: rules, dest: {path}}}\n"
    tasks += "".join(f"    - copy: {{src: {name}, dest: /etc/firewall/{name}.sh}}\n" for name in more)
    return graph_of({**INVENTORY, **files, "site.yml": f"- hosts: web\n  tasks:\n{tasks}"})


def openings(graph: Graph) -> set[tuple[str, str]]:
    return {(e.source.removeprefix("external:"), str(e.attributes["ports"])) for e in graph.edges(EdgeKind.ALLOWS)}


def unread(graph: Graph) -> set[tuple[str, int]]:
    return {(p.source.path, p.source.line) for p in graph.problems() if p.code == "LN012"}


def is_protected(graph: Graph) -> bool:
    return any(True for _ in graph.edges_to("ansible:.:group:web", EdgeKind.PROTECTS))


@pytest.mark.parametrize(
    "task",
    [
        "iptables: {chain: INPUT, in_interface: lo, jump: ACCEPT}",
        "iptables: {chain: INPUT, source: 127.0.0.0/8, jump: ACCEPT}",
        "iptables: {chain: INPUT, ctstate: 'ESTABLISHED,RELATED', jump: ACCEPT}",
        "iptables: {chain: INPUT, ctstate: [RELATED, ESTABLISHED], jump: ACCEPT}",
        "iptables: {chain: OUTPUT, destination_port: '443', protocol: tcp, jump: ACCEPT}",
        "command: iptables -A INPUT -i lo -j ACCEPT",
        "command: iptables -A INPUT -m state --state ESTABLISHED,RELATED -j ACCEPT",
        "command: iptables -A INPUT -d 127.0.0.1 -p tcp --dport 6379 -j ACCEPT",
        "community.general.ufw: {rule: allow, interface: lo, direction: in}",
        "command: ufw allow in on lo",
        "command: nft add rule inet filter input iif lo accept",
        "command: nft add rule inet filter input ct state established,related accept",
    ],
)
def test_what_a_machine_says_to_itself_opens_nothing(task: str, graph_of: GraphOf) -> None:
    graph = of_tasks(graph_of, task)
    assert openings(graph) == set()
    assert is_protected(graph)


@pytest.mark.parametrize(
    ("task", "opening"),
    [
        ("iptables: {chain: INPUT, in_interface: wg0, jump: ACCEPT}", ("interface:wg0", "any")),
        ("command: iptables -A INPUT -i eth1 -p tcp --dport 5432 -j ACCEPT", ("interface:eth1", "5432/tcp")),
        ("command: ufw allow in on tun0 to any port 22 proto tcp", ("interface:tun0", "22/tcp")),
        ("command: nft add rule inet filter input iifname wg0 tcp dport 22 accept", ("interface:wg0", "22/tcp")),
        ("ansible.posix.firewalld: {service: ssh, zone: internal, state: enabled}", ("zone:internal", "22")),
        ("ansible.posix.firewalld: {service: https, zone: public, state: enabled}", ("internet", "443")),
        (
            "ansible.posix.firewalld: {state: enabled, "
            "rich_rule: 'rule family=ipv4 source address=10.1.0.0/16 port protocol=tcp port=9100 accept'}",
            ("range:10.1.0.0/16", "9100/tcp"),
        ),
        (
            "ansible.posix.firewalld: {state: enabled, "
            'rich_rule: \'rule family="ipv4" source address="10.1.0.0/16" service name="ssh" log accept\'}',
            ("range:10.1.0.0/16", "22"),
        ),
        ("command: iptables -A INPUT -s 10.1.0.0/16 -i eth1 -j ACCEPT", ("range:10.1.0.0/16", "any")),
        ("command: iptables -A INPUT ! -s 10.1.0.0/16 -j ACCEPT", ("range:not 10.1.0.0/16", "any")),
        (
            "iptables: {chain: INPUT, ctstate: NEW, destination_port: 22, protocol: tcp, jump: ACCEPT}",
            ("internet", "22/tcp"),
        ),
    ],
)
def test_an_opening_is_for_whom_the_rule_says(task: str, opening: tuple[str, str], graph_of: GraphOf) -> None:
    assert openings(of_tasks(graph_of, task)) == {opening}


@pytest.mark.parametrize(
    "rule",
    [
        "rule family=ipv6 source address=fd00::/80 masquerade",
        "rule forward-port port=80 protocol=tcp to-port=8080",
        "rule source address={{ peers[item]['address'] }} port protocol=tcp port=873 accept",
        "rule source address={{ unknown }} port port=873 protocol=tcp accept",
        "rule family=ipv4 source NOT address=10.0.0.0/8 port port=22 protocol=tcp accept",
    ],
)
def test_a_rich_rule_opens_no_more_than_it_says(rule: str, graph_of: GraphOf) -> None:
    graph = of_tasks(graph_of, f'ansible.posix.firewalld: {{state: enabled, rich_rule: "{rule}"}}')
    assert not {o for o in openings(graph) if o[0].endswith("{{") or o[0] == "internet" or o[1] == "any"}


@pytest.mark.parametrize(
    "task",
    [
        "iptables: {chain: INPUT, match: [set], match_set: friends, match_set_flags: src, jump: ACCEPT}",
        "command: iptables -A INPUT -m set --match-set friends src -j ACCEPT",
        "command: iptables -A FRIENDS -p tcp --dport 22 -j ACCEPT",
        "command: nft add rule inet filter input meta mark 0x1 accept",
        "{community.general.ufw: {rule: allow, port: 22, from_ip: 10.1.2.3}, no_log: true}",
        "community.windows.win_firewall_rule: {name: web, localport: 80, action: allow, direction: in}",
    ],
)
def test_a_rule_that_cannot_be_read_is_a_problem_and_no_opening(task: str, graph_of: GraphOf) -> None:
    graph = of_tasks(graph_of, task)
    assert openings(graph) == set()
    assert unread(graph) == {("site.yml", 3)}
    assert is_protected(graph)


def test_a_rule_of_a_chain_of_its_own_has_the_conditions_of_what_leads_there(graph_of: GraphOf) -> None:
    lead = "command: iptables -A INPUT -p tcp -s 10.1.0.0/16 -j FRIENDS"
    assert openings(of_tasks(graph_of, "command: iptables -A FRIENDS --dport 22 -j ACCEPT", lead)) == {
        ("range:10.1.0.0/16", "22/tcp")
    }


@pytest.mark.parametrize("task", ["community.general.ufw: {state: disabled}", "command: ufw delete allow 22"])
def test_a_firewall_that_is_switched_off_protects_nothing(task: str, graph_of: GraphOf) -> None:
    assert not is_protected(of_tasks(graph_of, task))


SCRIPT = """
    #!/bin/sh
    IPT=/sbin/iptables
    PORT=8180
    OWN="lo"
    run() { "$IPT" $@; }
    run -A input -i "${OWN}" -j ACCEPT
    run -A input -p tcp -j public
    run -A public -p tcp --dport 22 -j ACCEPT
    iptables -A INPUT -j input
    iptables -A INPUT -p tcp \\
        --dport "$PORT" -j ACCEPT
"""
TABLES = """
    define WEB = { 80, 443 }
    table inet filter {
      chain input {
        type filter hook input priority 0; policy drop;
        iif lo accept
        ct state established,related accept
        icmp type echo-request accept
        tcp dport $WEB counter accept comment "web; all of it"
        ip saddr 10.1.0.0/16 tcp dport {
          5432,
          6379
        } accept
        jump own
      }
      chain own {
        udp dport 51820 accept
      }
      chain output {
        type filter hook output priority 0; policy accept;
        tcp dport 25 accept
      }
    }
"""
FILES = [
    (
        "/etc/iptables/rules.v4",
        "*nat\n-A PREROUTING -p tcp --dport 8080 -j ACCEPT\nCOMMIT\n*filter\n:INPUT DROP [0:0]\n-A INPUT -i lo -j ACCEPT\n"
        "-A INPUT -p tcp -m multiport --dports 80,443 -j ACCEPT\nCOMMIT\n",
        {("internet", "80/tcp"), ("internet", "443/tcp")},
    ),
    ("/usr/local/sbin/firewall", SCRIPT, {("internet", "22/tcp"), ("internet", "8180/tcp")}),
    (
        "/etc/nftables.conf",
        TABLES,
        {
            *(("internet", "icmp"), ("internet", "80/tcp"), ("internet", "443/tcp"), ("internet", "51820/udp")),
            *(("range:10.1.0.0/16", "5432/tcp"), ("range:10.1.0.0/16", "6379/tcp")),
        },
    ),
    (
        "/etc/ufw/user.rules",
        "*filter\n-A ufw-user-input -p tcp --dport 22 -j ACCEPT\nCOMMIT\n",
        {("internet", "22/tcp")},
    ),
    (
        "/etc/firewalld/zones/public.xml",
        '<?xml version="1.0"?>\n<zone>\n <service name="ssh"/>\n <port port="8080" protocol="tcp"/>\n</zone>\n',
        {("internet", "22"), ("internet", "8080/tcp")},
    ),
]


@pytest.mark.parametrize(("path", "text", "found"), FILES, ids=lambda v: v if str(v).startswith("/") else "")
def test_the_rules_of_a_file_are_read(path: str, text: str, found: set[tuple[str, str]], graph_of: GraphOf) -> None:
    graph = of_file(graph_of, path, text)
    assert openings(graph) == found
    assert unread(graph) == set()
    assert is_protected(graph)


def test_an_opening_has_the_line_of_its_rule(graph_of: GraphOf) -> None:
    graph = of_file(graph_of, "/usr/local/sbin/firewall", SCRIPT)
    places = {str(e.attributes["ports"]): str(e.evidence[0]) for e in graph.edges(EdgeKind.ALLOWS)}
    assert places == {"22/tcp": "files/rules:8", "8180/tcp": "files/rules:10"}


def test_a_chain_is_led_to_from_another_file_of_the_same_machine(graph_of: GraphOf) -> None:
    graph = of_file(
        graph_of,
        "/etc/firewall/web.sh",
        "iptables -A public -p tcp --dport 80 -j ACCEPT\n",
        main="iptables -A INPUT -j public\n",
    )
    assert openings(graph) == {("internet", "80/tcp")}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/etc/pf.conf", "pass in proto tcp to port 22\n"),
        ("/etc/shorewall/rules", "SSH(ACCEPT) net $FW\n"),
        ("/usr/local/sbin/firewall", "iptables -A FRIENDS -p tcp --dport 22 -j ACCEPT\n"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_problem(path: str, text: str, graph_of: GraphOf) -> None:
    graph = of_file(graph_of, path, text)
    assert openings(graph) == set()
    assert unread(graph) == {("files/rules", 1)}
    assert is_protected(graph)


def test_a_file_that_only_translates_addresses_is_no_firewall(graph_of: GraphOf) -> None:
    text = (
        "table ip gateway {\n  chain post {\n    type nat hook postrouting priority srcnat;\n    masquerade\n  }\n}\n"
    )
    graph = of_file(graph_of, "/etc/gateway", text)
    assert unread(graph) == set()
    assert not is_protected(graph)


def test_lines_of_a_file_are_rules(graph_of: GraphOf) -> None:
    loop = "{lineinfile: {path: /etc/iptables.d/web.rules, line: '{{ item }}'}, loop: ['*filter', '%s', COMMIT]}"
    graph = of_tasks(graph_of, loop % "-A INPUT -p tcp --dport 80 -j ACCEPT", "apt: {name: nginx}")
    assert openings(graph) == {("internet", "80/tcp")}


def test_a_block_is_rules(graph_of: GraphOf) -> None:
    block = "add rule inet filter input ip saddr 10.1.0.9 tcp dport 9100 counter accept"
    graph = of_tasks(graph_of, f"blockinfile: {{path: /etc/nftables/9100.nft, block: '{block}'}}")
    assert openings(graph) == {("range:10.1.0.9", "9100/tcp")}


def test_what_only_speaks_of_a_firewall_is_none(graph_of: GraphOf) -> None:
    graph = of_file(graph_of, "/etc/motd", "This host has iptables and ufw; ask before you open ports.\n")
    assert not is_protected(graph)


def test_user_data_of_a_server_is_read(graph_of: GraphOf) -> None:
    main = """
        resource "hcloud_server" "web" {
          name      = "web"
          user_data = <<-EOT
            #cloud-config
            runcmd:
              - ufw allow 443/tcp
              - [ufw, allow, from, 10.1.0.0/16]
              - ufw --force enable
          EOT
        }
    """
    graph = graph_of({"main.tf": main})
    assert openings(graph) == {("internet", "443/tcp"), ("range:10.1.0.0/16", "any")}
    assert graph.node("tf:.:hcloud_server.web").attributes["own_firewall"] == "read"


def test_of_a_list_that_is_known_in_part_the_known_rules_are_read_and_the_others_said(graph_of: GraphOf) -> None:
    site = """
- hosts: web
  vars:
    base_rules:
      - {port: 22, sources: [10.0.0.0/8]}
      - {port: 9200, sources: "{{ asked.networks }}"}
  tasks:
    - command: ask
      register: asked
    - ufw: {rule: allow, port: "{{ item.0.port }}", from_ip: "{{ item.1 }}", proto: tcp}
      loop: "{{ (base_rules + asked.stdout_lines) | subelements('sources') }}"
"""
    files = {"ansible.cfg": "[defaults]\ninventory = hosts.ini\n", "hosts.ini": "[web]\nweb-1\n"}
    graph = graph_of({**files, "site.yml": site})
    opened = {(graph.node(e.source).name, e.attributes["ports"]) for e in graph.edges(EdgeKind.ALLOWS)}
    assert opened == {("10.0.0.0/8", "22/tcp"), ("{{ asked.networks }}", "9200/tcp")}
    assert [p.code for p in graph.problems() if p.source.path == "site.yml"] == ["LN011"]


@pytest.mark.parametrize(
    "rule",
    [
        "nft add rule filter input tcp dport 22 accept",
        "nft add rule inet filter input tcp dport 22 accept",
        "nft insert rule filter input index 0 tcp dport 22 accept",
        "nft 'add rule ip filter input tcp dport 22 accept'",
    ],
)
def test_a_rule_of_nft_is_read_alike_as_a_command_and_in_a_file(rule: str, graph_of: GraphOf) -> None:
    wanted = {("internet", "22/tcp")}
    assert openings(of_tasks(graph_of, f'command: "{rule}"')) == wanted
    assert openings(of_file(graph_of, "/usr/local/sbin/walls.sh", f"#!/bin/sh\n{rule}\n")) == wanted
    in_file = rule.removeprefix("nft ").strip("'")
    assert openings(of_file(graph_of, "/etc/nftables.d/walls.nft", f"{in_file}\n")) == wanted


CLOUD = """
    resource "hcloud_network" "main" {
      name     = "main"
      ip_range = "10.0.0.0/16"
    }
    resource "hcloud_load_balancer" "front" {
      name = "front"
    }
    resource "hcloud_load_balancer_network" "front" {
      load_balancer_id = hcloud_load_balancer.front.id
      network_id       = hcloud_network.main.id
      ip               = "10.0.0.5"
    }
    resource "hcloud_server" "web" {
      name = "web-1"
    }
    """
ELSEWHERE = 'resource "hcloud_network" "other" {\n  name     = "other"\n  ip_range = "10.9.0.0/16"\n}\n'


@pytest.mark.parametrize(
    ("given", "source"),
    [
        ("10.0.0.0/16", "tf:live:hcloud_network.main"),
        ("10.0.0.5", "tf:live:hcloud_load_balancer.front"),
        ("10.9.0.0/16", "range:10.9.0.0/16"),
        ("10.0.0.0/8", "range:10.0.0.0/8"),
    ],
    ids=["a network", "a load balancer", "a network of another configuration", "a range around the network"],
)
def test_a_range_is_what_the_configuration_of_the_machines_gives_it_to(
    given: str, source: str, graph_of: GraphOf
) -> None:
    task = f"    - community.general.ufw: {{rule: allow, port: '80', proto: tcp, from_ip: {given}}}\n"
    files = {**INVENTORY, "live/main.tf": textwrap.dedent(CLOUD), "other/main.tf": ELSEWHERE}
    graph = graph_of({**files, "site.yml": f"- hosts: web\n  tasks:\n{task}"})
    assert openings(graph) == {(source, "80/tcp")}
