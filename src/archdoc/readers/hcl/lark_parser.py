"""python-hcl2's grammar and tables, driven without what archdoc does not need.

``hcl2.parses_to_tree`` works out a position for every node of its tree; the tokens carry theirs anyway, and without
that work parsing takes little more than half the time. Where lark's insides are not as expected, the public function
is used: it gives the same tree.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from hcl2 import parses_to_tree
from hcl2.parser import parser
from lark.exceptions import LarkError
from lark.parse_tree_builder import ParseTreeBuilder
from lark.parsers.lalr_parser import _Parser

__all__ = ["LarkError", "parse_tree"]


class Node:
    """One node of the tree: the rule's name and its children, nodes and tokens."""

    __slots__ = ("children", "data")

    def __init__(self, data: str, children: list[Any]) -> None:
        self.data = data
        self.children = children


def parse_tree(text: str) -> Any:
    """The parse tree of a text that ends in a line end (LarkError where python-hcl2 rejects it)."""
    return _driver()(text)


@functools.cache
def _driver() -> Callable[[str], Any]:
    try:
        return light_driver()
    except (AttributeError, TypeError):
        return parses_to_tree


def light_driver() -> Callable[[str], Any]:
    """The same tables with a lighter tree (AttributeError or TypeError where lark has changed)."""
    made: Any = parser()
    build: Any = ParseTreeBuilder
    options = made.options
    callbacks = build(made.rules, Node, False, False, options.maybe_placeholders).create_callback(None)
    driver: Any = _Parser(made.parser.parser._parse_table, callbacks)
    thread, start = made.parser._make_lexer_thread, options.start[0]

    def parse(text: str) -> Any:
        return driver.parse(thread(text), start)

    parse("a = 1\n")
    return parse
