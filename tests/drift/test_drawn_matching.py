"""What a label stands for: the nodes that bear all of it; never one that merely has a word of it in its name."""

from __future__ import annotations

import time

import pytest

from archdoc.catalog import load_catalog
from archdoc.drift.drawn.arrows import Ways
from archdoc.drift.drawn.codebook import Codebook
from archdoc.drift.drawn.compare import match_all
from archdoc.drift.drawn.flowchart import read_flowchart
from archdoc.drift.drawn.matching import Match, Matcher
from archdoc.model.facts import Attributes, Category, Edge, EdgeKind, Node, NodeKind, Source, TerraformPlace
from archdoc.model.graph import Graph

PLACE = Source("main.tf", 1)


def resource(address: str, category: Category = Category.COMPUTE, **attributes: object) -> Node:
    kind, _, name = address.partition(".")
    block, bracket, key = name.partition("[")
    instance: str | int | None = None
    if bracket:
        instance = key.strip('"]') if '"' in key else int(key.strip("]"))
    place = TerraformPlace(".", "", f"{kind}.{block}", instance)
    held: Attributes = attributes  # type: ignore[assignment]
    return Node(f"tf:.:{address}", NodeKind.RESOURCE, kind, name, PLACE, address, category, held, (), place)


def service(name: str, program: str = "", category: Category = Category.OTHER, kind: str = "") -> Node:
    held: Attributes = {"program": program, "kind": kind} if program else {}
    return Node(f"service:x:{name}", NodeKind.SERVICE, program or name, name, PLACE, "", category, held)


def host(name: str, address: str = "") -> Node:
    held: Attributes = {"ansible_host": address} if address else {}
    return Node(f"host:{name}", NodeKind.HOST, "host", name, PLACE, "", Category.COMPUTE, held)


def role(name: str) -> Node:
    return Node(f"role:{name}", NodeKind.ROLE, "role", name, PLACE, f"roles/{name}")


NODES = (
    resource('aws_instance.web["web-1"]', network_role="server"),
    resource('aws_instance.web["web-2"]', network_role="server"),
    resource("aws_instance.worker[0]", network_role="server"),
    resource("aws_instance.worker[1]", network_role="server"),
    resource("aws_instance.api", network_role="server"),
    resource("aws_subnet.public", Category.NETWORK, network_role="subnet"),
    resource("aws_lb.main", Category.LOAD_BALANCING, network_role="load_balancer"),
    resource("aws_cloudwatch_log_group.app", Category.LOGGING),
    resource("aws_security_group.db", Category.SECURITY, network_role="firewall"),
    resource("aws_db_instance.orders", Category.DATABASE, values={"engine": "mysql", "identifier": "orders"}),
    resource("aws_route53_record.www", Category.DNS, network_role="record"),
    service("web_hosting"),
    service("redis-exporter", "redis-exporter", Category.MONITORING, "exporter"),
    service("grafana", "grafana", Category.MONITORING, "dashboard"),
    host("cache-1", "10.0.2.21"),
    host("192.168.0.101"),
    resource('cloudflare_dns_record.app["jaeger"]', Category.DNS, network_role="record"),
    Node(
        "tf:.:module.vpc",
        NodeKind.MODULE,
        "module",
        "vpc",
        PLACE,
        "module.vpc",
        Category.PLUMBING,
        {"external": True, "source": "acme/vpc/aws", "inputs": {"enable_vpn_gateway": True, "enable_flow_log": False}},
        (),
        TerraformPlace("."),
    ),
    role("docker"),
    role("system"),
)
EDGES = (
    Edge("tf:.:aws_lb.main", 'tf:.:aws_instance.web["web-1"]', EdgeKind.ROUTES_TO, (PLACE,)),
    Edge('tf:.:aws_instance.web["web-1"]', "tf:.:aws_db_instance.orders", EdgeKind.REFERENCES, (PLACE,)),
    Edge("service:x:grafana", "host:cache-1", EdgeKind.RUNS_ON, (PLACE,)),
    Edge("service:x:web_hosting", "host:cache-1", EdgeKind.RUNS_ON, (PLACE,)),
)
MATCHER = Matcher(Codebook(Graph(NODES, EDGES), load_catalog()), {"The box": "aws_instance.api", "Meeting": ""})


