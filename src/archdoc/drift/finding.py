"""One disagreement between what is published and what the code gives."""

from __future__ import annotations

from dataclasses import dataclass

from archdoc.model.facts import Source
from archdoc.model.problem import Severity


@dataclass(frozen=True, slots=True)
class Finding:
    """``code`` is stable (``DR001``), ``source`` the place in code or page to look at, ``page`` the stale file."""

    severity: Severity
    code: str
    message: str
    source: Source
    hint: str = ""
    page: str = ""
    subject: str = ""
    """The id of the node that it is about."""

    def sort_key(self) -> tuple[str, str, int, str]:
        """By code, then place."""
        return (self.code, self.source.path, self.source.line, self.message)
