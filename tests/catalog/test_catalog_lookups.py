"""What the catalog answers, on names as they stand in real code."""

from __future__ import annotations

import pytest

from archdoc.catalog import Layer, Role, Signal, Verb, image_repository, image_tag, load_catalog
from archdoc.model.facts import Category

CATALOG = load_catalog()


@pytest.mark.parametrize(
    ("name", "category", "role", "plumbing"),
    [
        ("hcloud_server", Category.COMPUTE, Role.SERVER, False),
        ("aws_instance", Category.COMPUTE, Role.SERVER, False),
        ("aws_lb", Category.LOAD_BALANCING, Role.LOAD_BALANCER, False),
        ("aws_lb_listener_rule", Category.LOAD_BALANCING, Role.ROUTE, True),
        ("aws_lb_trust_store", Category.LOAD_BALANCING, Role.NONE, True),
        ("aws_lb_something_of_tomorrow", Category.LOAD_BALANCING, Role.NONE, True),
        ("aws_security_group", Category.SECURITY, Role.FIREWALL, False),
        ("aws_vpc_security_group_ingress_rule", Category.SECURITY, Role.RULE, True),
        ("aws_iam_role_policy_attachment", Category.IDENTITY, Role.ATTACHMENT, True),
        ("google_storage_bucket_iam_member", Category.IDENTITY, Role.NONE, True),
        ("google_compute_firewall", Category.SECURITY, Role.FIREWALL, False),
        ("azurerm_private_dns_a_record", Category.DNS, Role.RECORD, False),
        ("cloudflare_dns_record", Category.DNS, Role.RECORD, False),
        ("openstack_networking_secgroup_rule_v2", Category.SECURITY, Role.RULE, True),
        ("random_password", Category.PLUMBING, Role.NONE, True),
        ("terraform_data", Category.PLUMBING, Role.NONE, True),
        ("newcloud_compute_instance", Category.COMPUTE, Role.SERVER, False),
        ("newcloud_private_network", Category.NETWORK, Role.CONTAINER, False),
        ("newcloud_firewall_rule", Category.SECURITY, Role.RULE, True),
        ("newcloud_database_cluster_user", Category.IDENTITY, Role.NONE, True),
        ("newcloud_frobnicator", Category.OTHER, Role.NONE, False),
    ],
)
def test_resource_types(name: str, category: Category, role: Role, plumbing: bool) -> None:
    known = CATALOG.resource_type(name)
    assert (known.category, known.role, known.plumbing) == (category, role, plumbing)


def test_a_longer_word_is_no_longer_type() -> None:
    """aws_instances begins with aws_instance, but is no part of it."""
    assert CATALOG.resource_type("aws_instances").matched != "aws_instance"


def test_what_protects_says_at_which_layer() -> None:
    assert CATALOG.resource_type("cloudflare_ruleset").layer is Layer.EDGE
    assert CATALOG.resource_type("hcloud_firewall").layer is Layer.NETWORK
    assert CATALOG.resource_type("aws_kms_key").layer is Layer.DATA
    assert CATALOG.resource_type("hcloud_server").layer is Layer.NONE


def test_a_repository_can_add_and_replace_rows() -> None:
    own = load_catalog(
        (
            '[types]\nacme_box = { category = "compute", role = "server" }\naws_instance = { category = "ci" }\n'
            '[providers]\nacme = { title = "Acme Cloud" }\n',
            '[[programs]]\nname = "acme-api"\nkind = "application"\nimages = ["acme/api"]\nports = [8123]\n',
        )
    )
    assert own.resource_type("acme_box").role is Role.SERVER
    assert own.resource_type("aws_instance").category is Category.CI
    assert own.provider("acme").title == "Acme Cloud"
    found = own.software.of_image("registry.acme.internal:5000/acme/api:v3")
    assert found is not None
    assert (found.name, found.tier) == ("acme-api", "application")
    assert own.software.on_port(8123)[0].name == "acme-api"
    assert CATALOG.software.of_image("acme/api") is None


@pytest.mark.parametrize(
    ("image", "program"),
    [
        ("docker.io/grafana/grafana:11.1", "grafana"),
        ("postgres:16-alpine", "postgresql"),
        ("docker.io/library/redis@sha256:" + "a" * 64, "redis"),
        ("ghcr.io/acme/postgres:1", "postgresql"),
        ("localhost:5000/nginx", "nginx"),
        ("prom/node-exporter:latest", "node-exporter"),
        ("docker.elastic.co/elasticsearch/elasticsearch:8.15.0", "elasticsearch"),
        ("acme/homepage", None),
        ("acme/redis-ui", None),
        ("{{ app_image }}:latest", None),
        ("", None),
    ],
)
def test_images(image: str, program: str | None) -> None:
    found = CATALOG.software.of_image(image)
    assert (found.name if found else None) == program


