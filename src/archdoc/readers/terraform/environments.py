"""The environments that the variable files of a repository speak of, for a configuration to begin with.

Terraform loads no such file by itself (https://developer.hashicorp.com/terraform/language/values/variables), so that
none of them counts until archdoc.toml names it; which ones are there, and for which root module they can be meant, the
code does say.
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict

from archdoc.readers.files import Repository
from archdoc.readers.hcl import parse_tfvars
from archdoc.readers.terraform.library import ModuleLibrary, root_directories

_SUFFIX = ".tfvars"
_OF_ITS_DIRECTORY = frozenset({"terraform", "main", "variables", "vars", "values", "inputs", "env", "environment"})
"""Names of files that tell no environment: the directory has its name."""
_OF_ALL = frozenset({"common", "shared", "global", "globals"})
_EXAMPLE = re.compile(r"example|sample|fixture|(?:^|/)tests/", re.IGNORECASE)


def environments_of(repo: Repository) -> dict[str, dict[str, list[str]]]:
    """By root module and environment, the variable files of it, relative to the root.

    A file belongs to the nearest root above it, if most of what it sets are variables of that. Its environment is
    called after it; where several directories beside one another have such files, or its name says nothing, after its
    directory: ``environments/prod.tfvars``, ``env/prod/main.tfvars``. What is common to all comes first in each.
    """
    every = (p for p in repo.with_suffix(_SUFFIX) if not p.endswith(f".auto{_SUFFIX}"))
    candidates = [p for p in every if p.isprintable() and not _EXAMPLE.search(p)]
    if not candidates:
        return {}
    library = ModuleLibrary(repo)
    roots = sorted(root_directories(repo, library), key=lambda r: (r != ".", len(r)), reverse=True)
    files: dict[str, list[str]] = defaultdict(list)
    for path in candidates:
        root = next((r for r in roots if r == "." or path.startswith(f"{r}/")), None)
        loaded = root is not None and path == posixpath.normpath(f"{root}/terraform{_SUFFIX}")
        if root is not None and not loaded and _fits(repo, library, root, path):
            files[root].append(posixpath.relpath(path, root))
    return {root: named for root, found in sorted(files.items()) if (named := _environments(found))}


def _fits(repo: Repository, library: ModuleLibrary, root: str, path: str) -> bool:
    """Whether most of what a file sets are variables of the root: of others Terraform only warns, and the settings of a
    backend are none."""
    module, text = library.load(root), repo.text_or_none(path)
    names = {a.name for a in parse_tfvars(text, path).body.attributes} if text is not None else set()
    return module is not None and 2 * len(names & module.variables.keys()) > len(names)


def _environments(files: list[str]) -> dict[str, list[str]]:
    """The files by their environments."""
    beside: dict[str, set[str]] = defaultdict(set)
    for path in files:
        directory = posixpath.dirname(path)
        beside[posixpath.dirname(directory)].add(directory)
    found: dict[str, list[str]] = defaultdict(list)
    for path in files:
        directory, name = posixpath.split(path.removesuffix(_SUFFIX))
        several = len(beside[posixpath.dirname(directory)] - {""}) > 1
        own = posixpath.basename(directory) if directory and (several or name in _OF_ITS_DIRECTORY) else name
        found[own].append(path)
    common = [path for name in sorted(_OF_ALL & found.keys()) for path in found[name]]
    return {name: [*common, *found[name]] for name in sorted(found.keys() - _OF_ALL)}