def match(label: str, numbered: bool = False) -> Match:
    (box,) = read_flowchart(f'graph TD\nX["{label}"]').boxes
    return MATCHER.match(box, numbered)


def names(found: Match) -> set[str]:
    return {i.removeprefix("tf:.:") for i in found.node_ids}


@pytest.mark.parametrize(
    ("label", "nodes"),
    [
        ("aws_instance.api", {"aws_instance.api"}),
        ("web-1", {'aws_instance.web["web-1"]'}),
        ("Web Server 2", {'aws_instance.web["web-2"]'}),
        ("Worker 1", {"aws_instance.worker[0]", "aws_instance.worker[1]"}),
        ("Public Subnet<br/>10.0.1.0/24", {"aws_subnet.public"}),
        ("Application Load Balancer (ALB)", {"aws_lb.main"}),
        ("CloudWatch Logs", {"aws_cloudwatch_log_group.app"}),
        ("DB Security Group", {"aws_security_group.db"}),
        ("RDS MySQL", {"aws_db_instance.orders"}),
        ("Route 53", {"aws_route53_record.www"}),
        ("Grafana Dashboard", {"service:x:grafana"}),
        ("Loki/Grafana", {"service:x:grafana"}),
        ("System Role", {"role:system"}),
        ("10.0.2.21", {"host:cache-1"}),
        ("pi1<br/>192.168.0.101", {"host:192.168.0.101"}),
        ("VPN Gateway", {"module.vpc"}),
        ("Internet", {"aws_lb.main", "aws_route53_record.www"}),
        ("The box", {"aws_instance.api"}),
    ],
)
def test_a_label_is_matched_by_name_program_type_or_synonym(label: str, nodes: set[str]) -> None:
    found = match(label)
    assert names(found) >= nodes, found
    assert found.why
    if len(nodes) == 1 and "Internet" not in label:
        assert names(found) == nodes


@pytest.mark.parametrize(
    "label",
    [
        *("Web Server 3", "Private Subnet", "Redis", "PostgreSQL", "Database<br/>PostgreSQL 16", "Bastion Host"),
        *("Kibana", "WAF", "NAT Gateway", "Chat Server 1", "grafana-oss", "Grafana & Jaeger", "10.9.9.9", "web-3"),
        *("Mail Role", "Azure Key Vault", "Manual Testing", "old-playbook.yml", "DynamoDB", "Jaeger UI"),
        *("Jaeger", "Flow Logs", "cache-7", "pi4"),
    ],
)
def test_a_phantom_is_never_matched_by_a_part_of_its_name(label: str) -> None:
    found = match(label)
    assert names(found) == set()
    assert found.claims


def read(label: str, *nodes: Node, edges: tuple[Edge, ...] = ()) -> set[str]:
    (box,) = read_flowchart(f'graph TD\nX["{label}"]').boxes
    return names(Matcher(Codebook(Graph(nodes, edges), load_catalog())).match(box))


EC2 = resource("aws_instance.a", network_role="server")
HCLOUD = resource("hcloud_server.b", network_role="server")
WORKFLOW = Node("ci:x", NodeKind.WORKFLOW, "github", "ci.yml", PLACE)


