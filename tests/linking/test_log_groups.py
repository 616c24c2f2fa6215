"""Log groups that are called after what logs to them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archdoc.model.facts import EdgeKind, Provenance
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
FUNCTIONS = """
    resource "aws_iam_role" "api" { name = "api" }
    resource "aws_lambda_function" "api" { function_name = "shop-api" }
    resource "aws_lambda_function" "other" { function_name = "other" }
    resource "aws_cloudwatch_log_group" "it" { name = %s }
"""


@pytest.mark.parametrize(
    ("name", "logs"),
    [
        ('"/aws/lambda/${aws_lambda_function.api.function_name}"', {"aws_lambda_function.api"}),
        ('"/aws/lambda/shop-api"', {"aws_lambda_function.api"}),
        ('"/aws/lambda/shop"', set()),
        ('"/aws/rds/shop-api"', set()),
        ('"${aws_iam_role.api.name}-logs"', set()),
    ],
)
def test_a_log_group_has_the_logs_of_what_it_is_called_after(name: str, logs: set[str], graph_of: GraphOf) -> None:
    graph = graph_of({"main.tf": FUNCTIONS % name})
    edges = list(graph.edges(EdgeKind.SHIPS_LOGS_TO))
    assert {graph.node(e.source).address for e in edges} == logs
    assert {e.provenance for e in edges} <= {Provenance.INFERRED}
