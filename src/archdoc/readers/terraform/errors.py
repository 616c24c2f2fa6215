"""What goes wrong while evaluating, and the limits that keep an evaluation finite."""

from __future__ import annotations

from dataclasses import dataclass

from archdoc.readers.hcl.tree import Span


class EvaluationError(Exception):
    """An expression has no value; Terraform itself would say an error here."""

    def __init__(self, message: str, span: Span | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.span = span

    def at(self, span: Span) -> EvaluationError:
        """The same error, placed, unless it already is."""
        if self.span is None:
            self.span = span
        return self


class FatalError(EvaluationError):
    """An error that nothing hides: not ``try``, ``can``, ``&&`` or the other result of a conditional."""


class NotDeclaredError(FatalError):
    """A name is not declared. Terraform finds that before it evaluates anything."""


class BudgetError(FatalError):
    """A limit of archdoc's own was reached."""


MAX_ELEMENTS = 200_000
"""Elements of one collection, and instances of one block."""
MAX_PARTS = 500_000
"""Elements of a collection and of all in it. Lists that hold one list twice, and so on, double at each step."""
MAX_STRING = 4 * 1024 * 1024
"""Characters of one string."""
MAX_DEPTH = 1000
"""Expressions inside expressions, through locals and modules."""
MAX_STEPS = 600_000
"""Expressions evaluated for one root module, beyond ``STEPS_EACH`` for each that the configuration writes (which no
other one can use up: what is cheap is evaluated still after something was too dear).

The largest roots that people published and that were measured took 17,000, all together; the limit is reached within
seconds."""
STEPS_EACH = 200
CHARACTERS_A_STEP = 100
"""Text costs too: an expression that makes a megabyte counts as ten thousand."""


@dataclass(slots=True)
class Budget:
    """Counts what an evaluation costs."""

    steps: int = MAX_STEPS
    depth: int = 0

    def spend(self, amount: int = 1) -> None:
        """Count steps (BudgetError when there are none left)."""
        self.steps -= amount
        if self.steps < 0:
            raise BudgetError(f"takes more than {MAX_STEPS:,} evaluation steps")

    def make_string(self, length: int) -> None:
        """Count a string (BudgetError when it is too long)."""
        check_string(length)
        self.spend(length // CHARACTERS_A_STEP)


def check_elements(count: int) -> None:
    """Refuse a collection that is too large."""
    if count > MAX_ELEMENTS:
        raise BudgetError(f"has {count:,} elements; archdoc evaluates at most {MAX_ELEMENTS:,}")


def check_parts(count: int) -> None:
    """Refuse a value that is too large in depth."""
    if count > MAX_PARTS:
        raise BudgetError(f"has more than {MAX_PARTS:,} parts")


def check_string(length: int) -> None:
    """Refuse a string that is too long."""
    if length > MAX_STRING:
        raise BudgetError(f"is a string of more than {MAX_STRING:,} characters")