@pytest.mark.parametrize(
    ("package", "program"),
    [
        ("postgresql-16", "postgresql"),
        ("redis=7:7.2.4-1", "redis"),
        ("php8.3-fpm", "php-fpm"),
        ("openjdk-17-jre-headless", "java"),
        ("docker-ce", "docker"),
        ("nginx-*", "nginx"),
        ("postgresql-client", None),
        ("libnginx-mod-http-geoip", None),
        ("{{ packages }}", None),
        ("https://example.org/x.deb", None),
    ],
)
def test_packages(package: str, program: str | None) -> None:
    found = CATALOG.software.of_package(package)
    assert (found.name if found else None) == program


@pytest.mark.parametrize(
    ("unit", "program"),
    [
        ("redis-server.service", "redis"),
        ("postgresql@16-main.service", "postgresql"),
        ("wg-quick@wg0", "wireguard"),
        ("php8.1-fpm", "php-fpm"),
        ("sshd", "openssh"),
        ("acme-api", None),
        ("{{ service }}", None),
    ],
)
def test_units(unit: str, program: str | None) -> None:
    found = CATALOG.software.of_unit(unit)
    assert (found.name if found else None) == program


@pytest.mark.parametrize(
    ("name", "program"),
    [
        ("geerlingguy.postgresql", "postgresql"),
        ("install_nginx", "nginx"),
        ("Alert_Manager", "alertmanager"),
        ("setup-docker-compose", "docker-compose"),
        ("common", None),
        ("nginx_and_redis", None),
        ("restore-postgres", None),
    ],
)
def test_names_that_speak_of_one_program(name: str, program: str | None) -> None:
    found = CATALOG.software.in_name(name)
    assert (found.name if found else None) == program


def test_a_program_takes_what_its_kind_says() -> None:
    exporter = CATALOG.software.named("postgres_exporter")
    assert exporter is not None
    assert (exporter.category, exporter.tier, exporter.of) == (Category.MONITORING, "monitoring", "postgresql")
    python = CATALOG.software.named("python")
    assert python is not None
    assert python.background


def test_repository_and_tag_of_an_image() -> None:
    assert image_repository("ghcr.io:443/Acme/App:1.2@sha256:" + "0" * 64) == "acme/app"
    assert image_tag("ghcr.io:443/acme/app:1.2@sha256:" + "0" * 64) == "1.2"
    assert image_tag("localhost:5000/app") == ""


@pytest.mark.parametrize(
    ("type_name", "path", "verb", "reverse"),
    [
        ("hcloud_server", "firewall_ids[0]", Verb.PROTECTS, True),
        ("hcloud_server", "network[0].network_id", Verb.INSIDE, False),
        ("hcloud_volume", "server_id", Verb.ATTACHED_TO, False),
        ("aws_instance", "vpc_security_group_ids", Verb.PROTECTS, True),
        ("aws_instance", "subnet_id", Verb.INSIDE, False),
        ("aws_autoscaling_group", "target_group_arns", Verb.ROUTES_TO, True),
        ("aws_lb_listener", "default_action[0].target_group_arn", Verb.ROUTES_TO, False),
        ("aws_lb_listener", "load_balancer_arn", Verb.ROUTES_TO, True),
        ("aws_db_instance", "kms_key_id", Verb.ENCRYPTS, True),
        ("cloudflare_dns_record", "zone_id", Verb.INSIDE, False),
        ("cloudflare_ruleset", "zone_id", Verb.PROTECTS, False),
        ("google_compute_instance", "network_interface[0].subnetwork", Verb.INSIDE, False),
        ("newcloud_machine", "vpc_id", Verb.INSIDE, False),
    ],
)
def test_relations(type_name: str, path: str, verb: Verb, reverse: bool) -> None:
    found = CATALOG.relations.find(type_name, path)
    assert found is not None
    assert (found.verb, found.reverse) == (verb, reverse)


def test_a_relation_asks_for_the_part_of_its_target() -> None:
    assert CATALOG.relations.find("aws_eip", "instance", Role.SERVER) is not None
    assert CATALOG.relations.find("acme_thing", "network_id", Role.SERVER) is None
    assert CATALOG.relations.find("aws_instance", "tags.network_id_of_nothing") is None


def test_joins() -> None:
    (join,) = CATALOG.relations.joins("hcloud_load_balancer_target")
    assert (join.subject[0], join.verb, join.object[0]) == ("load_balancer_id", Verb.ROUTES_TO, "server_id")
    assert CATALOG.relations.joins("hcloud_server") == ()


