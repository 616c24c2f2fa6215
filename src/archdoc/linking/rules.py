"""Linking rules: named functions that look at a graph and say what else follows from it.

A rule is data with a function: its name goes on every edge it makes, its docstring on the rules page, and
``rules_off`` in the configuration switches it off.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from archdoc.catalog import Catalog
from archdoc.config import Config
from archdoc.model.document import Document
from archdoc.model.facts import Edge, Node
from archdoc.model.graph import Graph
from archdoc.model.problem import Problem


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may look at."""

    graph: Graph
    catalog: Catalog
    config: Config
    documents: tuple[Document, ...] = ()
    """The texts that the readers found."""


Fact: TypeAlias = Node | Edge | Problem


@dataclass(frozen=True, slots=True)
class Rule:
    """One linking rule. ``text`` is the docstring of its function."""

    name: str
    text: str
    apply: Callable[[Context], Iterable[Fact]]


def rule(name: str) -> Callable[[Callable[[Context], Iterable[Fact]]], Rule]:
    """Make a rule of a function; its docstring becomes the text of the rules page."""

    def make(function: Callable[[Context], Iterable[Fact]]) -> Rule:
        return Rule(name, inspect.getdoc(function) or "", function)

    return make


def apply_rules(rules: Iterable[Rule], context: Context) -> None:
    """Add to the graph what each rule finds, in order; a later rule sees what an earlier one added."""
    for each in rules:
        if each.name in context.config.rules_off:
            continue
        facts = list(each.apply(context))
        for fact in facts:
            if isinstance(fact, Node):
                context.graph.add_node(fact)
        for fact in facts:
            if isinstance(fact, Edge):
                context.graph.add_edge(fact)
            elif isinstance(fact, Problem):
                context.graph.add_problem(fact)
