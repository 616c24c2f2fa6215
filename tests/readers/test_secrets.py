"""Canaries in every place that may hold a credential are in nothing that archdoc prints or writes."""

from __future__ import annotations

import base64
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from more_secret_files import texts
from secret_files import CANARIES, files

from archdoc import api, report
from archdoc.catalog import load_catalog
from archdoc.cli import cli
from archdoc.config import load_config
from archdoc.model.graph import Graph
from archdoc.model.viewnames import VIEW_NAMES
from archdoc.readers.addresssecrets import mask_words
from archdoc.readers.secrets import is_credential_name, is_payload, mask, mask_text, told_secret

ARGUMENTS = {"name": VIEW_NAMES, "node": ("web1", "service:web:app"), "base": ("HEAD",), "code": ("TF001",)}
"""What to give each argument of a command that needs one."""


@pytest.fixture(scope="module", params=["first", "second"])
def root(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planted(tmp_path_factory.mktemp("secrets"), files() if request.param == "first" else files(texts()))


def planted(made: Path, listed: dict[str, str]) -> Path:
    """A git repository with files that nobody committed yet."""
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
    """The places whose canaries are in a text, as they are or in base64."""
    packed = [
        base64.b64decode(f).decode("utf-8", "replace")
        for f in re.findall(r"\b[A-Za-z0-9+/]{60,}={0,2}", text)
        if len(f) % 4 == 0
    ]
    return [place for place, canary in CANARIES.items() if any(canary in t for t in (text, *packed))]


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


def test_what_stands_around_a_credential_is_still_read(tmp_path: Path) -> None:
    """Hiding by leaving out would hide the architecture too."""
    graph = api.load_graph(planted(tmp_path, files()), load_config(tmp_path))
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
        ("/m?key=S3cr3t&debug=1", "/m?key=<secret>&debug=1"),
        ("https://api.example.com/x?limit=5&sig=ab%2Fcd", "https://api.example.com/x?limit=5&sig=<secret>"),
        ("https://a.example.com/v1/hVtG4z9KpL2mXc7RbQ1nTs/in", "https://a.example.com/v1/<secret>/in"),
        ("https://t0k3n4b5c6d7e8f9g0@git.example.com/x.git", "https://<secret>@git.example.com/x.git"),
        ("tailscale up --authkey=S3cr3t", "tailscale up --authkey=<secret>"),
        ('{"name": "DB_PASSWORD", "value": "S3cr3t"}', '{"name": "DB_PASSWORD", "value": "<secret>"}'),
        ("- name: DB_PASSWORD\n  value: S3cr3t", "- name: DB_PASSWORD\n  value: <secret>"),
        ('$CI_TOKEN == "S3cr3t"', '$CI_TOKEN == "<secret>"'),
        ("app_key: b7d1f2c9e4a85361", "app_key: <secret>"),
        (
            "kubectl create secret generic a --from-literal=k=S3cr3t",
            "kubectl create secret generic a --from-literal=k=<secret>",
        ),
        ("psql -c \"ALTER USER x WITH PASSWORD 'S3cr3t'\"", "psql -c \"ALTER USER x WITH PASSWORD '<secret>'\""),
        ("CREATE USER a IDENTIFIED BY 'S3cr3t'", "CREATE USER a IDENTIFIED BY '<secret>'"),
        ("echo 'S3cr3t' > /etc/app/secret_token", "echo '<secret>' > /etc/app/secret_token"),
        ("echo S3cr3t | sudo tee /run/secrets/db_password", "echo <secret> | sudo tee /run/secrets/db_password"),
        ("rabbitmqctl add_user app S3cr3t", "rabbitmqctl add_user app <secret>"),
        ("etcdctl --user root:S3cr3t snapshot save x", "etcdctl --user root:<secret> snapshot save x"),
        ("lftp -u ann,S3cr3t nas -e 'mirror'", "lftp -u ann,<secret> nas -e 'mirror'"),
        ("vault kv put secret/app a=S3cr3t b=S3cr3t", "vault kv put secret/app a=<secret>"),
        ("vault kv put secret/app @app.json", "vault kv put secret/app @app.json"),
        ("samba-tool user create ann S3cr3t", "samba-tool user create ann <secret>"),
        ("cloudflared service install S3cr3t", "cloudflared service install <secret>"),
        ("pihole -a -p S3cr3t", "pihole -a -p <secret>"),
        ("schtasks /create /tn a /ru svc /rp S3cr3t", "schtasks /create /tn a /ru svc /rp <secret>"),
        ("net use Z: //nas/a /user:ann S3cr3t", "net use Z: //nas/a /user:ann <secret>"),
        ("net use Z: /user:ann /persistent:yes", "net use Z: /user:ann /persistent:yes"),
        ("echo S3cr3t | borg create /b::a /srv", "echo <secret> | borg create /b::a /srv"),
        ("echo yes | borg check", "echo yes | borg check"),
        ("printf 'S3cr3t\nS3cr3t\n' | smbpasswd -a -s ann", "printf '<secret>\n' | smbpasswd -a -s ann"),
        ("certbot --eab-hmac-key S3cr3t -d x", "certbot --eab-hmac-key <secret> -d x"),
        ("mongosh -u admin -p S3cr3t --quiet", "mongosh -u admin -p <secret> --quiet"),
        ("ldapsearch -x -D cn=a -w S3cr3t -b dc=x", "ldapsearch -x -D cn=a -w <secret> -b dc=x"),
        ("useradd -m -p 'S3cr3t' ann", "useradd -m -p '<secret>' ann"),
        ("sqlcmd -S h -U sa -P S3cr3t -Q 'select 1'", "sqlcmd -S h -U sa -P <secret> -Q 'select 1'"),
        ("vault login -no-print S3cr3t", "vault login -no-print <secret>"),
        ("openssl passwd -6 -salt ab S3cr3t", "openssl passwd -6 -salt ab <secret>"),
        ("mosquitto_passwd -b /etc/m/users ann S3cr3t", "mosquitto_passwd -b /etc/m/users ann <secret>"),
        ("mc alias set s https://s.example.org ann S3cr3t", "mc alias set s https://s.example.org ann <secret>"),
        ("nmcli con modify wlan wifi-sec.psk S3cr3t", "nmcli con modify wlan wifi-sec.psk <secret>"),
        ("printf '%s' S3cr3t | gpg --passphrase-fd 0 -c x", "printf '%s' <secret> | gpg --passphrase-fd 0 -c x"),
        ("echo S3cr3t | kinit ann", "echo <secret> | kinit ann"),
        ("ConvertTo-SecureString 'S3cr3t' -AsPlainText", "ConvertTo-SecureString '<secret>' -AsPlainText"),
        ("net user ann S3cr3t /add", "net user ann <secret> /add"),
        ("enable secret 5 S3cr3t", "enable secret 5 <secret>"),
        ("username ann privilege 15 secret 0 S3cr3t", "username ann privilege 15 secret 0 <secret>"),
        ("snmp-server community S3cr3t ro", "snmp-server community <secret> ro"),
        ("neighbor 10.0.0.1 password S3cr3t", "neighbor 10.0.0.1 password <secret>"),
        ("snmp_community: S3cr3t", "snmp_community: <secret>"),
        ("olcRootPW: {SSHA}S3cr3tS3cr3t", "olcRootPW: <secret>"),
        ("//ann:S3cr3t@nas/share:/data", "//ann:<secret>@nas/share:/data"),
        ("auth.basicauth.users=ann:S3cr3t", "auth.basicauth.users=<secret>"),
        ("ann:$$apr1$$abcdefgh$$S3cr3tS3cr3tS3cr3t", "ann:<secret>"),
        ("gh secret set TOKEN --body S3cr3t", "gh secret set TOKEN --body <secret>"),
        ("aws ssm put-parameter --name x --value S3cr3t", "aws ssm put-parameter --name x --value <secret>"),
        ("ssh-keygen -N 'S3cr3t' -f k", "ssh-keygen -N '<secret>' -f k"),
        ("smbclient //s/x -U ann%S3cr3t", "smbclient //s/x -U ann%<secret>"),
        ("curl -H 'Cookie: sid=S3cr3t' https://example.com", "curl -H 'Cookie: <secret>' https://example.com"),
        (
            "kind: Secret\nstringData:\n  user: ann\ntype: Opaque\n---\nkind: ConfigMap\ndata:\n  user: ann\n",
            "kind: Secret\nstringData:\n  user: <secret>\ntype: Opaque\n---\nkind: ConfigMap\ndata:\n  user: ann\n",
        ),
        ("curl -u S3cr3t: https://example.com", "curl -u <secret>: https://example.com"),
        ("wget --header='Authorization: token S3cr3t' x", "wget --header='Authorization: <secret>' x"),
        ("influx bucket list -t S3cr3t", "influx bucket list -t <secret>"),
        ("k3s agent --server https://10.0.0.1:6443 -t S3cr3t", "k3s agent --server https://10.0.0.1:6443 -t <secret>"),
        ("restic --password-command 'echo S3cr3t' x", "restic --password-command 'echo <secret>' x"),
        ("ncftpput -u ann -p S3cr3t nas / x", "ncftpput -u ann -p <secret> nas / x"),
        ("snmpget -v3 -u a -A S3cr3t -X S3cr3t sw", "snmpget -v3 -u a -A <secret> -X <secret> sw"),
        ("iscsiadm -n node.session.auth.password -v S3cr3t", "iscsiadm -n node.session.auth.password -v <secret>"),
        ("SET PASSWORD FOR 'a' = PASSWORD('S3cr3t')", "SET PASSWORD FOR 'a' = PASSWORD('<secret>')"),
        ("ngrok authtoken S3cr3t", "ngrok authtoken <secret>"),
        ("node_exporter --web.auth=admin:S3cr3t", "node_exporter --web.auth=admin:<secret>"),
        ("http -a ann:S3cr3t https://example.com", "http -a ann:<secret> https://example.com"),
        ("[smtp.example.org]:587 ann:S3cr3t", "[smtp.example.org]:587 ann:<secret>"),
        ("db1:5432:app:ann:S3cr3t", "db1:5432:app:ann:<secret>"),
        ("machine nas login ann password S3cr3t", "machine nas login ann password <secret>"),
        ("admin_passwort: S3cr3t", "admin_passwort: <secret>"),
        # near misses: what writes something else, asks, or is empty
        ("http: https://example.com -a\ncurl -u: https://example.com",) * 2,
        ("oauth2-proxy --auth ldap:389 --listen 0.0.0.0:80",) * 2,
        ("[10.0.0.1]:80 web", "[10.0.0.1]:80 web"),
        ("127.0.0.1:8080:80\nann:x:1000:1000:Ann:/home/ann:/bin/sh",) * 2,
        ("k3s kubectl get pods -t\ntar -t x.tar",) * 2,
        ("authorization: enabled # of clients",) * 2,
        ("docker run --name mongo -p 27017:27017 -d mongo:6",) * 2,
        ("docker run --network mongonet -p 8080:80 app",) * 2,
        ("mongodump -p --port 27017 --out /x",) * 2,
        ("vault login -method=oidc role=dev",) * 2,
        ("openssl passwd -6 -stdin",) * 2,
        ("echo yes | sudo -S true",) * 2,
        ("The user name and password are required. Enable password authentication.",) * 2,
        ("neighbor 10.0.0.1 remote-as 65001",) * 2,
        ("bgp_community: 65000",) * 2,
        ("image: //mirror/nginx:1.25@sha256:0123abc",) * 2,
        ("echo 'deb https://example.com stable main' > /etc/apt/sources.list.d/x.list",) * 2,
        ("ssh-keygen -t ed25519 -N '' -f /root/key",) * 2,
        ("psql -U app -c 'select 1'",) * 2,
        # near misses: digests, public keys, names of things, paths with long words
        (
            "git::https://example.com/x.git?ref=3f2a9c1d4b5e6f708192a3b4c5d6e7f801234567",
            "git::https://example.com/x.git?ref=3f2a9c1d4b5e6f708192a3b4c5d6e7f801234567",
        ),
        (
            "https://github.com/acme/terraform-aws-vpc/releases/download/v1.2.3/app_linux_amd64.tar.gz",
            "https://github.com/acme/terraform-aws-vpc/releases/download/v1.2.3/app_linux_amd64.tar.gz",
        ),
        ("key: prod/eu-central-1/network/terraform.tfstate", "key: prod/eu-central-1/network/terraform.tfstate"),
        (
            "ssh_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG5v ann@laptop",
            "ssh_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG5v ann@laptop",
        ),
        (
            "PublicKey = mB3xZ1q9vK2c4nT7uY8wL0pR5sD6fG1hJ2kM3nB4vC0=",
            "PublicKey = mB3xZ1q9vK2c4nT7uY8wL0pR5sD6fG1hJ2kM3nB4vC0=",
        ),
        (
            "kms_key = arn:aws:kms:eu-1:1:key/2f1c4b7a-0e3f-4b7c-9d21-5fe80b6ac4aa",
            "kms_key = arn:aws:kms:eu-1:1:key/2f1c4b7a-0e3f-4b7c-9d21-5fe80b6ac4aa",
        ),
        ("- name: webhook\n  value: 203.0.113.7", "- name: webhook\n  value: 203.0.113.7"),
        ("/search?q=servers&sort=name&page=2", "/search?q=servers&sort=name&page=2"),
        (
            "password_policy: {min_length: 12, session_timeout: 30m}",
            "password_policy: {min_length: 12, session_timeout: 30m}",
        ),
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


@pytest.mark.parametrize(
    ("beside", "hidden"),
    [
        ({"name": "DB_PASSWORD", "value": "S3cr3t"}, ("value",)),
        ({"key": "PLAIN", "value": "S3cr3t", "type": "SECRET"}, ("value",)),
        ({"key": "plain", "value": "S3cr3t", "sensitive": True}, ("value",)),
        ({"name": "BORG_PASSPHRASE", "env": True, "job": "S3cr3t"}, ("job",)),
        ({"kind": "Secret", "stringData": {"user": "ann"}}, ("stringData",)),
        ({"kind": "ConfigMap", "data": {"user": "ann"}}, ()),
        ({"option": "api_token", "value": "S3cr3t"}, ("value",)),
        ({"name": "LOG_LEVEL", "value": "debug"}, ()),
        ({"name": "webhook", "value": "203.0.113.7"}, ()),
        ({"name": "token", "value": "app.example.com", "type": "CNAME"}, ()),
        ({"name": "rotate token", "job": "/usr/local/bin/rotate"}, ()),
    ],
)
def test_what_stands_beside_a_value_tells_that_it_is_a_secret(
    beside: dict[str, object], hidden: tuple[str, ...]
) -> None:
    assert told_secret(beside) == hidden


@pytest.mark.parametrize(
    ("resource_type", "arguments"),
    [
        ("heroku_config", {"sensitive_vars"}),
        ("azurerm_app_configuration_key", {"value"}),
        ("azurerm_linux_virtual_machine", {"custom_data"}),
        ("helm_release", {"set_sensitive"}),
    ],
)
def test_what_a_provider_calls_sensitive(resource_type: str, arguments: set[str]) -> None:
    catalog = load_catalog()
    assert arguments <= catalog.sensitive.of(resource_type)
    assert not catalog.sensitive.of("hcloud_server")


def test_base64_is_looked_into() -> None:
    script = base64.b64encode(b"#!/bin/sh\nexport API_TOKEN=S3cr3t\nsystemctl enable --now app\n").decode()
    harmless = base64.b64encode(b"#!/bin/sh\napt-get install -y nginx\nsystemctl enable --now nginx\n").decode()
    assert mask_text(script) == "<secret>"
    assert mask_text(harmless) == harmless


def test_the_brace_that_opens_a_block_is_no_secret() -> None:
    text = "a.example.com {\n  basic_auth {\n    bob x\n  }\n  reverse_proxy shop:80\n}\n"
    assert mask_text(text) == text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (["mysqladmin", "ping", "-pS3cr3t"], ["mysqladmin", "ping", "-p<secret>"]),
        (["mysqladmin", "ping", "-h", "db"],) * 2,
        (["S3_ACCESS_KEY", "S3_SECRET_KEY"],) * 2,
        ({"path": "/etc/passwd", "line": "ann:x:500:500::/:/bin/sh"},) * 2,
        ({"path": "/etc/sasl_passwd", "line": "relay ann:S3cr3t"}, {"path": "/etc/sasl_passwd", "line": "<secret>"}),
        ({"path": "/root/.htpasswd", "content": "S3cr3t"}, {"path": "/root/.htpasswd", "content": "<secret>"}),
        ({"path": "/etc/pam.d/common-password", "line": "password required pam_unix.so"},) * 2,
        ({"question": "a/root_password", "value": "S3cr3t"}, {"question": "a/root_password", "value": "<secret>"}),
        ({"community": "S3cr3t", "version": "v2c"}, {"community": "<secret>", "version": "v2c"}),
        ({"community": "65000:100"},) * 2,
        ({"vtype": "password", "value": "S3cr3t"}, {"vtype": "password", "value": "<secret>"}),
    ],
)
def test_arguments_of_tasks_that_tell_together_what_a_credential_is(value: object, shown: object) -> None:
    assert mask("", value) == shown


