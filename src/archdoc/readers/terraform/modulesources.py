"""The source of a module call: what Terraform takes for one, and what it says of what it does not.

https://developer.hashicorp.com/terraform/language/modules/sources
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from archdoc.model.facts import Source
from archdoc.model.problem import Problem, Severity
from archdoc.readers.hcl import tree as t
from archdoc.readers.terraform.references import traversals
from archdoc.readers.terraform.source import Declared, ModuleSource

_REMOTE = re.compile(r"::|://|@|^(?:/|~|github\.com/|bitbucket\.org/|[A-Za-z]:)|\.amazonaws\.com/|\.googleapis\.com/")
"""What the installer knows how to get: https://github.com/hashicorp/go-getter#url-format."""
_MOST_UNKNOWN = 1
"""A registry's address has two slashes at least; what has fewer, and is not local, is none."""


def source_problem(declared: Declared, module: ModuleSource, written: str, failed: str, shown: str) -> Problem | None:
    """What is wrong with the source of a call (``written``: its value; ``failed``: why it has none)."""
    attribute = declared.block.body.attribute("source")
    if attribute is None:
        return None  # that it is required is said where blocks are checked
    place = declared.source(attribute.span)
    late = list(_late(attribute.expression, module, set()))
    if late and not place.path.endswith(".tofu"):
        message = (
            f"{shown}: unknown module source: only literal values and const variables can be evaluated during init"
        )
        how = "it is read as OpenTofu would" if written else failed or "its value is not known"
        return _problem(f"{message} ({', '.join(dict.fromkeys(late))}); {how}", place)
    if failed:
        return _problem(f"{shown}: the source has no value: {failed}", place)
    if not late and not written:
        return _problem(f'{shown}: invalid module source address: ""', place)
    parts = written.partition("//")[0].partition("?")[0]
    if not written or written.startswith(("./", "../")) or _REMOTE.search(written) or parts.count("/") > _MOST_UNKNOWN:
        return None
    message = f'{shown}: invalid module source address "{written}": it is no address of a registry or a repository'
    return _problem(message, place, f'if it is a path relative to the module, write "./{written}"')


def _late(expression: t.Expression, module: ModuleSource, seen: set[str]) -> Iterator[str]:
    """The names in an expression, and in the locals that it uses, that have no value yet when modules are installed.

    https://developer.hashicorp.com/terraform/language/block/variable#const
    """
    for use in traversals(expression):
        name = ".".join((use.root, *use.names[:1]))
        local = module.locals.get(use.names[0]) if use.root == "local" and use.names else None
        variable = module.variables.get(use.names[0]) if use.root == "var" and use.names else None
        const = variable.block.body.attribute("const") if variable is not None else None
        if use.root in ("path", "terraform"):
            continue
        if local is not None:
            if name not in seen:
                yield from _late(local.attribute.expression, module, seen | {name})
        elif const is None or not isinstance(const.expression, t.Literal) or const.expression.value is not True:
            yield name


def _problem(message: str, place: Source, hint: str = "write the source as a text") -> Problem:
    return Problem(Severity.ERROR, "TF035", message, place, hint)
