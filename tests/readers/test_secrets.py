"""Canaries in every place that may hold a credential are in nothing that archdoc prints or writes."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from secret_files import CANARIES, files

from archdoc import api, report
from archdoc.cli import VIEW_NAMES, cli
from archdoc.config import load_config
from archdoc.model.graph import Graph
from archdoc.readers.secrets import is_credential_name, is_payload, mask_text

ARGUMENTS = {"name": VIEW_NAMES, "node": ("web1", "service:web:app"), "base": ("HEAD",), "code": ("TF001",)}
"""What to give each argument of a command that needs one."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("secrets")
    listed = files()
    (made / "README.md").write_text("before\n", encoding="utf-8")
    git = ["git", "-C", str(made), "-c", "user.name=a", "-c", "user.email=a@example.com"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "before"]):
        subprocess.run([*git, *words], check=True)
    for name, text in listed.items():
        path = made / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def graph(root: Path) -> Graph:
    return api.load_graph(root, load_config(root))


def leaks(text: str) -> list[str]:
    """The places whose canaries are in a text."""
    return [place for place, canary in CANARIES.items() if canary in text]


def ways_to_run(name: str, command: click.Command) -> Iterator[list[str]]:
    """A command with each value of its arguments, and each choice of each of its options."""
    arguments = [p for p in command.params if isinstance(p, click.Argument) and p.required]
    values: list[list[str]] = [[]]
    for argument in arguments:
        values = [[*v, one] for v in values for one in ARGUMENTS[str(argument.name)]]
    choices: list[list[str]] = [[]]
    for option in command.params:
        if isinstance(option, click.Option) and isinstance(option.type, click.Choice):
            choices += [[option.opts[-1], choice] for choice in option.type.choices]
        elif isinstance(option, click.Option) and option.is_flag and not option.is_eager:
            choices.append([option.opts[-1]])
    for value in values:
        for choice in choices:
            yield [name, *value, *choice]


def test_no_command_prints_or_writes_a_credential(root: Path) -> None:
    ran = 0
    before = {p for p in root.rglob("*") if p.is_file()}
    for name, command in sorted(cli.commands.items(), key=lambda item: item[0] != "build"):
        for words in ways_to_run(name, command):
            result = CliRunner().invoke(cli, ["-C", str(root), *words])
            assert not isinstance(result.exception, Exception) or result.exit_code == 2, (words, result.exception)
            assert leaks(result.output + result.stderr) == [], words
            ran += 1
    written = {p for p in root.rglob("*") if p.is_file()} - before
    assert ran > 60
    assert len(written) > 20
    for path in written:
        assert leaks(path.read_bytes().decode("utf-8", "replace")) == [], path.name


def test_nothing_that_can_be_explained_holds_one(graph: Graph) -> None:
    nodes = list(graph.nodes())
    for form in ("text", "json"):
        assert leaks(report.explain(graph, nodes, form)) == []
    assert leaks("\n".join(str(problem) for problem in graph.problems())) == []


def test_what_stands_around_a_credential_is_still_read(graph: Graph) -> None:
    """Hiding by leaving out would hide the architecture too."""
    app = graph.node("service:web1:app")
    queue = next(e for e in graph.edges_from(app.id) if e.target == "service:web1:queue")
    assert (queue.attributes["via"], queue.attributes["port"]) == ("AMQP", 5672)
    connections = app.attributes["connections"]
    assert isinstance(connections, list)
    assert [c["to"] for c in connections if isinstance(c, dict)] == ["db.internal"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("mysql -u root -pS3cr3t app", "mysql -u root -p<secret> app"),
        ("docker login -u ci -p S3cr3t registry", "docker login -u ci -p <secret> registry"),
        ("curl -u ann:S3cr3t https://example.com", "curl -u ann:<secret> https://example.com"),
        ("echo 'root:S3cr3t' | chpasswd", "echo 'root:<secret>' | chpasswd"),
        ("- 'DB_PASSWORD=S3cr3t'", "- 'DB_PASSWORD=<secret>'"),
        ('- "--admin-password=S3cr3t" -x', '- "--admin-password=<secret>" -x'),
        ("  requirepass S3cr3t", "  requirepass <secret>"),
        ("basic_auth: {username: a, password: S3cr3t}, b: 2", "basic_auth: {username: a, password: <secret>}, b: 2"),
        ('header "Authorization: Bearer abc"', 'header "Authorization: <secret>"'),
        ("https://hc-ping.com/0c8-11", "https://hc-ping.com/<secret>"),
        (
            "https://events.pagerduty.com/integration/0c811/enqueue",
            "https://events.pagerduty.com/integration/<secret>/enqueue",
        ),
        ("-var=db_password=S3cr3t -lock=false", "-var=db_password=<secret> -lock=false"),
        # near misses: names of web servers' directives, options about a credential, references, prose
        ("proxy_pass http://backend;", "proxy_pass http://backend;"),
        ("fastcgi_pass unix:/run/php.sock;", "fastcgi_pass unix:/run/php.sock;"),
        ("docker login --password-stdin registry", "docker login --password-stdin registry"),
        ("mysql -h db -P 3306 app", "mysql -h db -P 3306 app"),
        ("curl -u ann:$PASS https://example.com", "curl -u ann:$PASS https://example.com"),
        ("--token-file /run/token --password {{ x }}", "--token-file /run/token --password {{ x }}"),
        ("Basic authentication, token required", "Basic authentication, token required"),
        ("ssh -p 22 login@host", "ssh -p 22 login@host"),
    ],
)
def test_credentials_of_command_lines_and_files(text: str, shown: str) -> None:
    assert mask_text(text) == shown


@pytest.mark.parametrize(
    ("name", "is_one"),
    [("PGPASSWORD", True), ("clientSecret", True), ("routing_key", True), ("proxy_pass", False), ("token_ttl", False)],
)
def test_names_of_credentials(name: str, is_one: bool) -> None:
    assert is_credential_name(name) is is_one


@pytest.mark.parametrize(
    ("type_name", "argument", "hidden"),
    [
        ("github_actions_secret", "plaintext_value", True),
        ("google_secret_manager_secret_version", "secret_data", True),
        ("gitlab_project_variable", "value", True),
        ("github_actions_secret", "secret_name", False),
        ("github_actions_variable", "value", False),
        ("cloudflare_record", "value", False),
        ("aws_secretsmanager_secret_rotation", "value", False),
    ],
)
def test_what_a_resource_puts_away_is_a_secret(type_name: str, argument: str, hidden: bool) -> None:
    assert is_payload(type_name, argument) is hidden
