"""What goes wrong while evaluating, and the limits that keep an evaluation finite."""

from __future__ import annotations

from dataclasses import dataclass, field

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
MAX_NODES = 50_000
"""What one root module may come to (instances of blocks, and modules with all that they declare), beyond
``NODES_EACH`` for each block that the configuration writes (which no other one can use up).

Modules that call others, each with a ``for_each``, multiply: two instances on each of twenty levels are a million."""
NODES_EACH = 1000


@dataclass(slots=True)
class Budget:
    """Counts what an evaluation costs."""

    steps: int = MAX_STEPS
    depth: int = 0
    nodes: int = MAX_NODES
    _shares: dict[int, int] = field(default_factory=dict)
    """What is left of its own for each block."""

    def make_nodes(self, block: object, amount: int) -> None:
        """Count what a block comes to (BudgetError, and nothing counted, when that is too much)."""
        share = self._shares.get(id(block), NODES_EACH)
        shared = max(amount - share, 0)
        if shared > self.nodes:
            raise BudgetError(f"the root module comes to more than {MAX_NODES:,} instances")
        self._shares[id(block)] = max(share - amount, 0)
        self.nodes -= shared

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
