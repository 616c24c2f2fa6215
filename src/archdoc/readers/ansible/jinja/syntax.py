"""Templates as syntax trees: Jinja2's own parser, Ansible's settings, and the text of every expression."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import Any

from jinja2 import nodes
from jinja2.exceptions import TemplateError
from jinja2.lexer import TOKEN_STRING, Lexer
from jinja2.parser import Parser
from jinja2.sandbox import SandboxedEnvironment

from archdoc.readers.ansible.jinja.symbolic import MARKS
from archdoc.readers.ansible.jinja.unparse import unparse

MAX_TEMPLATE = 1_000_000
"""Characters; a longer template is not parsed."""
OVERRIDE = "#jinja2:"


class TemplateSyntaxFailure(Exception):  # noqa: N818 (jinja2 has the other name)
    """A template that Jinja2 cannot parse; ``line`` is where."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclasses.dataclass(frozen=True, slots=True)
class Overrides:
    """What a ``#jinja2:`` header or the options of the template module can set
    (https://docs.ansible.com/ansible/latest/collections/ansible/builtin/template_module.html)."""

    block_start_string: str = "{%"
    block_end_string: str = "%}"
    variable_start_string: str = "{{"
    variable_end_string: str = "}}"
    comment_start_string: str = "{#"
    comment_end_string: str = "#}"
    line_statement_prefix: str | None = None
    line_comment_prefix: str | None = None
    trim_blocks: bool = True
    lstrip_blocks: bool = False

    def starts(self) -> tuple[str, ...]:
        """The texts that begin something to evaluate."""
        return (self.variable_start_string, self.block_start_string, self.comment_start_string)


DEFAULT = Overrides()


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Parsed:
    """A template's tree. ``sources`` gives the text of each ``{{ … }}`` by the identity of its node;
    ``first_line`` is the line that the tree's line 1 is of (2 behind a ``#jinja2:`` header)."""

    tree: nodes.Template
    sources: dict[int, str]
    first_line: int = 1
    blocks: tuple[nodes.Block, ...] = ()


class _Lexer(Lexer):
    """Jinja2's lexer. In values of YAML files Ansible takes a backslash in a text literally (``'\\w'`` needs no
    doubling there), in template files and conditions it does not."""

    def __init__(self, sandbox: SandboxedEnvironment, literal_backslashes: bool) -> None:
        super().__init__(sandbox)
        self._literal = literal_backslashes
        self.last: list[tuple[int, str, str]] = []
        """The tokens of the text that was lexed last."""

    def tokeniter(self, *args: Any, **kwargs: Any) -> Iterator[tuple[int, str, str]]:
        """The tokens of a text."""
        self.last = list(super().tokeniter(*args, **kwargs))
        if self._literal:
            self.last = [
                (line, token, value.replace("\\", "\\\\") if token == TOKEN_STRING else value)
                for line, token, value in self.last
            ]
        return iter(self.last)


class Sandbox(SandboxedEnvironment):
    """Jinja2's sandbox. It parses, and its rules say which attributes are safe; archdoc's own interpreter walks
    the tree, so that no code is ever generated from a template."""

    literal_backslashes = False

    @cached_property
    def lexer(self) -> _Lexer:
        """The lexer of this environment."""
        return _Lexer(self, self.literal_backslashes)

    def is_safe(self, value: object, attribute: str) -> bool:
        """Whether an attribute may be looked at: none that begins with an underscore, none of Python's innards."""
        return self.is_safe_attribute(value, attribute, None)


@lru_cache(maxsize=64)
def environment(overrides: Overrides = DEFAULT, literal_backslashes: bool = False) -> Sandbox:
    """The environment of a set of overrides."""
    sandbox = Sandbox(
        extensions=("jinja2.ext.do", "jinja2.ext.loopcontrols"),
        optimized=False,
        **{field.name: getattr(overrides, field.name) for field in dataclasses.fields(overrides)},
    )
    sandbox.literal_backslashes = literal_backslashes
    return sandbox


