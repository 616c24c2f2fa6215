"""Files that are known by name and not read are named, and Dockerfiles are read for whoever builds them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from format_files import CATALOG, attributes

from archdoc.api import load_graph
from archdoc.config import Config

Write = Callable[[dict[str, str]], Path]


def notes(root: Path) -> list[tuple[str, str]]:
    graph = load_graph(root, Config())
    return [(p.source.path, p.message) for p in graph.problems() if p.code == "CFG003"]


def test_each_kind_is_named_once_for_a_directory(write: Write) -> None:
    root = write(
        {
            "Vagrantfile": "",
            "k8s/a.yaml": "apiVersion: v1\nkind: Service\n",
            "k8s/b/c.yaml": "apiVersion: v1\nkind: Secret\n",
            "k8s/values.yaml": "kinds: []\n",
            "apps/x/Dockerfile": "FROM nginx\n",
            "tests/Dockerfile": "FROM nginx\n",
            "terraform/.terraform.lock.hcl": "",
            "nomad/web.nomad": 'job "web" {\n  group "g" {\n    task "t" { config { image = "nginx" } }\n  }\n}\n',
        }
    )
    assert notes(root) == [
        ("Vagrantfile", "Vagrantfiles are not read: Vagrantfile"),
        ("apps/x/Dockerfile", "Dockerfiles that no Compose file builds are not read: apps/x/Dockerfile"),
        ("k8s/a.yaml", "Kubernetes manifests are not read: 2 files (a.yaml, c.yaml)"),
    ]


def test_what_compose_builds_says_its_base_and_ports(write: Write) -> None:
    compose = "services:\n  shop:\n    build:\n      context: ./shop\n      target: serve\n  other:\n    build: .\n"
    dockerfile = (
        "ARG NODE=20\nFROM node:${NODE} AS build\nEXPOSE 3000\nFROM nginx:1.27 AS serve\nEXPOSE 8080/tcp\nFROM build\n"
    )
    root = write({"compose.yml": compose, "shop/Dockerfile": dockerfile, "Dockerfile": dockerfile})
    graph = load_graph(root, Config())
    shop, other = attributes(graph, "service:.:shop"), attributes(graph, "service:.:other")
    assert (shop["base_image"], shop["expose"], shop["program"]) == ("nginx:1.27", ["8080/tcp"], "nginx")
    assert (other["base_image"], other["expose"]) == ("node:20", ["3000"])
    assert shop["dockerfile"] == "shop/Dockerfile"
    assert notes(root) == []
    assert CATALOG.unread.named("a/.terraform.lock.hcl") == []
