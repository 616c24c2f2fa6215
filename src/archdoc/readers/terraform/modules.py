"""A module at work: one call of one directory, with its inputs, evaluated as far as somebody asks.

Everything is lazy and remembered: a local, a variable, a resource is evaluated once, when first referred to.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from archdoc.model.facts import Source
from archdoc.model.problem import Problem, Severity
from archdoc.readers.hcl import tree as t
from archdoc.readers.terraform.calling import argument_problems, called_source, external_value
from archdoc.readers.terraform.credentials import named
from archdoc.readers.terraform.errors import Budget, BudgetError, EvaluationError, NotDeclaredError
from archdoc.readers.terraform.expressions import evaluate_in
from archdoc.readers.terraform.fill import filled
from archdoc.readers.terraform.functions import FunctionContext
from archdoc.readers.terraform.instances import (
    CALL_ARGUMENTS,
    META_ARGUMENTS,
    Expanded,
    Instance,
    Repetition,
    arguments,
    lost,
    repetition,
    scope_of,
)
from archdoc.readers.terraform.instancevalues import TERRAFORM_DATA, instance_value, terraform_data_value
from archdoc.readers.terraform.lazy import Outputs, instance_suffix, remembered
from archdoc.readers.terraform.modulesources import source_problem
from archdoc.readers.terraform.names import not_declared
from archdoc.readers.terraform.remote_state import DATA
from archdoc.readers.terraform.rendering import template_file_value
from archdoc.readers.terraform.settings import MissingArgument, Settings
from archdoc.readers.terraform.source import Declared, DeclaredLocal, ModuleSource
from archdoc.readers.terraform.templates import render
from archdoc.readers.terraform.values import Ref, Value, null, string, unknown
from archdoc.readers.terraform.variables import NotGivenError, flag, input_value, output_value, without_value


@dataclass(slots=True)
class Called:
    """One module call: its instances, or what stands in for a module that cannot be read."""

    declared: Declared
    modules: list[Module]
    value: Value
    external: bool = False
    reason: str = ""


class _Busy:
    """Marks what is being evaluated, so that a cycle is seen."""


_BUSY = _Busy()
_T = TypeVar("_T")


class Module:
    """One instance of a module. ``path`` is "" for the root, else ``module.a["x"].module.b``."""

    def __init__(
        self,
        source: ModuleSource,
        settings: Settings,
        budget: Budget,
        context: FunctionContext,
        path: str = "",
        call_path: tuple[str, ...] = (),
        inputs: Mapping[str, Callable[[], Value]] | None = None,
        caller: Module | None = None,
        call: Declared | None = None,
        key: str | int | None = None,
    ) -> None:
        self.source = source
        self.settings = settings
        self.budget = budget
        self.context = context
        self.path = path
        self.call_path = call_path
        self.inputs = inputs or {}
        self.caller = caller
        self.call = call
        self.key = key
        if context.render is None:
            context.render = partial(render, settings.templates, budget, context)
        self._variables: dict[str, Value | _Busy] = {}
        self._locals: dict[str, Value | _Busy] = {}
        self._outputs: dict[str, Value | _Busy] = {}
        self._blocks: dict[str, Expanded | _Busy] = {}
        self._calls: dict[str, Called | _Busy] = {}

    # -- names ----------------------------------------------------------------------------------------------

    def address(self, name: str) -> str:
        """The absolute address of something in this module."""
        return f"{self.path}.{name}" if self.path else name

    def relative(self, address: str) -> str:
        """The address of something in this module, as it is called within."""
        return address.removeprefix(f"{self.path}.") if self.path else address

    def node_id(self, name: str) -> str:
        """The graph's id of something in this module."""
        return f"{self.settings.prefix}:{self.address(name)}"

    def block_address(self, name: str) -> str:
        """The address without any instance keys."""
        return ".".join([f"module.{n}" for n in self.call_path] + [name])

    def around(self) -> Iterator[str]:
        """The directories of this module and of those that it is called by."""
        here: Module | None = self
        while here is not None:
            yield here.source.directory
            here = here.caller

    def resolve(self, root: str, attributes: tuple[str, ...], span: t.Span) -> tuple[Value, int]:
        """The value of a name (see ``expressions.Scope``)."""
        if root == "path":
            return self._path(attributes, span), 1
        if root == "terraform":
            return self._terraform(attributes, span), 1
        if root in ("each", "count", "self"):
            raise NotDeclaredError(f'"{root}" has no meaning here', span)
        need = 2 if root in ("data", "ephemeral", "resource") else 1
        if len(attributes) < need:
            raise NotDeclaredError(f'a reference to "{root}" must be followed by a name', span)
        if root == "var":
            return self.variable(attributes[0], span), 1
        if root == "local":
            return self.local(attributes[0], span), 1
        if root == "module":
            return self.called(attributes[0], span).value, 1
        name = ".".join((root, *attributes[:need])).removeprefix("resource.")
        return self.expanded(name, span).value, need

    def _path(self, attributes: tuple[str, ...], span: t.Span) -> Value:
        name = attributes[0] if attributes else ""
        if name == "module":
            return string(_relative(self.source.directory, self.settings.root))
        if name == "root":
            return string(".")
        if name == "cwd":
            return string(".")  # where Terraform runs; file functions take relative paths the same way
        raise NotDeclaredError(f'path has no attribute "{name}"', span)

    def _terraform(self, attributes: tuple[str, ...], span: t.Span) -> Value:
        name = attributes[0] if attributes else ""
        if name == "workspace":
            return string(self.settings.workspace)
        if name == "applying":
            return unknown("terraform.applying is known only when Terraform runs")
        raise NotDeclaredError(f'terraform has no attribute "{name}"', span)

    # -- variables, locals, outputs -------------------------------------------------------------------------

    def _remembered(
        self, table: dict[str, _T | _Busy], name: str, shown: str, span: t.Span | None, make: Callable[[], _T]
    ) -> _T:
        """What ``make`` gives, made once; EvaluationError where making it needs itself."""
        known = table.get(name)
        if isinstance(known, _Busy):
            raise EvaluationError(f"cycle: {self.settings.cycle(self.address(shown))}", span)
        if known is not None:
            return known
        table[name] = _BUSY
        self.settings.under_way.append(self.address(shown))
        try:
            made = make()
        except BaseException:
            del table[name]
            raise
        finally:
            self.settings.under_way.pop()
        table[name] = made
        return made

    def variable(self, name: str, span: t.Span | None = None) -> Value:
        """The value of an input variable."""
        declared = self.source.variables.get(name)
        if declared is None:
            raise NotDeclaredError(f'no variable named "{name}" is declared', span)
        return self._remembered(self._variables, name, f"var.{name}", span, lambda: self._variable(name, declared))

    def _variable(self, name: str, declared: Declared) -> Value:
        shown = self.address(f"var.{name}")
        given = self.inputs.get(name)
        try:
            return named(name, input_value(declared, given() if given is not None else None, self._evaluate))
        except NotGivenError as error:
            if self.caller is None:
                hint = "give it one in terraform.tfvars, or in the variables or var_files of archdoc.toml"
                self.problem("TF015", f"{shown}: {error.message}", declared.source(), hint, Severity.NOTE)
            elif given is not None:
                self.problem("TF010", f"{shown}: {error.message}", self.given_at(name), "give it a value that fits")
            return without_value(declared, f"no value is given for {shown} ({declared.source()})", self._evaluate)
        except EvaluationError as error:
            place = declared.source(error.span) if error.span else self.given_at(name)
            self.problem("TF010", f"{shown}: {error.message}", place, "give it a value that fits")
            return unknown(error.message)

    def given_at(self, name: str) -> Source:
        """Where a variable gets its value: the argument of the call, or its default; else where it is declared."""
        declared = self.source.variables[name]
        argument = self.call.block.body.attribute(name) if self.call else None
        if self.call is not None and argument is not None:
            return self.call.source(argument.span)
        default = declared.block.body.attribute("default")
        return declared.source(default.span if default is not None and name not in self.inputs else None)

    def _evaluate(self, expression: t.Expression) -> Value:
        self.check_names(expression)
        return evaluate_in(expression, self)

    def check_names(self, expression: t.Expression) -> None:
        """NotDeclaredError where a name in it means nothing, be it evaluated or not."""
        known = self.source.names_checked
        if id(expression) not in known:
            known[id(expression)] = not_declared(expression, self.source)
        error = known[id(expression)]
        if error is not None:
            raise NotDeclaredError(error.message, error.span)

    def local(self, name: str, span: t.Span | None = None) -> Value:
        """The value of a local."""
        declared = self.source.locals.get(name)
        if declared is None:
            raise NotDeclaredError(f'no local named "{name}" is declared', span)
        return self._remembered(self._locals, name, f"local.{name}", span, lambda: self._local(name, declared))

    def _local(self, name: str, declared: DeclaredLocal) -> Value:
        try:
            value = named(name, self._evaluate(declared.attribute.expression))
            self._note_refused("TF011", f"local.{name}", declared.source())
            return value
        except EvaluationError as error:
            self.problem("TF011", f"{self.address(f'local.{name}')}: {error.message}", declared.source(error.span))
            return lost(self, declared.attribute.expression, error)

    def _note_refused(self, code: str, name: str, place: Source) -> None:
        """What a value wanted to read and may not."""
        if refused := self.context.take_refused():
            hint = "the value is drawn as unknown; keep such files in the repository"
            self.problem(code, f"{self.address(name)}: {refused}", place, hint)

    def output_names(self) -> Iterable[str]:
        """The outputs that it declares."""
        return self.source.outputs

    def output(self, name: str, span: t.Span | None = None) -> Value:
        """The value of an output."""
        return self._remembered(self._outputs, name, f"output.{name}", span, lambda: self._output(name))

    def _output(self, name: str) -> Value:
        declared = self.source.outputs[name]
        written = declared.block.body.attribute("value")
        try:
            value = output_value(declared, self._evaluate(written.expression) if written else null(), self._evaluate)
            self._note_refused("TF012", f"output.{name}", declared.source(written.span if written else None))
        except EvaluationError as error:
            self.problem("TF012", f"{self.address(f'output.{name}')}: {error.message}", declared.source(error.span))
            value = lost(self, written.expression, error) if written else unknown(error.message)
        return named(name, value.marked(sensitive=flag(declared.block.body, "sensitive", False)))

    # -- resources ------------------------------------------------------------------------------------------

    def expanded(self, name: str, span: t.Span | None = None) -> Expanded:
        """The instances of a resource or data block (``type.name`` or ``data.type.name``)."""
        declared = self.source.resources.get(name)
        if declared is None:
            raise NotDeclaredError(f'no block "{name}" is declared', span)
        return self._remembered(self._blocks, name, name, span, lambda: self._expand(name, declared))

    def _expand(self, name: str, declared: Declared) -> Expanded:
        repeated = self._bounded(name, declared, self._repetition(name, declared))
        if repeated.keys is None:
            one = self._instance(name, declared, repeated, 0)
            ref = frozenset({Ref(one.node_id)})
            return Expanded(declared, [one], unknown(repeated.reason, refs=ref), repeated.reason, repeated.span)
        instances = [self._instance(name, declared, repeated, i) for i in range(len(repeated.keys))]
        value = repeated.gathered([i.value for i in instances])
        return Expanded(declared, instances, value, repeated.reason, repeated.span)

    def _repetition(self, name: str, declared: Declared) -> Repetition:
        try:
            repeated = repetition(self, declared.block)
        except EvaluationError as error:
            self.problem("TF013", f"{self.address(name)}: {error.message}", declared.source(error.span))
            return Repetition(None, (), error.message, error.span or declared.block.span)
        if repeated.keys is None and (keys := self.settings.told_keys.get(self.address(name))):
            return replace(repeated, keys=keys, values=tuple(unknown(repeated.reason) for _ in keys))
        if repeated.keys is None:
            hint = "give the variables that decide it, or read it as one box for any number of instances"
            place = declared.source(repeated.span)
            self.problem("TF014", f"{self.address(name)}: {repeated.reason}", place, hint, Severity.NOTE)
        return repeated

    def _bounded(self, name: str, declared: Declared, repeated: Repetition, parts: int = 1) -> Repetition:
        """The same, or without its keys where the root module would come to too much; said once for all callers."""
        try:
            self.budget.make_nodes(declared.block, parts * len(repeated.keys or (None,)))
            return repeated
        except BudgetError as error:
            hint = "the instances are drawn as one; exclude the root module, or make it smaller"
            self.problem("TF036", f"{name}: {error.message}", declared.source(), hint)
            return Repetition(None, (), error.message, declared.block.span)

    def _instance(self, name: str, declared: Declared, repeated: Repetition, position: int) -> Instance:
        key = repeated.keys[position] if repeated.keys is not None else None
        own = name + (instance_suffix(key) if repeated.keys is not None else "[?]")
        address, node_id = self.address(own), self.node_id(own)
        scope = scope_of(self, repeated, position)
        report = partial(self._missing_argument, address, declared)
        thunks = {n: remembered(f) for n, f in arguments(scope, declared.block.body, report, META_ARGUMENTS).items()}
        told = self.settings.told.get(address, {})
        thunks = {n: remembered(partial(filled, f, told[n])) if n in told else f for n, f in thunks.items()}
        if name.startswith(DATA) and self.settings.state_of is not None:
            told = {**self.settings.state_of(node_id, thunks), **told}
        built_in = name.startswith("terraform_data.")
        for unexpected in sorted(thunks.keys() - TERRAFORM_DATA) if built_in else ():
            message = f'an argument named "{unexpected}" is not expected here'
            written = declared.block.body.attribute(unexpected)
            report(unexpected, EvaluationError(message, written.span if written else None))
        if name.startswith("data.template_file."):
            value = template_file_value(thunks, node_id, told, scope, declared.block.body)
        else:
            value = (terraform_data_value if built_in else instance_value)(thunks, node_id, told)
        return Instance(
            node_id,
            address,
            key,
            scope,
            thunks,
            value,
            "" if repeated.keys is not None else repeated.reason,
            tuple(sorted(repeated.refs, key=lambda r: (r.target, r.attribute))),
            "count" if repeated.counted else "for_each",
        )

    def _missing_argument(self, address: str, declared: Declared, argument: str, error: EvaluationError) -> None:
        """Note an argument without a value: once for all the instances in which it is the same."""
        key = MissingArgument(declared.source(error.span), argument, error.message)
        self.settings.missing.setdefault(key, {})[address] = None

    # -- module calls ---------------------------------------------------------------------------------------

    def called(self, name: str, span: t.Span | None = None) -> Called:
        """The modules that a call makes."""
        declared = self.source.calls.get(name)
        if declared is None:
            raise NotDeclaredError(f'no module call named "{name}" is declared', span)
        return self._remembered(self._calls, name, f"module.{name}", span, lambda: self._call(name, declared))

    def _call(self, name: str, declared: Declared) -> Called:
        shown = self.address(f"module.{name}")
        written, failed = self._source_address(declared)
        settings = self.settings
        if wrong := source_problem(declared, self.source, written, failed, shown):
            settings.problems[wrong] = None
        source, problem = called_source(self, settings.root, settings.library, name, written, declared.source(), shown)
        repeated = self._repetition(f"module.{name}", declared)
        if problem is not None:
            settings.problems[problem] = None
        if source is None:
            return self._external(name, declared, repeated)
        settings.problems.update(dict.fromkeys(argument_problems(declared, source, shown)))
        bounded = self._bounded(f"module.{name}", declared, repeated, source.size)
        if bounded is not repeated:
            return self._external(name, declared, bounded)
        if repeated.keys is None:
            module = self._child(name, declared, source, repeated, 0)
            value = unknown(repeated.reason, refs=frozenset({Ref(module.own_id())}))
            return Called(declared, [module], value, reason=repeated.reason)
        modules = [self._child(name, declared, source, repeated, i) for i in range(len(repeated.keys))]
        value = repeated.gathered([m.outputs_value() for m in modules])
        return Called(declared, modules, value, reason=repeated.reason)

    def _source_address(self, declared: Declared) -> tuple[str, str]:
        """The source of a call, and why it has none."""
        written = declared.block.body.attribute("source")
        try:
            value = self._evaluate(written.expression) if written is not None else null()
        except EvaluationError as error:
            return "", error.message
        if value.is_unknown or value.is_null:
            return "", value.reason
        if isinstance(value.raw, bool):
            return str(value.raw).lower(), ""
        return (str(value.raw), "") if isinstance(value.raw, str | int) else ("", "it is no text")

    def _child(
        self, name: str, declared: Declared, source: ModuleSource, repeated: Repetition, position: int
    ) -> Module:
        key = repeated.keys[position] if repeated.keys is not None else None
        suffix = instance_suffix(key) if repeated.keys is not None else "[?]"
        path = self.address(f"module.{name}{suffix}")
        scope = scope_of(self, repeated, position)
        report = partial(self._missing_argument, path, declared)
        inputs = {n: remembered(f) for n, f in arguments(scope, declared.block.body, report, CALL_ARGUMENTS).items()}
        context = FunctionContext(self.context.files, self.context.working_directory, None, self.context.files_read)
        return Module(
            source, self.settings, self.budget, context, path, (*self.call_path, name), inputs, self, declared, key
        )

    def _external(self, name: str, declared: Declared, repeated: Repetition) -> Called:
        """A call of a module that is not here."""
        if repeated.keys is None:
            value = unknown(repeated.reason, refs=frozenset({Ref(self.node_id(f"module.{name}"))}))
        else:
            ids = [self.node_id(f"module.{name}{instance_suffix(key)}") for key in repeated.keys]
            value = repeated.gathered([external_value(i) for i in ids])
        return Called(declared, [], value, True, repeated.reason)

    def own_id(self) -> str:
        """The graph's id of this module instance."""
        return f"{self.settings.prefix}:{self.path}"

    def outputs_value(self) -> Value:
        """The module as its caller sees it."""
        thunks = {name: partial(self.output, name) for name in self.source.outputs}
        return Value(None, Outputs(thunks))

    # -- all of it ------------------------------------------------------------------------------------------

    def descendants(self) -> Iterator[Module]:
        """This module and every module below it, in the order of addresses."""
        yield self
        for name in sorted(self.source.calls):
            for module in self.called(name).modules:
                yield from module.descendants()

    def problem(
        self, code: str, message: str, source: Source, hint: str = "", severity: Severity = Severity.WARNING
    ) -> None:
        """Note what could not be worked out."""
        self.settings.problems[Problem(severity, code, message, source, hint)] = None


def _relative(directory: str, root: str) -> str:
    return posixpath.relpath(directory, root)
