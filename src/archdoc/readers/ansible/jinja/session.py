"""The account of one evaluation: how much it may do, what it had to guess, and why something stayed unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from archdoc.readers.ansible.jinja.symbolic import Unknown

MAX_STEPS = 400_000
"""Nodes of syntax trees, items and blocks of text that one evaluation may touch."""
MAX_TEXT = 1_000_000
"""Characters of one text."""
MAX_ITEMS = 100_000
"""Items of one list or mapping."""
MAX_DEPTH = 24
"""Variables within variables, macros within macros, templates within templates."""
MAX_REASONS = 20
_TEXT_PER_STEP = 500


class LimitError(Exception):
    """The evaluation as a whole does more than it may; it ends here."""


class RefusedError(Exception):
    """One operation would make something too large, or change what is not the template's own; it is not done."""


class Meter:
    """Counts the steps of all evaluations together."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.steps = 0

    @property
    def is_spent(self) -> bool:
        """Whether no more may be evaluated."""
        return self.steps >= self.limit


class Session:
    """Counts the steps of one evaluation and collects what it could not do."""

    def __init__(self) -> None:
        self.steps = 0
        self.depth = 0
        self.partial = False
        self.secret = False
        self.reasons: dict[str, None] = {}
        self._owned: dict[int, Any] = {}
        self._limit = MAX_STEPS

    def close(self) -> None:
        """From now on nothing may be done."""
        self._limit = 0

    def charge(self, steps: int = 1) -> None:
        """Account for work (LimitError when it is too much in all)."""
        self.steps += steps
        if self.steps > self._limit:
            raise LimitError("the evaluation takes more steps than archdoc allows")

    def enter(self) -> None:
        """Go one level deeper (LimitError when that is too deep)."""
        if self.depth >= MAX_DEPTH:
            raise LimitError("nested more deeply than archdoc allows")
        self.depth += 1

    def leave(self) -> None:
        """Come back one level."""
        self.depth -= 1

    def charge_size(self, value: Any) -> None:
        """Account for a text, list or mapping that came into being (RefusedError when it is too large)."""
        if isinstance(value, str):
            if len(value) > MAX_TEXT:
                raise RefusedError(f"a text of more than {MAX_TEXT} characters")
            self.charge(len(value) // _TEXT_PER_STEP)
        elif isinstance(value, list | dict | tuple | set):
            if len(value) > MAX_ITEMS:
                raise RefusedError(f"more than {MAX_ITEMS} items")
            self.charge(len(value) // 10)

    def guess(self, reason: str) -> None:
        """Something unknown was taken as true, or gone through once."""
        self.partial = True
        if len(self.reasons) < MAX_REASONS:
            self.reasons[reason] = None

    def recorded(self, evaluate: Callable[[], Any]) -> tuple[Any, tuple[str, ...]]:
        """A value that will be kept, and the guesses it rests on: whoever uses it again makes them too."""
        before, self.reasons = self.reasons, {}
        partial, self.partial = self.partial, False
        try:
            value = evaluate()
        finally:
            made, self.reasons = tuple(self.reasons), before
            self.partial |= partial
            self.guess_all(made)
        return value, made

    def guess_all(self, reasons: Iterable[str]) -> None:
        """Several guesses."""
        for reason in reasons:
            self.guess(reason)

    def use(self, unknown: Unknown) -> None:
        """An unknown stands in the result."""
        for leaf in unknown.leaves():
            if leaf.secret:
                self.secret = True
            else:
                self.guess(leaf.reason)

    def own(self, value: Any) -> Any:
        """A list or mapping that the template itself made; it may change it."""
        self._owned[id(value)] = value
        return value

    def owns(self, value: Any) -> bool:
        """Whether the template made it (what comes from variables must not be changed)."""
        return self._owned.get(id(value)) is value
