"""What providers keep of databases, and what of it the code leaves open."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archdoc import views
from archdoc.config import Config
from archdoc.model.facts import EdgeKind
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]


def of(graph_of: GraphOf, text: str) -> Graph:
    return graph_of({"main.tf": text})


def retentions(graph: Graph) -> set[object]:
    return {e.attributes.get("retention") for e in graph.edges(EdgeKind.BACKS_UP)}


def said(graph: Graph) -> list[str]:
    (drawn,) = views.draw("backup", graph, Config())
    return [n for n in drawn.notes if "databases" in n]


@pytest.mark.parametrize(
    ("text", "retention"),
    [
        ('resource "aws_db_instance" "shop" { backup_retention_period = 7 }', "7"),
        ('resource "aws_db_instance" "shop" { backup_retention_period = "7" }', "7"),
        (
            'variable "days" { default = "14" }\nresource "aws_db_instance" "shop" { backup_retention_period = var.days }',
            "14",
        ),
        ('resource "aws_docdb_cluster" "shop" {}', "1 day, the default"),
        ('resource "azurerm_cosmosdb_account" "shop" {\n  backup {\n    type = "Continuous"\n  }\n}', None),
    ],
)
def test_a_retention_is_a_backup(text: str, retention: str | None, graph_of: GraphOf) -> None:
    graph = of(graph_of, text)
    assert retentions(graph) == {retention}
    assert said(graph) == []


@pytest.mark.parametrize("days", ["0", '"0"'])
def test_no_days_are_no_backup(days: str, graph_of: GraphOf) -> None:
    graph = of(graph_of, f'resource "aws_db_instance" "shop" {{ backup_retention_period = {days} }}')
    assert retentions(graph) == set()
    assert said(graph) == ["No backup was found for these databases: aws_db_instance.shop."]


@pytest.mark.parametrize("kind", ["aws_db_instance", "aws_rds_cluster"])
def test_a_retention_that_is_known_later_is_said_to_be(kind: str, graph_of: GraphOf) -> None:
    text = f'variable "days" {{}}\nresource "{kind}" "shop" {{ backup_retention_period = var.days }}'
    graph = of(graph_of, text)
    assert retentions(graph) == set()
    assert said(graph) == [f"Whether these databases are backed up is known only when applied: {kind}.shop."]


def test_a_copy_and_a_part_are_saved_with_what_they_belong_to(graph_of: GraphOf) -> None:
    text = """
        resource "aws_db_instance" "shop" { backup_retention_period = 7 }
        resource "aws_db_instance" "copy" { replicate_source_db = aws_db_instance.shop.identifier }
        resource "postgresql_database" "orders" { name = "orders" }
    """
    assert said(of(graph_of, text)) == []


def test_what_only_reads_files_is_no_database(graph_of: GraphOf) -> None:
    text = """
        resource "aws_glue_catalog_database" "logs" { name = "logs" }
        resource "aws_athena_named_query" "logs" { name = "logs" }
        resource "aws_glue_crawler" "logs" { name = "logs" }
    """
    assert said(of(graph_of, text)) == []
