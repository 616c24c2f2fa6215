"""Texts that Terraform puts on machines: user data, and the contents of files."""

from __future__ import annotations

from archdoc.model.document import Document
from archdoc.model.facts import Json, Source
from archdoc.readers.secrets import mask_text
from archdoc.readers.terraform.credentials import shown_text
from archdoc.readers.terraform.drafts import drafting
from archdoc.readers.terraform.errors import EvaluationError
from archdoc.readers.terraform.expressions import evaluate_in
from archdoc.readers.terraform.instances import Instance
from archdoc.readers.terraform.source import Declared
from archdoc.readers.terraform.values import Value


def placed_text(instance: Instance, argument: str, value: Value, declared: Declared) -> Document | None:
    """A text of several lines that will lie on a machine: rendered user data, the content of a file resource."""
    text = _shown(value) if isinstance(value.raw, str) and "\n" in value.raw else ""
    if "\n" not in text:
        return None
    written = declared.block.body.attribute(argument)
    source = declared.source(written.span if written else None)
    name = _file_name(instance) or ("user-data" if argument != "content" else argument)
    return _document(instance, name, text, source)


def drafted_text(instance: Instance, argument: str, declared: Declared) -> list[Document]:
    """A text whose addresses are known only after apply: an inventory of servers that are still to be made."""
    written = declared.block.body.attribute(argument)
    if written is None:
        return []
    with drafting() as draft:
        try:
            value = evaluate_in(written.expression, instance.scope)
        except EvaluationError:
            return []
    text = _shown(value)
    if not text or not draft.tokens:
        return []
    name = _file_name(instance) or argument
    return [_document(instance, name, text, declared.source(written.span), dict(draft.tokens))]


def _document(
    instance: Instance, name: str, text: str, source: Source, tokens: dict[str, Json] | None = None
) -> Document:
    lines = (source.line,) * (text.count("\n") + 1)
    machine = (instance.node_id,)
    return Document(
        name, text, source, lines, machine, machine, source, partial=tokens is not None, variables=tokens or {}
    )


def _shown(value: Value) -> str:
    """A text as it may be shown; "" for what is none."""
    if not isinstance(value.raw, str) or value.sensitive:
        return ""
    text = shown_text(value)
    return "" if text is None else mask_text(text)


def _file_name(instance: Instance) -> str:
    """The path that a file resource writes to, or ""."""
    value = instance.thunks["filename"]() if "filename" in instance.thunks else None
    return _shown(value) if value is not None else ""
