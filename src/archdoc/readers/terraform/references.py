"""What an expression refers to, by its text alone, as Terraform's own reference finder sees it.

https://developer.hashicorp.com/terraform/language/expressions/references
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archdoc.readers.hcl import tree as t

CONVERT = "convert"
"""The function whose second argument is a type."""
_NOT_RESOURCES = frozenset({"each", "count", "path", "terraform", "self"})


@dataclass(frozen=True, slots=True, order=True)
class Reference:
    """``kind`` is var, local, module, resource or data; ``name`` what it is known by in its module.

    ``attribute`` is the next name after it: the attribute of a resource, the output of a module.
    """

    kind: str
    name: str
    attribute: str = ""


@dataclass(frozen=True, slots=True)
class Traversal:
    """A name that no ``for`` binds and the attribute names after it, indexes left out: ``aws_vpc.main[0].id``."""

    root: str
    names: tuple[str, ...]
    span: t.Span

    def reference(self) -> Reference | None:
        """What it refers to; None for ``each``, ``path`` and the like, and where too little follows."""
        root, names = self.root, self.names
        if root in ("data", "ephemeral", "resource"):
            if len(names) < 2:
                return None
            name = f"{names[0]}.{names[1]}" if root == "resource" else f"{root}.{names[0]}.{names[1]}"
            return Reference("resource" if root == "resource" else "data", name, _at(names, 2))
        if not names or root in _NOT_RESOURCES:
            return None
        if root in ("var", "local", "module"):
            return Reference(root, names[0], _at(names, 1) if root == "module" else "")
        return Reference("resource", f"{root}.{names[0]}", _at(names, 1))


def _at(names: tuple[str, ...], position: int) -> str:
    return names[position] if len(names) > position else ""


def traversals(expression: t.Expression) -> Iterator[Traversal]:
    """Each use of a name in the order of the text."""
    return _walk(expression, frozenset())


def references(expression: t.Expression) -> tuple[Reference, ...]:
    """Each reference once, in the order of the text."""
    return tuple(dict.fromkeys(r for each in traversals(expression) if (r := each.reference()) is not None))


def _walk(node: t.Expression, bound: frozenset[str]) -> Iterator[Traversal]:
    match node:
        case t.Variable() | t.GetAttr() | t.Index():
            yield from _traversal(node, bound)
        case t.Template() | t.TupleCons():
            for part in node.parts if isinstance(node, t.Template) else node.items:
                yield from _walk(part, bound)
        case t.TemplateIf():
            for part in (node.condition, *node.then, *node.otherwise):
                yield from _walk(part, bound)
        case t.TemplateFor():
            yield from _walk(node.collection, bound)
            inner = bound | {n for n in (node.key, node.value) if n}
            for part in node.body:
                yield from _walk(part, inner)
        case t.ObjectCons():
            for key, value in node.items:
                yield from _walk(key, bound)
                yield from _walk(value, bound)
        case t.For():
            yield from _walk(node.collection, bound)
            inner = bound | {n for n in (node.key, node.value) if n}
            for result in (node.key_result, node.value_result, node.condition):
                if result is not None:
                    yield from _walk(result, inner)
        case t.Splat():
            yield from _walk(node.on, bound)
            yield from _walk(node.each, bound)
        case t.Call():
            is_convert = node.name.removeprefix("core::") == CONVERT
            for argument in node.arguments[:1] if is_convert else node.arguments:
                yield from _walk(argument, bound)
        case t.Unary():
            yield from _walk(node.operand, bound)
        case t.Binary():
            yield from _walk(node.left, bound)
            yield from _walk(node.right, bound)
        case t.Conditional():
            for part in (node.condition, node.then, node.otherwise):
                yield from _walk(part, bound)
        case t.Paren():
            yield from _walk(node.inner, bound)


def _traversal(node: t.Variable | t.GetAttr | t.Index, bound: frozenset[str]) -> Iterator[Traversal]:
    steps: list[t.GetAttr | t.Index] = []
    root: t.Expression = node
    while isinstance(root, t.GetAttr | t.Index):
        steps.append(root)
        root = root.on
    steps.reverse()
    for step in steps:
        if isinstance(step, t.Index):
            yield from _walk(step.key, bound)
    if not isinstance(root, t.Variable):
        yield from _walk(root, bound)
        return
    if root.name in bound:
        return
    names = [s.name for s in steps if isinstance(s, t.GetAttr)] if steps and isinstance(steps[0], t.GetAttr) else []
    yield Traversal(root.name, tuple(names), node.span)
