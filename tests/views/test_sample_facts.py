"""What must be true of the sample's drawings, and what must not be drawn."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archdoc import views
from archdoc.config import Config
from archdoc.model.diagram import Box, Diagram
from archdoc.model.facts import NodeKind
from archdoc.model.graph import Graph

Draw = Callable[[str], Diagram]


@pytest.fixture(scope="module")
def draw(sample_graph: Graph, sample_config: Config) -> Draw:
    made: dict[str, Diagram] = {}

    def one(name: str) -> Diagram:
        if name not in made:
            (made[name],) = views.draw(name, sample_graph, sample_config)
        return made[name]

    return one


def box(diagram: Diagram, name: str) -> Box:
    return next(b for b in diagram.boxes if b.label[0] == name)


def frames(diagram: Diagram, name: str) -> list[str]:
    """The labels of the frames around a box, from the inside out."""
    clusters = {c.id: c for c in diagram.clusters}
    found, current = [], box(diagram, name).cluster
    while current:
        found.append(clusters[current].label)
        current = clusters[current].parent
    return found


def between(diagram: Diagram, source: str, target: str) -> list[str]:
    """The labels of the arrows from one box to another, or between frames around them."""
    parents = {c.id: c.parent for c in diagram.clusters} | {b.id: b.cluster for b in diagram.boxes}

    def around(name: str) -> set[str]:
        ids, current = set(), box(diagram, name).id
        while current:
            ids.add(current)
            current = parents[current]
        return ids

    one, other = around(source), around(target)
    shared = one & other
    return [a.label for a in diagram.arrows if a.source in one - shared and a.target in other - shared]


def test_every_view_says_in_one_sentence_what_it_answers() -> None:
    assert all(view.question.endswith("?") and view.question.count("?") == 1 for view in views.VIEWS)


@pytest.mark.parametrize("name", [v.name for v in views.VIEWS])
def test_everything_drawn_has_a_place_and_no_label_is_left_as_an_expression(draw: Draw, name: str) -> None:
    diagram = draw(name)
    assert diagram.boxes
    assert all(b.source.line >= 1 for b in diagram.boxes)
    assert all(a.evidence for a in diagram.arrows)
    said = [line for b in diagram.boxes for line in b.label] + [a.label for a in diagram.arrows]
    assert not [text for text in said if "{{" in text or "}}" in text]


def test_the_bastion_is_in_the_public_subnet_and_the_database_in_the_private_one(draw: Draw) -> None:
    network = draw("network")
    assert frames(network, "bastion-1")[:2] == ["subnet public 10.0.1.0/24", "network platform-production 10.0.0.0/16"]
    assert frames(network, "db-1")[0] == "subnet private 10.0.2.0/24"


def test_the_internet_reaches_no_machine_but_through_the_edge(draw: Draw) -> None:
    network = draw("network")
    for machine in ("web-1", "web-2", "db-1", "cache-1", "monitoring-1", "bastion-1"):
        assert not between(network, "Internet", machine)
    assert between(network, "Internet", "DDoS protection")


def test_only_the_web_servers_may_reach_the_database_port(draw: Draw) -> None:
    network = draw("network")
    assert between(network, "web-1", "db-1") == ["5432/tcp"]
    assert not any("5432" in label for label in between(network, "cache-1", "db-1"))
    assert not between(network, "db-1", "web-1")


def test_nothing_leads_from_one_environment_to_the_other(draw: Draw) -> None:
    for name in ("network", "infrastructure"):
        diagram = draw(name)
        production = {b.id for b in diagram.boxes if "@production:" in b.id}
        staging = {b.id for b in diagram.boxes if "@staging:" in b.id}
        assert production
        assert staging
        crossing = [a for a in diagram.arrows if {a.source, a.target} & production and {a.source, a.target} & staging]
        assert not crossing


def test_the_overview_has_a_tier_for_what_each_machine_is_for(draw: Draw) -> None:
    overview = draw("infrastructure")
    assert frames(overview, "db-1") == ["Data", "terraform (production)"]
    assert frames(overview, "monitoring-1")[0] == "Monitoring and logs"
    assert frames(overview, "staging-web-1") == ["Compute", "terraform (staging)"]


def test_the_services_talk_as_their_configuration_says_and_in_no_other_way(draw: Draw) -> None:
    services = draw("services")
    assert between(services, "api", "postgresql") == ["postgresql 5432"]
    assert not between(services, "postgresql", "api")
    assert not between(services, "static", "postgresql")
    assert frames(services, "postgresql")[-1] == "Data layer"


def test_alerts_reach_people_over_the_alert_manager(draw: Draw) -> None:
    monitoring = draw("monitoring")
    assert between(monitoring, "prometheus", "alertmanager")
    assert between(monitoring, "alertmanager", "Slack #ops-production") == ["slack"]
    assert not between(monitoring, "prometheus", "Slack #ops-production")
    assert frames(monitoring, "elasticsearch") == ["Storage layer"]


def test_the_network_firewall_protects_every_machine_of_an_environment(draw: Draw) -> None:
    security = draw("security")
    group = next(b for b in security.boxes if b.label[0].startswith("group ×"))
    for machine in ("web-1", "db-1", "bastion-1", "staging-web-1"):
        assert between(security, group.label[0], machine)


def test_backups_flow_from_the_data_over_the_job_into_the_stores(draw: Draw) -> None:
    backup = draw("backup")
    assert between(backup, "postgresql", "borgmatic")
    assert between(backup, "borgmatic", "local (/var/backups/borg)")
    assert not between(backup, "local (/var/backups/borg)", "borgmatic")
    assert not [b for b in backup.boxes if b.label[0].startswith("web-")]


def test_a_change_reaches_production_only_after_staging(draw: Draw) -> None:
    pipeline = draw("pipeline")
    assert between(pipeline, "Deploy to staging", "Deploy to production") == [""]
    assert not between(pipeline, "Build", "Deploy to production")
    assert between(pipeline, "Deploy to production", "terraform (production)") == ["terraform apply"]
    assert not between(pipeline, "Deploy to staging", "terraform (production)")


def test_the_hooks_of_the_developers_machine_come_with_the_commit(draw: Draw) -> None:
    pipeline = draw("pipeline")
    assert between(pipeline, "git commit", "pre-commit hooks")
    assert not between(pipeline, "push", "pre-commit hooks")


def test_playbooks_apply_the_roles_that_their_plays_name(draw: Draw) -> None:
    ansible = draw("ansible")
    assert between(ansible, "hardening.yml", "firewall")
    assert not between(ansible, "hardening.yml", "postgres")
    assert between(ansible, "Deploy to production", "site.yml")


def test_subnets_come_after_their_network_and_before_the_servers(draw: Draw) -> None:
    dependencies = draw("dependencies")
    server = next(b for b in dependencies.boxes if b.label[0] == "server").label[0]
    assert between(dependencies, "network", "network subnet ×2")
    assert between(dependencies, "network subnet ×2", server)
    assert not between(dependencies, server, "network subnet ×2")


def test_plumbing_stands_with_what_it_serves(draw: Draw) -> None:
    balancer = box(draw("dependencies"), "load balancer")
    assert any("target" in line for line in balancer.label)
    assert any("hcloud_load_balancer_target" in i for i in balancer.node_ids)


def test_nothing_that_a_view_is_about_disappears(sample_graph: Graph, draw: Draw) -> None:
    about = {
        "terraform": {n.id for n in sample_graph.nodes(NodeKind.RESOURCE, NodeKind.DATA_SOURCE)},
        "dependencies": {n.id for n in sample_graph.nodes(NodeKind.RESOURCE) if not n.attributes.get("disabled")},
        "network": {n.id for n in sample_graph.nodes(NodeKind.HOST)},
        "infrastructure": {n.id for n in sample_graph.nodes(NodeKind.HOST)},
        "pipeline": {n.id for n in sample_graph.nodes(NodeKind.CI_JOB, NodeKind.TRIGGER, NodeKind.WORKFLOW)},
        "ansible": {n.id for n in sample_graph.nodes(NodeKind.PLAYBOOK, NodeKind.ROLE, NodeKind.INVENTORY)},
    }
    for name, expected in about.items():
        drawing = draw(name)
        drawn = {i for b in drawing.boxes for i in b.node_ids} | {i for c in drawing.clusters for i in c.node_ids}
        assert expected <= drawn, name
