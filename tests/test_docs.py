from __future__ import annotations

import dataclasses
import re
from pathlib import Path

from archdoc import config, linking, lint, report
from archdoc.drift.finding import CODES
from archdoc.model.facts import Category

DOCS = Path(__file__).parents[1] / "docs"


def test_every_rule_says_what_it_concludes() -> None:
    assert all(len(rule.text) > 60 for rule in linking.RULES)
    assert len({rule.name for rule in linking.RULES}) == len(linking.RULES)


def test_the_configuration_page_shows_a_configuration_that_archdoc_takes() -> None:
    import tomllib

    example, *others = re.findall(r"```toml\n(.*?)```", (DOCS / "configuration.md").read_text(), re.DOTALL)
    parsed = config.parse_config(tomllib.loads(example))
    assert parsed.aliases == {"web1": "hcloud_server.web[0]"}
    views = [config.parse_config(tomllib.loads(other)).views for other in others]
    assert views[0]["network"].declare[0].label == "Users"


def test_the_configuration_page_names_every_option_and_category() -> None:
    page = (DOCS / "configuration.md").read_text()
    for table in (config.ViewConfig, config.HandDrawn):
        assert all(f"`{f.name}`" in page for f in dataclasses.fields(table))
    assert all(f"`{category.value}`" in page for category in Category)


def test_the_page_of_check_and_lint_has_every_code_as_it_is() -> None:
    text = (DOCS / "check.md").read_text()
    listed = re.findall(r"^\| `([A-Z]{2}\d{3})` \| (.*?) \| (.*?) \|", text, re.M)
    wanted = [(c.name, c.title, f"`{c.group}`") for c in CODES.values()]
    wanted += [(r.code.name, r.code.title, r.severity.value) for r in lint.RULES]
    assert sorted(listed) == sorted(wanted)
    assert all(f"| {r.code.explanation} |" in text for r in lint.RULES)
    assert all(f"| `{form}` |" in text for form in report.FORMATS)


def test_the_configuration_on_the_page_of_lint_is_one_that_archdoc_takes() -> None:
    import tomllib

    (example,) = re.findall(r"```toml\n(.*?)```", (DOCS / "check.md").read_text(), re.DOTALL)
    parsed = config.parse_config(tomllib.loads(example)).lint
    assert set(parsed.severity) | set(parsed.ignore) <= set(lint.CODES)
