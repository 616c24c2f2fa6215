"""Random expressions of Terraform's language, mostly well typed, over the configuration of ``expression_cases``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

Draw = Callable[[st.SearchStrategy[Any]], Any]
KINDS = ("number", "string", "bool", "list", "object")
DEPTH = 3

_LITERALS: dict[str, tuple[str, ...]] = {
    "number": ("0", "1", "-1", "2", "7", "2.5", "1e3", "0.1", "100", "-3.75", "12345678901234567890"),
    "string": (
        '""', '"a"', '"b"', '"é"', '"10"', '"a,b,,c"', '"A b"', r'"x\ty\"z\\"', '"$${a}%%{b}"', '"5.0"', '"true"',
        '"10.0.0.0/8"', r'"\u00e9l"', '"a-b_c"', '" pad "',
    ),
    "bool": ("true", "false"),
    "list": ("[]", '["b", "a"]', "[1, 2, 3]", '[true, "x", null]', '["a", "a"]', "[[1], [2, 3]]"),
    "object": ("{}", "{ a = 1 }", '{ b = "x", a = null }', "{ a = { b = [1] } }", '{ "k 1" = true }'),
}  # fmt: skip
_REFERENCES: dict[str, tuple[str, ...]] = {
    "number": ("tonumber(terraform_data.source.id)", "length(local.list)"),
    "string": (
        "terraform_data.source.id",
        "terraform_data.source.input",
        "var.secret",
        "module.m.out",
        "local.nothing",
    ),
    "bool": ("local.list[0].on", 'terraform_data.source.id == "x"', "issensitive(var.secret)"),
    "list": ("local.list", "terraform_data.list.input", "terraform_data.counted[*].input", 'toset(["b", "a"])'),
    "object": ("local.deep", "local.unknown_map", "local.mixed", "terraform_data.obj.output", "local.list[1]"),
}


@dataclass(frozen=True)
class Form:
    """A form of expression: a text with a place (NUL) for each part.

    A part is a kind (``?``: any), a ``name`` that is bound, the ``same`` name, a ``word`` of text, or ``outer KIND``
    where the bound name does not reach.
    """

    text: str
    parts: tuple[str, ...]


def _forms(*written: str) -> tuple[Form, ...]:
    """``"«number» + «number»"``: the names in brackets are the kinds of the parts."""
    made = []
    for text in written:
        parts = []
        pieces = text.split("«")
        out = pieces[0]
        for piece in pieces[1:]:
            kind, _, rest = piece.partition("»")
            parts.append(kind)
            out += "\0" + rest
        made.append(Form(out, tuple(parts)))
    return tuple(made)


_ANYWHERE = _forms(
    "«bool» ? «?» : «?»",
    "(«?»)",
    "try(«?», «?»)",
    "[«?», «?»][«number»]",
    "«object».a",
    'lookup(«object», "a", «?»)',
    "one(«list»)",
)
_FORMS: dict[str, tuple[Form, ...]] = {
    "number": _forms(
        "«number» + «number»", "«number» - «number»", "«number» * «number»", "«number» / 4", "«number» % «number»",
        "-«number»", "length(«list»)", "length(«object»)", "length(«string»)", "max(«number», «number»)", "min(«list»...)",
        "floor(«number»)", "ceil(«number»)", "abs(«number»)", "«bool» ? «number» : «number»", "tonumber(«string»)",
        "try(«number», 0)", "sum(«list»)", "signum(«number»)", "index(«list», «?»)",
    ),
    "string": _forms(
        '"a${«string»}b"', '"${«number»}"', '"<${«?»}>"', '"%{ if «bool» }«word»%{ else }${«string»}%{ endif }"',
        '"%{ for «name» in «outer list» }${«same»},%{ endfor }"', 'join(",", «list»)', "upper(«string»)", "trimspace(«string»)",
        "substr(«string», 0, «number»)", 'replace(«string», "a", «string»)', "jsonencode(«?»)", "tostring(«?»)",
        "coalesce(«string», «string»)", 'format("%s-%v", «string», «?»)', 'format("%d", «number»)', "title(«string»)",
        "«bool» ? «string» : «string»", "md5(«string»)", "base64encode(«string»)", "strrev(«string»)", "try(«string», «?»)",
        "yamlencode(«?»)", "cidrsubnet(\"10.0.0.0/8\", 8, «number»)", "element(«list», «number»)", 'trimprefix(«string», "a")',
    ),
    "bool": _forms(
        "«number» < «number»", "«number» >= «number»", "«?» == «?»", "«string» == «string»", "«?» != «?»",
        "«bool» && «bool»", "«bool» || «bool»", "!«bool»", "contains(«list», «?»)", "can(«?»)", "«?» == null",
        'startswith(«string», "a")', "issensitive(«?»)", "alltrue(«list»)", "anytrue([«bool», «bool»])", 'can(«object».b)',
        "tobool(«?»)", "«list» == «list»", "«object» == «object»",
    ),
    "list": _forms(
        "[«?», «?»]", "[«?»]", "[for «name» in «outer list» : «same»]", "[for «name» in «outer list» : «?» if «bool»]",
        "[for k, «name» in «outer object» : [k, «same»]]", "[for i, «name» in «outer list» : i]", "concat(«list», «list»)",
        "«list»[*]", "[«object», «object»][*].a", "«string»[*]", "reverse(«list»)", "distinct(«list»)", "sort(«list»)",
        "flatten([«list», [«list»]])", "keys(«object»)", "values(«object»)", "tolist(«list»)", "toset(«list»)",
        "slice(«list», 0, «number»)", 'split(",", «string»)', "range(«number»)", "compact(«list»)",
        "setproduct(«list», «list»)", "setunion(«list», «list»)", "chunklist(«list», 2)", "coalescelist(«list», «list»)",
        "«bool» ? «list» : «list»", "[for «name» in «outer list» : upper(«same»)]", "values(«object»)[*]", "setsubtract(«list», «list»)",
        "tolist(«?»)", "matchkeys(«list», «list», «list»)",
    ),
    "object": _forms(
        "{ a = «?» }", "{ a = «?», b = «?» }", "{ («string») = «?» }", "{ for «name» in «outer list» : «same» => «?» }",
        "{ for k, «name» in «outer object» : k => «same» }", "{ for k, «name» in «outer object» : «string» => «same»... }",
        "merge(«object», «object»)", "tomap(«object»)", "zipmap(«list», «list»)", "«bool» ? «object» : «object»",
        "{ for i, «name» in «outer list» : i => «same» if «bool» }", "merge({ a = «?» }, tomap(«object»))", "try(«object», {})",
        'jsondecode(jsonencode(«object»))', "yamldecode(yamlencode(«object»))", "transpose({ a = «list» })",
        "[«object»][«number»]",
    ),
}  # fmt: skip


@st.composite
def expressions(draw: Draw, kind: str = "?", depth: int = DEPTH, bound: tuple[str, ...] = ()) -> str:
    """One expression of a kind; one in thirty is of another one."""
    if kind == "?" or draw(st.integers(0, 29)) == 0:
        kind = draw(st.sampled_from(KINDS))
    choice = draw(st.integers(0, 9))
    if depth == 0 or choice < 2:
        plain = _LITERALS[kind] if choice % 3 else _REFERENCES[kind]
        return str(draw(st.sampled_from([*plain, *bound, *bound])))
    if choice == 9:
        return _fill(draw, draw(st.sampled_from(_ANYWHERE)), depth, bound)
    return _fill(draw, draw(st.sampled_from(_FORMS[kind])), depth, bound)


def _fill(draw: Draw, form: Form, depth: int, bound: tuple[str, ...]) -> str:
    pieces = form.text.split("\0")
    made, name = pieces[0], ""
    for part, rest in zip(form.parts, pieces[1:], strict=True):
        if part == "name":
            name = f"v{depth}"
            made += name
        elif part == "same":
            made += draw(st.sampled_from([name, name, f"({name})", f"[{name}]"]))
        elif part == "word":
            made += draw(st.sampled_from(["yes", " ", "é"]))
        else:
            inner = (*bound, name) if name and not part.startswith("outer ") else bound
            made += _grouped(draw(expressions(part.removeprefix("outer "), depth - 1, inner)))
        made += rest
    return made


def _grouped(text: str) -> str:
    """In parentheses where it might fall apart inside another expression."""
    return text if text.replace("_", "").replace(".", "").isalnum() else f"({text})"