@pytest.mark.parametrize(
    ("label", "nodes"),
    [
        ("EC2 instance", {"aws_instance.a"}),
        ("Droplet", set()),
        ("Linode", set()),
        ("Azure VM", set()),
        ("AWS server", {"aws_instance.a"}),
        ("Amazon EC2", {"aws_instance.a"}),
        ("AWS Cloud", {"aws_instance.a", "aws_s3_bucket.c"}),
        ("Microsoft Azure", set()),
        ("Hetzner Cloud server", {"hcloud_server.b"}),
        ("VM", {"aws_instance.a", "hcloud_server.b"}),
        ("GCS bucket", set()),
        ("S3 bucket", {"aws_s3_bucket.c"}),
        ("Bucket", {"aws_s3_bucket.c"}),
        ("GitHub Actions", {"ci:x"}),
        ("GitLab CI", set()),
        ("CI pipeline", {"ci:x"}),
    ],
)
def test_what_a_provider_calls_its_own_is_of_that_provider(label: str, nodes: set[str]) -> None:
    assert read(label, EC2, HCLOUD, resource("aws_s3_bucket.c", Category.STORAGE), WORKFLOW) == nodes


def test_a_list_of_rules_for_requests_is_none_of_a_network() -> None:
    web_acl = resource("aws_wafv2_web_acl.front", Category.SECURITY, network_role="firewall")
    assert read("Web ACL", web_acl) == {"aws_wafv2_web_acl.front"}
    assert read("Network ACL", web_acl) == set()
    assert read("Network ACL", resource("aws_network_acl.db", Category.SECURITY)) == {"aws_network_acl.db"}


def test_a_machine_of_an_inventory_is_of_the_provider_that_makes_it() -> None:
    twin = (Edge("tf:.:aws_instance.a", "host:a", EdgeKind.SAME_AS, (PLACE,)),)
    assert read("EC2", EC2, host("a"), host("b"), edges=twin) == {"aws_instance.a", "host:a"}


def test_a_machine_of_nobody_known_may_be_of_any_provider_that_the_code_has() -> None:
    record = resource("aws_route53_record.www", Category.DNS)
    assert read("EC2", record, host("a")) == {"host:a"}
    assert read("Droplet", record, host("a")) == set()


def test_a_module_of_a_registry_is_of_its_provider() -> None:
    held: Attributes = {"external": True, "source": "terraform-aws-modules/lambda/aws"}
    module = Node("tf:.:module.f", NodeKind.MODULE, "module", "f", PLACE, "module.f", Category.SERVERLESS, held)
    assert read("Lambda function", module) == {"module.f"}
    assert read("Azure function", module) == set()


@pytest.mark.parametrize("thing", [resource("acme_certificate.www", Category.SECURITY), service("caddy", "caddy")])
def test_what_gets_certificates_from_lets_encrypt_is_lets_encrypt(thing: Node) -> None:
    assert read("Let's Encrypt", thing, HCLOUD) == names(Match(frozenset({thing.id})))
    assert read("Let's Encrypt", HCLOUD) == set()


def test_a_cluster_of_anything_is_no_kubernetes() -> None:
    redis = resource("aws_elasticache_replication_group.redis_cluster", Category.CACHE, network_role="cluster")
    ecs = resource("aws_ecs_cluster.main", Category.CONTAINER, network_role="cluster")
    assert read("Kubernetes cluster", redis, ecs) == set()
    assert read("Cluster", ecs) == {"aws_ecs_cluster.main"}
    assert read("Kubernetes", ecs, resource("aws_eks_cluster.k", Category.CONTAINER)) == {"aws_eks_cluster.k"}


def test_a_broker_is_the_program_that_is_its_engine() -> None:
    broker = resource("aws_mq_broker.a", Category.MESSAGING, values={"engine_type": "RabbitMQ"})
    assert read("RabbitMQ", broker) == {"aws_mq_broker.a"}
    assert read("Kafka", broker) == set()


def test_a_policy_for_a_program_is_not_the_program() -> None:
    place = TerraformPlace(".", "", "data.aws_iam_policy_document.jenkins", None)
    policy = Node(
        "tf:.:data.x",
        NodeKind.DATA_SOURCE,
        "aws_iam_policy_document",
        "jenkins",
        PLACE,
        "data.x",
        Category.IDENTITY,
        terraform=place,
    )
    assert read("Jenkins", policy) == set()


