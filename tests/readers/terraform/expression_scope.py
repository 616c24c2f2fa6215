"""A scope for single expressions: the locals and ``terraform_data`` resources of a small configuration."""

from __future__ import annotations

import oracle

from archdoc.readers.terraform import tree as t
from archdoc.readers.terraform.errors import Budget, EvaluationError, NotDeclaredError
from archdoc.readers.terraform.expressions import evaluate
from archdoc.readers.terraform.functions import FunctionContext
from archdoc.readers.terraform.syntax import SyntaxFault, parse
from archdoc.readers.terraform.types import STRING
from archdoc.readers.terraform.values import Ref, Value, null, object_value, unknown


class ConfigurationScope:
    """What a configuration's text declares, evaluated when asked for."""

    def __init__(self, text: str = "") -> None:
        self.budget = Budget()
        self.context = FunctionContext()
        body = parse(text, "preamble.tf").body
        self._locals = {a.name: a.expression for b in body.blocks_of("locals") for a in b.body.attributes}
        self._resources = {b.labels[1]: b.body for b in body.blocks_of("resource")}
        self._known: dict[str, Value] = {}

    def resolve(self, root: str, attributes: tuple[str, ...], span: t.Span) -> tuple[Value, int]:
        """A local or a terraform_data resource."""
        name = attributes[0] if attributes else ""
        if root == "local" and name in self._locals:
            if name not in self._known:
                self._known[name] = evaluate(self._locals[name], self)
            return self._known[name], 1
        if root == "terraform_data" and name in self._resources:
            return self._resource(name), 1
        raise NotDeclaredError(f"nothing is named {root}.{name}", span)

    def _resource(self, name: str) -> Value:
        written = self._resources[name].attribute("input")
        given = evaluate(written.expression, self) if written else null()
        fields = {
            "id": unknown("known after apply", STRING),
            "input": given,
            "output": unknown("known after apply", given.type),
            "triggers_replace": null(),
        }
        return object_value({k: v.marked(frozenset({Ref(f"terraform_data.{name}", k)})) for k, v in fields.items()})


def value_of(text: str, scope: ConfigurationScope | None = None) -> Value:
    """The value of an expression's text."""
    parsed = parse(f"x = {text}\n", "expression.tf")
    if parsed.problems or len(parsed.body.attributes) != 1:
        raise SyntaxFault("not an expression", t.Span(1, 1, 1, 1))
    return evaluate(parsed.body.attributes[0].expression, scope or ConfigurationScope())


def answers(texts: list[str], scope: ConfigurationScope) -> list[oracle.Answer]:
    """What archdoc says of each expression, in the terms of the oracle."""
    made = []
    for text in texts:
        try:
            made.append(oracle.answer(value_of(text, scope)))
        except (EvaluationError, SyntaxFault) as error:
            made.append(oracle.Answer(failed=True, why=str(error)))
    return made
