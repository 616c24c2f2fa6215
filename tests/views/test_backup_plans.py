"""A plan of backups stands between what chooses the data and where the copies go."""

from __future__ import annotations

from collections.abc import Callable

from archdoc import views
from archdoc.config import Config
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
CODE = """
resource "aws_ebs_volume" "data" {}
resource "aws_backup_vault" "vault" { name = "vault" }
resource "aws_backup_plan" "weekly" {
  name = "weekly"
  rule {
    rule_name         = "weekly"
    target_vault_name = aws_backup_vault.vault.name
  }
}
resource "aws_backup_selection" "chosen" {
  name      = "chosen"
  plan_id   = aws_backup_plan.weekly.id
  resources = [aws_ebs_volume.data.arn]
}
"""


def test_data_go_by_the_selection_and_its_plan_into_the_vault(graph_of: GraphOf) -> None:
    drawing = views.draw("backup", graph_of({"main.tf": CODE}), Config())[0]
    arrows = {(e.source.rsplit(".", 1)[-1], e.target.rsplit(".", 1)[-1]) for e in drawing.arrows}
    assert arrows == {("data", "chosen"), ("chosen", "weekly"), ("weekly", "vault")}
