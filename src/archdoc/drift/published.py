"""What is wrong with the committed pages, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from archdoc.drift.finding import Finding, found
from archdoc.model.facts import Source
from archdoc.model.page import PageIssue, PageState
from archdoc.model.problem import Problem

NAMED = 3
"""Pages that are named where many have one reason."""

_WORDS: dict[PageState, tuple[str, str]] = {
    PageState.MISSING: ("DR010", "is missing"),
    PageState.EDITED: ("DR011", "was edited by hand"),
    PageState.OUTDATED: ("DR011", "was made with another configuration or by another version of archdoc"),
    PageState.DIFFERENT: ("DR011", "was edited by hand, or made by another version of archdoc"),
    PageState.LEFT_OVER: ("DR012", "is left over: archdoc makes it no more"),
    PageState.EDITED_BETWEEN: ("DR013", "was edited by hand between the markers"),
    PageState.UNFILLED: ("DR013", "has markers with nothing between them yet"),
    PageState.OTHER_DRAWING: ("DR014", "shows another drawing than the pages around it"),
}


def page_findings(issues: Sequence[PageIssue], unpublished: bool) -> list[Finding]:
    """One finding for each page, and one for all pages that another version of archdoc made: that has one reason.

    ``unpublished`` is true where no snapshot says what the pages should show.
    """
    made = []
    old = [issue for issue in issues if issue.state is PageState.OUTDATED] if not unpublished else []
    for issue in issues:
        code, words = _WORDS[issue.state]
        place = Source(issue.path, issue.line)
        if unpublished and code not in ("DR010", "DR012"):
            words = "does not show the code as it is"
        if len(old) <= NAMED or issue not in old:
            made.append(found(code, f"{issue.path} {words}", place, page=issue.path))
        elif issue is old[0]:
            named = ", ".join(i.path for i in old[:NAMED])
            words = words.replace("was", "were", 1)
            made.append(found(code, f"{named} and {len(old) - NAMED} more {words}", place, page=issue.path))
    return made


def snapshot_finding(path: str, exists: bool) -> Finding:
    """There is no snapshot that could be compared with."""
    if exists:
        return found("DR015", f"{path} is not a snapshot that this archdoc can read", Source(path), page=path)
    return found("DR015", f"nothing is published yet: there is no {path}", Source(path), page=path)


def marker_findings(problems: Iterable[Problem]) -> list[Finding]:
    """Markers of hand-written pages that ask for what is not there."""
    return [found("DR016", p.message, p.source, hint=p.hint, page=p.source.path) for p in problems if p.code == "SI001"]
