"""What a module says of itself: versions, providers, where its state lies, what was renamed.

https://developer.hashicorp.com/terraform/language/block/terraform
"""

from __future__ import annotations

from archdoc.model.facts import Json
from archdoc.readers.hcl import tree as t
from archdoc.readers.secrets import mask_text
from archdoc.readers.terraform.source import ModuleSource
from archdoc.readers.terraform.spelling import type_text

BACKEND_SETTINGS = frozenset(
    "bucket key region prefix path container_name storage_account_name organization hostname endpoint address"
    " schema_name workspace_dir workspace_key_prefix table_name tags name project".split()
)
"""Settings of a backend that tell one state from another, and none that grants access to it."""


def root_settings(source: ModuleSource) -> dict[str, Json]:
    """Required version, providers and backend, as far as they are literal."""
    found: dict[str, Json] = {}
    providers: dict[str, Json] = {}
    for declared in source.settings:
        body = declared.block.body
        version = body.attribute("required_version")
        if version is not None and isinstance(version.expression, t.Literal):
            found["required_version"] = str(version.expression.value)
        for block in body.blocks_of("required_providers"):
            for attribute in block.body.attributes:
                providers[attribute.name] = _requirement(attribute.expression)
        for block in (*body.blocks_of("backend"), *body.blocks_of("cloud")):
            found["backend"] = {"type": block.labels[0] if block.labels else "cloud", **backend_settings(block)}
    if providers:
        found["required_providers"] = providers
    return found


def moved_addresses(source: ModuleSource) -> list[Json]:
    """The addresses that ``moved`` blocks give things of a module: what had the one has the other now."""
    found: list[Json] = []
    for declared in source.others:
        ends = [declared.block.body.attribute(name) for name in ("from", "to")]
        if declared.block.type == "moved" and ends[0] is not None and ends[1] is not None:
            origin, target = (
                e.value if isinstance(e, t.Literal) and isinstance(e.value, str) else type_text(e)
                for e in (ends[0].expression, ends[1].expression)
            )
            found.append({"from": origin, "to": target, "line": declared.block.span.line})
    return found


def backend_settings(block: t.Block) -> dict[str, Json]:
    """The literal settings of a backend, those of ``workspaces`` with that word before them."""
    made: dict[str, Json] = {
        a.name: mask_text(a.expression.value)
        for a in block.body.attributes
        if a.name in BACKEND_SETTINGS and isinstance(a.expression, t.Literal) and isinstance(a.expression.value, str)
    }
    for inner in block.body.blocks_of("workspaces"):
        made |= {f"workspaces.{name}": value for name, value in backend_settings(inner).items()}
    return made


def _requirement(expression: t.Expression) -> Json:
    if isinstance(expression, t.Literal):
        return {"version": str(expression.value)}
    made: dict[str, Json] = {}
    if isinstance(expression, t.ObjectCons):
        for key, value in expression.items:
            if isinstance(key, t.Literal) and isinstance(value, t.Literal):
                made[str(key.value)] = str(value.value)
    return made