@pytest.mark.parametrize("words", ["a_pass_b-", "echo a ", "curl -u a ", "login ", "nmcli ", "cookie: ", "-auth"])
def test_a_long_line_takes_time_for_its_length_and_not_for_its_square(words: str) -> None:
    began = time.process_time()
    mask_text(words * (60_000 // len(words)))
    assert time.process_time() - began < 5


@pytest.mark.parametrize("text", ["key=" * 15_000, "secret: [" * 20_000, "password=x" + "}" * 200_000])
def test_a_value_that_stands_in_another_many_times_over_is_looked_at_as_far_as_it_tells(text: str) -> None:
    began = time.process_time()
    mask_text(text)
    assert time.process_time() - began < 9


@pytest.mark.parametrize("value", ['"' + "long words " * 900 + '"', "[" + ", ".join(["'S3cr3t'"] * 900) + "]"])
def test_a_long_credential_is_hidden_whole(value: str) -> None:
    assert "S3cr3t" not in mask_text(f"a: 1\npassword: {value}\nb: 2\n")
    assert "words" not in mask_text(f"a: 1\npassword: {value}\nb: 2\n")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a: {image: x, command: run --requirepass S3cr3t}", "a: {image: x, command: run --requirepass <secret>}"),
        ("a: {environment: [API_TOKEN=S3cr3t]}", "a: {environment: [API_TOKEN=<secret>]}"),
        ("(password=a(b)c)", "(password=<secret>)"),
        ("password=a(b)", "password=<secret>"),
        ('{"command":["--password","S3cr3t"],"name":"c"}', '{"command":["--password","<secret>"],"name":"c"}'),
    ],
)
def test_the_brackets_around_a_credential_stay(text: str, shown: str) -> None:
    assert mask_text(text) == shown


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("register.sh a8Fk2Lq9ZtX4vB7nM1wE", "register.sh <secret>"),
        ("app --license=a8Fk2Lq9ZtX4vB7nM1wE -v", "app --license=<secret> -v"),
        *(
            (line, line)
            for line in (
                "git checkout 5f3a9b1c0d2e4f6a8b7c9d0e1f2a3b4c5d6e7f80",
                "docker pull app@sha256:5f3a9b1c0d2e4f6a8b7c9d0e1f2a3b4c5d6e7f805f3a9b1c0d2e4f6a8b7c9d0e",
                "run ami-0a1b2c3d4e5f67890 3f2504e0-4f89-41d3-9a0c-0305e82c3301",
                "java -Dx=1 org.example.Some2Long4Class8Name /opt/Some2Long4Path8Name/x",
                "unzip terraform_1.5.7_linux_amd64_and_more.zip kubernetes-node-linux-amd64-v1-29-3",
            )
        ),
    ],
)
def test_words_of_a_command_that_a_generator_made(line: str, shown: str) -> None:
    assert mask_words(line) == shown
