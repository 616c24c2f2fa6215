"""The values that a root module's variables are given.

https://developer.hashicorp.com/terraform/language/values/variables#assigning-values-to-root-module-variables:
terraform.tfvars, terraform.tfvars.json, ``*.auto.tfvars`` in order of their names, then what the configuration of
archdoc gives in the place of ``-var-file`` and ``-var``. The environment of the process is never read.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any, Protocol

from archdoc.model.facts import Source
from archdoc.model.problem import Problem, Severity
from archdoc.readers.files import Repository, UnreadableError
from archdoc.readers.hcl import parse_tfvars
from archdoc.readers.hcl import tree as t
from archdoc.readers.terraform.errors import Budget, EvaluationError
from archdoc.readers.terraform.expressions import evaluate
from archdoc.readers.terraform.functions import FunctionContext
from archdoc.readers.terraform.functions.encoding import from_json
from archdoc.readers.terraform.values import Value


class _Given(Protocol):
    @property
    def var_files(self) -> tuple[str, ...]: ...

    @property
    def variables(self) -> Mapping[str, Any]: ...


def root_inputs(repo: Repository, root: str, *given: _Given) -> tuple[dict[str, Callable[[], Value]], list[Problem]]:
    """The inputs of a root module by variable name, and what was wrong with the files."""
    inputs: dict[str, Callable[[], Value]] = {}
    problems: list[Problem] = []
    names = [posixpath.basename(p) for p in repo.in_directory(root)]
    automatic: list[str] = [n for n in ("terraform.tfvars", "terraform.tfvars.json") if n in names]
    automatic += sorted(n for n in names if n.endswith((".auto.tfvars", ".auto.tfvars.json")))
    for name in automatic:
        _add_file(repo, posixpath.normpath(posixpath.join(root, name)), inputs, problems)
    for each in given:
        for name in each.var_files:
            path = posixpath.normpath(posixpath.join(root, name))
            if not repo.is_file(path):
                message = f"the variable file {path} is named in archdoc.toml and does not exist"
                problems.append(
                    Problem(
                        Severity.ERROR,
                        "TF041",
                        message,
                        Source("archdoc.toml", 1),
                        "correct its path, relative to the root module",
                    )
                )
                continue
            _add_file(repo, path, inputs, problems)
        for variable, value in each.variables.items():
            inputs[variable] = partial(_configured, value)
    return inputs, problems


def _add_file(repo: Repository, path: str, inputs: dict[str, Callable[[], Value]], problems: list[Problem]) -> None:
    try:
        text = repo.read_text(path)
    except UnreadableError as error:
        problems.append(error.problem)
        return
    parsed = parse_tfvars(text, path)
    problems += parsed.problems
    for attribute in parsed.body.attributes:
        inputs[attribute.name] = partial(_value, attribute, path)


def _value(attribute: t.Attribute, path: str) -> Value:
    try:
        return evaluate(attribute.expression, _NoNames())
    except EvaluationError as error:
        at = (error.span or attribute.span).line
        raise EvaluationError(f"{path}:{at}: {error.message}") from None


def _configured(value: Any) -> Value:
    """The value of archdoc.toml."""
    return from_json(_as_json(value))


def _as_json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _as_json(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json(v) for v in value]
    if isinstance(value, float):
        return Decimal(str(value))
    return value if isinstance(value, str | int) else str(value)  # a date of TOML's is text


class _NoNames:
    """Variable files may hold no references."""

    def __init__(self) -> None:
        self.budget = Budget()
        self.context = FunctionContext()

    def resolve(self, root: str, attributes: tuple[str, ...], span: t.Span) -> tuple[Value, int]:
        """Nothing has a name here."""
        del attributes
        raise EvaluationError(f"variables may not be used here ({root})", span)
