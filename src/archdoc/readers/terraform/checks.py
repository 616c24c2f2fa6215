"""What is checked of a module once it has values: its own conditions, secrecy, what it says to depend on.

https://developer.hashicorp.com/terraform/language/expressions/custom-conditions. A condition that is not known
before apply is passed over; one that is false, or has no value, is a problem, as it is Terraform's. ``check``
blocks only warn (https://developer.hashicorp.com/terraform/language/checks), so they are no problems.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from archdoc.model.facts import Source
from archdoc.readers.hcl import tree as t
from archdoc.readers.terraform.convert import ConversionError, convert
from archdoc.readers.terraform.errors import EvaluationError
from archdoc.readers.terraform.expressions import Scope, evaluate_in
from archdoc.readers.terraform.modules import Module
from archdoc.readers.terraform.references import references
from archdoc.readers.terraform.source import Declared
from archdoc.readers.terraform.types import BOOL, STRING
from archdoc.readers.terraform.values import deep_marks
from archdoc.readers.terraform.variables import flag, input_value

_FALSE = "the {} does not hold"


def check(module: Module) -> None:
    """Note what does not hold in a module (not in those that it calls)."""
    for name, declared in module.source.variables.items():
        _check_default(module, name, declared)
        if not module.variable(name).is_unknown:
            _validate(module, name, declared)
    for name, declared in module.source.outputs.items():
        _check(module, f"output.{name}", declared, module, declared.block.body.blocks_of("precondition"))
        _check_secrecy(module, name, declared)
    for name, declared in (*module.source.resources.items(), *module.source.calls.items()):
        _check_dependencies(module, name, declared)
    for name, declared in module.source.resources.items():
        before, after = _lifecycle(declared.block, "precondition"), _lifecycle(declared.block, "postcondition")
        if not before and not after:
            continue
        for instance in module.expanded(name).instances:
            own = module.relative(instance.address)
            _check(module, own, declared, instance.scope, before)
            _check(module, own, declared, instance.scope.of_itself(instance.value), after)


def _check_default(module: Module, name: str, declared: Declared) -> None:
    """A default has to fit, although another value is given; the same for all calls of the module."""
    default = declared.block.body.attribute("default")
    if default is None or name not in module.inputs or name in module.source.defaults_checked:
        return
    module.source.defaults_checked.add(name)
    try:
        input_value(declared, None, lambda expression: evaluate_in(expression, module))
    except EvaluationError as error:
        message = f"{module.address(f'var.{name}')}: the default: {error.message}"
        module.problem("TF010", message, declared.source(default.span), "give it a default that fits")


def _validate(module: Module, name: str, declared: Declared) -> None:
    """The rules of a variable; the problem is where a call gives the value, as that is what has to change."""
    argument = module.call.block.body.attribute(name) if module.call else None
    place = module.call.source(argument.span) if module.call and argument else declared.source()
    for rule, said in _broken(declared, module, declared.block.body.blocks_of("validation")):
        shown = module.address(f"var.{name}")
        if said.startswith(_FALSE.format("validation")):
            module.problem("TF016", f"{shown}: {said} (the rule is at {rule})", place, "change the value, or the rule")
        else:
            module.problem("TF016", f"{shown}: {said}", rule, "correct the rule")


def _lifecycle(block: t.Block, kind: str) -> tuple[t.Block, ...]:
    return tuple(b for outer in block.body.blocks_of("lifecycle") for b in outer.body.blocks_of(kind))


def _check(module: Module, name: str, declared: Declared, scope: Scope, conditions: Iterable[t.Block]) -> None:
    for source, said in _broken(declared, scope, conditions):
        module.problem("TF016", f"{module.address(name)}: {said}", source, "change the value, or the condition")


def _broken(declared: Declared, scope: Scope, conditions: Iterable[t.Block]) -> Iterator[tuple[Source, str]]:
    for block in conditions:
        condition = block.body.attribute("condition")
        if condition is None:
            yield declared.source(block.span), f"the {block.type} has no condition"
            continue
        try:
            value = convert(evaluate_in(condition.expression, scope), BOOL)
        except EvaluationError as error:
            yield declared.source(error.span or condition.span), f"the condition has no value: {error.message}"
            continue
        except ConversionError as error:
            yield declared.source(condition.span), f"the condition has no value: {error}"
            continue
        if value.is_null:
            yield declared.source(condition.span), "the condition is null"
        elif value.is_known and not value.raw:
            yield declared.source(condition.span), _FALSE.format(block.type) + _message(block, scope)


def _message(block: t.Block, scope: Scope) -> str:
    """What the configuration itself says of it, where that is known and tells no secret."""
    written = block.body.attribute("error_message")
    if written is None:
        return ""
    try:
        value = convert(evaluate_in(written.expression, scope), STRING)
    except (EvaluationError, ConversionError):
        return ""
    return f": {value.raw.strip()}" if isinstance(value.raw, str) and not value.sensitive else ""


def _check_secrecy(module: Module, name: str, declared: Declared) -> None:
    """An output of a root module that holds what is sensitive must say so."""
    if module.caller is not None or flag(declared.block.body, "sensitive", False):
        return
    if deep_marks(module.output(name))[1]:
        written = declared.block.body.attribute("value")
        message = f"output.{name} shows what is sensitive and is not marked as such"
        module.problem("TF017", message, declared.source(written.span if written else None), "add sensitive = true")


def _check_dependencies(module: Module, name: str, declared: Declared) -> None:
    """What depends_on names must be declared."""
    written = declared.block.body.attribute("depends_on")
    for reference in references(written.expression) if written is not None else ():
        tables: dict[str, Mapping[str, object]] = {
            "resource": module.source.resources,
            "data": module.source.resources,
            "module": module.source.calls,
            "var": module.source.variables,
            "local": module.source.locals,
        }
        if written is not None and reference.name not in tables[reference.kind]:
            shown = module.address(f"module.{name}" if declared.block.type == "module" else name)
            message = f"{shown}: depends_on: {reference.kind} {reference.name} is not declared"
            module.problem("TF018", message, declared.source(written.span), "correct the name, or take it out")
