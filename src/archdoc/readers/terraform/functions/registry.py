"""How a function is defined, found and called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from archdoc.readers.terraform.convert import ConversionError, convert
from archdoc.readers.terraform.errors import EvaluationError, check_string
from archdoc.readers.terraform.types import BOOL, DYNAMIC, NUMBER, STRING, Type
from archdoc.readers.terraform.values import (
    Value,
    deep_marks,
    is_wholly_known,
    refined,
    unknown,
    why_unknown,
)


class Files(Protocol):
    """The repository, as far as functions may read it (paths relative to it; errors are UnreadableError)."""

    def read_text(self, path: str) -> str:
        """The text of a file."""
        ...

    def read_bytes(self, path: str) -> bytes:
        """The bytes of a file."""
        ...

    def is_file(self, path: str) -> bool:
        """Whether a file lies there."""
        ...

    def is_directory(self, path: str) -> bool:
        """Whether a directory lies there."""
        ...

    def under(self, directory: str) -> Any:
        """The listed files below a directory."""
        ...


Render: TypeAlias = Callable[[str, dict[str, Value], str], Value]
"""Evaluates a template's text with variables; the third argument names the template for errors."""


@dataclass(slots=True)
class FunctionContext:
    """What functions may know of their surroundings.

    ``working_directory`` is the root module's directory, which file functions are relative to; ``render`` is the
    evaluator's template rendering; ``files_read`` collects the paths that were read.
    """

    files: Files | None = None
    working_directory: str = "."
    render: Render | None = None
    files_read: dict[str, None] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    """What was not read since somebody last took it, and why."""

    def take_refused(self) -> str:
        """What was not read, once."""
        reasons = "; ".join(dict.fromkeys(self.refused))
        self.refused.clear()
        return reasons


Implementation: TypeAlias = Callable[[list[Value], FunctionContext], Value]


@dataclass(frozen=True, slots=True)
class Function:
    """One function: its name, how many arguments it takes at least and at most (None: any number)."""

    name: str
    least: int
    most: int | None
    implementation: Implementation
    doc: str


REGISTRY: dict[str, Function] = {}
NEVER_KNOWN = {
    "timestamp": STRING,
    "plantimestamp": STRING,
    "uuid": STRING,
    "bcrypt": STRING,
    "rsadecrypt": STRING,
}
"""Functions of time, chance or keys: their result is known only when Terraform runs."""


def call(name: str, arguments: list[Value], context: FunctionContext) -> Value:
    """The value of a call (EvaluationError where Terraform would say an error)."""
    name = name.removeprefix("core::")
    if name in NEVER_KNOWN:
        return unknown(f"{name}() is known only when Terraform runs", NEVER_KNOWN[name], not_null=True).like(*arguments)
    if name.startswith("provider::"):
        return unknown(f"{name}() is a function of a provider", DYNAMIC).like(*arguments)
    function = REGISTRY.get(name)
    if function is None:
        raise EvaluationError(f'there is no function named "{name}"')
    if len(arguments) < function.least:
        raise EvaluationError(
            f"{name}() needs {'at least ' if function.most != function.least else ''}{function.least} arguments"
        )
    if function.most is not None and len(arguments) > function.most:
        raise EvaluationError(f"{name}() takes {function.most} arguments at most")
    try:
        return function.implementation(arguments, context)
    except ConversionError as error:
        raise EvaluationError(f"invalid argument of {name}(): {error}") from None
    except EvaluationError as error:
        if not error.message.startswith(f"{name}()"):
            error.message = f"{name}(): {error.message}"
            error.args = (error.message,)
        raise