def with_header(text: str, overrides: Overrides) -> tuple[str, Overrides, int]:
    """A template without its ``#jinja2:`` header, the overrides with it, and the number of its first line."""
    if not text.startswith(OVERRIDE):
        return text, overrides, 1
    header, _, rest = text.partition("\n")
    known = {field.name: field for field in dataclasses.fields(Overrides)}
    changes: dict[str, Any] = {}
    for pair in header[len(OVERRIDE) :].split(","):
        key, _, value = pair.partition(":")
        try:
            if key.strip() in known:
                changes[key.strip()] = ast.literal_eval(value.strip())
        except (ValueError, SyntaxError):
            continue
    try:
        hash(tuple(changes.values()))
        return rest, dataclasses.replace(overrides, **changes), 2
    except TypeError:
        return rest, overrides, 2


@lru_cache(maxsize=8192)
def parse_template(text: str, overrides: Overrides = DEFAULT, literal_backslashes: bool = False) -> Parsed:
    """The tree of a template (TemplateSyntaxFailure when Jinja2 cannot parse it).

    ``literal_backslashes`` for templates in values of YAML files, not for template files.
    """
    text, overrides, first_line = with_header(MARKS.sub("", text), overrides)
    if len(text) > MAX_TEMPLATE:
        raise TemplateSyntaxFailure(f"a template of more than {MAX_TEMPLATE} characters", 1)
    try:
        sandbox = environment(overrides, literal_backslashes)
        tree = sandbox.parse(text)
        blocks = tuple(tree.find_all(nodes.Block)) if "block" in text else ()
        return Parsed(tree, _sources(sandbox.lexer.last, tree), first_line, blocks)
    except TemplateError as error:
        line = getattr(error, "lineno", None) or 1
        raise TemplateSyntaxFailure(str(error.message or "not a template"), line + first_line - 1) from None
    except (RecursionError, ValueError, AssertionError, TypeError) as error:
        raise TemplateSyntaxFailure(f"not a template: {type(error).__name__}", first_line) from None


@lru_cache(maxsize=8192)
def parse_expression(text: str, literal_backslashes: bool = False) -> Parsed:
    """The tree of a bare expression, as of ``when`` (TemplateSyntaxFailure when it is none)."""
    sandbox = environment(DEFAULT, literal_backslashes)
    text = MARKS.sub("", text)
    if len(text) > MAX_TEMPLATE:
        raise TemplateSyntaxFailure("an expression that is too long", 1)
    try:
        parser = Parser(sandbox, text, state="variable")
        expression = parser.parse_expression()
        if not parser.stream.eos:
            raise TemplateSyntaxFailure("text behind the end of an expression", 1)
        tree = nodes.Template([nodes.Output([expression], lineno=1)], lineno=1)
        return Parsed(tree, {id(expression): text.strip()})
    except TemplateError as error:
        raise TemplateSyntaxFailure(str(error.message or "not an expression"), 1) from None
    except (RecursionError, ValueError, AssertionError, TypeError) as error:
        raise TemplateSyntaxFailure(f"not an expression: {type(error).__name__}", 1) from None


def _sources(tokens: list[tuple[int, str, str]], tree: nodes.Template) -> dict[int, str]:
    """The text between the braces of each output, paired with its node in the order of the text."""
    outputs = list(_outputs(tree))
    texts = []
    inside: list[str] | None = None
    for _, token, value in tokens:
        if token == "variable_begin":
            inside = []
        elif token == "variable_end":
            texts.append(" ".join("".join(inside or ()).split()))
            inside = None
        elif inside is not None:
            inside.append(value)
    if len(texts) != len(outputs):
        return {id(node): unparse(node) for node in outputs}
    return {id(node): source for node, source in zip(outputs, texts, strict=True)}


def _outputs(node: nodes.Node) -> Iterator[nodes.Expr]:
    """The expressions that are printed, in the order of the text."""
    if isinstance(node, nodes.Output):
        yield from (child for child in node.nodes if not isinstance(child, nodes.TemplateData))
        return
    for child in node.iter_child_nodes():
        yield from _outputs(child)
