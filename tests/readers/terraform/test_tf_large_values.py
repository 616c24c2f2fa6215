"""Values too large to be shown whole: what is left out is said, and what they refer to is still drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import configuration_cases

from archdoc.model.facts import EdgeKind


def test_what_the_last_of_many_elements_refers_to_is_drawn(tmp_path: Path) -> None:
    text = """
    resource "aws_a" "last" {}
    resource "aws_b" "b" {
      list   = concat([for i in range(600) : "x${i}"], [aws_a.last.id])
      object = { for i in range(700) : format("k%03d", i) => i == 699 ? aws_a.last.id : "x" }
    }
    """
    configuration_cases.write({"main.tf": text}, tmp_path)
    graph = configuration_cases.graph_of(tmp_path)
    node = graph.node("tf:.:aws_b.b")
    values: Any = node.attributes["values"]
    assert len(values["list"]) == 500
    assert node.attributes["unknown"] == {
        "list[500]": "it and what follows is not shown: 601 elements are too many",
        "object.k500": "it and what follows is not shown: 700 elements are too many",
    }
    edges = graph.edges_from("tf:.:aws_b.b", EdgeKind.REFERENCES)
    assert {(e.target, e.attributes["attribute"]) for e in edges} >= {
        ("tf:.:aws_a.last", "list"),
        ("tf:.:aws_a.last", "object"),
    }


def test_lists_in_lists_are_cut_as_a_whole(tmp_path: Path) -> None:
    text = "locals { all = [for i in range(300) : [for j in range(300) : j]] }"
    configuration_cases.write({"main.tf": text}, tmp_path)
    node = configuration_cases.graph_of(tmp_path).node("tf:.:local.all")
    shown: Any = node.attributes["partial"]
    assert sum(len(inner) for inner in shown) == 20_000 - 300
    assert "not shown: 300 elements are too many" in str(node.attributes["unknown"])
