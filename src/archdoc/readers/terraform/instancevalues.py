"""A resource instance as other expressions see it: its arguments, and what a provider tells only after apply."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from archdoc.readers.terraform.credentials import credentials
from archdoc.readers.terraform.errors import EvaluationError
from archdoc.readers.terraform.types import STRING, Type
from archdoc.readers.terraform.values import Ref, Value, null, object_value, open_object, unknown


def instance_value(thunks: Mapping[str, Callable[[], Value]], node_id: str, told: Mapping[str, Value]) -> Value:
    """The value of an instance: what is read of it carries a reference to it, and nothing it was computed from.
    ``told`` are attributes that a plan or a state has.

    (``a = b.x`` and ``b.x = c.y`` makes a depend on b, and b on c; a does not depend on c.)
    """

    def written(name: str, thunk: Callable[[], Value]) -> Value:
        value = thunk()
        if value.is_null:  # an argument that is not given may be one that the provider computes
            return missing(name)
        return secrecy_alone(value).marked(frozenset({Ref(node_id, name)}))

    def missing(name: str) -> Value:
        if name in told:
            return told[name].marked(frozenset({Ref(node_id, name)}))
        return unknown(f"{short(node_id)}.{name} is known after apply", refs=frozenset({Ref(node_id, name)}))

    return open_object({n: partial(written, n, thunk) for n, thunk in thunks.items()}, missing)


TERRAFORM_DATA = frozenset({"input", "triggers_replace"})
"""The arguments of terraform_data."""


def terraform_data_value(thunks: Mapping[str, Callable[[], Value]], node_id: str, told: Mapping[str, Value]) -> Value:
    """The value of an instance of the one resource type that Terraform's core has itself, whose schema is known.

    https://developer.hashicorp.com/terraform/language/resources/terraform-data
    """

    def given(name: str) -> Value:
        try:
            return thunks[name]() if name in thunks else null()
        except EvaluationError as error:
            return unknown(str(error))

    def later(name: str, kind: Type, not_null: bool = False) -> Value:
        if name in told and not told[name].is_unknown:
            return told[name]
        return unknown(f"{short(node_id)}.{name} is known after apply", kind, not_null=not_null)

    written = given("input")
    fields = {
        "id": later("id", STRING, not_null=True),
        "input": written,
        "output": null() if written.is_null else later("output", written.type),
        "triggers_replace": given("triggers_replace"),
    }
    return object_value({n: secrecy_alone(v).marked(frozenset({Ref(node_id, n)})) for n, v in fields.items()})


def secrecy_alone(value: Value) -> Value:
    """The value and all in it without references; what is sensitive stays so, each part by itself.

    Nested blocks are open objects, and stay unevaluated.
    """
    raw = value.raw
    if isinstance(raw, tuple):
        raw = tuple(secrecy_alone(v) for v in raw)
    elif value.is_open:
        made = open_object({n: partial(lambda m, n: secrecy_alone(m[n]), raw, n) for n in raw}, raw.missing)
        return made.marked(credentials(value.refs), value.sensitive)
    elif value.is_mapping:
        raw = {k: secrecy_alone(v) for k, v in raw.items()}
    return Value(value._type, raw, credentials(value.refs), value.sensitive, value.reason)


def short(node_id: str) -> str:
    """The address in a node id."""
    return node_id.split(":", 2)[-1]