def simple(
    name: str, *parameters: Type, returns: Type, optional: int = 0, rest: Type | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Define a function of strings, numbers and bools that takes and returns plain Python values.

    Arguments are converted; null is an error; unknown gives unknown; marks go to the result. ``optional`` of the
    last ``parameters`` may be left out; ``rest`` is the type of any number of further arguments.
    """

    def define(function: Callable[..., Any]) -> Callable[..., Any]:
        def implementation(arguments: list[Value], _context: FunctionContext) -> Value:
            wanted = [*parameters, *([rest] * (len(arguments) - len(parameters)) if rest else [])]
            values = [convert(a, t) for a, t in zip(arguments, wanted, strict=False)]
            for value in values:
                if value.is_null:
                    raise EvaluationError("argument must not be null")
            if not all(is_wholly_known(v) for v in values):
                reason = next(r for v in values if (r := why_unknown(v)))
                return _marked(unknown(reason, returns, not_null=True), values)
            result = function(*[_plain(v) for v in values])
            if isinstance(result, str):
                check_string(len(result))
            made = result if isinstance(result, Value) else Value(returns, result)
            return _marked(made, values)

        most = None if rest else len(parameters)
        REGISTRY[name] = Function(name, len(parameters) - optional, most, implementation, function.__doc__ or "")
        return function

    return define


def general(name: str, least: int, most: int | None = -1) -> Callable[[Implementation], Implementation]:
    """Define a function that gets the values themselves and sees to nulls, unknowns and marks on its own.

    ``most`` is the number of arguments at most, ``least`` unless given; None for any number.
    """

    def define(function: Implementation) -> Implementation:
        REGISTRY[name] = Function(name, least, least if most == -1 else most, function, function.__doc__ or "")
        return function

    return define


@dataclass(frozen=True, slots=True)
class Parameter:
    """What an argument of a declared function may be; anything else is seen to before the function runs.

    ``null``: may be null. ``unknown``: may be unknown. ``dynamic``: may be unknown and of no known type. ``parts``:
    the function passes on the marks of what is in the argument itself; otherwise all of them go to the result.
    """

    kind: Type = DYNAMIC
    null: bool = False
    unknown: bool = False
    dynamic: bool = False
    parts: bool = False


Returns: TypeAlias = Type | Callable[[list[Value]], Type]
Body: TypeAlias = Callable[[list[Value], Type], Value]


def declared(
    name: str, *parameters: Parameter, returns: Returns, rest: Parameter | None = None, not_null: bool = True
) -> Callable[[Body], Body]:
    """Define a function as cty does: by its parameters, the type of its result, and what it does.

    ``returns`` is the type, or works it out from the arguments, of which some may be unknown (EvaluationError where
    their types do not fit). ``not_null`` says that the result is never null, which counts while it is unknown.
    https://pkg.go.dev/github.com/zclconf/go-cty/cty/function#Spec
    """

    def define(body: Body) -> Body:
        def implementation(arguments: list[Value], _context: FunctionContext) -> Value:
            own = [*parameters, *([rest] * (len(arguments) - len(parameters)) if rest else [])]
            values = [convert(a, p.kind) for a, p in zip(arguments, own, strict=True)]
            marked = [v for v, p in zip(values, own, strict=True) if not p.parts]
            for value, parameter in zip(values, own, strict=True):
                if value.is_null and not parameter.null:
                    raise EvaluationError("argument must not be null")
                if value.is_open and not parameter.dynamic:
                    return _marked(unknown(OPEN_ARGUMENT), values)
                if value.kind == "dynamic" and not parameter.dynamic and not value.is_null:
                    return _marked(unknown(why_unknown(value)), values)
            kind = returns if isinstance(returns, Type) else returns(values)
            if any(v.is_unknown and not p.unknown for v, p in zip(values, own, strict=True)):
                made = _marked(unknown(next(r for v in values if (r := why_unknown(v))), kind), values)
            else:
                made = _marked(body(values, kind), marked).like(*values)
            return refined(made, not_null=True) if not_null else made

        most = None if rest else len(parameters)
        REGISTRY[name] = Function(name, len(parameters), most, implementation, body.__doc__ or "")
        return body

    return define


OPEN_ARGUMENT = "which attributes a resource has is known to its provider alone"


def require_known(value: Value, what: str = "argument") -> Value | None:
    """None when the value is known and not null; the unknown result to return when it is unknown."""
    if value.is_null:
        raise EvaluationError(f"{what} must not be null")
    if value.is_unknown:
        return unknown(why_unknown(value), DYNAMIC).like(value)
    return None


def elements(value: Value, what: str = "argument") -> list[Value]:
    """The elements of a list, set or tuple (EvaluationError for anything else), marked as it is."""
    if not value.is_sequence:
        raise EvaluationError(f"{what} must be a list, a set or a tuple, not a {value.kind}")
    return [v.like(value) for v in value.raw]


def _plain(value: Value) -> Any:
    if value.is_sequence:
        return [_plain(v) for v in value.raw]
    if value.is_mapping:
        return {k: _plain(v) for k, v in value.raw.items()}
    return value.raw


def _marked(made: Value, arguments: list[Value]) -> Value:
    for argument in arguments:
        made = made.marked(*deep_marks(argument))
    return made


__all__ = ["BOOL", "NUMBER", "STRING"]
