"""The data source ``template_file``: its text is worked out, as that of the function ``templatefile`` is.

https://registry.terraform.io/providers/hashicorp/template/latest/docs/data-sources/file
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from archdoc.readers.hcl import tree as t
from archdoc.readers.terraform.credentials import credentials
from archdoc.readers.terraform.drafts import current
from archdoc.readers.terraform.expressions import evaluate_in
from archdoc.readers.terraform.instances import InstanceScope
from archdoc.readers.terraform.instancevalues import instance_value
from archdoc.readers.terraform.values import LazyObject, Ref, Value, object_value, unknown_from

Thunk = Callable[[], Value]


def template_file_value(
    thunks: Mapping[str, Thunk], node_id: str, told: Mapping[str, Value], scope: InstanceScope, body: t.Body
) -> Value:
    """The value of an instance, as of any other block, with its text.

    While a draft is made the arguments are worked out anew, with tokens for what is not known.
    """

    def argument(name: str) -> Value:
        written = body.attribute(name)
        if current() is not None and written is not None:
            return evaluate_in(written.expression, scope)
        return thunks[name]() if name in thunks else object_value({})

    def rendered() -> Value:
        template, variables = argument("template"), argument("vars")
        render = scope.context.render
        if not isinstance(template.raw, str) or not variables.is_mapping or variables.is_open or render is None:
            made = unknown_from(template, variables)
        else:
            given = {name: value.like(variables) for name, value in variables.raw.items()}
            made = render(template.raw, given, "template_file").like(template)
        own = Value(made._type, made.raw, credentials(made.refs), made.sensitive, made.reason)
        return own.marked(frozenset({Ref(node_id, "rendered")}))

    value = instance_value(thunks, node_id, told)
    return value if "rendered" in told else Value(None, _Rendered(value.raw, rendered), value.refs)


class _Rendered(LazyObject):
    """Attributes of which one is worked out anew while a draft is made."""

    __slots__ = ("_rendered",)

    def __init__(self, attributes: LazyObject, rendered: Thunk) -> None:
        super().__init__({**attributes._thunks, "rendered": rendered}, attributes.missing)
        self._rendered = rendered

    def __getitem__(self, name: str) -> Value:
        return self._rendered() if name == "rendered" and current() is not None else super().__getitem__(name)
