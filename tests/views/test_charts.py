"""Helm releases stand where the program of their chart stands."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archdoc import views
from archdoc.config import Config
from archdoc.model.diagram import Diagram
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]


def places(diagrams: tuple[Diagram, ...]) -> dict[str, str]:
    """The frame of each box, by the first line of its label."""
    frames = {c.id: c.label for d in diagrams for c in d.clusters}
    return {b.label[0]: frames.get(b.cluster, "") for d in diagrams for b in d.boxes}


def release(name: str, chart: str) -> str:
    return f'resource "helm_release" "{name}" {{\n  name  = "my-{name}"\n  chart = "{chart}"\n}}\n'


@pytest.mark.parametrize(
    ("chart", "services", "monitoring"),
    [
        ("redis", "Data layer", None),
        ("oci://registry.example.org/charts/redis", "Data layer", None),
        ("bitnami/postgresql-ha", "Data layer", None),
        ("ingress-nginx", "Frontend services", None),
        ("./charts/shop", "Application services", None),
        ("kube-prometheus-stack", None, "Collection layer"),
        ("loki", None, "Storage layer"),
        ("grafana", None, "Visualisation"),
    ],
)
def test_a_release_stands_where_its_program_stands(
    chart: str, services: str | None, monitoring: str | None, graph_of: GraphOf
) -> None:
    graph = graph_of({"main.tf": release("it", chart) + release("other", "shop")})
    assert places(views.draw("services", graph, Config())).get("my-it") == services
    assert places(views.draw("monitoring", graph, Config())).get("my-it") == monitoring


def test_the_drawing_of_services_says_which_releases_are_in_another(graph_of: GraphOf) -> None:
    graph = graph_of({"main.tf": release("loki", "loki") + release("shop", "shop")})
    notes = [note for d in views.draw("services", graph, Config()) for note in d.notes]
    assert any("my-loki" in note for note in notes)
