"""What is wrong with a committed page or picture."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PageState(StrEnum):
    """How a committed file differs from what archdoc makes of the published graph."""

    MISSING = "missing"
    EDITED = "edited"
    """Its bytes are not those that archdoc wrote."""
    EDITED_BETWEEN = "edited between"
    """A hand-written page in which what stands between archdoc's markers is not what archdoc wrote."""
    UNFILLED = "unfilled"
    """A hand-written page with nothing between archdoc's markers yet."""
    OUTDATED = "outdated"
    """archdoc wrote it as it is, with another configuration or as another version of itself."""
    OTHER_DRAWING = "other drawing"
    """A picture of archdoc's, but of another drawing than the pages around it show."""
    DIFFERENT = "different"
    """It differs, and nothing recorded says why."""
    LEFT_OVER = "left over"
    """archdoc made it, and makes it no more."""


@dataclass(frozen=True, slots=True)
class PageIssue:
    """``path`` is repository-relative; ``line`` the first line that differs, from 1."""

    path: str
    state: PageState
    line: int = 1
