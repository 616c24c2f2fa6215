"""Who may use what, by policies of several providers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archdoc import views
from archdoc.config import Config
from archdoc.model.facts import EdgeKind
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
AWS = """
    resource "aws_s3_bucket" "files" { bucket = "files" }
    resource "aws_sqs_queue" "jobs" { name = "jobs" }
    resource "aws_iam_role" "app" {
      name               = "app"
      assume_role_policy = jsonencode({ Principal = aws_sqs_queue.jobs.arn })
    }
"""
DOCUMENT = """
    data "aws_iam_policy_document" "files" {
      statement {
        actions   = ["s3:GetObject"]
        resources = ["${aws_s3_bucket.files.arn}/*"]
      }
    }
    resource "aws_iam_policy" "files" { policy = data.aws_iam_policy_document.files.json }
    resource "aws_iam_role_policy_attachment" "files" {
      role       = aws_iam_role.app.name
      policy_arn = aws_iam_policy.files.arn
    }
"""
GOOGLE = """
    resource "google_service_account" "app" { account_id = "app" }
    resource "google_storage_bucket" "files" { name = "files" }
    resource "google_storage_bucket_iam_member" "app" {
      bucket = google_storage_bucket.files.name
      role   = "roles/storage.objectViewer"
      member = "serviceAccount:${google_service_account.app.email}"
    }
"""
AZURE = """
    resource "azurerm_user_assigned_identity" "app" { name = "app" }
    resource "azurerm_storage_account" "files" { name = "files" }
    resource "azurerm_role_assignment" "app" {
      scope                = azurerm_storage_account.files.id
      role_definition_name = "Storage Blob Data Reader"
      principal_id         = azurerm_user_assigned_identity.app.principal_id
    }
"""


def granted(graph: Graph) -> set[tuple[str, str, object]]:
    edges = [e for e in graph.edges(EdgeKind.ALLOWS) if e.attributes.get("how") == "iam"]
    return {(e.source.split(":")[-1], e.target.split(":")[-1], e.attributes.get("role")) for e in edges}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (AWS + DOCUMENT, ("aws_iam_role.app", "aws_s3_bucket.files", None)),
        (GOOGLE, ("google_service_account.app", "google_storage_bucket.files", "roles/storage.objectViewer")),
        (AZURE, ("azurerm_user_assigned_identity.app", "azurerm_storage_account.files", "Storage Blob Data Reader")),
    ],
    ids=["aws", "google", "azure"],
)
def test_a_policy_grants_what_it_names(text: str, found: tuple[str, str, str | None], graph_of: GraphOf) -> None:
    assert granted(graph_of({"main.tf": text})) == {found}


def test_who_may_take_a_role_is_not_granted_to_it(graph_of: GraphOf) -> None:
    assert granted(graph_of({"main.tf": AWS})) == set()


def test_what_a_statement_denies_is_not_granted(graph_of: GraphOf) -> None:
    denied = DOCUMENT.replace("statement {", 'statement {\n        effect = "Deny"')
    assert granted(graph_of({"main.tf": AWS + denied})) == set()


def test_a_grant_is_drawn_from_the_identity_to_what_it_may_use(graph_of: GraphOf) -> None:
    (drawn,) = views.draw("security", graph_of({"main.tf": GOOGLE}), Config())
    boxes = {box.id: box.label[0] for box in drawn.boxes}
    assert {(boxes[a.source], boxes[a.target], a.label) for a in drawn.arrows} == {
        ("app", "files", "roles/storage.objectViewer")
    }
    (network,) = views.draw("network", graph_of({"main.tf": GOOGLE}), Config())
    assert network.arrows == ()
