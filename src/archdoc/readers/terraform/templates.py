"""The templates of ``templatefile`` and ``templatestring``."""

from __future__ import annotations

from dataclasses import replace

from archdoc.readers.hcl import HclError, parse_template
from archdoc.readers.hcl import tree as t
from archdoc.readers.terraform.convert import convert
from archdoc.readers.terraform.errors import Budget, EvaluationError, FatalError
from archdoc.readers.terraform.expressions import evaluate_bound
from archdoc.readers.terraform.functions import FunctionContext
from archdoc.readers.terraform.types import STRING
from archdoc.readers.terraform.values import Value


def render(
    parsed: dict[str, t.Expression],
    budget: Budget,
    context: FunctionContext,
    text: str,
    variables: dict[str, Value],
    name: str,
) -> Value:
    """The text that a template gives: it sees its variables and nothing else. ``parsed`` are templates by their texts:
    one may be rendered for each of many instances."""
    inside = replace(context, render=_refuse_template)
    try:
        template = parsed.get(text)
        if template is None:
            template = parsed[text] = parse_template(text)
        return convert(evaluate_bound(template, TemplateScope(budget, inside), variables), STRING)
    except (EvaluationError, HclError) as error:
        at = f"{name}:{error.span.line}: " if error.span else f"{name}: "
        if isinstance(error, FatalError):
            raise type(error)(f"{at}{error}") from None
        raise EvaluationError(f"{at}{error}") from None


def _refuse_template(_text: str, _variables: dict[str, Value], name: str) -> Value:
    raise EvaluationError(f"a template may not render another one ({name})")


class TemplateScope:
    """A template's scope: nothing but the variables that are bound."""

    __slots__ = ("budget", "context")

    def __init__(self, budget: Budget, context: FunctionContext) -> None:
        self.budget = budget
        self.context = context

    def resolve(self, root: str, attributes: tuple[str, ...], span: t.Span) -> tuple[Value, int]:
        """No name but the variables means anything."""
        del attributes
        raise EvaluationError(f'the template has no variable named "{root}"', span)
