"""Every lint rule finds what it says, and passes over what comes close."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from archdoc import api
from archdoc.catalog import load_catalog
from archdoc.config import Config, ConfigError, LintConfig, load_config, parse_config
from archdoc.lint import CODES, RULES, lint
from archdoc.model.facts import Category, Edge, EdgeKind, Json, Node, NodeKind, Source
from archdoc.model.graph import Graph
from archdoc.model.problem import Severity

AT = Source("some/file", 3)
CATALOG = load_catalog()
Write = Callable[[dict[str, str]], Path]


def node(kind: NodeKind, name: str, category: Category = Category.OTHER, type: str = "", /, **attributes: Json) -> Node:
    return Node(name, kind, type or kind.value, name, AT, "", category, attributes)


def edge(source: str, kind: EdgeKind, target: str, **attributes: Json) -> Edge:
    return Edge(source, target, kind, (AT,), attributes=attributes)


HOST, OTHER = node(NodeKind.HOST, "db-1"), node(NodeKind.HOST, "db-2")
SERVER = node(NodeKind.RESOURCE, "tf:infra:hcloud_server.db", Category.COMPUTE, "hcloud_server", network_role="server")
DATABASE = node(NodeKind.SERVICE, "postgresql", Category.DATABASE, "postgresql")
PROMETHEUS = node(NodeKind.SERVICE, "prometheus", Category.MONITORING, "prometheus")
FIREWALL = node(
    NodeKind.RESOURCE, "tf:infra:hcloud_firewall.db", Category.SECURITY, "hcloud_firewall", network_role="firewall"
)
JOB, HOME = node(NodeKind.JOB, "borgmatic"), node(NodeKind.STORE, "/var/backups", remote=False)
AWAY = node(NodeKind.STORE, "ssh://elsewhere", remote=True)
INTERNET = Node("external:internet", NodeKind.EXTERNAL, "internet", "internet", AT)
PLAY, ROLE = node(NodeKind.PLAY, "site"), node(NodeKind.ROLE, "docker")
ALERTMANAGER = node(NodeKind.SERVICE, "alertmanager", kind="alert_manager", configured_by=["alertmanager.yml"])
RULER = replace(PROMETHEUS, attributes={"rules": [{"alert": "Down"}, {"record": "x"}]})
CI_JOB, STACK = node(NodeKind.CI_JOB, "deploy"), node(NodeKind.ROOT, "tf:infra:")
REMOTE = node(NodeKind.ROOT, "tf:network:", backend={"type": "s3"})
BACKUP: list[Node | Edge] = [JOB, DATABASE, edge("borgmatic", EdgeKind.BACKS_UP, "postgresql")]


def allows(ports: str, protocol: str = "tcp") -> list[Node | Edge]:
    rule = edge("external:internet", EdgeKind.ALLOWS, "db-1", ports=ports, protocol=protocol, direction="in")
    return [HOST, INTERNET, rule]


CASES: dict[str, tuple[str, Iterable[Node | Edge], bool]] = {
    "a host beside one that is watched": (
        "LI001", [HOST, OTHER, PROMETHEUS, edge("prometheus", EdgeKind.SCRAPES, "db-2")], True,
    ),
    "a host of which a program is watched": (
        "LI001",
        [HOST, DATABASE, PROMETHEUS, edge("postgresql", EdgeKind.RUNS_ON, "db-1"),
         edge("prometheus", EdgeKind.SCRAPES, "postgresql")],
        False,
    ),
    "hosts where there is no monitoring": ("LI001", [HOST, OTHER], False),
    "a host without a firewall": ("LI002", [HOST], True),
    "a host whose server has one": (
        "LI002",
        [HOST, SERVER, FIREWALL, edge("db-1", EdgeKind.SAME_AS, SERVER.id), edge(FIREWALL.id, EdgeKind.PROTECTS, SERVER.id)],
        False,
    ),
    "the machine that Ansible runs on": ("LI002", [node(NodeKind.HOST, "localhost")], False),
    "a server in no inventory": (
        "LI003",
        [SERVER, HOST, replace(SERVER, id="tf:x"), edge("db-1", EdgeKind.SAME_AS, "tf:x")],
        True,
    ),
    "servers where nothing is joined": ("LI003", [SERVER, HOST], False),
    "a host that nothing makes": ("LI004", [SERVER, HOST, OTHER, edge("db-1", EdgeKind.SAME_AS, SERVER.id)], True),
    "a host that is a server": ("LI004", [SERVER, HOST, edge("db-1", EdgeKind.SAME_AS, SERVER.id)], False),
    "a database in no backup": ("LI010", [DATABASE], True),
    "a database in a backup": ("LI010", BACKUP, False),
    "a database on a machine in a backup": (
        "LI010",
        [DATABASE, HOST, JOB, edge("postgresql", EdgeKind.RUNS_ON, "db-1"), edge("borgmatic", EdgeKind.BACKS_UP, "db-1")],
        False,
    ),
    "a database on two machines, one of them in a backup": (
        "LI010",
        [DATABASE, HOST, OTHER, JOB, edge("postgresql", EdgeKind.RUNS_ON, "db-1"),
         edge("postgresql", EdgeKind.RUNS_ON, "db-2"), edge("borgmatic", EdgeKind.BACKS_UP, "db-1")],
        True,
    ),
    "a backup at home": ("LI011", [*BACKUP, HOME, edge("borgmatic", EdgeKind.STORES_IN, HOME.id)], True),
    "a backup at home and away": (
        "LI011",
        [*BACKUP, HOME, AWAY, edge("borgmatic", EdgeKind.STORES_IN, HOME.id), edge("borgmatic", EdgeKind.STORES_IN, AWAY.id)],
        False,
    ),
    "a backup that goes nowhere known": ("LI011", BACKUP, False),
    "a backup that nobody tries": ("LI012", [*BACKUP, AWAY, edge("borgmatic", EdgeKind.STORES_IN, AWAY.id)], True),
    "a backup that is verified": (
        "LI012",
        [*BACKUP, AWAY, PLAY, edge("borgmatic", EdgeKind.STORES_IN, AWAY.id), edge("site", EdgeKind.VERIFIES, AWAY.id)],
        False,
    ),
    "PostgreSQL open to the world": ("LI020", allows("5432/tcp"), True),
    "Redis in a span of ports": ("LI020", allows("6000-6500/tcp"), True),
    "a web server": ("LI020", allows("80,443/tcp"), False),
    "5432 of another protocol": ("LI020", allows("5432", "icmp"), False),
    "PostgreSQL for one network": (
        "LI020",
        [HOST, node(NodeKind.EXTERNAL, "range"), edge("range", EdgeKind.ALLOWS, "db-1", ports="5432/tcp", protocol="tcp")],
        False,
    ),
    "SSH open to the world": ("LI021", allows("22,443/tcp"), True),
    "a port that ends in 22": ("LI021", allows("2022/tcp"), False),
    "every port": ("LI022", allows("any", "any"), True),
    "every TCP port": ("LI022", allows("0-65535/tcp"), True),
    "ICMP": ("LI022", allows("icmp", "icmp"), False),
    "the dynamic ports": ("LI022", allows("60000-61000/udp", "udp"), False),
    "a firewall of nothing": ("LI023", [FIREWALL], True),
    "a firewall of a server": ("LI023", [FIREWALL, SERVER, edge(FIREWALL.id, EdgeKind.PROTECTS, SERVER.id)], False),
    "a firewall that is referred to": (
        "LI023", [FIREWALL, SERVER, edge(SERVER.id, EdgeKind.REFERENCES, FIREWALL.id)], False,
    ),
    "a role from nowhere": (
        "LI030", [PLAY, node(NodeKind.EXTERNAL, "r", Category.OTHER, "role"), edge("site", EdgeKind.APPLIES, "r")], True,
    ),
    "a role of the requirements": (
        "LI030",
        [PLAY, node(NodeKind.EXTERNAL, "r", Category.OTHER, "role", requirement="r"), edge("site", EdgeKind.APPLIES, "r")],
        False,
    ),
    "a role beside one that is applied": (
        "LI031", [PLAY, ROLE, node(NodeKind.ROLE, "nginx"), edge("site", EdgeKind.APPLIES, "nginx")], True,
    ),
    "a role that a role includes": (
        "LI031",
        [PLAY, ROLE, node(NodeKind.ROLE, "nginx"), edge("site", EdgeKind.APPLIES, "nginx"),
         edge("nginx", EdgeKind.INCLUDES, "docker")],
        False,
    ),
    "a collection of roles without plays": ("LI031", [ROLE], False),
    "a play for an empty group": (
        "LI032", [HOST, PLAY, node(NodeKind.GROUP, "web"), edge("site", EdgeKind.TARGETS, "web")], True,
    ),
    "a play for a group of groups": (
        "LI032",
        [HOST, PLAY, node(NodeKind.GROUP, "web"), node(NodeKind.GROUP, "eu"), edge("site", EdgeKind.TARGETS, "eu"),
         edge("web", EdgeKind.MEMBER_OF, "eu"), edge("db-1", EdgeKind.MEMBER_OF, "web")],
        False,
    ),
    "a play for all": ("LI032", [HOST, PLAY, node(NodeKind.GROUP, "all"), edge("site", EdgeKind.TARGETS, "all")], False),
    "a play for a host": ("LI032", [HOST, PLAY, edge("site", EdgeKind.TARGETS, "db-1")], False),
    "an alert manager without a receiver": ("LI040", [ALERTMANAGER], True),
    "an alert manager with one": (
        "LI040",
        [ALERTMANAGER, node(NodeKind.ENDPOINT, "mail"), edge("alertmanager", EdgeKind.ALERTS, "mail")],
        False,
    ),
    "an alert manager whose configuration is not in the code": (
        "LI040", [replace(ALERTMANAGER, attributes={"kind": "alert_manager"})], False,
    ),
    "alert rules that go nowhere": ("LI040", [RULER], True),
    "recording rules": ("LI040", [replace(RULER, attributes={"rules": [{"record": "x"}]})], False),
    "a job that changes a root": ("LI050", [CI_JOB, STACK, edge("deploy", EdgeKind.RUNS, STACK.id, does="change")], True),
    "a job that plans": ("LI050", [CI_JOB, STACK, edge("deploy", EdgeKind.RUNS, STACK.id, does="preview")], False),
    "a job with an environment": (
        "LI050",
        [CI_JOB, STACK, node(NodeKind.ENVIRONMENT, "production"), edge("deploy", EdgeKind.RUNS, STACK.id, does="change"),
         edge("deploy", EdgeKind.DEPLOYS_TO, "production")],
        False,
    ),
    "a job that calls one with an environment": (
        "LI050",
        [CI_JOB, STACK, node(NodeKind.ENVIRONMENT, "production"), node(NodeKind.WORKFLOW, "shared"),
         node(NodeKind.CI_JOB, "gated"), edge("deploy", EdgeKind.RUNS, STACK.id, does="change"),
         edge("deploy", EdgeKind.CALLS, "shared"), edge("shared", EdgeKind.CONTAINS, "gated"),
         edge("gated", EdgeKind.DEPLOYS_TO, "production")],
        False,
    ),
    "a root with local state": (
        "LI051", [STACK, REMOTE, SERVER, node(NodeKind.PROVIDER, "tf:infra:provider.hcloud")], True,
    ),
    "a module that stands alone": (
        "LI051", [STACK, REMOTE, SERVER, node(NodeKind.PROVIDER, "tf:infra:provider.hcloud", implicit=True)], False,
    ),
    "a repository without any backend": (
        "LI051", [STACK, SERVER, node(NodeKind.PROVIDER, "tf:infra:provider.hcloud")], False,
    ),
}  # fmt: skip


def graph(facts: Iterable[Node | Edge]) -> Graph:
    listed = list(facts)
    nodes = {f.id: f for f in listed if isinstance(f, Node)}
    return Graph(nodes.values(), (f for f in listed if isinstance(f, Edge)))


@pytest.mark.parametrize(("code", "facts", "found"), CASES.values(), ids=CASES)
def test_rules(code: str, facts: Iterable[Node | Edge], found: bool) -> None:
    codes = [f.code for f in lint(graph(facts), CATALOG, LintConfig())]
    assert (code in codes) is found


def test_every_rule_has_a_case_and_a_near_miss() -> None:
    assert {code for code, _, found in CASES.values() if found} == set(CODES)
    assert {code for code, _, found in CASES.values() if not found} == set(CODES)


@pytest.mark.parametrize("rule", RULES, ids=CODES)
def test_every_rule_is_explained(rule: object) -> None:
    from archdoc.lint.registry import LintRule

    assert isinstance(rule, LintRule)
    assert re.fullmatch(r"LI\d{3}", rule.code.name)
    assert len(rule.code.explanation) > 60
    assert rule.code.explanation.endswith(".")
    assert "\n" not in rule.code.explanation
    assert not rule.code.title.endswith(".")
    assert rule.hint


def test_a_finding_names_the_thing_the_place_and_the_mend() -> None:
    (finding,) = (f for f in lint(graph(allows("5432/tcp")), CATALOG, LintConfig()) if f.code == "LI020")
    assert finding.message == "host db-1 (some/file:3) can be reached from the internet at port 5432 (PostgreSQL)"
    assert (finding.severity, finding.source, finding.subject) == (Severity.ERROR, AT, "db-1")
    assert finding.hint == "let in only the machines that use the database"


def test_the_configuration_changes_severities_and_passes_over_things() -> None:
    facts = graph([HOST, OTHER, DATABASE])

    def found(**table: dict[str, object]) -> set[tuple[str, str]]:
        config: Config = parse_config({"lint": table})
        return {(f.code, f"{f.severity.value} {f.subject}") for f in lint(facts, CATALOG, config.lint)}

    assert ("LI002", "warning db-1") in found()
    assert ("LI002", "error db-1") in found(severity={"LI002": "error"})
    assert not any(code == "LI002" for code, _ in found(severity={"LI002": "off"}))
    assert {what for code, what in found(ignore={"LI002": ["*-1"]}) if code == "LI002"} == {"warning db-2"}
    with pytest.raises(ConfigError, match="must be error, warning, note or off"):
        parse_config({"lint": {"severity": {"LI002": "loud"}}})


def test_a_repository_is_read_and_looked_at(write: Write) -> None:
    root = write(
        {
            "main.tf": """
                resource "aws_security_group" "db" {
                  name = "db"
                  ingress {
                    from_port   = 5432
                    to_port     = 5432
                    protocol    = "tcp"
                    cidr_blocks = ["0.0.0.0/0"]
                  }
                }

                resource "aws_instance" "db" {
                  ami                    = "ami-1"
                  instance_type          = "t3.small"
                  vpc_security_group_ids = [aws_security_group.db.id]
                }
                """
        }
    )
    messages = {f.code: f.message for f in api.lint(root, load_config(root))}
    assert messages["LI020"].startswith("aws_instance.db (main.tf:")
