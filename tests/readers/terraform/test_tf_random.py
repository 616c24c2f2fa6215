"""Random expressions, put to Terraform's core and to archdoc."""

from __future__ import annotations

import expression_cases
import expression_scope
import oracle
import pytest
from expression_strategies import expressions
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from archdoc.readers.terraform.modules import Module

AT_ONCE = 60
"""Expressions in one plan."""
MAIN = str(expression_cases.FILES["main.tf"])
OTHER = {path: text for path, text in expression_cases.FILES.items() if path != "main.tf"}


@pytest.fixture(scope="module")
def scope(tmp_path_factory: pytest.TempPathFactory) -> Module:
    module = expression_scope.module_of(expression_cases.FILES, tmp_path_factory.mktemp("random"))
    expression_scope.answers(["1"], module)  # raises the limit of recursion before hypothesis looks at it
    return module


@settings(
    max_examples=8,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],  # one example holds many expressions: those that differ are shown as they are
    suppress_health_check=list(HealthCheck),
)
@given(texts=st.lists(expressions(), min_size=AT_ONCE, max_size=AT_ONCE, unique=True))
def test_a_random_expression_comes_to_what_terraform_says(scope: Module, texts: list[str]) -> None:
    theirs = oracle.ask(texts, MAIN, OTHER)
    ours = expression_scope.answers(texts, scope)
    assert {t: (our, their) for t, our, their in zip(texts, ours, theirs, strict=True) if our != their} == {}
