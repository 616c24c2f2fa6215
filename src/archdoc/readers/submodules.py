"""Submodules of git that are not checked out: what is in them is missing from the working tree, and is not read.

https://git-scm.com/docs/gitmodules
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from archdoc.model.facts import Source
from archdoc.model.problem import Problem, Severity
from archdoc.readers.files import Repository, UnreadableError, normal
from archdoc.readers.secrets import mask_text

FILE = ".gitmodules"
_SECTION = re.compile(r'\s*\[submodule\s+"')
_SETTING = re.compile(r"\s*(path|url)\s*=\s*(.*?)\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Submodule:
    """A repository that stands at a path of this one: ``url`` is where it comes from, credentials masked."""

    path: str
    url: str
    source: Source


def absent(repo: Repository) -> tuple[Submodule, ...]:
    """The submodules of which the working tree has no file, in the order of .gitmodules."""
    return tuple(s for s in _declared(repo) if next(iter(repo.under(s.path)), None) is None)


def problems(repo: Repository) -> Iterator[Problem]:
    """One for each submodule that is not checked out."""
    for submodule in absent(repo):
        yield Problem(
            Severity.WARNING,
            "FS007",
            f"the submodule {submodule.path} ({submodule.url}) is not checked out; nothing of it is drawn",
            submodule.source,
            f"git submodule update --init {submodule.path}",
        )


def _declared(repo: Repository) -> Iterator[Submodule]:
    if not repo.is_listed(FILE):
        return
    try:
        lines = repo.read_text(FILE).splitlines()
    except UnreadableError:  # among the repository's problems already
        return
    found: dict[str, str] = {}
    begin = 0
    for number, line in enumerate([*lines, '[submodule "'], start=1):
        if _SECTION.match(line):
            path = normal(found.get("path", ""))
            if begin and path != "." and not path.startswith(".."):
                yield Submodule(path, mask_text(found.get("url", "")), Source(FILE, begin, number - 1))
            found, begin = {}, number
        elif setting := _SETTING.match(line):
            found[setting[1].lower()] = setting[2].strip('"')
