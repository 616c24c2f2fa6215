"""Every linking rule: a case that it must see, and a near miss that it must not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from linking_cases import Case
from linking_hosts import CASES as HOSTS
from linking_others import CASES as OTHERS
from linking_services import CASES as SERVICES

from archdoc.linking import RULES
from archdoc.model.graph import Graph

CASES = (*HOSTS, *SERVICES, *OTHERS)
GraphOf = Callable[[dict[str, str]], Graph]
Write = Callable[[dict[str, str]], object]


def test_every_rule_has_a_case() -> None:
    assert {c.rule for c in CASES} == {r.name for r in RULES}


def test_every_rule_says_what_it_does_with_an_example() -> None:
    assert [r.name for r in RULES if "Example" not in r.text and "Makes no edge" not in r.text] == []


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.rule)
def test_the_rule_finds_it(case: Case, graph_of: GraphOf) -> None:
    assert case.holds(graph_of(case.files))


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.rule)
def test_the_rule_leaves_a_near_miss_alone(case: Case, graph_of: GraphOf) -> None:
    graph = graph_of({**case.files, **case.miss})
    if case.check is not None:
        assert not case.check(graph)
    else:
        source, _, rest = case.edge.partition(" -")
        made = [e for e in graph.edges() if e.rule == case.rule]
        assert [
            (e.source, e.kind, e.target) for e in made if (e.source, e.target) == (source, rest.split("-> ")[1])
        ] == []


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.rule)
def test_the_configuration_switches_the_rule_off(case: Case, graph_of: GraphOf) -> None:
    off = f'rules_off = ["{case.rule}"]\n'
    graph = graph_of({**case.files, "archdoc.toml": off + case.files.get("archdoc.toml", "")})
    assert not case.holds(graph)
    assert [e for e in graph.edges() if e.rule == case.rule] == []
