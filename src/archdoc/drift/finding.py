"""The kinds of disagreement between what is published, what is drawn, and what the code gives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from archdoc.config import DriftConfig
from archdoc.model.facts import Source
from archdoc.model.finding import Code, Finding
from archdoc.model.problem import Severity

__all__ = ["CODES", "MEND", "Finding", "configured", "found"]

MEND = "run: archdoc build"
"""What mends every page that archdoc makes."""

_REBUILD = "Run archdoc build and commit what it writes."
_BY_HAND = (
    "Draw what the code has, give the box an alias in the configuration, or put <!-- archdoc:ignore --> above the "
    "diagram if it is not meant to show this code."
)

CODES: dict[str, Code] = {
    code.name: code
    for code in (
        # What is published and what the code gives.
        Code("DR001", "in the code, not in the pages", f"The code has a thing that no page shows. {_REBUILD}", "drift"),
        Code(
            "DR002",
            "in the pages, no longer in the code",
            f"The pages show a thing that the code no longer has. {_REBUILD}",
            "drift",
        ),
        Code(
            "DR003",
            "changed in the code",
            f"The pages show a thing as it was before the code changed. {_REBUILD}",
            "drift",
        ),
        Code(
            "DR004",
            "relation in the code, not in the pages",
            f"The code relates two things and no page says so. {_REBUILD}",
            "drift",
        ),
        Code(
            "DR005",
            "relation in the pages, no longer in the code",
            f"The pages relate two things that the code no longer relates. {_REBUILD}",
            "drift",
        ),
        Code(
            "DR006",
            "what could not be worked out has changed",
            "The code has a problem that the problems page does not list, or no longer has one that it lists. "
            f"{_REBUILD}",
            "drift",
        ),
        Code(
            "DR007",
            "relation changed in the code",
            f"The pages show a relation as it was before the code changed. {_REBUILD}",
            "drift",
        ),
        Code("DR010", "page missing", f"A page or picture that archdoc makes is not there. {_REBUILD}", "drift"),
        Code(
            "DR011",
            "page is not what archdoc makes",
            "A generated page differs from what archdoc makes of the published snapshot: it was edited by hand or "
            "merged, or the configuration or the version of archdoc is another one. Write your words on a page of your "
            f"own. {_REBUILD}",
            "drift",
        ),
        Code(
            "DR012",
            "page left over",
            f"A page that archdoc made earlier shows something that is gone. {_REBUILD}",
            "drift",
        ),
        Code(
            "DR013",
            "edited between the markers",
            "What stands between <!-- archdoc:view … --> and <!-- /archdoc --> was edited by hand. Write your words "
            f"outside of the markers. {_REBUILD}",
            "drift",
        ),
        Code(
            "DR014",
            "picture shows another drawing",
            f"A committed SVG was drawn from another graph than the pages around it. {_REBUILD}",
            "drift",
        ),
        Code(
            "DR015",
            "snapshot missing or unreadable",
            "The committed snapshot of the graph is missing, or is not one that archdoc wrote; without it only pages "
            f"can be compared. {_REBUILD}",
            "drift",
        ),
        Code(
            "DR016",
            "marker that cannot be filled",
            "A hand-written page asks for a view in a way that archdoc does not understand, so nothing is drawn there.",
            "drift",
        ),
        # Hand-drawn boxes and arrows that nothing supports.
        Code(
            "DR101", "drawn box without code", f"Nothing in the code supports a box of a diagram. {_BY_HAND}", "phantom"
        ),
        Code(
            "DR102",
            "drawn arrow without code",
            f"Nothing in the code supports an arrow of a diagram. {_BY_HAND}",
            "phantom",
        ),
        Code(
            "DR103",
            "drawn address without code",
            "A box stands for something in the code, and the address in its label is not one that this has. "
            "Write the address that the code has, or none.",
            "phantom",
        ),
        # What a hand-drawn diagram leaves out, and what of it could not be compared.
        Code(
            "DR104",
            "diagram not read as a whole",
            "A part of a diagram, or a comment to archdoc above it, is not understood; the rest is compared. Mermaid "
            "itself may refuse the diagram.",
            "omission",
        ),
        Code(
            "DR201",
            "box missing from a diagram",
            f"The code has a thing that the diagram lacks. {_BY_HAND}",
            "omission",
        ),
    )
}
"""Every code of ``check``, in order: DR0xx pages, DR1xx phantoms, DR2xx omissions."""


def found(
    code: str,
    message: str,
    source: Source,
    hint: str = MEND,
    page: str = "",
    subject: str = "",
    views: tuple[str, ...] = (),
) -> Finding:
    """A finding, as an error until `configured` says what it counts as."""
    return Finding(Severity.ERROR, code, message, source, hint, page, subject, views)


def configured(findings: Iterable[Finding], config: DriftConfig) -> list[Finding]:
    """The findings with the severities of ``[drift]``, without those that are switched off."""
    words = {group: getattr(config, group) for group in {c.group for c in CODES.values()}}
    counted = ((f, words[CODES[f.code].group]) for f in findings)
    return [replace(f, severity=Severity(word)) for f, word in counted if word != "off"]
