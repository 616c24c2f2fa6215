"""Containers and managed databases in the network view: they have no machine in the code, and stand in its networks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archdoc import views
from archdoc.config import Config
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
STACK = """
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "app" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}
resource "aws_security_group" "app" {
  vpc_id = aws_vpc.main.id
}
resource "aws_security_group" "db" {
  vpc_id = aws_vpc.main.id
  ingress {
    from_port       = 5432
    to_port         = 5432
    protocol        = "tcp"
    security_groups = [aws_security_group.app.id]
  }
}
resource "aws_lb" "front" {
  name = "front"
}
resource "aws_lb_target_group" "app" {
  port     = 80
  protocol = "HTTP"
}
resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.front.arn
  port              = 80
  protocol          = "HTTP"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.app.arn
  }
}
resource "aws_ecs_service" "api" {
  name = "api"
  network_configuration {
    subnets         = [aws_subnet.app.id]
    security_groups = [aws_security_group.app.id]
  }
  load_balancer {
    target_group_arn = aws_lb_target_group.app.arn
    container_name   = "api"
    container_port   = 8080
  }
}
resource "aws_ecs_service" "worker" {
  name = "worker"
}
resource "aws_db_instance" "shop" {
  identifier             = "shop"
  vpc_security_group_ids = [aws_security_group.db.id]
}
resource "aws_db_instance" "unreached" {
  identifier = "unreached"
}
"""


def test_traffic_leads_over_the_load_balancer_to_containers_and_from_them_to_the_database(graph_of: GraphOf) -> None:
    (made,) = views.draw("network", graph_of({"main.tf": STACK}), Config())
    names = {b.id: b.label[0] for b in made.boxes}
    frames = {c.id: c.label for c in made.clusters}
    assert {b.label: frames.get(b.cluster) for b in made.boxes} == {
        ("front", "load balancer"): "AWS",
        ("api", "ecs service"): "subnet app 10.0.1.0/24",
        ("shop", "db instance"): "AWS",
    }
    assert {(names[a.source], names[a.target], a.label) for a in made.arrows} == {
        ("front", "api", "80/http"),
        ("api", "shop", "5432/tcp"),
    }


def test_they_stay_in_the_overview_of_the_infrastructure(graph_of: GraphOf) -> None:
    (made,) = views.draw("infrastructure", graph_of({"main.tf": STACK}), Config())
    assert {b.label[0] for b in made.boxes} >= {"front", "api", "worker"}


TWO_SUBNETS = """
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "front" {
  count      = 2
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.${count.index}.0/24"
}
resource "aws_subnet" "data" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.8.0/24"
}
resource "aws_internet_gateway" "out" {
  vpc_id = aws_vpc.main.id
}
resource "aws_route_table" "out" {
  vpc_id = aws_vpc.main.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.out.id
  }
}
resource "aws_route_table_association" "front" {
  count          = 2
  subnet_id      = aws_subnet.front[count.index].id
  route_table_id = aws_route_table.out.id
}
resource "aws_lb" "front" {
  name    = "front"
  subnets = aws_subnet.front[*].id
}
resource "aws_db_subnet_group" "data" {
  subnet_ids = [aws_subnet.data.id]
}
resource "aws_db_instance" "shop" {
  identifier           = "shop"
  db_subnet_group_name = aws_db_subnet_group.data.name
}
"""


def test_what_is_in_several_subnets_stands_in_none_of_them_alone(graph_of: GraphOf) -> None:
    (made,) = views.draw("network", graph_of({"main.tf": TWO_SUBNETS}), Config())
    frames = {c.id: c.label for c in made.clusters}
    front = "subnet front ×2 10.0.0.0/24, 10.0.1.0/24"
    assert {b.label[0]: frames.get(b.cluster) for b in made.boxes} == {
        "front": front,
        "out": "network main 10.0.0.0/16",
        "shop": "subnet data 10.0.8.0/24",
    }
    assert [(frames[a.source], a.target.rpartition(".")[2]) for a in made.arrows] == [(front, "out")]


SHOP = """
resource "aws_ecs_cluster" "main" {
  name = "shop"
}
resource "aws_ecs_task_definition" "api" {
  family = "api"
  container_definitions = jsonencode([{
    name        = "api"
    image       = "acme/api:1"
    environment = [
      { name = "DB_HOST", value = aws_db_instance.shop.address },
      { name = "CACHE", value = "redis://${aws_elasticache_cluster.hot.cache_nodes[0].address}:6379" },
    ]
  }])
}
resource "aws_ecs_service" "api" {
  name            = "api"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.api.arn
  load_balancer {
    target_group_arn = aws_lb_target_group.api.arn
    container_name   = "api"
    container_port   = 8080
  }
}
resource "aws_ecs_service" "worker" {
  name            = "worker"
  task_definition = aws_ecs_task_definition.api.arn
}
resource "aws_lb" "front" {
  name = "front"
}
resource "aws_lb_target_group" "api" {
  port = 80
}
resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.front.arn
  port              = 80
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn
  }
}
resource "aws_db_instance" "shop" {
  identifier = "shop"
}
resource "aws_elasticache_cluster" "hot" {
  cluster_id = "hot"
}
resource "google_cloud_run_v2_service" "front" {
  name = "web"
  template {
    containers {
      image = "acme/web"
      env {
        name  = "PAYMENTS"
        value = google_cloud_run_v2_service.payments.uri
      }
    }
  }
}
resource "google_cloud_run_v2_service" "payments" {
  name = "payments"
}
resource "kubernetes_deployment" "mail" {
  metadata {
    name = "mailer"
  }
}
"""


def test_containers_without_a_machine_are_services_with_what_they_are_given_the_address_of(graph_of: GraphOf) -> None:
    (made,) = views.draw("services", graph_of({"main.tf": SHOP}), Config())
    names = {b.id: b.label[0] for b in made.boxes}
    assert {b.label for b in made.boxes} >= {("api", "ecs service", "in shop"), ("mailer", "deployment")}
    assert {(names[a.source], names[a.target]) for a in made.arrows} == {
        ("front", "api"),
        ("api", "shop"),
        ("api", "hot"),
        ("worker", "shop"),
        ("worker", "hot"),
        ("web", "payments"),
    }
    assert made.notes == ("No connection was found of: mailer.",)


def test_the_overview_says_which_load_balancer_leads_to_them_and_leaves_out_what_only_defines_them(
    graph_of: GraphOf,
) -> None:
    (made,) = views.draw("infrastructure", graph_of({"main.tf": SHOP}), Config())
    names = {b.id: b.label[0] for b in made.boxes}
    assert ("front", "leads to", "api") in {(names[a.source], a.label, names[a.target]) for a in made.arrows}
    assert "aws_ecs_task_definition" not in {line for b in made.boxes for line in b.label}


def test_a_block_that_makes_no_service_is_none(graph_of: GraphOf) -> None:
    text = 'resource "docker_container" "wiki" {\n  count = 0\n  name  = "wiki"\n}\n'
    (made,) = views.draw("services", graph_of({"main.tf": text}), Config())
    assert (made.boxes, made.notes) == ((), ("No service was found.",))


@pytest.mark.parametrize(("kind", "drawn"), [("LoadBalancer", True), ("ExternalName", False), ("", False)])
def test_a_service_of_kubernetes_is_a_load_balancer_only_where_it_says_so(
    graph_of: GraphOf, kind: str, drawn: bool
) -> None:
    said = f'type = "{kind}"' if kind else ""
    text = f'resource "kubernetes_service" "db" {{\n  metadata {{\n    name = "db"\n  }}\n  spec {{\n    {said}\n  }}\n}}\n'
    (made,) = views.draw("infrastructure", graph_of({"main.tf": text}), Config())
    assert [b.label[-1] for b in made.boxes] == (["load balancer"] if drawn else [])


FUNCTIONS = """
resource "aws_lambda_function" "api" {
  function_name = "api"
  environment {
    variables = {
      DB_HOST = aws_db_instance.main.address
      MAILER  = aws_lambda_function.mail.arn
    }
  }
}
resource "aws_lambda_function" "mail" {
  function_name = "mail"
}
resource "aws_lambda_alias" "live" {
  name          = "live"
  function_name = aws_lambda_function.api.arn
}
resource "aws_db_instance" "main" {
  identifier = "main"
}
resource "aws_apigatewayv2_api" "front" {
  name = "front"
}
resource "aws_apigatewayv2_integration" "api" {
  api_id          = aws_apigatewayv2_api.front.id
  integration_uri = aws_lambda_function.api.invoke_arn
}
resource "aws_sfn_state_machine" "flow" {
  name       = "flow"
  definition = jsonencode({ States = { Mail = { Resource = aws_lambda_function.mail.arn } } })
}
"""


def test_functions_stand_among_the_services_with_what_calls_them(graph_of: GraphOf) -> None:
    (drawing,) = views.draw("services", graph_of({"main.tf": FUNCTIONS}), Config())
    names = {box.id: box.label[0] for box in drawing.boxes}
    assert {f"{names[a.source]} > {names[a.target]}" for a in drawing.arrows} == {
        "front > api",
        "api > main",
        "api > mail",
        "flow > mail",
    }
