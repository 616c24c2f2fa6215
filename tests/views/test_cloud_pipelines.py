"""Pipelines that a provider runs, in the view of pipelines."""

from __future__ import annotations

from collections.abc import Callable

from archdoc import views
from archdoc.config import Config
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
STACK = """
resource "aws_codestarconnections_connection" "github" {
  name = "github"
}
resource "aws_codebuild_project" "image" {
  name = "image"
}
resource "aws_ecs_service" "api" {
  name = "api"
}
resource "aws_codedeploy_app" "api" {
  name = "api-app"
}
resource "aws_codedeploy_deployment_group" "api" {
  app_name              = aws_codedeploy_app.api.name
  deployment_group_name = "blue-green"
  ecs_service {
    service_name = aws_ecs_service.api.name
  }
}
resource "aws_codepipeline" "release" {
  name = "release"
  stage {
    name = "Get"
    action {
      name     = "Source"
      category = "Source"
      provider = "CodeStarSourceConnection"
      configuration = {
        ConnectionArn = aws_codestarconnections_connection.github.arn
        BranchName    = "main"
      }
    }
  }
  stage {
    name = "Build"
    action {
      name     = "Image"
      category = "Build"
      provider = "CodeBuild"
      configuration = {
        ProjectName = aws_codebuild_project.image.name
      }
    }
  }
  stage {
    name = "Deploy"
    action {
      name     = "Api"
      category = "Deploy"
      provider = "CodeDeployToECS"
      configuration = {
        ApplicationName     = aws_codedeploy_app.api.name
        DeploymentGroupName = aws_codedeploy_deployment_group.api.deployment_group_name
      }
    }
  }
}
resource "aws_codepipeline" "off" {
  count = 0
  name  = "off"
  stage {
    name = "Never"
  }
}
"""


def test_a_pipeline_of_a_provider_is_its_stages_in_order_with_what_they_use(graph_of: GraphOf) -> None:
    (made,) = views.draw("pipeline", graph_of({"main.tf": STACK}), Config())
    names = {b.id: b.label[0] for b in made.boxes}
    frames = {c.id: c.label for c in made.clusters}
    assert {b.label[:2] for b in made.boxes if frames.get(b.cluster) == "release"} == {
        ("Get", "CodeStarSourceConnection, branch main"),
        ("Build", "CodeBuild"),
        ("Deploy", "CodeDeployToECS"),
    }
    assert {(names[a.source], names[a.target], a.kind) for a in made.arrows} == {
        ("github", "Get", "triggers"),
        ("Get", "Build", "then"),
        ("Build", "image", "runs"),
        ("Build", "Deploy", "then"),
        ("Deploy", "api", "runs"),
        ("api", "api", "deploys_to"),
    }
