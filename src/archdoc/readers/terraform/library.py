"""The modules of a repository: parsed once each, found by directory; and which of them are roots."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping

from archdoc.model.problem import Problem
from archdoc.readers.files import Repository, UnreadableError
from archdoc.readers.hcl import ParsedFile
from archdoc.readers.hcl import tree as t
from archdoc.readers.terraform.loading import parse_file
from archdoc.readers.terraform.source import SUFFIXES, ModuleSource, module_files, module_source

_TERRAGRUNT_SOURCE = re.compile(r'^\s*source\s*=\s*"(\.\.?/[^"$]*)"', re.MULTILINE)
_NOT_REAL = {
    "examples": "example",
    "example": "example",
    "tests": "test",
    "test": "test",
    "testing": "test",
    "fixtures": "test",
    "testdata": "test",
    "__tests__": "test",
}


class ModuleLibrary:
    """Loads module directories of one repository."""

    def __init__(self, repo: Repository, parsed: Mapping[str, ParsedFile] | None = None) -> None:
        self._repo = repo
        self._parsed = dict(parsed or {})
        self._modules: dict[str, ModuleSource | None] = {}
        self._manifests: dict[str, dict[str, str]] = {}

    def load(self, directory: str) -> ModuleSource | None:
        """The module in a directory, or None where no configuration file lies."""
        if directory not in self._modules:
            files = module_files(self._repo, directory)
            self._modules[directory] = self._read(directory, files) if files else None
        return self._modules[directory]

    def downloaded(self, root: str, call_path: str) -> str | None:
        """The directory that ``terraform init`` put a module in, from .terraform/modules/modules.json of the root."""
        if root not in self._manifests:
            self._manifests[root] = self._manifest(root)
        return self._manifests[root].get(call_path)

    def problems(self) -> list[Problem]:
        """What was wrong with the files of the modules that were loaded."""
        return [p for m in self._modules.values() if m is not None for p in m.problems]

    def _read(self, directory: str, files: tuple[str, ...]) -> ModuleSource:
        parsed: list[ParsedFile] = []
        refused: list[Problem] = []
        for path in files:
            if path not in self._parsed:
                try:
                    self._parsed[path] = parse_file(self._repo.read_text(path), path)
                except UnreadableError as error:
                    refused.append(error.problem)
                    continue
            parsed.append(self._parsed[path])
        made = module_source(directory, parsed)
        made.problems += refused
        return made

    def _manifest(self, root: str) -> dict[str, str]:
        path = posixpath.join(root, ".terraform/modules/modules.json")
        if not self._repo.is_file(path):
            return {}
        try:
            entries = json.loads(self._repo.read_text(path))["Modules"]
            return {e["Key"]: posixpath.normpath(posixpath.join(root, e["Dir"])) for e in entries if e.get("Key")}
        except (UnreadableError, ValueError, KeyError, TypeError):
            return {}


def module_directories(repo: Repository) -> list[str]:
    """Every directory in which a configuration file lies, sorted."""
    return sorted({posixpath.dirname(p) or "." for p in repo.with_suffix(*SUFFIXES)})


def root_directories(repo: Repository, library: ModuleLibrary) -> list[str]:
    """The directories that no other one calls."""
    directories = module_directories(repo)
    called: set[str] = set()
    for directory in directories:
        module = library.load(directory)
        for declared in module.calls.values() if module else ():
            source = declared.block.body.attribute("source")
            written = source.expression.value if source and isinstance(source.expression, t.Literal) else ""
            if isinstance(written, str) and written.startswith(("./", "../")):
                target = posixpath.normpath(posixpath.join(directory, written))
                if target != directory and not (
                    purpose_of(directory) and not purpose_of(target) and _has_backend(library, target)
                ):
                    called.add(target)
    called -= _run_by_terragrunt(repo)
    roots = [d for d in directories if d not in called or _is_top_module(d, library, called, directories)]
    return [d for d in roots if _declares_something(library, d)]


def _run_by_terragrunt(repo: Repository) -> set[str]:
    """The directories that a terragrunt.hcl names as its source: each is a root there, whoever else calls it.

    https://terragrunt.gruntwork.io/docs/reference/hcl/blocks/#terraform; a double slash parts what is copied from the
    module in it.
    """
    found = set()
    for path in repo.with_suffix("terragrunt.hcl"):
        for match in _TERRAGRUNT_SOURCE.finditer(repo.text_or_none(path) or ""):
            found.add(posixpath.normpath(posixpath.join(posixpath.dirname(path), match[1])))
    return found


def _is_top_module(directory: str, library: ModuleLibrary, called: set[str], directories: list[str]) -> bool:
    """A reusable module is called by its own examples and tests alone: what they show is what it is for."""
    callers = []
    for other in directories:
        module = library.load(other)
        for declared in module.calls.values() if module else ():
            source = declared.block.body.attribute("source")
            written = source.expression.value if source and isinstance(source.expression, t.Literal) else ""
            if (
                isinstance(written, str)
                and posixpath.normpath(posixpath.join(other, written)) == directory
                and other != directory
            ):
                callers.append(other)
    return bool(callers) and directory in called and all(purpose_of(c) for c in callers) and not purpose_of(directory)


def _has_backend(library: ModuleLibrary, directory: str) -> bool:
    module = library.load(directory)
    return module is not None and module.backend() is not None


def _declares_something(library: ModuleLibrary, directory: str) -> bool:
    module = library.load(directory)
    return module is not None and bool(
        module.resources
        or module.calls
        or module.outputs
        or module.locals
        or module.variables
        or module.providers
        or module.settings
        or module.problems
    )


def purpose_of(directory: str) -> str:
    """ "example" or "test" for directories that show or try a module; "" for the real ones."""
    return next((_NOT_REAL[part] for part in directory.split("/") if part in _NOT_REAL), "")