def test_a_network_of_containers_is_the_services_in_it() -> None:
    web = service("web", "nginx")
    inside = Node(web.id, web.kind, web.type, web.name, PLACE, attributes={"networks": ["front-net"]})
    assert read("front-net", inside, service("db")) == {"service:x:web"}
    assert read("back-net", inside) == set()


def test_a_name_that_only_a_file_has_is_not_judged() -> None:
    (box,) = read_flowchart('graph TD\nX["cloud-csi"]').boxes
    for files, claims in ((frozenset({"cloud-csi.yaml.j2"}), False), (frozenset({"csi.yaml.j2"}), True)):
        assert Matcher(Codebook(Graph([HCLOUD]), load_catalog()), files=files).match(box).claims is claims


AGENTS = (
    resource("hcloud_server.agent-cx21[0]", network_role="server", values={"name": "agent-cx21-0"}),
    resource("hcloud_server.agent-cx21[1]", network_role="server", values={"name": "agent-cx21-1"}),
    resource("hcloud_server.server[0]", network_role="server", values={"name": "server-0"}),
    host("a-fsn-de.example.org"),
)


@pytest.mark.parametrize(
    ("label", "nodes"),
    [
        ("agent-cx21-1", {"hcloud_server.agent-cx21[1]"}),
        ("agent-cx21-2", set()),
        ("Agent 2", {"hcloud_server.agent-cx21[1]"}),
        ("server-0", {"hcloud_server.server[0]"}),
        ("Server 0", {"hcloud_server.server[0]"}),
        ("a-fsn-de.example.org", {"host:a-fsn-de.example.org"}),
        ("z-fsn-de.example.org", set()),
    ],
)
def test_a_label_that_is_written_as_a_name_is_that_name_and_no_other(label: str, nodes: set[str]) -> None:
    assert read(label, *AGENTS) == nodes


def test_a_firewall_of_the_cloud_is_none_on_a_host() -> None:
    wall = resource("hcloud_firewall.a", Category.SECURITY, network_role="firewall")
    ufw = service("ufw", "ufw", Category.SECURITY, "firewall")
    assert read("Cloud firewall", wall, ufw) == {"hcloud_firewall.a"}
    assert read("Cloud firewall", ufw) == set()
    assert read("Firewall", wall, ufw) == {"hcloud_firewall.a", "service:x:ufw"}


def test_numbered_boxes_are_told_from_versions() -> None:
    assert names(match("Grafana 11")) == {"service:x:grafana"}
    assert names(match("Grafana 2", numbered=True)) == set()
    assert names(match("API Server 1", numbered=True)) == set()


def test_the_nearest_candidates_say_what_they_lack() -> None:
    found = match("Private Subnet")
    assert [(n.node_id, n.lacks) for n in found.nearest] == [("tf:.:aws_subnet.public", ("Private",))]
    near = match("Web Server 3").nearest
    assert {n.node_id for n in near} >= {'tf:.:aws_instance.web["web-1"]'}
    assert {n.lacks for n in near} == {("number 3",)}


def test_what_claims_nothing_is_not_judged() -> None:
    assert not match("Meeting").claims
    assert not match("The main layer").claims


def test_an_arrow_needs_a_relation_between_its_ends_not_a_place_that_they_share() -> None:
    ways = Ways(MATCHER.book)

    def supports(source: str, target: str) -> bool:
        return ways.support(match(source).node_ids, match(target).node_ids)

    assert supports("Load Balancer", "web-1")
    assert supports("web-1", "Load Balancer")
    assert supports("web-1", "RDS")
    assert supports("Grafana", "cache-1")
    assert not supports("Load Balancer", "Worker 2")
    assert not supports("Load Balancer", "RDS")
    assert not supports("Public Subnet", "RDS")


