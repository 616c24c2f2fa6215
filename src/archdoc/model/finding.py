"""What check and lint find: something to mend, with the place to look at and what mends it."""

from __future__ import annotations

from dataclasses import dataclass

from archdoc.model.facts import Source
from archdoc.model.problem import Severity


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding. Reports show its title and explanation once, however often it is found.

    ``name`` is stable and never used again for something else (``DR001``), ``title`` a few words without a full
    stop, ``explanation`` sentences for somebody who meets it for the first time: what it means, why it matters,
    what to do. ``group`` is the configuration's word for it: the key of ``[drift]`` that sets its severity, or
    ``lint``.
    """

    name: str
    title: str
    explanation: str
    group: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend.

    ``code`` names a `Code`; ``message`` is one sentence in the language of infrastructure, complete in itself, with
    the places that it speaks of; ``source`` is where to look, in code or in a page; ``hint`` is what mends it,
    beginning with ``run: `` if a command does; ``page`` the repository-relative page or picture that is wrong, or
    ""; ``subject`` the id of the node it is about, or ""; ``views`` the names of the views that lack or show it.
    """

    severity: Severity
    code: str
    message: str
    source: Source
    hint: str = ""
    page: str = ""
    subject: str = ""
    views: tuple[str, ...] = ()

    def sort_key(self) -> tuple[str, str, int, str]:
        """By code, then place."""
        return (self.code, self.source.path, self.source.line, self.message)
