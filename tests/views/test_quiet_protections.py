"""Protections without an arrow, in the drawing of security."""

from __future__ import annotations

from collections.abc import Callable

from archdoc import views
from archdoc.config import Config
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]


def secrets(count: int) -> str:
    return "".join(
        f'resource "azurerm_key_vault_secret" "s{n}" {{\n  name         = "s{n}"\n  key_vault_id = "elsewhere"\n}}\n'
        for n in range(count)
    )


def labels(graph: Graph) -> list[tuple[str, ...]]:
    (made,) = views.draw("security", graph, Config())
    return [box.label for box in made.boxes]


def test_many_secrets_of_one_root_are_one_box_that_stands_for_all(graph_of: GraphOf) -> None:
    (made,) = views.draw("security", graph_of({"main.tf": secrets(9)}), Config())
    assert [box.label for box in made.boxes] == [("9 key vault secrets", "s0, s1 +7")]
    assert len(made.boxes[0].node_ids) == 9


def test_a_few_are_named(graph_of: GraphOf) -> None:
    assert labels(graph_of({"main.tf": secrets(3)})) == [(f"s{n}", "azurerm_key_vault_secret") for n in range(3)]


def test_those_that_protect_something_are_drawn_with_it(graph_of: GraphOf) -> None:
    groups = "".join(
        f'resource "aws_security_group" "g{n}" {{\n  name = "g{n}"\n}}\n'
        f'resource "aws_instance" "m{n}" {{\n  vpc_security_group_ids = [aws_security_group.g{n}.id]\n}}\n'
        for n in range(9)
    )
    assert {(f"g{n}", "aws_security_group") for n in range(9)} <= set(labels(graph_of({"main.tf": groups})))
