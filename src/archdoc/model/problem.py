"""What could not be worked out, said so that a person can act on it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from archdoc.model.facts import Source


class Severity(StrEnum):
    """How much a problem takes away from the picture."""

    ERROR = "error"
    """A file or a block is missing from the picture."""
    WARNING = "warning"
    """Something is in the picture with less than the code says."""
    NOTE = "note"
    """Nothing is missing; a person may want to know."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that archdoc could not work out.

    ``code`` is stable (``TF012``: two or more letters for the reader, three digits), ``hint`` says what to do.
    """

    severity: Severity
    code: str
    message: str
    source: Source
    hint: str = ""

    def sort_key(self) -> tuple[str, int, str, str]:
        """Order by place, then code, so that the list reads along the files."""
        return (self.source.path, self.source.line, self.code, self.message)
