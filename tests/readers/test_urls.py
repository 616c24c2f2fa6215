"""What is no URL, wherever somebody wrote it, ends no run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archdoc.model.graph import Graph
from archdoc.readers.urls import host_and_port, host_of

GraphOf = Callable[[dict[str, str]], Graph]


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("https://Web.example.org:8443/a", "web.example.org", 8443),
        ("http://[::1]:80", "::1", 80),
        ("http://web:99999/", "web", None),
        ("http://web:http/", "web", None),
        ("http://[web/", "", None),
        ("http://[]/", "", None),
        ("nothing", "", None),
    ],
)
def test_host_and_port(url: str, host: str, port: int | None) -> None:
    assert host_and_port(url) == (host, port)
    assert host_of(url) == host


def test_an_unclosed_bracket_is_read_as_far_as_it_goes(graph_of: GraphOf) -> None:
    graph = graph_of(
        {
            "borgmatic.yaml": 'source_directories: [/etc]\nrepositories: [{path: "ssh://[borg/./x"}]\n'
            'healthchecks: {ping_url: "http://[x/"}\n',
            "alertmanager.yml": "route: {receiver: ops}\n"
            'receivers: [{name: ops, webhook_configs: [{url: "http://[hook/"}]}]\n',
            "prometheus.yml": 'scrape_configs: [{job_name: web, static_configs: [{targets: ["http://[web/"]}]}]\n',
            "main.tf": 'resource "aws_sns_topic_subscription" "ops" {\n  topic_arn = "x"\n'
            '  protocol = "https"\n  endpoint = "http://[ops/"\n}\n',
        }
    )
    names = {node.name for node in graph.nodes()}
    assert {"borgmatic", "ssh://[borg/./x", "Healthchecks", "Webhook", "http://[web/"} <= names
