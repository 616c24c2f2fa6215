"""Terraform's built-in functions, one small definition each.

https://developer.hashicorp.com/terraform/language/functions lists them; each definition names its own page below
that address. ``try`` and ``can`` are special forms of the evaluator.
"""

from archdoc.readers.terraform.functions import (
    collection,
    conversion,
    date,
    encoding,
    filesystem,
    hashing,
    ipnetwork,
    mappings,
    numeric,
    sequences,
    sets,
    text,
)
from archdoc.readers.terraform.functions.registry import REGISTRY, FunctionContext, call

GROUPS = (
    collection,
    conversion,
    date,
    encoding,
    filesystem,
    hashing,
    ipnetwork,
    mappings,
    numeric,
    sequences,
    sets,
    text,
)
"""The modules whose import fills the registry."""

__all__ = ["GROUPS", "REGISTRY", "FunctionContext", "call"]
