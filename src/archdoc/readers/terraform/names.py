"""Names that mean nothing in a module. Terraform finds them before it evaluates, wherever in an expression they are.

https://developer.hashicorp.com/terraform/language/expressions/references
"""

from __future__ import annotations

from archdoc.readers.hcl import tree as t
from archdoc.readers.terraform.errors import NotDeclaredError
from archdoc.readers.terraform.references import Traversal, traversals
from archdoc.readers.terraform.source import ModuleSource

_ATTRIBUTES = {"path": ("module", "root", "cwd"), "terraform": ("workspace", "applying")}


def not_declared(expression: t.Expression, source: ModuleSource) -> NotDeclaredError | None:
    """The first name of an expression that means nothing in a module, or None."""
    for traversal in traversals(expression):
        message = _fault(traversal, source)
        if message:
            return NotDeclaredError(message, traversal.span)
    return None


def _fault(traversal: Traversal, source: ModuleSource) -> str:
    root, names = traversal.root, traversal.names
    if root in ("each", "count", "self"):
        return ""  # whether they mean something depends on the block
    if root in _ATTRIBUTES:
        return "" if names and names[0] in _ATTRIBUTES[root] else f"{root} has no attribute {_named(names)}"
    reference = traversal.reference()
    if reference is None:
        return f'a reference to "{root}" must be followed by {"two names" if root == "data" else "a name"}'
    name = reference.name
    if reference.kind == "var":
        return "" if name in source.variables else f'no variable named "{name}" is declared'
    if reference.kind == "local":
        return "" if name in source.locals else f'no local named "{name}" is declared'
    if reference.kind == "module":
        return "" if name in source.calls else f'no module call named "{name}" is declared'
    return "" if name in source.resources else f'no block "{name}" is declared'


def _named(names: tuple[str, ...]) -> str:
    return f'"{names[0]}"' if names else "of no name"
