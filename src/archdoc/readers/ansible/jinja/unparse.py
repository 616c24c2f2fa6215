"""An expression's tree as text again."""

from __future__ import annotations

from jinja2 import nodes

_OPERATORS = {"eq": "==", "ne": "!=", "gt": ">", "gteq": ">=", "lt": "<", "lteq": "<=", "in": "in", "notin": "not in"}


def unparse(node: nodes.Node) -> str:
    """The text of an expression; what it stands for is the same, its spaces and quotes may not be."""
    match node:
        case nodes.Name() | nodes.NSRef():
            return node.name if isinstance(node, nodes.Name) else f"{node.name}.{node.attr}"
        case nodes.TemplateData():
            return node.data
        case nodes.Const():
            return repr(node.value) if isinstance(node.value, str) else str(node.value).lower()
        case nodes.Getattr():
            return f"{unparse(node.node)}.{node.attr}"
        case nodes.Getitem():
            return f"{unparse(node.node)}[{unparse(node.arg)}]"
        case nodes.Slice():
            parts = [node.start, node.stop, *([node.step] if node.step else [])]
            return ":".join("" if p is None else unparse(p) for p in parts)
        case nodes.Call():
            return f"{unparse(node.node)}({_arguments(node)})"
        case nodes.Filter():
            inner = f"{unparse(node.node)} | " if node.node is not None else ""
            arguments = _arguments(node)
            return f"{inner}{node.name}" + (f"({arguments})" if arguments else "")
        case nodes.Test():
            arguments = _arguments(node)
            return f"{unparse(node.node)} is {node.name}" + (f"({arguments})" if arguments else "")
        case nodes.Not():
            return f"not {unparse(node.node)}"
        case nodes.Neg() | nodes.Pos():
            return f"{node.operator}{unparse(node.node)}"
        case nodes.BinExpr():
            return f"{unparse(node.left)} {node.operator} {unparse(node.right)}"
        case nodes.Concat():
            return " ~ ".join(unparse(n) for n in node.nodes)
        case nodes.Compare():
            return unparse(node.expr) + "".join(f" {_OPERATORS[o.op]} {unparse(o.expr)}" for o in node.ops)
        case nodes.CondExpr():
            tail = f" else {unparse(node.expr2)}" if node.expr2 is not None else ""
            return f"{unparse(node.expr1)} if {unparse(node.test)}{tail}"
        case nodes.List():
            return "[" + ", ".join(unparse(i) for i in node.items) + "]"
        case nodes.Tuple():
            return "(" + ", ".join(unparse(i) for i in node.items) + ")"
        case nodes.Dict():
            return "{" + ", ".join(f"{unparse(p.key)}: {unparse(p.value)}" for p in node.items) + "}"
        case nodes.Keyword():
            return f"{node.key}={unparse(node.value)}"
    return type(node).__name__.lower()


def _arguments(node: nodes.Call | nodes.Filter | nodes.Test) -> str:
    parts = [unparse(a) for a in node.args] + [unparse(k) for k in node.kwargs]
    if node.dyn_args is not None:
        parts.append("*" + unparse(node.dyn_args))
    if node.dyn_kwargs is not None:
        parts.append("**" + unparse(node.dyn_kwargs))
    return ", ".join(parts)
