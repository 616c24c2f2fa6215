"""archdoc's values against Terraform's own, asked at test time."""

from __future__ import annotations

from pathlib import Path

import configuration_cases
import expression_cases
import expression_scope
import oracle
import pytest
from configuration_cases import Outcome

EXPRESSIONS = [
    line
    for line in (Path(__file__).parent / "cases/expressions.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.fixture(scope="module")
def agreement(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[oracle.Answer, oracle.Answer]]:
    """What archdoc and Terraform say of each expression."""
    main = str(expression_cases.FILES["main.tf"])
    theirs = oracle.ask(EXPRESSIONS, main, {k: v for k, v in expression_cases.FILES.items() if k != "main.tf"})
    module = expression_scope.module_of(expression_cases.FILES, tmp_path_factory.mktemp("expressions"))
    ours = expression_scope.answers(EXPRESSIONS, module)
    return dict(zip(EXPRESSIONS, zip(ours, theirs, strict=True), strict=True))


def test_archdoc_evaluates_as_terraform_does(agreement: dict[str, tuple[oracle.Answer, oracle.Answer]]) -> None:
    differing = {text for text, (ours, theirs) in agreement.items() if ours != theirs}
    assert {text: agreement[text] for text in differing - set(expression_cases.EXCEPTIONS)} == {}
    assert len(agreement) - len(differing) >= 0.99 * len(agreement)


def test_an_exception_that_agrees_is_none(agreement: dict[str, tuple[oracle.Answer, oracle.Answer]]) -> None:
    assert {text for text in expression_cases.EXCEPTIONS if agreement[text][0] == agreement[text][1]} == set()


PROBES = (
    "[for x in {} : 1]", "({}) + 1", "({})[0]", "({}).a", '"a${{{}}}"', "({}) ? 1 : 2", "keys({})", "({}) == null",
    "[for k, v in {} : v][0].q.r", "flatten([{}])[0]",
)  # fmt: skip
"""What is done to a value that is not known, to see of what type it is and whether it may be null."""


def test_what_is_unknown_has_the_type_that_terraform_gives_it(
    agreement: dict[str, tuple[oracle.Answer, oracle.Answer]], tmp_path: Path
) -> None:
    unknown = [text for text, (_, theirs) in agreement.items() if theirs.value == "(unknown)"]
    probes = [probe.format(text) for text in unknown for probe in PROBES]
    main = str(expression_cases.FILES["main.tf"])
    theirs = oracle.ask(probes, main, {k: v for k, v in expression_cases.FILES.items() if k != "main.tf"})
    ours = expression_scope.answers(probes, expression_scope.module_of(expression_cases.FILES, tmp_path))
    assert len(probes) > 500
    assert {p: pair for p, *pair in zip(probes, ours, theirs, strict=True) if pair[0] != pair[1]} == {}


CONFIGURATIONS = configuration_cases.load()


@pytest.fixture(scope="module")
def configurations(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Outcome, Outcome]]:
    """What archdoc and Terraform say of each configuration."""
    made = {}
    for name, files in CONFIGURATIONS.items():
        ours = configuration_cases.evaluated(files, tmp_path_factory.mktemp("ours"))
        made[name] = (ours, configuration_cases.planned(files, tmp_path_factory.mktemp("theirs")))
    return made


def test_whole_configurations_come_to_what_terraform_plans(configurations: dict[str, tuple[Outcome, Outcome]]) -> None:
    """Instances and their values, outputs with their types and unknown parts, what is sensitive, what is refused."""
    differing = {name for name, (ours, theirs) in configurations.items() if ours != theirs}
    assert {n: configurations[n] for n in differing - set(configuration_cases.EXCEPTIONS)} == {}
    assert len(configurations) - len(differing) >= 0.99 * len(configurations)
    assert set(configuration_cases.EXCEPTIONS) <= differing


def test_a_problem_names_the_file_and_line_that_terraform_names(
    configurations: dict[str, tuple[Outcome, Outcome]],
) -> None:
    refused = {n: pair for n, pair in configurations.items() if pair[1].places and pair[0].failed}
    assert len(refused) > 50
    assert {n: (ours.why, theirs.why) for n, (ours, theirs) in refused.items() if not ours.places & theirs.places} == {}
