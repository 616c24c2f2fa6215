"""One service for each place and program: what is one, and what stays two."""

from __future__ import annotations

from collections.abc import Callable

from linking_cases import inventory
from linking_services import PROMETHEUS, play, put

from archdoc.model.facts import EdgeKind, NodeKind
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
HOSTS = inventory("[web]\nweb-1\nweb-2\n[api]\napi-1\n[mon]\nmon-1\n")
SWEEP = put("[Timer]\nOnCalendar=*-*-* {{ at }}:00:00\n", "/etc/systemd/system/sweep.timer")
NGINX = "apt: {name: nginx}"


def services(graph: Graph, program: str) -> dict[str, list[str]]:
    """The services of a program, with the hosts they run on."""
    return {
        n.id: [t.name for t in graph.targets(n.id, EdgeKind.RUNS_ON)]
        for n in graph.nodes(NodeKind.SERVICE)
        if n.type == program
    }


def proxy(upstream: str) -> str:
    return put(f"server {{\n  location / {{ proxy_pass http://{upstream}; }}\n}}\n", "/etc/nginx/conf.d/site.conf")


def test_every_signal_is_evidence_of_the_one_service(graph_of: GraphOf) -> None:
    compose = "services:\n  prometheus:\n    image: prom/prometheus\n    volumes: ['./prometheus:/etc/prometheus']"
    tasks = (
        put(compose, "/opt/mon/compose.yml"),
        put(PROMETHEUS, "/opt/mon/prometheus/prometheus.yml"),
        "apt: {name: prometheus}",
        "service: {name: prometheus, state: started}",
    )
    graph = graph_of({**HOSTS, "site.yml": play("mon", *tasks)})
    assert services(graph, "prometheus") == {"service:mon-1:prometheus": ["mon-1"]}
    node = graph.node("service:mon-1:prometheus")
    assert len({node.source, *node.evidence}) == 4


def test_two_containers_of_one_program_stay_two(graph_of: GraphOf) -> None:
    def stack(name: str) -> str:
        return put("services:\n  db:\n    image: postgres", f"/srv/{name}/compose.yml")

    graph = graph_of({**HOSTS, "site.yml": play("api", stack("shop"), stack("blog"))})
    assert services(graph, "postgresql") == {
        "service:api-1/blog:db": ["api-1"],
        "service:api-1/shop:db": ["api-1"],
    }


def test_what_is_configured_differently_is_not_one(graph_of: GraphOf) -> None:
    site = play("all", NGINX) + play("web", proxy("api-1:8080")) + play("api", proxy("mon-1:9090"))
    graph = graph_of({**HOSTS, "site.yml": site})
    assert services(graph, "nginx") == {
        "service:api-1:nginx": ["api-1"],
        "service:mon-1:nginx": ["mon-1"],
        "service:web:nginx": ["web-1", "web-2"],
    }
    tos = {n: [c["to"] for c in graph.node(n).attributes.get("connections", [])] for n in services(graph, "nginx")}  # type: ignore[union-attr, index, call-overload]
    assert tos == {
        "service:api-1:nginx": ["mon-1"],
        "service:mon-1:nginx": [],
        "service:web:nginx": ["api-1"],
    }


def test_one_role_on_a_group_is_one_service_of_the_group(graph_of: GraphOf) -> None:
    graph = graph_of({**HOSTS, "site.yml": play("web", NGINX)})
    assert services(graph, "nginx") == {"service:web:nginx": ["web-1", "web-2"]}


def test_container_engines_and_clocks_are_no_services(graph_of: GraphOf) -> None:
    tasks = [
        "service: {name: " + n + ", state: started}" for n in ("docker", "containerd", "systemd-resolved", "chrony")
    ]
    graph = graph_of({**HOSTS, "site.yml": play("web", *tasks)})
    assert [n.id for n in graph.nodes(NodeKind.SERVICE) if n.type in ("docker", "containerd", "chrony")] == []


def test_each_inventory_has_its_own(graph_of: GraphOf) -> None:
    graph = graph_of(
        {
            "inventories/production/hosts": "[web]\nweb-1\nweb-2\n[db]\ndb-1\n",
            "inventories/production/group_vars/web.yml": "upstream: db-1:5432\nat: '1'\n",
            "inventories/staging/hosts": "[web]\nstage-1\nstage-2\n[db]\nstage-db-1\n",
            "inventories/staging/group_vars/web.yml": "upstream: stage-db-1:5432\nat: '5'\n",
            "site.yml": play("web", proxy("{{ upstream }}"), SWEEP) + play("db", "apt: {name: postgresql}"),
        }
    )
    assert services(graph, "nginx") == {
        "service:production/web:nginx": ["web-1", "web-2"],
        "service:staging/web:nginx": ["stage-1", "stage-2"],
    }
    for stage, database in (("production", "db-1"), ("staging", "stage-db-1")):
        reached = graph.targets(f"service:{stage}/web:nginx", EdgeKind.CONNECTS_TO)
        assert [t.id for t in reached] == [f"service:{database}:postgresql"]
    schedules = {n.attributes.get("schedule") for n in graph.nodes(NodeKind.JOB)}
    assert schedules == {"*-*-* 1:00:00", "*-*-* 5:00:00"}


def test_inventories_that_share_a_host_share_its_services(graph_of: GraphOf) -> None:
    site = play("web", proxy("db-1:80"))
    hosts = "[web]\nweb-1\n[db]\ndb-1\n"
    graph = graph_of({"inventories/a/hosts": hosts, "inventories/b/hosts": hosts, "site.yml": site})
    assert services(graph, "nginx") == {"service:web-1:nginx": ["web-1"]}


def test_tasks_of_two_nomad_jobs_with_one_program_stay_two(graph_of: GraphOf) -> None:
    job = 'job "%s" {\n  group "data" {\n    task "postgres" {\n      driver = "docker"\n'
    job += '      config {\n        image = "postgres:16"\n      }\n    }\n    task "x" {\n      driver = "exec"\n    }\n  }\n}\n'
    graph = graph_of({f"jobs/{name}.nomad.hcl": job % name for name in ("shop", "wiki")})
    names = {n.name for n in graph.nodes(NodeKind.SERVICE) if n.type == "postgresql"}
    assert names == {"shop/postgres", "wiki/postgres"}


def test_what_a_job_file_starts_is_not_the_container_that_takes_the_file_in(graph_of: GraphOf) -> None:
    client = "services:\n  nomad:\n    image: hashicorp/nomad\n    volumes: ['./nomad:/nomad']\n"
    task = 'task "web" {\n driver = "docker"\n config { image = "nginx:1.27" }\n}\n'
    job = f'job "shop" {{\n group "web" {{\n{task}}}\n}}\n'
    graph = graph_of({"compose.yml": client, "nomad/jobs/shop.nomad.hcl": job})
    assert services(graph, "nginx") == {"service:nomad/jobs:shop": []}
    assert services(graph, "nomad") == {"service:.:nomad": []}
