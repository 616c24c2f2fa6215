"""Nomad job files: tasks as services, periodic jobs as jobs."""

from __future__ import annotations

from format_files import attributes, edges, placed, read

from archdoc.model.facts import EdgeKind, NodeKind

JOB = """
variable "tag" { default = "16" }
job "shop" {
  datacenters = ["eu"]
  group "app" {
    count = 3
    network {
      port "http" { to = 8080 }
      port "admin" { static = 9000 }
    }
    service {
      name = "shop-web"
      port = "http"
    }
    volume "data" {
      type   = "host"
      source = "shop-data"
    }
    task "web" {
      driver = "docker"
      config {
        image = "nginx:1.27"
        ports = ["http"]
      }
      env { DATABASE_URL = "postgres://db.internal:5432/shop" }
    }
    task "db" {
      driver = "docker"
      config { image = "postgres:${var.tag}" }
      volume_mount {
        volume      = "data"
        destination = "/var/lib/postgresql/data"
      }
    }
  }
}
"""


def test_every_task_is_a_service_with_its_image_ports_and_connections() -> None:
    graph = read(placed("/jobs/shop.nomad.hcl", JOB))
    web, db = attributes(graph, "service:web:shop/web"), attributes(graph, "service:web:shop/db")
    assert (web["image"], web["program"], web["replicas"]) == ("nginx:1.27", "nginx", 3)
    assert (web["expose"], web["server_names"]) == (["8080"], ["shop-web"])
    assert "ports" not in web, "the port of the machine is not in the task's own list"
    assert [c["to"] for c in web["connections"]] == ["db.internal"]
    assert (db["image"], db["program"], db.get("expose")) == ("postgres:16", "postgresql", None)
    assert edges(graph, EdgeKind.STORES_IN) == [("shop/db", "shop-data", 29)]
    assert graph.node("service:web:shop/web").source.line == 18


def test_a_periodic_job_is_a_job_with_its_schedule() -> None:
    text = """
    job "report" {
      type = "batch"
      periodic { cron = "@daily" }
      group "a" {
        task "a" {
          driver = "exec"
          config { command = "/usr/bin/report" }
        }
      }
    }
    """
    graph = read(placed("/jobs/report.nomad", text))
    (job,) = graph.nodes(NodeKind.JOB)
    assert (job.name, job.attributes["schedule"], job.attributes["command"]) == ("report", "@daily", "/usr/bin/report")
    assert not list(graph.nodes(NodeKind.SERVICE))


def test_what_is_broken_is_a_problem_and_the_rest_is_read() -> None:
    whole = 'job "a" {\n  group "g" {\n    task "a" {\n      config { image = "redis:7" }\n    }\n  }\n}\n'
    graph = read(placed("/jobs/a.nomad", whole + "job {{{\n"))
    assert [n.type for n in graph.nodes(NodeKind.SERVICE)] == ["redis"]
    assert [p.code for p in graph.problems()] == ["CFG001"]
