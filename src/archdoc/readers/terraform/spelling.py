"""Expressions as they are written, on one line, for people."""

from __future__ import annotations

from archdoc.readers.hcl import tree as t


def type_text(expression: t.Expression) -> str:
    """A type constraint or reference as it is written, on one line."""
    match expression:
        case t.Variable(name=name):
            return name
        case t.GetAttr(on=on, name=name):
            return f"{type_text(on)}.{name}"
        case t.Index(on=on, key=key):
            return f"{type_text(on)}[{type_text(key)}]"
        case t.Literal(value=value):
            return f'"{value}"' if isinstance(value, str) else str(value).lower()
        case t.Call(name=name, arguments=inner):
            return f"{name}({', '.join(type_text(a) for a in inner)})"
        case t.ObjectCons(items=items):
            return (
                "{"
                + ", ".join(f"{k.value if isinstance(k, t.Literal) else '…'} = {type_text(v)}" for k, v in items)
                + "}"
            )
        case t.TupleCons(items=items):
            return f"[{', '.join(type_text(i) for i in items)}]"
        case _:
            return "…"


def literal(body: t.Body, name: str) -> str:
    """A literal argument as text, "" where there is none."""
    written = body.attribute(name)
    return str(written.expression.value) if written and isinstance(written.expression, t.Literal) else ""


def ignored_changes(block: t.Block) -> list[str]:
    """What the lifecycle of a resource says to ignore."""
    for inner in block.body.blocks_of("lifecycle"):
        written = inner.body.attribute("ignore_changes")
        if written is not None and isinstance(written.expression, t.TupleCons):
            return [type_text(i) for i in written.expression.items]
        if written is not None:
            return [type_text(written.expression)]
    return []
