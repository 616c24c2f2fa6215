"""Resource and data blocks as instances: count, for_each, and the values of their arguments.

https://developer.hashicorp.com/terraform/language/meta-arguments
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from archdoc.readers.hcl import tree as t
from archdoc.readers.terraform.convert import ConversionError, convert
from archdoc.readers.terraform.credentials import only_references
from archdoc.readers.terraform.errors import Budget, BudgetError, EvaluationError, NotDeclaredError, check_elements
from archdoc.readers.terraform.expressions import Bound, Scope, evaluate_in
from archdoc.readers.terraform.functions import FunctionContext
from archdoc.readers.terraform.operators import get_attr
from archdoc.readers.terraform.references import traversals
from archdoc.readers.terraform.source import Declared
from archdoc.readers.terraform.types import DYNAMIC, NUMBER, Type
from archdoc.readers.terraform.values import (
    NO_REFS,
    Ref,
    Refs,
    Value,
    deep_marks,
    is_wholly_known,
    number,
    object_value,
    open_object,
    string,
    tuple_value,
    unknown,
    why_unknown,
)

META_ARGUMENTS = frozenset({"count", "for_each", "provider", "depends_on", "lifecycle", "providers"})
"""What Terraform itself reads of a resource, data or module block."""
CALL_ARGUMENTS = META_ARGUMENTS | {"source", "version"}
"""The same of a module block."""
_META_BLOCKS = frozenset({"lifecycle", "connection", "provisioner"})


@dataclass(frozen=True, slots=True)
class Repetition:
    """What count or for_each come to.

    ``keys`` are the instance keys ((None,) without repetition); None when they are not known, with ``reason``.
    """

    keys: tuple[str | int | None, ...] | None
    values: tuple[Value, ...] = ()
    reason: str = ""
    span: t.Span | None = None
    counted: bool = False
    refs: Refs = NO_REFS
    """What decides how many instances there are."""

    def gathered(self, values: list[Value]) -> Value:
        """The values of the instances as a reference to the block sees them: one, or by index, or by key."""
        if self.keys == (None,):
            return values[0]
        if self.keys is None:
            raise ValueError("the instances are not known")
        if self.counted:
            return tuple_value(values)
        return object_value({str(k): v for k, v in zip(self.keys, values, strict=True)})


ONCE = Repetition((None,))


class ModuleScope(Protocol):
    """The module that blocks stand in, as far as their arguments need it."""

    budget: Budget
    context: FunctionContext

    def resolve(self, root: str, attributes: tuple[str, ...], span: t.Span) -> tuple[Value, int]:
        """The value of a name (see ``scopes.Scope``)."""
        ...

    def check_names(self, expression: t.Expression) -> None:
        """NotDeclaredError where a name in it means nothing."""
        ...


class InstanceScope:
    """The scope of one instance's arguments: the module's, and ``each``, ``count`` and ``self``."""

    __slots__ = ("_names", "budget", "context", "module")

    def __init__(self, module: ModuleScope, names: dict[str, Value]) -> None:
        self.module = module
        self.budget = module.budget
        self.context = module.context
        self._names = names

    def resolve(self, root: str, attributes: tuple[str, ...], span: t.Span) -> tuple[Value, int]:
        """``each``, ``count`` and ``self``, else what the module says."""
        if root in ("each", "count", "self"):
            value = self._names.get(root)
            if value is None:
                wanted = "for_each" if root == "each" else root
                raise NotDeclaredError(f'"{root}" may be used only where {wanted} is set', span)
            return value, 0
        return self.module.resolve(root, attributes, span)

    def of_itself(self, value: Value) -> InstanceScope:
        """The same scope in which ``self`` is the instance."""
        return InstanceScope(self.module, {**self._names, "self": value})


def repetition(module: ModuleScope, block: t.Block) -> Repetition:
    """The instance keys of a block (EvaluationError where Terraform would say an error)."""
    count, for_each = block.body.attribute("count"), block.body.attribute("for_each")
    if count is not None and for_each is not None:
        raise EvaluationError("only one of count and for_each may be set", for_each.span)
    argument = count or for_each
    if argument is None:
        return ONCE
    try:
        return (_counted if argument is count else _keyed)(module, argument)
    except EvaluationError as error:
        raise error.at(argument.span) from None


def _counted(module: ModuleScope, argument: t.Attribute) -> Repetition:
    span = argument.expression.span
    module.check_names(argument.expression)
    try:
        value = convert(evaluate_in(argument.expression, module), NUMBER)
    except ConversionError as error:
        raise EvaluationError(f"count: {error}", span) from None
    if value.is_null:
        raise EvaluationError("count must not be null", span)
    if value.is_unknown:
        return Repetition(
            None, (), f"count is not known: {why_unknown(value)}", span, True, only_references(value.refs)
        )
    if not isinstance(value.raw, int) or value.raw < 0:
        raise EvaluationError("count must be a whole number that is not negative", span)
    check_elements(value.raw)
    return Repetition(tuple(range(value.raw)), (), "count is 0", span, True, only_references(value.refs))


def _keyed(module: ModuleScope, argument: t.Attribute) -> Repetition:
    span = argument.expression.span
    module.check_names(argument.expression)
    value = evaluate_in(argument.expression, module)
    if value.sensitive or (value.kind == "set" and deep_marks(value)[1]):
        raise EvaluationError("for_each is sensitive; the keys would show it", span)
    if value.is_null:
        raise EvaluationError("for_each must not be null", span)
    if value.is_unknown or value.is_open:
        reason = f"the keys of for_each are not known: {why_unknown(value)}"
        return Repetition(None, (), reason, span, refs=only_references(deep_marks(value)[0]))
    if value.is_mapping:
        keys = tuple(sorted(value.raw))
        check_elements(len(keys))
        values = tuple(value.raw[k].marked(value.refs) for k in keys)
        return Repetition(keys, values, "for_each is empty", span, refs=only_references(value.refs))
    if value.kind != "set":
        raise EvaluationError(f"for_each must be a map, an object or a set of strings, not a {value.kind}", span)
    if not is_wholly_known(value):
        reason = f"the elements of for_each are not known: {why_unknown(value)}"
        return Repetition(None, (), reason, span, refs=only_references(deep_marks(value)[0]))
    for item in value.raw:
        if item.is_null or item.kind != "string":
            raise EvaluationError("the elements of for_each must be strings", span)
    check_elements(len(value.raw))
    marked = tuple(v.marked(value.refs) for v in value.raw)
    return Repetition(
        tuple(v.raw for v in value.raw), marked, "for_each is empty", span, refs=only_references(value.refs)
    )


def scope_of(module: ModuleScope, repeated: Repetition, position: int) -> InstanceScope:
    """The scope of the instance at a position of the keys; of all of them at once where keys are not known."""

    def later(kind: Type = DYNAMIC) -> Value:
        return unknown(repeated.reason, kind, repeated.refs)

    if repeated.keys is None:
        each = {"key": later(), "value": later()}
        return InstanceScope(module, {"each": object_value(each), "count": object_value({"index": later(NUMBER)})})
    key = repeated.keys[position]
    if isinstance(key, int):
        return InstanceScope(module, {"count": object_value({"index": number(key).marked(repeated.refs)})})
    if isinstance(key, str):
        each = {"key": string(key).marked(repeated.refs), "value": repeated.values[position]}
        return InstanceScope(module, {"each": object_value(each)})
    return InstanceScope(module, {})


Report = Callable[[str, EvaluationError], None]
"""Told of an argument (by its path) that has no value."""


def arguments(
    scope: InstanceScope,
    body: t.Body,
    report: Report,
    without: frozenset[str] = frozenset(),
    bound: Bound | None = None,
    path: str = "",
) -> dict[str, Callable[[], Value]]:
    """What a body sets, by name: arguments, and nested blocks as tuples of objects, each evaluated when asked."""
    found: dict[str, Callable[[], Value]] = {}
    for attribute in body.attributes:
        if attribute.name not in without:
            found[attribute.name] = partial(_argument, scope, attribute, report, bound, path)
    kinds: dict[str, list[t.Block]] = {}
    for block in body.blocks:
        if block.type == "dynamic" and block.labels:
            kinds.setdefault(block.labels[0], []).append(block)
        elif block.type not in _META_BLOCKS:
            kinds.setdefault(block.type, []).append(block)
    for kind, blocks in kinds.items():
        found[kind] = partial(_blocks, scope, kind, blocks, report, bound, path)
    return found


def _argument(scope: InstanceScope, attribute: t.Attribute, report: Report, bound: Bound | None, path: str) -> Value:
    try:
        if bound is None:
            scope.module.check_names(attribute.expression)
        value = evaluate_in(attribute.expression, scope, bound)
        if refused := scope.context.take_refused():
            report(f"{path}{attribute.name}", EvaluationError(refused, attribute.span))
        return value
    except EvaluationError as error:
        report(f"{path}{attribute.name}", error.at(attribute.expression.span))
        return lost(scope, attribute.expression, error)


def lost(scope: Scope, expression: t.Expression, error: EvaluationError) -> Value:
    """What stands for a value that could not be worked out: unknown, and made of all that its text refers to.

    Where a limit was reached, nothing more is asked: it would only be reached again.
    """
    if isinstance(error, BudgetError):
        return unknown(error.message)
    refs: Refs = NO_REFS
    for traversal in traversals(expression):
        try:
            value, used = scope.resolve(traversal.root, traversal.names, traversal.span)
            for name in traversal.names[used:]:
                value = get_attr(value, name)
            refs |= deep_marks(value)[0]
        except EvaluationError:
            continue
    return unknown(error.message, refs=refs)


def _blocks(
    scope: InstanceScope, kind: str, blocks: list[t.Block], report: Report, bound: Bound | None, path: str
) -> Value:
    items: list[Value] = []
    decided: list[Value] = []
    for block in blocks:
        if block.type != "dynamic":
            items.append(_nested(scope, block, report, bound, f"{path}{kind}[{len(items)}]."))
            continue
        try:
            expanded = _dynamic(scope, kind, block, report, bound, f"{path}{kind}", len(items))
        except EvaluationError as error:
            report(f"{path}{kind}", error.at(block.span))
            argument = block.body.attribute("for_each")
            return lost(scope, argument.expression, error) if argument else unknown(error.message)
        if isinstance(expanded, Value):
            return expanded
        items += expanded[0]
        decided.append(expanded[1])
    return tuple_value(items).like(*decided)


def _nested(scope: InstanceScope, block: t.Block, report: Report, bound: Bound | None, path: str) -> Value:
    own = arguments(scope, block.body, report, bound=bound, path=path)
    return open_object(own, lambda name: unknown(f"{path}{name} is known after apply"))


def _dynamic(
    scope: InstanceScope, kind: str, block: t.Block, report: Report, bound: Bound | None, path: str, start: int
) -> tuple[list[Value], Value] | Value:
    """The blocks that a dynamic block comes to and what decides how many; unknown where that is not known.

    https://developer.hashicorp.com/terraform/language/expressions/dynamic-blocks."""
    argument = block.body.attribute("for_each")
    content = block.body.blocks_of("content")
    if argument is None or not content:
        raise EvaluationError("a dynamic block needs for_each and content", block.span)
    chosen = block.body.attribute("iterator")
    name = chosen.expression.name if chosen and isinstance(chosen.expression, t.Variable) else kind
    collection = evaluate_in(argument.expression, scope, bound)
    if collection.is_null:
        raise EvaluationError("the for_each of a dynamic block must not be null", argument.span)
    if collection.is_unknown or collection.is_open:
        return unknown(f"how many {kind} blocks there are is not known: {why_unknown(collection)}").like(collection)
    if collection.is_mapping:
        pairs = [(string(k), collection.raw[k]) for k in sorted(collection.raw)]
    elif collection.is_sequence:
        is_set = collection.kind == "set"
        pairs = [(v if is_set else number(i), v) for i, v in enumerate(collection.raw)]
    else:
        raise EvaluationError(f"cannot iterate over a {collection.kind} in a dynamic block", argument.span)
    check_elements(len(pairs))
    items = []
    for position, (key, value) in enumerate(pairs, start):
        iterator = object_value({"key": key.like(collection), "value": value.like(collection)})
        inner = Bound({name: iterator}, bound)
        items.append(_nested(scope, content[0], report, inner, f"{path}[{position}]."))
    return items, collection


@dataclass(slots=True)
class Instance:
    """One instance of a resource or data block. ``scope`` and ``thunks`` evaluate its arguments."""

    node_id: str
    address: str
    key: str | int | None
    scope: InstanceScope
    thunks: Mapping[str, Callable[[], Value]]
    value: Value
    open_keys: str = ""
    """Why the keys of the block are not known, where they are not."""
    repeated: tuple[Ref, ...] = ()
    """What decides how many instances there are, by the argument ``repeated_by``."""
    repeated_by: str = ""


@dataclass(slots=True)
class Expanded:
    """A block and its instances; none when it is switched off, for ``reason``."""

    declared: Declared
    instances: list[Instance]
    value: Value
    reason: str = ""
    span: t.Span | None = None
