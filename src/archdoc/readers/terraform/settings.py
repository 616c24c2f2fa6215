"""What all modules of one evaluated root share, and what of it could not be worked out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from archdoc.model.facts import Source
from archdoc.model.problem import Problem, Severity
from archdoc.readers.hcl import tree as t
from archdoc.readers.terraform.calling import Library
from archdoc.readers.terraform.values import Value

SHOWN = 5
"""Further instances with the same problem that are named."""


StateOf = Callable[[str, Mapping[str, Callable[[], Value]]], Mapping[str, Value]]


@dataclass(frozen=True, slots=True)
class MissingArgument:
    """An argument that has no value, and why."""

    source: Source
    argument: str
    message: str


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
    missing: dict[MissingArgument, dict[str, None]] = field(default_factory=dict)
    """Arguments without a value, with the addresses of the instances."""
    under_way: list[str] = field(default_factory=list)
    """The addresses of what is being evaluated, each for the one before it."""
    told: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    """What a plan or a state says of instances, by their addresses."""
    told_keys: Mapping[str, tuple[str | int, ...]] = field(default_factory=dict)
    """The instance keys that it has, by the addresses of blocks and module calls."""
    state_of: StateOf | None = None
    """What a data source that reads a state has, by its node and its arguments."""
    templates: dict[str, t.Expression] = field(default_factory=dict)
    """Parsed templates by their texts: one may be rendered for each of many instances."""

    def all_problems(self, files_read: Iterable[str]) -> Iterator[Problem]:
        """Everything that could not be worked out."""
        yield from self.problems
        hint = "give the value, or make the expression bear its absence (lookup, try)"
        if read := ", ".join(sorted(files_read)):
            hint += f"; files that this configuration reads: {read}"
        for missing, addresses in self.missing.items():
            first, *others = addresses
            more = (
                f" (and in {len(others)} more: {', '.join(others[:SHOWN])}{', …' * (len(others) > SHOWN)})"
                if others
                else ""
            )
            message = f"{first}: {missing.argument}: {missing.message}{more}"
            yield Problem(Severity.WARNING, "TF020", message, missing.source, hint)

    def cycle(self, address: str) -> str:
        """The way from an address under way back to itself."""
        return " → ".join((*self.under_way[self.under_way.index(address) :], address))
