"""A page of ten hand-drawn diagrams, with a verdict on each box from reading the code: what is named, what is not."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest
from repositories import write_files
from seed_repository import Judged, judged, seed_files

from archdoc import api
from archdoc.config import load_config
from archdoc.model.finding import Finding
from archdoc.readers.files import Repository

PROJECT = Path(__file__).parents[2]
SAMPLE = ("terraform", "ansible", ".github", "archdoc.toml")
HUMAN_STEPS = {"Local Development", "Git Commit", "Code Review", "Manual Testing"}


def findings_of(root: Path) -> list[Finding]:
    config = load_config(root)
    return api.drawn_findings(Repository(root, config.exclude), config, api.load_graph(root, config))


def lines_of(found: Iterable[Finding], code: str) -> set[int]:
    return {f.source.line for f in found if f.code == code}


@pytest.fixture(scope="module")
def page() -> Judged:
    return judged()


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, page: Judged) -> list[Finding]:
    root = tmp_path_factory.mktemp("seed")
    write_files(root, seed_files(page.page))
    return findings_of(root)


def test_the_list_has_a_verdict_and_a_reason_for_each_box(page: Judged) -> None:
    verdicts = [verdict for _label, verdict, _why in page.boxes.values()]
    assert verdicts.count("true") >= 50
    assert verdicts.count("phantom") >= 35
    assert [label for label, verdict, why in page.boxes.values() if verdict != "-" and not why] == []


def test_phantoms_are_named_and_nothing_else_is(found: list[Finding], page: Judged) -> None:
    """At least nine tenths of what is called a phantom is one, and of the phantoms as many are called so."""
    told = lines_of(found, "DR101")
    phantoms = {line for line, (_l, verdict, _w) in page.boxes.items() if verdict == "phantom"}
    real = {line for line, (_l, verdict, _w) in page.boxes.items() if verdict == "true"}
    wrong = sorted(page.boxes[line][0] for line in told & real)
    missed = sorted(page.boxes[line][0] for line in phantoms - told)
    assert len(told & phantoms) >= 0.9 * len(phantoms), missed
    assert len(wrong) <= 0.1 * len(told & (phantoms | real)), wrong


@pytest.mark.parametrize(
    "label",
    [
        *("Web Server 1", "Web Server 2", "Bastion Host 10.0.1.20", "Public Subnet", "Private Subnet", "Jaeger"),
        *("Fluentd/Fluent Bit", "Kibana", "Slack Notifications", "JWT Authentication", "WAF Rules", "DDoS Protection"),
        *("Network ACLs", "Remote Storage", "Long-term Archive", "Web Application Firewall"),
    ],
)
def test_a_phantom_is_told_with_its_line(found: list[Finding], page: Judged, label: str) -> None:
    lines = {line for line, (known, _v, _w) in page.boxes.items() if known == label}
    assert lines
    assert lines <= lines_of(found, "DR101")
    assert all(f'"{label}"' in f.message for f in found if f.code == "DR101" and f.source.line in lines)


@pytest.mark.parametrize(
    "label",
    [
        *("Cloudflare CDN/WAF", "Cloudflare Security", "Cloudflare Provider", "Grafana", "Prometheus", "Alert Manager"),
        *("Docker Role", "System Role", "hardening.yml", "OS Hardening", "site.yml", "bootstrap.yml", "Fail2ban"),
        *("Host Firewall", "Load Balancer", "Server Instances", "Domain Records", "Local Backup"),
    ],
)
def test_what_is_real_is_accepted(found: list[Finding], page: Judged, label: str) -> None:
    lines = {line for line, (known, _v, _w) in page.boxes.items() if known == label}
    assert lines
    assert not lines & lines_of(found, "DR101")


def test_arrows_that_no_code_supports_are_named_and_supported_ones_are_not(found: list[Finding], page: Judged) -> None:
    told = lines_of(found, "DR102")
    by_verdict = {v: {n for n, (_t, known) in page.arrows.items() if known == v} for v in ("true", "phantom", "end")}
    assert sorted(page.arrows[n][0] for n in by_verdict["phantom"] - told) == []
    assert sorted(page.arrows[n][0] for n in told & (by_verdict["true"] | by_verdict["end"])) == []
    texts = {page.arrows[n][0] for n in by_verdict["phantom"]}
    assert {"site.yml → dynamic-deploy.yml", "Load Balancer → Domain Records"} <= texts


def test_an_address_that_the_code_does_not_give_is_named(found: list[Finding]) -> None:
    assert [f.message for f in found if f.code == "DR103" and "Database" in f.message] == [
        'the box "Database 10.0.2.20" says 10.0.2.20, and the code says 10.0.7.10'
    ]


def test_the_same_page_is_true_of_the_sample_but_for_what_people_do(tmp_path: Path, page: Judged) -> None:
    """The sample is a platform of which the page's every thing, relation and address is true."""
    for name in SAMPLE:
        if (PROJECT / name).is_dir():
            shutil.copytree(PROJECT / name, tmp_path / name)
        else:
            shutil.copy(PROJECT / name, tmp_path / name)
    (tmp_path / "diagrams.md").write_text(page.page)
    wrong = [f for f in findings_of(tmp_path) if f.code.startswith("DR1") and f.code != "DR104"]
    assert {f.code for f in wrong} == {"DR101"}
    assert {page.boxes[f.source.line][0] for f in wrong} == HUMAN_STEPS