def test_many_boxes_against_many_things_take_bounded_time() -> None:
    things = [resource(f'aws_instance.web["web-{i}"]', network_role="server") for i in range(8_000)]
    text = "graph LR\n" + "\n".join(f'b{i}["Gizmo {chr(97 + i % 26)}{i}"] --> w{i}["web-{i}"]' for i in range(600))
    drawing = read_flowchart(text)
    begin = time.process_time()
    matcher = Matcher(Codebook(Graph(things), load_catalog()))
    found = match_all(drawing, matcher)
    assert time.process_time() - begin < 60
    assert sum(bool(m.node_ids) for m in found.values()) == 600


def ways_of(*edges: tuple[str, EdgeKind, str], nodes: tuple[Node, ...]) -> Ways:
    known = (Edge(a, b, kind, (PLACE,), rule="test") for a, kind, b in edges)
    return Ways(Codebook(Graph(nodes, known), load_catalog()))


def one(node: Node) -> frozenset[str]:
    return frozenset({node.id})


def test_traffic_does_not_pass_unseen_through_what_is_drawn() -> None:
    net = Node("external:internet", NodeKind.EXTERNAL, "internet", "Internet", PLACE)
    lb = resource("aws_lb.main", Category.LOAD_BALANCING, network_role="load_balancer")
    web, db = resource("aws_instance.web"), resource("aws_db_instance.main", Category.DATABASE)
    ways = ways_of(
        (net.id, EdgeKind.ROUTES_TO, lb.id),
        (lb.id, EdgeKind.ROUTES_TO, web.id),
        (web.id, EdgeKind.ALLOWS, db.id),
        nodes=(net, lb, web, db),
    )
    assert ways.support(one(net), one(lb))
    assert ways.support(one(net), one(web), one(web))
    assert ways.support(one(lb), one(db))
    assert not ways.support(one(lb), one(db), one(web))


def test_who_looks_at_something_is_not_related_to_what_that_talks_to() -> None:
    grafana = service("grafana", "grafana", Category.MONITORING)
    prometheus = service("prometheus", "prometheus", Category.MONITORING)
    api, redis = service("api"), service("redis", "redis", Category.CACHE)
    ways = ways_of(
        (grafana.id, EdgeKind.VISUALIZES, prometheus.id),
        (prometheus.id, EdgeKind.SCRAPES, api.id),
        (api.id, EdgeKind.CONNECTS_TO, redis.id),
        nodes=(grafana, prometheus, api, redis),
    )
    assert ways.support(one(prometheus), one(grafana))
    assert ways.support(one(api), one(redis))
    assert not ways.support(one(redis), one(grafana))
    assert not ways.support(one(grafana), one(api))


def test_two_that_meet_in_a_target_group_are_related_and_two_in_one_network_are_not() -> None:
    lb = resource("aws_lb.main", Category.LOAD_BALANCING, network_role="load_balancer")
    group = resource("aws_lb_target_group.web", Category.LOAD_BALANCING, network_role="target_group")
    app, batch = resource("aws_ecs_service.app"), resource("aws_instance.batch")
    vpc = resource("aws_vpc.main", Category.NETWORK, network_role="container")
    ways = ways_of(
        (lb.id, EdgeKind.ROUTES_TO, group.id),
        (app.id, EdgeKind.REFERENCES, group.id),
        *((vpc.id, EdgeKind.CONTAINS, n.id) for n in (lb, app, batch)),
        *((n.id, EdgeKind.REFERENCES, vpc.id) for n in (lb, app, batch)),
        nodes=(lb, group, app, batch, vpc),
    )
    assert ways.support(one(lb), one(app))
    assert ways.support(one(vpc), one(batch))
    assert not ways.support(one(lb), one(batch))
    assert not ways.support(one(app), one(batch))


