"""Lint rules: functions that look at a graph and say what a person should look at. One function, one kind of finding.

The docstring is the explanation that reports show; ``[lint]`` of the configuration changes the severity of a code or
switches it off, and passes over single things.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from archdoc.catalog import Catalog
from archdoc.model.facts import Node, Source
from archdoc.model.finding import Code
from archdoc.model.graph import Graph
from archdoc.model.problem import Severity


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may look at."""

    graph: Graph
    catalog: Catalog


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that a rule is about: ``words`` continue its name (``is watched by nothing``), ``source`` is where to
    look if not where the thing is written."""

    node: Node
    words: str
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class LintRule:
    """One rule. ``hint`` says what to do about what it finds."""

    code: Code
    severity: Severity
    hint: str
    find: Callable[[Context], Iterable[Hit]]


_RULES: dict[str, LintRule] = {}


def rule(
    name: str, title: str, severity: Severity, hint: str
) -> Callable[[Callable[[Context], Iterable[Hit]]], Callable[[Context], Iterable[Hit]]]:
    """Register a rule under its code."""

    def register(find: Callable[[Context], Iterable[Hit]]) -> Callable[[Context], Iterable[Hit]]:
        if name in _RULES:
            raise ValueError(f"two lint rules are called {name}")
        text = " ".join(inspect.cleandoc(find.__doc__ or "").split())
        _RULES[name] = LintRule(Code(name, title, text, "lint"), severity, hint, find)
        return find

    return register


def rules() -> list[LintRule]:
    """Every rule, by code."""
    return [_RULES[name] for name in sorted(_RULES)]
