"""A module at work: one call of one directory, with its inputs, evaluated as far as somebody asks.

Everything is lazy and remembered: a local, a variable, a resource is evaluated once, when first referred to.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from archdoc.model.facts import Source
from archdoc.model.problem import Problem, Severity
from archdoc.readers.terraform import tree as t
from archdoc.readers.terraform.constraints import constraint
from archdoc.readers.terraform.convert import ConversionError, convert
from archdoc.readers.terraform.errors import Budget, EvaluationError
from archdoc.readers.terraform.expressions import evaluate_bound, evaluate_in
from archdoc.readers.terraform.functions import FunctionContext
from archdoc.readers.terraform.instances import (
    ONCE,
    Expanded,
    Instance,
    Repetition,
    arguments,
    instance_value,
    repetition,
    scope_of,
    terraform_data_value,
)
from archdoc.readers.terraform.lazy import Outputs, TemplateScope, instance_suffix, remembered
from archdoc.readers.terraform.source import Declared, ModuleSource
from archdoc.readers.terraform.syntax import HclError, parse_template
from archdoc.readers.terraform.types import DYNAMIC, STRING
from archdoc.readers.terraform.values import (
    Ref,
    Value,
    null,
    object_value,
    open_object,
    string,
    tuple_value,
    unknown,
)

MAX_MODULE_DEPTH = 20


class Library(Protocol):
    """Where module sources come from."""

    def load(self, directory: str) -> ModuleSource | None:
        """The module in a directory, or None where there is none."""
        ...

    def downloaded(self, root: str, call_path: str) -> str | None:
        """The directory that ``terraform init`` put a registry or git module in, by its call path (``a.b``)."""
        ...


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


@dataclass(slots=True)
class Settings:
    """What all modules of one evaluated root share."""

    root: str
    """Repository-relative directory of the root module."""
    prefix: str
    """What node ids begin with: ``tf:terraform`` or ``tf:terraform@staging``."""
    library: Library
    workspace: str = "default"
    problems: dict[Problem, None] = field(default_factory=dict)


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
            context.render = self._render
        self._variables: dict[str, Value | _Busy] = {}
        self._locals: dict[str, Value | _Busy] = {}
        self._outputs: dict[str, Value | _Busy] = {}
        self._blocks: dict[str, Expanded | _Busy] = {}
        self._calls: dict[str, Called | _Busy] = {}

    # -- names ----------------------------------------------------------------------------------------------

    def address(self, name: str) -> str:
        """The absolute address of something in this module."""
        return f"{self.path}.{name}" if self.path else name

    def node_id(self, name: str) -> str:
        """The graph's id of something in this module."""
        return f"{self.settings.prefix}:{self.address(name)}"

    def block_address(self, name: str) -> str:
        """The address without any instance keys."""
        return ".".join([f"module.{n}" for n in self.call_path] + [name])

    def is_call_body(self, body: t.Body) -> bool:
        """Whether a body is that of one of this module's calls."""
        return any(c.block.body is body for c in self.source.calls.values())

    def resolve(self, root: str, attributes: tuple[str, ...], span: t.Span) -> tuple[Value, int]:
        """The value of a name (see ``expressions.Scope``)."""
        if root == "path":
            return self._path(attributes, span), 1
        if root == "terraform":
            return self._terraform(attributes, span), 1
        if root in ("each", "count", "self"):
            raise EvaluationError(f'"{root}" has no meaning here', span)
        need = 2 if root == "data" else 1
        if len(attributes) < need:
            raise EvaluationError(f'a reference to "{root}" must be followed by a name', span)
        if root == "var":
            return self.variable(attributes[0], span), 1
        if root == "local":
            return self.local(attributes[0], span), 1
        if root == "module":
            return self.called(attributes[0], span).value, 1
        name = f"data.{attributes[0]}.{attributes[1]}" if root == "data" else f"{root}.{attributes[0]}"
        return self.expanded(name, span).value, need

    def _path(self, attributes: tuple[str, ...], span: t.Span) -> Value:
        name = attributes[0] if attributes else ""
        if name == "module":
            return string(_relative(self.source.directory, self.settings.root))
        if name == "root":
            return string(".")
        if name == "cwd":
            return string(".")  # where Terraform runs; file functions take relative paths the same way
        raise EvaluationError(f'path has no attribute "{name}"', span)

    def _terraform(self, attributes: tuple[str, ...], span: t.Span) -> Value:
        name = attributes[0] if attributes else ""
        if name == "workspace":
            return string(self.settings.workspace)
        if name == "applying":
            return unknown("terraform.applying is known only when Terraform runs")
        raise EvaluationError(f'terraform has no attribute "{name}"', span)

    # -- variables, locals, outputs -------------------------------------------------------------------------

    def variable(self, name: str, span: t.Span | None = None) -> Value:
        """The value of an input variable."""
        known = self._variables.get(name)
        if isinstance(known, Value):
            return known
        declared = self.source.variables.get(name)
        if declared is None:
            raise EvaluationError(f'no variable named "{name}" is declared', span)
        if known is _BUSY:
            raise EvaluationError(f"cycle: var.{name} depends on itself", span)
        self._variables[name] = _BUSY
        try:
            value = self._variable(name, declared)
        except EvaluationError as error:
            self.problem(
                "TF010",
                f"{self.address(f'var.{name}')}: {error.message}",
                declared.source(),
                "give it a value that fits",
            )
            value = unknown(error.message)
        self._variables[name] = value
        return value

    def _variable(self, name: str, declared: Declared) -> Value:
        body = declared.block.body
        kind = DYNAMIC
        if (written := body.attribute("type")) is not None:
            kind = constraint(written.expression, lambda e: evaluate_in(e, self))
        sensitive = _flag(body, "sensitive", False)
        default = body.attribute("default")
        given = self.inputs.get(name)
        value = given() if given is not None else None
        if value is not None and value.is_null and not _flag(body, "nullable", True):
            value = None
        if value is None:
            if default is None:
                place = declared.source()
                reason = f"no value is given for {self.address(f'var.{name}')} ({place})"
                return unknown(reason, kind if kind.is_primitive else DYNAMIC, sensitive=sensitive)
            value = evaluate_in(default.expression, self)
        try:
            return convert(value, kind).marked(sensitive=sensitive)
        except ConversionError as error:
            raise EvaluationError(f"the value does not fit its type: {error}") from None

    def local(self, name: str, span: t.Span | None = None) -> Value:
        """The value of a local."""
        known = self._locals.get(name)
        if isinstance(known, Value):
            return known
        declared = self.source.locals.get(name)
        if declared is None:
            raise EvaluationError(f'no local named "{name}" is declared', span)
        if known is _BUSY:
            raise EvaluationError(f"cycle: local.{name} depends on itself", span)
        self._locals[name] = _BUSY
        try:
            value = evaluate_in(declared.attribute.expression, self)
        except EvaluationError as error:
            place = self._error_place(declared.path, error, declared.attribute.span)
            self.problem("TF011", f"{self.address(f'local.{name}')}: {error.message}", place)
            value = unknown(error.message)
        self._locals[name] = value
        return value

    def output(self, name: str) -> Value:
        """The value of an output."""
        known = self._outputs.get(name)
        if isinstance(known, Value):
            return known
        declared = self.source.outputs[name]
        if known is _BUSY:
            raise EvaluationError(f"cycle: output {name} depends on itself")
        self._outputs[name] = _BUSY
        written = declared.block.body.attribute("value")
        try:
            value = evaluate_in(written.expression, self) if written else null()
        except EvaluationError as error:
            place = self._error_place(declared.path, error, declared.block.span)
            self.problem("TF012", f"{self.address(f'output.{name}')}: {error.message}", place)
            value = unknown(error.message)
        value = value.marked(sensitive=_flag(declared.block.body, "sensitive", False))
        self._outputs[name] = value
        return value

    # -- resources ------------------------------------------------------------------------------------------

    def expanded(self, name: str, span: t.Span | None = None) -> Expanded:
        """The instances of a resource or data block (``type.name`` or ``data.type.name``)."""
        known = self._blocks.get(name)
        if isinstance(known, Expanded):
            return known
        declared = self.source.resources.get(name)
        if declared is None:
            raise EvaluationError(f'no block "{name}" is declared', span)
        if known is _BUSY:
            raise EvaluationError(f"cycle: {name} depends on itself", span)
        self._blocks[name] = _BUSY
        made = self._expand(name, declared)
        self._blocks[name] = made
        return made

    def _expand(self, name: str, declared: Declared) -> Expanded:
        block = declared.block
        repeated = self._repetition(name, declared)
        if repeated.keys is None:
            one = self._instance(name, declared, repeated, 0)
            ref = frozenset({Ref(one.node_id)})
            return Expanded(declared, [one], unknown(repeated.reason, refs=ref), repeated.reason, repeated.span)
        instances = [self._instance(name, declared, repeated, i) for i in range(len(repeated.keys))]
        value: Value
        if repeated is ONCE:
            value = instances[0].value
        elif block.body.attribute("count") is not None:
            value = tuple_value([i.value for i in instances])
        else:
            value = object_value({str(i.key): i.value for i in instances})
        return Expanded(declared, instances, value, repeated.reason, repeated.span)

    def _repetition(self, name: str, declared: Declared) -> Repetition:
        try:
            return repetition(self, declared.block)
        except EvaluationError as error:
            span = error.span or declared.block.span
            self.problem(
                "TF013", f"{self.address(name)}: {error.message}", self._error_place(declared.path, error, span)
            )
            return Repetition(None, (), error.message, span)

    def _instance(self, name: str, declared: Declared, repeated: Repetition, position: int) -> Instance:
        key = repeated.keys[position] if repeated.keys is not None else None
        own = name + (instance_suffix(key) if repeated.keys is not None else "[?]")
        address, node_id = self.address(own), self.node_id(own)
        scope = scope_of(self, repeated, position)
        report = partial(self._missing_argument, address, declared)
        thunks = {n: remembered(f) for n, f in arguments(scope, declared.block.body, report).items()}
        built_in = name.startswith("terraform_data.")
        value = (terraform_data_value if built_in else instance_value)(thunks, node_id)
        return Instance(
            node_id, address, key, scope, thunks, value, "" if repeated.keys is not None else repeated.reason
        )

    def _missing_argument(self, address: str, declared: Declared, argument: str, error: EvaluationError) -> None:
        place = self._error_place(declared.path, error, declared.block.span)
        hint = "give the value, or make the expression bear its absence (lookup, try)"
        if self.context.files_read:
            hint += f"; files that this configuration reads: {', '.join(sorted(self.context.files_read))}"
        self.problem("TF020", f"{address}: {argument}: {error.message}", place, hint)

    # -- module calls ---------------------------------------------------------------------------------------

    def called(self, name: str, span: t.Span | None = None) -> Called:
        """The modules that a call makes."""
        known = self._calls.get(name)
        if isinstance(known, Called):
            return known
        declared = self.source.calls.get(name)
        if declared is None:
            raise EvaluationError(f'no module call named "{name}" is declared', span)
        if known is _BUSY:
            raise EvaluationError(f"cycle: module.{name} depends on itself", span)
        self._calls[name] = _BUSY
        made = self._call(name, declared)
        self._calls[name] = made
        return made

    def _call(self, name: str, declared: Declared) -> Called:
        source, problem = self._called_source(name, declared)
        repeated = self._repetition(f"module.{name}", declared)
        if source is None:
            if problem is not None:
                self.settings.problems[problem] = None
            return self._external(name, declared, repeated)
        if repeated.keys is None:
            module = self._child(name, declared, source, repeated, 0)
            return Called(
                declared,
                [module],
                unknown(repeated.reason, refs=frozenset({Ref(module.own_id())})),
                reason=repeated.reason,
            )
        modules = [self._child(name, declared, source, repeated, i) for i in range(len(repeated.keys))]
        values = [m.outputs_value() for m in modules]
        if repeated is ONCE:
            value = values[0]
        elif declared.block.body.attribute("count") is not None:
            value = tuple_value(values)
        else:
            value = object_value({str(m.key): v for m, v in zip(modules, values, strict=True)})
        return Called(declared, modules, value, reason=repeated.reason)

    def _called_source(self, name: str, declared: Declared) -> tuple[ModuleSource | None, Problem | None]:
        written = declared.block.body.attribute("source")
        address = ""
        if written is not None:
            try:
                value = evaluate_in(written.expression, self)
                address = value.raw if value.is_known and isinstance(value.raw, str) else ""
            except EvaluationError:
                address = ""
        if not address.startswith(("./", "../")):
            downloaded = self.settings.library.downloaded(self.settings.root, ".".join((*self.call_path, name)))
            return (self.settings.library.load(downloaded) if downloaded else None), None
        directory = posixpath.normpath(posixpath.join(self.source.directory, address))
        if directory == ".." or directory.startswith("../"):
            message = f'{self.address(f"module.{name}")}: "{address}" leads out of the repository; it was not read'
            return None, _problem("TF031", message, declared.source())
        if len(self.call_path) >= MAX_MODULE_DEPTH or self._is_around(directory):
            message = f"{self.address(f'module.{name}')}: the module calls itself ({directory})"
            return None, _problem("TF032", message, declared.source())
        found = self.settings.library.load(directory)
        if found is None:
            message = f'{self.address(f"module.{name}")}: there is no module in "{directory}"'
            return None, _problem("TF030", message, declared.source())
        return found, None

    def _is_around(self, directory: str) -> bool:
        here: Module | None = self
        while here is not None:
            if here.source.directory == directory:
                return True
            here = here.caller
        return False

    def _child(
        self, name: str, declared: Declared, source: ModuleSource, repeated: Repetition, position: int
    ) -> Module:
        key = repeated.keys[position] if repeated.keys is not None else None
        suffix = instance_suffix(key) if repeated.keys is not None else "[?]"
        path = self.address(f"module.{name}{suffix}")
        scope = scope_of(self, repeated, position)
        report = partial(self._missing_argument, path, declared)
        inputs = {n: remembered(f) for n, f in arguments(scope, declared.block.body, report).items()}
        context = FunctionContext(self.context.files, self.context.working_directory, None, self.context.files_read)
        return Module(
            source, self.settings, self.budget, context, path, (*self.call_path, name), inputs, self, declared, key
        )

    def _external(self, name: str, declared: Declared, repeated: Repetition) -> Called:
        """A module that is not here: every output is unknown and refers to the call."""
        values = []
        for key in repeated.keys or (None,):
            node_id = self.node_id(f"module.{name}{instance_suffix(key)}")
            values.append(open_object({}, partial(_external_output, node_id)))
        if repeated.keys is None:
            return Called(
                declared,
                [],
                unknown(repeated.reason, refs=frozenset({Ref(self.node_id(f"module.{name}"))})),
                True,
                repeated.reason,
            )
        if repeated is ONCE:
            value = values[0]
        elif declared.block.body.attribute("count") is not None:
            value = tuple_value(values if repeated.keys else [])
        else:
            value = object_value({str(k): v for k, v in zip(repeated.keys, values, strict=False)})
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

    def problem(self, code: str, message: str, source: Source, hint: str = "") -> None:
        """Note what could not be worked out."""
        self.settings.problems[Problem(Severity.WARNING, code, message, source, hint)] = None

    def _error_place(self, path: str, error: EvaluationError, span: t.Span) -> Source:
        at = error.span or span
        return Source(path, at.line, at.end_line)

    def _render(self, text: str, variables: dict[str, Value], name: str) -> Value:
        """A template of ``templatefile`` or ``templatestring``: it sees its variables and nothing else."""
        try:
            template = parse_template(text)
        except HclError as error:
            raise EvaluationError(f"{name}:{error.span.line}: {error}") from None
        value = evaluate_bound(template, TemplateScope(self.budget, self.context), variables)
        return convert(value, STRING)


def _external_output(node_id: str, name: str) -> Value:
    return unknown(f"the output {name} of a module that is not in the repository", refs=frozenset({Ref(node_id, name)}))


def _flag(body: t.Body, name: str, default: bool) -> bool:
    """A literal ``true`` or ``false`` argument."""
    written = body.attribute(name)
    if written is None or not isinstance(written.expression, t.Literal):
        return default
    return bool(written.expression.value)


def _relative(directory: str, root: str) -> str:
    return posixpath.relpath(directory, root)


def _problem(code: str, message: str, source: Source) -> Problem:
    return Problem(Severity.ERROR, code, message, source, "the call is drawn as an external module")