def test_traffic_enters_by_the_firewall_that_lets_it_in_and_by_no_other() -> None:
    net = Node("external:internet", NodeKind.EXTERNAL, "internet", "Internet", PLACE)
    held: Attributes = {"network_role": "firewall"}
    walls = [
        Node(f"tf:.:hcloud_firewall.{name}", NodeKind.RESOURCE, "hcloud_firewall", name, Source("walls.tf", line, line + 8),
             f"hcloud_firewall.{name}", Category.SECURITY, held)
        for line, name in ((1, "web"), (11, "db"))
    ]  # fmt: skip
    rule = Node(
        "tf:.:rule", NodeKind.RESOURCE, "rule", "r", Source("r.tf", 5), "rule.r", attributes={"network_role": "rule"}
    )
    apart = resource("aws_security_group.a", Category.SECURITY, network_role="firewall")
    server = resource("hcloud_server.a", network_role="server")
    edges = (
        *(Edge(w.id, server.id, EdgeKind.PROTECTS, (PLACE,)) for w in (*walls, apart)),
        Edge(net.id, server.id, EdgeKind.ALLOWS, (Source("walls.tf", 1), PLACE)),
        Edge(net.id, server.id, EdgeKind.ALLOWS, (Source("r.tf", 5),), attributes={"ports": "22"}),
        Edge(rule.id, apart.id, EdgeKind.REFERENCES, (PLACE,)),
    )
    ways = Ways(Codebook(Graph((net, *walls, rule, apart, server), edges), load_catalog()))
    assert ways.support(one(net), one(walls[0]))
    assert not ways.support(one(net), one(walls[1]))
    assert ways.support(one(net), one(apart))


def test_a_role_is_related_to_the_machines_that_a_play_applies_it_to() -> None:
    web, db, common, nginx = host("web"), host("db"), role("common"), role("nginx")
    group = Node("group:web", NodeKind.GROUP, "group", "web", PLACE)
    play = Node("play:a", NodeKind.PLAY, "play", "a", PLACE)
    ways = ways_of(
        (play.id, EdgeKind.TARGETS, group.id),
        (web.id, EdgeKind.MEMBER_OF, group.id),
        (play.id, EdgeKind.APPLIES, nginx.id),
        (nginx.id, EdgeKind.DEPENDS_ON, common.id),
        nodes=(web, db, common, nginx, group, play),
    )
    assert ways.support(one(nginx), one(web))
    assert ways.support(one(web), one(common))
    assert not ways.support(one(nginx), one(db))


def test_a_program_of_which_the_code_says_nothing_is_not_judged() -> None:
    app, other = service("app"), service("other")
    database = service("db", "postgresql", Category.DATABASE)
    cache = service("cache", "redis", Category.CACHE)
    ways = ways_of((other.id, EdgeKind.CONNECTS_TO, cache.id), nodes=(app, other, database, cache))
    assert ways.support(one(app), one(database))
    assert not ways.support(one(other), one(database))
    assert not ways.support(one(database), one(cache))


def test_people_claim_nothing_and_names_are_found_in_other_letters() -> None:
    assert not match("Operator").claims
    assert not match("Developer").claims
    assert read("NetAuth", role("netauth_config")) == {"role:netauth_config"} == read("netauth", role("netauth_config"))
    assert read("NetAuth", role("network"), role("auth")) == set()


def test_time_is_kept_by_the_programs_that_keep_it_and_a_lambda_is_a_function() -> None:
    assert read("Chrony NTP", service("chrony", "chrony", kind="time")) == {"service:x:chrony"}
    assert read("NTP", service("grafana", "grafana", kind="dashboard")) == set()
    athena = resource("aws_athena_database.logs", Category.SERVERLESS)
    function = resource("aws_lambda_function.thumbnails", Category.SERVERLESS)
    assert read("Lambda", athena) == set()
    assert read("Lambda", athena, function) == {"aws_lambda_function.thumbnails"}
