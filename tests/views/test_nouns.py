"""What boxes are called that stand for several things of one kind, and where the monitoring view puts them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archdoc import views
from archdoc.config import Config
from archdoc.model.diagram import Diagram
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]


def drawn(graph_of: GraphOf, view: str, files: dict[str, str]) -> Diagram:
    return views.draw(view, graph_of(files), Config())[0]


@pytest.mark.parametrize(
    ("kind", "called"),
    [("null_resource", "null resource ×2"), ("terraform_data", "terraform data ×2"), ("aws_sqs_queue", "sqs queue ×2")],
)
def test_a_kind_keeps_the_name_of_its_provider_where_it_says_nothing_without(
    kind: str, called: str, graph_of: GraphOf
) -> None:
    code = "".join(f'resource "{kind}" "{name}" {{}}\n' for name in ("a", "b"))
    assert called in {box.label[0] for box in drawn(graph_of, "dependencies", {"main.tf": code}).boxes}


@pytest.mark.parametrize(("image", "stored"), [("influxdb:2", True), ("tecnativa/docker-socket-proxy", False)])
def test_what_a_collector_only_reads_is_no_store_of_measurements(image: str, stored: bool, graph_of: GraphOf) -> None:
    services = f"  glances:\n    image: nicolargo/glances\n    environment: {{TO: 'tcp://other:2375'}}\n  other:\n    image: {image}\n"
    drawing = drawn(graph_of, "monitoring", {"compose.yaml": f"services:\n{services}"})
    assert {box.label[0] for box in drawing.boxes if "storage" in (box.cluster or "")} == (
        {"other"} if stored else set()
    )


@pytest.mark.parametrize(
    ("block", "called"),
    [
        ('"aws_sns_topic" "this" {}', "alarms"),
        ('"aws_lambda_function" "lambda" { count = 1 }', "alarms"),
        ('"aws_lambda_function" "this" { function_name = "slack" }', "slack"),
        ('"aws_sns_topic" "pages" {}', "pages"),
    ],
)
def test_what_a_module_calls_this_has_the_name_of_the_module(block: str, called: str, graph_of: GraphOf) -> None:
    files = {"main.tf": 'module "alarms" {\n  source = "./m"\n}\n', "m/main.tf": f"resource {block}\n"}
    assert [box.label[0] for box in drawn(graph_of, "infrastructure", files).boxes] == [called]
