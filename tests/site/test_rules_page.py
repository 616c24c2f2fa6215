"""The page of rules names every rule that an edge may rest on."""

from __future__ import annotations

import re
from pathlib import Path

from archdoc import api
from archdoc.config import Config, load_config
from archdoc.site.rulespage import rules_page, unknown_rules

SAMPLE = Path(__file__).parents[2]


def test_every_rule_that_an_edge_of_the_sample_names_is_on_the_page() -> None:
    listed = set(re.findall(r"^## (\S+)$", rules_page().decode(), re.MULTILINE))
    named = {edge.rule for edge in api.load_graph(SAMPLE, load_config(SAMPLE)).edges() if edge.rule}
    assert named - listed == set()
    assert len(named) > 15
    assert {"ansible.host-pattern", "formats.partial-template", "ci.possible-values"} <= listed
    assert {"terraform.remote-state", "ansible.stray-vars"} <= listed


def test_every_rule_has_an_example() -> None:
    rules = re.split(r"^## ", rules_page().decode(), flags=re.MULTILINE)[1:]
    assert len(rules) > 60
    assert [rule.split("\n")[0] for rule in rules if "Example:" not in rule] == []


def test_a_rule_that_is_misspelt_in_the_configuration_is_said() -> None:
    config = Config(rules_off=("monitoring.scrap", "monitoring.scrape"))
    assert [(p.message, p.hint) for p in unknown_rules(config)] == [
        ("rules_off names 'monitoring.scrap', and no rule is called so", "did you mean 'monitoring.scrape'?")
    ]
