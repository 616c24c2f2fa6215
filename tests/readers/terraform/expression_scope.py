"""A small configuration that single expressions refer to, evaluated by archdoc as it evaluates any other."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import oracle

from archdoc.readers.files import Repository
from archdoc.readers.hcl import SyntaxFault, parse
from archdoc.readers.hcl import tree as t
from archdoc.readers.terraform.cache import open_cache
from archdoc.readers.terraform.errors import Budget, EvaluationError
from archdoc.readers.terraform.expressions import evaluate
from archdoc.readers.terraform.functions import FunctionContext
from archdoc.readers.terraform.library import ModuleLibrary
from archdoc.readers.terraform.loading import parse_many
from archdoc.readers.terraform.modules import Module
from archdoc.readers.terraform.names import not_declared
from archdoc.readers.terraform.settings import Settings
from archdoc.readers.terraform.source import SUFFIXES
from archdoc.readers.terraform.values import Value


def module_of(files: Mapping[str, str | bytes], directory: Path) -> Module:
    """The root module of a configuration given as its files (path → text), written into ``directory``."""
    for path, text in files.items():
        place = directory / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text if isinstance(text, bytes) else text.encode())
    repo = Repository(directory)
    library = ModuleLibrary(repo, parse_many(repo, repo.with_suffix(*SUFFIXES), open_cache(directory, False)))
    source = library.load(".")
    assert source is not None
    return Module(source, Settings(".", "tf:.", library, "default"), Budget(), FunctionContext(repo, "."))


def value_of(text: str, scope: Module) -> Value:
    """The value of an expression's text."""
    parsed = parse(f"x = {text}\n", "expression.tf")
    if parsed.problems or len(parsed.body.attributes) != 1:
        raise SyntaxFault("not an expression", t.Span(1, 1, 1, 1))
    expression = parsed.body.attributes[0].expression
    if error := not_declared(expression, scope.source):
        raise error
    return evaluate(expression, scope)


def answers(texts: list[str], scope: Module) -> list[oracle.Answer]:
    """What archdoc says of each expression, in the terms of the oracle."""
    made = []
    for text in texts:
        try:
            made.append(oracle.answer(value_of(text, scope)))
        except (EvaluationError, SyntaxFault) as error:
            made.append(oracle.Answer(failed=True, why=str(error)))
    return made
