"""Module calls: where the called module lies, what it is given, and what stands for one that is not here.

https://developer.hashicorp.com/terraform/language/modules/sources
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from functools import partial
from typing import Protocol

from archdoc.model.facts import Source
from archdoc.model.problem import Problem, Severity
from archdoc.readers.terraform.instances import CALL_ARGUMENTS
from archdoc.readers.terraform.source import Declared, ModuleSource
from archdoc.readers.terraform.values import Ref, Value, open_object, unknown

MAX_MODULE_DEPTH = 20


class Library(Protocol):
    """Where module sources come from."""

    def load(self, directory: str) -> ModuleSource | None:
        """The module in a directory, or None where there is none."""
        ...

    def downloaded(self, root: str, call_path: str) -> str | None:
        """The directory that ``terraform init`` put a registry or git module in, by its call path (``a.b``)."""
        ...


class Call(Protocol):
    """A module that calls another one."""

    source: ModuleSource
    call_path: tuple[str, ...]

    def around(self) -> Iterator[str]:
        """The directories of the module and of those that it is called by."""
        ...


def called_source(
    caller: Call, root: str, library: Library, name: str, written: str, place: Source, shown: str
) -> tuple[ModuleSource | None, Problem | None]:
    """The module that a call means, and what is wrong; neither for a registry or git module that is not here."""
    if not written.startswith(("./", "../")):
        downloaded = library.downloaded(root, ".".join((*caller.call_path, name)))
        return (library.load(downloaded) if downloaded else None), None
    directory = posixpath.normpath(posixpath.join(caller.source.directory, written))
    if directory == ".." or directory.startswith("../"):
        return None, _external("TF031", f'{shown}: "{written}" leads out of the repository; it was not read', place)
    if directory in caller.around():
        return None, _external("TF032", f"{shown}: the module calls itself ({directory})", place)
    if len(caller.call_path) >= MAX_MODULE_DEPTH:
        message = f"{shown}: modules are called more than {MAX_MODULE_DEPTH} levels deep ({directory})"
        return None, _external("TF032", message, place)
    found = library.load(directory)
    if found is None:
        return None, _external("TF030", f'{shown}: there is no module in "{directory}"', place)
    return found, None


def argument_problems(declared: Declared, source: ModuleSource, shown: str) -> Iterator[Problem]:
    """Arguments that the called module does not declare, and those it needs and is not given."""
    body = declared.block.body
    for attribute in body.attributes:
        if attribute.name not in CALL_ARGUMENTS and attribute.name not in source.variables:
            message = f'{shown}: the module in {source.directory} declares no variable "{attribute.name}"'
            hint = "correct the name, or declare the variable"
            yield Problem(Severity.WARNING, "TF033", message, declared.source(attribute.span), hint)
    for name, variable in source.variables.items():
        if body.attribute(name) is None and variable.block.body.attribute("default") is None:
            message = f'{shown}: no value is given for the variable "{name}" ({variable.source()})'
            yield Problem(Severity.WARNING, "TF034", message, declared.source(), "give one, or declare a default")


def external_value(node_id: str) -> Value:
    """One instance of a module that is not here: every output is unknown and refers to the call."""
    return open_object({}, partial(_external_output, node_id))


def _external_output(node_id: str, name: str) -> Value:
    return unknown(f"the output {name} of a module that is not in the repository", refs=frozenset({Ref(node_id, name)}))


def _external(code: str, message: str, source: Source) -> Problem:
    return Problem(Severity.ERROR, code, message, source, "the call is drawn as an external module")
