"""The door to the HCL parsers: text in, the small typed tree of ``tree`` out.

python-hcl2 reads a file first; what it rejects, or is known to misread, goes to tree-sitter-hcl. Both give the same
tree. A file that both reject is a Problem, and its whole blocks are kept.
"""

from archdoc.readers.hcl.jsonsyntax import parse_json
from archdoc.readers.hcl.literals import whole_characters
from archdoc.readers.hcl.native import (
    parse,
    parse_expression,
    parse_template,
    parse_with_hcl2,
    parse_with_tree_sitter,
)
from archdoc.readers.hcl.parsed import HclError, ParsedFile
from archdoc.readers.hcl.spans import with_spans
from archdoc.readers.hcl.variablefile import parse_tfvars

SyntaxFault = HclError
"""The former name of HclError."""

__all__ = [
    "HclError",
    "ParsedFile",
    "SyntaxFault",
    "parse",
    "parse_expression",
    "parse_json",
    "parse_template",
    "parse_tfvars",
    "parse_with_hcl2",
    "parse_with_tree_sitter",
    "whole_characters",
    "with_spans",
]
