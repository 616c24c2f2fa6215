"""The door to the HCL parsers: text in, the small typed tree of ``tree`` out.

python-hcl2 reads a file first; what it rejects, or is known to misread, goes to tree-sitter-hcl. Both give the same
tree. A file that both reject is a Problem, and its whole blocks are kept.
"""

from archdoc.readers.terraform.syntax.native import (
    parse,
    parse_expression,
    parse_template,
    parse_with_hcl2,
    parse_with_tree_sitter,
)
from archdoc.readers.terraform.syntax.parsed import ParsedFile, SyntaxFault

__all__ = [
    "ParsedFile",
    "SyntaxFault",
    "parse",
    "parse_expression",
    "parse_template",
    "parse_with_hcl2",
    "parse_with_tree_sitter",
]
