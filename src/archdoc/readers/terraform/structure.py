"""The form of the language's own blocks: which there are, how many labels they have, what must stand in them.

https://developer.hashicorp.com/terraform/language and https://opentofu.org/docs/language. What a provider's blocks
hold is for the provider to say, and is not looked at.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from archdoc.readers.hcl import tree as t


@dataclass(frozen=True, slots=True)
class Form:
    """``labels`` names the labels of a block; ``arguments`` is None where any argument may stand in it."""

    labels: tuple[str, ...] = ()
    arguments: frozenset[str] | None = None
    required: tuple[str, ...] = ()


_RESOURCE = Form(("type", "name"))
FORMS = {
    "terraform": Form(),
    "locals": Form(),
    "provider": Form(("name",)),
    "variable": Form(
        ("name",),
        frozenset("type default description sensitive nullable ephemeral deprecated const".split()),
    ),
    "output": Form(
        ("name",),
        frozenset("value type description sensitive depends_on ephemeral deprecated".split()),
        ("value",),
    ),
    "module": Form(("name",), None, ("source",)),
    "resource": _RESOURCE,
    "data": _RESOURCE,
    "ephemeral": _RESOURCE,
    "action": _RESOURCE,
    "moved": Form((), None, ("from", "to")),
    "removed": Form((), None, ("from",)),
    "import": Form((), None, ("to",)),
    "check": Form(("name",)),
}


RESERVED = frozenset("source version providers count for_each lifecycle depends_on locals".split())
"""Names that no variable may have: https://developer.hashicorp.com/terraform/language/values/variables."""
_NAME = re.compile(r"[^\W\d][\w-]*")


@dataclass(frozen=True, slots=True)
class Malformed:
    """What is wrong with a block and where. ``unusable``: nothing can be made of the block."""

    message: str
    span: t.Span
    unusable: bool = False


def malformed(block: t.Block, overriding: bool = False) -> Iterator[Malformed]:
    """What Terraform would refuse of a top-level block before it looks at any value.

    A block of an override file need not say what the original says.
    """
    form = FORMS.get(block.type)
    if form is None:
        near = difflib.get_close_matches(block.type, FORMS, n=1)
        meant = f'; did you mean "{near[0]}"?' if near else ""
        yield Malformed(f'blocks of type "{block.type}" are not expected here{meant}', block.span, True)
        return
    if len(block.labels) != len(form.labels):
        wanted = f"{len(form.labels)} labels ({', '.join(form.labels)})" if form.labels else "no labels"
        message = f"a {block.type} block must have {wanted}, this one has {len(block.labels)}"
        yield Malformed(message, block.span, True)
        return
    if block.type not in ("provider", "check") and block.labels and not _NAME.fullmatch(block.labels[-1]):
        message = f'"{block.labels[-1]}" is no name: letters, digits, _ and -, beginning with a letter or _'
        yield Malformed(message, block.span)
    if block.type == "variable" and block.labels[0] in RESERVED:
        yield Malformed(f'the variable name "{block.labels[0]}" has a meaning of its own in module blocks', block.span)
    for name in form.required:
        if not overriding and block.body.attribute(name) is None:
            yield Malformed(f'the argument "{name}" is required in a {block.type} block', block.span)
    seen: set[str] = set()
    for attribute in block.body.attributes:
        if attribute.name in seen:
            yield Malformed(f'the argument "{attribute.name}" is set twice', attribute.span)
        seen.add(attribute.name)
        if form.arguments is not None and attribute.name not in form.arguments:
            near = difflib.get_close_matches(attribute.name, form.arguments, n=1)
            meant = f'; did you mean "{near[0]}"?' if near else ""
            message = f'an argument named "{attribute.name}" is not expected in a {block.type} block{meant}'
            yield Malformed(message, attribute.span)