def test_shapes() -> None:
    shapes = CATALOG.shapes
    (rule,) = shapes.rules("hcloud_firewall")
    assert (rule.block, rule.directions["in"], rule.sources) == ("rule", "in", ("source_ips",))
    assert {r.block for r in shapes.rules("aws_security_group")} == {"ingress", "egress"}
    assert shapes.rules("aws_instance") == ()
    server = shapes.server("aws_instance")
    assert server is not None
    assert server.name == ("tags.Name",)
    record = shapes.record("azurerm_dns_cname_record")
    assert record is not None
    assert (record.kind, record.zone) == ("CNAME", ("zone_name",))
    protection = shapes.protection("aws_fsx_lustre_file_system")
    assert protection is not None
    assert protection.retention == ("automatic_backup_retention_days",)


@pytest.mark.parametrize(
    ("module", "signal"),
    [
        ("apt", Signal.PACKAGE),
        ("ansible.builtin.apt", Signal.PACKAGE),
        ("ansible.legacy.copy", Signal.COPY),
        ("community.docker.docker_compose_v2", Signal.COMPOSE),
        ("docker_container", Signal.CONTAINER),
        ("community.general.ufw", Signal.FIREWALL),
        ("hetzner.hcloud.server", Signal.CLOUD),
        ("community.postgresql.postgresql_db", Signal.DATABASE),
    ],
)
def test_modules(module: str, signal: Signal) -> None:
    found = CATALOG.modules.find(module)
    assert found is not None
    assert found.signal is signal


def test_modules_that_say_nothing_are_not_known() -> None:
    for name in ("debug", "set_fact", "ansible.builtin.assert", "server", "acme.cloud.thing"):
        assert CATALOG.modules.find(name) is None


def test_the_argument_that_carries_a_meaning() -> None:
    apt = CATALOG.modules.find("apt")
    assert apt is not None
    assert apt.argument("name", {"pkg": ["nginx"], "state": "present"}) == ["nginx"]
    assert apt.argument("name", {"update_cache": True}) is None


def test_external_hosts() -> None:
    named = {
        host: (found.name if (found := CATALOG.outside.host(host)) else None)
        for host in (
            "hooks.slack.com",
            "backups.s3.eu-central-1.amazonaws.com",
            "ec2.eu-central-1.amazonaws.com",
            "u1.your-storagebox.de",
            "api.github.com",
            "github.com",
            "slack.com.evil.example",
            "db.internal",
        )
    }
    assert list(named.values()) == [
        *("Slack", "Amazon S3", "AWS", "Hetzner Storage Box", "GitHub API", "GitHub", None, None),
    ]


def test_schemes_with_and_without_a_driver() -> None:
    scheme = CATALOG.outside.scheme("postgresql+asyncpg")
    assert scheme is not None
    assert (scheme.program, scheme.port) == ("postgresql", 5432)
    assert CATALOG.outside.scheme("gopher") is None


@pytest.mark.parametrize(
    ("name", "holds", "program"),
    [
        ("DATABASE_URL", "url", ""),
        ("REDIS_HOST", "host", "redis"),
        ("APP_POSTGRES_HOST", "host", "postgresql"),
        ("db.host", "host", ""),
        ("KAFKA_BOOTSTRAP_SERVERS", "hosts", "kafka"),
        ("VIRTUAL_HOST", "own", ""),
        ("GF_SERVER_ROOT_URL", "own", ""),
        ("BILLING_API_URL", "url", ""),
    ],
)
def test_variables_that_hold_an_address(name: str, holds: str, program: str) -> None:
    found = CATALOG.outside.variable(name)
    assert found is not None
    assert (found.holds, found.program) == (holds, program)


def test_variables_that_hold_none() -> None:
    assert CATALOG.outside.variable("POSTGRES_PASSWORD") is None
    assert CATALOG.outside.variable("TZ") is None
    host, port = CATALOG.outside.variable("DB_HOST"), CATALOG.outside.variable("DB_PORT")
    assert host is not None
    assert port is not None
    assert host.stem == port.stem == "DB"


def test_commands_and_actions() -> None:
    terraform = CATALOG.delivery.command("/usr/local/bin/tofu")
    assert terraform is not None
    assert (terraform.tool, terraform.does["apply"], terraform.directory) == ("terraform", "change", ("-chdir",))
    action = CATALOG.delivery.action("dflook/terraform-apply@v1")
    assert action is not None
    assert (action.tool, action.runs, action.directory) == ("terraform", "apply", ("path",))
    assert CATALOG.delivery.action("actions/checkout@v4") is None
