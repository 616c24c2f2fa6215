"""What stands in a place of credentials is one, whatever it is called there."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from archdoc.model.facts import NodeKind
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]


def env_of(graph_of: GraphOf, expression: str, variables: dict[str, str]) -> object:
    """What a task shows of an expression in the environment of a container."""
    play = f"""
        - hosts: web
          tasks:
            - community.docker.docker_container:
                name: app
                image: nginx
                env: {{X: "{{{{ {expression} }}}}"}}
        """
    graph = graph_of({"hosts.ini": "[web]\nweb1\n", "site.yml": play, **variables})
    signals = [s for n in graph.nodes(NodeKind.PLAY) for s in n.attributes["signals"]]  # type: ignore[union-attr]
    return signals[0]["arguments"]["env"]["X"]  # type: ignore[index, call-overload]


@pytest.mark.parametrize(
    ("expression", "path", "text"),
    [
        ("creds.alpha", "group_vars/web.yml", "creds: {alpha: kibomulate}"),
        ("app.secrets['grafana'].one", "group_vars/web.yml", "app: {secrets: {grafana: {one: kibomulate}}}"),
        ("logins_credentials[0].word", "group_vars/web.yml", "logins_credentials: [{name: reg, word: kibomulate}]"),
        ("(passwords | dict2items)[0].value", "group_vars/web.yml", "passwords: {mysql: kibomulate}"),
        ("vault_gitlab", "group_vars/web.yml", "vault_gitlab: kibomulate"),
        ("plain", "group_vars/all/vault.yml", "plain: kibomulate"),
        ("plain.k", "group_vars/web/secrets.yml", "plain: {k: kibo mula te}"),
        ("gitlab", "group_vars/web.yml", 'gitlab: "{{ vault_gitlab }}"\nvault_gitlab: kibomulate'),
    ],
)
def test_a_text_in_a_place_of_credentials_is_hidden(graph_of: GraphOf, expression: str, path: str, text: str) -> None:
    assert env_of(graph_of, expression, {path: text}) == "<secret>"


@pytest.mark.parametrize(
    ("expression", "path", "text", "shown"),
    [
        ("creds.user", "group_vars/web.yml", "creds: {user: ann, alpha: x}", "ann"),
        ("secrets.db.host", "group_vars/web.yml", "secrets: {db: {host: db1}}", "db1"),
        ("secrets.a", "group_vars/web.yml", "secrets: {a: db.example.org}", "db.example.org"),
        ("secrets.a", "group_vars/web.yml", "secrets: {a: /etc/app/key}", "/etc/app/key"),
        ("secrets.a", "group_vars/web.yml", "secrets: {a: DB_PASSWORD}", "DB_PASSWORD"),
        ("secrets.a", "group_vars/web.yml", "secrets: {a: app-db-password}", "app-db-password"),
        ("secrets.a", "group_vars/web.yml", "secrets: {a: kv/data/app}", "kv/data/app"),
        ("plain", "group_vars/vault.yml", "plain: kibomulate", "{{ plain }}"),
        ("vault_storage_kind", "group_vars/web.yml", "vault_storage_kind: postgresql", "postgresql"),
        ("vault_thing", "group_vars/web.yml", "vault_thing: enterprise\nvault_version: 1.13.0", "enterprise"),
        ("vault_thing", "group_vars/web.yml", "vault_thing: true", True),
    ],
)
def test_what_a_name_or_a_form_says_to_be_something_else_is_shown(
    graph_of: GraphOf, expression: str, path: str, text: str, shown: object
) -> None:
    assert env_of(graph_of, expression, {path: text}) == shown


def test_the_defaults_of_a_role_hide_it_too(graph_of: GraphOf) -> None:
    files = {
        "hosts.ini": "[web]\nweb1\n",
        "site.yml": "- {hosts: web, roles: [app]}",
        "roles/app/defaults/main.yml": "app_creds: {one: kibomulate, user: ann}",
        "roles/app/tasks/main.yml": "- apt: {name: nginx}",
    }
    shown = json.dumps([dict(n.attributes) for n in graph_of(files).nodes(NodeKind.ROLE)])
    assert "kibomulate" not in shown
    assert '"user": "ann"' in shown
