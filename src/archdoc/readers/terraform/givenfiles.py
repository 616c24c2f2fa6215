"""Plans and states by the root module that they are of: named in the configuration, or on the command line."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Mapping

from archdoc.config import EnvironmentConfig, GivenFile, RootConfig
from archdoc.model.facts import Source
from archdoc.model.problem import Problem, Severity
from archdoc.readers.files import Repository, UnreadableError
from archdoc.readers.terraform.given import Given, GivenError, read_given
from archdoc.readers.terraform.library import ModuleLibrary
from archdoc.readers.terraform.source import ModuleSource
from archdoc.readers.terraform.told import best_root

Place = tuple[str, str]
"""The directory of a root module, and the name of its environment or ""."""
_CONFIG = Source("archdoc.toml", 1)


def given_by_root(
    repo: Repository,
    outside: Iterable[GivenFile],
    places: Mapping[Place, tuple[RootConfig, EnvironmentConfig]],
    library: ModuleLibrary,
) -> tuple[dict[Place, list[Given]], list[Problem]]:
    """The files of each root, read; and what was wrong with them."""
    found: dict[Place, list[Given]] = defaultdict(list)
    problems: list[Problem] = []
    files = [*_configured(repo, places, problems), *outside]
    roots = {place: source for place in places if (source := library.load(place[0])) is not None} if files else {}
    for file in files:
        try:
            given = read_given(file)
        except GivenError as error:
            problems.append(Problem(Severity.ERROR, "TF060", str(error), _place(repo, file)))
            continue
        root = _root_of(given, roots)
        if root is None:
            known = ", ".join(sorted(_name(place) for place in roots)) or "none"
            message = f"which root module the {file.kind} {file.name} is of is not clear; there are: {known}"
            hint = f'say it: --{file.kind} ROOT={file.name}, or [terraform.roots."ROOT"] {file.kind} = ...'
            problems.append(Problem(Severity.ERROR, "TF065", message, _place(repo, file), hint))
        else:
            found[root].append(given)
    return found, problems


def _configured(
    repo: Repository, places: Mapping[Place, tuple[RootConfig, EnvironmentConfig]], problems: list[Problem]
) -> list[GivenFile]:
    files = []
    for (directory, environment), (options, chosen) in sorted(places.items()):
        for kind, path in (("plan", chosen.plan or options.plan), ("state", chosen.state or options.state)):
            if not path:
                continue
            try:
                text = repo.read_text(path)
            except UnreadableError as error:
                message = f"{error.problem.message} ({kind} of {directory})"
                problems.append(Problem(Severity.ERROR, "TF060", message, _CONFIG, "correct [terraform.roots]"))
                continue
            files.append(GivenFile(kind, posixpath.normpath(path), text, directory, environment))
    return files


def _root_of(given: Given, roots: Mapping[Place, ModuleSource]) -> Place | None:
    if not given.file.root:
        return best_root(given, roots)
    wanted = (posixpath.normpath(given.file.root), given.file.environment)
    if wanted in roots:
        return wanted
    same = [place for place in roots if place[0] == wanted[0] and not wanted[1]]
    return same[0] if len(same) == 1 else None


def _name(place: Place) -> str:
    return "@".join(part for part in place if part)


def _place(repo: Repository, file: GivenFile) -> Source:
    return Source(file.name, 1) if repo.is_file(file.name) else _CONFIG
